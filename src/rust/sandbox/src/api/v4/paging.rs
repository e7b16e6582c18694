//! Pages of a list, by number.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use form_urlencoded::Serializer;

use super::link;
use super::problem::Invalid;
use crate::api::query::Query;
use crate::api::rows::{self, RowCount};
use crate::api::{self, Json, object, reply};
use crate::data::table::to_usize;

/// Rows on a page unless the client says how many.
const USUAL_ROWS: u64 = 50;

/// Which page is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    page: u64,
    limit: u64,
}

/// The rows of a page and what is known of the list.
pub struct Page<'a> {
    /// What the list is called in `_embedded`.
    pub name: &'a str,
    pub items: Vec<Json>,
    /// Whether to point to a next page.
    pub next: bool,
    /// Rows in the whole list, where they are counted.
    pub total: Option<u64>,
}

impl Paging {
    /// Reads `page` and `limit`. Whoever asks for more rows than `most` gets
    /// the usual number without a word.
    pub fn read(request: &Request, query: &Query, most: u64) -> Result<Self, Invalid> {
        if rows::wants_all(request) {
            return Ok(Self { page: 1, limit: u64::MAX });
        }
        let limit = positive(query, "limit")?.filter(|limit| *limit <= most);
        let page = positive(query, "page")?;
        Ok(Self { page: page.unwrap_or(1), limit: limit.unwrap_or(USUAL_ROWS) })
    }

    /// What of a list is on this page, and whether there is more of it.
    pub fn cut<T>(&self, list: impl Iterator<Item = T>) -> (Vec<T>, bool) {
        let mut rest = list.skip(self.offset());
        let rows = rest.by_ref().take(self.limit()).collect();
        (rows, rest.next().is_some())
    }

    fn offset(&self) -> usize {
        to_usize((self.page - 1).saturating_mul(self.limit))
    }

    /// How many rows a page has.
    pub fn limit(&self) -> usize {
        to_usize(self.limit)
    }

    /// The reply: 204 when nothing is left of the list.
    pub fn answer(&self, request: &Request, page: Page) -> Response {
        rows::answer(request, page.name, page.items, |items| {
            let next = if page.next { self.link(request, self.page + 1) } else { Json::Absent };
            let counted = |number: Option<u64>| number.map_or(Json::Absent, Json::from);
            let list = object! {
                "_total_items": counted(page.total), "_page": self.page,
                "_page_count": counted(page.total.map(|total| total.div_ceil(self.limit))),
                "_links": object! { "self": self.link(request, self.page), "next": next },
            };
            whole(list, page.name, items)
        })
    }

    /// A page of the list that was asked for.
    fn link(&self, request: &Request, page: u64) -> Json {
        let raw = request.uri().query().unwrap_or_default().as_bytes();
        let mut query = Serializer::new(String::new());
        let others = form_urlencoded::parse(raw).filter(|(key, _)| key != "page" && key != "limit");
        query.extend_pairs(others);
        query.append_pair("page", &page.to_string()).append_pair("limit", &self.limit.to_string());
        let (site, path) = (api::site(request), request.uri().path());
        object! { "href": format!("{site}{path}?{}", query.finish()) }
    }
}

/// The reply with these rows behind what is said of the list.
pub fn whole(list: Json, name: &str, items: Vec<Json>) -> Response {
    let rows = items.len() as u64;
    let body = list.with("_embedded", Json::member(name, items));
    let mut response = reply::plain_json(StatusCode::OK, reply::HAL, &body);
    response.extensions_mut().insert(RowCount(rows));
    response
}

/// The whole of a list that is not paged, and how many rows it has; 204 when
/// there are none.
pub fn whole_list(request: &Request, name: &str, items: Vec<Json>) -> Response {
    if items.is_empty() {
        return reply::empty(StatusCode::NO_CONTENT);
    }
    let href = api::site(request) + request.uri().path();
    let list = object! { "_total_items": items.len() as u64, "_links": link(href) };
    whole(list, name, items)
}

/// A page of these rows, however they were found.
pub fn list_page(request: &Request, name: &str, items: Vec<Json>, next: bool) -> Response {
    match Paging::read(request, &api::query(request), u64::MAX) {
        Ok(paging) => paging.answer(request, Page { name, items, next, total: None }),
        Err(invalid) => invalid.into_response(),
    }
}

/// A page of a list that is counted and points to a next page if there is one.
pub fn counted_page(request: &Request, name: &str, items: Vec<Json>) -> Result<Response, Invalid> {
    let paging = Paging::read(request, &api::query(request), 250)?;
    let total = Some(items.len() as u64);
    let (items, next) = paging.cut(items.into_iter());
    Ok(paging.answer(request, Page { name, items, next, total }))
}

/// The reply to a question for one thing; 204 if it isn't there.
pub fn answer_one(thing: Option<Json>) -> Response {
    match thing {
        Some(thing) => reply::plain_json(StatusCode::OK, reply::HAL, &thing),
        None => reply::empty(StatusCode::NO_CONTENT),
    }
}

fn positive(query: &Query, name: &str) -> Result<Option<u64>, Invalid> {
    let Some(text) = query.value(name) else {
        return Ok(None);
    };
    match text.parse() {
        Ok(number) if number > 0 => Ok(Some(number)),
        _ => Err(Invalid::shape(name, "This value should be a positive integer.")),
    }
}
