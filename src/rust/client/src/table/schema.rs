//! What is known of a table in advance.

use crate::table::column::Role;

/// What is known of a table before its rows are seen.
#[derive(Debug)]
pub struct Schema {
    /// The columns a table without rows has, in order.
    pub base: &'static [&'static str],
    /// The key columns. The first of them that a row has is its key; of rows with
    /// equal keys one is kept. Columns that are a key together are joined by `+`; those
    /// with `?` behind may be empty.
    pub keys: &'static [&'static str],
    /// Columns that are [`Role::Id`].
    pub ids: &'static [&'static str],
    /// Columns that are [`Role::Time`].
    pub times: &'static [&'static str],
    /// Further such columns, by the endings of their names.
    pub time_endings: &'static [&'static str],
    /// Columns that are [`Role::Number`].
    pub integers: &'static [&'static str],
    /// Columns that are [`Role::Flag`].
    pub logicals: &'static [&'static str],
    /// Whether other columns have the type of their values in JSON, instead of
    /// being text.
    pub inferred: bool,
    /// Whether such columns are [`Role::InferredTime`] if they have the name of a time.
    pub inferred_times: bool,
    /// Whether times that are 0 are none: what has not happened yet.
    pub zero_is_no_time: bool,
}

impl Schema {
    /// No base columns; all columns are text.
    pub const TEXT: Schema = Schema {
        base: &[],
        keys: &[],
        ids: &[],
        times: &[],
        time_endings: &[],
        integers: &[],
        logicals: &[],
        inferred: false,
        inferred_times: false,
        zero_is_no_time: false,
    };

    /// The role of a column, by its name.
    pub fn role(&self, name: &str) -> Role {
        if self.ids.contains(&name) {
            Role::Id
        } else if self.times.contains(&name)
            || self.times.contains(&without_number(name))
            || self.ends_as_time(name)
        {
            Role::Time
        } else if self.integers.contains(&name) {
            Role::Number
        } else if self.logicals.contains(&name) {
            Role::Flag
        } else if self.inferred && !self.base.contains(&name) {
            if self.inferred_times && is_named_as_time(name) {
                Role::InferredTime
            } else {
                Role::Inferred
            }
        } else {
            Role::Text
        }
    }

    /// Whether a name ends like one of a time.
    pub fn ends_as_time(&self, name: &str) -> bool {
        self.time_endings.iter().any(|ending| name.ends_with(ending))
    }
}

/// The name of the first of several values, from that of a later one: `deadline2`,
/// `deadline_2`.
fn without_number(name: &str) -> &str {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    stem.strip_suffix('_').unwrap_or(stem)
}

/// Whether a column is named like a time: `created_at`, or `created_at...7` where a record
/// has several.
fn is_named_as_time(name: &str) -> bool {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    stem.strip_suffix("...").unwrap_or(stem).ends_with("_at")
}
