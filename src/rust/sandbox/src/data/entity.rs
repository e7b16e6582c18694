//! The entities of the account: its contacts, leads, companies and customers.
//!
//! A list of them ends with the newest thing that notes are about. Where it
//! is longer than the notes need, it begins with older things, of which
//! nothing was written down.

use crate::data::deals::{Expectation, Value};
use crate::data::funnel::Path;
use crate::data::names::PersonName;
use crate::data::scenario::Role;
use crate::data::schedule::FIRST_OWNER;
use crate::data::values;
use crate::data::{Account, Filled, Kind, Rng, Row, Stage, Table, User, short};

/// Most entities of one kind; there are no lower numbers for more.
pub const MOST_ENTITIES: u64 = FIRST_OWNER;
/// The kinds that have lists of entities.
pub const KINDS: [Kind; 4] = [Kind::Contact, Kind::Lead, Kind::Company, Kind::Customer];

const SALT: u64 = 0x00CA_4D50;
const DAY: u64 = 24 * 3600;

/// An entity. Times are epoch seconds.
#[derive(Clone, Debug)]
pub struct Entity {
    pub kind: Kind,
    pub id: u32,
    /// Its number, by which all that is made up about it is found.
    pub number: u64,
    pub name: PersonName,
    pub responsible: &'static User,
    /// Id of a user; 0 is a robot.
    pub created_by: u64,
    /// Id of a user; 0 is a robot.
    pub updated_by: u64,
    pub created_at: u32,
    pub updated_at: u32,
    /// Of leads only.
    pub state: LeadState,
    /// Of leads only.
    pub value: Value,
    /// Of customers only.
    pub expectation: Expectation,
    pub tags: Vec<&'static str>,
    pub fields: Vec<Filled>,
    /// The ids of the entities of each kind that belong to it, or to which it
    /// does. Of contacts the first one is the main one.
    links: [Vec<u32>; Kind::ALL.len()],
    /// Whether it is in the trash.
    pub is_deleted: bool,
}

/// How far a lead has come.
#[derive(Clone, Copy, Debug, Default)]
pub struct LeadState {
    pub stage: Stage,
    /// 0 for one that is open.
    pub closed_at: u32,
    /// 0 without a reason.
    pub loss_reason: u64,
    /// When it came here.
    moved_at: u64,
}

/// How an entity began.
pub struct Birth {
    pub number: u64,
    pub id: u32,
    pub responsible: &'static User,
    pub created_at: u32,
    /// Id of a user; 0 is a robot.
    pub created_by: u64,
}

impl Row for Entity {
    fn id(&self) -> u64 {
        self.id.into()
    }
}

impl Entity {
    /// One that has just begun in this stage, with all that is made up about
    /// the number it has; linked to nothing.
    pub fn new(
        account: &Account,
        kind: Kind,
        birth: &Birth,
        name: PersonName,
        stage: Stage,
    ) -> Self {
        let (number, at) = (birth.number, birth.created_at);
        let is = |of| kind == of;
        Self {
            kind,
            id: birth.id,
            number,
            name,
            responsible: birth.responsible,
            created_by: birth.created_by,
            updated_by: birth.created_by,
            created_at: at,
            updated_at: at,
            state: LeadState { stage, moved_at: at.into(), ..LeadState::default() },
            value: if is(Kind::Lead) { account.value(number) } else { Value::default() },
            expectation: if is(Kind::Customer) {
                account.expectation(number)
            } else {
                Expectation::default()
            },
            tags: account.tags(kind, number),
            fields: account.values(kind, number),
            links: Default::default(),
            is_deleted: false,
        }
    }

    /// The ids of the entities of a kind that it is linked to.
    pub fn links(&self, kind: Kind) -> &[u32] {
        &self.links[kind.position()]
    }

    /// The same, to be changed.
    pub fn links_mut(&mut self, kind: Kind) -> &mut Vec<u32> {
        &mut self.links[kind.position()]
    }

    /// Puts a lead into another stage.
    pub fn move_to(&mut self, stage: Stage, at: u32, loss_reason: u64) {
        let (closed_at, loss_reason) = if stage.is_closed() { (at, loss_reason) } else { (0, 0) };
        self.state = LeadState { stage, closed_at, loss_reason, moved_at: at.into() };
    }

    /// Whether it is found by these words: they are part of its name, or of a
    /// telephone number or an e-mail address on it.
    pub fn mentions(&self, words: &str) -> bool {
        let words = words.to_lowercase();
        let has = |text: &str| text.to_lowercase().contains(&words);
        has(&self.name.full) || self.reached_by().any(has)
    }

    /// The telephone numbers and e-mail addresses on it.
    pub fn reached_by(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().flat_map(|filled| &filled.values).filter_map(|value| match value {
            values::Value::Contact(text, _) => Some(text.as_str()),
            _ => None,
        })
    }
}

impl Account {
    /// How many entities of a kind there are at first.
    pub fn entities(&self, kind: Kind) -> u64 {
        self.lists.entities(kind)
    }

    /// Number of the entity at a place of the list of its kind.
    pub fn number(&self, kind: Kind, place: u64) -> u64 {
        self.first_number(kind) + place
    }

    /// Id of the entity at a place of the list of its kind.
    pub fn id_at(&self, kind: Kind, place: u64) -> u32 {
        short(self.entity_id(kind, self.number(kind, place)))
    }

    /// Where in the list of its kind the entity with this number stands, if it
    /// does.
    pub fn place_of_number(&self, kind: Kind, number: u64) -> Option<u64> {
        let place = number.checked_sub(self.first_number(kind))?;
        (place < self.entities(kind)).then_some(place)
    }

    /// All entities, linked to one another.
    pub fn all_entities(&self) -> [Table<Entity>; Kind::ALL.len()] {
        let mut tables = Kind::ALL.map(|kind| {
            let places = if kind == Kind::Task { 0 } else { self.entities(kind) };
            (0..places).map(|place| self.entity(kind, place)).collect::<Table<Entity>>()
        });
        for from in [Kind::Contact, Kind::Lead, Kind::Customer] {
            for to in [Kind::Contact, Kind::Company] {
                let links: Vec<(u32, u32)> = tables[from.position()]
                    .rows()
                    .iter()
                    .flat_map(|entity| entity.links(to).iter().map(|id| (*id, entity.id)))
                    .collect();
                let targets = tables[to.position()].rows_mut();
                for (id, back) in links {
                    if let Ok(place) = targets.binary_search_by_key(&id, |entity| entity.id) {
                        targets[place].links_mut(from).push(back);
                    }
                }
            }
        }
        tables
    }

    /// The entity at a place of the list of its kind, which rises by id; linked
    /// to its contacts and company.
    fn entity(&self, kind: Kind, place: u64) -> Entity {
        let number = self.number(kind, place);
        let mut rng = self.rng(SALT, kind, number);
        let birth = self.born(kind, place, &mut rng);
        let state = match kind {
            Kind::Lead => self.lead_state(number, birth.created_at.into()),
            _ => LeadState::default(),
        };
        let updated_at =
            self.last_change(u64::from(birth.created_at).max(state.moved_at), &mut rng);
        let touched = updated_at > birth.created_at.into();
        let name = match kind {
            Kind::Contact => self.person_name(place),
            _ => PersonName::whole(self.name(kind, place)),
        };
        let mut entity = Entity::new(self, kind, &birth, name, state.stage);
        entity.state = state;
        entity.updated_at = short(updated_at);
        if touched {
            entity.updated_by = editor(birth.responsible, &mut rng);
        }
        if matches!(kind, Kind::Lead | Kind::Customer) {
            let contacts = self.contacts_of(kind, place);
            let ids = contacts.iter().map(|place| self.id_at(Kind::Contact, *place));
            entity.links_mut(Kind::Contact).extend(ids);
        }
        if kind != Kind::Company {
            let company = self.company_of(kind, place);
            entity
                .links_mut(Kind::Company)
                .extend(company.map(|place| self.id_at(Kind::Company, place)));
        }
        entity
    }

    fn first_number(&self, kind: Kind) -> u64 {
        FIRST_OWNER + self.schedule(kind).turns() - self.entities(kind)
    }

    /// How the entity at a place of the list of its kind began.
    pub fn birth(&self, kind: Kind, place: u64) -> Birth {
        self.born(kind, place, &mut self.rng(SALT, kind, self.number(kind, place)))
    }

    /// Entities begin with the note that says so, if there is one.
    fn born(&self, kind: Kind, place: u64, rng: &mut Rng) -> Birth {
        let schedule = self.schedule(kind);
        let number = self.number(kind, place);
        let responsible = self.responsible(kind, number);
        let id = self.id_at(kind, place);
        if let Some(index) = schedule.index_of(self.seed, number, 0) {
            let note = self.note(kind, index);
            let (created_at, created_by) = (note.created_at, note.created_by.into());
            return Birth { number, id, responsible, created_at, created_by };
        }
        let created_by = if rng.percent(30) { 0 } else { responsible.id };
        let older = FIRST_OWNER - self.first_number(kind);
        let chance = rng.next();
        let at = if schedule.count == 0 {
            self.calendar.moment(place, older, chance).at
        } else {
            self.calendar.earlier(place, older, chance)
        };
        Birth { number, id, responsible, created_at: short(at), created_by }
    }

    /// Where its moves have brought the lead with this number.
    pub fn lead_state(&self, number: u64, born_at: u64) -> LeadState {
        let path = Path::of(self.seed, number);
        let mut reached =
            LeadState { stage: path.start(), moved_at: born_at, ..LeadState::default() };
        for (step, plan) in self.schedule(Kind::Lead).scenario.steps.iter().enumerate() {
            let Role::Move(number_of_move) = plan.role else {
                continue;
            };
            let Some((_, stage)) = path.step(number_of_move) else {
                break;
            };
            let Some(moved_at) = self.moved_at(number, step, born_at + plan.after * 60) else {
                break;
            };
            reached = LeadState { stage, moved_at, ..reached };
        }
        if reached.stage.is_closed() {
            reached.closed_at = short(reached.moved_at);
            reached.loss_reason = path.loss_reason;
        }
        reached
    }

    /// When a step was taken: as the note says that tells of it, or as planned
    /// where the notes do not reach. None if it lies ahead.
    fn moved_at(&self, number: u64, step: usize, planned: u64) -> Option<u64> {
        let schedule = self.schedule(Kind::Lead);
        if schedule.count == 0 {
            return (planned < self.calendar.end()).then_some(planned);
        }
        match schedule.index_of(self.seed, number, step) {
            None => Some(planned.min(self.calendar.start() - 1)),
            Some(index) if index < schedule.count => {
                Some(self.note(Kind::Lead, index).created_at.into())
            }
            Some(_) => None,
        }
    }

    fn last_change(&self, since: u64, rng: &mut Rng) -> u64 {
        if rng.percent(25) {
            return since;
        }
        (since + rng.below(40 * DAY)).min(self.calendar.end() - 1)
    }
}

/// Robots change entities as well.
fn editor(responsible: &User, rng: &mut Rng) -> u64 {
    if rng.percent(12) { 0 } else { responsible.id }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::config::{Config, ListCounts, NoteCounts};
    use crate::data::content::Content;
    use crate::data::note::NoteType;

    fn account(notes: u64, entities: u64) -> Account {
        let config = Config {
            notes: NoteCounts::each(notes),
            lists: ListCounts::each(entities),
            ..Config::default()
        };
        Account::new(&config).unwrap()
    }

    fn table(account: &Account, kind: Kind) -> Table<Entity> {
        let [contacts, leads, companies, _, customers] = account.all_entities();
        match kind {
            Kind::Contact => contacts,
            Kind::Lead => leads,
            Kind::Company => companies,
            _ => customers,
        }
    }

    #[test]
    fn everything_that_notes_are_about_is_listed_if_the_list_is_long_enough() {
        let account = account(1000, 100);
        for kind in KINDS {
            let entities = table(&account, kind);
            for index in 0..1000 {
                assert!(entities.find(account.note(kind, index).entity.into()).is_some());
            }
        }
    }

    #[test]
    fn ids_and_times_of_creation_rise_whether_or_not_there_are_notes() {
        for notes in [0, 50, 1000, 100_000] {
            let account = account(notes, 700);
            for kind in KINDS {
                let table = table(&account, kind);
                let rows = table.rows();
                assert!(rows.is_sorted_by(|a, b| a.id < b.id));
                assert!(rows.is_sorted_by_key(|row| row.created_at), "{kind:?} {notes}");
                assert!(rows.iter().all(|row| row.updated_at >= row.created_at));
                let end = account.calendar.end();
                assert!(rows.iter().all(|row| u64::from(row.updated_at) < end));
            }
        }
    }

    #[test]
    fn an_entity_begins_with_the_note_that_says_so() {
        let account = account(1000, 100);
        let leads = table(&account, Kind::Lead);
        let mut seen = 0;
        for index in 0..1000 {
            let note = account.note(Kind::Lead, index);
            if note.note_type == NoteType::LeadCreated {
                let lead = leads.find(note.entity.into()).unwrap();
                assert_eq!(lead.created_at, note.created_at);
                assert_eq!(lead.created_by, u64::from(note.created_by));
                seen += 1;
            }
        }
        assert_eq!(seen, 50);
    }

    #[test]
    fn a_lead_stands_where_its_last_move_led() {
        let account = account(20_000, 1500);
        let leads = table(&account, Kind::Lead);
        let mut last: BTreeMap<u32, (Stage, u32, u64)> = BTreeMap::new();
        for index in 0..20_000 {
            let note = account.note(Kind::Lead, index);
            if let Content::StageChanged { to, loss_reason, .. } = account.content(&note) {
                last.insert(note.entity, (to, note.created_at, loss_reason));
            }
        }
        assert!(last.len() > 500);
        for (id, (stage, at, loss_reason)) in last {
            let state = leads.find(id.into()).unwrap().state;
            assert_eq!(state.stage, stage);
            assert_eq!(state.loss_reason, loss_reason);
            assert_eq!(state.closed_at, if stage.is_closed() { at } else { 0 });
        }
    }

    #[test]
    fn leads_are_open_and_won_and_lost_whether_or_not_there_are_notes() {
        for notes in [0, 1000] {
            let leads = table(&account(notes, 200), Kind::Lead);
            let has = |lead: &&Entity, status| lead.state.stage.status == status;
            let at = |status| leads.rows().iter().filter(|lead| has(lead, status)).count();
            let (won, lost) = (at(crate::data::funnel::WON), at(crate::data::funnel::LOST));
            assert!(won > 20 && lost > 40 && won + lost < 190, "{won} {lost}");
        }
    }

    #[test]
    fn entities_name_one_another_whatever_the_sizes() {
        for [contacts, leads, companies, customers] in
            [[120, 200, 60, 30], [3, 50, 7, 9], [50, 3, 1, 0], [0, 20, 4, 4], [20, 20, 0, 20]]
        {
            let lists =
                ListCounts { contacts, leads, companies, customers, ..ListCounts::default() };
            let account = Account::new(&Config { lists, ..Config::default() }).unwrap();
            let tables = account.all_entities();
            for (one, other) in KINDS.into_iter().flat_map(|kind| KINDS.map(|other| (kind, other)))
            {
                for entity in tables[one.position()].rows() {
                    for id in entity.links(other) {
                        let linked = tables[other.position()].find((*id).into()).unwrap();
                        assert!(linked.links(one).contains(&entity.id), "{one:?} {other:?}");
                    }
                    assert!(entity.links(other).is_sorted());
                }
            }
        }
    }

    #[test]
    fn some_are_linked_to_nothing_and_some_to_several() {
        let account = Account::new(&Config::default()).unwrap();
        let [contacts, leads, ..] = account.all_entities();
        let count = |table: &Table<Entity>, kind| -> Vec<usize> {
            table.rows().iter().map(|entity| entity.links(kind).len()).collect()
        };
        let deals = count(&contacts, Kind::Lead);
        assert!(deals.contains(&0) && deals.iter().any(|count| *count > 2), "{deals:?}");
        let people = count(&leads, Kind::Contact);
        assert!([0, 1, 2].iter().all(|count| people.contains(count)));
        let firms = count(&leads, Kind::Company);
        assert!(firms.contains(&1) && firms.contains(&0));
    }

    #[test]
    fn an_entity_is_found_by_any_part_of_its_name_in_any_case_and_by_its_telephone() {
        let contacts = table(&Account::new(&Config::default()).unwrap(), Kind::Contact);
        let contact = contacts.rows().iter().find(|contact| contact.reached_by().next().is_some());
        let contact = contact.unwrap();
        assert!(contact.mentions(&contact.name.full.to_uppercase()));
        assert!(contact.mentions(contact.reached_by().next().unwrap()));
        assert!(!contact.mentions("нет такого"));
    }

    #[test]
    fn the_longest_lists_keep_ids_below_two_to_the_31() {
        let account = account(0, MOST_ENTITIES);
        for kind in KINDS {
            let first = account.id_at(kind, 0);
            let last = account.id_at(kind, MOST_ENTITIES - 1);
            assert!(first > 0 && first < last && last < 1 << 31);
        }
    }
}
