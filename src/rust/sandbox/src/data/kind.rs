//! The kinds of things that notes are written about.

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

    /// What each is called in requests and in paths, and its number, in the same order.
    const WORDS: [(&str, &str, u64); 5] = [
        ("contact", "contacts", 1),
        ("lead", "leads", 2),
        ("company", "companies", 3),
        ("task", "tasks", 4),
        ("customer", "customers", 12),
    ];

    /// The singular English name that requests use, such as `lead`.
    pub fn name(self) -> &'static str {
        Self::WORDS[self.position()].0
    }

    /// What paths call the things of this kind, such as `leads`.
    pub(crate) fn plural(self) -> &'static str {
        Self::WORDS[self.position()].1
    }

    /// The kind that [`Kind::name`] gives `name` for, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Its place in [`Kind::ALL`].
    pub(crate) fn position(self) -> usize {
        self as usize
    }

    /// The number that the service calls `element_type`.
    pub fn element_type(self) -> u64 {
        Self::WORDS[self.position()].2
    }
}
