//! The way of one request: log, rate, faults, service, latency, log.

use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;

use crate::api::v4;
use crate::app::App;
use crate::auth;
use crate::broken_body;
use crate::fault::{self, Action, Plan, RowCap};
use crate::list_fault;
use crate::reply::{self, RowCount};

/// The connection is to be closed without a reply.
#[derive(Debug, thiserror::Error)]
#[error("the connection was closed on purpose")]
pub struct Closed;

/// Answers a request, as the account's limits and faults would have it.
pub async fn answer(app: &App, service: Router, request: Request) -> Result<Response, Closed> {
    let arrival = app.started.elapsed();
    let (parts, body) = request.into_parts();
    let number = app.log.arrived(arrival, &parts);
    let request = Request::from_parts(parts, body);
    let (reply, delay) = if app.limiter.admit(arrival) {
        planned(app, service, request, arrival).await
    } else {
        (Ok(too_many(app)), Duration::ZERO)
    };
    pause(app.latency + delay).await;
    let mut reply = reply?;
    reply::add_request_id(&mut reply);
    let rows = reply.extensions().get::<RowCount>().map_or(0, |count| count.0);
    app.log.answered(number, reply.status().as_u16(), rows);
    Ok(reply)
}

/// The reply that the faults leave of a request, and how late it comes.
async fn planned(
    app: &App,
    service: Router,
    request: Request,
    arrival: Duration,
) -> (Result<Response, Closed>, Duration) {
    let target = request.uri().path_and_query().map_or("", |target| target.as_str());
    let mut plan = app.faults.plan(target, arrival);
    let reply = match plan.action.take() {
        Some(action) => spoil(app, action, &plan, service, request).await,
        None => Ok(list_fault::serve(app, service, request, &plan).await),
    };
    (reply, plan.delay)
}

async fn spoil(
    app: &App,
    action: Action,
    plan: &Plan,
    service: Router,
    mut request: Request,
) -> Result<Response, Closed> {
    let serve = async |request| list_fault::serve(app, service, request, plan).await;
    match action {
        Action::Status(code, headers, body) => Ok(fault::status(code, &headers, body)),
        Action::EmptyPage => Ok(reply::empty(StatusCode::NO_CONTENT)),
        Action::Body(body) => Ok(reply::text(StatusCode::OK, reply::HAL, body)),
        Action::CutBody => Ok(broken_body::cut(serve(request).await).await),
        Action::Drip(pause) => Ok(broken_body::drip(serve(request).await, pause).await),
        Action::Replace(text, by) => {
            Ok(broken_body::replace(serve(request).await, &text, &by).await)
        }
        Action::Close => Err(Closed),
        Action::Lose => {
            serve(request).await;
            Err(Closed)
        }
        Action::Redirect(place) => Ok(redirect(&place)),
        Action::ExpireSession => {
            app.sessions.expire_all();
            app.tokens.expire();
            Ok(refusal(app, request.uri().path()))
        }
        Action::ShortPage(rows) => {
            request.extensions_mut().insert(RowCap(rows));
            Ok(serve(request).await)
        }
        Action::RemoveRows(rows) => {
            app.presence.remove(rows);
            Ok(serve(request).await)
        }
        Action::InsertRows(rows) => {
            app.presence.insert(rows);
            Ok(serve(request).await)
        }
        Action::Live(changes) => {
            app.live(changes, plan.seed);
            Ok(serve(request).await)
        }
        // A plan keeps delays, lists and conditions apart from its action.
        Action::Spare | Action::Delay(_) | Action::List(_) | Action::When(..) => {
            Ok(serve(request).await)
        }
    }
}

/// What the service says.
pub async fn serve(service: Router, request: Request) -> Response {
    match TowerToHyperService::new(service).call(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

fn redirect(place: &str) -> Response {
    let mut response = reply::empty(StatusCode::FOUND);
    if let Ok(value) = HeaderValue::from_str(place) {
        response.headers_mut().insert(LOCATION, value);
    }
    response
}

/// What strangers get, as the API that was asked spells it.
fn refusal(app: &App, path: &str) -> Response {
    if path.starts_with(v4::ROOT) { v4::unauthorized(app) } else { auth::refusal(app) }
}

/// What the gateway in front of the service says. That of amocrm.ru names no
/// time to wait.
fn too_many(app: &App) -> Response {
    if app.kommo {
        return v4::too_many(app.limiter.wait_seconds());
    }
    let title = "429 Too Many Requests";
    let body = format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n\
         <hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    );
    reply::text(StatusCode::TOO_MANY_REQUESTS, "text/html", body)
}

async fn pause(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}
