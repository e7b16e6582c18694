//! The two sales funnels, and the way of each lead through them.

use crate::data::Rng;

/// A lead that was won rests here, in every pipeline.
pub const WON: u64 = 142;
/// A lead that was lost rests here, in every pipeline.
pub const LOST: u64 = 143;
/// Most moves that one lead makes.
const MOST_MOVES: usize = 5;
const SALT: u64 = 0x0F00_E701;

/// A sales funnel.
pub struct Pipeline {
    pub id: u64,
    pub name: &'static str,
    pub sort: u64,
    pub is_main: bool,
    /// By rising id, so not in the order in which leads pass them.
    pub statuses: &'static [Status],
}

/// A stage of a funnel, as it is set up.
pub struct Status {
    pub id: u64,
    pub name: &'static str,
    pub color: &'static str,
    pub sort: u64,
    pub is_editable: bool,
}

impl Status {
    /// Whether it is the pile of leads that nobody has looked at.
    pub fn is_unsorted(&self) -> bool {
        self.sort == 10
    }
}

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

/// One step on: of 100 leads at a stage so many go on and so many are lost;
/// the others stay where they are.
struct Leg {
    stage: Stage,
    on: u64,
    lost: u64,
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
        path.walk(if repeat { &REPEAT } else { &FIRST }, start, &mut rng);
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

    fn walk(&mut self, route: &[Leg; 5], start: usize, rng: &mut Rng) {
        let mut at = start;
        while let Some(leg) = route.get(at) {
            if !self.enter(leg.stage) {
                return;
            }
            let luck = rng.below(100);
            if luck >= leg.on + leg.lost {
                return;
            }
            if luck >= leg.on {
                self.leave(leg.stage.pipeline, rng);
                return;
            }
            // Now and then a client knows what he wants and skips a stage.
            at += if rng.percent(8) && at + 2 < route.len() { 2 } else { 1 };
        }
        self.enter(Stage { pipeline: route[0].stage.pipeline, status: WON });
    }

    /// A lost lead is closed, or handed over to the other funnel.
    fn leave(&mut self, pipeline: u64, rng: &mut Rng) {
        if pipeline == MAIN && rng.percent(6) {
            self.walk(&REPEAT, 1, rng);
            return;
        }
        let status = LOST;
        if self.enter(Stage { pipeline, status }) {
            self.loss_reason = rng.weighted(&LOSS_REASONS);
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

const MAIN: u64 = 3_318_742;
const SECOND: u64 = 4_027_915;

const fn leg(pipeline: u64, status: u64, on: u64, lost: u64) -> Leg {
    let stage = Stage { pipeline, status };
    Leg { stage, on, lost }
}

/// New clients.
const FIRST: [Leg; 5] = [
    leg(MAIN, 33_187_420, 80, 15),
    leg(MAIN, 33_187_423, 62, 28),
    leg(MAIN, 33_187_426, 55, 32),
    leg(MAIN, 35_902_114, 60, 27),
    leg(MAIN, 33_187_429, 78, 12),
];

/// Clients who have bought before: faster and surer.
const REPEAT: [Leg; 5] = [
    leg(SECOND, 40_279_151, 90, 6),
    leg(SECOND, 40_279_154, 82, 10),
    leg(SECOND, 40_279_157, 84, 8),
    leg(SECOND, 40_279_160, 92, 4),
    leg(SECOND, 40_279_163, 95, 2),
];

/// Ids of the reasons for a loss, and how often each is given.
pub const LOSS_REASONS: [(u64, u64); 5] =
    [(0, 10), (9_127_301, 34), (9_127_304, 22), (9_127_307, 19), (9_127_310, 15)];

/// What the reason with this id is called; none for 0.
pub fn loss_reason_name(id: u64) -> Option<&'static str> {
    match id {
        9_127_301 => Some("Слишком дорого"),
        9_127_304 => Some("Пропала потребность"),
        9_127_307 => Some("Выбрали других"),
        9_127_310 => Some("Не устроили условия"),
        _ => None,
    }
}

const fn fixed(id: u64, name: &'static str, color: &'static str, sort: u64) -> Status {
    status(id, name, color, sort, false)
}

const fn own(id: u64, name: &'static str, color: &'static str, sort: u64) -> Status {
    status(id, name, color, sort, true)
}

const fn status(
    id: u64,
    name: &'static str,
    color: &'static str,
    sort: u64,
    is_editable: bool,
) -> Status {
    Status { id, name, color, sort, is_editable }
}

/// The account's funnels.
pub const PIPELINES: [Pipeline; 2] = [
    Pipeline {
        id: MAIN,
        name: "Продажи",
        sort: 1,
        is_main: true,
        statuses: &[
            fixed(WON, "Успешно реализовано", "#CCFF66", 10_000),
            fixed(LOST, "Закрыто и не реализовано", "#D5D8DB", 11_000),
            fixed(33_187_420, "Неразобранное", "#c1c1c1", 10),
            own(33_187_423, "Первичный контакт", "#99ccff", 20),
            own(33_187_426, "Переговоры", "#ffff99", 30),
            own(33_187_429, "Согласование договора", "#ffcccc", 50),
            // Added later, hence the larger id, but it stands before the contract.
            own(35_902_114, "Принимают решение", "#ffcc66", 40),
        ],
    },
    Pipeline {
        id: SECOND,
        name: "Повторные продажи",
        sort: 2,
        is_main: false,
        statuses: &[
            fixed(WON, "Успешно реализовано", "#CCFF66", 10_000),
            fixed(LOST, "Закрыто и не реализовано", "#D5D8DB", 11_000),
            fixed(40_279_151, "Неразобранное", "#c1c1c1", 10),
            own(40_279_154, "Заявка принята", "#99ccff", 20),
            own(40_279_157, "Счёт выставлен", "#ffff99", 30),
            own(40_279_160, "Оплачено", "#ffcc66", 40),
            own(40_279_163, "Отгрузка", "#deff81", 50),
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    fn moves(path: &Path) -> Vec<(Stage, Stage)> {
        (0..5).map_while(|number| path.step(number)).collect()
    }

    #[test]
    fn each_move_starts_where_the_one_before_ended() {
        for lead in 0..2000 {
            let path = Path::of(1, lead);
            assert!(moves(&path).windows(2).all(|pair| pair[0].1 == pair[1].0));
        }
    }

    #[test]
    fn all_stages_are_set_up_and_all_that_are_set_up_are_met() {
        let mut known: Vec<_> =
            PIPELINES.iter().flat_map(|p| p.statuses.iter().map(|s| (p.id, s.id))).collect();
        let mut met: Vec<_> = (0..5000)
            .flat_map(|lead| moves(&Path::of(1, lead)))
            .flat_map(|(from, to)| [(from.pipeline, from.status), (to.pipeline, to.status)])
            .collect();
        known.sort_unstable();
        met.sort_unstable();
        met.dedup();
        assert_eq!(met, known);
    }

    #[test]
    fn nobody_moves_on_from_the_end_and_only_the_lost_have_a_reason() {
        for lead in 0..2000 {
            let path = Path::of(1, lead);
            let moves = moves(&path);
            assert!(moves.iter().all(|(from, _)| from.status != WON && from.status != LOST));
            let lost = moves.last().is_some_and(|(_, to)| to.status == LOST);
            assert!(lost || path.loss_reason == 0);
        }
    }

    #[test]
    fn every_reason_but_none_has_a_name() {
        assert!(LOSS_REASONS.iter().all(|(id, _)| loss_reason_name(*id).is_some() == (*id != 0)));
    }

    #[test]
    fn the_funnel_narrows() {
        let paths: Vec<_> = (0..5000).map(|lead| Path::of(1, lead)).collect();
        let reach = |status| {
            let met = |path: &&Path| path.stages[..path.len].iter().any(|s| s.status == status);
            paths.iter().filter(met).count()
        };
        let counts = [33_187_423, 33_187_426, 35_902_114, 33_187_429].map(reach);
        assert!(counts.is_sorted_by(|wider, narrower| wider > narrower), "{counts:?}");
    }
}
