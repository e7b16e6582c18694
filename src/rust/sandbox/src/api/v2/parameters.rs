//! The parameters of API v2, read as PHP reads them.

use axum::extract::Request;
use axum::http::header::IF_MODIFIED_SINCE;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::dates;
use crate::api::query::Query;
use crate::api::rows;
use crate::api::{self, Span};
use crate::data::List;
use crate::data::table::to_usize;

/// The largest page.
const MOST_ROWS: u64 = 500;
const DAY: i64 = 24 * 3600;

/// What a request asks for.
pub struct Parameters<'a> {
    pub query: Query,
    zone: &'a TimeZone,
    /// Epoch seconds of `If-Modified-Since`.
    since: Option<i64>,
    /// Whether all rows are to come at once.
    is_whole: bool,
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
        let is_whole = rows::wants_all(request);
        Self { query: api::query(request), zone, since: since.and_then(dates::parse), is_whole }
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
        match list {
            _ if self.is_whole => Window { limit: u64::MAX, offset: 0 },
            List::IncomingLeads => self.numbered(),
            _ => self.offset(),
        }
    }

    /// Reads `limit_rows` and `limit_offset`, which works only beside a page
    /// size.
    fn offset(&self) -> Window {
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
        list.skip(to_usize(self.offset)).take(to_usize(self.limit)).collect()
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
