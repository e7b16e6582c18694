//! Lists whose rows were recorded: paged, found by id, and not filtered
//! otherwise.

use axum::extract::Request;
use axum::response::Response;

use super::page;
use super::window::{Window, numbers, within};
use crate::app::App;
use crate::list::List;
use crate::recorded;

/// Answers with recorded rows if there are any for this list.
pub fn answer(app: &App, list: List, request: &Request) -> Option<Response> {
    let rows = app.recorded.get(&list)?;
    let query = page::query(request);
    let ids = numbers(&query, "id");
    let window = match list {
        List::IncomingLeads => Window::numbered(&query),
        _ => Window::read(&query),
    };
    let present = app.presence.now();
    let there = (0..).zip(rows).filter(|(place, _)| present.has(*place));
    let wanted = there.filter(|(_, row)| within(&ids, row.meta.id));
    let places = window.cut(wanted.map(|(place, _)| place));
    let path = format!("/api/v2/{}", list.name());
    Some(page::answer(request, &path, recorded::at(rows, &places)))
}
