//! The notes of one kind in the orders in which they can be asked for: eight
//! bytes a note, so that a page costs as much as its rows.

use super::filter::Direction;
use super::note_type;
use crate::app::App;
use crate::index::Line;
use crate::kind::Kind;

/// Places of notes in the list of their kind.
pub struct Shelf {
    by_id: Vec<u32>,
    by_update: Vec<u32>,
}

/// What a list goes by. Notes that were changed in the same second follow one
/// another by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Id,
    Update,
}

impl Shelf {
    fn new(lines: &[Line]) -> Self {
        let all = (0..).zip(lines);
        let notes = all.filter(|(_, line)| note_type::name(line.note_type).is_some());
        let by_id: Vec<u32> = notes.map(|(place, _)| place).collect();
        let mut by_update = by_id.clone();
        by_update.sort_by_key(|place| lines[*place as usize].updated_at);
        Self { by_id, by_update }
    }

    /// The places, one way or the other.
    pub fn places(&self, key: Key, direction: Direction) -> Box<dyn Iterator<Item = u32> + '_> {
        let places = match key {
            Key::Id => &self.by_id,
            Key::Update => &self.by_update,
        };
        direction.walk(places.iter().copied())
    }
}

impl App {
    /// The shelf of a kind.
    pub fn shelf(&self, kind: Kind) -> &Shelf {
        self.lists.shelves[kind.position()].get_or_init(|| Shelf::new(self.lines(kind)))
    }
}
