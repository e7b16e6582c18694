//! What happens in the account: entities come and go, are changed and merged,
//! each time with the events and notes that amoCRM writes.

mod act;

use act::Act;

use crate::data::{Kind, NoteType, Rng, Row, Store, short};

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

impl Store {
    /// Chance, which is another one after each change.
    pub fn change_rng(&self, seed: u64) -> Rng {
        Rng::of(&[seed, SALT, self.now.into(), self.told.len() as u64])
    }

    /// So many changes of any kind.
    pub fn random_changes(&mut self, changes: u64, rng: &mut Rng) -> Vec<Changed> {
        (0..changes).filter_map(|_| self.random_change(rng)).collect()
    }

    fn random_change(&mut self, rng: &mut Rng) -> Option<Changed> {
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
        let id = match id {
            _ if change == Change::Create => self.plays(kind).then_some(0)?,
            Some(id) => Some(id).filter(|id| self.can(change, kind, *id))?,
            None => self.any_for(change, kind, rng)?,
        };
        let act = self.act(kind, id, rng);
        let id = match change {
            Change::Create => self.create(act, rng)?,
            _ => self.carry_out(change, act, rng).map(|()| id)?,
        };
        Some(Changed { change, kind, id: short(id), at: act.at })
    }

    /// Any entity of a kind to which this can happen.
    fn any_for(&self, change: Change, kind: Kind, rng: &mut Rng) -> Option<u64> {
        let ids = self.entities(kind).rows().iter().map(Row::id);
        let ids: Vec<u64> = ids.filter(|id| self.can(change, kind, *id)).collect();
        ids.get(rng.index(ids.len())).copied()
    }

    fn carry_out(&mut self, change: Change, act: Act, rng: &mut Rng) -> Option<()> {
        match change {
            Change::Create => None,
            Change::Update => self.update(act, rng),
            Change::Move => self.move_on(act, rng),
            Change::Assign => self.assign(act, rng),
            Change::Note => self.write(act, NoteType::Common, None),
            Change::Task => self.set_task(act, rng),
            Change::Done => self.finish_task(act),
            Change::Trash => self.put_away(act, true, deleted(act.kind)),
            Change::Restore => self.put_away(act, false, restored(act.kind)?),
            Change::Merge => self.merge(act, self.another(act.kind, act.id, rng)?),
            Change::Delete => self.delete(act),
        }
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
    use crate::data::entity::KINDS;
    use crate::data::event::Value;
    use crate::data::table::Table;
    use crate::data::{Content, Entity, Event, Note};

    fn store() -> Store {
        let lists = ListCounts { leads: 60, contacts: 40, ..ListCounts::default() };
        let config = Config { notes: NoteCounts::each(300), lists, ..Config::default() };
        Store::new(Arc::new(Account::new(&config).unwrap()), &config)
    }

    fn rises<T: Row>(table: &Table<T>) -> bool {
        table.rows().is_sorted_by(|one, other| one.id() < other.id())
    }

    fn lead(store: &mut Store, change: Change) -> Changed {
        let mut rng = store.change_rng(1);
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
            assert!(rises(store.events()), "{change:?}");
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
        let mut rng = store.change_rng(1);
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
        let mut rng = store.change_rng(1);
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
        let mut rng = store.change_rng(1);
        let leads: Vec<u64> = store.entities(Kind::Lead).rows().iter().map(Row::id).collect();
        let (winner, loser, before) = (leads[58], leads[59], store.account.calendar.end());
        let notes = |store: &Store, id: u64| {
            let of = |note: &&Note| u64::from(note.entity) == id;
            store.notes(Kind::Lead).rows().iter().filter(of).count()
        };
        let (own, others) = (notes(&store, winner), notes(&store, loser));
        assert!(others > 0);
        let told = |store: &Store| -> Vec<String> {
            let events = store.events().rows().iter();
            let old = events.filter(|event| event.key.created_at() < u64::from(short(before)));
            old.map(|event| format!("{event:?} {:?}", store.particulars(event))).collect()
        };
        let events = told(&store);
        let merged = store.change_each(Change::Merge, Kind::Lead, &[winner, loser], &mut rng);
        assert_eq!(told(&store), events);
        assert_eq!(merged.unwrap().len(), 1);
        assert_eq!((notes(&store, winner), notes(&store, loser)), (own + others, 0));
        assert!(store.entities(Kind::Lead).find(loser).unwrap().is_gone);
        let again = store.change_each(Change::Merge, Kind::Lead, &[winner, loser], &mut rng);
        assert_eq!(again, Err(loser));
    }

    #[test]
    fn what_is_deleted_takes_its_notes_tasks_and_purchases_along() {
        let mut store = store();
        let mut rng = store.change_rng(1);
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
        let mut rng = store.change_rng(9);
        let changed = store.random_changes(1000, &mut rng);
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
    fn nobody_becomes_a_customer_of_an_account_without_customers() {
        let config = Config { kommo: true, ..Config::default() };
        let mut store = Store::new(Arc::new(Account::new(&config).unwrap()), &config);
        let mut rng = store.change_rng(1);
        assert_eq!(store.change(Change::Create, Kind::Customer, None, &mut rng), None);
        assert!(
            store
                .random_changes(100, &mut rng)
                .iter()
                .all(|changed| changed.kind != Kind::Customer)
        );
    }

    #[test]
    fn the_same_seed_brings_the_same_changes_and_another_one_others() {
        let lived = |seed| {
            let mut store = store();
            let mut rng = store.change_rng(seed);
            store.random_changes(30, &mut rng)
        };
        assert_eq!(lived(1), lived(1));
        assert_ne!(lived(1), lived(2));
        let mut store = store();
        let twice = [0, 1].map(|_| {
            let mut rng = store.change_rng(1);
            store.random_changes(30, &mut rng)
        });
        assert_ne!(twice[0], twice[1]);
    }
}
