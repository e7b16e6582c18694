//! The tasks of the account: one for each result that the notes of tasks
//! hold, and behind them some that have no result.

use crate::account::{Account, TASK_TYPES, USERS, User};
use crate::content::Content;
use crate::index::short;
use crate::kind::Kind;
use crate::random::Rng;
use crate::schedule::FIRST_OWNER;
use crate::text;

const SALT: u64 = 0x0000_7A51;
const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

/// What a filter can ask about a task. Times are epoch seconds; they and the
/// ids fit as long as [`crate::notes::MOST_NOTES`] is kept.
#[derive(Clone, Copy, Debug)]
pub struct TaskRow {
    pub id: u32,
    pub created_at: u32,
    pub updated_at: u32,
    pub complete_till: u32,
    pub responsible: &'static User,
    /// What it is about, if it is about anything.
    pub entity: Option<(Kind, u32)>,
    pub is_completed: bool,
    /// Place in [`TASK_TYPES`].
    task_type: u8,
}

/// A whole task.
#[derive(Debug)]
pub struct Task {
    pub row: TaskRow,
    pub created_by: u64,
    pub updated_by: u64,
    pub text: String,
    /// What was written down when it was done.
    pub result: Option<String>,
}

impl TaskRow {
    /// Id of the kind of task.
    pub fn type_id(&self) -> u64 {
        TASK_TYPES[usize::from(self.task_type)].id
    }
}

/// How many tasks there are beside so many results.
pub fn count(results: u64) -> u64 {
    results + results.div_ceil(8)
}

impl Account {
    /// The task at `place` in the list, which rises by id, of an account with
    /// so many results.
    pub fn task_row(&self, place: u64, results: u64) -> TaskRow {
        let owner = FIRST_OWNER + place;
        let mut rng = self.task_dice(place);
        let done = place < results;
        let is_completed = done || rng.percent(30);
        let [created_at, updated_at] =
            if done { self.done(place, &mut rng) } else { self.pending(is_completed, &mut rng) };
        TaskRow {
            id: short(self.element_id(Kind::Task, owner)),
            created_at: short(created_at),
            updated_at: short(updated_at),
            complete_till: short(created_at + rng.between(1, 12 * 24) * HOUR),
            responsible: self.responsible(Kind::Task, owner),
            entity: self.subject(place, count(results), &mut rng),
            is_completed,
            task_type: rng.weighted(&[(0, 50), (1, 20), (2, 20), (3, 10)]),
        }
    }

    /// The whole task of a row.
    pub fn task(&self, row: TaskRow, results: u64) -> Task {
        let place = self.owner_of(Kind::Task, row.id.into()).map(|owner| owner - FIRST_OWNER);
        let note = place.filter(|place| *place < results).map(|place| self.note(Kind::Task, place));
        let mut rng = Rng::of(&[self.seed, SALT, row.id.into()]);
        let created_by = if rng.percent(70) { row.responsible.id } else { USERS[0].id };
        Task {
            row,
            created_by,
            updated_by: note.as_ref().map_or(created_by, |note| note.created_by),
            text: text::task(&mut rng),
            result: note.and_then(|note| match note.content {
                Content::Text(text) => Some(text),
                _ => None,
            }),
        }
    }

    fn task_dice(&self, place: u64) -> Rng {
        Rng::of(&[self.seed, SALT, place])
    }

    /// When a task with a result was set, and when it changed last: with the
    /// note that holds the result.
    fn done(&self, place: u64, rng: &mut Rng) -> [u64; 2] {
        let note = self.row(Kind::Task, place);
        [note.created_at - rng.below(6 * DAY), note.updated_at]
    }

    /// The same of the others, which are the latest.
    fn pending(&self, is_completed: bool, rng: &mut Rng) -> [u64; 2] {
        let age = rng.between(DAY, 20 * DAY);
        let created_at = self.calendar.end() - age;
        let later = if is_completed { rng.below(age) } else { 0 };
        [created_at, created_at + later]
    }

    /// Something that was of interest at the time.
    fn subject(&self, place: u64, tasks: u64, rng: &mut Rng) -> Option<(Kind, u32)> {
        let choices = [
            (Some(Kind::Lead), 70),
            (Some(Kind::Contact), 18),
            (Some(Kind::Company), 8),
            (None, 4),
        ];
        let kind = rng.weighted(&choices)?;
        let things = self.schedule(kind).turns();
        let owner = FIRST_OWNER + place * things / tasks.max(1);
        Some((kind, short(self.element_id(kind, owner))))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::config::{Config, NoteCounts};

    const RESULTS: u64 = 400;

    fn account() -> Account {
        let config = Config { notes: NoteCounts::each(RESULTS), ..Config::default() };
        Account::new(&config).unwrap()
    }

    fn tasks(account: &Account) -> Vec<Task> {
        let rows = (0..count(RESULTS)).map(|place| account.task_row(place, RESULTS));
        rows.map(|row| account.task(row, RESULTS)).collect()
    }

    #[test]
    fn every_note_of_a_task_is_the_result_of_that_task() {
        let account = account();
        for (place, task) in (0..RESULTS).zip(tasks(&account)) {
            let note = account.note(Kind::Task, place);
            assert_eq!(u64::from(task.row.id), note.row.element_id);
            assert_eq!(u64::from(task.row.updated_at), note.row.updated_at);
            assert_eq!(task.row.responsible.id, note.responsible.id);
            assert_eq!(task.updated_by, note.created_by);
            assert!(
                matches!(note.content, Content::Text(text) if Some(&text) == task.result.as_ref())
            );
        }
    }

    #[test]
    fn some_tasks_are_open_and_some_were_done_without_a_word() {
        let tasks = tasks(&account());
        let silent = |done| tasks.iter().any(|t| t.row.is_completed == done && t.result.is_none());
        assert!(silent(true) && silent(false));
        assert!(tasks.iter().all(|task| task.row.is_completed || task.result.is_none()));
    }

    #[test]
    fn ids_rise_and_nothing_changes_before_it_is_made() {
        let tasks = tasks(&account());
        assert!(tasks.is_sorted_by(|a, b| a.row.id < b.row.id));
        assert!(tasks.iter().all(|task| task.row.updated_at >= task.row.created_at));
        assert!(tasks.iter().any(|task| task.row.entity.is_none()));
    }

    #[test]
    fn an_account_without_results_has_no_tasks() {
        assert_eq!(count(0), 0);
    }
}
