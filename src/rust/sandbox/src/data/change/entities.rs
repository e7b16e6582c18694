//! What happens to contacts, leads, companies and customers.

use std::sync::Arc;

use crate::data::entity::{Birth, KINDS};
use crate::data::event::{self, EventValue};
use crate::data::funnel::{self, LOST};
use crate::data::names::PersonName;
use crate::data::values::FieldValue;
use crate::data::{
    Account, Content, Entity, Field, Filled, Kind, List, NoteType, Rng, Row, SETTINGS, Stage,
    Store, clamped, text,
};

use super::deleted;
use super::write::{Act, worker};

impl Store {
    pub(super) fn create_entity(&mut self, act: Act, rng: &mut Rng) -> Option<u64> {
        let kind = act.kind;
        if !self.plays(kind) {
            return None;
        }
        let number = self.next_number(kind);
        let account = &self.account;
        let birth = Birth {
            number,
            id: clamped(account.entity_id(kind, number)),
            responsible: act.by,
            created_at: act.at,
            created_by: act.by.id,
        };
        let name = match kind {
            Kind::Contact | Kind::Customer => account.correspondent(kind, number).name,
            Kind::Company => text::write("company", rng),
            Kind::Lead | Kind::Task => account.lead_name(number),
        };
        let stage = if kind == Kind::Lead {
            stages(rng.index(SETTINGS.pipelines.len()))[0]
        } else {
            Stage::default()
        };
        let entity = Entity::new(account, kind, &birth, PersonName::whole(name), stage);
        self.entities[kind].insert(entity);
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
            self.entities[other].find(linked).and_then(|e| e.links[Kind::Company].first());
        if let Some(company) = company.copied() {
            self.link((kind, id), (Kind::Company, company.into()));
        }
    }

    pub(super) fn update(&mut self, act: Act, rng: &mut Rng) -> Option<()> {
        let account = Arc::clone(&self.account);
        let has_fields = SETTINGS.fields(act.kind).iter().any(Field::is_simple);
        let entity = self.touch(act)?;
        let often = |is_there: bool| if is_there { 3 } else { 0 };
        let (sale, field) = (often(act.kind == Kind::Lead), often(has_fields));
        let told = match rng.weighted(&[(0, 2), (1, 2), (2, field), (3, sale)]) {
            0 => renamed(entity, rng),
            1 => tagged(entity, rng),
            2 => filled(entity, &account, rng),
            _ => priced(entity, rng),
        };
        self.tell(act, told.0, told.1, told.2);
        Some(())
    }

    pub(super) fn move_on(&mut self, act: Act, rng: &mut Rng) -> Option<()> {
        let lead = self.touch(act)?;
        let from = lead.state.stage;
        let pipeline =
            SETTINGS.pipelines.iter().position(|pipeline| pipeline.id == from.pipeline)?;
        let others: Vec<Stage> =
            stages(pipeline).into_iter().filter(|stage| *stage != from).collect();
        let to = *others.get(rng.index(others.len()))?;
        let loss_reason = if to.status == LOST { funnel::any_loss_reason(rng) } else { 0 };
        lead.move_to(to, act.at, loss_reason);
        let content = Content::StageChanged { from, to, loss_reason };
        self.write(act, NoteType::StageChanged, Some(content)).map(drop)
    }

    pub(super) fn assign(&mut self, act: Act, rng: &mut Rng) -> Option<()> {
        let entity = self.touch(act)?;
        let from = entity.responsible.id;
        while entity.responsible.id == from {
            entity.responsible = worker(rng);
        }
        let to = entity.responsible.id;
        let content = Content::ResponsibleChanged { from, to };
        self.write(act, NoteType::ResponsibleChanged, Some(content)).map(drop)
    }

    pub(super) fn put_away(
        &mut self,
        act: Act,
        is_deleted: bool,
        event_type: &'static str,
    ) -> Option<()> {
        self.touch(act)?.is_deleted = is_deleted;
        self.tell(act, event_type, Vec::new(), Vec::new());
        Some(())
    }

    pub(super) fn delete(&mut self, act: Act) -> Option<()> {
        if !self.touch(act)?.is_deleted {
            self.tell(act, deleted(act.kind), Vec::new(), Vec::new());
        }
        let (kind, id) = (act.kind, clamped(act.id));
        for other in KINDS {
            self.unlink(kind, act.id, other);
        }
        self.entities[kind].remove(act.id);
        self.notes[kind].remove_where(|note| note.entity == id);
        let tasks = self.tasks_mut().remove_where(|task| task.entity == Some((kind, id)));
        self.notes[Kind::Task].remove_where(|note| tasks.contains(&note.entity.into()));
        if kind == Kind::Customer {
            self.transactions.remove_where(|row| row.customer == id);
        }
        Some(())
    }

    pub(super) fn merge(&mut self, act: Act, loser: u64) -> Option<()> {
        let (kind, winner, lost) = (act.kind, clamped(act.id), clamped(loser));
        let tags = self.entities[kind].find(loser)?.tags.clone();
        let entity = self.touch(act)?;
        for tag in tags {
            if !entity.tags.contains(&tag) {
                entity.tags.push(tag);
            }
        }
        for other in KINDS {
            for linked in self.unlink(kind, loser, other) {
                self.link((kind, act.id), (other, linked.into()));
            }
        }
        let notes = self.notes[kind].rows_mut().iter_mut();
        notes.filter(|note| note.entity == lost).for_each(|note| note.entity = winner);
        let tasks = self.tasks_mut().rows_mut().iter_mut();
        let lost_tasks = tasks.filter(|task| task.entity == Some((kind, lost)));
        lost_tasks.for_each(|task| task.entity = Some((kind, winner)));
        if kind == Kind::Customer {
            let rows = self.transactions.rows_mut().iter_mut();
            rows.filter(|row| row.customer == lost).for_each(|row| row.customer = winner);
        }
        self.entities[kind].remove(loser);
        self.tell(act, "entity_merged", Vec::new(), Vec::new());
        Some(())
    }

    /// Number of the next new entity.
    pub(super) fn next_number(&mut self, kind: Kind) -> u64 {
        // Leads that wait have numbers already.
        let waiting = if kind == Kind::Lead { self.account.lists[List::IncomingLeads] } else { 0 };
        let born = &mut self.born[kind];
        *born += 1;
        self.account.number(kind, self.account.entities(kind) + waiting + *born - 1)
    }

    /// Ends the links of an entity to all of a kind, and tells their ids.
    fn unlink(&mut self, kind: Kind, id: u64, other: Kind) -> Vec<u32> {
        let entity = self.entities[kind].find_mut(id);
        let ids = entity.map_or_else(Vec::new, |one| std::mem::take(&mut one.links[other]));
        for linked in &ids {
            if let Some(entity) = self.entities[other].find_mut(u64::from(*linked)) {
                entity.links[kind].retain(|back| *back != clamped(id));
            }
        }
        ids
    }

    /// Links two entities to one another, unless one has a company already:
    /// that is enough.
    pub(super) fn link(&mut self, one: (Kind, u64), other: (Kind, u64)) {
        let is_full = |(kind, id): (Kind, u64), other: Kind| {
            let entity = self.entities[kind].find(id);
            other == Kind::Company && entity.is_some_and(|entity| !entity.links[other].is_empty())
        };
        if is_full(one, other.0) || is_full(other, one.0) {
            return;
        }
        for ((kind, id), (other, linked)) in [(one, other), (other, one)] {
            if let Some(entity) = self.entities[kind].find_mut(id) {
                let links = &mut entity.links[other];
                if !links.contains(&clamped(linked)) {
                    links.push(clamped(linked));
                }
            }
        }
    }

    /// Any other entity of the kind.
    pub(super) fn another(&self, kind: Kind, id: u64, rng: &mut Rng) -> Option<u64> {
        let ids = self.entities[kind].ids(|entity| entity.id() != id && !entity.is_deleted);
        ids.get(rng.index(ids.len())).copied()
    }

    /// The entity, which is changed.
    fn touch(&mut self, act: Act) -> Option<&mut Entity> {
        let entity = self.entities[act.kind].find_mut(act.id)?;
        (entity.updated_at, entity.updated_by) = (act.at, act.by.id);
        Some(entity)
    }
}

/// An event, and what was there after and before.
type Told = (&'static str, Vec<EventValue>, Vec<EventValue>);

fn renamed(entity: &mut Entity, rng: &mut Rng) -> Told {
    let name = match entity.kind {
        Kind::Lead => text::write("deal", rng),
        Kind::Company => text::write("company", rng),
        _ => text::correspondent(rng).name,
    };
    let before = std::mem::replace(&mut entity.name, PersonName::whole(name.clone()));
    ("name_field_changed", vec![EventValue::Name(name)], vec![EventValue::Name(before.full)])
}

/// A tag is added, or taken off if it is there.
fn tagged(entity: &mut Entity, rng: &mut Rng) -> Told {
    let tag = SETTINGS.tags[rng.index(SETTINGS.tags.len())].name;
    let before = entity.tags.len();
    entity.tags.retain(|own| *own != tag);
    if entity.tags.len() < before {
        return ("entity_tag_deleted", Vec::new(), event::tags(vec![tag]));
    }
    entity.tags.push(tag);
    ("entity_tag_added", event::tags(vec![tag]), Vec::new())
}

fn filled(entity: &mut Entity, account: &Account, rng: &mut Rng) -> Told {
    let fields = SETTINGS.fields(entity.kind);
    let simple: Vec<&'static Field> = fields.iter().filter(|field| field.is_simple()).collect();
    let field = simple[rng.index(simple.len())];
    let filled = account.filled(entity.kind, entity.number, field, rng);
    let after = field_values(&filled);
    let old = entity.fields.iter().position(|old| old.field.id == field.id);
    let before = old.map(|place| field_values(&entity.fields.remove(place)));
    entity.fields.push(filled);
    entity.fields.sort_by_key(|filled| fields.iter().position(|f| f.id == filled.field.id));
    (field.event_type(), after, before.unwrap_or_default())
}

fn priced(lead: &mut Entity, rng: &mut Rng) -> Told {
    let price = rng.between(5, 900) * 1000;
    let before = std::mem::replace(&mut lead.deal.price, price);
    ("sale_field_changed", vec![EventValue::Sale(price)], vec![EventValue::Sale(before)])
}

/// The stages of a pipeline in the order in which leads pass them.
fn stages(pipeline: usize) -> Vec<Stage> {
    let pipeline = &SETTINGS.pipelines[pipeline];
    pipeline
        .in_order()
        .iter()
        .map(|status| Stage { pipeline: pipeline.id, status: status.id })
        .collect()
}

fn field_values(filled: &Filled) -> Vec<EventValue> {
    let value = |value: &FieldValue| {
        let (choice, text) = match value {
            FieldValue::Choice(choice) => (Some(choice.id), choice.name.to_owned()),
            FieldValue::Text(text) => (None, text.clone()),
            _ => (None, "1".to_owned()),
        };
        EventValue::Field { id: filled.field.id, shape: filled.field.number(), choice, text }
    };
    filled.values.iter().map(value).collect()
}
