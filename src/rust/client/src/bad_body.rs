//! An answer whose body can't be read.

use crate::sanitize::sanitize;

/// A body that is not what was asked for. Both texts may quote the server, so they
/// are sanitized.
#[derive(Debug, thiserror::Error)]
#[error("{detail} (at {path})")]
pub struct BadBody {
    /// The path in the JSON, such as `_embedded.items[3].params`.
    pub path: String,
    /// The message of the parser.
    pub detail: String,
}

impl BadBody {
    /// For a document, whose path is not known.
    pub fn at_top(error: &serde_json::Error) -> Self {
        BadBody { path: "the top level".to_owned(), detail: sanitize(&error.to_string()) }
    }
}
