//! Rows of the notes and events of API v4 that a call asks for.

use url::Url;

use super::events;
use super::feed::Feed;
use super::notes;
use crate::bad_body::BadBody;
use crate::endpoints::element_names::{singular, static_kind};
use crate::endpoints::notes::request::{NOTES, NotesRequest};
use crate::json::flatten::{Record, Value};
use crate::json::page::Page;
use crate::table::row::Row;
use crate::table::row_filter::{RowFilter, Span};
use crate::table::{Format, Map, RowMap, Table, read_page};

/// Makes rows of the notes and events of a call.
pub struct RowsOfNotes {
    filter: RowFilter,
    in_english: bool,
}

impl RowsOfNotes {
    /// For the notes of a call that are asked for.
    pub fn new(request: &NotesRequest, since: Option<i64>, account: &Url) -> Self {
        let in_english = account.host_str().is_some_and(|host| host.ends_with("kommo.com"));
        RowsOfNotes { filter: filter_of(request, since), in_english }
    }

    /// A page of a feed; no body is a page without rows.
    pub fn read_page(
        &self,
        kind: &str,
        feed: &Feed,
        body: Option<&[u8]>,
    ) -> Result<Page<Table>, BadBody> {
        let Some(body) = body else { return Ok(Page::empty(Table::new(&NOTES))) };
        let write_event: &RowMap = &|record, row| self.write_event(kind, record, row);
        let write_note: &RowMap = &|record, row| {
            notes::write_row(record, static_kind(kind), row);
            self.filter.matches(row)
        };
        let (order, map) = match feed {
            // Events of one second may stand in any order.
            Feed::Events(_) | Feed::Chats(_) => {
                (Some("created_at"), Map::FunctionWithEmbedded(write_event))
            }
            Feed::Notes(_) => (None, Map::Function(write_note)),
        };
        read_page(body, &Format { list: feed.embedded(), schema: &NOTES, id: "id", order, map })
    }

    /// An event as a row; false when it is not asked for.
    fn write_event<'r>(&self, kind: &str, event: &'r Record, row: &mut Row<'r>) -> bool {
        let of_event = event.get("entity_type").map(Value::text);
        let of_kind = of_event.is_some_and(|found| singular(&found) == kind);
        of_kind && events::write_row(event, self.in_english, row) && self.filter.matches(row)
    }
}

/// The filters that are applied again here, since the server may ignore some. With ids,
/// they are the only filter.
fn filter_of(request: &NotesRequest, since: Option<i64>) -> RowFilter {
    if !request.ids.is_empty() {
        return RowFilter::default().is_in("id", &request.ids);
    }
    RowFilter::default()
        .is_in("element_id", &request.elements)
        .is_in("note_type", &request.note_types)
        .between("updated_at", Span { from: since, to: None })
}
