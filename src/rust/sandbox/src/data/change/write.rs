//! Who does something, and the notes and events that amoCRM writes of it.

use crate::data::event::{EventValue, Key, Particulars, Source};
use crate::data::{
    Content, Event, Kind, Note, NoteType, Rng, SETTINGS, Store, User, clamped, note,
};

use super::Subject;

/// Who does something to what, and when.
#[derive(Clone, Copy)]
pub(super) struct Act {
    /// Of an entity or a task.
    pub kind: Kind,
    pub id: u64,
    pub at: u32,
    pub by: &'static User,
}

impl Store {
    /// Somebody does something now. Now and then two things happen in the same
    /// second.
    pub(super) fn act(&mut self, subject: Subject, id: u64, rng: &mut Rng) -> Act {
        self.now += clamped(rng.below(3));
        self.acts += 1;
        let kind = if let Subject::Of(kind) = subject { kind } else { Kind::Lead };
        Act { kind, id, at: self.now, by: worker(rng) }
    }

    /// The same about any entity.
    pub(super) fn about_any(&self, act: Act, rng: &mut Rng) -> Option<Act> {
        let kind = rng.weighted(&[(Kind::Lead, 3), (Kind::Contact, 2), (Kind::Company, 1)]);
        Some(Act { kind, id: self.another(kind, 0, rng)?, ..act })
    }

    /// Writes a note, with the event that it comes with, and tells its id.
    pub(super) fn write(
        &mut self,
        act: Act,
        note_type: NoteType,
        content: Option<Content>,
    ) -> Option<u64> {
        let Act { kind, at, by, .. } = act;
        let (owner, responsible) = if kind == Kind::Task {
            (0, self.tasks().find(act.id)?.responsible)
        } else {
            let entity = self.entities[kind].find(act.id)?;
            (entity.number, entity.responsible)
        };
        let place = self.notes[kind].rows().len();
        let id = note::note_id(kind, place as u64, act.id);
        let income = matches!(content, Some(Content::Chat { income: true, .. }));
        let note = Note {
            kind,
            id: clamped(id),
            owner: clamped(owner),
            entity: clamped(act.id),
            note_type,
            move_number: None,
            created_at: at,
            updated_at: at,
            // What comes in is written by no user.
            created_by: if income { 0 } else { clamped(by.id) },
            responsible,
        };
        self.written.extend(content.map(|content| (note.id, content)));
        self.notes[kind].insert(note);
        if let Some(event_type) = note_type.event(|| income) {
            self.add_event(act, event_type, Source::Note(kind, place));
        }
        Some(id)
    }

    /// Adds an event that no note tells of.
    pub(super) fn tell(
        &mut self,
        act: Act,
        event_type: &'static str,
        after: Vec<EventValue>,
        before: Vec<EventValue>,
    ) {
        self.add_event(act, event_type, Source::Change(self.told.len()));
        self.told.push(Particulars { created_by: act.by.id, after, before });
    }

    fn add_event(&mut self, act: Act, event_type: &'static str, source: Source) {
        let key = Key::new(act.at, source);
        let event = Event { key, event_type, kind: act.kind, entity: clamped(act.id) };
        self.events_mut().insert(event);
    }
}

/// Somebody who works.
pub(super) fn worker(rng: &mut Rng) -> &'static User {
    SETTINGS.user(rng, |user| user.is_active)
}
