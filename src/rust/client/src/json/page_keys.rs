//! The keys of the records of a page, in order: whether pages overlap is seen
//! by them.

use std::collections::HashSet;

/// The keys of the records of a page, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageKeys {
    /// Ids, each once.
    pub ids: Vec<u64>,
    /// The values that the list is sorted by, where they are known, as values that rise.
    /// Records with equal values may come in any order.
    pub order: Vec<i64>,
    /// Whether some records have no id. Such records can't be recognised when they
    /// come twice.
    pub lacks_ids: bool,
}

impl PageKeys {
    /// The first `count` of these records, and others behind.
    #[must_use]
    pub fn before(&self, count: usize, rest: PageKeys) -> PageKeys {
        let count = count.min(self.count());
        let order = &self.order[..count.min(self.order.len())];
        PageKeys {
            ids: self.ids[..count].iter().copied().chain(rest.ids).collect(),
            order: order.iter().copied().chain(rest.order).collect(),
            lacks_ids: self.lacks_ids || rest.lacks_ids,
        }
    }

    /// How many records there are.
    pub fn count(&self) -> usize {
        self.ids.len()
    }

    /// The last record.
    pub fn last(&self) -> Option<u64> {
        self.ids.last().copied()
    }

    /// Each record once: a server may repeat some within a page.
    #[must_use]
    pub fn without_repeats(mut self) -> Self {
        if self.ids.is_sorted_by(|a, b| a < b) {
            return self;
        }
        let mut seen = HashSet::new();
        let is_new: Vec<bool> = self.ids.iter().map(|id| seen.insert(*id)).collect();
        let mut news = is_new.iter();
        self.ids.retain(|_| news.next().copied().unwrap_or(true));
        let mut is_new = is_new.iter();
        self.order.retain(|_| is_new.next().copied().unwrap_or(true));
        self
    }

    /// Whether all these records are among them.
    pub fn has_all(&self, others: &PageKeys) -> bool {
        let ids: HashSet<u64> = self.ids.iter().copied().collect();
        others.ids.iter().all(|id| ids.contains(id))
    }

    /// Whether all but one in five of these records are among them.
    pub fn has_most(&self, others: &PageKeys) -> bool {
        let ids: HashSet<u64> = self.ids.iter().copied().collect();
        let missing = others.ids.iter().filter(|id| !ids.contains(id)).count();
        5 * missing <= others.count()
    }

    /// Whether they hold the last record of `others`, with nothing behind that
    /// the order tells apart from it.
    pub fn shows_end_of(&self, others: &PageKeys) -> bool {
        if !self.is_ordered() || !others.is_ordered() {
            return self.last() == others.last();
        }
        let ties = &others.ids[others.tie_start()..];
        self.order.last() == others.order.last() && ties.iter().all(|id| self.ids.contains(id))
    }

    /// Whether they are just those records at the end of `others` that are equal
    /// in the order.
    pub fn is_whole_tie_at_end_of(&self, others: &PageKeys) -> bool {
        self.is_tied_with_end_of(others) && self.shows_end_of(others)
    }

    /// Whether all of them are equal in the order to the last of `others`.
    pub fn is_tied_with_end_of(&self, others: &PageKeys) -> bool {
        let is_ordered = self.is_ordered() && others.is_ordered();
        is_ordered && self.order.first() >= others.order.last()
    }

    /// Where the last records begin that are equal in the order.
    pub fn tie_start(&self) -> usize {
        self.order.partition_point(|value| Some(value) < self.order.last())
    }

    /// The first and the last record in the order of the list: their ids, unless it is
    /// another. None if they do not rise.
    pub fn bounds(&self) -> Option<(i64, i64)> {
        let ids = self.ids.iter().filter_map(|id| i64::try_from(*id).ok());
        let values = if self.order.is_empty() { ids.collect() } else { self.order.clone() };
        let ends = values.first().copied().zip(values.last().copied());
        ends.filter(|_| values.len() == self.count() && values.is_sorted())
    }

    /// Whether the order is known and ascends.
    pub fn is_ordered(&self) -> bool {
        !self.order.is_empty() && self.order.is_sorted()
    }
}
