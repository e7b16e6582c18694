//! What lists are filtered and ordered by, of every made-up note, side by
//! side: sixteen bytes a row, made when a list first asks for them. The same
//! of every task.

use std::sync::OnceLock;

use crate::app::App;
use crate::content::Content;
use crate::kind::Kind;
use crate::notes::{NoteType, Row};
use crate::rows::Rows;
use crate::tasks::{self, TaskRow};

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

/// The lines of each kind, and the tasks.
#[derive(Default)]
pub struct Index {
    lines: [OnceLock<Vec<Line>>; Kind::ALL.len()],
    tasks: OnceLock<Vec<TaskRow>>,
}

impl App {
    /// One line for each note of a kind, in the order of the list. Recorded
    /// rows have none: they exist as API v2 spelt them and not otherwise.
    pub fn lines(&self, kind: Kind) -> &[Line] {
        self.index.lines[kind.position()]
            .get_or_init(|| (0..self.made_up(kind)).map(|index| self.line(kind, index)).collect())
    }

    /// Every task, by rising id.
    pub fn tasks(&self) -> &[TaskRow] {
        self.index.tasks.get_or_init(|| {
            let results = self.made_up(Kind::Task);
            let places = 0..tasks::count(results);
            places.map(|place| self.account.task_row(place, results)).collect()
        })
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
