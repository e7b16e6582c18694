//! That an account holds together, whatever its size.
#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use super::entity::{KINDS, MOST_ENTITIES};
use super::event::{Key, Source};
use super::funnel::{LOST, Path, WON};
use super::list::{List, ListCounts};
use super::names::LastName;
use super::note::MOST_NOTES;
use super::products::{Position, Product};
use super::scenario::{Role, Scenario};
use super::schedule::{FIRST_OWNER, Schedule};
use super::task::Extent;
use super::{Account, Content, Entity, Filled, Kind, NoteType, Row, SETTINGS, Stage, Store};
use crate::config::{Config, NoteCounts};

/// Notes of each kind; contacts, leads, companies and customers; tasks, purchases and leads that
/// wait.
const SIZES: [(u64, [u64; 4], [u64; 3]); 8] = [
    (1000, [120, 200, 60, 30], [1500, 40, 25]),
    (0, [700, 700, 700, 700], [700, 700, 700]),
    (60, [3, 50, 7, 9], [0, 1, 1]),
    (50, [50, 3, 1, 0], [20, 9, 3000]),
    (40, [0, 20, 4, 4], [9, 7, 0]),
    (100, [20, 20, 0, 20], [120, 90, 9]),
    (7, [1, 1, 1, 1], [1, 9, 1]),
    (20_000, [1500, 1500, 1800, 1800], [0, 40, 7]),
];

fn store(notes: u64, entities: [u64; 4], others: [u64; 3]) -> Store {
    let counts = entities.into_iter().chain(others);
    let lists = List::ALL.into_iter().zip(counts);
    let lists = lists.fold(ListCounts::each(0), |lists, (list, rows)| lists.with(list, rows));
    let config = Config { notes: NoteCounts::each(notes), lists, ..Config::default() };
    Store::new(Arc::new(Account::new(&config).unwrap()), &config)
}

fn usual() -> Store {
    store(1000, [120, 200, 100, 100], [1500, 40, 25])
}

fn stores() -> impl Iterator<Item = Store> {
    SIZES.into_iter().map(|(notes, entities, others)| store(notes, entities, others))
}

/// Ids rise, times of creation do so as well, and nothing changes before it is made or after the
/// end.
fn is_in_order<T: Row>(rows: &[T], times: impl Fn(&T) -> (u32, u32), end: u64, rises: bool) {
    assert!(rows.is_sorted_by(|one, other| one.id() < other.id()));
    assert!(!rises || rows.is_sorted_by_key(|row| times(row).0));
    let fits = |row| {
        let (created_at, updated_at) = times(row);
        created_at <= updated_at && u64::from(updated_at) < end
    };
    assert!(rows.iter().all(fits));
}

#[test]
fn rows_are_in_order_and_no_two_notes_have_one_id() {
    for store in stores() {
        let end = store.account.calendar.end();
        let mut ids = HashSet::new();
        for kind in KINDS {
            let times = |row: &Entity| (row.created_at, row.updated_at);
            is_in_order(store.entities[kind].rows(), times, end, true);
        }
        for kind in Kind::ALL {
            let notes = store.notes[kind].rows();
            is_in_order(notes, |row| (row.created_at, row.updated_at), end, true);
            assert!(notes.iter().all(|note| ids.insert(note.id)));
        }
        is_in_order(store.tasks().rows(), |row| (row.created_at, row.updated_at), end, false);
        is_in_order(store.transactions.rows(), |row| (row.created_at, row.updated_at), end, false);
        let waiting = store.incoming.rows();
        assert!(waiting.is_sorted_by_key(|row| row.created_at));
        assert!(waiting.iter().all(|row| row.created_at < end && row.uid.len() == 60));
        assert_eq!(waiting.iter().map(|row| &row.uid).collect::<HashSet<_>>().len(), waiting.len());
        let leads = &store.entities[Kind::Lead];
        assert!(waiting.iter().all(|row| leads.find(row.lead).is_none()));
        assert!(store.elements.rows().is_sorted_by(|one, other| one.id < other.id));
    }
    let notes = usual();
    let ids: Vec<_> = notes.notes[Kind::Lead].rows().iter().map(|note| note.id).collect();
    let gaps: HashSet<_> = ids.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(gaps.len() > 1);
    assert!(notes.notes[Kind::Lead].rows().iter().any(|note| note.updated_at > note.created_at));
}

#[test]
fn ids_stay_below_two_to_the_31_to_the_last_row() {
    let config = Config {
        notes: NoteCounts::each(MOST_NOTES),
        lists: ListCounts::each(MOST_ENTITIES),
        ..Config::default()
    };
    let account = Account::new(&config).unwrap();
    for kind in Kind::ALL {
        let row = account.note(kind, MOST_NOTES - 1);
        assert!(row.id < 1 << 31 && row.entity < 1 << 31, "{row:?}");
        let [first, last] = [0, MOST_ENTITIES - 1].map(|place| account.id_at(kind, place));
        assert!(first > 0 && first < last && last < 1 << 31);
    }
    for place in [0, 77, usize::try_from(MOST_NOTES).unwrap() - 1] {
        let of_kind = |kind| [Source::Note(kind, place), Source::Unnoted(kind, place)];
        let sources = Kind::ALL.into_iter().flat_map(of_kind);
        for source in sources.chain([Source::Change(place)]) {
            let key = Key::new(1_750_000_000, source);
            assert_eq!((key.created_at(), key.source()), (1_750_000_000, source));
        }
    }
}

#[test]
fn entities_name_one_another_and_what_is_about_them_finds_them() {
    for store in stores() {
        for (one, other) in KINDS.into_iter().flat_map(|one| KINDS.map(|other| (one, other))) {
            for entity in store.entities[one].rows() {
                assert!(entity.links[other].is_sorted());
                for id in &entity.links[other] {
                    let linked = store.entities[other].find((*id).into()).unwrap();
                    assert!(linked.links[one].contains(&entity.id), "{one:?} {other:?}");
                }
            }
        }
        for task in store.tasks().rows() {
            let entity = task.entity.map(|(kind, id)| store.entities[kind].find(id.into()));
            assert!(entity.is_none_or(|entity| entity.is_some()), "{task:?}");
            assert!(task.is_completed || task.result.is_none());
            let note = store.result(task);
            assert_eq!(note.is_some(), task.result.is_some());
            assert!(note.is_none_or(|note| note.entity == task.id
                && note.updated_at == task.updated_at
                && note.responsible.id == task.responsible.id
                && matches!(store.content(note), Content::Text(_))));
        }
        let customers = &store.entities[Kind::Customer];
        for (place, purchase) in (0..).zip(store.transactions.rows()) {
            let customer = customers.place(purchase.customer.into()).unwrap();
            assert!(store.account.purchases(customer as u64).contains(&place));
        }
        assert_eq!(store.transactions.rows().is_empty(), customers.rows().is_empty());
    }
    let store = usual();
    for kind in KINDS {
        let owners = store.notes[kind].rows().iter().map(|note| note.entity.into());
        assert!(owners.into_iter().all(|id| store.entities[kind].find(id).is_some()), "{kind:?}");
    }
    let about: HashSet<_> = store.tasks().rows().iter().map(|task| task.entity.unzip().0).collect();
    assert_eq!(about.len(), 5, "of four kinds and of nothing");
    let silent = |done| {
        let mut tasks = store.tasks().rows().iter();
        tasks.any(|task| task.is_completed == done && task.result.is_none())
    };
    assert!(silent(true) && silent(false));
    let count = |kind, other| -> HashSet<usize> {
        store.entities[kind].rows().iter().map(|entity| entity.links[other].len()).collect()
    };
    assert!(count(Kind::Contact, Kind::Lead).is_superset(&[0, 3].into()));
    assert!(count(Kind::Lead, Kind::Contact).is_superset(&[0, 1, 2].into()));
    assert!(count(Kind::Lead, Kind::Company).is_superset(&[0, 1].into()));
}

#[test]
fn the_list_has_as_many_tasks_as_asked_for_and_some_without_a_result() {
    for (results, listed, first, all) in [
        (300, 500, 0, 500),
        (0, 150, 0, 150),
        (0, 0, 0, 0),
        (1000, 150, 900, 1050),
        (60, 0, 60, 60),
        (8, 9, 2, 11),
    ] {
        assert_eq!(Extent::new(results, listed), Extent { results, all, first });
    }
}

#[test]
fn an_entity_is_found_by_any_part_of_its_name_in_any_case_and_by_its_telephone() {
    let store = usual();
    let mut contacts = store.entities[Kind::Contact].rows().iter();
    let contact = contacts.find(|contact| contact.reached_by().next().is_some()).unwrap();
    assert!(contact.mentions(&contact.name.full.to_uppercase()));
    assert!(contact.mentions(contact.reached_by().next().unwrap()));
    assert!(!contact.mentions("нет такого"));
}

#[test]
fn an_entity_begins_with_its_note_and_a_lead_stands_where_its_last_move_led() {
    let store = store(20_000, [1500; 4], [0; 3]);
    let leads = &store.entities[Kind::Lead];
    let mut last: BTreeMap<u32, (Stage, u32, u64)> = BTreeMap::new();
    let (mut begun, mut moves) = (0, 0);
    for note in store.notes[Kind::Lead].rows() {
        let lead = leads.find(note.entity.into());
        match store.content(note) {
            Content::Created => {
                let lead = lead.unwrap();
                assert_eq!(lead.created_at, note.created_at);
                assert_eq!(lead.created_by, u64::from(note.created_by));
                begun += 1;
            }
            Content::StageChanged { from, to, loss_reason } => {
                let before = last.insert(note.entity, (to, note.created_at, loss_reason));
                assert!(before.is_none_or(|(stage, ..)| stage == from), "{note:?}");
                moves += u64::from(before.is_some());
            }
            _ => {}
        }
    }
    assert!(begun == 1000 && moves > 1000 && last.len() > 500, "{begun} {moves}");
    for (id, (stage, at, loss_reason)) in last {
        let state = leads.find(id.into()).unwrap().state;
        let closed_at = if stage.is_closed() { at } else { 0 };
        assert_eq!(
            (state.stage, state.loss_reason, state.closed_at),
            (stage, loss_reason, closed_at)
        );
    }
}

#[test]
fn leads_are_open_and_won_and_lost_whether_or_not_there_are_notes() {
    for notes in [0, 1000] {
        let store = store(notes, [200; 4], [0; 3]);
        let leads = store.entities[Kind::Lead].rows();
        let at = |status| leads.iter().filter(|lead| lead.state.stage.status == status).count();
        let (won, lost) = (at(WON), at(LOST));
        assert!(won > 20 && lost > 40 && won + lost < 190, "{won} {lost}");
    }
}

#[test]
fn the_first_forty_notes_show_every_type_of_their_kind() {
    for (kind, rows) in
        Kind::ALL.into_iter().flat_map(|kind| [40, 1000, 500_000].map(|rows| (kind, rows)))
    {
        let scenario = Scenario::of(kind);
        let mut missing: BTreeSet<_> = scenario.chances.iter().map(|(kind, _)| *kind).collect();
        missing.extend(scenario.steps.iter().filter_map(|step| match step.0 {
            Role::Created(note_type) => Some(note_type),
            Role::Move(_) => Some(NoteType::StageChanged),
            Role::Any | Role::Next => None,
        }));
        let config = Config { notes: NoteCounts::each(rows), ..Config::default() };
        let account = Account::new(&config).unwrap();
        let shown: BTreeSet<_> = (0..40).map(|index| account.note(kind, index).note_type).collect();
        assert!(missing.is_subset(&shown), "{kind:?} of {rows}");
    }
}

#[test]
fn the_same_seed_makes_the_same_notes_and_another_one_others() {
    let text = |seed| {
        let config = Config { seed, ..Config::default() };
        let store = Store::new(Arc::new(Account::new(&config).unwrap()), &config);
        let notes = store.notes[Kind::Lead].rows().iter().take(100);
        notes.map(|note| format!("{note:?} {:?}", store.content(note))).collect::<Vec<_>>()
    };
    assert_eq!(text(1), text(1));
    assert_ne!(text(1), text(2));
}

#[test]
fn a_thing_keeps_its_manager_and_its_telephone_and_only_talks_last() {
    let store = store(5000, [400; 4], [0; 3]);
    let mut known: BTreeMap<u32, (u64, String)> = BTreeMap::new();
    let (mut calls, mut answered) = (0, 0);
    for note in store.notes[Kind::Contact].rows() {
        let phone = match store.content(note) {
            Content::Sms { phone, .. } => phone,
            Content::Call(call) => {
                calls += 1;
                answered += u64::from(call.status == 4);
                assert_eq!(call.duration > 0, [1, 2, 4, 5].contains(&call.status), "{call:?}");
                assert!(call.duration > 0 || call.link.is_empty(), "{call:?}");
                call.phone
            }
            _ => continue,
        };
        let now = (note.responsible.id, phone);
        assert_eq!(*known.entry(note.entity).or_insert_with(|| now.clone()), now);
    }
    assert!((50..80).contains(&(answered * 100 / calls)), "{answered} of {calls}");
}

fn lives(kind: Kind, count: u64) -> BTreeMap<u64, Vec<Role>> {
    let schedule = Schedule::new(Scenario::of(kind), count);
    let mut lives: BTreeMap<u64, Vec<Role>> = BTreeMap::new();
    for index in 0..count {
        let slot = schedule.slot(1, index);
        lives.entry(slot.owner).or_default().push(slot.role);
    }
    lives
}

#[test]
fn a_thing_begins_first_and_moves_in_order_and_whole_lives_have_each_step_once() {
    let full = Scenario::of(Kind::Lead).steps.len();
    for count in [10, 1000, 40_000] {
        let lives = lives(Kind::Lead, count);
        for (owner, roles) in &lives {
            let rank = |role: &&Role| if let Role::Move(number) = role { number + 1 } else { 0 };
            let fixed: Vec<_> = roles.iter().filter(|role| !role.is_free()).collect();
            assert!(fixed.is_sorted_by_key(rank), "{owner}: {roles:?}");
            let begins = matches!(roles[0], Role::Created(_));
            assert_eq!(begins, *owner >= FIRST_OWNER, "{owner}: {roles:?}");
            assert!(roles.len() <= full);
        }
        let whole = lives.values().filter(|roles| roles.len() == full).count();
        assert!(count < 40_000 || whole > 1500, "{whole}");
    }
    assert!(lives(Kind::Task, 100).values().all(|roles| roles.len() == 1));
}

#[test]
fn the_steps_of_a_thing_are_found_where_the_list_has_them() {
    let schedule = Schedule::new(Scenario::of(Kind::Lead), 40_000);
    for index in 0..40_000 {
        let step = usize::try_from(index % 20).unwrap();
        assert_eq!(schedule.index_of(1, schedule.slot(1, index).owner, step), Some(index));
    }
}

#[test]
fn a_step_that_comes_next_is_behind_the_one_before_and_of_the_same_thing() {
    for (kind, count) in [Kind::Contact, Kind::Lead, Kind::Customer]
        .into_iter()
        .flat_map(|kind| [100, 10_000].map(|count| (kind, count)))
    {
        let schedule = Schedule::new(Scenario::of(kind), count);
        let slots: Vec<_> = (0..count).map(|index| schedule.slot(1, index)).collect();
        assert!(slots.iter().any(|slot| slot.role == Role::Next), "{kind:?}");
        for pair in slots.windows(2) {
            let is_next = pair[1].role == Role::Next;
            assert_eq!(pair[0].is_followed, is_next);
            assert!(!is_next || pair[0].owner == pair[1].owner, "{kind:?}");
        }
    }
}

#[test]
fn most_messages_of_clients_are_answered_by_a_user_within_a_day() {
    let store = store(20_000, [1500; 4], [0; 3]);
    let (mut asked, mut answered) = (0, 0);
    for pair in store.notes[Kind::Contact].rows().windows(2) {
        let [one, next] = pair else { continue };
        if one.note_type == NoteType::Chat && one.created_by == 0 {
            let is_soon = next.created_at - one.created_at < 24 * 3600;
            let is_answer = next.note_type == NoteType::Chat && next.created_by > 0;
            asked += 1;
            answered += u64::from(is_answer && is_soon && next.entity == one.entity);
        }
    }
    assert!(asked > 100, "{asked}");
    assert!((70..95).contains(&(answered * 100 / asked)), "{answered} of {asked}");
}

#[test]
fn leads_pass_the_stages_that_are_set_up_and_fewer_reach_each_next_one() {
    let known: BTreeSet<_> = SETTINGS
        .pipelines
        .iter()
        .flat_map(|pipeline| pipeline.statuses.iter().map(|status| (pipeline.id, status.id)))
        .collect();
    let mut met = BTreeMap::<(u64, u64), u64>::new();
    for lead in 0..5000 {
        let path = Path::of(1, lead);
        let moves: Vec<_> = (0..5).map_while(|number| path.step(number)).collect();
        assert!(moves.windows(2).all(|pair| pair[0].1 == pair[1].0));
        assert!(moves.iter().all(|(from, _)| !from.is_closed()));
        let lost = moves.last().is_some_and(|(_, to)| to.status == LOST);
        assert!(lost || path.loss_reason == 0);
        let stages = moves.iter().map(|(_, to)| *to).chain([path.start()]);
        stages.for_each(|stage| *met.entry((stage.pipeline, stage.status)).or_default() += 1);
    }
    assert_eq!(met.keys().copied().collect::<BTreeSet<_>>(), known);
    let reached = SETTINGS.pipelines[0].in_order();
    let reached: Vec<_> = reached[1..5].iter().map(|status| met[&(3_318_742, status.id)]).collect();
    assert!(reached.is_sorted_by(|wider, narrower| wider > narrower), "{reached:?}");
}

#[test]
fn the_products_of_a_deal_add_up_to_its_price_and_no_two_products_are_alike() {
    let account = &usual().account;
    let mut with_products = 0;
    for number in 0..500 {
        let positions = account.positions(Kind::Lead, number);
        let places: HashSet<_> = positions.iter().map(|position| position.place).collect();
        assert_eq!(places.len(), positions.len());
        if !positions.is_empty() {
            let sum: u64 = positions.iter().map(Position::sum).sum();
            assert_eq!(sum, account.deal(number).price);
            with_products += 1;
        }
    }
    assert!((100..400).contains(&with_products), "{with_products}");
    let all: Vec<_> = (0..Product::COUNT).map(|place| account.product(place)).collect();
    let distinct = |text: fn(&Product) -> &str| all.iter().map(text).collect::<HashSet<_>>().len();
    assert_eq!((distinct(|one| &one.name), distinct(|one| &one.sku)), (all.len(), all.len()));
    assert!(all.iter().all(|one| one.wholesale <= one.retail && one.wholesale > 0));
}

#[test]
fn names_are_known_in_parts_or_whole_and_hold_what_careless_readers_stumble_over() {
    let store = usual();
    let contacts = store.entities[Kind::Contact].rows();
    for last in [LastName::Absent, LastName::Empty] {
        assert!(contacts.iter().any(|contact| contact.name.last == last));
    }
    for name in contacts.iter().map(|contact| &contact.name) {
        match &name.last {
            LastName::Known(last) => assert_eq!(name.full, format!("{} {last}", name.first)),
            _ => assert_eq!(name.full, name.first),
        }
    }
    let all = KINDS.into_iter().flat_map(|kind| store.entities[kind].rows());
    let all: String = all.map(|entity| entity.name.full.clone() + "\n").collect();
    for piece in ["\"", "«", "/", "🔥", "&", "\\"] {
        assert!(all.contains(piece), "{piece}");
    }
}

#[test]
fn every_field_is_filled_on_some_cards_and_no_entity_needs_any() {
    let store = usual();
    for kind in KINDS {
        let cards = store.entities[kind].rows().iter().map(|entity| &entity.fields);
        let cards: Vec<&Vec<Filled>> = cards.collect();
        for field in SETTINGS.fields(kind) {
            let has = |fields: &&&Vec<Filled>| fields.iter().any(|one| one.field.id == field.id);
            let many = cards.iter().filter(has).count();
            assert!(many > 0 && many < cards.len(), "{}", field.name);
        }
        assert!(cards.iter().any(|fields| fields.is_empty()));
        for filled in cards.into_iter().flatten() {
            let values = filled.values.iter().map(|value| format!("{value:?}"));
            let distinct = values.collect::<HashSet<_>>().len();
            let is_choice = filled.field.shape == "multiselect";
            assert!(distinct > 0 && (distinct == filled.values.len() || !is_choice));
        }
    }
}

#[test]
fn what_administrators_set_up_is_what_is_used() {
    let store = usual();
    let listed = |known: &[u64], id: u64| known.contains(&id);
    let statuses: Vec<_> = SETTINGS.customer_statuses.iter().map(|one| one.id).collect();
    let sources: Vec<_> = SETTINGS.sources.iter().map(|one| one.id).collect();
    let segments = |customer| store.account.segments(customer).count();
    for number in 0..300 {
        assert!(listed(&statuses, store.account.expectation(number).status));
        assert!(store.account.deal(number).source.is_none_or(|id| listed(&sources, id)));
    }
    assert!((0..100).any(|number| segments(number) == 0));
    assert!((0..100).any(|number| segments(number) > 1));
    let waiting = store.incoming.rows();
    let categories: HashSet<_> = waiting.iter().map(|row| row.category.name()).collect();
    let pipelines: HashSet<_> = waiting.iter().map(|row| row.pipeline).collect();
    assert_eq!((categories.len(), pipelines.len()), (4, 2));
}

#[test]
fn notes_tell_of_purchases_in_the_list() {
    let account = &store(1000, [120, 200, 60, 30], [0, 40, 0]).account;
    let number = account.number(Kind::Customer, 3);
    let id = account.purchase_in_note(number, 77_777);
    let place = (0..40).find(|place| account.transaction(*place).id == id);
    assert_eq!(account.buyer(place.unwrap()), 3);
    let older = account.number(Kind::Customer, 0) - 1;
    assert_eq!(account.purchase_in_note(older, 7), 500_007);
}
