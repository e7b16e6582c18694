//! The tables of an account. Each is made when it is first asked for, and
//! changed by [`crate::data::change`] only.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use crate::config::Config;
use crate::data::element::Element;
use crate::data::event::{self, Key, Particulars, Source};
use crate::data::talk::Talk;
use crate::data::task::Extent;
use crate::data::{
    Account, Content, Entity, Event, Incoming, Kind, Note, Table, Task, Transaction, short,
};

/// One table for each kind.
type OfKinds<T> = [T; Kind::ALL.len()];

/// All rows of an account.
pub struct Store {
    pub account: Arc<Account>,
    /// How many notes of each kind are made up.
    made_up: OfKinds<u64>,
    /// Whether there are customers.
    has_customers: bool,
    entities: OnceLock<OfKinds<Table<Entity>>>,
    notes: OfKinds<OnceLock<Table<Note>>>,
    tasks: OnceLock<Table<Task>>,
    deadlines: OnceLock<HashMap<(Kind, u32), u32>>,
    events: OnceLock<Table<Event>>,
    transactions: OnceLock<Table<Transaction>>,
    incoming: OnceLock<Table<Incoming>>,
    elements: OnceLock<Table<Element>>,
    talks: OnceLock<Table<Talk>>,
    /// What the notes say that changes have written.
    pub(super) written: HashMap<u32, Content>,
    /// What the events tell that changes have caused.
    pub(super) told: Vec<Particulars>,
    /// The present, in seconds since 1970, which changes move on.
    pub(super) now: u32,
}

impl Store {
    /// The account as it is made up. Notes that were recorded are not in it.
    pub fn new(account: Arc<Account>, config: &Config) -> Self {
        let made_up = Kind::ALL
            .map(|kind| if config.items.contains_key(&kind) { 0 } else { config.notes.get(kind) });
        Self {
            account,
            made_up,
            has_customers: !config.kommo,
            entities: OnceLock::new(),
            notes: Default::default(),
            tasks: OnceLock::new(),
            deadlines: OnceLock::new(),
            events: OnceLock::new(),
            transactions: OnceLock::new(),
            incoming: OnceLock::new(),
            elements: OnceLock::new(),
            talks: OnceLock::new(),
            written: HashMap::new(),
            told: Vec::new(),
            now: short(config.now),
        }
    }

    /// The entities of a kind.
    pub fn entities(&self, kind: Kind) -> &Table<Entity> {
        &self.entities.get_or_init(|| self.account.all_entities())[kind.position()]
    }

    /// The notes about the entities of a kind.
    pub fn notes(&self, kind: Kind) -> &Table<Note> {
        self.notes[kind.position()].get_or_init(|| {
            let all = 0..self.made_up[kind.position()];
            all.map(|index| self.account.note(kind, index)).collect()
        })
    }

    /// Every task; the list begins at [`Extent::first`].
    pub fn tasks(&self) -> &Table<Task> {
        self.tasks.get_or_init(|| {
            let extent = self.task_extent();
            (0..extent.all).map(|place| self.account.task(place, extent)).collect()
        })
    }

    /// Which tasks there are at first.
    pub fn task_extent(&self) -> Extent {
        Extent::new(self.made_up[Kind::Task.position()], self.account.lists.tasks)
    }

    /// Where the list of tasks begins.
    pub fn first_task(&self) -> usize {
        usize::try_from(self.task_extent().first).unwrap_or(usize::MAX)
    }

    /// What customers have bought.
    pub fn transactions(&self) -> &Table<Transaction> {
        self.transactions.get_or_init(|| {
            (0..self.account.transactions()).map(|place| self.account.transaction(place)).collect()
        })
    }

    /// Leads that nobody has accepted yet.
    pub fn incoming(&self) -> &Table<Incoming> {
        self.incoming.get_or_init(|| {
            (0..self.account.lists.unsorted).map(|place| self.account.incoming(place)).collect()
        })
    }

    /// What is in the catalogs.
    pub fn elements(&self) -> &Table<Element> {
        self.elements.get_or_init(|| self.account.elements())
    }

    /// What is talked about in messengers. Changes write no messages.
    pub fn talks(&self) -> &Table<Talk> {
        self.talks.get_or_init(|| self.talks_of_events())
    }

    /// All events, in order of time.
    pub fn events(&self) -> &Table<Event> {
        self.events.get_or_init(|| {
            let kinds = Kind::ALL.into_iter().filter(|kind| self.plays(*kind));
            let mut events: Vec<Event> = kinds.flat_map(|kind| self.events_of(kind)).collect();
            // Each kind is in order already, which this sort makes use of.
            events.sort_by_key(|event| event.key);
            events.into_iter().collect()
        })
    }

    /// Whether API v4 has things of this kind: Kommo has no customers.
    pub fn plays(&self, kind: Kind) -> bool {
        kind != Kind::Customer || self.has_customers
    }

    fn events_of(&self, kind: Kind) -> Vec<Event> {
        let mut events = Vec::new();
        for (place, note) in self.notes(kind).rows().iter().enumerate() {
            let income = || match self.content(note) {
                Content::Email(email) => email.income,
                Content::Chat { income, .. } => income,
                _ => false,
            };
            let sources = [
                (Source::Note(kind, place), event::of_note(note.note_type, income)),
                (Source::Unnoted(kind, place), event::unnoted(&self.account, note, place)),
            ];
            for (source, event_type) in sources {
                let key = Key::new(note.created_at, source);
                let entity = note.entity;
                events.extend(event_type.map(|event_type| Event { key, event_type, kind, entity }));
            }
        }
        events
    }

    /// What a note says.
    pub fn content(&self, note: &Note) -> Content {
        let written = self.written.get(&note.id);
        written.cloned().unwrap_or_else(|| self.account.content(note))
    }

    /// Who did it, and what was there after and before.
    pub fn particulars(&self, event: &Event) -> Particulars {
        match event.key.source() {
            Source::Note(kind, place) => {
                let note = &self.notes(kind).rows()[place];
                event::of_content(event, note, self.content(note))
            }
            Source::Unnoted(kind, place) => {
                let note = &self.notes(kind).rows()[place];
                event::of_unnoted(&self.account, note, place, event.event_type)
            }
            Source::Change(number) => self.told.get(number).cloned().unwrap_or_default(),
        }
    }

    /// Who caused an event: the id of a user; 0 is a robot.
    pub fn author(&self, event: &Event) -> u64 {
        match event.key.source() {
            Source::Note(kind, place) => self.notes(kind).rows()[place].created_by.into(),
            _ => self.particulars(event).created_by,
        }
    }

    /// The contact with whom the messages of an event are exchanged.
    pub fn talk_contact(&self, event: &Event) -> u64 {
        match event.key.source() {
            Source::Note(kind, place) => {
                let owner = self.notes(kind).rows()[place].owner;
                self.account.entity_id(Kind::Contact, owner.into())
            }
            _ => 0,
        }
    }

    /// The ids of the entities of a kind that an entity is linked to, those in
    /// the trash left out.
    pub fn linked(&self, entity: &Entity, kind: Kind) -> Vec<u32> {
        let table = self.entities(kind);
        let is_listed =
            |id: &u32| table.find((*id).into()).is_some_and(|entity| !entity.is_deleted);
        entity.links(kind).iter().copied().filter(is_listed).collect()
    }

    /// The contact who called or wrote, if it is known and still there.
    pub fn contact(&self, incoming: &Incoming) -> Option<&Entity> {
        let contact = self.entities(Kind::Contact).find(incoming.contact?.into());
        contact.filter(|contact| !contact.is_gone && !contact.is_deleted)
    }

    /// When the next open task about an entity is due, if there is one;
    /// whatever has a result is done.
    pub fn closest_task(&self, entity: &Entity) -> Option<u32> {
        let deadlines = self.deadlines.get_or_init(|| {
            let mut deadlines: HashMap<_, u32> = HashMap::new();
            let open =
                self.tasks().rows().iter().filter(|task| !task.is_completed && !task.is_gone);
            for task in open {
                if let Some(entity) = task.entity {
                    let first = deadlines.entry(entity).or_insert(u32::MAX);
                    *first = task.complete_till.min(*first);
                }
            }
            deadlines
        });
        deadlines.get(&(entity.kind, entity.id)).copied()
    }

    /// The note that holds the result of a task, if it has one.
    pub fn result(&self, task: &Task) -> Option<&Note> {
        self.notes(Kind::Task).rows().get(task.result? as usize)
    }

    /// An entity, to be changed.
    pub(super) fn entity_mut(&mut self, kind: Kind, id: u64) -> Option<&mut Entity> {
        self.entities_mut(kind)?.find_mut(id)
    }

    /// The entities of a kind, to be changed. As all of these it is there.
    pub(super) fn entities_mut(&mut self, kind: Kind) -> Option<&mut Table<Entity>> {
        self.entities(kind);
        self.entities.get_mut().map(|tables| &mut tables[kind.position()])
    }

    /// The notes about the entities of a kind, to be changed.
    pub(super) fn notes_mut(&mut self, kind: Kind) -> Option<&mut Table<Note>> {
        self.notes(kind);
        self.notes[kind.position()].get_mut()
    }

    /// All tasks, to be changed.
    pub(super) fn tasks_mut(&mut self) -> Option<&mut Table<Task>> {
        self.tasks();
        self.deadlines = OnceLock::new();
        self.tasks.get_mut()
    }

    /// What customers have bought, to be changed.
    pub(super) fn transactions_mut(&mut self) -> Option<&mut Table<Transaction>> {
        self.transactions();
        self.transactions.get_mut()
    }

    /// All events, to be added to.
    pub(super) fn events_mut(&mut self) -> Option<&mut Table<Event>> {
        self.events();
        self.events.get_mut()
    }
}
