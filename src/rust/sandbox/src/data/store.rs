//! The tables of an account. Each is made when it is first asked for, and
//! changed by [`crate::data::change`] only.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use crate::config::Config;
use crate::data::element::{Element, ElementLink};
use crate::data::entity::KINDS;
use crate::data::event::{self, Particulars, Source};
use crate::data::kind::OfKinds;
use crate::data::lazy::Lazy;
use crate::data::table::{Front, to_usize};
use crate::data::talk::Talk;
use crate::data::task::Extent;
use crate::data::{
    Account, Content, Entity, Event, Incoming, Kind, List, Note, Table, Task, Transaction, clamped,
};

/// All rows of an account.
pub struct Store {
    pub account: Arc<Account>,
    /// Whether there are customers.
    has_customers: bool,
    pub entities: Lazy<OfKinds<Table<Entity>>>,
    /// The notes about the entities of each kind.
    pub notes: OfKinds<Lazy<Table<Note>>>,
    /// What customers have bought.
    pub transactions: Lazy<Table<Transaction>>,
    /// Leads that nobody has accepted yet.
    pub incoming: Lazy<Table<Incoming>>,
    /// What is in the catalogs.
    pub elements: Lazy<Table<Element>>,
    tasks: Lazy<Table<Task>>,
    deadlines: OnceLock<HashMap<(Kind, u32), u32>>,
    events: Lazy<Table<Event>>,
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
        let is_recorded = |kind| config.items.contains_key(&kind);
        let notes = OfKinds::new(|kind| if is_recorded(kind) { 0 } else { config.notes[kind] });
        let extent = Extent::new(notes[Kind::Task], account.lists[List::Tasks]);
        // In API v4, which has the events, Kommo has no customers.
        let shown = if config.kommo { notes.with(Kind::Customer, 0) } else { notes };
        Self {
            has_customers: !config.kommo,
            entities: Lazy::new(&account, Account::all_entities),
            notes: OfKinds::new(|kind| {
                Lazy::new(&account, move |account| {
                    (0..notes[kind]).map(|index| account.note(kind, index)).collect()
                })
            }),
            transactions: Lazy::new(&account, |account| {
                (0..account.transactions()).map(|place| account.transaction(place)).collect()
            }),
            incoming: Lazy::new(&account, |account| {
                let places = 0..account.lists[List::IncomingLeads];
                places.map(|place| account.incoming(place)).collect()
            }),
            elements: Lazy::new(&account, Account::elements),
            tasks: Lazy::new(&account, move |account| account.tasks(extent)),
            deadlines: OnceLock::new(),
            events: Lazy::new(&account, move |account| account.events(&shown)),
            talks: OnceLock::new(),
            written: HashMap::new(),
            told: Vec::new(),
            born: OfKinds::default(),
            acts: 0,
            withheld: 0,
            now: clamped(config.now),
            account,
        }
    }

    /// Every task; the list begins behind those that only results tell of.
    pub fn tasks(&self) -> &Table<Task> {
        &self.tasks
    }

    /// The same, to be changed.
    pub(super) fn tasks_mut(&mut self) -> &mut Table<Task> {
        self.deadlines = OnceLock::new();
        &mut self.tasks
    }

    /// All events, in order of time.
    pub fn events(&self) -> &Table<Event> {
        &self.events
    }

    /// The same, to be changed, and with them the talks that they tell of.
    pub(super) fn events_mut(&mut self) -> &mut Table<Event> {
        self.talks = OnceLock::new();
        &mut self.events
    }

    /// What is talked about in messengers.
    pub fn talks(&self) -> &Table<Talk> {
        self.talks.get_or_init(|| self.talks_of_events())
    }

    /// Whether API v4 has things of this kind: Kommo has no customers.
    pub fn plays(&self, kind: Kind) -> bool {
        kind != Kind::Customer || self.has_customers
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
                let note = &self.notes[kind].rows()[place];
                event::of_content(event, note, self.content(note))
            }
            Source::Unnoted(kind, place) => {
                let note = &self.notes[kind].rows()[place];
                event::of_unnoted(&self.account, note, place, event.event_type)
            }
            Source::Change(number) => self.told.get(number).cloned().unwrap_or_default(),
        }
    }

    /// The note with which an event came.
    fn note_of(&self, event: &Event) -> Option<&Note> {
        match event.key.source() {
            Source::Note(kind, place) => self.notes[kind].rows().get(place),
            _ => None,
        }
    }

    /// Who caused an event: the id of a user; 0 is a robot.
    pub fn author(&self, event: &Event) -> u64 {
        let note = self.note_of(event);
        note.map_or_else(|| self.particulars(event).created_by, |note| note.created_by.into())
    }

    /// The contact with whom the messages of an event are exchanged.
    pub fn talk_contact(&self, event: &Event) -> u64 {
        let owner = self.note_of(event).map(|note| note.owner.into());
        owner.map_or(0, |owner| self.account.entity_id(Kind::Contact, owner))
    }

    /// The ids of the entities of a kind that an entity is linked to, those in
    /// the trash left out.
    pub fn linked(&self, entity: &Entity, kind: Kind) -> Vec<u32> {
        let table = &self.entities[kind];
        let is_listed =
            |id: &u32| table.find((*id).into()).is_some_and(|entity| !entity.is_deleted);
        entity.links[kind].iter().copied().filter(is_listed).collect()
    }

    /// The contact who called or wrote, if it is known and still there.
    pub fn contact(&self, incoming: &Incoming) -> Option<&Entity> {
        let contact = self.entities[Kind::Contact].find(incoming.contact?.into());
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
        self.notes[Kind::Task].rows().get(task.result? as usize)
    }

    /// What belongs to an entity out of catalogs.
    pub fn element_links(&self, entity: &Entity) -> Vec<ElementLink> {
        let mut links = self.account.element_links(entity.kind, entity.number);
        links.retain(|link| self.elements.find(link.element).is_some());
        links
    }

    /// Holds so many of the first rows of every list back, until they are brought back.
    pub fn withhold(&mut self, rows: u64) {
        if rows > 0 {
            self.withheld = to_usize(rows);
            self.remove_first(rows);
        }
    }

    /// Deletes so many of the first rows of every list.
    pub fn remove_first(&mut self, rows: u64) {
        let notes = self.at_front(|list| list.remove_first(to_usize(rows)));
        self.events_mut().remove_where(|event| event.is_of(&notes));
    }

    /// Brings back so many of the rows that are held back, the last ones first.
    pub fn bring_back(&mut self, rows: u64) {
        let places = self.withheld.saturating_sub(to_usize(rows))..self.withheld;
        self.withheld = places.start;
        let notes = self.at_front(|list| list.put_back(places.clone()));
        self.events_mut().restore_where(|event| event.is_of(&notes));
    }

    /// Does something with the front of every list, and tells the places of the notes that
    /// are concerned. Events go by these, talks by events.
    fn at_front(
        &mut self,
        act: impl Fn(&mut dyn Front) -> HashSet<usize>,
    ) -> OfKinds<HashSet<usize>> {
        for kind in KINDS {
            act(&mut self.entities[kind]);
        }
        act(self.tasks_mut());
        act(&mut *self.transactions);
        act(&mut *self.incoming);
        act(&mut *self.elements);
        OfKinds::new(|kind| act(&mut *self.notes[kind]))
    }
}
