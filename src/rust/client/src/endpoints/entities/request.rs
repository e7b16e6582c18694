//! What leads, contacts, companies or customers are asked for.

use crate::account::time_zone::Moment;
use crate::endpoints::arguments::Arguments;
use crate::error::Error;

/// A kind of entity in the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entity {
    /// A deal.
    Lead,
    /// A person.
    Contact,
    /// A firm.
    Company,
    /// Somebody who buys again and again.
    Customer,
}

impl Entity {
    /// The entity that is called so in R: `leads` and so on.
    pub fn named(name: &str) -> Option<Entity> {
        use Entity::{Company, Contact, Customer, Lead};
        [Lead, Contact, Company, Customer].into_iter().find(|entity| entity.plural() == name)
    }

    /// Its name in paths and of its table.
    pub fn plural(self) -> &'static str {
        match self {
            Entity::Lead => "leads",
            Entity::Contact => "contacts",
            Entity::Company => "companies",
            Entity::Customer => "customers",
        }
    }
}

/// A span of time, from the first moment to the second, both included.
pub type Moments = (Option<Moment>, Option<Moment>);

/// What entities to read.
#[derive(Clone, Debug)]
pub struct EntityRequest {
    /// Of which kind.
    pub entity: Entity,
    /// Rows a request, 1 to 500; API v4 gives fewer.
    pub limit: u32,
    /// Only these; empty for all.
    pub ids: Vec<u64>,
    /// What the server is to search for.
    pub search: Option<String>,
    /// Only those of these users; empty for all.
    pub users: Vec<u64>,
    /// What the server is to add, in the words of either API.
    pub with: Vec<String>,
    /// Only those with these statuses; empty for all.
    pub statuses: Vec<u64>,
    /// When they were created.
    pub created: Moments,
    /// When they were changed last.
    pub updated: Moments,
    /// Only those that changed at this moment or later, in seconds since 1970.
    pub updated_since: Option<i64>,
    /// When the next purchase is due.
    pub next: Moments,
    /// 1: only those without tasks; 2: only those with open tasks.
    pub tasks: Option<u8>,
    /// Only those that are not closed.
    pub active: bool,
    /// Only those in the trash, which only API v4 shows of every kind.
    pub only_deleted: bool,
}

impl EntityRequest {
    /// Since when changes are read from a list that has the latest ones first. It ends
    /// there, without a paid filter.
    pub fn latest_first(&self) -> Option<i64> {
        // No sort order of customers is documented.
        self.updated_since.filter(|_| self.ids.is_empty() && self.entity != Entity::Customer)
    }

    /// What the arguments of a call ask for.
    ///
    /// # Errors
    /// [`Error::Input`] for arguments that can't be read.
    pub fn new(arguments: &Arguments) -> Result<Self, Error> {
        let entity = arguments.text("entity").and_then(Entity::named);
        let span = |from, to| Ok((arguments.moment(from)?, arguments.moment(to)?));
        Ok(EntityRequest {
            entity: entity.ok_or_else(|| arguments.unknown("entity"))?,
            limit: arguments.limit()?,
            ids: arguments.ids("id")?,
            search: arguments.text("query").map(str::to_owned),
            users: arguments.ids("responsible_user_id")?,
            with: arguments.texts("with").to_vec(),
            statuses: arguments.ids("status")?,
            created: span("created_from", "created_to")?,
            updated: span("updated_from", "updated_to")?,
            updated_since: arguments.seconds("updated_since")?,
            next: span("next_from", "next_to")?,
            tasks: arguments.ids("tasks")?.first().and_then(|tasks| u8::try_from(*tasks).ok()),
            active: arguments.flag("active"),
            only_deleted: arguments.flag("only_deleted"),
        })
    }
}
