//! The account's time zone: wall-clock texts to moments.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDateTime, Timelike, Utc};
use jiff::tz::TimeZone;

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
    /// A time that the clocks skipped, or that came twice, counts as the
    /// earlier of the two moments it may mean, so that a "changed since"
    /// never loses rows.
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
    Named(TimeZone),
    Fixed(FixedOffset),
}

impl Zone {
    /// A zone by its Olson name, else by an offset such as `+03:00`.
    pub fn new(name: &str, offset: Option<&str>) -> Option<Zone> {
        let rules = match TimeZone::get(name) {
            Ok(zone) => Rules::Named(zone),
            Err(_) => Rules::Fixed(offset?.parse().ok()?),
        };
        Some(Zone { name: name.to_owned(), rules })
    }

    /// What the clock on the wall shows, in a format of chrono; None for
    /// moments beyond its years.
    pub fn wall(&self, seconds: i64, format: &str) -> Option<String> {
        let offset = match &self.rules {
            Rules::Named(zone) => {
                zone.to_offset(jiff::Timestamp::from_second(seconds).ok()?).seconds()
            }
            Rules::Fixed(offset) => offset.local_minus_utc(),
        };
        let wall = DateTime::<Utc>::from_timestamp(seconds + i64::from(offset), 0)?;
        Some(wall.format(format).to_string())
    }

    fn epoch(&self, wall: NaiveDateTime) -> i64 {
        let utc = wall.and_utc().timestamp();
        match &self.rules {
            Rules::Named(zone) => named_epoch(zone, wall).unwrap_or(utc),
            Rules::Fixed(offset) => utc - i64::from(offset.local_minus_utc()),
        }
    }
}

/// None for years that can't be told apart from nonsense.
fn named_epoch(zone: &TimeZone, wall: NaiveDateTime) -> Option<i64> {
    let civil = jiff::civil::DateTime::new(
        i16::try_from(wall.year()).ok()?,
        i8::try_from(wall.month()).ok()?,
        i8::try_from(wall.day()).ok()?,
        i8::try_from(wall.hour()).ok()?,
        i8::try_from(wall.minute()).ok()?,
        i8::try_from(wall.second()).ok()?,
        0,
    );
    let moment = zone.to_ambiguous_timestamp(civil.ok()?).earlier().ok()?;
    Some(moment.as_second())
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
    fn of_a_skipped_or_double_time_the_earlier_moment_is_taken() {
        assert_eq!(epoch("Europe/Berlin", "2024-03-31 02:30:10"), 1_711_845_010);
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
