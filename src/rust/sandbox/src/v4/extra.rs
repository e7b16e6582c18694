//! Events that come with no note: what people change by hand.
//!
//! Among them are tags that users add, which the lists of v2 never mention:
//! its notes about tags are those of robots.

use super::event::Value;
use super::event_type::EventType;
use crate::account::USERS;
use crate::fields::{self, Field};
use crate::kind::Kind;
use crate::random::Rng;
use crate::text;

const SALT: u64 = 0x0000_EE74;

/// Who did it, and what was there after and before.
pub struct Extra {
    pub created_by: u64,
    pub after: Vec<Value>,
    pub before: Vec<Value>,
}

/// What happened beside the note at a place, if anything did.
pub fn event_type(seed: u64, kind: Kind, place: u64) -> Option<EventType> {
    let mut rng = dice(seed, kind, place);
    let often = if kind == Kind::Task { 50 } else { 8 };
    rng.percent(often).then(|| chosen(kind, &mut rng))
}

/// The particulars of it.
pub fn of(seed: u64, kind: Kind, place: u64, event_type: EventType) -> Extra {
    let mut rng = particulars(seed, kind, place);
    let created_by = somebody(&mut rng);
    let (after, before) = values(event_type, &mut rng);
    Extra { created_by, after, before }
}

/// Who did it.
pub fn author(seed: u64, kind: Kind, place: u64) -> u64 {
    somebody(&mut particulars(seed, kind, place))
}

fn particulars(seed: u64, kind: Kind, place: u64) -> Rng {
    Rng::of(&[SALT, dice(seed, kind, place).next()])
}

fn somebody(rng: &mut Rng) -> u64 {
    let users = USERS.each_ref().map(|user| (user.id, user.share));
    rng.weighted(&users)
}

fn dice(seed: u64, kind: Kind, place: u64) -> Rng {
    Rng::of(&[seed, SALT, kind.element_type(), place])
}

fn chosen(kind: Kind, rng: &mut Rng) -> EventType {
    use EventType::{
        CustomFieldValueChanged, EntityTagAdded, NameFieldChanged, SaleFieldChanged, TaskCompleted,
    };
    match kind {
        Kind::Task => TaskCompleted,
        Kind::Lead => rng.weighted(&[
            (EntityTagAdded, 3),
            (CustomFieldValueChanged, 3),
            (SaleFieldChanged, 3),
            (NameFieldChanged, 1),
        ]),
        Kind::Contact | Kind::Company | Kind::Customer => rng.weighted(&[
            (EntityTagAdded, 3),
            (CustomFieldValueChanged, 3),
            (NameFieldChanged, 1),
        ]),
    }
}

fn values(event_type: EventType, rng: &mut Rng) -> (Vec<Value>, Vec<Value>) {
    match event_type {
        EventType::EntityTagAdded => (Value::tags(text::tags(rng)), Vec::new()),
        EventType::NameFieldChanged => (vec![name(rng)], vec![name(rng)]),
        EventType::SaleFieldChanged => (vec![sale(rng)], vec![sale(rng)]),
        EventType::CustomFieldValueChanged => (vec![field(rng)], Vec::new()),
        _ => (Vec::new(), Vec::new()),
    }
}

fn name(rng: &mut Rng) -> Value {
    Value::Name { name: text::subject(rng) }
}

fn sale(rng: &mut Rng) -> Value {
    Value::Sale { sale: rng.between(5, 900) * 1000 }
}

fn field(rng: &mut Rng) -> Value {
    let simple: Vec<&Field> = fields::LEAD.iter().filter(|field| field.is_simple()).collect();
    let field = rng.pick(&simple);
    let choice = field.choices.first();
    Value::Field {
        field_id: field.id,
        field_type: field.shape,
        enum_id: choice.map(|(id, _)| *id),
        text: choice.map_or_else(|| rng.below(300).to_string(), |(_, name)| (*name).to_owned()),
    }
}
