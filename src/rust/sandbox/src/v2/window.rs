//! Which part of a list a request means: `limit_rows` and `limit_offset`, or
//! the number of a page.

use crate::query::Query;

/// The largest page.
pub const MOST_ROWS: u64 = 500;

/// Some rows in succession.
#[derive(Debug, PartialEq, Eq)]
pub struct Window {
    limit: u64,
    offset: u64,
}

impl Window {
    /// Reads the parameters. An offset works only beside a page size.
    pub fn read(query: &Query) -> Self {
        let limit = number(query, "limit_rows").filter(|limit| *limit > 0);
        let offset = limit.and_then(|_| number(query, "limit_offset"));
        Self { limit: limit.unwrap_or(MOST_ROWS).min(MOST_ROWS), offset: offset.unwrap_or(0) }
    }

    /// Reads `page`, counted from 1, and `page_size`.
    pub fn numbered(query: &Query) -> Self {
        let limit = number(query, "page_size").filter(|rows| *rows > 0);
        let limit = limit.unwrap_or(MOST_ROWS).min(MOST_ROWS);
        let page = number(query, "page").unwrap_or(1);
        Self { limit, offset: page.saturating_sub(1).saturating_mul(limit) }
    }

    /// What of a list lies within.
    pub fn cut<T>(&self, list: impl Iterator<Item = T>) -> Vec<T> {
        list.skip(size(self.offset)).take(size(self.limit)).collect()
    }
}

/// A parameter that is a whole number.
pub fn number(query: &Query, name: &str) -> Option<u64> {
    query.value(name)?.trim().parse().ok()
}

/// The numbers of a list. What isn't a number counts as 0, as it does in PHP,
/// and so finds nothing.
pub fn numbers(query: &Query, name: &str) -> Vec<u64> {
    query.list(name).map(|text| text.parse().unwrap_or(0)).collect()
}

/// Whether a value passes a filter, which it does if there is none.
pub fn within(list: &[u64], value: u64) -> bool {
    list.is_empty() || list.contains(&value)
}

fn size(rows: u64) -> usize {
    usize::try_from(rows).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(raw: &str) -> (u64, u64) {
        let window = Window::read(&Query::parse(raw.as_bytes()));
        (window.limit, window.offset)
    }

    #[test]
    fn pages_hold_500_rows_at_most_and_by_default() {
        for (raw, limit) in [("", 500), ("limit_rows=501", 500), ("limit_rows=0", 500)] {
            assert_eq!(window(raw).0, limit, "{raw}");
        }
        assert_eq!(window("limit_rows=7"), (7, 0));
    }

    #[test]
    fn an_offset_alone_is_ignored() {
        assert_eq!(window("limit_offset=10"), (500, 0));
        assert_eq!(window("limit_rows=5&limit_offset=10"), (5, 10));
    }

    #[test]
    fn numbered_pages_follow_one_another() {
        let numbered = |raw: &str| Window::numbered(&Query::parse(raw.as_bytes()));
        assert_eq!(numbered("page=3&page_size=20"), Window { limit: 20, offset: 40 });
        assert_eq!(numbered("page=0"), Window { limit: 500, offset: 0 });
        assert_eq!(numbered("page=18446744073709551615&page_size=9").cut(0..9).len(), 0);
    }
}
