//! The way of one request: log, rate, faults, service, latency, log.

use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;

use super::auth;
use super::faults::{self, Plan, body};
use super::state::Server;
use crate::api::rows::{RowCap, RowCount};
use crate::api::{reply, v4};
use crate::fault::Action;

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
        let target = request.uri().path_and_query().map_or("", |target| target.as_str());
        let plan = server.faults.plan(target, arrival);
        (planned(server, service, request, &plan, arrival).await, plan.delay)
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

/// The reply that the faults leave of a request.
async fn planned(
    server: &Server,
    service: Router,
    mut request: Request,
    plan: &Plan,
    arrival: Duration,
) -> Result<Response, Closed> {
    match &plan.action {
        Some(Action::Status(code, headers, body)) => {
            return Ok(faults::status(*code, headers, body.clone()));
        }
        Some(Action::EmptyPage) => return Ok(reply::empty(StatusCode::NO_CONTENT)),
        Some(Action::Body(body)) => {
            return Ok(reply::text(StatusCode::OK, reply::HAL, body.clone()));
        }
        Some(Action::Redirect(url)) => return Ok(redirect(url)),
        Some(Action::ExpireSession) => {
            server.sessions.expire_all();
            server.tokens.expire();
            return Ok(refusal(server, request.uri().path()));
        }
        Some(Action::Close) => return Err(Closed),
        Some(Action::ShortPage(rows)) => {
            request.extensions_mut().insert(RowCap(*rows));
        }
        Some(Action::RemoveRows(rows)) => server.app.store_mut().remove_first(*rows),
        Some(Action::InsertRows(rows)) => server.app.store_mut().bring_back(*rows),
        Some(Action::RandomChanges(changes)) => {
            server.app.random_changes(*changes, plan.seed);
        }
        _ => {}
    }
    let reply = server.faults.serve(service, request, plan, arrival).await;
    match &plan.action {
        Some(Action::CutBody) => Ok(body::cut(reply).await),
        Some(Action::Drip(pause)) => Ok(body::drip(reply, *pause).await),
        Some(Action::Replace(text, by)) => Ok(body::replace(reply, text, by).await),
        Some(Action::Lose) => Err(Closed),
        _ => Ok(reply),
    }
}

fn redirect(url: &str) -> Response {
    let mut response = reply::empty(StatusCode::FOUND);
    if let Ok(value) = HeaderValue::from_str(url) {
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
