//! Which lists of API v4 hold the notes that are asked for, and the requests
//! for their parts (docs/api-v4.md, Arguments of notes over v4).

use super::sources;
use crate::endpoints::customers;
use crate::endpoints::element_names::plural;
use crate::endpoints::notes::request::{NOTES, NotesRequest};
use crate::endpoints::parameters::{EVENTS_LIMIT, V4_LIMIT};
use crate::error::Error;
use crate::http::Request;
use crate::paging::{PageRange, Pages, Paging};
use crate::query::Warning;
use crate::table::Table;

/// Ids that one request may name (docs/api-v4.md, Ids in one request).
const NOTE_IDS_A_REQUEST: usize = 200;
const ELEMENTS_A_REQUEST: usize = 100;
const EVENT_ELEMENTS_A_REQUEST: usize = 10;

/// One list on the server.
pub struct NotesList {
    /// The kind of element.
    pub kind: String,
    /// What it holds.
    pub feed: Feed,
    /// Only these elements, as many as one request may name; empty for all.
    elements: Vec<u64>,
    /// What has arrived.
    pub pages: Pages<Table>,
}

/// What a list holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Feed {
    /// Notes of these names; empty for all.
    Notes(Vec<&'static str>),
    /// Notes of these ids.
    NotesById(Vec<u64>),
    /// Events of these types, of the list's kind of element.
    Events(Vec<&'static str>),
    /// Events of chats. The server files all of them under contacts (docs/api-v4.md,
    /// Chats), so they are asked for without a kind and filtered here.
    Chats(Vec<&'static str>),
}

impl Feed {
    /// Records of a page at most.
    fn most(&self) -> u32 {
        match self {
            Feed::Notes(_) | Feed::NotesById(_) => V4_LIMIT,
            Feed::Events(_) | Feed::Chats(_) => EVENTS_LIMIT,
        }
    }

    /// The member that the list is ordered by, if equal records may stand in
    /// any order.
    pub fn order(&self) -> Option<&'static str> {
        match self {
            Feed::Notes(_) | Feed::NotesById(_) => None,
            Feed::Events(_) | Feed::Chats(_) => Some("created_at"),
        }
    }

    /// The member of `_embedded` that holds the records.
    pub fn embedded(&self) -> &'static str {
        match self {
            Feed::Notes(_) | Feed::NotesById(_) => "notes",
            Feed::Events(_) | Feed::Chats(_) => "events",
        }
    }
}

impl NotesList {
    /// `limit` is what the user wants at most.
    fn new(kind: &str, feed: Feed, elements: &[u64], limit: u32) -> Self {
        // Rows of events lack some columns, which the table has in any case.
        let empty = Table::with_base(&NOTES);
        let pages = Pages::new(Paging::Numbered, limit.min(feed.most()), empty);
        NotesList { kind: kind.to_owned(), feed, elements: elements.to_vec(), pages }
    }

    /// What it is, in words.
    pub fn name(&self) -> String {
        format!("{} {}", self.kind, self.feed.embedded())
    }

    fn path(&self) -> String {
        match self.feed {
            Feed::Notes(_) | Feed::NotesById(_) => {
                format!("/api/v4/{}/notes", plural(&self.kind))
            }
            Feed::Events(_) | Feed::Chats(_) => "/api/v4/events".to_owned(),
        }
    }

    /// The request for a page; only what changed at `since` or later.
    pub fn request(&self, range: PageRange, since: Option<i64>) -> Request {
        let page = range.page_number();
        let request = Request::get(self.path()).query("page", &page).query("limit", &range.limit);
        // One second earlier, since the bound may be excluded. Rows that are too early are
        // filtered out here.
        let since = since.map(|since| since - 1);
        match &self.feed {
            Feed::Notes(names) => {
                let request = each(request.query("order[id]", "asc"), "filter[note_type][]", names);
                let request = each(request, "filter[entity_id][]", &self.elements);
                since.iter().fold(request, |request, since| {
                    request.query("filter[updated_at][from]", since)
                })
            }
            Feed::NotesById(ids) => self.request_by_ids(ids),
            Feed::Events(types) | Feed::Chats(types) => {
                let mut request = request.query("order[created_at]", "asc");
                if let Feed::Events(_) = self.feed {
                    request = request.query("filter[entity]", &self.kind);
                    request = each(request, "filter[entity_id][]", &self.elements);
                }
                let request = each(request, "filter[type][]", types);
                since.iter().fold(request, |request, since| {
                    request.query("filter[created_at][from]", since)
                })
            }
        }
    }

    /// The request for notes of these ids.
    pub fn request_by_ids(&self, ids: &[u64]) -> Request {
        let request = Request::get(self.path()).query("page", &1).query("limit", &ids.len());
        each(request.query("order[id]", "asc"), "filter[id][]", ids)
    }

    /// Whether the error says that the account has no customers.
    pub fn lacks_customers(&self, error: &Error) -> bool {
        let status = error.at().and_then(|at| at.status);
        let refused = match self.feed {
            Feed::Notes(_) | Feed::NotesById(_) => customers::are_missing_in(error, [&self.pages]),
            // Here it is an entity that the filter does not know.
            Feed::Events(_) | Feed::Chats(_) => matches!(status, Some(400 | 402 | 404)),
        };
        self.kind == "customer" && refused
    }
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

/// The lists of one kind of element.
pub fn lists_of(kind: &str, request: &NotesRequest) -> Vec<NotesList> {
    let plan = sources::sources_of(kind, &request.note_types);
    let mut lists = Vec::new();
    if let Some(names) = plan.notes {
        let feed = Feed::Notes(names);
        lists.extend(in_chunks(kind, &feed, &request.elements, ELEMENTS_A_REQUEST, request.limit));
    }
    let (chats, others): (Vec<&str>, Vec<&str>) =
        plan.events.into_iter().partition(|event| event.ends_with("_chat_message"));
    if chats_are_filed_by_element(kind, request) {
        lists.extend(events_list(kind, [others, chats].concat(), &request.elements, request.limit));
        return lists;
    }
    lists.extend(events_list(kind, others, &request.elements, request.limit));
    if !chats.is_empty() && !leaves_out_chats(kind, request) {
        lists.push(NotesList::new(kind, Feed::Chats(chats), &[], request.limit));
    }
    lists
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

fn events_list(
    kind: &str,
    types: Vec<&'static str>,
    elements: &[u64],
    limit: u32,
) -> Vec<NotesList> {
    if types.is_empty() {
        return Vec::new();
    }
    in_chunks(kind, &Feed::Events(types), elements, EVENT_ELEMENTS_A_REQUEST, limit)
}

/// One list for all elements, or one for as many as a request may name.
fn in_chunks(
    kind: &str,
    feed: &Feed,
    elements: &[u64],
    chunk: usize,
    limit: u32,
) -> Vec<NotesList> {
    let list = |elements: &[u64]| NotesList::new(kind, feed.clone(), elements, limit);
    if elements.is_empty() {
        return vec![list(&[])];
    }
    elements.chunks(chunk).map(list).collect()
}

/// The lists of the notes with these ids.
pub fn lists_by_id(kind: &str, ids: &[u64], limit: u32) -> Vec<NotesList> {
    if kind == "task" {
        return Vec::new();
    }
    let chunks = ids.chunks(NOTE_IDS_A_REQUEST.min(limit as usize).max(1));
    chunks.map(|ids| NotesList::new(kind, Feed::NotesById(ids.to_vec()), &[], limit)).collect()
}

/// The events that name the id of a note.
pub fn events_with_notes(kind: &str, limit: u32) -> Vec<NotesList> {
    let types: Vec<&str> = match kind {
        "lead" => vec!["lead_added"],
        "contact" => vec!["contact_added"],
        "company" => vec!["company_added"],
        "customer" => vec!["customer_added"],
        _ => vec!["task_result_added"],
    };
    events_list(kind, types, &[], limit)
}

/// Adds a parameter for each value.
fn each<T: ToString>(request: Request, name: &str, values: &[T]) -> Request {
    values.iter().fold(request, |request, value| request.query(name, value))
}
