//! The entities of the account: its contacts, leads, companies and customers.
//!
//! A list of them ends with the newest thing that notes are about. Where it
//! is longer than the notes need, it begins with older things, of which
//! nothing was written down.

use crate::data::deals::{Deal, Expectation};
use crate::data::funnel::Path;
use crate::data::kind::OfKinds;
use crate::data::names::PersonName;
use crate::data::scenario::Role;
use crate::data::schedule::FIRST_OWNER;
use crate::data::values::FieldValue;
use crate::data::{Account, Filled, Kind, Rng, Row, Stage, Table, User, clamped};

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
    pub deal: Deal,
    /// Of customers only.
    pub expectation: Expectation,
    pub tags: Vec<&'static str>,
    pub fields: Vec<Filled>,
    /// The ids of the entities of each kind that belong to it, or to which it
    /// does. Of contacts the first one is the main one.
    pub links: OfKinds<Vec<u32>>,
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
            deal: if is(Kind::Lead) { account.deal(number) } else { Deal::default() },
            expectation: if is(Kind::Customer) {
                account.expectation(number)
            } else {
                Expectation::default()
            },
            tags: account.tags(kind, number),
            fields: account.values(kind, number),
            links: OfKinds::default(),
            is_deleted: false,
        }
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
            FieldValue::Contact(text, _) => Some(text.as_str()),
            _ => None,
        })
    }
}

impl Account {
    /// How many entities of a kind there are at first.
    pub fn entities(&self, kind: Kind) -> u64 {
        self.lists[kind.list()]
    }

    /// Number of the entity at a place of the list of its kind.
    pub fn number(&self, kind: Kind, place: u64) -> u64 {
        self.first_number(kind) + place
    }

    /// Id of the entity at a place of the list of its kind.
    pub fn id_at(&self, kind: Kind, place: u64) -> u32 {
        clamped(self.entity_id(kind, self.number(kind, place)))
    }

    /// Where in the list of its kind the entity with this number stands, if it
    /// does.
    pub fn place_of_number(&self, kind: Kind, number: u64) -> Option<u64> {
        let place = number.checked_sub(self.first_number(kind))?;
        (place < self.entities(kind)).then_some(place)
    }

    /// All entities, linked to one another.
    pub fn all_entities(&self) -> OfKinds<Table<Entity>> {
        let mut tables = OfKinds::new(|kind| {
            let places = if kind == Kind::Task { 0 } else { self.entities(kind) };
            (0..places).map(|place| self.entity(kind, place)).collect::<Table<Entity>>()
        });
        for from in [Kind::Contact, Kind::Lead, Kind::Customer] {
            for to in [Kind::Contact, Kind::Company] {
                let links: Vec<(u32, u32)> = tables[from]
                    .rows()
                    .iter()
                    .flat_map(|entity| entity.links[to].iter().map(|id| (*id, entity.id)))
                    .collect();
                let targets = tables[to].rows_mut();
                for (id, back) in links {
                    if let Ok(place) = targets.binary_search_by_key(&id, |entity| entity.id) {
                        targets[place].links[from].push(back);
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
        entity.updated_at = clamped(updated_at);
        if touched {
            entity.updated_by = editor(birth.responsible, &mut rng);
        }
        if matches!(kind, Kind::Lead | Kind::Customer) {
            let contacts = self.contacts_of(kind, place);
            let ids = contacts.iter().map(|place| self.id_at(Kind::Contact, *place));
            entity.links[Kind::Contact].extend(ids);
        }
        if kind != Kind::Company {
            let company = self.company_of(kind, place);
            entity.links[Kind::Company]
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
        Birth { number, id, responsible, created_at: clamped(at), created_by }
    }

    /// Where its moves have brought the lead with this number.
    pub fn lead_state(&self, number: u64, born_at: u64) -> LeadState {
        let path = Path::of(self.seed, number);
        let mut reached =
            LeadState { stage: path.start(), moved_at: born_at, ..LeadState::default() };
        for (step, plan) in self.schedule(Kind::Lead).scenario.steps.iter().enumerate() {
            let Role::Move(number_of_move) = plan.0 else {
                continue;
            };
            let Some((_, stage)) = path.step(number_of_move) else {
                break;
            };
            let Some(moved_at) = self.moved_at(number, step, born_at + plan.1 * 60) else {
                break;
            };
            reached = LeadState { stage, moved_at, ..reached };
        }
        if reached.stage.is_closed() {
            reached.closed_at = clamped(reached.moved_at);
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
