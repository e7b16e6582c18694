//! What stands where, and who may go there.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{get, post};
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;

use super::state::Server;
use super::{auth, oauth};
use crate::api::reply;
use crate::api::{v2, v4};

/// Everything that the server answers.
pub fn service(server: &Arc<Server>) -> Router {
    let v4 = v4::router(&server.app).with_state(Arc::clone(&server.app));
    let v4 = v4.layer(from_fn_with_state(Arc::clone(server), auth::check_token));
    let oauth = post(oauth::grant).fallback(v4::wrong_method);
    let router = Router::new().route("/oauth2/access_token", oauth).merge(v4);
    let router = if server.v2 { router.merge(v2_with_login(server)) } else { router };
    router.fallback(reply::page_not_found).with_state(Arc::clone(server))
}

/// API v2 and its login.
fn v2_with_login(server: &Arc<Server>) -> Router<Arc<Server>> {
    let v2 = v2::router().with_state(Arc::clone(&server.app));
    let v2 = v2.layer(from_fn_with_state(Arc::clone(server), auth::check));
    Router::new().route("/private/api/auth.php", get(auth::login).post(auth::login)).merge(v2)
}

/// What the service says.
pub async fn serve(service: Router, request: Request) -> Response {
    match TowerToHyperService::new(service).call(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}
