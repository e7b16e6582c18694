//! The events of the account in order of time.
//!
//! Most notes come with an event; some of these are no note in API v4. Beside
//! them stand events that come with no note in any version: what people change
//! by hand. Among these are tags that users add, which the lists of v2 never
//! mention: its notes about tags are those of robots.

use std::collections::HashSet;

use crate::data::random;
use crate::data::store::OfKinds;
use crate::data::{Content, Field, Kind, Note, Rng, Row, SETTINGS, Stage, text};

const SALT: u64 = 0x0000_E7E4;
const UNNOTED_SALT: u64 = 0x0000_EE74;
const SOURCE_SHIFT: u32 = 28;
const PLACE: u64 = (1 << SOURCE_SHIFT) - 1;
/// Stands for a change where otherwise the kind of a note stands.
const CHANGE: u64 = 15;

/// What messengers are called.
const ORIGINS: [&str; 3] = ["telegram", "com.amocrm.amocrmwa", "instagram_business"];

/// An event without what was there before and after.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_field_names, reason = "the service's name")]
pub struct Event {
    pub key: Key,
    /// What API v4 calls such events.
    pub event_type: &'static str,
    pub kind: Kind,
    /// Id of the entity that it happened to.
    pub entity: u32,
}

/// Says when an event happened (above) and what tells of it (below), so that
/// the order of keys is that of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(pub u64);

/// What tells of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The note at a place of the list of a kind.
    Note(Kind, usize),
    /// It happened at the time of that note, and nothing else tells of it.
    Unnoted(Kind, usize),
    /// The change with this number.
    Change(usize),
}

/// Who did it, and what was there after and before.
#[derive(Clone, Debug, Default)]
pub struct Particulars {
    pub created_by: u64,
    pub after: Vec<Value>,
    pub before: Vec<Value>,
}

/// What was there before or after.
#[derive(Clone, Debug)]
pub enum Value {
    Note(u64),
    Stage(Stage),
    Responsible(u64),
    Tag(&'static str),
    Message { id: String, talk: u64, origin: &'static str },
    Transaction(u64),
    Deadline(u32),
    Name(String),
    Sale(u64),
    Field { id: u64, shape: u64, choice: Option<u64>, text: String },
}

impl Row for Event {
    fn id(&self) -> u64 {
        self.key.0
    }
}

impl Event {
    /// Whether it came with one of these notes of each kind, given by their places.
    pub fn is_of(&self, notes: &OfKinds<HashSet<usize>>) -> bool {
        match self.key.source() {
            Source::Note(kind, place) | Source::Unnoted(kind, place) => {
                notes[kind.position()].contains(&place)
            }
            Source::Change(_) => false,
        }
    }

    /// Whether it is about a message in a messenger.
    pub fn is_chat(&self) -> bool {
        self.event_type.ends_with("_chat_message")
    }
}

impl Key {
    /// The key of what happened at this time.
    pub fn new(at: u32, source: Source) -> Self {
        let (kind, place) = match source {
            Source::Note(kind, place) => (kind.position() as u64, (place as u64) << 1),
            Source::Unnoted(kind, place) => (kind.position() as u64, (place as u64) << 1 | 1),
            Source::Change(number) => (CHANGE, number as u64),
        };
        Self(u64::from(at) << 32 | kind << SOURCE_SHIFT | place)
    }

    /// Epoch seconds.
    pub fn created_at(self) -> u64 {
        self.0 >> 32
    }

    /// What tells of the event.
    pub fn source(self) -> Source {
        let number = usize::try_from(self.0 & PLACE).unwrap_or(usize::MAX);
        let kind = usize::try_from(self.0 >> SOURCE_SHIFT & 15).ok();
        match kind.and_then(|kind| Kind::ALL.get(kind)) {
            None => Source::Change(number),
            Some(kind) if number & 1 == 0 => Source::Note(*kind, number >> 1),
            Some(kind) => Source::Unnoted(*kind, number >> 1),
        }
    }
}

/// What happened beside the note at a place, if anything did.
pub fn unnoted(seed: u64, kind: Kind, place: usize) -> Option<&'static str> {
    let mut rng = unnoted_rng(seed, kind, place);
    let often = if kind == Kind::Task { 50 } else { 8 };
    let (tags, field) = (("entity_tag_added", 3), ("custom_field_value_changed", 3));
    rng.percent(often).then(|| match kind {
        Kind::Task => "task_completed",
        Kind::Lead => {
            let (sale, name) = (("sale_field_changed", 3), ("name_field_changed", 1));
            rng.weighted(&[tags, field, sale, name])
        }
        _ => rng.weighted(&[tags, field, ("name_field_changed", 1)]),
    })
}

/// Who wrote a note, and what it says was there.
pub fn of_content(event: &Event, note: &Note, content: Content) -> Particulars {
    let (after, before) = match content {
        Content::StageChanged { from, to, .. } => {
            (vec![Value::Stage(to)], vec![Value::Stage(from)])
        }
        Content::ResponsibleChanged { from, to } => {
            (vec![Value::Responsible(to)], vec![Value::Responsible(from)])
        }
        Content::Chat { .. } => (vec![message(event.entity, note)], Vec::new()),
        Content::Tags(names) if event.event_type == "entity_tag_deleted" => {
            (Vec::new(), tags(names))
        }
        Content::Tags(names) => (tags(names), Vec::new()),
        Content::Purchase { transaction } => (vec![Value::Transaction(transaction)], Vec::new()),
        _ => (vec![Value::Note(note.id.into())], Vec::new()),
    };
    Particulars { created_by: note.created_by.into(), after, before }
}

/// The particulars of an event beside the note at a place.
pub fn of_unnoted(seed: u64, kind: Kind, place: usize, event_type: &str) -> Particulars {
    let mut rng = Rng::of(&[UNNOTED_SALT, unnoted_rng(seed, kind, place).next()]);
    let created_by = SETTINGS.user(&mut rng, |_| true).id;
    let mut name = || Value::Name(text::write("subject", &mut rng));
    let (after, before) = match event_type {
        "name_field_changed" => (vec![name()], vec![name()]),
        "entity_tag_added" => (tags(text::tags(&mut rng)), Vec::new()),
        "sale_field_changed" => (vec![sale(&mut rng)], vec![sale(&mut rng)]),
        "custom_field_value_changed" => (vec![field(&mut rng)], Vec::new()),
        _ => (Vec::new(), Vec::new()),
    };
    Particulars { created_by, after, before }
}

fn unnoted_rng(seed: u64, kind: Kind, place: usize) -> Rng {
    Rng::of(&[seed, UNNOTED_SALT, kind.element_type(), place as u64])
}

/// One value for each tag.
pub fn tags(names: Vec<&'static str>) -> Vec<Value> {
    names.into_iter().map(Value::Tag).collect()
}

/// The talk about a thing, and the messenger that it is in: all that is said about it is one.
pub fn talk(entity: u32) -> (u64, &'static str) {
    let mut rng = Rng::of(&[SALT, entity.into()]);
    (rng.between(10_000, 99_999), rng.pick(&ORIGINS))
}

fn message(entity: u32, note: &Note) -> Value {
    let (talk, origin) = talk(entity);
    Value::Message { id: random::uuid(&mut Rng::of(&[SALT, note.id.into()])), talk, origin }
}

fn sale(rng: &mut Rng) -> Value {
    Value::Sale(rng.between(5, 900) * 1000)
}

fn field(rng: &mut Rng) -> Value {
    let simple: Vec<&Field> =
        SETTINGS.fields(Kind::Lead).iter().filter(|field| field.is_simple()).collect();
    let field = rng.pick(&simple);
    let choice = field.choices.first();
    Value::Field {
        id: field.id,
        shape: field.number(),
        choice: choice.map(|choice| choice.id),
        text: choice.map_or_else(|| rng.below(300).to_string(), |choice| choice.name.to_owned()),
    }
}
