//! The way of one request: log, rate, faults, service, latency, log.

use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;

use super::auth;
use super::faults::{self, Plan, body, list};
use super::state::Server;
use crate::fault::Action;
use crate::reply::{self, RowCap, RowCount};
use crate::v4;

/// The connection is to be closed without a reply.
#[derive(Debug, thiserror::Error)]
#[error("the connection was closed on purpose")]
pub struct Closed;

/// Answers a request, as the account's limits and faults would have it.
pub async fn answer(
    server: &Server,
    service: Router,
    request: Request,
) -> Result<Response, Closed> {
    let arrival = server.started.elapsed();
    let (parts, body) = request.into_parts();
    let number = server.log.arrived(arrival, &parts);
    let request = Request::from_parts(parts, body);
    let (reply, delay) = if server.limiter.admit(arrival) {
        planned(server, service, request, arrival).await
    } else {
        (Ok(too_many(server)), Duration::ZERO)
    };
    pause(server.latency + delay).await;
    let mut reply = reply?;
    reply::add_request_id(&mut reply);
    let rows = reply.extensions().get::<RowCount>().map_or(0, |count| count.0);
    server.log.answered(number, reply.status().as_u16(), rows);
    Ok(reply)
}

/// The reply that the faults leave of a request, and how late it comes.
async fn planned(
    server: &Server,
    service: Router,
    request: Request,
    arrival: Duration,
) -> (Result<Response, Closed>, Duration) {
    let target = request.uri().path_and_query().map_or("", |target| target.as_str());
    let mut plan = server.faults.plan(target, arrival);
    let reply = match plan.action.take() {
        Some(action) => spoil(server, action, &plan, service, request).await,
        None => Ok(list::serve(server, service, request, &plan).await),
    };
    (reply, plan.delay)
}

async fn spoil(
    server: &Server,
    action: Action,
    plan: &Plan,
    service: Router,
    mut request: Request,
) -> Result<Response, Closed> {
    let serve = async |request| list::serve(server, service, request, plan).await;
    match action {
        Action::Status(code, headers, body) => Ok(faults::status(code, &headers, body)),
        Action::EmptyPage => Ok(reply::empty(StatusCode::NO_CONTENT)),
        Action::Body(body) => Ok(reply::text(StatusCode::OK, reply::HAL, body)),
        Action::CutBody => Ok(body::cut(serve(request).await).await),
        Action::Drip(pause) => Ok(body::drip(serve(request).await, pause).await),
        Action::Replace(text, by) => Ok(body::replace(serve(request).await, &text, &by).await),
        Action::Close => Err(Closed),
        Action::Lose => {
            serve(request).await;
            Err(Closed)
        }
        Action::Redirect(place) => Ok(redirect(&place)),
        Action::ExpireSession => {
            server.sessions.expire_all();
            server.tokens.expire();
            Ok(refusal(server, request.uri().path()))
        }
        Action::ShortPage(rows) => {
            request.extensions_mut().insert(RowCap(rows));
            Ok(serve(request).await)
        }
        Action::RemoveRows(rows) => {
            server.app.presence.remove(rows);
            Ok(serve(request).await)
        }
        Action::InsertRows(rows) => {
            server.app.presence.insert(rows);
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
fn refusal(server: &Server, path: &str) -> Response {
    if path.starts_with(v4::ROOT) { v4::unauthorized(&server.app) } else { auth::refusal(server) }
}

/// What the gateway in front of the service says. That of amocrm.ru names no
/// time to wait.
fn too_many(server: &Server) -> Response {
    if server.app.kommo {
        return v4::too_many(server.limiter.wait_seconds());
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
