//! The lists that the account has beside its notes.

/// A list, as API v2 serves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum List {
    /// People.
    Contacts,
    /// Deals.
    Leads,
    /// Firms.
    Companies,
    /// Regular buyers.
    Customers,
    /// What is to be done.
    Tasks,
    /// What customers have bought.
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

    /// The list that [`List::name`] gives `name` for, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|list| list.name() == name)
    }
}
