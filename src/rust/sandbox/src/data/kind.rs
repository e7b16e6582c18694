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

    /// The singular English name that requests use, such as `lead`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Lead => "lead",
            Self::Company => "company",
            Self::Task => "task",
            Self::Customer => "customer",
        }
    }

    /// What paths call the things of this kind, such as `leads`.
    pub(crate) fn plural(self) -> &'static str {
        match self {
            Self::Contact => "contacts",
            Self::Lead => "leads",
            Self::Company => "companies",
            Self::Task => "tasks",
            Self::Customer => "customers",
        }
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
        match self {
            Self::Contact => 1,
            Self::Lead => 2,
            Self::Company => 3,
            Self::Task => 4,
            Self::Customer => 12,
        }
    }
}
