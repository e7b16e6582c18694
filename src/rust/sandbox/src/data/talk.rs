//! Talks in messengers, as the events of their messages tell of them.

use std::collections::BTreeMap;

use crate::data::event::EventValue;
use crate::data::{Kind, Rng, Row, Store, Table, random};

const SALT: u64 = 0x007A_1450;
const HOUR: u64 = 3600;
/// After so long without a message a talk is closed.
const PATIENCE: u64 = 14 * 24 * HOUR;

/// A talk. Times are epoch seconds.
#[derive(Clone, Debug)]
pub struct Talk {
    pub id: u64,
    /// When the first message was written.
    pub created_at: u64,
    /// When the last one was.
    pub updated_at: u64,
    /// Id of the contact who writes.
    pub contact: u64,
    /// What it is about, unless that is the contact.
    pub about: Option<(Kind, u32)>,
    pub origin: &'static str,
    /// Whether the client has written last.
    is_waiting: bool,
}

impl Row for Talk {
    fn id(&self) -> u64 {
        self.id
    }
}

impl Talk {
    /// Whether it goes on at this time.
    pub fn is_in_work(&self, now: u64) -> bool {
        self.updated_at + PATIENCE > now
    }

    /// Whether there is nothing new in it.
    pub fn is_read(&self, now: u64) -> bool {
        !(self.is_waiting && self.is_in_work(now))
    }

    /// When the client had waited for too long.
    pub fn missed_at(&self, now: u64) -> Option<u64> {
        Some(self.updated_at + HOUR).filter(|at| self.is_waiting && *at <= now)
    }

    /// What the service that sends messages calls it.
    pub fn chat_id(&self) -> String {
        random::uuid(&mut Rng::of(&[SALT, self.id]))
    }
}

impl Store {
    /// The talks that the events of messages belong to. Where two things have
    /// fallen into one talk, it is about that of the last message.
    pub(super) fn talks_of_events(&self) -> Table<Talk> {
        let mut talks = BTreeMap::<u64, Talk>::new();
        for event in self.events().there().filter(|event| event.is_chat()) {
            for value in self.particulars(event).after {
                let EventValue::Message { talk: id, origin, .. } = value else {
                    continue;
                };
                let updated_at = event.key.created_at();
                let created_at = talks.get(&id).map_or(updated_at, |talk| talk.created_at);
                let about = (event.kind != Kind::Contact).then_some((event.kind, event.entity));
                let is_waiting = event.event_type.starts_with("incoming");
                let contact = self.talk_contact(event);
                let talk = Talk { id, created_at, updated_at, contact, about, origin, is_waiting };
                talks.insert(id, talk);
            }
        }
        talks.into_values().collect()
    }
}
