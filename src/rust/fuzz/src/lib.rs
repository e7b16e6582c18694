//! What must hold whatever a server sends. Each check panics when it does
//! not: that is how libFuzzer learns of it.

pub mod cards;
pub mod error_body;
mod model;
pub mod page;
mod tree;

use amocrm_client::bad_body::BadBody;

/// Characters of a server's text that messages hold, the dots at the end included.
const MAX_SHOWN: usize = 303;

/// Messages are short and can't play tricks with a terminal.
fn assert_showable(text: &str) {
    assert!(text.chars().count() <= MAX_SHOWN, "too long: {text:?}");
    assert!(!text.contains(char::is_control), "a control character: {text:?}");
}

fn assert_showable_error(bad: &BadBody) {
    assert_showable(&bad.path);
    assert_showable(&bad.detail);
}
