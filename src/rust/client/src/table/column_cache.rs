//! The columns of field names, by the ids that the names have in one page.

use crate::json::field_names::{FieldNames, NameId};

/// In place of a column: it is not known.
const UNKNOWN: u32 = u32::MAX;

/// Columns by the ids of names of one [`FieldNames`].
#[derive(Default)]
pub struct ColumnCache {
    /// The serial number of those [`FieldNames`]; 0 before the first.
    serial: u64,
    slots: Vec<u32>,
}

impl ColumnCache {
    /// Empties the cache unless it is for `names`.
    #[inline]
    pub fn keep_those_of(&mut self, names: &FieldNames) {
        if self.serial != names.serial() {
            self.serial = names.serial();
            self.slots.clear();
        }
    }

    /// The column of a name, if it is known.
    #[inline]
    pub fn slot(&self, name: NameId) -> Option<usize> {
        self.slots.get(name.index()).copied().filter(|slot| *slot != UNKNOWN).map(|s| s as usize)
    }

    /// Adds the column of a name.
    pub fn add(&mut self, name: NameId, slot: usize) {
        if self.slots.len() <= name.index() {
            self.slots.resize(name.index() + 1, UNKNOWN);
        }
        self.slots[name.index()] = u32::try_from(slot).unwrap_or(UNKNOWN);
    }
}
