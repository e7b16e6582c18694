//! The rows of the lists of one table: all at once, or in batches while they are read.

use std::sync::Mutex;

use crate::endpoints::paged_list::PagedList;
use crate::paging::join_lists;
use crate::sync::lock;
use crate::table::{RowSink, SeenKeys};

/// Joins the rows of lists, each row once in all batches.
#[derive(Default)]
pub struct Batches {
    /// The keys of rows that were given, if there are several lists. One list sees to it
    /// itself.
    given: Mutex<SeenKeys>,
}

impl Batches {
    /// The rows that have settled since the last time; None if there are none.
    pub fn next<'l, T: RowSink + 'l>(
        &self,
        lists: impl IntoIterator<Item = &'l PagedList<T>>,
    ) -> Option<T> {
        let lists: Vec<_> = lists.into_iter().collect();
        let mut rows = lists.iter().filter_map(|list| list.take_settled());
        if lists.len() == 1 { rows.next() } else { self.join(rows) }
    }

    /// All other rows that were received; None without lists.
    pub fn rest<'l, T: RowSink + 'l>(
        &self,
        lists: impl IntoIterator<Item = &'l PagedList<T>>,
    ) -> Option<T> {
        let rows = lists.into_iter().filter_map(PagedList::take);
        if self.is_begun() { self.join(rows) } else { join_lists(rows) }
    }

    /// Whether rows of several lists were given.
    pub fn is_begun(&self) -> bool {
        !lock(&self.given).is_empty()
    }

    fn join<T: RowSink>(&self, rows: impl Iterator<Item = T>) -> Option<T> {
        let mut given = lock(&self.given);
        rows.fold(None, |joined, rows| {
            let mut joined = joined.unwrap_or_else(|| rows.empty_copy());
            joined.append(rows, &mut given);
            Some(joined)
        })
    }
}
