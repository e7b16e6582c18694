//! What notes are asked for, and what their tables are made of.

use crate::account::time_zone::Moment;
use crate::endpoints::arguments::Arguments;
use crate::error::Error;
use crate::table::Schema;

/// What a table of notes is made of (docs/contract.md, The table of notes).
#[rustfmt::skip]
pub static NOTES: Schema = Schema {
    base: &[
        "id", "responsible_user_id", "created_by", "created_at", "updated_at", "account_id",
        "group_id", "is_editable", "element_id", "element_type", "attachment", "note_type",
        "text",
    ],
    // Rows that stem from events of API v4 have no id of their own.
    keys: &["event_id", "id"],
    ids: &["id"],
    times: &["created_at", "updated_at"],
    ..Schema::TEXT
};

/// What notes to read.
#[derive(Clone, Debug, Default)]
pub struct NotesRequest {
    /// Kinds of element: contact, lead, company, task, customer.
    pub kinds: Vec<String>,
    /// Rows a request, 1 to 500; API v4 gives fewer.
    pub limit: u32,
    /// Only these notes; everything below is then ignored.
    pub ids: Vec<u64>,
    /// Only notes of these elements; empty for all.
    pub elements: Vec<u64>,
    /// Only notes of these types; empty for all.
    pub note_types: Vec<String>,
    /// Only notes changed at this moment or later.
    pub since: Option<Moment>,
}

impl NotesRequest {
    /// What the arguments of a call ask for.
    ///
    /// # Errors
    /// [`Error::Input`] for arguments that can't be read.
    pub fn new(arguments: &Arguments) -> Result<Self, Error> {
        Ok(NotesRequest {
            kinds: arguments.texts("type").to_vec(),
            limit: arguments.limit()?,
            ids: arguments.ids("id")?,
            elements: arguments.ids("element_id")?,
            note_types: arguments.texts("note_type").to_vec(),
            since: arguments.moment("if_modified_since")?,
        })
    }
}
