//! When things happen: two years of business that grows, in office hours.

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

use crate::error::Error;

/// Length of the account's history in weeks. It ends with the last midnight.
pub const WEEKS: u64 = 104;
const WEEK_SECONDS: u64 = 7 * 24 * 3600;
const WEEK_HOURS: usize = 7 * 24;

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
    /// The hour of the week, counted from Monday's midnight, at which it begins.
    first_hour: usize,
    /// Business before each hour since then, and in the week as a whole.
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
    /// The two years that end with the last midnight before `now`, in seconds
    /// since 1970, as clocks in `timezone` show them.
    pub fn new(timezone: &TimeZone, now: u64) -> Result<Self, Error> {
        let today = midnight(timezone, now).ok_or(Error::Now(now))?;
        let end = u64::try_from(today.timestamp().as_second()).map_err(|_| Error::Now(now))?;
        let first_hour = usize::from(today.weekday().since(Weekday::Monday).unsigned_abs()) * 24;
        let days = [WORKDAY, WORKDAY, WORKDAY, WORKDAY, WORKDAY, SATURDAY, SUNDAY];
        let hours = days.as_flattened();
        let mut before = vec![0];
        for weight in hours[first_hour..].iter().chain(&hours[..first_hour]) {
            before.push(before.last().copied().unwrap_or(0) + weight);
        }
        Ok(Self { start: end - WEEKS * WEEK_SECONDS, first_hour, before })
    }

    /// Epoch seconds of the first moment.
    pub fn start(&self) -> u64 {
        self.start
    }

    /// When the `index`-th of `count` events happened, all of which took place
    /// in the two years before.
    pub fn earlier(&self, index: u64, count: u64, chance: u64) -> u64 {
        self.moment(index, count, chance).at - WEEKS * WEEK_SECONDS
    }

    /// Epoch seconds of the moment after the last one.
    pub fn end(&self) -> u64 {
        self.start + WEEKS * WEEK_SECONDS
    }

    /// When the `index`-th of `count` events happens; `chance`, any number,
    /// moves it between its neighbours.
    pub fn moment(&self, index: u64, count: u64, chance: u64) -> Moment {
        let within = u128::from(chance % ONE);
        let position = (u128::from(index) * u128::from(ONE) + within) / u128::from(count.max(1));
        let elapsed =
            grown(u64::try_from(position).map_or(ONE - 1, |position| position.min(ONE - 1)));
        let weeks = elapsed * WEEKS;
        let (hour, second) = self.time_of_week(weeks % ONE);
        Moment {
            at: self.start + weeks / ONE * WEEK_SECONDS + hour as u64 * 3600 + second,
            open: is_open((self.first_hour + hour) % WEEK_HOURS),
        }
    }

    /// The hour since the week began and the second of the hour by which
    /// `part` of the week's business is done.
    fn time_of_week(&self, part: u64) -> (usize, u64) {
        let total = self.before.last().copied().unwrap_or(0);
        let done = part * total;
        let hour = self.before.partition_point(|before| before * ONE <= done) - 1;
        let weight = self.before[hour + 1] - self.before[hour];
        let second = (done - self.before[hour] * ONE) * 3600 / (weight * ONE);
        (hour, second)
    }
}

/// The time by which `position` of all business is done, when business grows
/// steadily and is half as brisk again at the end: the root of
/// `position = (time + time² / 4) / (5 / 4)`.
fn grown(position: u64) -> u64 {
    2 * (((ONE + position * 5 / 4) * ONE).isqrt() - ONE)
}

/// The last midnight before `now`; none outside the years 2000 to 2100.
fn midnight(timezone: &TimeZone, now: u64) -> Option<ZonedDateTime> {
    let now = Timestamp::from_second(i64::try_from(now).ok()?).ok()?;
    let now = now.to_zoned_datetime(timezone.clone());
    (2000..=2100).contains(&now.year()).then(|| now.start_of_day().ok()).flatten()
}

/// Whether the office works in an hour of the week, counted from Monday's
/// midnight.
fn is_open(hour: usize) -> bool {
    hour < 5 * 24 && (9..19).contains(&(hour % 24))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn until(now: &str) -> Calendar {
        let now: Timestamp = now.parse().unwrap();
        let zone = TimeZone::get("Europe/Moscow").unwrap();
        Calendar::new(&zone, u64::try_from(now.as_second()).unwrap()).unwrap()
    }

    fn moscow() -> Calendar {
        until("2025-12-29T12:00:00+03:00")
    }

    fn moments(count: u64) -> Vec<Moment> {
        let calendar = moscow();
        (0..count).map(|i| calendar.moment(i, count, i.wrapping_mul(0x9E37_79B9))).collect()
    }

    #[test]
    fn time_never_runs_back_and_stays_in_the_history() {
        let calendar = moscow();
        let moments = moments(20_000);
        assert!(moments.is_sorted_by_key(|moment| moment.at));
        assert!(moments.iter().all(|moment| (calendar.start..calendar.end()).contains(&moment.at)));
    }

    #[test]
    fn the_history_ends_with_the_last_midnight_of_the_zone() {
        assert_eq!(moscow().start, 1_704_056_400);
        assert_eq!(moscow().end(), 1_766_955_600);
        let early = until("2026-07-01T23:59:59+03:00");
        let late = until("2026-07-02T00:00:00+03:00");
        assert_eq!(late.end() - early.end(), 24 * 3600);
        assert_eq!(early.end(), 1_782_853_200);
    }

    #[test]
    fn a_present_that_ids_and_times_cannot_hold_is_refused() {
        for now in [0, 946_684_799, 4_133_980_800, u64::MAX] {
            let refused = Calendar::new(&TimeZone::UTC, now);
            assert!(matches!(refused, Err(Error::Now(at)) if at == now), "{now}");
        }
        assert!(Calendar::new(&TimeZone::UTC, 946_684_800).is_ok());
    }

    #[test]
    fn offices_are_open_on_the_same_days_whatever_day_it_ends() {
        let zone = TimeZone::get("Europe/Moscow").unwrap();
        for day in 1..=7 {
            let calendar = until(&format!("2026-03-0{day}T08:30:00+03:00"));
            let local = |at: u64| {
                let at = i64::try_from(at).unwrap();
                Timestamp::from_second(at).unwrap().to_zoned_datetime(zone.clone())
            };
            for index in 0..2000 {
                let moment = calendar.moment(index, 2000, index.wrapping_mul(0x9E37_79B9));
                let local = local(moment.at);
                let workday = local.weekday().to_monday_zero_offset() < 5;
                assert_eq!(moment.open, workday && (9..19).contains(&local.hour()), "{local}");
            }
        }
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
        let calendar = moscow();
        assert!(calendar.moment(0, 0, u64::MAX).at < calendar.end());
        assert!(calendar.moment(79_999_999, 80_000_000, u64::MAX).at < calendar.end());
    }
}
