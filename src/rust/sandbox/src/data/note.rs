//! The notes of the account, each made from the seed and its index alone.

use crate::data::calendar::Moment;
use crate::data::content;
use crate::data::funnel::Path;
use crate::data::scenario::Role;
use crate::data::schedule::{FIRST_OWNER, Slot};
use crate::data::{Account, Content, Kind, NoteType, Rng, Row, SETTINGS, User, clamped};

/// Most notes of one kind; with more, ids would outgrow 31 bits.
pub const MOST_NOTES: u64 = 80_000_000;

/// Ids begin here, and each index has a range of its own with room for the
/// five kinds and for gaps, so that no two notes of the account share an id.
const FIRST_ID: u64 = 100_000_000;
const ID_RANGE: u64 = 24;
const ID_KINDS: u64 = 8;
/// The ids of things have gaps as well.
const ELEMENT_RANGE: u64 = 12;

const SALT: u64 = 0x0000_0A0E;
const USER_SALT: u64 = 0x0000_05E2;
const ELEMENT_SALT: u64 = 0x00E1_E3E2;
const DAY: u64 = 24 * 3600;

/// A note without what it says. Times are epoch seconds; they and the ids fit
/// as long as [`MOST_NOTES`] is kept.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_field_names, reason = "the service's name")]
pub struct Note {
    pub kind: Kind,
    pub id: u32,
    /// Number of the entity it was written about, among those of its kind.
    pub owner: u32,
    /// Id of the entity it belongs to.
    pub entity: u32,
    pub note_type: NoteType,
    /// The move through the funnel, if it is one.
    pub move_number: Option<u8>,
    pub created_at: u32,
    pub updated_at: u32,
    /// Id of the user who wrote it; 0 is a robot.
    pub created_by: u32,
    pub responsible: &'static User,
}

impl Note {
    /// Whether somebody has written it, who can delete it therefore.
    pub fn is_own(&self) -> bool {
        self.note_type == NoteType::Common
    }
}

impl Row for Note {
    fn id(&self) -> u64 {
        self.id.into()
    }
}

impl Account {
    /// The note at `index` in the list of a kind, which rises by id and by
    /// time of creation.
    pub fn note(&self, kind: Kind, index: u64) -> Note {
        let schedule = self.schedule(kind);
        let slot = schedule.slot(self.seed, index);
        let mut rng = self.rng(SALT, kind, index);
        let moment = self.calendar.moment(index, schedule.count, rng.next());
        let (note_type, move_number) = self.note_type(kind, index, &slot, moment, &mut rng);
        let id = note_id(kind, index, rng.next());
        let responsible = self.responsible(kind, slot.owner);
        let mut created_by = author(note_type, responsible, &mut self.content_rng(id));
        // Clients write in messengers where an answer can follow at once.
        if note_type == NoteType::Chat && !slot.is_followed {
            created_by = responsible.id;
        }
        Note {
            kind,
            id: clamped(id),
            owner: clamped(slot.owner),
            entity: clamped(self.entity_id(kind, slot.owner)),
            note_type,
            move_number,
            created_at: clamped(moment.at),
            updated_at: clamped(self.updated_at(note_type, moment.at, &mut rng)),
            created_by: clamped(created_by),
            responsible,
        }
    }

    /// What a note says, unless a change has written it.
    pub fn content(&self, note: &Note) -> Content {
        let responsible = self.responsible(note.kind, note.owner.into());
        let mut rng = self.content_rng(note.id.into());
        author(note.note_type, responsible, &mut rng);
        content::of(self, note, responsible, &mut rng)
    }

    fn content_rng(&self, id: u64) -> Rng {
        Rng::of(&[self.seed, id])
    }

    /// Id of the thing with this number.
    pub fn entity_id(&self, kind: Kind, owner: u64) -> u64 {
        let gap = self.rng(ELEMENT_SALT, kind, owner).below(ELEMENT_RANGE);
        (owner + FIRST_OWNER) * ELEMENT_RANGE + gap
    }

    /// Who looks after the thing with this number.
    pub fn responsible(&self, kind: Kind, owner: u64) -> &'static User {
        SETTINGS.user(&mut self.rng(USER_SALT, kind, owner), |_| true)
    }

    /// A generator for one matter (the salt) of one thing.
    pub fn rng(&self, salt: u64, kind: Kind, number: u64) -> Rng {
        Rng::of(&[self.seed, salt, kind.element_type(), number])
    }

    fn note_type(
        &self,
        kind: Kind,
        index: u64,
        slot: &Slot,
        moment: Moment,
        rng: &mut Rng,
    ) -> (NoteType, Option<u8>) {
        match slot.role {
            Role::Created(note_type) => (note_type, None),
            Role::Move(number) if Path::of(self.seed, slot.owner).step(number).is_some() => {
                (NoteType::StageChanged, Some(number))
            }
            Role::Move(_) => (self.by_chance(kind, moment, rng), None),
            Role::Any | Role::Next => (self.any_type(kind, index, slot, moment, rng), None),
        }
    }

    /// The list begins with each type once, so that a short list has them all. Later, what
    /// clients write is answered more often than not.
    fn any_type(
        &self,
        kind: Kind,
        index: u64,
        slot: &Slot,
        moment: Moment,
        rng: &mut Rng,
    ) -> NoteType {
        let chances = &self.schedule(kind).scenario.chances;
        let first = usize::try_from(slot.free_rank).ok().and_then(|rank| chances.get(rank));
        if let Some((note_type, _)) = first {
            return *note_type;
        }
        let answers = slot.role == Role::Next && rng.percent(80);
        let answer = if answers { self.answer_to(kind, index - 1) } else { None };
        answer.unwrap_or_else(|| match self.by_chance(kind, moment, rng) {
            // Clients write where an answer can follow at once.
            NoteType::SmsIn if !slot.is_followed => NoteType::SmsOut,
            note_type => note_type,
        })
    }

    /// How a message of a client is answered, if the note at `index` is one.
    fn answer_to(&self, kind: Kind, index: u64) -> Option<NoteType> {
        let note = self.note(kind, index);
        match note.note_type {
            NoteType::Chat if note.created_by == 0 => Some(NoteType::Chat),
            NoteType::SmsIn => Some(NoteType::SmsOut),
            _ => None,
        }
    }

    fn by_chance(&self, kind: Kind, moment: Moment, rng: &mut Rng) -> NoteType {
        let chances = &self.schedule(kind).scenario.chances;
        let note_type = rng.weighted(chances);
        let talk = matches!(note_type, NoteType::CallIn | NoteType::CallOut | NoteType::SmsOut);
        // Out of hours, machines write most of what gets written.
        if talk && !moment.open && rng.percent(70) {
            return if rng.percent(60) { NoteType::Service } else { NoteType::Mail };
        }
        note_type
    }

    fn updated_at(&self, note_type: NoteType, created_at: u64, rng: &mut Rng) -> u64 {
        let edited = if note_type == NoteType::Common { 20 } else { 6 };
        if !rng.percent(edited) {
            return created_at;
        }
        let later = if rng.percent(70) { rng.below(DAY) } else { rng.below(40 * DAY) };
        (created_at + later).min(self.calendar.end() - 1)
    }
}

/// Id of the note at `index` in the list of a kind.
pub fn note_id(kind: Kind, index: u64, chance: u64) -> u64 {
    FIRST_ID + index * ID_RANGE + chance % (ID_RANGE / ID_KINDS) * ID_KINDS + kind as u64
}

fn author(note_type: NoteType, responsible: &User, rng: &mut Rng) -> u64 {
    if rng.percent(note_type.robots()) {
        return 0;
    }
    // A colleague steps in now and then.
    let active = SETTINGS.users.iter().filter(|user| user.is_active && user.share > 0);
    let colleagues: Vec<&User> = active.collect();
    if rng.percent(12) { rng.pick(&colleagues).id } else { responsible.id }
}
