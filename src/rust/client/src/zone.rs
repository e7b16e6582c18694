//! The account's time zone: wall-clock texts to moments.

use chrono::{DateTime, Duration, FixedOffset, LocalResult, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;

/// How R writes a wall-clock time.
const WALL_CLOCK: &str = "%Y-%m-%d %H:%M:%S";

/// A moment as the user gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Seconds since 1970, UTC.
    Epoch(i64),
    /// Date and time on the wall of the account's office.
    WallClock(NaiveDateTime),
}

impl Moment {
    /// Reads `YYYY-mm-dd HH:MM:SS`.
    pub fn wall_clock(text: &str) -> Option<Moment> {
        NaiveDateTime::parse_from_str(text, WALL_CLOCK).ok().map(Moment::WallClock)
    }

    /// Seconds since 1970, UTC, for an account in `zone`.
    ///
    /// A time that the clocks skipped counts as the moment they were put
    /// forward; of a time that came twice the first is taken, so that a
    /// "changed since" never loses rows.
    pub fn epoch(self, zone: &Zone) -> i64 {
        match self {
            Moment::Epoch(seconds) => seconds,
            Moment::WallClock(wall) => zone.epoch(wall),
        }
    }
}

/// Seconds since 1970 as an HTTP date, `Sat, 01 Jun 2019 00:00:00 GMT`:
/// English names whatever the locale (contract section 2).
pub fn http_date(epoch: i64) -> Option<String> {
    DateTime::<Utc>::from_timestamp(epoch, 0)
        .map(|moment| moment.format("%a, %d %b %Y %H:%M:%S GMT").to_string())
}

/// An account's time zone.
#[derive(Clone, Debug)]
pub struct Zone {
    /// Olson name as the server gave it: R's `tzone`.
    pub name: String,
    rules: Rules,
}

#[derive(Clone, Debug)]
enum Rules {
    Named(Tz),
    Fixed(FixedOffset),
}

impl Zone {
    /// A zone by its Olson name, else by an offset such as `+03:00`.
    pub fn new(name: &str, offset: Option<&str>) -> Option<Zone> {
        let rules = match name.parse::<Tz>() {
            Ok(zone) => Rules::Named(zone),
            Err(_) => Rules::Fixed(offset?.parse().ok()?),
        };
        Some(Zone { name: name.to_owned(), rules })
    }

    fn epoch(&self, wall: NaiveDateTime) -> i64 {
        match &self.rules {
            Rules::Named(zone) => epoch_in(zone, wall),
            Rules::Fixed(offset) => epoch_in(offset, wall),
        }
    }
}

fn epoch_in<Z: TimeZone>(zone: &Z, wall: NaiveDateTime) -> i64 {
    match zone.from_local_datetime(&wall) {
        LocalResult::Single(moment) | LocalResult::Ambiguous(moment, _) => moment.timestamp(),
        LocalResult::None => end_of_gap(zone, wall),
    }
}

/// Gaps are a few hours at most, and begin and end on full minutes.
fn end_of_gap<Z: TimeZone>(zone: &Z, wall: NaiveDateTime) -> i64 {
    let minute = wall.and_utc().timestamp().rem_euclid(60);
    let start = wall - Duration::seconds(minute);
    (1..=24 * 60)
        .find_map(|minutes| {
            zone.from_local_datetime(&(start + Duration::minutes(minutes)))
                .earliest()
                .map(|moment| moment.timestamp())
        })
        .unwrap_or_else(|| wall.and_utc().timestamp())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Moment, Zone, http_date};

    fn epoch(zone: &str, text: &str) -> i64 {
        Moment::wall_clock(text).unwrap().epoch(&Zone::new(zone, None).unwrap())
    }

    #[test]
    fn wall_clock_times_are_read_in_the_accounts_zone() {
        assert_eq!(epoch("Europe/Moscow", "2019-06-01 00:00:00"), 1_559_336_400);
        assert_eq!(epoch("UTC", "2019-06-01 00:00:00"), 1_559_347_200);
        assert_eq!(epoch("Asia/Yekaterinburg", "2019-06-01 00:00:00"), 1_559_329_200);
    }

    #[test]
    fn a_skipped_time_is_the_moment_the_clocks_went_forward_and_a_double_one_is_the_first() {
        assert_eq!(epoch("Europe/Berlin", "2024-03-31 02:30:10"), 1_711_846_800);
        assert_eq!(epoch("Europe/Berlin", "2024-10-27 02:30:00"), 1_729_989_000);
    }

    #[test]
    fn an_unknown_zone_falls_back_to_its_offset() {
        let zone = Zone::new("Mars/Olympus", Some("+05:00")).unwrap();
        assert_eq!(Moment::wall_clock("2019-06-01 05:00:00").unwrap().epoch(&zone), 1_559_347_200);
        assert!(Zone::new("Mars/Olympus", None).is_none());
    }

    #[test]
    fn http_dates_are_english_and_utc() {
        assert_eq!(http_date(1_559_336_400).unwrap(), "Fri, 31 May 2019 21:00:00 GMT");
    }
}
