//! Which rows a request for notes means.

use axum::http::HeaderMap;
use axum::http::header::IF_MODIFIED_SINCE;

use super::dates;
use super::window::{MOST_ROWS, Window, numbers, within};
use crate::account::Account;
use crate::kind::Kind;
use crate::presence::Present;
use crate::query::Query;
use crate::rows::{Meta, Rows};

/// What a request for notes asks for.
#[derive(Debug, PartialEq, Eq)]
pub struct Filter {
    pub kind: Kind,
    ids: Vec<u64>,
    elements: Vec<u64>,
    note_types: Vec<u64>,
    /// Epoch seconds.
    since: Option<i64>,
    window: Window,
}

impl Filter {
    /// Reads the parameters; without a known `type` there is no answer.
    pub fn read(query: &Query, headers: &HeaderMap) -> Option<Self> {
        let kind = Kind::from_name(query.value("type")?)?;
        let since = headers.get(IF_MODIFIED_SINCE).and_then(|value| value.to_str().ok());
        Some(Self {
            kind,
            ids: numbers(query, "id"),
            elements: numbers(query, "element_id"),
            note_types: numbers(query, "note_type"),
            since: since.and_then(dates::parse),
            window: Window::read(query),
        })
    }

    /// The indices of the rows asked for that are there, in the order of the
    /// list.
    pub fn select(&self, account: &Account, rows: &Rows, present: &Present) -> Vec<u64> {
        if !self.ids.is_empty() {
            return self.by_id(account, rows, present);
        }
        if self.takes_all() {
            return self.window.cut(present.places(rows.len()));
        }
        let all = (0..).zip(rows.metas(account));
        let matching = all.filter(|(index, meta)| present.has(*index) && self.matches(meta));
        self.window.cut(matching.map(|(index, _)| index))
    }

    /// Rows by id, whatever the other parameters say.
    fn by_id(&self, account: &Account, rows: &Rows, present: &Present) -> Vec<u64> {
        let found = self.ids.iter().flat_map(|id| rows.with_id(account, *id));
        let mut found: Vec<u64> = found.filter(|index| present.has(*index)).collect();
        found.sort_unstable();
        found.dedup();
        found.truncate(usize::try_from(MOST_ROWS).unwrap_or(usize::MAX));
        found
    }

    fn takes_all(&self) -> bool {
        self.elements.is_empty() && self.note_types.is_empty() && self.since.is_none()
    }

    /// Whether a row passes. One that changed in the very second asked for
    /// counts as changed since.
    fn matches(&self, meta: &Meta) -> bool {
        let updated = i64::try_from(meta.updated_at).unwrap_or(i64::MAX);
        within(&self.elements, meta.element_id)
            && within(&self.note_types, meta.note_type)
            && self.since.is_none_or(|since| updated >= since)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn filter(raw: &str) -> Option<Filter> {
        Filter::read(&Query::parse(raw.as_bytes()), &HeaderMap::new())
    }

    #[test]
    fn a_known_type_is_required() {
        assert!(filter("limit_rows=5").is_none());
        assert!(filter("type=").is_none());
        assert!(filter("type=deal").is_none());
        assert_eq!(filter("type=company").unwrap().kind, Kind::Company);
    }
}
