//! Spans of time in the filters of API v2, whose ends are numbers or text.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::query::Query;

const DAY: i64 = 24 * 3600;

/// A span of time in epoch seconds, both ends within.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Span {
    from: Option<i64>,
    to: Option<i64>,
}

impl Span {
    /// Reads `filter[name][from]` and `[to]`, the text in the account's time.
    /// What is no date is passed over.
    pub fn read(query: &Query, name: &str, zone: &TimeZone) -> Self {
        let text = |end| query.value(&format!("filter[{name}][{end}]"));
        Self {
            from: text("from").and_then(|text| moment(text, zone)),
            to: text("to").and_then(|text| last_moment(text, zone)),
        }
    }

    /// Whether a moment lies within.
    pub fn holds(&self, moment: u64) -> bool {
        let moment = i64::try_from(moment).unwrap_or(i64::MAX);
        self.from.is_none_or(|from| moment >= from) && self.to.is_none_or(|to| moment <= to)
    }

    /// Whether it is all of time.
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }
}

/// A day as customers have it, `10.10.2017`, ends with its last second.
fn last_moment(text: &str, zone: &TimeZone) -> Option<i64> {
    let begin = moment(text, zone)?;
    let is_day = day(text.trim()).is_some();
    Some(if is_day { begin + DAY - 1 } else { begin })
}

/// Epoch seconds as such, `2019-01-01`, `2019-01-01 12:30:00`, `10.10.2017`.
fn moment(text: &str, zone: &TimeZone) -> Option<i64> {
    let text = text.trim();
    if let Ok(epoch) = text.parse() {
        return Some(epoch);
    }
    let date = |text| Date::strptime("%Y-%m-%d", text).ok();
    let time = |text| DateTime::strptime("%Y-%m-%d %H:%M:%S", text).ok();
    let clock = time(text).or_else(|| Some(date(text).or_else(|| day(text))?.at(0, 0, 0, 0)))?;
    Some(zone.to_ambiguous_timestamp(clock).compatible().ok()?.as_second())
}

fn day(text: &str) -> Option<Date> {
    Date::strptime("%d.%m.%Y", text).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn span(raw: &str) -> Span {
        let zone = TimeZone::get("Asia/Omsk").unwrap();
        Span::read(&Query::parse(raw.as_bytes()), "date", &zone)
    }

    #[test]
    fn text_is_read_in_the_time_of_the_account() {
        for text in ["1546279200", "2019-01-01", "2019-01-01%2000:00:00", "2019-01-01+00%3A00%3A00"]
        {
            let span = span(&format!("filter[date][from]={text}"));
            assert!(span.holds(1_546_279_200) && !span.holds(1_546_279_199), "{text}");
        }
    }

    #[test]
    fn days_with_dots_hold_the_whole_last_day() {
        let span = span("filter[date][from]=01.01.2019&filter[date][to]=01.01.2019");
        let held = |moment| span.holds(moment);
        assert!(held(1_546_279_200) && held(1_546_279_200 + 86_399));
        assert!(!held(1_546_279_199) && !held(1_546_279_200 + 86_400));
    }

    #[test]
    fn what_is_no_date_is_no_bound() {
        assert!(span("filter[date][from]=yesterday&filter[date][to]=").is_all());
        assert!(!span("filter[date][to]=5").is_all());
    }
}
