//! Filters that are applied again to the rows received: the server may silently
//! ignore some (docs/api-v4.md, Paid filters).

use std::collections::HashSet;

use crate::json::flatten::Value;
use crate::table::row::Row;

/// Which rows are wanted.
#[derive(Default)]
pub struct RowFilter {
    is_in: Vec<(&'static str, HashSet<String>)>,
    is_in_or_absent: Vec<(&'static str, HashSet<String>)>,
    between: Vec<(&'static str, Span)>,
}

/// A span of time in seconds since 1970, both ends included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The first second, if there is one.
    pub from: Option<i64>,
    /// The last second, if there is one.
    pub to: Option<i64>,
}

impl Span {
    /// The span with one more second at either end, for servers that may exclude
    /// the ends.
    #[must_use]
    pub fn widened(self) -> Self {
        let (from, to) = (self.from.map(|from| from - 1), self.to.map(|to| to + 1));
        Span { from, to }
    }

    fn holds(self, value: Value) -> bool {
        let Some(moment) = value.number() else { return false };
        self.from.is_none_or(|from| moment >= from as f64)
            && self.to.is_none_or(|to| moment <= to as f64)
    }
}

impl RowFilter {
    /// Only rows whose text in `column` is one of `values`; all if there are
    /// none.
    #[must_use]
    pub fn is_in<T: ToString>(mut self, column: &'static str, values: &[T]) -> Self {
        if !values.is_empty() {
            self.is_in.push((column, texts(values)));
        }
        self
    }

    /// The same; rows without the column are wanted, too.
    #[must_use]
    pub fn is_in_or_absent<T: ToString>(mut self, column: &'static str, values: &[T]) -> Self {
        if !values.is_empty() {
            self.is_in_or_absent.push((column, texts(values)));
        }
        self
    }

    /// Only rows whose time in `column` lies within `span`.
    #[must_use]
    pub fn between(mut self, column: &'static str, span: Span) -> Self {
        if span != Span::default() {
            self.between.push((column, span));
        }
        self
    }

    /// Whether every row is wanted.
    pub fn is_empty(&self) -> bool {
        self.is_in.is_empty() && self.is_in_or_absent.is_empty() && self.between.is_empty()
    }

    /// Whether a row is wanted. One that lacks a column is not, as a rule.
    pub fn matches(&self, row: &Row) -> bool {
        let has = |(column, values): &(&str, HashSet<String>)| {
            row.get(column).is_some_and(|value| values.contains(&*value.text()))
        };
        let has_or_lacks = |(column, values): &(&str, HashSet<String>)| {
            row.get(column).is_none_or(|value| values.contains(&*value.text()))
        };
        let lies =
            |(column, span): &(&str, Span)| row.get(column).is_some_and(|value| span.holds(value));
        self.is_in.iter().all(has)
            && self.is_in_or_absent.iter().all(has_or_lacks)
            && self.between.iter().all(lies)
    }
}

fn texts<T: ToString>(values: &[T]) -> HashSet<String> {
    values.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::{RowFilter, Span};
    use crate::table::row::Row;

    fn row<'r>(cells: &[(&'static str, &'r str)]) -> Row<'r> {
        let mut row = Row::default();
        for (name, text) in cells {
            row.push(name, text);
        }
        row
    }

    #[test]
    fn without_filters_every_row_is_wanted() {
        let none: [u64; 0] = [];
        let filter = RowFilter::default().is_in("id", &none).between("at", Span::default());
        assert!(filter.matches(&row(&[])));
    }

    #[test]
    fn all_filters_must_let_a_row_through() {
        let span = Span { from: Some(10), to: Some(20) };
        let filter = RowFilter::default().is_in("id", &[1, 2]).between("at", span);
        for (id, at, wanted) in [
            ("1", "10", true),
            ("2", "20", true),
            ("3", "15", false),
            ("1", "9", false),
            ("1", "21", false),
            ("1", "x", false),
        ] {
            assert_eq!(filter.matches(&row(&[("id", id), ("at", at)])), wanted, "{id} {at}");
        }
        assert!(!filter.matches(&row(&[("id", "1")])));
    }

    #[test]
    fn rows_without_the_column_pass_where_the_api_may_leave_it_out() {
        let filter = RowFilter::default().is_in_or_absent("pipeline_id", &[3]);
        let wanted = [&[][..], &[("pipeline_id", "3")], &[("pipeline_id", "4")]];
        let wanted = wanted.map(|cells| filter.matches(&row(cells)));
        assert_eq!((wanted, filter.is_empty()), ([true, true, false], false));
    }
}
