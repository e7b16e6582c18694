//! The rows of a reply, and what faults and the log have to do with them.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;

use crate::api::{Json, reply};
use crate::data::table::to_usize;

/// How many rows a reply holds; travels with it to the log.
#[derive(Clone, Copy)]
pub struct RowCount(pub u64);

/// A mark on a request: serve only the first rows of the page.
#[derive(Clone, Copy)]
pub struct RowCap(pub u64);

/// A mark on a request: serve all rows at once.
#[derive(Clone, Copy)]
pub struct AllRows;

/// All rows of a list, and what it calls them; travels with the reply to such a request.
#[derive(Clone)]
pub struct ListRows {
    pub name: String,
    pub items: Vec<Json>,
}

/// Whether all rows are to come at once.
pub fn wants_all(request: &Request) -> bool {
    request.extensions().get::<AllRows>().is_some()
}

/// What `show` makes of the rows of a page; 204 when there are none. A page that a fault cuts
/// short knows nothing of it.
pub fn answer(
    request: &Request,
    name: &str,
    mut items: Vec<Json>,
    show: impl FnOnce(Vec<Json>) -> Response,
) -> Response {
    if items.is_empty() {
        return reply::empty(StatusCode::NO_CONTENT);
    }
    if wants_all(request) {
        let mut response = reply::empty(StatusCode::OK);
        response.extensions_mut().insert(ListRows { name: name.to_owned(), items });
        return response;
    }
    if let Some(RowCap(most)) = request.extensions().get() {
        items.truncate(to_usize(*most));
    }
    show(items)
}
