//! What happens in the account: things come and go, are changed and merged, each time with the
//! events and notes that amoCRM writes.

mod entities;
mod others;
mod write;

use write::Act;

use crate::data::entity::KINDS;
use crate::data::{Kind, Note, NoteType, Rng, Store, clamped};

const SALT: u64 = 0x0000_C4A6;

/// Something that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It comes into being.
    Create,
    /// Its name, its price, a tag, a field or a deadline changes; a talk goes on.
    Update,
    /// A lead goes to another stage.
    Move,
    /// It goes to another user.
    Assign,
    /// Somebody writes a note about it.
    Note,
    /// Somebody sets a task about it.
    Task,
    /// The next of its tasks, or the task itself, is done.
    Done,
    /// It goes into the trash.
    Trash,
    /// It comes back from there; customers don't.
    Restore,
    /// Another one, with all that belongs to it, becomes a part of it.
    Merge,
    /// It is gone for good, with its notes, tasks and purchases.
    Delete,
    /// A lead that waits goes to a pipeline.
    Accept,
    /// Nobody wants a lead that waits.
    Decline,
}

/// What something happens to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A contact, lead, company, customer or task.
    Of(Kind),
    /// A note that somebody has written.
    Note,
    /// What a customer has bought.
    Transaction,
    /// A lead that waits, by the id that it has already.
    IncomingLead,
    /// What is said in a messenger.
    Talk,
    /// Something in a catalog.
    Element,
}

/// Something that has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changed {
    /// What it was.
    pub change: Change,
    /// To what.
    pub subject: Subject,
    /// Its id.
    pub id: u32,
    /// When, in seconds since 1970.
    pub at: u32,
}

impl Change {
    /// Every change, its name, and how often it happens by itself.
    const ALL: [(Self, &str, u64); 13] = [
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
        (Self::Accept, "accept", 10),
        (Self::Decline, "decline", 5),
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

impl Subject {
    /// Everything that something can happen to, its name, and how often that happens.
    const ALL: [(Self, &str, u64); 10] = [
        (Self::Of(Kind::Lead), "lead", 50),
        (Self::Of(Kind::Contact), "contact", 30),
        (Self::Of(Kind::Company), "company", 12),
        (Self::Of(Kind::Customer), "customer", 8),
        (Self::Of(Kind::Task), "task", 5),
        (Self::Note, "note", 5),
        (Self::Transaction, "transaction", 5),
        (Self::IncomingLead, "incoming_lead", 10),
        (Self::Talk, "talk", 10),
        (Self::Element, "element", 3),
    ];

    /// What it is called, such as `lead`.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(subject, ..)| *subject == self).map_or("", |(_, name, _)| name)
    }

    /// What [`Subject::name`] gives `name` for, if there is such a thing.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known, _)| *known == name).map(|(subject, ..)| subject)
    }
}

impl From<Kind> for Subject {
    fn from(kind: Kind) -> Self {
        Self::Of(kind)
    }
}

impl Store {
    /// Chance, which is another one after each change.
    pub fn change_rng(&self, seed: u64) -> Rng {
        Rng::of(&[seed, SALT, self.now.into(), self.acts])
    }

    /// So many changes of any kind.
    pub fn random_changes(&mut self, changes: u64, rng: &mut Rng) -> Vec<Changed> {
        (0..changes).filter_map(|_| self.random_change(rng)).collect()
    }

    fn random_change(&mut self, rng: &mut Rng) -> Option<Changed> {
        let subjects = Subject::ALL.map(|(subject, _, often)| (subject, often));
        let changes = Change::ALL.map(|(change, _, often)| (change, often));
        // What is drawn may find nothing that it could happen to.
        let draw = |_| {
            let (subject, change) = (rng.weighted(&subjects), rng.weighted(&changes));
            self.change(change, subject, None, rng)
        };
        (0..100).find_map(draw)
    }

    /// Lets something happen to what has this id or, without one, to anything like it. Nothing if
    /// there is nothing to which it can happen.
    pub fn change(
        &mut self,
        change: Change,
        subject: Subject,
        id: Option<u64>,
        rng: &mut Rng,
    ) -> Option<Changed> {
        let id = match id {
            _ if change == Change::Create => 0,
            Some(id) => Some(id).filter(|id| self.open_to(change, subject).contains(id))?,
            None => {
                let ids = self.open_to(change, subject);
                ids.get(rng.index(ids.len())).copied()?
            }
        };
        let act = self.act(subject, id, rng);
        let id = match rule(change, subject) {
            Some((_, happen)) => happen(self, act, rng).map(|()| id)?,
            None => self.create(subject, act, rng)?,
        };
        Some(Changed { change, subject, id: clamped(id), at: act.at })
    }

    fn create(&mut self, subject: Subject, act: Act, rng: &mut Rng) -> Option<u64> {
        match subject {
            Subject::Of(Kind::Task) => self.set_task(self.about_any(act, rng)?, rng),
            Subject::Of(_) => self.create_entity(act, rng),
            Subject::Note => self.write(self.about_any(act, rng)?, NoteType::Common, None),
            Subject::Transaction => self.buy(act, rng),
            Subject::IncomingLead => Some(self.come_in(act)),
            Subject::Talk => self.begin_talk(act, rng),
            Subject::Element => Some(self.add_product(act, rng)),
        }
    }

    /// Lets it happen to each of these in turn; of those that are merged the first one stays. The
    /// error is the id of one to which it can't happen.
    pub fn change_each(
        &mut self,
        change: Change,
        subject: Subject,
        ids: &[u64],
        rng: &mut Rng,
    ) -> Result<Vec<Changed>, u64> {
        let mut changed = Vec::new();
        match ids {
            [winner, losers @ ..] if change == Change::Merge && !losers.is_empty() => {
                for loser in losers {
                    let open = self.open_to(change, subject);
                    if loser == winner || !open.contains(winner) || !open.contains(loser) {
                        return Err(*loser);
                    }
                    let act = self.act(subject, *winner, rng);
                    self.merge(act, *loser).ok_or(*loser)?;
                    changed.push(Changed { change, subject, id: clamped(*winner), at: act.at });
                }
            }
            _ => {
                for id in ids {
                    changed.push(self.change(change, subject, Some(*id), rng).ok_or(*id)?);
                }
            }
        }
        Ok(changed)
    }

    /// The ids of those to which this can happen.
    fn open_to(&self, change: Change, subject: Subject) -> Vec<u64> {
        let kind = if let Subject::Of(kind) = subject { kind } else { Kind::Lead };
        rule(change, subject).map_or_else(Vec::new, |(ids, _)| ids(self, kind))
    }
}

/// The ids of the things (of a kind) to which something can happen.
type Open = fn(&Store, Kind) -> Vec<u64>;
/// How it happens to one of them.
type Happen = fn(&mut Store, Act, &mut Rng) -> Option<()>;

/// What can happen to things once they are there.
#[rustfmt::skip]
fn rule(change: Change, subject: Subject) -> Option<(Open, Happen)> {
    let all: Open = |store, kind| store.entities[kind].ids(|_| true);
    let listed: Open = |store, kind| store.entities[kind].ids(|one| !one.is_deleted);
    let in_trash: Open = |store, kind| store.entities[kind].ids(|one| one.is_deleted);
    let with_task: Open = |store, kind| {
        store.entities[kind].ids(|one| !one.is_deleted && store.closest_task(one).is_some())
    };
    let tasks: Open = |store, _| store.tasks().ids(|_| true);
    let open_tasks: Open = |store, _| store.tasks().ids(|task| !task.is_completed);
    let notes: Open = |store, _| {
        KINDS.iter().flat_map(|kind| store.notes[*kind].ids(Note::is_own)).collect()
    };
    let purchases: Open = |store, _| store.transactions.ids(|_| true);
    let waiting: Open = |store, _| store.waiting().map(|row| row.lead).collect();
    let chats: Open = |store, _| store.talks().ids(|_| true);
    let elements: Open = |store, _| store.elements.ids(|_| true);
    let products: Open = |store, _| store.elements.ids(|one| one.text("PRICE").is_some());
    let rule: (Open, Happen) = match (subject, change) {
        (Subject::Of(Kind::Task), Change::Update) => (tasks, Store::put_off),
        (Subject::Of(Kind::Task), Change::Done) => (open_tasks, |store, act, _| store.finish_task(act)),
        (Subject::Of(Kind::Task), Change::Delete) => (tasks, |store, act, _| store.delete_task(act)),
        (Subject::Of(Kind::Task), _) => return None,
        (Subject::Of(Kind::Lead), Change::Move) => (listed, Store::move_on),
        (Subject::Of(_), Change::Update) => (listed, Store::update),
        (Subject::Of(_), Change::Assign) => (listed, Store::assign),
        (Subject::Of(_), Change::Note) => {
            (listed, |store, act, _| store.write(act, NoteType::Common, None).map(drop))
        }
        (Subject::Of(_), Change::Task) => (listed, |store, act, rng| store.set_task(act, rng).map(drop)),
        (Subject::Of(_), Change::Done) => (with_task, |store, act, _| store.finish_next_task(act)),
        (Subject::Of(_), Change::Trash) => (listed, |store, act, _| store.put_away(act, true, deleted(act.kind))),
        (Subject::Of(kind), Change::Restore) if restored(kind).is_some() => {
            (in_trash, |store, act, _| store.put_away(act, false, restored(act.kind)?))
        }
        (Subject::Of(_), Change::Merge) => {
            (listed, |store, act, rng| store.merge(act, store.another(act.kind, act.id, rng)?))
        }
        (Subject::Of(_), Change::Delete) => (all, |store, act, _| store.delete(act)),
        (Subject::Note, Change::Delete) => (notes, |store, act, _| store.delete_note(act)),
        (Subject::Transaction, Change::Update) => (purchases, Store::correct_purchase),
        (Subject::Transaction, Change::Delete) => (purchases, |store, act, _| store.transactions.remove(act.id)),
        (Subject::IncomingLead, Change::Accept) => (waiting, |store, act, _| store.accept(act)),
        (Subject::IncomingLead, Change::Decline) => (waiting, |store, act, _| store.decline(act)),
        (Subject::Talk, Change::Update) => (chats, Store::go_on_talking),
        (Subject::Element, Change::Update) => (products, Store::reprice),
        (Subject::Element, Change::Delete) => (elements, |store, act, _| store.elements.remove(act.id)),
        _ => return None,
    };
    Some(rule)
}

/// The event of what goes into the trash or for good.
fn deleted(kind: Kind) -> &'static str {
    ["contact_deleted", "lead_deleted", "company_deleted", "task_deleted", "customer_deleted"]
        [kind as usize]
}

/// The event of what comes back from the trash, if it can.
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
    use crate::config::{Config, NoteCounts};
    use crate::data::account::Account;
    use crate::data::entity::KINDS;
    use crate::data::list::{List, ListCounts};
    use crate::data::table::Table;
    use crate::data::{Entity, Event, Row};

    fn store() -> Store {
        let lists = ListCounts::default().with(List::Leads, 60).with(List::Contacts, 40);
        let config = Config { notes: NoteCounts::each(300), lists, ..Config::default() };
        Store::new(Arc::new(Account::new(&config).unwrap()), &config)
    }

    fn rises<T: Row>(table: &Table<T>) -> bool {
        table.rows().is_sorted_by(|one, other| one.id() < other.id())
    }

    fn lead(store: &mut Store, change: Change) -> Changed {
        let mut rng = store.change_rng(1);
        store.change(change, Kind::Lead.into(), None, &mut rng).unwrap()
    }

    fn latest(store: &Store) -> &Event {
        store.events().rows().last().unwrap()
    }

    fn entity(store: &Store, changed: Changed) -> &Entity {
        let Subject::Of(kind) = changed.subject else { unreachable!("no entity") };
        let table = &store.entities[kind];
        &table.rows()[table.place(changed.id.into()).unwrap()]
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
            assert!(rises(store.events()), "{change:?}");
            let event = latest(&store);
            assert!(changed.at >= before, "{change:?}");
            assert_eq!(event.key.created_at(), u64::from(changed.at), "{change:?}");
            let of_field =
                change == Change::Update && event.event_type.starts_with("custom_field_");
            assert!(
                of_field || event_types.contains(&event.event_type),
                "{change:?} {}",
                event.event_type
            );
            let is_of_task = matches!(change, Change::Task | Change::Done);
            assert!(is_of_task || event.entity == changed.id, "{change:?}");
            let quiet = is_of_task || change == Change::Note;
            assert!(quiet || entity(&store, changed).updated_at == changed.at, "{change:?}");
        }
    }

    #[test]
    fn what_was_in_the_trash_comes_back_but_for_customers() {
        let mut store = store();
        let mut rng = store.change_rng(1);
        for (kind, comes_back) in KINDS.into_iter().zip([true, true, true, false]) {
            let gone = store.change(Change::Trash, kind.into(), None, &mut rng).unwrap();
            assert!(entity(&store, gone).is_deleted);
            assert!(
                store.change(Change::Update, kind.into(), Some(gone.id.into()), &mut rng).is_none()
            );
            let back = store.change(Change::Restore, kind.into(), Some(gone.id.into()), &mut rng);
            assert_eq!(back.is_some(), comes_back, "{kind:?}");
            assert_eq!(entity(&store, gone).is_deleted, !comes_back);
        }
    }

    #[test]
    fn what_belonged_to_a_merged_entity_belongs_to_the_other() {
        let mut store = store();
        let mut rng = store.change_rng(1);
        let leads: Vec<u64> = store.entities[Kind::Lead].rows().iter().map(Row::id).collect();
        let (winner, loser, before) = (leads[58], leads[59], store.account.calendar.end());
        let notes = |store: &Store, id: u64| {
            let of = |note: &&Note| u64::from(note.entity) == id;
            store.notes[Kind::Lead].rows().iter().filter(of).count()
        };
        let (own, others) = (notes(&store, winner), notes(&store, loser));
        assert!(others > 0);
        let told = |store: &Store| -> Vec<String> {
            let events = store.events().rows().iter();
            let old = events.filter(|event| event.key.created_at() < u64::from(clamped(before)));
            old.map(|event| format!("{event:?} {:?}", store.particulars(event))).collect()
        };
        let events = told(&store);
        let merged =
            store.change_each(Change::Merge, Kind::Lead.into(), &[winner, loser], &mut rng);
        assert_eq!(told(&store), events);
        assert_eq!(merged.unwrap().len(), 1);
        assert_eq!((notes(&store, winner), notes(&store, loser)), (own + others, 0));
        assert!(store.entities[Kind::Lead].find(loser).is_none());
        let again = store.change_each(Change::Merge, Kind::Lead.into(), &[winner, loser], &mut rng);
        assert_eq!(again, Err(loser));
    }

    #[test]
    fn what_is_deleted_takes_its_notes_tasks_and_purchases_along() {
        let mut store = store();
        let mut rng = store.change_rng(1);
        let newest = store.entities[Kind::Customer].rows().last().unwrap().id();
        let left = |store: &Store| {
            let notes = store.notes[Kind::Customer].there();
            let purchases = store.transactions.there();
            let tasks = store.tasks().there();
            let about = (Kind::Customer, clamped(newest));
            [
                notes.filter(|note| u64::from(note.entity) == newest).count(),
                purchases.filter(|row| u64::from(row.customer) == newest).count(),
                tasks.filter(|task| task.entity == Some(about)).count(),
            ]
        };
        store.change(Change::Task, Kind::Customer.into(), Some(newest), &mut rng).unwrap();
        assert!(left(&store).iter().all(|rows| *rows > 0));
        store.change(Change::Delete, Kind::Customer.into(), Some(newest), &mut rng).unwrap();
        assert_eq!(left(&store), [0; 3]);
        assert_eq!(latest(&store).event_type, "customer_deleted");
    }

    #[test]
    fn after_a_thousand_changes_all_is_in_order() {
        let mut store = store();
        let mut rng = store.change_rng(9);
        let changed = store.random_changes(1000, &mut rng);
        assert_eq!(changed.len(), 1000);
        assert!(changed.is_sorted_by_key(|changed| changed.at));
        for (change, ..) in Change::ALL {
            assert!(changed.iter().any(|changed| changed.change == change), "{change:?}");
        }
        for (subject, ..) in Subject::ALL {
            assert!(changed.iter().any(|changed| changed.subject == subject), "{subject:?}");
        }
        assert!(rises(store.events()) && rises(store.tasks()));
        for kind in KINDS {
            assert!(rises(&store.entities[kind]) && rises(&store.notes[kind]));
            for entity in store.entities[kind].there() {
                for (other, id) in KINDS.into_iter().flat_map(|other| {
                    entity.links[other].iter().map(move |id| (other, u64::from(*id)))
                }) {
                    let linked = store.entities[other].find(id).unwrap();
                    assert!(linked.links[kind].contains(&entity.id), "{kind:?} {other:?}");
                }
            }
        }
        for task in store.tasks().there() {
            if let Some((kind, id)) = task.entity {
                assert!(store.entities[kind].find(id.into()).is_some());
            }
        }
    }

    #[test]
    fn nobody_becomes_a_customer_of_an_account_without_customers() {
        let config = Config { kommo: true, ..Config::default() };
        let mut store = Store::new(Arc::new(Account::new(&config).unwrap()), &config);
        let mut rng = store.change_rng(1);
        assert_eq!(store.change(Change::Create, Kind::Customer.into(), None, &mut rng), None);
        assert!(
            store
                .random_changes(100, &mut rng)
                .iter()
                .all(|changed| changed.subject != Kind::Customer.into())
        );
    }
}
