//! Where API v4 keeps notes: in lists of notes and of events.

use crate::endpoints::element_names::plural;
use crate::http::Request;

/// What a list holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Feed {
    /// Notes of these names; empty for all.
    Notes(Vec<&'static str>),
    /// Events of these types, of the list's kind of element.
    Events(Vec<&'static str>),
    /// Events of chats. The server files all of them under contacts (docs/api-v4.md,
    /// Chats), so they are asked for without a kind and filtered here.
    Chats(Vec<&'static str>),
}

impl Feed {
    /// The member of `_embedded` that holds the records.
    pub fn embedded(&self) -> &'static str {
        match self {
            Feed::Notes(_) => "notes",
            Feed::Events(_) | Feed::Chats(_) => "events",
        }
    }

    /// The request for those of one kind of element, without paging; only what changed at
    /// `since` or later.
    pub fn request(&self, kind: &str, elements: &[u64], since: Option<i64>) -> Request {
        // One second earlier, since the bound may be excluded. Rows that are too early are
        // filtered out here.
        let since = since.map(|since| since - 1);
        let events = || Request::get("/api/v4/events").query("order[created_at]", "asc");
        match self {
            Feed::Notes(names) => Request::get(format!("/api/v4/{}/notes", plural(kind)))
                .query("order[id]", "asc")
                .queries("filter[note_type][]", names)
                .queries("filter[entity_id][]", elements)
                .queries("filter[updated_at][from]", since.as_slice()),
            Feed::Events(types) => events()
                .query("filter[entity]", kind)
                .queries("filter[entity_id][]", elements)
                .queries("filter[type][]", types)
                .queries("filter[created_at][from]", since.as_slice()),
            Feed::Chats(types) => events()
                .queries("filter[type][]", types)
                .queries("filter[created_at][from]", since.as_slice()),
        }
    }
}
