//! The tasks of the account: one for each result that the notes of tasks
//! hold, and behind them those that have no result.

use crate::data::links::beside;
use crate::data::schedule::FIRST_OWNER;
use crate::data::table::to_usize;
use crate::data::{Account, Kind, Rng, Row, SETTINGS, Table, User, clamped, text};

const SALT: u64 = 0x0000_7A51;
const AUTHOR_SALT: u64 = 0x0000_7A54;
const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

/// A task without its text. Times are epoch seconds; they and the ids fit as
/// long as [`crate::data::note::MOST_NOTES`] is kept.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_field_names, reason = "the service's name")]
pub struct Task {
    pub id: u32,
    pub created_at: u32,
    pub updated_at: u32,
    pub complete_till: u32,
    pub responsible: &'static User,
    /// What it is about, if it is about anything.
    pub entity: Option<(Kind, u32)>,
    pub is_completed: bool,
    /// Place in the list of types.
    task_type: u8,
    /// Place of the note that holds its result, if it has one.
    pub result: Option<u32>,
}

impl Row for Task {
    fn id(&self) -> u64 {
        self.id.into()
    }
}

impl Task {
    /// Id of the kind of task.
    pub fn type_id(&self) -> u64 {
        SETTINGS.task_types[usize::from(self.task_type)].id
    }
}

/// Which tasks an account has. Those that have a result come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// How many have a result.
    pub results: u64,
    /// How many there are.
    pub all: u64,
    /// Where the list begins; tasks before this place are found by id only.
    pub first: u64,
}

impl Extent {
    /// The tasks behind so many results, and so many in the list, of which
    /// one in three at least has no result.
    pub fn new(results: u64, listed: u64) -> Self {
        let others = listed.saturating_sub(results).max(listed.div_ceil(3));
        let all = results + others;
        Self { results, all, first: all - listed }
    }
}

impl Account {
    /// All of these; the list begins behind those that only results tell of.
    pub fn tasks(&self, extent: Extent) -> Table<Task> {
        let tasks = (0..extent.all).map(|place| self.task(place, extent));
        tasks.collect::<Table<Task>>().beginning_at(to_usize(extent.first))
    }

    /// The task at `place` among all, which rise by id.
    fn task(&self, place: u64, extent: Extent) -> Task {
        let owner = FIRST_OWNER + place;
        let mut rng = Rng::of(&[self.seed, SALT, place]);
        let done = place < extent.results;
        let is_completed = done || rng.percent(30);
        let [created_at, updated_at] =
            if done { self.done(place, &mut rng) } else { self.pending(is_completed, &mut rng) };
        Task {
            id: clamped(self.entity_id(Kind::Task, owner)),
            created_at: clamped(created_at),
            updated_at: clamped(updated_at),
            complete_till: clamped(created_at + rng.between(1, 12 * 24) * HOUR),
            responsible: self.responsible(Kind::Task, owner),
            entity: self.subject(place, extent.all, &mut rng),
            is_completed,
            task_type: any_type(&mut rng),
            result: done.then(|| clamped(place)),
        }
    }

    /// A new task at this place about an entity.
    pub fn new_task(
        &self,
        place: u64,
        at: u32,
        responsible: &'static User,
        entity: (Kind, u32),
        rng: &mut Rng,
    ) -> Task {
        Task {
            id: clamped(self.entity_id(Kind::Task, FIRST_OWNER + place)),
            created_at: at,
            updated_at: at,
            complete_till: at + clamped(rng.between(1, 12 * 24) * HOUR),
            responsible,
            entity: Some(entity),
            is_completed: false,
            task_type: any_type(rng),
            result: None,
        }
    }

    /// What is to be done.
    pub fn task_text(&self, task: &Task) -> String {
        text::write("task", &mut Rng::of(&[self.seed, SALT, task.id.into()]))
    }

    /// Id of the user who set a task.
    pub fn task_author(&self, task: &Task) -> u64 {
        let mut rng = Rng::of(&[self.seed, AUTHOR_SALT, task.id.into()]);
        if rng.percent(70) { task.responsible.id } else { SETTINGS.users[0].id }
    }

    /// When a task with a result was set, and when it changed last: with the
    /// note that holds the result.
    fn done(&self, place: u64, rng: &mut Rng) -> [u64; 2] {
        let note = self.note(Kind::Task, place);
        [u64::from(note.created_at) - rng.below(6 * DAY), note.updated_at.into()]
    }

    /// The same of the others. The open ones are the latest.
    fn pending(&self, is_completed: bool, rng: &mut Rng) -> [u64; 2] {
        let oldest = if is_completed { 700 } else { 20 };
        let age = rng.between(DAY, oldest * DAY);
        let created_at = self.calendar.end() - age;
        let later = if is_completed { rng.below(age.min(20 * DAY)) } else { 0 };
        [created_at, created_at + later]
    }

    /// Something that was of interest at the time.
    fn subject(&self, place: u64, tasks: u64, rng: &mut Rng) -> Option<(Kind, u32)> {
        let often = |kind, weight| (Some(kind), if self.entities(kind) > 0 { weight } else { 0 });
        let choices = [
            often(Kind::Lead, 64),
            often(Kind::Contact, 16),
            often(Kind::Company, 8),
            often(Kind::Customer, 8),
            (None, 4),
        ];
        let kind = rng.weighted(&choices)?;
        Some((kind, self.id_at(kind, beside(place, tasks, self.entities(kind)))))
    }
}

/// The place of a type in their list.
fn any_type(rng: &mut Rng) -> u8 {
    let shares: Vec<_> =
        (0..).zip(&SETTINGS.task_types).map(|(place, one)| (place, one.share)).collect();
    rng.weighted(&shares)
}
