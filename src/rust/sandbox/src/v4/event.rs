//! An event as API v4 spells it.

use serde::Serialize;

use super::event_type::EventType;
use super::extra;
use super::feed::Key;
use super::paging::Links;
use crate::account;
use crate::app::App;
use crate::content::Content;
use crate::funnel::Stage;
use crate::kind::Kind;
use crate::notes::Note;
use crate::random::{self, Rng};

const SALT: u64 = 0x0000_E7E4;

/// What messengers are called.
const ORIGINS: [&str; 3] = ["telegram", "com.amocrm.amocrmwa", "instagram_business"];

/// One row of the list.
#[derive(Serialize)]
pub struct EventView {
    id: String,
    #[serde(rename = "type")]
    event_type: &'static str,
    entity_id: u64,
    entity_type: &'static str,
    created_by: u64,
    created_at: u64,
    value_after: Vec<Value>,
    value_before: Vec<Value>,
    account_id: u64,
    _links: Links,
    _embedded: Embedded,
}

#[derive(Serialize)]
struct Embedded {
    entity: Entity,
}

#[derive(Serialize)]
struct Entity {
    id: u64,
    /// Who it is that writes messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    linked_talk_contact_id: Option<u64>,
    _links: Links,
}

/// What was there before or after, under the name of what it is.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    Note {
        id: u64,
    },
    LeadStatus {
        id: u64,
        pipeline_id: u64,
    },
    ResponsibleUser {
        id: u64,
    },
    Tag {
        name: &'static str,
    },
    Message {
        id: String,
        talk_id: u64,
        /// The messenger.
        origin: &'static str,
    },
    Transaction {
        id: u64,
    },
    #[serde(rename = "name_field_value")]
    Name {
        name: String,
    },
    #[serde(rename = "sale_field_value")]
    Sale {
        sale: u64,
    },
    #[serde(rename = "custom_field_value")]
    Field {
        field_id: u64,
        field_type: u64,
        enum_id: Option<u64>,
        text: String,
    },
}

impl Value {
    /// One value for each tag.
    pub fn tags(names: Vec<&'static str>) -> Vec<Self> {
        names.into_iter().map(|name| Self::Tag { name }).collect()
    }
}

impl EventView {
    /// Spells an event out for a client that knows us as `site`; none if
    /// there is no such event.
    pub fn of(app: &App, key: Key, site: &str) -> Option<Self> {
        let (event_type, kind) = (app.event_type(key)?, key.kind());
        let note = app.account.note(kind, key.place());
        let (id, entity_id) = (key.id(app.account.seed), note.row.element_id);
        let contact = event_type.is_chat().then(|| talk_contact(app, kind, entity_id));
        let (created_by, value_after, value_before) = if key.is_extra() {
            let extra = extra::of(app.account.seed, kind, key.place(), event_type);
            (extra.created_by, extra.after, extra.before)
        } else {
            let (after, before) = values(event_type, &note);
            (note.created_by, after, before)
        };
        Some(Self {
            event_type: event_type.key(),
            entity_id,
            entity_type: kind.name(),
            created_by,
            created_at: key.created_at(),
            value_after,
            value_before,
            account_id: account::ID,
            _links: Links::to(format!("{site}/api/v4/events/{id}")),
            _embedded: Embedded {
                entity: Entity {
                    id: entity_id,
                    linked_talk_contact_id: contact,
                    _links: Links::to(format!("{site}/api/v4/{}/{entity_id}", kind.plural())),
                },
            },
            id,
        })
    }
}

/// The contact with whom a thing's messages are exchanged.
pub fn talk_contact(app: &App, kind: Kind, entity: u64) -> u64 {
    let number = app.account.owner_of(kind, entity).unwrap_or(0);
    app.account.element_id(Kind::Contact, number)
}

/// After and before.
fn values(event_type: EventType, note: &Note) -> (Vec<Value>, Vec<Value>) {
    let id = note.row.id;
    match &note.content {
        Content::StageChanged { from, to, .. } => (vec![stage(to)], vec![stage(from)]),
        Content::ResponsibleChanged { from, to } => (vec![user(*to)], vec![user(*from)]),
        Content::Chat { .. } => {
            let id = random::uuid(&mut Rng::of(&[SALT, id]));
            (vec![message(id, note.row.element_id)], Vec::new())
        }
        Content::Tags(tags) if event_type == EventType::EntityTagDeleted => {
            (Vec::new(), Value::tags(tags.clone()))
        }
        Content::Tags(tags) => (Value::tags(tags.clone()), Vec::new()),
        Content::Purchase { transaction } => {
            (vec![Value::Transaction { id: *transaction }], Vec::new())
        }
        _ => (vec![Value::Note { id }], Vec::new()),
    }
}

/// All that is said about a thing is one talk, in one messenger.
fn message(id: String, entity: u64) -> Value {
    let mut rng = Rng::of(&[SALT, entity]);
    let talk_id = rng.between(10_000, 99_999);
    Value::Message { id, talk_id, origin: rng.pick(&ORIGINS) }
}

fn stage(stage: &Stage) -> Value {
    Value::LeadStatus { id: stage.status, pipeline_id: stage.pipeline }
}

fn user(id: u64) -> Value {
    Value::ResponsibleUser { id }
}
