//! The kinds of things that notes are written about.

use std::ops::{Index, IndexMut};

use crate::data::List;

/// What a note belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A person.
    Contact,
    /// A deal.
    Lead,
    /// A firm.
    Company,
    /// A task; its notes are the results written on completion.
    Task,
    /// A regular buyer.
    Customer,
}

impl Kind {
    /// Every kind, in the order in which the account lists them.
    pub const ALL: [Self; 5] =
        [Self::Contact, Self::Lead, Self::Company, Self::Task, Self::Customer];

    /// What each is called in requests, its list and its number, in the same order.
    const FACTS: [(&str, List, u64); 5] = [
        ("contact", List::Contacts, 1),
        ("lead", List::Leads, 2),
        ("company", List::Companies, 3),
        ("task", List::Tasks, 4),
        ("customer", List::Customers, 12),
    ];

    /// The singular English name that requests use, such as `lead`.
    pub fn name(self) -> &'static str {
        Self::FACTS[self as usize].0
    }

    /// The list of the things of this kind.
    pub(crate) fn list(self) -> List {
        Self::FACTS[self as usize].1
    }

    /// What paths call the things of this kind, such as `leads`.
    pub(crate) fn plural(self) -> &'static str {
        self.list().name()
    }

    /// The kind that [`Kind::name`] gives `name` for, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The number that the service calls `element_type`.
    pub fn element_type(self) -> u64 {
        Self::FACTS[self as usize].2
    }
}

/// Something for each kind, such as the number of its notes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OfKinds<T>([T; Kind::ALL.len()]);

impl<T> OfKinds<T> {
    /// What a function gives for each of them.
    pub fn new(of: impl FnMut(Kind) -> T) -> Self {
        Self(Kind::ALL.map(of))
    }
}

impl OfKinds<u64> {
    /// The same number of rows for every kind.
    pub fn each(rows: u64) -> Self {
        Self::new(|_| rows)
    }

    /// Another number of rows for one kind.
    #[must_use]
    pub fn with(mut self, kind: Kind, rows: u64) -> Self {
        self[kind] = rows;
        self
    }
}

impl<T> Index<Kind> for OfKinds<T> {
    type Output = T;

    fn index(&self, kind: Kind) -> &T {
        &self.0[kind as usize]
    }
}

impl<T> IndexMut<Kind> for OfKinds<T> {
    fn index_mut(&mut self, kind: Kind) -> &mut T {
        &mut self.0[kind as usize]
    }
}
