//! The dates that clients put into `If-Modified-Since`.

use chrono::{FixedOffset, NaiveDateTime};

/// Epoch seconds of `Mon, 01 Aug 2017 08:12:22`, of the same with `UTC`, `GMT`
/// or an offset such as `+0300` behind, or of epoch seconds as they are. No
/// zone means UTC. The weekday isn't checked, which the real one doesn't do
/// either. Anything else is no date.
pub fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(epoch) = text.parse() {
        return Some(epoch);
    }
    let date = text.split_once(',').map_or(text, |(_weekday, date)| date).trim();
    let (local, zone) = split_zone(date);
    let local = NaiveDateTime::parse_from_str(local, "%d %b %Y %H:%M:%S").ok()?;
    Some(local.and_utc().timestamp() - i64::from(offset(zone)?))
}

/// Takes what stands behind the time of day off.
fn split_zone(date: &str) -> (&str, &str) {
    match date.rsplit_once(' ') {
        Some((local, zone)) if !zone.contains(':') => (local, zone),
        _ => (date, ""),
    }
}

/// Seconds east of Greenwich.
fn offset(zone: &str) -> Option<i32> {
    match zone {
        "" | "UTC" | "GMT" | "Z" => Some(0),
        _ => zone.parse().ok().map(|offset: FixedOffset| offset.local_minus_utc()),
    }
}
