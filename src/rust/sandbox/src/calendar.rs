//! When things happen: two years of business that grows, in office hours.

use jiff::civil::date;
use jiff::tz::TimeZone;

/// Length of the account's history in weeks; it begins on Monday,
/// 1 January 2024, and so ends on Monday, 29 December 2025.
pub const WEEKS: u64 = 104;
const WEEK_SECONDS: u64 = 7 * 24 * 3600;

/// Fixed-point one: positions in the history are whole numbers below it.
const ONE: u64 = 1 << 31;

/// How busy the hours of a day are, from midnight.
const WORKDAY: [u64; 24] =
    [1, 1, 1, 1, 1, 2, 4, 10, 25, 75, 100, 105, 95, 60, 85, 100, 105, 95, 70, 35, 18, 10, 5, 2];
const SATURDAY: [u64; 24] =
    [1, 1, 1, 1, 1, 1, 1, 2, 4, 8, 14, 16, 15, 12, 12, 11, 9, 6, 4, 3, 2, 2, 1, 1];
const SUNDAY: [u64; 24] = [1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 5, 6, 6, 5, 5, 5, 4, 4, 4, 3, 3, 2, 1, 1];

/// The history of one account.
pub struct Calendar {
    /// Epoch seconds of its first moment.
    start: u64,
    /// Business before each hour of the week, and in the week as a whole.
    before: Vec<u64>,
}

/// A moment of the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Epoch seconds, UTC.
    pub at: u64,
    /// Whether the office is open: workdays from 9 to 19.
    pub open: bool,
}

impl Calendar {
    /// The history as clocks in `timezone` show it.
    pub fn new(timezone: &TimeZone) -> Self {
        let mut before = vec![0];
        let days = [WORKDAY, WORKDAY, WORKDAY, WORKDAY, WORKDAY, SATURDAY, SUNDAY];
        for weight in days.as_flattened() {
            before.push(before.last().copied().unwrap_or(0) + weight);
        }
        Self { start: first_monday(timezone), before }
    }

    /// Epoch seconds of the first moment.
    pub fn start(&self) -> u64 {
        self.start
    }

    /// When the `index`-th of `count` events happened, all of which took place
    /// in the two years before.
    pub fn earlier(&self, index: u64, count: u64, dice: u64) -> u64 {
        self.moment(index, count, dice).at - WEEKS * WEEK_SECONDS
    }

    /// Epoch seconds of the moment after the last one.
    pub fn end(&self) -> u64 {
        self.start + WEEKS * WEEK_SECONDS
    }

    /// When the `index`-th of `count` events happens; `dice`, any number,
    /// moves it between its neighbours.
    pub fn moment(&self, index: u64, count: u64, dice: u64) -> Moment {
        let within = u128::from(dice % ONE);
        let position = (u128::from(index) * u128::from(ONE) + within) / u128::from(count.max(1));
        let elapsed =
            grown(u64::try_from(position).map_or(ONE - 1, |position| position.min(ONE - 1)));
        let weeks = elapsed * WEEKS;
        let (hour, second) = self.time_of_week(weeks % ONE);
        Moment {
            at: self.start + weeks / ONE * WEEK_SECONDS + hour * 3600 + second,
            open: hour < 5 * 24 && (9..19).contains(&(hour % 24)),
        }
    }

    /// The hour of the week and the second of the hour by which `part` of
    /// the week's business is done.
    fn time_of_week(&self, part: u64) -> (u64, u64) {
        let total = self.before.last().copied().unwrap_or(0);
        let done = part * total;
        let hour = self.before.partition_point(|before| before * ONE <= done) - 1;
        let weight = self.before[hour + 1] - self.before[hour];
        let second = (done - self.before[hour] * ONE) * 3600 / (weight * ONE);
        (hour as u64, second)
    }
}

/// The time by which `position` of all business is done, when business grows
/// steadily and is half as brisk again at the end: the root of
/// `position = (time + time² / 4) / (5 / 4)`.
fn grown(position: u64) -> u64 {
    2 * (((ONE + position * 5 / 4) * ONE).isqrt() - ONE)
}

fn first_monday(timezone: &TimeZone) -> u64 {
    let midnight = date(2024, 1, 1).at(0, 0, 0, 0);
    let start = timezone.to_ambiguous_timestamp(midnight).earlier();
    start.ok().and_then(|start| u64::try_from(start.as_second()).ok()).unwrap_or(0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn moments(count: u64) -> Vec<Moment> {
        let calendar = Calendar::new(&TimeZone::get("Europe/Moscow").unwrap());
        (0..count).map(|i| calendar.moment(i, count, i.wrapping_mul(0x9E37_79B9))).collect()
    }

    #[test]
    fn time_never_runs_back_and_stays_in_the_history() {
        let calendar = Calendar::new(&TimeZone::get("Europe/Moscow").unwrap());
        let moments = moments(20_000);
        assert!(moments.is_sorted_by_key(|moment| moment.at));
        assert!(moments.iter().all(|moment| (calendar.start..calendar.end()).contains(&moment.at)));
    }

    #[test]
    fn the_history_begins_and_ends_at_the_mondays_midnight_of_the_zone() {
        let calendar = Calendar::new(&TimeZone::get("Europe/Moscow").unwrap());
        assert_eq!(calendar.start, 1_704_056_400);
        assert_eq!(calendar.end(), 1_766_955_600);
    }

    #[test]
    fn most_of_it_happens_while_the_office_is_open() {
        let open = moments(10_000).iter().filter(|moment| moment.open).count();
        assert!((8000..9500).contains(&open), "{open}");
    }

    #[test]
    fn business_grows() {
        let middle = 1_704_056_400 + WEEKS / 2 * WEEK_SECONDS;
        let early = moments(10_000).iter().filter(|moment| moment.at < middle).count();
        assert!((4400..4600).contains(&early), "{early}");
    }

    #[test]
    fn extreme_counts_do_no_harm() {
        let calendar = Calendar::new(&TimeZone::get("Europe/Moscow").unwrap());
        assert!(calendar.moment(0, 0, u64::MAX).at < calendar.end());
        assert!(calendar.moment(79_999_999, 80_000_000, u64::MAX).at < calendar.end());
    }
}
