//! The cards of the account: its contacts, leads, companies and customers.
//!
//! A list of cards ends with the newest thing that notes are about. Where it
//! is longer than the notes need, it begins with older things, of which
//! nothing was written down.

use crate::account::{Account, User};
use crate::funnel::{Path, Stage};
use crate::index::short;
use crate::kind::Kind;
use crate::random::Rng;
use crate::schedule::FIRST_OWNER;
use crate::story::Role;

/// Most cards of one kind; there are no lower numbers for more.
pub const MOST_CARDS: u64 = FIRST_OWNER;

const SALT: u64 = 0x00CA_4D50;
const DAY: u64 = 24 * 3600;

/// What filters and orders ask about a card. Times are epoch seconds.
#[derive(Clone, Copy, Debug)]
pub struct Card {
    pub kind: Kind,
    /// Its place in the list of its kind.
    pub place: u64,
    pub id: u32,
    pub responsible: &'static User,
    /// Id of a user; 0 is a robot.
    pub created_by: u64,
    /// Id of a user; 0 is a robot.
    pub updated_by: u64,
    pub created_at: u32,
    pub updated_at: u32,
    /// Of leads only.
    pub standing: Standing,
}

/// How far a lead has come.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standing {
    pub stage: Stage,
    /// 0 for one that is open.
    pub closed_at: u32,
    /// 0 without a reason.
    pub loss_reason: u64,
    /// When it came here.
    moved_at: u64,
}

/// How a card began.
struct Birth {
    at: u64,
    by: u64,
}

impl Account {
    /// How many cards of a kind there are.
    pub fn cards(&self, kind: Kind) -> u64 {
        self.lists.cards(kind)
    }

    /// Number of the thing at a place of the list of its kind.
    pub fn number(&self, kind: Kind, place: u64) -> u64 {
        self.first_number(kind) + place
    }

    /// Id of the thing at a place of the list of its kind.
    pub fn card_id(&self, kind: Kind, place: u64) -> u32 {
        short(self.element_id(kind, self.number(kind, place)))
    }

    /// Where in the list of its kind the thing with this number stands, if it
    /// does.
    pub fn place_of_number(&self, kind: Kind, number: u64) -> Option<u64> {
        let place = number.checked_sub(self.first_number(kind))?;
        (place < self.cards(kind)).then_some(place)
    }

    /// Where in the list of its kind the thing with this id stands, if it
    /// does.
    pub fn card_place(&self, kind: Kind, id: u64) -> Option<u64> {
        self.place_of_number(kind, self.owner_of(kind, id)?)
    }

    /// The card at a place of the list of its kind, which rises by id.
    pub fn card(&self, kind: Kind, place: u64) -> Card {
        let number = self.number(kind, place);
        let responsible = self.responsible(kind, number);
        let mut rng = self.dice(SALT, kind, number);
        let birth = self.birth(kind, place, responsible, &mut rng);
        let standing = match kind {
            Kind::Lead => self.standing(number, birth.at),
            _ => Standing::default(),
        };
        let updated_at = self.last_change(birth.at.max(standing.moved_at), &mut rng);
        let touched = updated_at > birth.at;
        Card {
            kind,
            place,
            id: short(self.element_id(kind, number)),
            responsible,
            created_by: birth.by,
            updated_by: if touched { editor(responsible, &mut rng) } else { birth.by },
            created_at: short(birth.at),
            updated_at: short(updated_at),
            standing,
        }
    }

    fn first_number(&self, kind: Kind) -> u64 {
        FIRST_OWNER + self.schedule(kind).turns() - self.cards(kind)
    }

    /// Cards begin with the note that says so, if there is one.
    fn birth(&self, kind: Kind, place: u64, responsible: &User, rng: &mut Rng) -> Birth {
        let schedule = self.schedule(kind);
        if let Some(index) = schedule.index_of(self.seed, self.number(kind, place), 0) {
            let row = self.row(kind, index);
            return Birth { at: row.created_at, by: self.author(&row) };
        }
        let by = if rng.percent(30) { 0 } else { responsible.id };
        let older = FIRST_OWNER - self.first_number(kind);
        let dice = rng.next();
        let at = if schedule.count == 0 {
            self.calendar.moment(place, older, dice).at
        } else {
            self.calendar.earlier(place, older, dice)
        };
        Birth { at, by }
    }

    /// Where its moves have brought the lead with this number.
    fn standing(&self, number: u64, born_at: u64) -> Standing {
        let path = Path::of(self.seed, number);
        let mut standing =
            Standing { stage: path.start(), moved_at: born_at, ..Standing::default() };
        for (step, plan) in self.schedule(Kind::Lead).story.steps.iter().enumerate() {
            let Role::Move(number_of_move) = plan.role else {
                continue;
            };
            let Some((_, stage)) = path.step(number_of_move) else {
                break;
            };
            let Some(moved_at) = self.moved_at(number, step, born_at + plan.after * 60) else {
                break;
            };
            standing = Standing { stage, moved_at, ..standing };
        }
        if standing.stage.is_closed() {
            standing.closed_at = short(standing.moved_at);
            standing.loss_reason = path.loss_reason;
        }
        standing
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
            Some(index) if index < schedule.count => Some(self.row(Kind::Lead, index).created_at),
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

/// Robots change cards as well.
fn editor(responsible: &User, rng: &mut Rng) -> u64 {
    if rng.percent(12) { 0 } else { responsible.id }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::config::{Config, ListCounts, NoteCounts};
    use crate::content::Content;
    use crate::notes::NoteType;

    const CARDS: [Kind; 4] = [Kind::Contact, Kind::Lead, Kind::Company, Kind::Customer];

    fn account(notes: u64, cards: u64) -> Account {
        let config = Config {
            notes: NoteCounts::each(notes),
            lists: ListCounts::each(cards),
            ..Config::default()
        };
        Account::new(&config).unwrap()
    }

    fn cards(account: &Account, kind: Kind) -> Vec<Card> {
        (0..account.cards(kind)).map(|place| account.card(kind, place)).collect()
    }

    #[test]
    fn everything_that_notes_are_about_has_a_card_if_the_list_is_long_enough() {
        let account = account(1000, 100);
        for kind in CARDS {
            for index in 0..1000 {
                let note = account.row(kind, index);
                let place = account.card_place(kind, note.element_id).unwrap();
                assert_eq!(u64::from(account.card_id(kind, place)), note.element_id);
            }
        }
    }

    #[test]
    fn ids_and_times_of_creation_rise_whether_or_not_there_are_notes() {
        for notes in [0, 50, 1000, 100_000] {
            let account = account(notes, 700);
            for kind in CARDS {
                let cards = cards(&account, kind);
                assert!(cards.is_sorted_by(|a, b| a.id < b.id));
                assert!(cards.is_sorted_by_key(|card| card.created_at), "{kind:?} {notes}");
                assert!(cards.iter().all(|card| card.updated_at >= card.created_at));
                let end = account.calendar.end();
                assert!(cards.iter().all(|card| u64::from(card.updated_at) < end));
            }
        }
    }

    #[test]
    fn a_card_begins_with_the_note_that_says_so() {
        let account = account(1000, 100);
        let mut seen = 0;
        for index in 0..1000 {
            let note = account.note(Kind::Lead, index);
            if note.row.note_type == NoteType::LeadCreated {
                let place = account.card_place(Kind::Lead, note.row.element_id).unwrap();
                let card = account.card(Kind::Lead, place);
                assert_eq!(u64::from(card.created_at), note.row.created_at);
                assert_eq!(card.created_by, note.created_by);
                seen += 1;
            }
        }
        assert_eq!(seen, 50);
    }

    #[test]
    fn a_lead_stands_where_its_last_move_led() {
        let account = account(20_000, 1500);
        let mut last: BTreeMap<u64, (Stage, u64, u64)> = BTreeMap::new();
        for index in 0..20_000 {
            let note = account.note(Kind::Lead, index);
            if let Content::StageChanged { to, loss_reason, .. } = note.content {
                last.insert(note.row.element_id, (to, note.row.created_at, loss_reason));
            }
        }
        assert!(last.len() > 500);
        for (id, (stage, at, loss_reason)) in last {
            let place = account.card_place(Kind::Lead, id).unwrap();
            let standing = account.card(Kind::Lead, place).standing;
            assert_eq!(standing.stage, stage);
            assert_eq!(standing.loss_reason, loss_reason);
            let closed_at = if stage.is_closed() { at } else { 0 };
            assert_eq!(u64::from(standing.closed_at), closed_at);
        }
    }

    #[test]
    fn leads_are_open_and_won_and_lost_whether_or_not_there_are_notes() {
        for notes in [0, 1000] {
            let cards = cards(&account(notes, 200), Kind::Lead);
            let at = |status| cards.iter().filter(|c| c.standing.stage.status == status).count();
            let (won, lost) = (at(crate::funnel::WON), at(crate::funnel::LOST));
            assert!(won > 20 && lost > 40 && won + lost < 190, "{won} {lost}");
        }
    }

    #[test]
    fn the_longest_lists_keep_ids_below_two_to_the_31() {
        let account = account(0, MOST_CARDS);
        for kind in CARDS {
            let first = account.card(kind, 0).id;
            let last = account.card(kind, MOST_CARDS - 1).id;
            assert!(first > 0 && first < last && last < 1 << 31);
            assert_eq!(account.card_place(kind, first.into()), Some(0));
        }
    }
}
