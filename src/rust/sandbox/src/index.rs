//! What lists are filtered and ordered by, of every made-up note, side by
//! side: sixteen bytes a row, made when a list first asks for them. The same
//! of every task and card.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::app::App;
use crate::card::Card;
use crate::content::Content;
use crate::kind::Kind;
use crate::notes::{NoteType, Row};
use crate::rows::Rows;
use crate::tasks::{Extent, Task, TaskRow};

/// One note. Times are epoch seconds; they and the ids fit as long as
/// [`crate::notes::MOST_NOTES`] is kept.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    pub element_id: u32,
    pub created_at: u32,
    pub updated_at: u32,
    pub note_type: NoteType,
    /// Whether it is a letter or a message that a client wrote.
    pub income: bool,
}

/// The lines of each kind, the cards of each kind, and the tasks.
#[derive(Default)]
pub struct Index {
    lines: [OnceLock<Vec<Line>>; Kind::ALL.len()],
    cards: [OnceLock<Vec<Card>>; Kind::ALL.len()],
    by_update: [OnceLock<Vec<u32>>; Kind::ALL.len()],
    tasks: OnceLock<Vec<TaskRow>>,
    deadlines: OnceLock<HashMap<(Kind, u32), u32>>,
}

impl App {
    /// One line for each note of a kind, in the order of the list. Recorded
    /// rows have none: they exist as API v2 spelt them and not otherwise.
    pub fn lines(&self, kind: Kind) -> &[Line] {
        self.index.lines[kind.position()]
            .get_or_init(|| (0..self.made_up(kind)).map(|index| self.line(kind, index)).collect())
    }

    /// Every task, by rising id; the list begins at [`Extent::first`].
    pub fn tasks(&self) -> &[TaskRow] {
        self.index.tasks.get_or_init(|| {
            let extent = self.task_extent();
            (0..extent.all).map(|place| self.account.task_row(place, extent)).collect()
        })
    }

    /// The tasks of the list, by rising id.
    pub fn listed_tasks(&self) -> &[TaskRow] {
        let first = usize::try_from(self.task_extent().first).unwrap_or(usize::MAX);
        self.tasks().get(first..).unwrap_or_default()
    }

    /// The whole task of a row.
    pub fn task(&self, row: TaskRow) -> Task {
        self.account.task(row, self.task_extent())
    }

    /// The task with this id, in the list or not.
    pub fn task_by_id(&self, id: u64) -> Option<TaskRow> {
        let tasks = self.tasks();
        let place = tasks.binary_search_by_key(&id, |row| row.id.into()).ok()?;
        Some(tasks[place])
    }

    /// Which tasks there are.
    pub fn task_extent(&self) -> Extent {
        Extent::new(self.made_up(Kind::Task), self.account.lists.tasks)
    }

    /// Every card of a kind, in the order of the list.
    pub fn cards(&self, kind: Kind) -> &[Card] {
        let places = 0..self.account.cards(kind);
        self.index.cards[kind.position()]
            .get_or_init(|| places.map(|place| self.account.card(kind, place)).collect())
    }

    /// The places of the cards of a kind by their last change. Those of one
    /// second follow one another by id.
    pub fn by_update(&self, kind: Kind) -> &[u32] {
        self.index.by_update[kind.position()].get_or_init(|| {
            let cards = self.cards(kind);
            let mut places: Vec<u32> = (0..).zip(cards).map(|(place, _)| place).collect();
            places.sort_by_key(|place| cards[*place as usize].updated_at);
            places
        })
    }

    /// When the next open task about a card is due, if there is one.
    pub fn closest_task(&self, card: &Card) -> Option<u32> {
        let deadlines = self.index.deadlines.get_or_init(|| self.deadlines());
        deadlines.get(&(card.kind, card.id)).copied()
    }

    /// The first deadline among the open tasks of each thing; whatever has a
    /// result is done.
    fn deadlines(&self) -> HashMap<(Kind, u32), u32> {
        let extent = self.task_extent();
        let tasks = (extent.results..extent.all).map(|place| self.account.task_row(place, extent));
        let mut deadlines: HashMap<_, u32> = HashMap::new();
        for task in tasks.filter(|task| !task.is_completed) {
            if let Some(entity) = task.entity {
                let first = deadlines.entry(entity).or_insert(u32::MAX);
                *first = task.complete_till.min(*first);
            }
        }
        deadlines
    }

    /// How many notes of a kind are not recorded.
    pub fn made_up(&self, kind: Kind) -> u64 {
        match self.rows.get(&kind) {
            Some(Rows::Generated(_, count)) => *count,
            _ => 0,
        }
    }

    /// Where among the lines of a kind the note with this id stands, if there
    /// is one.
    pub fn place(&self, kind: Kind, id: u64) -> Option<u32> {
        let place = u32::try_from(self.account.index_of(kind, id)?).ok()?;
        self.lines(kind).get(place as usize).map(|_| place)
    }

    fn line(&self, kind: Kind, index: u64) -> Line {
        let row = self.account.row(kind, index);
        Line {
            element_id: short(row.element_id),
            created_at: short(row.created_at),
            updated_at: short(row.updated_at),
            note_type: row.note_type,
            income: self.is_income(&row, index),
        }
    }

    fn is_income(&self, row: &Row, index: u64) -> bool {
        // The others need not be written out to know.
        if !matches!(row.note_type, NoteType::Mail | NoteType::Chat) {
            return false;
        }
        match self.account.note(row.kind, index).content {
            Content::Letter(letter) => letter.income,
            Content::Chat { income, .. } => income,
            _ => false,
        }
    }
}

/// A number that is known to be small.
pub fn short(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
