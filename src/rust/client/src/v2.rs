//! API v2 on the wire: paths, parameters and row shapes (docs/api-v2.md).

use serde::Deserialize;

use crate::broken_text::read_document;
use crate::error::Error;
use crate::http::Request;
use crate::page::{BadPage, Format, Map, Page, RowMap, read_page};
use crate::paging::PageRange;
use crate::row_filter::RowFilter;
use crate::table::{Schema, Table};
use crate::transport::Transport;
use crate::tree::Node;
use crate::zone::{Zone, http_date};

/// Rows of one page at most.
pub const MAX_LIMIT: u32 = 500;

/// Ids that one request may name: more make the address too long.
pub const IDS_A_REQUEST: usize = 200;

/// What a table of notes is made of (docs/contract.md, The table of notes).
pub static NOTES: Schema = Schema {
    base: &[
        "id",
        "responsible_user_id",
        "created_by",
        "created_at",
        "updated_at",
        "account_id",
        "group_id",
        "is_editable",
        "element_id",
        "element_type",
        "attachment",
        "note_type",
        "text",
    ],
    // Rows that stem from events of API v4 have no id of their own.
    keys: &["event_id", "id"],
    ids: &["id"],
    times: &["created_at", "updated_at"],
    ..Schema::TEXT
};

/// The name of an `element_type` number (docs/contract.md, Names of element
/// types).
pub fn element_type(number: &str) -> Option<&'static str> {
    match number {
        "1" => Some("contact"),
        "2" => Some("lead"),
        "3" => Some("company"),
        "12" => Some("customer"),
        _ => None,
    }
}

/// Each of the values, or None once when there are none.
pub fn optional<T>(values: &[T]) -> Vec<Option<&T>> {
    if values.is_empty() { vec![None] } else { values.iter().map(Some).collect() }
}

/// The value, if there is just one.
pub fn only<T>(values: &[T]) -> Option<&T> {
    values.first().filter(|_| values.len() == 1)
}

/// Which notes a list holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NotesFilter {
    /// Only these ids; everything else is then ignored.
    pub ids: Vec<u64>,
    /// Only notes of this element.
    pub element: Option<u64>,
    /// Only notes of this type.
    pub note_type: Option<String>,
    /// Only notes changed at this moment or later, seconds since 1970.
    pub since: Option<i64>,
}

/// The request for a part of the notes of one kind of element.
pub fn notes_request(element_type: &str, filter: &NotesFilter, range: PageRange) -> Request {
    let mut request = Request::get("/api/v2/notes")
        .query("limit_rows", &range.limit)
        .query("limit_offset", &range.offset);
    if !filter.ids.is_empty() {
        let ids: Vec<String> = filter.ids.iter().map(ToString::to_string).collect();
        return request.query("id", &ids.join(",")).query("type", element_type);
    }
    if let Some(element) = filter.element {
        request = request.query("element_id", &element);
    }
    request = request.query("type", element_type);
    if let Some(note_type) = &filter.note_type {
        request = request.query("note_type", note_type);
    }
    match filter.since.and_then(http_date) {
        Some(date) => request.header("if-modified-since", date),
        None => request,
    }
}

/// A page of notes; no body is a page without rows.
///
/// # Errors
/// [`BadPage`] when the body is not a page of notes.
pub fn read_notes(body: Option<&[u8]>) -> Result<Page<Table>, BadPage> {
    read_notes_as(Map::AsItIs, body)
}

/// The same for those notes that a filter lets through.
///
/// # Errors
/// As [`read_notes`].
pub fn read_some_notes(filter: &RowFilter, body: Option<&[u8]>) -> Result<Page<Table>, BadPage> {
    let write: &RowMap = &|note, row| {
        note.iter().for_each(|leaf| row.push_leaf(leaf));
        filter.lets_through(row)
    };
    read_notes_as(if filter.is_empty() { Map::AsItIs } else { Map::Written(write) }, body)
}

fn read_notes_as(map: Map, body: Option<&[u8]>) -> Result<Page<Table>, BadPage> {
    let format = Format { list: "items", schema: &NOTES, id: "id", order: None, map };
    body.map_or_else(|| Ok(Page::empty(Table::new(&NOTES))), |body| read_page(body, &format))
}

#[derive(Deserialize)]
struct AccountId {
    #[serde(rename = "id")]
    _id: u64,
}

/// Whether API v2 has the account. Where it is gone, anything may be in its
/// place: a refusal, an empty answer, a web page with status 200.
///
/// # Errors
/// When there is no answer at all, or no pass to be had.
pub async fn answers(transport: &Transport) -> Result<bool, Error> {
    let request = Request::get("/api/v2/account");
    let is_account = |body: Option<&[u8]>| {
        Ok(body.is_some_and(|body| serde_json::from_slice::<AccountId>(body).is_ok()))
    };
    match transport.get(&request, "the account", is_account).await {
        Ok(answer) => Ok(answer.value),
        Err(
            Error::Http { .. }
            | Error::Blocked { .. }
            | Error::Forbidden { .. }
            | Error::Auth { .. },
        ) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The zone that an account names.
pub fn zone_of(timezone: &Node, offset: Option<&Node>) -> Zone {
    Zone::new(timezone.text().unwrap_or_default(), offset.and_then(Node::text))
}

#[derive(Deserialize)]
struct AccountBody {
    timezone: Node,
    timezone_offset: Option<Node>,
}

/// Asks the account for its time zone.
///
/// # Errors
/// As [`Transport::get`].
pub async fn time_zone(transport: &Transport) -> Result<Zone, Error> {
    let request = Request::get("/api/v2/account");
    let answer = transport.get(&request, "the account", |body| {
        let account: AccountBody = read_document(body)?;
        Ok(zone_of(&account.timezone, account.timezone_offset.as_ref()))
    });
    Ok(answer.await?.value)
}

#[cfg(test)]
mod tests {
    use super::{NotesFilter, notes_request};
    use crate::paging::PageRange;

    const RANGE: PageRange = PageRange { offset: 500, limit: 500 };

    fn query(filter: &NotesFilter) -> String {
        notes_request("lead", filter, RANGE).shown_query()
    }

    #[test]
    fn every_filter_has_its_parameter() {
        let filter = NotesFilter {
            element: Some(666),
            note_type: Some("3".to_owned()),
            ..NotesFilter::default()
        };
        assert_eq!(
            query(&filter),
            "limit_rows=500&limit_offset=500&element_id=666&type=lead&note_type=3"
        );
    }

    #[test]
    fn with_ids_all_other_filters_are_left_out() {
        let filter = NotesFilter {
            ids: vec![1, 2],
            element: Some(666),
            note_type: Some("3".to_owned()),
            since: Some(0),
        };
        assert_eq!(query(&filter), "limit_rows=500&limit_offset=500&id=1,2&type=lead");
    }
}
