//! The notes of the account, each made from the seed and its index alone.

use crate::data::account::USERS;
use crate::data::calendar::Moment;
use crate::data::content;
use crate::data::funnel::Path;
use crate::data::scenario::Role;
use crate::data::schedule::{FIRST_OWNER, Slot};
use crate::data::{Account, Content, Kind, Rng, Row, User, short};

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

/// What a note is about. The numbers are those of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoteType {
    LeadCreated = 1,
    ContactCreated = 2,
    StageChanged = 3,
    Common = 4,
    Attachment = 5,
    OldCall = 6,
    OldMail = 7,
    OldMailFile = 8,
    ExternalFile = 9,
    CallIn = 10,
    CallOut = 11,
    CompanyCreated = 12,
    TaskResult = 13,
    ResponsibleChanged = 14,
    Mail = 15,
    SiteVisit = 16,
    Chat = 17,
    TargetingIn = 18,
    TargetingOut = 19,
    AutoCreated = 20,
    CustomerCreated = 22,
    Purchase = 23,
    Place = 24,
    Service = 25,
    TagsAdded = 26,
    TagsRemoved = 27,
    CashierMessage = 28,
    InvoicePaid = 29,
    LinkFollowed = 32,
    ExtendedService = 34,
    Dropbox = 101,
    SmsIn = 102,
    SmsOut = 103,
}

impl NoteType {
    /// The number that the service calls `note_type`.
    pub fn code(self) -> u64 {
        self as u64
    }
}

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
    pub is_gone: bool,
}

impl Row for Note {
    fn id(&self) -> u64 {
        self.id.into()
    }

    fn is_there(&self) -> bool {
        !self.is_gone
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
        // So do they in messengers.
        if note_type == NoteType::Chat && !slot.is_followed {
            created_by = responsible.id;
        }
        Note {
            kind,
            id: short(id),
            owner: short(slot.owner),
            entity: short(self.entity_id(kind, slot.owner)),
            note_type,
            move_number,
            created_at: short(moment.at),
            updated_at: short(self.updated_at(note_type, moment.at, &mut rng)),
            created_by: short(created_by),
            responsible,
            is_gone: false,
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
        let shares = USERS.each_ref().map(|user| (user, user.share));
        self.rng(USER_SALT, kind, owner).weighted(&shares)
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
            Role::Any => {
                let note_type = self.any_type(kind, slot.free_rank, moment, rng);
                let is_first = slot.free_rank < self.schedule(kind).scenario.chances.len() as u64;
                let answers = slot.follows && rng.percent(80);
                let answer = answers.then(|| self.answer_to(kind, index - 1)).flatten();
                let note_type = match note_type {
                    _ if is_first => note_type,
                    // Clients write where an answer can follow at once.
                    NoteType::SmsIn if !slot.is_followed => NoteType::SmsOut,
                    _ => answer.unwrap_or(note_type),
                };
                (note_type, None)
            }
        }
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

    /// The list begins with each type once, so that a short list has them all.
    fn any_type(&self, kind: Kind, rank: u64, moment: Moment, rng: &mut Rng) -> NoteType {
        let chances = self.schedule(kind).scenario.chances;
        let first = usize::try_from(rank).ok().and_then(|rank| chances.get(rank));
        first.map_or_else(|| self.by_chance(kind, moment, rng), |(note_type, _)| *note_type)
    }

    fn by_chance(&self, kind: Kind, moment: Moment, rng: &mut Rng) -> NoteType {
        let chances = self.schedule(kind).scenario.chances;
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
    let own = match kind {
        Kind::Contact => 0,
        Kind::Lead => 1,
        Kind::Company => 2,
        Kind::Task => 3,
        Kind::Customer => 4,
    };
    FIRST_ID + index * ID_RANGE + chance % (ID_RANGE / ID_KINDS) * ID_KINDS + own
}

fn author(note_type: NoteType, responsible: &User, rng: &mut Rng) -> u64 {
    let by_robot = match note_type {
        NoteType::SiteVisit
        | NoteType::TargetingIn
        | NoteType::TargetingOut
        | NoteType::AutoCreated
        | NoteType::Service
        | NoteType::ExtendedService
        | NoteType::TagsAdded
        | NoteType::TagsRemoved
        | NoteType::CashierMessage
        | NoteType::InvoicePaid
        | NoteType::LinkFollowed
        | NoteType::SmsIn => 100,
        NoteType::Chat => 85,
        NoteType::LeadCreated | NoteType::ContactCreated => 55,
        NoteType::StageChanged | NoteType::CallIn => 15,
        _ => 0,
    };
    if rng.percent(by_robot) {
        return 0;
    }
    // A colleague steps in now and then.
    let active = USERS.iter().filter(|user| user.is_active && user.share > 0);
    let colleagues: Vec<&User> = active.collect();
    if rng.percent(12) { rng.pick(&colleagues).id } else { responsible.id }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet, HashSet};

    use super::*;
    use crate::config::{Config, NoteCounts};
    use crate::data::funnel::Stage;
    use crate::data::scenario::Scenario;

    fn account(seed: u64, rows: u64) -> Account {
        let config = Config { seed, notes: NoteCounts::each(rows), ..Config::default() };
        Account::new(&config).unwrap()
    }

    fn notes(seed: u64, kind: Kind, rows: u64) -> Vec<Note> {
        let account = account(seed, rows);
        (0..rows).map(|index| account.note(kind, index)).collect()
    }

    #[test]
    fn the_same_seed_makes_the_same_notes_and_another_one_others() {
        let text = |seed| {
            let account = account(seed, 100);
            let contents: Vec<_> =
                notes(seed, Kind::Lead, 100).iter().map(|note| account.content(note)).collect();
            format!("{:?} {contents:?}", notes(seed, Kind::Lead, 100))
        };
        assert_eq!(text(1), text(1));
        assert_ne!(text(1), text(2));
    }

    #[test]
    fn ids_rise_with_gaps_and_are_unique_in_the_account() {
        let account = account(1, 5000);
        let mut seen = HashSet::new();
        for kind in Kind::ALL {
            let ids: Vec<_> = (0..5000).map(|index| account.note(kind, index).id).collect();
            assert!(ids.is_sorted_by(|a, b| a < b));
            let gaps: HashSet<_> = ids.windows(2).map(|pair| pair[1] - pair[0]).collect();
            assert!(gaps.len() > 1);
            seen.extend(ids);
        }
        assert_eq!(seen.len(), 25_000);
    }

    #[test]
    fn ids_stay_below_two_to_the_31_to_the_last_row() {
        let account = account(1, MOST_NOTES);
        for kind in Kind::ALL {
            let row = account.note(kind, MOST_NOTES - 1);
            assert!(row.id < 1 << 31 && row.entity < 1 << 31, "{row:?}");
        }
    }

    #[test]
    fn rows_rise_in_time_and_change_only_after_they_are_made() {
        for kind in Kind::ALL {
            let notes = notes(1, kind, 3000);
            assert!(notes.is_sorted_by_key(|note| note.created_at));
            assert!(notes.iter().all(|note| note.updated_at >= note.created_at));
            assert!(notes.iter().any(|note| note.updated_at > note.created_at));
        }
    }

    #[test]
    fn the_first_forty_rows_show_every_type_of_their_kind() {
        for kind in Kind::ALL {
            let scenario = Scenario::of(kind);
            let mut missing: BTreeSet<_> = scenario.chances.iter().map(|(kind, _)| *kind).collect();
            missing.extend(scenario.steps.iter().filter_map(|step| match step.role {
                Role::Created(note_type) => Some(note_type),
                Role::Move(_) => Some(NoteType::StageChanged),
                Role::Any => None,
            }));
            for rows in [40, 1000, 500_000] {
                let account = account(1, rows);
                let mut missing = missing.clone();
                (0..40).for_each(|index| {
                    missing.remove(&account.note(kind, index).note_type);
                });
                assert!(missing.is_empty(), "{kind:?} of {rows}: {missing:?}");
            }
        }
    }

    #[test]
    fn the_moves_of_a_lead_follow_one_another() {
        let account = account(1, 20_000);
        let mut last: BTreeMap<u32, Stage> = BTreeMap::new();
        let mut links = 0;
        for note in notes(1, Kind::Lead, 20_000) {
            let Content::StageChanged { from, to, .. } = account.content(&note) else {
                continue;
            };
            if let Some(before) = last.insert(note.entity, to) {
                assert_eq!(before, from, "{note:?}");
                links += 1;
            }
        }
        assert!(links > 1000, "{links}");
    }

    #[test]
    fn a_thing_keeps_its_manager_and_its_telephone() {
        let account = account(1, 5000);
        let mut known: BTreeMap<u32, (u64, String)> = BTreeMap::new();
        for note in notes(1, Kind::Contact, 5000) {
            let Content::Sms { phone, .. } = account.content(&note) else {
                continue;
            };
            let now = (note.responsible.id, phone);
            let before = known.entry(note.entity).or_insert_with(|| now.clone());
            assert_eq!(*before, now);
        }
    }

    #[test]
    fn most_messages_of_clients_are_answered_by_a_user_within_a_day() {
        let (mut asked, mut answered) = (0, 0);
        for pair in notes(1, Kind::Contact, 20_000).windows(2) {
            let [one, next] = pair else { continue };
            if one.note_type == NoteType::Chat && one.created_by == 0 {
                let is_soon = u64::from(next.created_at - one.created_at) < DAY;
                let is_answer = next.note_type == NoteType::Chat && next.created_by > 0;
                asked += 1;
                answered += u64::from(is_answer && is_soon && next.entity == one.entity);
            }
        }
        assert!(asked > 100, "{asked}");
        assert!((70..95).contains(&(answered * 100 / asked)), "{answered} of {asked}");
    }

    #[test]
    fn talks_last_and_unanswered_calls_do_not() {
        let account = account(1, 5000);
        let mut answered = 0;
        let mut calls = 0;
        for note in notes(1, Kind::Contact, 5000) {
            let Content::Call(call) = account.content(&note) else {
                continue;
            };
            calls += 1;
            answered += u64::from(call.status == 4);
            assert_eq!(call.duration > 0, [1, 2, 4, 5].contains(&call.status), "{call:?}");
            assert!(call.duration > 0 || call.link.is_empty(), "{call:?}");
        }
        assert!((50..80).contains(&(answered * 100 / calls)), "{answered} of {calls}");
    }
}
