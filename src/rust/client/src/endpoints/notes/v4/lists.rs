//! Which lists of API v4 hold the notes that are asked for (docs/api-v4.md,
//! Arguments of notes over v4).

use std::sync::Arc;

use super::feed::Feed;
use super::rows::RowsOfNotes;
use super::sources;
use crate::endpoints::customers;
use crate::endpoints::notes::request::{NOTES, NotesRequest};
use crate::endpoints::paged_list::{PagedList, Pagination};
use crate::endpoints::parameters::{EVENTS_LIMIT, IDS_A_REQUEST, V4_LIMIT};
use crate::error::Error;
use crate::query::Warning;
use crate::table::Table;

/// Elements that one request may name (docs/api-v4.md, Ids in one request).
const ELEMENTS_A_REQUEST: usize = 100;
const EVENT_ELEMENTS_A_REQUEST: usize = 10;

/// One list on the server.
pub struct NotesList {
    /// The kind of element.
    pub kind: String,
    /// Its notes, or events.
    pub list: PagedList<Table>,
}

/// Makes the lists of a call.
pub struct NotesLists<'r> {
    pub request: &'r NotesRequest,
    pub since: Option<i64>,
    pub rows: Arc<RowsOfNotes>,
}

/// The warnings that follow from the request alone.
pub fn warnings_of(request: &NotesRequest) -> Vec<Warning> {
    let mut warnings = Vec::new();
    if !request.ids.is_empty() {
        return warnings;
    }
    let nowhere = sources::without_source(&request.note_types);
    if !nowhere.is_empty() {
        warnings.push(Warning::NoSource(nowhere));
    }
    if request.kinds.iter().any(|kind| leaves_out_chats(kind, request)) {
        warnings.push(Warning::NoChats);
    }
    warnings
}

impl NotesLists<'_> {
    /// The lists of one kind of element.
    pub fn of_kind(&self, kind: &str) -> Vec<NotesList> {
        let NotesRequest { elements, note_types, .. } = self.request;
        let plan = sources::sources_of(kind, note_types);
        let mut lists = Vec::new();
        if let Some(names) = plan.notes {
            lists.extend(self.in_chunks(kind, &Feed::Notes(names), elements, ELEMENTS_A_REQUEST));
        }
        let (chats, others): (Vec<&str>, Vec<&str>) =
            plan.events.into_iter().partition(|event| event.ends_with("_chat_message"));
        if chats_are_filed_by_element(kind, self.request) {
            lists.extend(self.of_events(kind, [others, chats].concat(), elements));
            return lists;
        }
        lists.extend(self.of_events(kind, others, elements));
        if !chats.is_empty() && !leaves_out_chats(kind, self.request) {
            lists.push(self.list(kind, &Feed::Chats(chats), &[]));
        }
        lists
    }

    /// The lists of the notes with the ids of the request.
    pub fn by_ids(&self, kind: &str) -> Vec<NotesList> {
        if kind == "task" {
            return Vec::new();
        }
        let feed = Feed::Notes(Vec::new());
        let NotesRequest { ids, limit, .. } = self.request;
        let list = || self.paged(kind, &feed, &[]);
        let lists = PagedList::by_ids(ids, IDS_A_REQUEST, *limit, list).into_iter();
        lists.map(|list| NotesList { kind: kind.to_owned(), list }).collect()
    }

    /// The events that name the id of a note.
    pub fn of_events_with_notes(&self, kind: &str) -> Vec<NotesList> {
        let event = match kind {
            "lead" => "lead_added",
            "contact" => "contact_added",
            "company" => "company_added",
            "customer" => "customer_added",
            _ => "task_result_added",
        };
        self.of_events(kind, vec![event], &[])
    }

    fn of_events(&self, kind: &str, types: Vec<&'static str>, elements: &[u64]) -> Vec<NotesList> {
        if types.is_empty() {
            return Vec::new();
        }
        self.in_chunks(kind, &Feed::Events(types), elements, EVENT_ELEMENTS_A_REQUEST)
    }

    /// One list for all elements, or one for as many as a request may name.
    fn in_chunks(&self, kind: &str, feed: &Feed, elements: &[u64], chunk: usize) -> Vec<NotesList> {
        if elements.is_empty() {
            return vec![self.list(kind, feed, &[])];
        }
        elements.chunks(chunk).map(|elements| self.list(kind, feed, elements)).collect()
    }

    fn list(&self, kind: &str, feed: &Feed, elements: &[u64]) -> NotesList {
        NotesList { kind: kind.to_owned(), list: self.paged(kind, feed, elements) }
    }

    fn paged(&self, kind: &str, feed: &Feed, elements: &[u64]) -> PagedList<Table> {
        let (rows, of_kind, of_feed) = (Arc::clone(&self.rows), kind.to_owned(), feed.clone());
        let read = move |body: Option<&[u8]>| rows.read_page(&of_kind, &of_feed, body);
        let (most, absence): (_, fn(&Error) -> bool) = match feed {
            Feed::Notes(_) => (V4_LIMIT, customers::are_missing),
            Feed::Events(_) | Feed::Chats(_) => (EVENTS_LIMIT, customers::is_unknown_filter),
        };
        let request = feed.request(kind, elements, self.since);
        let (name, limit) = (format!("{kind} {}", feed.embedded()), self.request.limit.min(most));
        // Rows of events lack some columns, which the table has in any case.
        let empty = Table::with_base(&NOTES);
        let list = PagedList::new(name, request, Pagination::Pages, limit, empty, Box::new(read));
        match kind {
            "customer" => list.unless(absence).in_batches(),
            // The texts of all results are read once all events are.
            "task" => list,
            _ => list.in_batches(),
        }
    }
}

/// The server finds the chats of single contacts, but not those of leads:
/// it files them under the contact who writes (docs/api-v4.md, Chats).
fn chats_are_filed_by_element(kind: &str, request: &NotesRequest) -> bool {
    kind == "contact" && !request.elements.is_empty()
}

/// To find the chats of one lead, all chats of the account would have to be
/// read: that is done only for those who ask for chats.
fn leaves_out_chats(kind: &str, request: &NotesRequest) -> bool {
    let has_chats = !matches!(kind, "contact" | "task");
    has_chats && !request.elements.is_empty() && request.note_types.is_empty()
}
