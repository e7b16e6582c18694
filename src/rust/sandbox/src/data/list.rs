//! The lists that the account has beside its notes.

use std::ops::{Index, IndexMut};

/// A list, as API v2 serves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum List {
    /// People.
    Contacts,
    /// Deals.
    Leads,
    /// Firms.
    Companies,
    /// Regular buyers; Kommo has none.
    Customers,
    /// What is to be done. Where notes hold results of more tasks than the list
    /// is to have, the others are found by id and not in the list.
    Tasks,
    /// What customers have bought; without customers there is nothing.
    Transactions,
    /// Leads that nobody has accepted yet.
    IncomingLeads,
}

impl List {
    /// Every list.
    pub const ALL: [Self; 7] = [
        Self::Contacts,
        Self::Leads,
        Self::Companies,
        Self::Customers,
        Self::Tasks,
        Self::Transactions,
        Self::IncomingLeads,
    ];

    /// What the path of the list ends in, such as `leads`.
    pub fn name(self) -> &'static str {
        ["contacts", "leads", "companies", "customers", "tasks", "transactions", "incoming_leads"]
            [self as usize]
    }
}

/// How many rows each list has. Notes are about the newest entities, so that all
/// of these exist if the lists are long enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListCounts([u64; List::ALL.len()]);

impl ListCounts {
    /// The same number of rows for every list.
    pub fn each(rows: u64) -> Self {
        Self([rows; List::ALL.len()])
    }

    /// Another number of rows for one list.
    #[must_use]
    pub fn with(mut self, list: List, rows: u64) -> Self {
        self[list] = rows;
        self
    }
}

impl Default for ListCounts {
    fn default() -> Self {
        Self([120, 200, 60, 30, 150, 40, 25])
    }
}

impl Index<List> for ListCounts {
    type Output = u64;

    fn index(&self, list: List) -> &u64 {
        &self.0[list as usize]
    }
}

impl IndexMut<List> for ListCounts {
    fn index_mut(&mut self, list: List) -> &mut u64 {
        &mut self.0[list as usize]
    }
}
