//! What goes wrong, and for which request.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Mutex;
use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;

use crate::data::random::Rng;
use crate::list_fault::{Asked, ListFault};
use crate::query;
use crate::reply;
use crate::sync::lock;

/// A rule that spoils some of the replies.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Matches requests whose path and query, as sent or with percent signs
    /// decoded, contain this text: `/api/v2/notes`, or `limit_offset=500` for
    /// one page, or `filter[id]`.
    pub path: String,
    /// Which of the matching requests are meant, counted from 0.
    pub nth: Range<u64>,
    /// What happens to them.
    pub action: Action,
}

/// What happens to a request that a [`Fault`] picks.
#[derive(Clone, Debug)]
pub enum Action {
    /// This status, these headers and this body.
    Status(u16, Vec<(String, String)>, String),
    /// 204, as if there were no rows.
    EmptyPage,
    /// Only the first rows of the page, at most so many. With 0 it is a page
    /// with an empty list, which the real service does not send.
    ShortPage(u64),
    /// Status 200 with this body.
    Body(String),
    /// The whole reply is announced, half of it sent, the connection closed.
    /// A reply without a body, such as a 204, comes as it is.
    CutBody,
    /// The reply comes byte by byte, with a pause before each.
    Drip(Duration),
    /// The connection is closed without a reply.
    Close,
    /// The request is obeyed, and the connection closed without a reply.
    Lose,
    /// Every occurrence of the first text in the reply is the second one.
    Replace(String, String),
    /// Nothing: no later fault happens to this request.
    Spare,
    /// The reply comes so much later. Adds up with other faults.
    Delay(Duration),
    /// Every session and every access token of OAuth ends, and the reply says
    /// so: 401, as the API that was asked spells it.
    ExpireSession,
    /// 302 to this place.
    Redirect(String),
    /// From now on, this reply included, the lists lack so many of their first
    /// rows, as when somebody deletes them: the others move to earlier pages.
    /// Of each kind of note, and of each other list, the same number goes,
    /// counted as API v2 lists them; v4 has neither these rows nor the events
    /// of these notes any more.
    RemoveRows(u64),
    /// From now on, this reply included, so many rows stand before the first
    /// of every list: the others move to later pages. The account has these
    /// rows from the beginning and holds them back until then.
    InsertRows(u64),
    /// So many things happen in the account before this reply, whatever they
    /// are.
    Live(u64),
    /// The list that is asked for lies or moves. All that pick a request happen
    /// to it, in their order.
    List(ListFault),
    /// The action, where more holds for the request.
    When(When, Box<Action>),
}

/// What a request has to be besides named and numbered.
#[derive(Clone, Debug)]
pub struct When {
    /// The share of the requests that are picked, at random.
    pub share: f64,
    /// Makes chance, that of a [`ListFault`] too, another one.
    pub seed: u64,
    /// Only every so manieth.
    pub every: u64,
    /// Requests are counted for each page by itself.
    pub each_page: bool,
    /// Only in this time, counted from the first request that matches.
    pub during: Range<Duration>,
    /// Only pages of more rows than this.
    pub over: u64,
    /// Only pages that some of these rows of the list belong to, counted from 0.
    pub holding: Range<u64>,
}

/// What the faults have in store for one request.
#[derive(Debug, Default)]
pub struct Plan {
    /// Time to let pass before the reply.
    pub delay: Duration,
    /// The first action that applies, delays aside.
    pub action: Option<Action>,
    /// All that happens to the list.
    pub list: Vec<ListFault>,
    /// For the chance in it.
    pub seed: u64,
}

/// A mark on a request: serve only the first rows of the page.
#[derive(Clone, Copy)]
pub struct RowCap(pub u64);

/// All rules, with what each has matched.
pub struct Faults(Vec<(Fault, Mutex<Matched>)>);

#[derive(Default)]
struct Matched {
    all: u64,
    /// By path and query.
    pages: HashMap<String, u64>,
    first: Option<Duration>,
}

impl Faults {
    /// Rules in order of precedence.
    pub fn new(faults: Vec<Fault>) -> Self {
        Self(faults.into_iter().map(|fault| (fault, Mutex::default())).collect())
    }

    /// Counts a request for `target` (path and query) that arrives at `now` and
    /// plans its reply.
    pub fn plan(&self, target: &str, now: Duration) -> Plan {
        let decoded = query::decoded(target);
        let mut plan = Plan::default();
        for (fault, matched) in &self.0 {
            if !target.contains(&fault.path) && !decoded.contains(&fault.path) {
                continue;
            }
            let when = fault.when();
            if when.picks(&fault.nth, target, now, &mut lock(matched)) {
                plan.add(fault.action(), when.seed);
            }
        }
        plan
    }
}

impl Fault {
    /// What happens, whenever it does.
    pub fn action(&self) -> &Action {
        if let Action::When(_, action) = &self.action { action } else { &self.action }
    }

    fn when(&self) -> When {
        if let Action::When(when, _) = &self.action { when.clone() } else { When::default() }
    }
}

impl Default for When {
    /// No condition at all.
    fn default() -> Self {
        Self {
            share: 1.0,
            seed: 0,
            every: 1,
            each_page: false,
            during: Duration::ZERO..Duration::MAX,
            over: 0,
            holding: 0..u64::MAX,
        }
    }
}

impl When {
    /// Whether a request is meant; counts it if it is for such a page.
    fn picks(&self, nth: &Range<u64>, target: &str, now: Duration, seen: &mut Matched) -> bool {
        let asked = Asked::read(target);
        if asked.limit <= self.over || !asked.overlaps(&self.holding) {
            return false;
        }
        let first = *seen.first.get_or_insert(now);
        let of_page = seen.pages.entry(target.to_owned()).or_default();
        let number = if self.each_page { *of_page } else { seen.all };
        // By page, so that what runs at the same time has the same fate.
        let chance = Rng::of(&[self.seed, Rng::of_text(target).next(), *of_page]).chance();
        *of_page += 1;
        seen.all += 1;
        nth.contains(&number)
            && (number + 1) % self.every.max(1) == 0
            && self.during.contains(&now.saturating_sub(first))
            && chance < self.share
    }
}

impl Plan {
    fn add(&mut self, action: &Action, seed: u64) {
        match action {
            Action::Delay(_) | Action::List(_) if matches!(self.action, Some(Action::Spare)) => {}
            Action::Delay(time) => self.delay += *time,
            Action::List(fault) => {
                self.list.push(fault.clone());
                self.seed = seed;
            }
            other if self.action.is_none() => self.action = Some(other.clone()),
            _ => {}
        }
    }
}

/// The reply that [`Action::Status`] asks for; 500 if HTTP can't say it.
pub fn status(code: u16, headers: &[(String, String)], body: String) -> Response {
    let mut builder = Response::builder().status(code);
    for (name, value) in headers {
        builder = builder.header(name, value);
    }
    builder
        .body(Body::from(body))
        .unwrap_or_else(|_| reply::empty(StatusCode::INTERNAL_SERVER_ERROR))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(path: &str, nth: Range<u64>, action: Action) -> Fault {
        Fault { path: path.to_owned(), nth, action }
    }

    #[test]
    fn only_the_chosen_ones_of_the_matching_requests_are_spoilt() {
        let faults = Faults::new(vec![fault("type=lead", 1..2, Action::EmptyPage)]);
        let spoilt = |target| faults.plan(target, Duration::ZERO).action.is_some();
        assert!(!spoilt("/api/v2/notes?type=contact"));
        assert!(!spoilt("/api/v2/notes?type=lead"));
        assert!(spoilt("/api/v2/notes?type=lead"));
        assert!(!spoilt("/api/v2/notes?type=lead"));
    }

    #[test]
    fn brackets_match_however_they_were_sent() {
        for path in ["filter[id]", "filter%5Bid%5D"] {
            let faults = Faults::new(vec![fault(path, 0..9, Action::EmptyPage)]);
            assert!(
                faults
                    .plan("/api/v4/leads/notes?filter%5Bid%5D=1", Duration::ZERO)
                    .action
                    .is_some()
            );
        }
    }

    #[test]
    fn delays_add_up_and_the_first_other_action_wins() {
        let second = Duration::from_secs(1);
        let faults = Faults::new(vec![
            fault("/a", 0..9, Action::Delay(second)),
            fault("/a", 0..9, Action::Close),
            fault("/a", 0..9, Action::EmptyPage),
            fault("/a", 0..9, Action::Delay(second)),
        ]);
        let plan = faults.plan("/a", Duration::ZERO);
        assert_eq!(plan.delay, 2 * second);
        assert!(matches!(plan.action, Some(Action::Close)));
    }

    /// Which of these requests, a second apart, are picked.
    fn picked(when: When, targets: &[&str]) -> Vec<bool> {
        let action = Action::When(when, Box::new(Action::EmptyPage));
        let faults = Faults::new(vec![fault("/", 0..9, action)]);
        let plans = (0..).zip(targets).map(|(second, target)| {
            faults.plan(target, Duration::from_secs(100 + second)).action.is_some()
        });
        plans.collect()
    }

    #[test]
    fn more_may_have_to_hold_for_a_request() {
        let page = |page| format!("/api/v4/leads?page={page}&limit=10");
        let (first, second) = (page(1), page(2));
        let pages = [first.as_str(), &second, &second, &first];
        let usual = When::default();
        assert_eq!(picked(usual.clone(), &pages), [true; 4]);
        let every = When { every: 2, ..usual.clone() };
        assert_eq!(picked(every.clone(), &pages), [false, true, false, true]);
        let by_page = When { each_page: true, ..every };
        assert_eq!(picked(by_page, &pages), [false, false, true, true]);
        let holding = When { holding: 15..16, ..usual.clone() };
        assert_eq!(picked(holding, &pages), [false, true, true, false]);
        let seconds = Duration::from_secs(1)..Duration::from_secs(3);
        let during = When { during: seconds, ..usual.clone() };
        assert_eq!(picked(during, &pages), [false, true, true, false]);
        assert_eq!(picked(When { over: 10, ..usual.clone() }, &pages), [false; 4]);
        assert_eq!(picked(When { over: 9, ..usual.clone() }, &pages), [true; 4]);
        assert_eq!(picked(When { share: 0.0, ..usual }, &pages), [false; 4]);
    }

    #[test]
    fn offsets_of_both_apis_are_known() {
        for page in ["limit_rows=20&limit_offset=40", "page=3&page_size=20"] {
            let holding = |row| When { holding: row..row + 1, ..When::default() };
            let target = format!("/api/v2/leads?{page}");
            for (row, is_there) in [(39, false), (40, true), (59, true), (60, false)] {
                assert_eq!(picked(holding(row), &[&target]), [is_there], "{page} {row}");
            }
        }
    }

    #[test]
    fn a_request_that_is_spared_is_spared_by_all_later_faults() {
        let faults = Faults::new(vec![
            fault("/a", 0..9, Action::Spare),
            fault("/a", 0..9, Action::EmptyPage),
            fault("/a", 0..9, Action::Delay(Duration::from_secs(1))),
            fault("/a", 0..9, Action::List(ListFault::New)),
        ]);
        let plan = faults.plan("/a", Duration::ZERO);
        assert!(matches!(plan.action, Some(Action::Spare)));
        assert!(plan.delay.is_zero() && plan.list.is_empty());
    }

    #[test]
    fn a_status_that_http_does_not_know_is_500() {
        assert_eq!(status(9999, &[], String::new()).status(), 500);
    }
}
