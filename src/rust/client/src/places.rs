//! How far the lists of a call were taken in batches, as a text: another call goes on there
//! when this one was killed.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};

use crate::sync::lock;

/// A place in a list that rises by id or by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Rows up to it. Fewer may be left when the list is read again.
    pub rows: u64,
    /// The last of them in the order of the list. All rows before it are taken.
    pub last: i64,
}

/// The places of the lists of a call, by their requests.
#[derive(Debug, Default)]
pub struct Places(Mutex<BTreeMap<String, Place>>);

impl Places {
    /// Those that a call before has reached. What can't be read is none: the lists are then
    /// read from their beginning.
    pub fn of_text(text: &str) -> Self {
        Places(Mutex::new(serde_json::from_str(text).unwrap_or_default()))
    }

    /// The text of those that were reached, the earlier ones included.
    pub fn text(&self) -> String {
        serde_json::to_string(&*lock(&self.0)).unwrap_or_default()
    }

    /// The place in a list.
    pub fn get(&self, list: &str) -> Option<Place> {
        lock(&self.0).get(list).copied()
    }

    /// The rows of a list are taken up to a place.
    pub fn set(&self, list: &str, place: Place) {
        lock(&self.0).insert(list.to_owned(), place);
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, Places};

    #[test]
    fn places_come_back_from_their_text_and_what_is_no_text_has_none() {
        let (leads, tasks) = (Place { rows: 250, last: 7 }, Place { rows: 3, last: -1 });
        let places = Places::default();
        places.set("leads", leads);
        let again = Places::of_text(&places.text());
        again.set("tasks", tasks);
        let again = Places::of_text(&again.text());
        assert_eq!((again.get("leads"), again.get("tasks")), (Some(leads), Some(tasks)));
        assert_eq!((again.get("notes"), Places::of_text("{").get("leads")), (None, None));
    }
}
