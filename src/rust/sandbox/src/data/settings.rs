//! What administrators set up: users, funnels, fields, catalogs and other short lists, as
//! `settings.json` has them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::data::entity::KINDS;
use crate::data::{Account, Kind, Rng};

const SALT: u64 = 0x005E_6E47;

/// The catalog of what is sold.
pub const PRODUCTS: u64 = 7_311;
/// The catalog of the firms that write invoices.
pub const SUPPLIERS: u64 = 7_313;
/// The catalog of invoices.
pub const INVOICES: u64 = 7_317;

/// The field that holds what a product costs.
pub const RETAIL: u64 = 271_211;
/// The field that holds what it costs dealers.
pub const WHOLESALE: u64 = 271_219;

/// All of it.
pub static SETTINGS: LazyLock<Settings> = LazyLock::new(|| {
    #[allow(clippy::expect_used, reason = "the file is a part of the program")]
    serde_json::from_str(include_str!("settings.json")).expect("settings that can be read")
});

/// The types of event that fields have of their own, by the id of the field.
static FIELD_EVENTS: LazyLock<BTreeMap<u64, String>> = LazyLock::new(|| {
    let fields = KINDS.into_iter().flat_map(|kind| SETTINGS.fields(kind));
    fields.map(|field| (field.id, format!("custom_field_{}_value_changed", field.id))).collect()
});

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Settings {
    /// The administrator first.
    pub users: Vec<User>,
    /// Departments; 0 is the one that every account has.
    pub groups: Vec<Item>,
    pub roles: Vec<Item>,
    pub task_types: Vec<Item>,
    pub pipelines: Vec<Pipeline>,
    pub loss_reasons: Vec<Item>,
    /// The same for every kind of entity.
    pub tags: Vec<Item>,
    pub sources: Vec<Source>,
    pub webhooks: Vec<Webhook>,
    pub customer_statuses: Vec<CustomerStatus>,
    pub segments: Vec<Segment>,
    contact_fields: Vec<Field>,
    lead_fields: Vec<Field>,
    company_fields: Vec<Field>,
    pub catalogs: Vec<Catalog>,
    pub event_types: Vec<EventType>,
    /// Those that Kommo has besides.
    pub kommo_event_types: Vec<EventType>,
}

/// Something that has an id and a name, such as a department, a tag or one of the choices of
/// a field.
#[derive(Debug, Deserialize)]
pub struct Item {
    pub id: u64,
    pub name: &'static str,
    /// Empty where the account made it.
    #[serde(default)]
    pub code: &'static str,
    /// How often it is chosen, beside the others.
    #[serde(default)]
    pub share: u64,
    /// Of roles: whoever is in this group has it, but for administrators and free users.
    #[serde(default)]
    group_id: u64,
}

/// Somebody who works with the account.
#[derive(Debug, Deserialize)]
pub struct User {
    pub id: u64,
    pub name: &'static str,
    pub login: &'static str,
    pub phone: &'static str,
    pub group_id: u64,
    pub is_active: bool,
    pub is_free: bool,
    pub is_admin: bool,
    /// Share of the work, beside that of the others.
    pub share: u64,
    /// How many of 100 calls end in a talk.
    pub talks: u64,
}

/// A sales funnel.
#[derive(Deserialize)]
pub struct Pipeline {
    pub id: u64,
    pub name: &'static str,
    pub sort: u64,
    pub is_main: bool,
    /// By rising id, so not in the order in which leads pass them.
    pub statuses: Vec<Status>,
}

/// A stage of a funnel. Of 100 leads so many go on from it and so many are lost; the others
/// stay.
#[derive(Deserialize)]
pub struct Status {
    pub id: u64,
    pub name: &'static str,
    pub color: &'static str,
    pub sort: u64,
    pub is_editable: bool,
    pub on: u64,
    pub lost: u64,
}

/// Where leads come from: a page of the website.
#[derive(Deserialize)]
pub struct Source {
    pub id: u64,
    pub name: &'static str,
    pub pipeline_id: u64,
    pub external_id: &'static str,
}

/// An address to which news is sent.
#[derive(Deserialize)]
pub struct Webhook {
    pub id: u64,
    pub destination: &'static str,
    pub is_disabled: bool,
    #[serde(borrow)]
    pub settings: Vec<&'static str>,
}

/// A stage of regular buyers.
#[derive(Deserialize)]
pub struct CustomerStatus {
    pub id: u64,
    pub name: &'static str,
    pub color: &'static str,
    /// The service's number: 1 is to buy, 2 did not buy, 3 closed, 4 has bought.
    #[serde(rename = "type")]
    pub shape: u64,
}

/// A part of the regular buyers. One may be in several.
#[derive(Deserialize)]
pub struct Segment {
    pub id: u64,
    pub name: &'static str,
    pub color: &'static str,
    /// The field that holds what products cost them.
    pub price_field: u64,
    /// How many of 100 customers are in it.
    share: u64,
}

/// A field of contacts, leads, companies or the elements of a catalog.
#[derive(Debug, Deserialize)]
pub struct Field {
    pub id: u64,
    pub name: &'static str,
    /// What API v4 calls the shape.
    #[serde(rename = "type")]
    pub shape: &'static str,
    #[serde(default)]
    pub sort: u64,
    /// Name that scripts use; empty for fields that the account made itself.
    #[serde(default)]
    pub code: &'static str,
    #[serde(default)]
    pub choices: Vec<Item>,
    #[serde(default)]
    pub is_hidden: bool,
}

#[derive(Deserialize)]
pub struct Catalog {
    pub id: u64,
    pub name: &'static str,
    /// What API v4 calls such catalogs.
    #[serde(rename = "type")]
    pub shape: &'static str,
    /// Whether people may add to it.
    pub is_open: bool,
    pub fields: Vec<Field>,
}

/// A type of event, those that the sandbox never plays included. Of their numbers only those
/// of leads that are added and deleted are the real ones.
#[derive(Deserialize)]
pub struct EventType {
    pub key: &'static str,
    pub code: u64,
    pub name: &'static str,
}

impl Settings {
    /// The fields of the entities of a kind; customers have none.
    pub fn fields(&self, kind: Kind) -> &[Field] {
        match kind {
            Kind::Contact => &self.contact_fields,
            Kind::Lead => &self.lead_fields,
            Kind::Company => &self.company_fields,
            Kind::Customer | Kind::Task => &[],
        }
    }

    pub fn catalog(&self, id: u64) -> Option<&Catalog> {
        self.catalogs.iter().find(|catalog| catalog.id == id)
    }

    /// The reason for a loss with this id; none for 0.
    pub fn loss_reason(&self, id: u64) -> Option<&Item> {
        self.loss_reasons.iter().find(|reason| reason.id == id)
    }

    pub fn tag_id(&self, name: &str) -> u64 {
        self.tags.iter().find(|tag| tag.name == name).map_or(0, |tag| tag.id)
    }

    /// The role of a user.
    pub fn role(&self, user: &User) -> Option<&Item> {
        let role = self.roles.iter().find(|role| role.group_id == user.group_id);
        role.filter(|_| !user.is_admin && !user.is_free)
    }

    /// One of the users, by their shares of the work.
    pub fn user(&self, rng: &mut Rng, may_work: impl Fn(&User) -> bool) -> &User {
        let share = |user: &User| if may_work(user) { user.share } else { 0 };
        let shares: Vec<_> = self.users.iter().map(|user| (user, share(user))).collect();
        rng.weighted(&shares)
    }
}

impl Pipeline {
    /// The stages in the order in which leads pass them: the last two are those of deals that
    /// were won and lost.
    pub fn in_order(&self) -> Vec<&Status> {
        let mut statuses: Vec<&Status> = self.statuses.iter().collect();
        statuses.sort_by_key(|status| status.sort);
        statuses
    }
}

impl Status {
    /// Whether it is the pile of leads that nobody has looked at.
    pub fn is_unsorted(&self) -> bool {
        self.sort == 10
    }
}

impl Field {
    /// Whether the service made it and not the account.
    pub fn is_system(&self) -> bool {
        !self.code.is_empty()
    }

    /// What API v2 calls the shape.
    pub fn number(&self) -> u64 {
        match self.shape {
            "numeric" => 2,
            "checkbox" => 3,
            "select" => 4,
            "multiselect" => 5,
            "date" => 6,
            "url" => 7,
            "multitext" => 8,
            "textarea" => 9,
            "radiobutton" => 10,
            "streetaddress" => 11,
            "smart_address" => 13,
            "legal_entity" => 15,
            _ => 1,
        }
    }

    /// What API v4 calls the event of a change of it.
    pub fn event_type(&self) -> &'static str {
        FIELD_EVENTS.get(&self.id).map_or("custom_field_value_changed", String::as_str)
    }

    /// Whether it holds one plain value or some of its choices.
    pub fn is_simple(&self) -> bool {
        self.number() <= 5
    }
}

impl Account {
    /// The segments in which the customer with this number is.
    pub fn segments(&self, customer: u64) -> impl Iterator<Item = &'static Segment> {
        let seed = self.seed;
        SETTINGS.segments.iter().filter(move |segment| {
            Rng::of(&[seed, SALT, customer, segment.id]).percent(segment.share)
        })
    }
}
