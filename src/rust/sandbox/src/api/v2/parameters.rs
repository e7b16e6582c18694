//! The parameters of API v2, read as PHP reads them.

use axum::extract::Request;
use axum::http::header::IF_MODIFIED_SINCE;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::dates;
use crate::api::query::Query;
use crate::api::{self, Span};
use crate::data::List;

/// The largest page.
const MOST_ROWS: u64 = 500;
const DAY: i64 = 24 * 3600;

/// What a request asks for.
pub struct Parameters<'a> {
    pub query: Query,
    zone: &'a TimeZone,
    /// Epoch seconds of `If-Modified-Since`.
    since: Option<i64>,
}

/// Some rows in succession.
#[derive(Debug, PartialEq, Eq)]
pub struct Window {
    limit: u64,
    offset: u64,
}

impl<'a> Parameters<'a> {
    /// Those of a request; text is read in the account's time.
    pub fn read(request: &Request, zone: &'a TimeZone) -> Self {
        let since = request.headers().get(IF_MODIFIED_SINCE).and_then(|value| value.to_str().ok());
        Self { query: api::query(request), zone, since: since.and_then(dates::parse) }
    }

    /// A parameter that is a whole number.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.query.value(name)?.trim().parse().ok()
    }

    /// The numbers of a list. What isn't a number counts as 0, as it does in
    /// PHP, and so finds nothing.
    pub fn numbers(&self, name: &str) -> Vec<u64> {
        self.query.list(name).map(|text| text.parse().unwrap_or(0)).collect()
    }

    /// Reads `filter[name][from]` and `[to]`. What is no date is passed over.
    pub fn span(&self, name: &str) -> Span {
        let text = |end| self.query.value(&format!("filter[{name}][{end}]"));
        Span {
            from: text("from").and_then(|text| moment(text, self.zone)),
            to: text("to").and_then(|text| last_moment(text, self.zone)),
        }
    }

    /// The time since `If-Modified-Since`, that very second with it.
    pub fn modified(&self) -> Span {
        Span { from: self.since, to: None }
    }

    /// The page of a list that is asked for.
    pub fn window(&self, list: List) -> Window {
        if list == List::IncomingLeads { self.numbered() } else { self.offset() }
    }

    /// Reads `limit_rows` and `limit_offset`, which works only beside a page
    /// size.
    pub fn offset(&self) -> Window {
        let limit = self.number("limit_rows").filter(|limit| *limit > 0);
        let offset = limit.and_then(|_| self.number("limit_offset"));
        Window { limit: limit.unwrap_or(MOST_ROWS).min(MOST_ROWS), offset: offset.unwrap_or(0) }
    }

    /// Reads `page`, counted from 1, and `page_size`.
    fn numbered(&self) -> Window {
        let limit = self.number("page_size").filter(|rows| *rows > 0);
        let limit = limit.unwrap_or(MOST_ROWS).min(MOST_ROWS);
        let page = self.number("page").unwrap_or(1);
        Window { limit, offset: page.saturating_sub(1).saturating_mul(limit) }
    }
}

impl Window {
    /// The largest first page.
    pub const WHOLE: Self = Self { limit: MOST_ROWS, offset: 0 };

    /// What of a list lies within.
    pub fn cut<T>(&self, list: impl Iterator<Item = T>) -> Vec<T> {
        let size = |rows| usize::try_from(rows).unwrap_or(usize::MAX);
        list.skip(size(self.offset)).take(size(self.limit)).collect()
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
    use std::sync::OnceLock;

    use super::*;
    use axum::body::Body;

    fn parameters(raw: &str) -> Parameters<'static> {
        static ZONE: OnceLock<TimeZone> = OnceLock::new();
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = format!("/?{raw}").parse().unwrap();
        Parameters::read(&request, ZONE.get_or_init(|| TimeZone::get("Asia/Omsk").unwrap()))
    }

    fn span(raw: &str) -> Span {
        parameters(raw).span("date")
    }

    fn window(raw: &str) -> (u64, u64) {
        let window = parameters(raw).offset();
        (window.limit, window.offset)
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
        assert!(span("filter[date][from]=yesterday&filter[date][to]=") == Span::default());
        assert!(span("filter[date][to]=5") != Span::default());
    }

    #[test]
    fn pages_hold_500_rows_at_most_and_by_default() {
        for (raw, limit) in [("", 500), ("limit_rows=501", 500), ("limit_rows=0", 500)] {
            assert_eq!(window(raw).0, limit, "{raw}");
        }
        assert_eq!(window("limit_rows=7"), (7, 0));
    }

    #[test]
    fn an_offset_alone_is_ignored() {
        assert_eq!(window("limit_offset=10"), (500, 0));
        assert_eq!(window("limit_rows=5&limit_offset=10"), (5, 10));
    }

    #[test]
    fn numbered_pages_follow_one_another() {
        let numbered = |raw: &str| parameters(raw).numbered();
        assert_eq!(numbered("page=3&page_size=20"), Window { limit: 20, offset: 40 });
        assert_eq!(numbered("page=0"), Window { limit: 500, offset: 0 });
        assert_eq!(numbered("page=18446744073709551615&page_size=9").cut(0..9).len(), 0);
    }
}
