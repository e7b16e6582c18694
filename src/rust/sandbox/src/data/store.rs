//! The tables of an account. Each is made when it is first asked for, and
//! changed by [`crate::data::change`] only.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use crate::config::Config;
use crate::data::element::{Element, ElementLink};
use crate::data::entity::KINDS;
use crate::data::event::{self, Key, Particulars, Source};
use crate::data::table::Front;
use crate::data::talk::Talk;
use crate::data::task::Extent;
use crate::data::{
    Account, Content, Entity, Event, Incoming, Kind, Note, Table, Task, Transaction, short,
};

/// One table for each kind.
pub type OfKinds<T> = [T; Kind::ALL.len()];

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
    /// How many leads, contacts and the like were created.
    pub(super) born: OfKinds<u64>,
    /// How many things have happened.
    pub(super) acts: u64,
    /// The present, in seconds since 1970, which changes move on.
    pub(super) now: u32,
    /// How many of the first rows of the lists are held back.
    withheld: usize,
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
            born: Default::default(),
            acts: 0,
            withheld: 0,
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

    /// Every task; the list begins behind those that only results tell of.
    pub fn tasks(&self) -> &Table<Task> {
        self.tasks.get_or_init(|| {
            let extent = self.task_extent();
            let tasks = (0..extent.all).map(|place| self.account.task(place, extent));
            let first = usize::try_from(extent.first).unwrap_or(usize::MAX);
            tasks.collect::<Table<Task>>().beginning_at(first)
        })
    }

    /// Which tasks there are at first.
    pub fn task_extent(&self) -> Extent {
        Extent::new(self.made_up[Kind::Task.position()], self.account.lists.tasks)
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

    /// What is talked about in messengers.
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
                (Source::Note(kind, place), note.note_type.event(income)),
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
        contact.filter(|contact| !contact.is_deleted)
    }

    /// When the next open task about an entity is due, if there is one;
    /// whatever has a result is done.
    pub fn closest_task(&self, entity: &Entity) -> Option<u32> {
        let deadlines = self.deadlines.get_or_init(|| {
            let mut deadlines: HashMap<_, u32> = HashMap::new();
            for task in self.tasks().there().filter(|task| !task.is_completed) {
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

    /// What belongs to an entity out of catalogs.
    pub fn element_links(&self, entity: &Entity) -> Vec<ElementLink> {
        let mut links = self.account.element_links(entity.kind, entity.number);
        links.retain(|link| self.elements().find(link.element).is_some());
        links
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

    /// Leads that nobody has accepted yet, to be changed.
    pub(super) fn incoming_mut(&mut self) -> Option<&mut Table<Incoming>> {
        self.incoming();
        self.incoming.get_mut()
    }

    /// What is in the catalogs, to be changed.
    pub(super) fn elements_mut(&mut self) -> Option<&mut Table<Element>> {
        self.elements();
        self.elements.get_mut()
    }

    /// All events, to be changed, and with them the talks that they tell of.
    pub(super) fn events_mut(&mut self) -> Option<&mut Table<Event>> {
        self.events();
        self.talks = OnceLock::new();
        self.events.get_mut()
    }

    /// Holds so many of the first rows of every list back, until they are brought back.
    pub fn withhold(&mut self, rows: u64) {
        if rows > 0 {
            self.withheld = usize::try_from(rows).unwrap_or(usize::MAX);
            self.remove_first(rows);
        }
    }

    /// Deletes so many of the first rows of every list.
    pub fn remove_first(&mut self, rows: u64) {
        let rows = usize::try_from(rows).unwrap_or(usize::MAX);
        let notes = self.at_front(|list| list.remove_first(rows));
        if let Some(events) = self.events_mut() {
            events.remove_where(|event| event.is_of(&notes));
        }
    }

    /// Brings back so many of the rows that are held back, the last ones first.
    pub fn bring_back(&mut self, rows: u64) {
        let rows = usize::try_from(rows).unwrap_or(usize::MAX);
        let places = self.withheld.saturating_sub(rows)..self.withheld;
        self.withheld = places.start;
        let notes = self.at_front(|list| list.put_back(places.clone()));
        if let Some(events) = self.events_mut() {
            events.restore_where(|event| event.is_of(&notes));
        }
    }

    /// Does something with the front of every list, and tells the places of the notes that
    /// are concerned. Events go by these, talks by events.
    fn at_front(
        &mut self,
        act: impl Fn(&mut dyn Front) -> HashSet<usize>,
    ) -> OfKinds<HashSet<usize>> {
        self.events();
        for kind in KINDS {
            self.entities_mut(kind).map(|table| act(table));
        }
        self.tasks_mut().map(|table| act(table));
        self.transactions_mut().map(|table| act(table));
        self.incoming_mut().map(|table| act(table));
        self.elements_mut().map(|table| act(table));
        Kind::ALL.map(|kind| self.notes_mut(kind).map(|table| act(table)).unwrap_or_default())
    }
}
