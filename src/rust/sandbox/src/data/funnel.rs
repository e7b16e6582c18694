//! The way of each lead through the two sales funnels.

use crate::data::settings::Pipeline;
use crate::data::{Rng, SETTINGS};

/// A lead that was won rests here, in every pipeline.
pub const WON: u64 = 142;
/// A lead that was lost rests here, in every pipeline.
pub const LOST: u64 = 143;
/// Most moves that one lead makes.
const MOST_MOVES: usize = 5;
const SALT: u64 = 0x0F00_E701;

/// Where a lead stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stage {
    pub pipeline: u64,
    pub status: u64,
}

impl Stage {
    /// Whether a lead rests here for good.
    pub fn is_closed(self) -> bool {
        self.status == WON || self.status == LOST
    }
}

/// Everywhere a lead has been, first place first.
#[derive(Debug)]
pub struct Path {
    stages: [Stage; MOST_MOVES + 1],
    len: usize,
    /// Why it was lost; 0 if it was not or nobody said.
    pub loss_reason: u64,
}

impl Path {
    /// The way of the lead with this number.
    pub fn of(seed: u64, lead: u64) -> Self {
        let mut rng = Rng::of(&[seed, SALT, lead]);
        let repeat = rng.percent(25);
        // Leads that a manager enters by hand skip the unsorted pile.
        let start = usize::from(rng.percent(30));
        let mut path = Self { stages: [Stage::default(); MOST_MOVES + 1], len: 0, loss_reason: 0 };
        path.walk(&SETTINGS.pipelines[usize::from(repeat)], start, &mut rng);
        path
    }

    /// The first place.
    pub fn start(&self) -> Stage {
        self.stages[0]
    }

    /// Where the move with this number, from 0, leads from and to.
    pub fn step(&self, number: u8) -> Option<(Stage, Stage)> {
        let number = usize::from(number);
        let places = self.stages[..self.len].get(number..number + 2)?;
        Some((places[0], places[1]))
    }

    /// Clients who have bought before are faster and surer, as the second funnel shows.
    fn walk(&mut self, funnel: &Pipeline, start: usize, rng: &mut Rng) {
        let stages = funnel.in_order();
        let (pipeline, route) = (funnel.id, &stages[..stages.len() - 2]);
        let mut at = start;
        while let Some(stage) = route.get(at) {
            if !self.enter(Stage { pipeline, status: stage.id }) {
                return;
            }
            let luck = rng.below(100);
            if luck >= stage.on + stage.lost {
                return;
            }
            if luck >= stage.on {
                self.leave(funnel, rng);
                return;
            }
            // Now and then a client knows what he wants and skips a stage.
            at += if rng.percent(8) && at + 2 < route.len() { 2 } else { 1 };
        }
        self.enter(Stage { pipeline, status: WON });
    }

    /// A lost lead is closed, or handed over to the other funnel.
    fn leave(&mut self, funnel: &Pipeline, rng: &mut Rng) {
        if funnel.is_main && rng.percent(6) {
            self.walk(&SETTINGS.pipelines[1], 1, rng);
            return;
        }
        if self.enter(Stage { pipeline: funnel.id, status: LOST }) {
            self.loss_reason = any_loss_reason(rng);
        }
    }

    /// Adds a place, if there is room for one.
    fn enter(&mut self, stage: Stage) -> bool {
        let free = self.stages.get_mut(self.len);
        let fits = free.map(|place| *place = stage).is_some();
        self.len += usize::from(fits);
        fits
    }
}

/// The id of a reason for a loss; 0 if nobody gave one.
pub fn any_loss_reason(rng: &mut Rng) -> u64 {
    let reasons = SETTINGS.loss_reasons.iter().map(|reason| (reason.id, reason.share));
    rng.weighted(&[(0, 10)].into_iter().chain(reasons).collect::<Vec<_>>())
}
