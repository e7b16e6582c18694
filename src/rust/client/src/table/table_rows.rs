//! Pages put together: rows that were seen before are left out, by their keys.

use super::row_sink::RowSink;
use super::seen_keys::{Key, SeenKeys};
use super::table::{MAX_COLUMNS, Table};

impl Table {
    /// Appends those rows of `other` whose number in column `name` is one of
    /// `numbers`.
    pub fn append_with(&mut self, other: Table, name: &str, numbers: &SeenKeys) {
        let keep = other.numbers(name).into_iter().map(|number| numbers.has_number(number));
        let targets = targets(self.rows, keep);
        self.append_at(other, &targets);
    }

    fn append_at(&mut self, other: Table, targets: &[Option<u32>]) {
        let added: u32 = targets.iter().flatten().map(|_| 1).sum();
        self.broken.extend(other.broken.iter().filter_map(|row| targets[*row as usize]));
        for column in other.columns {
            // A column that only dropped rows have is dropped.
            if !column.rows().is_empty()
                && column.rows().iter().all(|row| targets[row as usize].is_none())
            {
                continue;
            }
            if self.columns.len() >= MAX_COLUMNS && self.find(&column.name).is_none() {
                self.is_too_wide = true;
                continue;
            }
            let slot = self.column_at(&column.name);
            self.columns[slot].append(column, targets);
        }
        self.is_too_wide |= other.is_too_wide;
        self.rows += added;
    }

    /// The new number of each row whose key is not in `seen`, to which it is added.
    fn targets(&self, start: u32, seen: &mut SeenKeys) -> Vec<Option<u32>> {
        let mut keep = vec![true; self.rows as usize];
        self.for_each_key(|row, key| keep[row as usize] = seen.insert(key));
        targets(start, keep.into_iter())
    }

    /// Adds the wanted keys of the rows to `keys`.
    pub fn keys_into_if(&self, keys: &mut SeenKeys, is_wanted: impl Fn(Key<'_>) -> bool) {
        self.for_each_key(|_, key| {
            if is_wanted(key) {
                keys.insert(key);
            }
        });
    }

    /// Calls `use_key` for each row that has a key.
    fn for_each_key(&self, mut use_key: impl FnMut(u32, Key<'_>)) {
        let mut has_key = vec![false; self.rows as usize];
        let mut use_first = |row: u32, key: Key<'_>| {
            if !std::mem::replace(&mut has_key[row as usize], true) {
                use_key(row, key);
            }
        };
        for name in self.schema.keys {
            if let Some(slot) = self.find(name) {
                self.columns[slot].for_each_key(&mut use_first);
            } else if name.contains('+') {
                for (row, key) in (0..).zip(self.joined_texts(name)) {
                    if let Some(key) = key {
                        use_first(row, Key::Text(&key));
                    }
                }
            }
        }
    }

    /// The texts of several columns, joined as their names are; None in rows that lack one
    /// that must be there.
    fn joined_texts(&self, names: &str) -> Vec<Option<String>> {
        let column = |name: &str| match name.strip_suffix('?') {
            Some(name) => (self.texts(name), Some("")),
            None => (self.texts(name), None),
        };
        let columns: Vec<_> = names.split('+').map(column).collect();
        let joined = |row: usize| {
            let texts = columns.iter().map(|(texts, empty)| texts[row].as_deref().or(*empty));
            texts.collect::<Option<Vec<_>>>().map(|texts| texts.join("+"))
        };
        (0..self.rows as usize).map(joined).collect()
    }
}

/// The new number of each row that is kept; the first one gets `start`.
fn targets(start: u32, keep: impl Iterator<Item = bool>) -> Vec<Option<u32>> {
    let mut next = start..;
    keep.map(|keep| if keep { next.next() } else { None }).collect()
}

impl RowSink for Table {
    /// Rows without a key are all kept.
    fn append(&mut self, page: Table, seen: &mut SeenKeys) {
        let targets = page.targets(self.rows, seen);
        self.append_at(page, &targets);
    }

    fn count(&self) -> u64 {
        self.rows.into()
    }

    fn empty_copy(&self) -> Table {
        let mut copy = Table::new(self.schema);
        self.names().for_each(|name| copy.ensure(name));
        copy
    }

    fn keys_into(&self, keys: &mut SeenKeys) {
        self.keys_into_if(keys, |_| true);
    }

    fn sort_by_id(&mut self) {
        let rows = std::mem::replace(self, Table::new(self.schema));
        if let Some(sorted) = Table::in_order(vec![rows], &["id"]) {
            *self = sorted;
        }
    }
}

/// A table, and others whose rows belong to its rows by `id`.
impl RowSink for Vec<Table> {
    /// When a row is dropped, so are the rows that belong to it.
    fn append(&mut self, page: Vec<Table>, seen: &mut SeenKeys) {
        let mut new = SeenKeys::default();
        for (index, (table, page)) in self.iter_mut().zip(page).enumerate() {
            if index == 0 {
                page.keys_into_if(&mut new, |key| !seen.has(key));
                table.append(page, seen);
            } else {
                table.append_with(page, "id", &new);
            }
        }
    }

    fn count(&self) -> u64 {
        self.first().map_or(0, Table::count)
    }

    fn empty_copy(&self) -> Vec<Table> {
        self.iter().map(Table::empty_copy).collect()
    }

    fn keys_into(&self, keys: &mut SeenKeys) {
        self.iter().take(1).for_each(|table| table.keys_into(keys));
    }

    fn sort_by_id(&mut self) {
        self.iter_mut().for_each(Table::sort_by_id);
    }
}
