//! What happens in the account: entities come and go, are changed and merged,
//! each time with the events and notes that amoCRM writes.

use std::sync::Arc;

use crate::data::account::USERS;
use crate::data::entity::{Birth, KINDS};
use crate::data::event::{self, Key, Particulars, Source, Value};
use crate::data::funnel::{LOSS_REASONS, LOST, PIPELINES};
use crate::data::names::PersonName;
use crate::data::{
    Content, Entity, Event, Field, Kind, Note, NoteType, Rng, Row, Stage, Store, User, short, text,
    values,
};
use crate::data::{fields, note};

const SALT: u64 = 0x0000_C4A6;

/// Something that happens to an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It comes into being.
    Create,
    /// Its name, its price, a tag or a field changes.
    Update,
    /// A lead goes to another stage.
    Move,
    /// It goes to another user.
    Assign,
    /// Somebody writes a note about it.
    Note,
    /// Somebody sets a task about it.
    Task,
    /// The next of its tasks is done.
    Done,
    /// It goes into the trash.
    Trash,
    /// It comes back from there; customers don't.
    Restore,
    /// Another one, with all that belongs to it, becomes a part of it.
    Merge,
    /// It is gone for good, with its notes, tasks and purchases.
    Delete,
}

/// Something that has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changed {
    /// What it was.
    pub change: Change,
    /// To what kind of entity.
    pub kind: Kind,
    /// Its id.
    pub id: u32,
    /// When, in seconds since 1970.
    pub at: u32,
}

impl Change {
    /// Every change, its name, and how often it happens by itself.
    const ALL: [(Self, &str, u64); 11] = [
        (Self::Create, "create", 10),
        (Self::Update, "update", 30),
        (Self::Move, "move", 20),
        (Self::Assign, "assign", 5),
        (Self::Note, "note", 20),
        (Self::Task, "task", 8),
        (Self::Done, "done", 8),
        (Self::Trash, "trash", 4),
        (Self::Restore, "restore", 2),
        (Self::Merge, "merge", 2),
        (Self::Delete, "delete", 1),
    ];

    /// What it is called, such as `create`.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(change, ..)| *change == self).map_or("", |(_, name, _)| name)
    }

    /// The change that [`Change::name`] gives `name` for, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known, _)| *known == name).map(|(change, ..)| change)
    }
}

/// Who does something to what, and when.
#[derive(Clone, Copy)]
struct Act {
    kind: Kind,
    id: u64,
    at: u32,
    by: &'static User,
}

impl Store {
    /// Chance, which is another one after each change.
    pub fn chance(&self, seed: u64) -> Rng {
        Rng::of(&[seed, SALT, self.now.into(), self.told.len() as u64])
    }

    /// So many changes of any kind.
    pub fn live(&mut self, changes: u64, rng: &mut Rng) -> Vec<Changed> {
        (0..changes).filter_map(|_| self.live_on(rng)).collect()
    }

    fn live_on(&mut self, rng: &mut Rng) -> Option<Changed> {
        let often =
            [(Kind::Lead, 50), (Kind::Contact, 30), (Kind::Company, 12), (Kind::Customer, 8)];
        let kinds = often.map(|(kind, often)| (kind, if self.plays(kind) { often } else { 0 }));
        let changes = Change::ALL.map(|(change, _, often)| (change, often));
        // What is drawn may find nothing that it could happen to.
        let draw = |_| {
            let (kind, change) = (rng.weighted(&kinds), rng.weighted(&changes));
            self.change(change, kind, None, rng)
        };
        (0..50).find_map(draw)
    }

    /// Lets something happen to the entity with this id or, without one, to any
    /// of its kind. Nothing if there is none to which it can happen.
    pub fn change(
        &mut self,
        change: Change,
        kind: Kind,
        id: Option<u64>,
        rng: &mut Rng,
    ) -> Option<Changed> {
        let ids: Vec<u64> = match id {
            _ if change == Change::Create => vec![0],
            Some(id) => vec![id],
            None => self.entities(kind).rows().iter().map(Row::id).collect(),
        };
        let is_open = |id: &u64| change == Change::Create || self.can(change, kind, *id);
        let ids: Vec<u64> = ids.into_iter().filter(is_open).collect();
        let id = *ids.get(rng.index(ids.len()))?;
        let act = self.act(kind, id, rng);
        let id = match change {
            Change::Create => self.create(act, rng)?,
            _ => id,
        };
        match change {
            Change::Create => {}
            Change::Update => self.update(act, rng)?,
            Change::Move => self.move_on(act, rng)?,
            Change::Assign => self.assign(act, rng)?,
            Change::Note => self.write(act, NoteType::Common, None)?,
            Change::Task => self.set_task(act, rng)?,
            Change::Done => self.finish_task(act)?,
            Change::Trash => self.put_away(act, true, deleted(kind))?,
            Change::Restore => self.put_away(act, false, restored(kind)?)?,
            Change::Merge => self.merge(act, self.another(kind, id, rng)?)?,
            Change::Delete => self.delete(act)?,
        }
        Some(Changed { change, kind, id: short(id), at: act.at })
    }

    /// Lets it happen to each of these in turn; of those that are merged the
    /// first one stays. The error is the id of one to which it can't happen.
    pub fn change_each(
        &mut self,
        change: Change,
        kind: Kind,
        ids: &[u64],
        rng: &mut Rng,
    ) -> Result<Vec<Changed>, u64> {
        match ids {
            [winner, losers @ ..] if change == Change::Merge && !losers.is_empty() => {
                let merge = |loser: &u64| self.merge_into(kind, *winner, *loser, rng).ok_or(*loser);
                losers.iter().map(merge).collect()
            }
            _ => {
                ids.iter().map(|id| self.change(change, kind, Some(*id), rng).ok_or(*id)).collect()
            }
        }
    }

    /// Makes the second entity of a kind a part of the first.
    fn merge_into(&mut self, kind: Kind, id: u64, loser: u64, rng: &mut Rng) -> Option<Changed> {
        let is_open = |id| self.can(Change::Trash, kind, id);
        if id == loser || !is_open(id) || !is_open(loser) {
            return None;
        }
        let act = self.act(kind, id, rng);
        self.merge(act, loser)?;
        Some(Changed { change: Change::Merge, kind, id: short(id), at: act.at })
    }

    /// Somebody does something now. Now and then two things happen in the same
    /// second.
    fn act(&mut self, kind: Kind, id: u64, rng: &mut Rng) -> Act {
        self.now += short(rng.below(3));
        Act { kind, id, at: self.now, by: worker(rng) }
    }

    /// Whether this can happen to an entity that there is.
    fn can(&self, change: Change, kind: Kind, id: u64) -> bool {
        let Some(entity) = self.entities(kind).find(id).filter(|entity| !entity.is_gone) else {
            return false;
        };
        match change {
            Change::Delete => true,
            Change::Restore => entity.is_deleted && restored(kind).is_some(),
            Change::Move => kind == Kind::Lead && !entity.is_deleted,
            Change::Done => !entity.is_deleted && self.closest_task(entity).is_some(),
            _ => !entity.is_deleted,
        }
    }

    fn create(&mut self, act: Act, rng: &mut Rng) -> Option<u64> {
        let (kind, account) = (act.kind, &self.account);
        // Leads that wait have numbers already.
        let waiting = if kind == Kind::Lead { account.lists.unsorted } else { 0 };
        let place = self.entities(kind).rows().len() as u64 + waiting;
        let number = account.number(kind, place);
        let birth = Birth {
            number,
            id: short(account.entity_id(kind, number)),
            responsible: act.by,
            created_at: act.at,
            created_by: act.by.id,
        };
        let name = match kind {
            Kind::Contact | Kind::Customer => account.correspondent(kind, number).name,
            Kind::Company => text::company(rng),
            Kind::Lead | Kind::Task => account.lead_name(number),
        };
        let stage = if kind == Kind::Lead {
            stages(rng.index(PIPELINES.len()))[0]
        } else {
            Stage::default()
        };
        let entity = Entity::new(account, kind, &birth, PersonName::whole(name), stage);
        self.entities_mut(kind)?.insert(entity);
        let id = birth.id.into();
        self.settle(kind, id, rng);
        let note_type = match kind {
            Kind::Lead => NoteType::LeadCreated,
            Kind::Company => NoteType::CompanyCreated,
            Kind::Customer => NoteType::CustomerCreated,
            Kind::Contact | Kind::Task => NoteType::ContactCreated,
        };
        self.write(Act { id, ..act }, note_type, None)?;
        Some(id)
    }

    /// Links a new entity: a contact to a company, a lead or customer to a
    /// contact and its company.
    fn settle(&mut self, kind: Kind, id: u64, rng: &mut Rng) {
        let other = match kind {
            Kind::Contact => Kind::Company,
            Kind::Company | Kind::Task => return,
            Kind::Lead | Kind::Customer => Kind::Contact,
        };
        let Some(linked) = self.another(other, 0, rng) else { return };
        self.link((kind, id), (other, linked));
        let company =
            self.entities(other).find(linked).and_then(|e| e.links(Kind::Company).first());
        if let Some(company) = company.copied() {
            self.link((kind, id), (Kind::Company, company.into()));
        }
    }

    fn update(&mut self, act: Act, rng: &mut Rng) -> Option<()> {
        let account = Arc::clone(&self.account);
        let kind = act.kind;
        let entity = self.touch(act)?;
        let simple: Vec<&'static Field> =
            fields::of(kind).iter().filter(|field| field.is_simple()).collect();
        let is_lead = u64::from(kind == Kind::Lead);
        let fields = u64::from(!simple.is_empty());
        let what =
            rng.weighted(&[("name", 2), ("tag", 2), ("field", 3 * fields), ("sale", 3 * is_lead)]);
        let (event_type, after, before) = match what {
            "name" => {
                let name = match kind {
                    Kind::Lead => text::deal(rng),
                    Kind::Company => text::company(rng),
                    _ => text::correspondent(rng).name,
                };
                let before = entity.name.full.clone();
                entity.rename(name.clone());
                ("name_field_changed", vec![Value::Name(name)], vec![Value::Name(before)])
            }
            "tag" => {
                let tag = rng.pick(&text::TAGS);
                let before = entity.tags.len();
                entity.tags.retain(|own| *own != tag);
                if entity.tags.len() < before {
                    ("entity_tag_deleted", Vec::new(), event::tags(vec![tag]))
                } else {
                    entity.tags.push(tag);
                    ("entity_tag_added", event::tags(vec![tag]), Vec::new())
                }
            }
            "field" => {
                let filled =
                    account.filled(kind, entity.number, simple[rng.index(simple.len())], rng);
                let after = field_values(&filled);
                let place = entity.fields.iter().position(|old| old.field.id == filled.field.id);
                let before =
                    place.map_or_else(Vec::new, |place| field_values(&entity.fields.remove(place)));
                entity.fields.push(filled);
                entity.fields.sort_by_key(|filled| {
                    fields::of(kind).iter().position(|field| field.id == filled.field.id)
                });
                ("custom_field_value_changed", after, before)
            }
            _ => {
                let before = entity.value.price;
                entity.value.price = rng.between(5, 900) * 1000;
                let after = vec![Value::Sale(entity.value.price)];
                ("sale_field_changed", after, vec![Value::Sale(before)])
            }
        };
        self.tell(act, event_type, after, before);
        Some(())
    }

    fn move_on(&mut self, act: Act, rng: &mut Rng) -> Option<()> {
        let lead = self.touch(act)?;
        let from = lead.state.stage;
        let pipeline = PIPELINES.iter().position(|pipeline| pipeline.id == from.pipeline)?;
        let others: Vec<Stage> =
            stages(pipeline).into_iter().filter(|stage| *stage != from).collect();
        let to = *others.get(rng.index(others.len()))?;
        let loss_reason = if to.status == LOST { rng.weighted(&LOSS_REASONS) } else { 0 };
        lead.move_to(to, act.at, loss_reason);
        let content = Content::StageChanged { from, to, loss_reason };
        self.write(act, NoteType::StageChanged, Some(content))
    }

    fn assign(&mut self, act: Act, rng: &mut Rng) -> Option<()> {
        let entity = self.touch(act)?;
        let from = entity.responsible.id;
        while entity.responsible.id == from {
            entity.responsible = worker(rng);
        }
        let to = entity.responsible.id;
        let content = Content::ResponsibleChanged { from, to };
        self.write(act, NoteType::ResponsibleChanged, Some(content))
    }

    fn set_task(&mut self, act: Act, rng: &mut Rng) -> Option<()> {
        let responsible = self.entities(act.kind).find(act.id)?.responsible;
        let place = self.tasks().rows().len() as u64;
        let about = (act.kind, short(act.id));
        let task = self.account.new_task(place, act.at, responsible, about, rng);
        let id = task.id();
        self.tasks_mut()?.insert(task);
        self.tell(Act { kind: Kind::Task, id, ..act }, "task_added", Vec::new(), Vec::new());
        Some(())
    }

    fn finish_task(&mut self, act: Act) -> Option<()> {
        let about = Some((act.kind, short(act.id)));
        let open = self
            .tasks()
            .rows()
            .iter()
            .filter(|task| task.entity == about && !task.is_completed && !task.is_gone);
        let id = open.min_by_key(|task| task.complete_till)?.id();
        let result = short(self.notes(Kind::Task).rows().len() as u64);
        let task = self.tasks_mut()?.find_mut(id)?;
        (task.is_completed, task.updated_at, task.result) = (true, act.at, Some(result));
        let of_task = Act { kind: Kind::Task, id, ..act };
        self.tell(of_task, "task_completed", Vec::new(), Vec::new());
        self.write(of_task, NoteType::TaskResult, None)
    }

    fn put_away(&mut self, act: Act, is_deleted: bool, event_type: &'static str) -> Option<()> {
        self.touch(act)?.is_deleted = is_deleted;
        self.tell(act, event_type, Vec::new(), Vec::new());
        Some(())
    }

    fn delete(&mut self, act: Act) -> Option<()> {
        if !self.touch(act)?.is_deleted {
            self.tell(act, deleted(act.kind), Vec::new(), Vec::new());
        }
        let id = short(act.id);
        for kind in KINDS {
            for linked in self.remove(act.kind, act.id, kind) {
                self.unlink((kind, linked.into()), (act.kind, act.id));
            }
        }
        for note in self.notes_mut(act.kind)?.rows_mut() {
            note.is_gone |= note.entity == id;
        }
        let mut tasks = Vec::new();
        for task in self.tasks_mut()?.rows_mut() {
            if task.entity == Some((act.kind, id)) {
                task.is_gone = true;
                tasks.push(task.id);
            }
        }
        for result in self.notes_mut(Kind::Task)?.rows_mut() {
            result.is_gone |= tasks.contains(&result.entity);
        }
        for purchase in self.transactions_mut()?.rows_mut() {
            purchase.is_gone |= act.kind == Kind::Customer && purchase.customer == id;
        }
        Some(())
    }

    fn merge(&mut self, act: Act, loser: u64) -> Option<()> {
        let (kind, winner, lost) = (act.kind, short(act.id), short(loser));
        let tags = self.entities(kind).find(loser)?.tags.clone();
        let entity = self.touch(act)?;
        for tag in tags {
            if !entity.tags.contains(&tag) {
                entity.tags.push(tag);
            }
        }
        for other in KINDS {
            for linked in self.remove(kind, loser, other) {
                self.unlink((other, linked.into()), (kind, loser));
                self.link((kind, act.id), (other, linked.into()));
            }
        }
        let notes = self.notes_mut(kind)?.rows_mut().iter_mut();
        notes.filter(|note| note.entity == lost).for_each(|note| note.entity = winner);
        let tasks = self.tasks_mut()?.rows_mut().iter_mut();
        let lost_tasks = tasks.filter(|task| task.entity == Some((kind, lost)));
        lost_tasks.for_each(|task| task.entity = Some((kind, winner)));
        if kind == Kind::Customer {
            let rows = self.transactions_mut()?.rows_mut().iter_mut();
            rows.filter(|row| row.customer == lost).for_each(|row| row.customer = winner);
        }
        self.tell(act, "entity_merged", Vec::new(), Vec::new());
        Some(())
    }

    /// Takes an entity out for good, and gives what it was linked to of a kind.
    fn remove(&mut self, kind: Kind, id: u64, other: Kind) -> Vec<u32> {
        let entity = self.entity_mut(kind, id);
        entity.map_or_else(Vec::new, |entity| {
            entity.is_gone = true;
            std::mem::take(entity.links_mut(other))
        })
    }

    /// Links two entities to one another, unless one has a company already:
    /// that is enough.
    fn link(&mut self, one: (Kind, u64), other: (Kind, u64)) {
        let is_full = |(kind, id): (Kind, u64), other: Kind| {
            let entity = self.entities(kind).find(id);
            other == Kind::Company && entity.is_some_and(|entity| !entity.links(other).is_empty())
        };
        if is_full(one, other.0) || is_full(other, one.0) {
            return;
        }
        for ((kind, id), (other, linked)) in [(one, other), (other, one)] {
            if let Some(entity) = self.entity_mut(kind, id) {
                let links = entity.links_mut(other);
                if !links.contains(&short(linked)) {
                    links.push(short(linked));
                }
            }
        }
    }

    fn unlink(&mut self, (kind, id): (Kind, u64), (other, other_id): (Kind, u64)) {
        if let Some(entity) = self.entity_mut(kind, id) {
            entity.links_mut(other).retain(|linked| *linked != short(other_id));
        }
    }

    /// Any other entity of the kind.
    fn another(&self, kind: Kind, id: u64, rng: &mut Rng) -> Option<u64> {
        let ids = self
            .entities(kind)
            .rows()
            .iter()
            .filter(|entity| entity.id() != id && !entity.is_gone && !entity.is_deleted);
        let ids: Vec<u64> = ids.map(Row::id).collect();
        ids.get(rng.index(ids.len())).copied()
    }

    /// The entity, which is changed.
    fn touch(&mut self, act: Act) -> Option<&mut Entity> {
        let entity = self.entity_mut(act.kind, act.id)?;
        (entity.updated_at, entity.updated_by) = (act.at, act.by.id);
        Some(entity)
    }

    /// Writes a note, and with it the event that it comes with.
    fn write(&mut self, act: Act, note_type: NoteType, content: Option<Content>) -> Option<()> {
        let Act { kind, at, by, .. } = act;
        let (owner, responsible) = match self.entities(kind).find(act.id) {
            Some(entity) => (entity.number, entity.responsible),
            None => (0, self.tasks().find(act.id)?.responsible),
        };
        let place = self.notes(kind).rows().len();
        let id = note::note_id(kind, place as u64, act.id);
        let note = Note {
            kind,
            id: short(id),
            owner: short(owner),
            entity: short(act.id),
            note_type,
            move_number: None,
            created_at: at,
            updated_at: at,
            created_by: short(by.id),
            responsible,
            is_gone: false,
        };
        self.written.extend(content.map(|content| (note.id, content)));
        self.notes_mut(kind)?.insert(note);
        if let Some(event_type) = event::of_note(note_type, || false) {
            self.add_event(act, event_type, Source::Note(kind, place));
        }
        Some(())
    }

    /// Adds an event that no note tells of.
    fn tell(&mut self, act: Act, event_type: &'static str, after: Vec<Value>, before: Vec<Value>) {
        self.add_event(act, event_type, Source::Change(self.told.len()));
        self.told.push(Particulars { created_by: act.by.id, after, before });
    }

    fn add_event(&mut self, act: Act, event_type: &'static str, source: Source) {
        let key = Key::new(act.at, source);
        let event = Event { key, event_type, kind: act.kind, entity: short(act.id) };
        if let Some(events) = self.events_mut() {
            events.insert(event);
        }
    }
}

/// Somebody who works.
fn worker(rng: &mut Rng) -> &'static User {
    let shares = USERS.each_ref().map(|user| (user, if user.is_active { user.share } else { 0 }));
    rng.weighted(&shares)
}

/// The stages of a pipeline in the order in which leads pass them.
fn stages(pipeline: usize) -> Vec<Stage> {
    let pipeline = &PIPELINES[pipeline];
    let mut statuses: Vec<_> = pipeline.statuses.iter().collect();
    statuses.sort_by_key(|status| status.sort);
    statuses.iter().map(|status| Stage { pipeline: pipeline.id, status: status.id }).collect()
}

fn field_values(filled: &values::Filled) -> Vec<Value> {
    let value = |value: &values::Value| {
        let (choice, text) = match value {
            values::Value::Choice((id, name)) => (Some(*id), (*name).to_owned()),
            values::Value::Text(text) => (None, text.clone()),
            _ => (None, "1".to_owned()),
        };
        Value::Field { id: filled.field.id, shape: filled.field.shape, choice, text }
    };
    filled.values.iter().map(value).collect()
}

fn deleted(kind: Kind) -> &'static str {
    match kind {
        Kind::Contact => "contact_deleted",
        Kind::Lead => "lead_deleted",
        Kind::Company => "company_deleted",
        Kind::Task => "task_deleted",
        Kind::Customer => "customer_deleted",
    }
}

fn restored(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Contact => Some("contact_restored"),
        Kind::Lead => Some("lead_restored"),
        Kind::Company => Some("company_restored"),
        Kind::Task | Kind::Customer => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::config::{Config, ListCounts, NoteCounts};
    use crate::data::account::Account;
    use crate::data::table::Table;

    fn store() -> Store {
        let lists = ListCounts { leads: 60, contacts: 40, ..ListCounts::default() };
        let config = Config { notes: NoteCounts::each(300), lists, ..Config::default() };
        Store::new(Arc::new(Account::new(&config).unwrap()), &config)
    }

    fn rises<T: Row>(table: &Table<T>) -> bool {
        table.rows().is_sorted_by(|one, other| one.id() < other.id())
    }

    fn lead(store: &mut Store, change: Change) -> Changed {
        let mut rng = store.chance(1);
        store.change(change, Kind::Lead, None, &mut rng).unwrap()
    }

    fn latest(store: &Store) -> &Event {
        store.events().rows().last().unwrap()
    }

    fn entity(store: &Store, changed: Changed) -> &Entity {
        store.entities(changed.kind).find(changed.id.into()).unwrap()
    }

    #[test]
    fn every_change_has_its_time_and_its_event() {
        for (change, event_types) in [
            (Change::Create, &["lead_added"][..]),
            (
                Change::Update,
                &[
                    "name_field_changed",
                    "entity_tag_added",
                    "entity_tag_deleted",
                    "custom_field_value_changed",
                    "sale_field_changed",
                ],
            ),
            (Change::Move, &["lead_status_changed"]),
            (Change::Assign, &["entity_responsible_changed"]),
            (Change::Note, &["common_note_added"]),
            (Change::Task, &["task_added"]),
            (Change::Done, &["task_completed", "task_result_added"]),
            (Change::Trash, &["lead_deleted"]),
            (Change::Merge, &["entity_merged"]),
            (Change::Delete, &["lead_deleted"]),
        ] {
            let mut store = store();
            let before = store.now;
            let changed = lead(&mut store, change);
            let event = latest(&store);
            assert!(changed.at >= before, "{change:?}");
            assert_eq!(event.key.created_at(), u64::from(changed.at), "{change:?}");
            assert!(event_types.contains(&event.event_type), "{change:?} {}", event.event_type);
            let is_of_task = matches!(change, Change::Task | Change::Done);
            assert!(is_of_task || event.entity == changed.id, "{change:?}");
            let quiet = is_of_task || change == Change::Note;
            assert!(quiet || entity(&store, changed).updated_at == changed.at, "{change:?}");
        }
    }

    #[test]
    fn a_move_is_told_by_a_note_and_an_event_from_where_to_where() {
        let mut store = store();
        let first = lead(&mut store, Change::Create);
        let from = entity(&store, first).state.stage;
        let mut rng = store.chance(1);
        let moved =
            store.change(Change::Move, Kind::Lead, Some(first.id.into()), &mut rng).unwrap();
        let to = entity(&store, moved).state.stage;
        let note = store.notes(Kind::Lead).rows().last().unwrap();
        assert_eq!((note.entity, note.note_type), (first.id, NoteType::StageChanged));
        let Content::StageChanged { from: before, to: after, .. } = store.content(note) else {
            unreachable!("a move without stages");
        };
        assert_eq!((before, after), (from, to));
        let told = store.particulars(latest(&store));
        assert!(matches!(told.before[..], [Value::Stage(stage)] if stage == from));
        assert!(matches!(told.after[..], [Value::Stage(stage)] if stage == to));
    }

    #[test]
    fn what_was_in_the_trash_comes_back_but_for_customers() {
        let mut store = store();
        let mut rng = store.chance(1);
        for (kind, comes_back) in KINDS.into_iter().zip([true, true, true, false]) {
            let gone = store.change(Change::Trash, kind, None, &mut rng).unwrap();
            assert!(entity(&store, gone).is_deleted);
            assert!(store.change(Change::Update, kind, Some(gone.id.into()), &mut rng).is_none());
            let back = store.change(Change::Restore, kind, Some(gone.id.into()), &mut rng);
            assert_eq!(back.is_some(), comes_back, "{kind:?}");
            assert_eq!(entity(&store, gone).is_deleted, !comes_back);
        }
    }

    #[test]
    fn what_belonged_to_a_merged_entity_belongs_to_the_other() {
        let mut store = store();
        let mut rng = store.chance(1);
        let leads: Vec<u64> = store.entities(Kind::Lead).rows().iter().map(Row::id).collect();
        let (winner, loser) = (leads[58], leads[59]);
        let notes = |store: &Store, id: u64| {
            let of = |note: &&Note| u64::from(note.entity) == id;
            store.notes(Kind::Lead).rows().iter().filter(of).count()
        };
        let (own, others) = (notes(&store, winner), notes(&store, loser));
        assert!(others > 0);
        let merged = store.change_each(Change::Merge, Kind::Lead, &[winner, loser], &mut rng);
        assert_eq!(merged.unwrap().len(), 1);
        assert_eq!((notes(&store, winner), notes(&store, loser)), (own + others, 0));
        assert!(store.entities(Kind::Lead).find(loser).unwrap().is_gone);
        let again = store.change_each(Change::Merge, Kind::Lead, &[winner, loser], &mut rng);
        assert_eq!(again, Err(loser));
    }

    #[test]
    fn what_is_deleted_takes_its_notes_tasks_and_purchases_along() {
        let mut store = store();
        let mut rng = store.chance(1);
        let newest = store.entities(Kind::Customer).rows().last().unwrap().id();
        let left = |store: &Store| {
            let notes = store.notes(Kind::Customer).rows().iter();
            let purchases = store.transactions().rows().iter();
            let tasks = store.tasks().rows().iter();
            let about = (Kind::Customer, short(newest));
            [
                notes.filter(|note| !note.is_gone && u64::from(note.entity) == newest).count(),
                purchases.filter(|row| !row.is_gone && u64::from(row.customer) == newest).count(),
                tasks.filter(|task| !task.is_gone && task.entity == Some(about)).count(),
            ]
        };
        store.change(Change::Task, Kind::Customer, Some(newest), &mut rng).unwrap();
        assert!(left(&store).iter().all(|rows| *rows > 0));
        store.change(Change::Delete, Kind::Customer, Some(newest), &mut rng).unwrap();
        assert_eq!(left(&store), [0; 3]);
        assert_eq!(latest(&store).event_type, "customer_deleted");
    }

    #[test]
    fn after_a_thousand_changes_all_is_in_order() {
        let mut store = store();
        let mut rng = store.chance(9);
        let changed = store.live(1000, &mut rng);
        assert_eq!(changed.len(), 1000);
        assert!(changed.is_sorted_by_key(|changed| changed.at));
        for (change, ..) in Change::ALL {
            assert!(changed.iter().any(|changed| changed.change == change), "{change:?}");
        }
        assert!(rises(store.events()) && rises(store.tasks()));
        for kind in KINDS {
            assert!(rises(store.entities(kind)) && rises(store.notes(kind)));
            for entity in store.entities(kind).rows() {
                for (other, id) in KINDS.into_iter().flat_map(|other| {
                    entity.links(other).iter().map(move |id| (other, u64::from(*id)))
                }) {
                    let linked = store.entities(other).find(id).unwrap();
                    assert!(!entity.is_gone && !linked.is_gone);
                    assert!(linked.links(kind).contains(&entity.id), "{kind:?} {other:?}");
                }
            }
        }
        for task in store.tasks().rows().iter().filter(|task| !task.is_gone) {
            if let Some((kind, id)) = task.entity {
                assert!(!store.entities(kind).find(id.into()).unwrap().is_gone);
            }
        }
    }

    #[test]
    fn the_same_seed_brings_the_same_changes_and_another_one_others() {
        let lived = |seed| {
            let mut store = store();
            let mut rng = store.chance(seed);
            store.live(30, &mut rng)
        };
        assert_eq!(lived(1), lived(1));
        assert_ne!(lived(1), lived(2));
        let mut store = store();
        let twice = [0, 1].map(|_| {
            let mut rng = store.chance(1);
            store.live(30, &mut rng)
        });
        assert_ne!(twice[0], twice[1]);
    }
}
