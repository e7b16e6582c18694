//! What happens to tasks, notes, purchases, leads that wait, talks and products.

use crate::data::element::Element;
use crate::data::entity::{Birth, KINDS};
use crate::data::event::{self, EventValue};
use crate::data::incoming::{Decision, Incoming};
use crate::data::names::PersonName;
use crate::data::{
    Content, Entity, Kind, Note, NoteType, Rng, Row, SETTINGS, Stage, Store, Transaction, clamped,
    text,
};

use super::write::Act;

const DAY: u32 = 24 * 3600;

impl Store {
    /// Sets a task about an entity, and tells its id.
    pub(super) fn set_task(&mut self, act: Act, rng: &mut Rng) -> Option<u64> {
        let responsible = self.entities[act.kind].find(act.id)?.responsible;
        let place = self.tasks().rows().len() as u64;
        let about = (act.kind, clamped(act.id));
        let task = self.account.new_task(place, act.at, responsible, about, rng);
        let id = task.id();
        self.tasks_mut().insert(task);
        self.tell(Act { kind: Kind::Task, id, ..act }, "task_added", Vec::new(), Vec::new());
        Some(id)
    }

    /// The next task about an entity is done.
    pub(super) fn finish_next_task(&mut self, act: Act) -> Option<()> {
        let about = Some((act.kind, clamped(act.id)));
        let open = self.tasks().there().filter(|task| task.entity == about && !task.is_completed);
        let id = open.min_by_key(|task| task.complete_till)?.id();
        self.finish_task(Act { kind: Kind::Task, id, ..act })
    }

    pub(super) fn finish_task(&mut self, act: Act) -> Option<()> {
        let result = clamped(self.notes[Kind::Task].rows().len() as u64);
        let task = self.tasks_mut().find_mut(act.id)?;
        (task.is_completed, task.updated_at, task.result) = (true, act.at, Some(result));
        self.tell(act, "task_completed", Vec::new(), Vec::new());
        self.write(act, NoteType::TaskResult, None).map(drop)
    }

    /// A task gets more time.
    pub(super) fn put_off(&mut self, act: Act, rng: &mut Rng) -> Option<()> {
        let task = self.tasks_mut().find_mut(act.id)?;
        let before = task.complete_till;
        task.complete_till += DAY * clamped(rng.between(1, 7));
        task.updated_at = act.at;
        let after = task.complete_till;
        let deadline = |at| vec![EventValue::Deadline(at)];
        self.tell(act, "task_deadline_changed", deadline(after), deadline(before));
        Some(())
    }

    pub(super) fn delete_task(&mut self, act: Act) -> Option<()> {
        self.tasks_mut().remove(act.id)?;
        self.notes[Kind::Task].remove_where(|note| u64::from(note.entity) == act.id);
        self.tell(act, "task_deleted", Vec::new(), Vec::new());
        Some(())
    }

    pub(super) fn delete_note(&mut self, act: Act) -> Option<()> {
        let note = KINDS.into_iter().find_map(|kind| self.notes[kind].find(act.id));
        let Note { kind, entity, .. } = *note?;
        self.notes[kind].remove(act.id)?;
        let act_on = Act { kind, id: entity.into(), ..act };
        self.tell(act_on, "common_note_deleted", vec![EventValue::Note(act.id)], Vec::new());
        Some(())
    }

    /// A customer buys something.
    pub(super) fn buy(&mut self, act: Act, rng: &mut Rng) -> Option<u64> {
        let kind = Kind::Customer;
        let customer = self.another(kind, 0, rng)?;
        let place = self.transactions.rows().len() as u64;
        let (price, at) = (rng.between(4, 400) * 250, act.at);
        let transaction = Transaction {
            customer: clamped(customer),
            price,
            comment: text::pick("comment", rng),
            date: self.account.day_of(at.into()),
            created_by: act.by.id,
            updated_by: act.by.id,
            created_at: at,
            updated_at: at,
            ..self.account.transaction(place)
        };
        let id = transaction.id();
        self.transactions.insert(transaction);
        let content = Content::Purchase { transaction: id };
        self.write(Act { kind, id: customer, ..act }, NoteType::Purchase, Some(content))?;
        Some(id)
    }

    pub(super) fn correct_purchase(&mut self, act: Act, rng: &mut Rng) -> Option<()> {
        let transaction = self.transactions.find_mut(act.id)?;
        transaction.price = rng.between(4, 400) * 250;
        (transaction.updated_at, transaction.updated_by) = (act.at, act.by.id);
        Some(())
    }

    /// The leads that wait.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &Incoming> {
        self.incoming.there().filter(|row| row.decided.is_none())
    }

    /// A lead comes in and waits; its id is that which it will have.
    pub(super) fn come_in(&mut self, act: Act) -> u64 {
        let place = self.incoming.rows().len() as u64;
        let number = self.next_number(Kind::Lead);
        let incoming = self.account.new_incoming(place, number, act.at.into());
        let id = incoming.lead;
        self.incoming.insert(incoming);
        id
    }

    pub(super) fn decline(&mut self, act: Act) -> Option<()> {
        let place = self.waiting().find(|row| row.lead == act.id)?.place;
        self.incoming.find_mut(place)?.decided = Some((Decision::Declined, act.at));
        Some(())
    }

    /// A lead that has waited goes to the first stage of its pipeline.
    pub(super) fn accept(&mut self, act: Act) -> Option<()> {
        let incoming = self.waiting().find(|row| row.lead == act.id)?;
        let (place, number, name) = (incoming.place, incoming.number, incoming.lead_name.clone());
        let contact = self.contact(incoming).map(Row::id);
        let pipeline = SETTINGS.pipelines.iter().find(|one| one.id == incoming.pipeline)?;
        let stage = Stage { pipeline: pipeline.id, status: pipeline.in_order().get(1)?.id };
        let birth = Birth {
            number,
            id: clamped(act.id),
            responsible: act.by,
            created_at: act.at,
            created_by: act.by.id,
        };
        let lead = Entity::new(&self.account, Kind::Lead, &birth, PersonName::whole(name), stage);
        self.entities[Kind::Lead].insert(lead);
        if let Some(contact) = contact {
            self.link((Kind::Lead, act.id), (Kind::Contact, contact));
        }
        self.incoming.find_mut(place)?.decided = Some((Decision::Accepted, act.at));
        self.write(Act { kind: Kind::Lead, ..act }, NoteType::LeadCreated, None).map(drop)
    }

    /// A contact who has not yet written to us does so.
    pub(super) fn begin_talk(&mut self, act: Act, rng: &mut Rng) -> Option<u64> {
        let kind = Kind::Contact;
        let ids = self.entities[kind].ids(|contact| {
            !contact.is_deleted && self.talks().find(event::talk(contact.id).0).is_none()
        });
        let id = *ids.get(rng.index(ids.len()))?;
        self.say(Act { kind, id, ..act }, true, rng)?;
        Some(event::talk(clamped(id)).0)
    }

    /// A message in a talk.
    pub(super) fn go_on_talking(&mut self, act: Act, rng: &mut Rng) -> Option<()> {
        let talk = self.talks().find(act.id)?;
        let (kind, id) =
            talk.about.map_or((Kind::Contact, talk.contact), |(kind, id)| (kind, id.into()));
        let income = rng.percent(50);
        self.say(Act { kind, id, ..act }, income, rng)
    }

    fn say(&mut self, act: Act, income: bool, rng: &mut Rng) -> Option<()> {
        let content = Content::Chat { text: text::write("message", rng), income };
        self.write(act, NoteType::Chat, Some(content)).map(drop)
    }

    /// Something new is sold.
    pub(super) fn add_product(&mut self, act: Act, rng: &mut Rng) -> u64 {
        let id = self.elements.rows().last().map_or(1, Row::id) + 2;
        let element = Element::new_product(id, act.at, act.by.id, rng);
        self.elements.insert(element);
        id
    }

    /// A product costs more or less from now on.
    pub(super) fn reprice(&mut self, act: Act, rng: &mut Rng) -> Option<()> {
        let element = self.elements.find_mut(act.id)?;
        *element.price_mut()? = (rng.between(1, 90) * 1000).to_string();
        (element.updated_at, element.updated_by) = (act.at.into(), act.by.id);
        Some(())
    }
}
