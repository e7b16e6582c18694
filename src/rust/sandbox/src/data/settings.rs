//! The small lists that administrators keep, beside funnels, fields and groups.

use std::sync::LazyLock;

use crate::data::account::{USERS, User};
use crate::data::catalog::{RETAIL, WHOLESALE};
use crate::data::funnel::{LOSS_REASONS, PIPELINES};
use crate::data::tags::Tag;
use crate::data::{Account, Rng, Row, Table, text};

const SALT: u64 = 0x005E_6E47;

/// Why a lead was lost, by the id of the reason.
pub struct LossReason(pub u64);

/// A stage of regular buyers.
pub struct CustomerStatus {
    pub id: u64,
    pub name: &'static str,
    pub color: &'static str,
    /// The service's number: 1 is to buy, 2 did not buy, 3 closed, 4 has bought.
    pub shape: u64,
}

/// A part of the regular buyers. One may be in several.
pub struct Segment {
    pub id: u64,
    pub name: &'static str,
    pub color: &'static str,
    /// The field that holds what products cost them.
    pub price_field: u64,
    /// How many of 100 customers are in it.
    share: u64,
}

/// What some users may do.
pub struct Role {
    pub id: u64,
    pub name: &'static str,
    /// Whoever is in this group has it.
    group_id: u64,
}

/// Where leads come from.
pub struct Source {
    pub id: u64,
    pub name: &'static str,
    pub pipeline: u64,
    pub external_id: &'static str,
}

/// An address to which news is sent.
pub struct Webhook {
    pub id: u64,
    pub destination: &'static str,
    pub is_disabled: bool,
    pub settings: &'static [&'static str],
}

/// The reasons for a loss.
pub static LOSS_REASON_LIST: LazyLock<Table<LossReason>> = LazyLock::new(|| {
    let given = LOSS_REASONS.iter().filter(|(id, _)| *id != 0);
    given.map(|(id, _)| LossReason(*id)).collect()
});

/// The tags, which are the same for every kind of entity.
pub static TAG_LIST: LazyLock<Table<Tag>> =
    LazyLock::new(|| text::all_tags().iter().map(|name| Tag(name)).collect());

/// The stages of regular buyers.
#[rustfmt::skip]
pub static CUSTOMER_STATUSES: LazyLock<Table<CustomerStatus>> = LazyLock::new(|| {
    let status = |id, name, color, shape| CustomerStatus { id, name, color, shape };
    [
        status(4_740_028, "Недавно купили", "#deff81", 4),
        status(4_740_031, "Ожидается покупка", "#98cbff", 1),
        status(4_740_034, "Не купили", "#ff8f92", 2),
        status(4_740_037, "Закрыто", "#e6e8ea", 3),
    ].into_iter().collect()
});

/// The parts of the regular buyers.
#[rustfmt::skip]
pub static SEGMENTS: LazyLock<Table<Segment>> = LazyLock::new(|| {
    let segment = |id, name, color, price_field, share| {
        Segment { id, name, color, price_field, share }
    };
    [
        segment(52_143, "Опт", "10599d", WHOLESALE, 30),
        segment(52_147, "Розница", "00a44b", RETAIL, 45),
        segment(52_149, "Давно не заходили", "9d2b32", RETAIL, 20),
    ].into_iter().collect()
});

/// The roles of users.
pub static ROLES: LazyLock<Table<Role>> = LazyLock::new(|| {
    let role = |id, name, group_id| Role { id, name, group_id };
    [role(107_995, "Менеджер", 0), role(108_011, "Сопровождение", 389_113)].into_iter().collect()
});

/// Where leads come from: three pages of the website.
#[rustfmt::skip]
pub static SOURCES: LazyLock<Table<Source>> = LazyLock::new(|| {
    let [main, second] = PIPELINES.each_ref().map(|pipeline| pipeline.id);
    let source = |id, pipeline, external_id| Source { id, name: "Сайт", pipeline, external_id };
    [
        source(11_420_003, main, "site-order"), source(11_420_007, main, "site-callback"),
        source(11_420_011, second, "site-account"),
    ].into_iter().collect()
});

/// Where news is sent to.
pub static WEBHOOKS: LazyLock<Table<Webhook>> = LazyLock::new(|| {
    let webhook =
        |id, destination, is_disabled, settings| Webhook { id, destination, is_disabled, settings };
    [
        webhook(839_656, "https://erp.sandbox.example/amo", false, &["add_lead", "status_lead"]),
        webhook(849_193, "https://old.sandbox.example/hook", true, &["add_contact"]),
    ]
    .into_iter()
    .collect()
});

impl Account {
    /// The segments in which the customer with this number is.
    pub fn segments(&self, customer: u64) -> impl Iterator<Item = &'static Segment> {
        let seed = self.seed;
        SEGMENTS.rows().iter().filter(move |segment| {
            Rng::of(&[seed, SALT, customer, segment.id]).percent(segment.share)
        })
    }
}

impl Role {
    /// The role of a user. Administrators need none, and free users get none.
    pub fn of(user: &User) -> Option<&'static Self> {
        let role = ROLES.rows().iter().find(|role| role.group_id == user.group_id);
        role.filter(|_| !user.is_admin && !user.is_free)
    }

    /// The users who have it.
    pub fn users(&self) -> impl Iterator<Item = &'static User> {
        USERS.iter().filter(|user| Self::of(user).is_some_and(|role| role.id == self.id))
    }
}

impl Row for LossReason {
    fn id(&self) -> u64 {
        self.0
    }
}

impl Row for CustomerStatus {
    fn id(&self) -> u64 {
        self.id
    }
}

impl Row for Segment {
    fn id(&self) -> u64 {
        self.id
    }
}

impl Row for Role {
    fn id(&self) -> u64 {
        self.id
    }
}

impl Row for Source {
    fn id(&self) -> u64 {
        self.id
    }
}

impl Row for Webhook {
    fn id(&self) -> u64 {
        self.id
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn the_status_of_a_customer_and_the_source_of_a_lead_are_listed() {
        let account = Account::new(&Config::default()).unwrap();
        for number in 0..300 {
            assert!(CUSTOMER_STATUSES.find(account.expectation(number).status).is_some());
            let source = account.value(number).source;
            assert!(source.is_none_or(|id| SOURCES.find(id).is_some()));
        }
    }

    #[test]
    fn a_customer_is_in_several_segments_or_in_none() {
        let account = Account::new(&Config::default()).unwrap();
        let many = |number| account.segments(number).count();
        assert!((0..100).any(|number| many(number) == 0));
        assert!((0..100).any(|number| many(number) > 1));
    }
}
