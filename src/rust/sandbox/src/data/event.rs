//! The events of the account in order of time.
//!
//! Most notes come with an event; some of these are no note in API v4. Beside
//! them stand events that come with no note in any version: what people change
//! by hand. Among these are tags that users add, which the lists of v2 never
//! mention: its notes about tags are those of robots.

use std::collections::HashSet;

use crate::data::kind::OfKinds;
use crate::data::random;
use crate::data::table::to_usize;
use crate::data::values::FieldValue;
use crate::data::{Account, Content, Filled, Kind, Note, Rng, Row, SETTINGS, Stage, Table, text};

const SALT: u64 = 0x0000_E7E4;
const UNNOTED_SALT: u64 = 0x0000_EE74;
const SALE_SALT: u64 = 0x0000_5A1E;
const NAME_SALT: u64 = 0x0000_4A3E;
const SOURCE_SHIFT: u32 = 28;
const PLACE: u64 = (1 << SOURCE_SHIFT) - 1;
/// Stands for a change where otherwise the kind of a note stands.
const CHANGE: u64 = 15;

/// The first step in the life of a lead at which a product is added; the others follow.
const PRODUCTS_ADDED: u64 = 3;
/// Sums are whole five hundreds.
const SUM: u64 = 500;

const RENAMED: &str = "name_field_changed";

/// What happens beside notes, and how often; the last one to leads only.
const OF_LEADS: [(&str, u64); 4] = [
    ("entity_tag_added", 3),
    ("custom_field_value_changed", 3),
    (RENAMED, 1),
    ("sale_field_changed", 3),
];

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
    pub after: Vec<EventValue>,
    pub before: Vec<EventValue>,
}

/// What was there before or after.
#[derive(Clone, Debug)]
pub enum EventValue {
    Note(u64),
    Stage(Stage),
    Responsible(u64),
    Tag(&'static str),
    Message { id: String, talk: u64, origin: &'static str },
    Transaction(u64),
    Deadline(u32),
    Name(String),
    Sale(u64),
    Link { to: &'static str, id: u64 },
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
                notes[kind].contains(&place)
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
            Source::Note(kind, place) => (kind as u64, (place as u64) << 1),
            Source::Unnoted(kind, place) => (kind as u64, (place as u64) << 1 | 1),
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
        let number = to_usize(self.0 & PLACE);
        let kind = usize::try_from(self.0 >> SOURCE_SHIFT & 15).ok();
        match kind.and_then(|kind| Kind::ALL.get(kind)) {
            None => Source::Change(number),
            Some(kind) if number & 1 == 0 => Source::Note(*kind, number >> 1),
            Some(kind) => Source::Unnoted(*kind, number >> 1),
        }
    }
}

impl Account {
    /// The events of so many notes of each kind, in order of time.
    pub fn events(&self, notes: &OfKinds<u64>) -> Table<Event> {
        let mut events: Vec<Event> =
            Kind::ALL.into_iter().flat_map(|kind| self.events_of(kind, notes[kind])).collect();
        // Each kind is in order already, which this sort makes use of.
        events.sort_by_key(|event| event.key);
        events.into_iter().collect()
    }

    fn events_of(&self, kind: Kind, notes: u64) -> impl Iterator<Item = Event> {
        (0..notes).flat_map(move |index| {
            let note = self.note(kind, index);
            let income = || match self.content(&note) {
                Content::Email(email) => email.income,
                Content::Chat { income, .. } => income,
                _ => false,
            };
            let place = to_usize(index);
            let unnoted = unnoted_type(self, kind, note.owner.into(), index);
            let sources = [
                (Source::Note(kind, place), note.note_type.event(income)),
                (Source::Unnoted(kind, place), unnoted),
            ];
            sources.into_iter().filter_map(move |(source, event_type)| {
                let key = Key::new(note.created_at, source);
                Some(Event { key, event_type: event_type?, kind, entity: note.entity })
            })
        })
    }
}

/// What happened beside a note at a place, if anything did.
fn unnoted_type(account: &Account, kind: Kind, owner: u64, place: u64) -> Option<&'static str> {
    if link(account, kind, owner, place).is_some() {
        return Some("entity_linked");
    }
    let mut rng = unnoted_rng(account.seed, kind, place);
    let often = if kind == Kind::Task { 50 } else { 8 };
    let is_lead = kind == Kind::Lead;
    rng.percent(often).then(|| match kind {
        Kind::Task => "task_completed",
        // What came is what the record has.
        _ => match rng.weighted(if is_lead { &OF_LEADS } else { &OF_LEADS[..3] }) {
            "entity_tag_added" if account.tags(kind, owner).is_empty() => RENAMED,
            "custom_field_value_changed" if simple_values(account, kind, owner).is_empty() => {
                RENAMED
            }
            "sale_field_changed" if account.deal(owner).price == 0 => RENAMED,
            event_type => event_type,
        },
    })
}

/// What a lead is linked to beside its note at a place: its main contact when it
/// begins, its products some steps later.
fn link(account: &Account, kind: Kind, lead: u64, place: u64) -> Option<EventValue> {
    if kind != Kind::Lead {
        return None;
    }
    let step = place % account.schedule(kind).scenario.steps.len() as u64;
    if step == 0 {
        let contacts = account.contacts_of(kind, account.place_of_number(kind, lead)?);
        let id = account.id_at(Kind::Contact, *contacts.first()?).into();
        return Some(EventValue::Link { to: Kind::Contact.name(), id });
    }
    let number = usize::try_from(step.checked_sub(PRODUCTS_ADDED)?).ok()?;
    let id = account.positions(kind, lead).get(number)?.element();
    Some(EventValue::Link { to: "catalog_element", id })
}

/// Who wrote a note, and what it says was there.
pub fn of_content(event: &Event, note: &Note, content: Content) -> Particulars {
    let (after, before) = match content {
        Content::StageChanged { from, to, .. } => {
            (vec![EventValue::Stage(to)], vec![EventValue::Stage(from)])
        }
        Content::ResponsibleChanged { from, to } => {
            (vec![EventValue::Responsible(to)], vec![EventValue::Responsible(from)])
        }
        Content::Chat { .. } => (vec![message(event.entity, note)], Vec::new()),
        Content::Tags(names) if event.event_type == "entity_tag_deleted" => {
            (Vec::new(), tags(names))
        }
        Content::Tags(names) => (tags(names), Vec::new()),
        Content::Purchase { transaction } => {
            (vec![EventValue::Transaction(transaction)], Vec::new())
        }
        _ => (vec![EventValue::Note(note.id.into())], Vec::new()),
    };
    Particulars { created_by: note.created_by.into(), after, before }
}

/// The particulars of an event beside a note, which stands at a place.
pub fn of_unnoted(account: &Account, note: &Note, place: usize, event_type: &str) -> Particulars {
    let (kind, owner, place) = (note.kind, note.owner.into(), place as u64);
    let mut rng = Rng::of(&[UNNOTED_SALT, unnoted_rng(account.seed, kind, place).next()]);
    let user = if rng.percent(85) { note.responsible } else { SETTINGS.user(&mut rng, |_| true) };
    let (after, before) = match event_type {
        RENAMED => {
            let (after, before) = names(account, kind, owner, place);
            (vec![EventValue::Name(after)], vec![EventValue::Name(before)])
        }
        "entity_tag_added" => {
            (vec![EventValue::Tag(rng.pick(&account.tags(kind, owner)))], Vec::new())
        }
        "sale_field_changed" => {
            let (after, before) = sale(account, owner, place);
            (vec![EventValue::Sale(after)], vec![EventValue::Sale(before)])
        }
        "custom_field_value_changed" => {
            let values = simple_values(account, kind, owner);
            (vec![values[rng.index(values.len())].clone()], Vec::new())
        }
        "entity_linked" => (link(account, kind, owner, place).into_iter().collect(), Vec::new()),
        _ => (Vec::new(), Vec::new()),
    };
    Particulars { created_by: user.id, after, before }
}

fn unnoted_rng(seed: u64, kind: Kind, place: u64) -> Rng {
    Rng::of(&[seed, UNNOTED_SALT, kind.element_type(), place])
}

/// One value for each tag.
pub fn tags(names: Vec<&'static str>) -> Vec<EventValue> {
    names.into_iter().map(EventValue::Tag).collect()
}

/// The talk about a thing, and the messenger that it is in: all that is said about it is one.
pub fn talk(entity: u32) -> (u64, &'static str) {
    let mut rng = Rng::of(&[SALT, entity.into()]);
    (rng.between(10_000, 99_999), rng.pick(&ORIGINS))
}

fn message(entity: u32, note: &Note) -> EventValue {
    let (talk, origin) = talk(entity);
    EventValue::Message { id: random::uuid(&mut Rng::of(&[SALT, note.id.into()])), talk, origin }
}

/// The places of all changes of this type that a thing went through, in order of time.
fn changes_of(account: &Account, kind: Kind, owner: u64, event_type: &str) -> Vec<u64> {
    let schedule = account.schedule(kind);
    let steps = 0..schedule.scenario.steps.len();
    let places = steps.filter_map(|step| schedule.index_of(account.seed, owner, step));
    let mut changes: Vec<u64> = places
        .filter(|place| *place < schedule.count)
        .filter(|place| unnoted_type(account, kind, owner, *place) == Some(event_type))
        .collect();
    changes.sort_unstable();
    changes
}

/// The name of a thing after and before its change beside the note at a place. After the
/// last one it is what the lists say.
fn names(account: &Account, kind: Kind, owner: u64, place: u64) -> (String, String) {
    let list = match kind {
        Kind::Contact => "nickname",
        Kind::Company | Kind::Customer => "company",
        Kind::Lead | Kind::Task => "deal",
    };
    let made_up = |salt, number| {
        text::write(list, &mut Rng::of(&[account.seed, salt, kind.element_type(), number]))
    };
    let before = |place| made_up(NAME_SALT, place);
    let changes = changes_of(account, kind, owner, RENAMED);
    let after = match changes.iter().find(|change| **change > place) {
        Some(next) => before(*next),
        None => match account.place_of_number(kind, owner) {
            Some(place) => account.name(kind, place),
            // No list has it.
            None => made_up(SALT, owner),
        },
    };
    (after, before(place))
}

/// What the simple fields of a thing hold.
fn simple_values(account: &Account, kind: Kind, owner: u64) -> Vec<EventValue> {
    let filled = account.values(kind, owner).into_iter().filter(|filled| filled.field.is_simple());
    let values = filled.filter_map(|Filled { field, values }| {
        let (choice, text) = match values.into_iter().next()? {
            FieldValue::Text(text) => (None, text),
            FieldValue::Choice(choice) => (Some(choice.id), choice.name.to_owned()),
            _ => return None,
        };
        Some(EventValue::Field { id: field.id, shape: field.number(), choice, text })
    });
    values.collect()
}

/// The price of a lead after and before its change beside the note at a place.
/// From the last change, after which it is what the list of leads says, back.
fn sale(account: &Account, lead: u64, place: u64) -> (u64, u64) {
    let changes = changes_of(account, Kind::Lead, lead, "sale_field_changed");
    let (mut after, mut before) = (0, account.deal(lead).price);
    for (number, change) in changes.iter().enumerate().rev().take_while(|(_, c)| **c >= place) {
        after = before;
        before = sale_before(account.seed, *change, after, number == 0);
    }
    (after, before)
}

/// What a price was before a change: none at first, often; more before a
/// discount, or else less.
fn sale_before(seed: u64, place: u64, after: u64, is_first: bool) -> u64 {
    let mut rng = Rng::of(&[seed, SALE_SALT, place]);
    if is_first && rng.percent(40) {
        0
    } else if rng.percent(65) {
        (after * rng.between(103, 120) / 100).next_multiple_of(SUM).max(after + SUM)
    } else {
        (after * rng.between(75, 96) / 100) / SUM * SUM
    }
}
