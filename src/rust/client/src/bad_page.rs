//! A body that can not be read.

use crate::sanitize::sanitize;

/// A body that is not the page it should be. Both texts may hold the server's
/// words, so they are in a form that is safe to show.
#[derive(Debug, thiserror::Error)]
#[error("{detail} (at {path})")]
pub struct BadPage {
    /// Where in the JSON, such as `_embedded.items[3].params`.
    pub path: String,
    /// What is wrong, in the parser's words.
    pub detail: String,
}

impl BadPage {
    /// For bodies that are read whole.
    pub fn at_top(error: &serde_json::Error) -> Self {
        BadPage { path: "the top level".to_owned(), detail: sanitize(&error.to_string()) }
    }
}
