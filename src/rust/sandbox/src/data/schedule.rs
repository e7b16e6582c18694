//! Which note of which thing stands at which place of the list.
//!
//! A list of notes is cut into turns of as many places as the scenario has
//! steps. At every turn one new thing begins its scenario, and every other step
//! falls to a thing that began some turns earlier. So the place of a note is
//! arithmetic: any note can be made without those before it, whatever their number.

use crate::data::Rng;
use crate::data::calendar::WEEKS;
use crate::data::scenario::{Role, Scenario, Step};

/// Number of the thing that begins at the first turn. Older things have
/// lower numbers: their stories began before the list does.
pub const FIRST_OWNER: u64 = 1_000_000;
const MINUTES: u64 = WEEKS * 7 * 24 * 60;
const SALT: u64 = 0x5C4E_D01E;

/// The order of one list.
pub struct Schedule {
    pub scenario: &'static Scenario,
    /// Notes in the list.
    pub count: u64,
    places: Vec<Place>,
}

/// One step of the scenario, in turns.
struct Place {
    /// Turns since the thing began.
    delay: u64,
    /// A power of two: within so many turns the step swaps places with the
    /// same step of other things, which makes lives unequal.
    block: u64,
    /// The step whose swaps it shares: its own, or the one that it follows.
    swaps_of: u64,
    /// How many free steps come before this one.
    free_before: u64,
}

/// What stands at one place of the list.
pub struct Slot {
    pub owner: u64,
    pub role: Role,
    /// Whether the place behind is of the same thing.
    pub is_followed: bool,
    /// Number of this free step among all of the list.
    pub free_rank: u64,
}

impl Schedule {
    /// Deals `count` notes out.
    pub fn new(scenario: &'static Scenario, count: u64) -> Self {
        let steps = &scenario.steps;
        let turns = turns(scenario, count);
        let mut free_before = 0;
        let places = steps.iter().enumerate().map(|(number, step)| {
            let place = Place {
                delay: in_turns(step.1, turns),
                block: block(slack(steps, number, turns)),
                swaps_of: (number as u64).saturating_sub(u64::from(step.0 == Role::Next)),
                free_before,
            };
            free_before += u64::from(step.0.is_free());
            place
        });
        Self { scenario, count, places: places.collect() }
    }

    /// How many things begin in the list.
    pub fn turns(&self) -> u64 {
        turns(self.scenario, self.count)
    }

    /// What stands at place `index` of the list of `seed`.
    pub fn slot(&self, seed: u64, index: u64) -> Slot {
        let steps = &self.scenario.steps;
        let length = steps.len() as u64;
        let turn = index / length;
        let number = usize::try_from(index % length).unwrap_or(0);
        let place = &self.places[number];
        let born = FIRST_OWNER + swapped(seed, place.swaps_of, turn, place.block);
        Slot {
            owner: born.saturating_sub(place.delay),
            role: steps[number].0,
            is_followed: steps.get(number + 1).is_some_and(|step| step.0 == Role::Next),
            free_rank: turn * self.free_steps() + place.free_before,
        }
    }

    /// Where in the list a step of a thing's scenario stands, be it beyond the
    /// end; none if it came to pass before the list begins.
    pub fn index_of(&self, seed: u64, owner: u64, number: usize) -> Option<u64> {
        let place = &self.places[number];
        let slot = (owner + place.delay).checked_sub(FIRST_OWNER)?;
        let turn = swapped(seed, place.swaps_of, slot, place.block);
        Some(turn * self.scenario.steps.len() as u64 + number as u64)
    }

    fn free_steps(&self) -> u64 {
        self.scenario.steps.iter().filter(|step| step.0.is_free()).count() as u64
    }
}

fn turns(scenario: &Scenario, count: u64) -> u64 {
    count.div_ceil(scenario.steps.len() as u64)
}

fn in_turns(minutes: u64, turns: u64) -> u64 {
    minutes * turns / MINUTES
}

/// How far, in turns, a step may move without getting ahead of the beginning
/// or, for moves through the funnel, of the move before or after.
fn slack(steps: &[Step], number: usize, turns: u64) -> u64 {
    let here = in_turns(steps[number].1, turns);
    let fixed = |step: &&Step| !step.0.is_free();
    if steps[number].0.is_free() {
        return here;
    }
    let before = steps[..number].iter().rfind(fixed);
    let after = steps[number + 1..].iter().find(fixed);
    let back = before.map_or(0, |step| here - in_turns(step.1, turns));
    let ahead = after.map_or(back, |step| in_turns(step.1, turns) - here);
    back.min(ahead) / 2
}

/// The largest power of two that moves nothing by more than `slack`.
fn block(slack: u64) -> u64 {
    1 << (slack + 1).ilog2()
}

/// The partner with which a turn swaps the things of one step. Swapping twice
/// changes nothing, and nobody is left over.
fn swapped(seed: u64, step: u64, turn: u64, block: u64) -> u64 {
    let flips = Rng::of(&[seed, SALT, step, turn / block]).next();
    turn ^ (flips & (block - 1))
}
