//! What goes wrong, and for which request.

pub mod body;
pub mod list;
mod row;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Mutex;
use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;

use crate::api::query;
use crate::api::reply;
use crate::data::random::Rng;
use crate::fault::{Action, Fault, ListFault, When};
use crate::sync::lock;
use list::{AskedRows, SpoiltList};

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

/// All rules, in order of precedence.
pub struct Faults {
    rules: Vec<Rule>,
    /// The lists that were changed.
    lists: Mutex<BTreeMap<String, SpoiltList>>,
}

/// A fault, what has to hold for it, and what it has matched.
struct Rule {
    path: String,
    nth: Range<u64>,
    when: When,
    action: Action,
    matched: Mutex<Matched>,
}

#[derive(Default)]
struct Matched {
    all: u64,
    /// By path and query.
    pages: HashMap<String, u64>,
    first: Option<Duration>,
}

impl Faults {
    /// The rules of these faults.
    pub fn new(faults: Vec<Fault>) -> Self {
        Self { rules: faults.into_iter().map(Rule::new).collect(), lists: Mutex::default() }
    }

    /// How many rows they insert in all.
    pub fn inserted_rows(&self) -> u64 {
        self.rules.iter().map(Rule::inserted_rows).fold(0, u64::saturating_add)
    }

    /// The ids of the rows that were deleted.
    pub fn gone_rows(&self) -> BTreeSet<String> {
        lock(&self.lists).values().flat_map(|list| &list.gone).cloned().collect()
    }

    /// Counts a request for `target` (path and query) that arrives at `now` and plans its reply.
    pub fn plan(&self, target: &str, now: Duration) -> Plan {
        let decoded = query::decoded(target);
        let mut plan = Plan::default();
        for rule in &self.rules {
            let is_named = target.contains(&rule.path) || decoded.contains(&rule.path);
            if is_named && rule.picks(target, now) {
                plan.add(&rule.action, rule.when.seed);
            }
        }
        plan
    }
}

impl Rule {
    fn new(fault: Fault) -> Self {
        let (when, action) = match fault.action {
            Action::When(when, action) => (when, *action),
            action => (When::default(), action),
        };
        Self { path: fault.path, nth: fault.nth, when, action, matched: Mutex::default() }
    }

    fn inserted_rows(&self) -> u64 {
        let Action::InsertRows(rows) = self.action else {
            return 0;
        };
        self.nth.end.saturating_sub(self.nth.start).saturating_mul(rows)
    }

    /// Whether a request is meant; counts it if it is for such a page.
    fn picks(&self, target: &str, now: Duration) -> bool {
        let (asked, when) = (AskedRows::read(target), &self.when);
        if asked.limit <= when.over || !asked.overlaps(&when.holding) {
            return false;
        }
        let mut matched = lock(&self.matched);
        let matched = &mut *matched;
        let first = *matched.first.get_or_insert(now);
        let of_page = matched.pages.entry(target.to_owned()).or_default();
        let number = if when.each_page { *of_page } else { matched.all };
        // By page, so that what runs at the same time has the same fate.
        let chance = Rng::of(&[when.seed, Rng::of_text(target).next(), *of_page]).chance();
        *of_page += 1;
        matched.all += 1;
        self.nth.contains(&number)
            && (number + 1) % when.every.max(1) == 0
            && when.during.contains(&now.saturating_sub(first))
            && chance < when.share
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
    fn rows_to_be_inserted_are_counted_before() {
        let faults = Faults::new(vec![
            fault("", 0..1, Action::InsertRows(1)),
            fault("", 3..5, Action::InsertRows(1)),
            fault("", 0..9, Action::RemoveRows(7)),
        ]);
        assert_eq!(faults.inserted_rows(), 3);
    }

    #[test]
    fn a_status_that_http_does_not_know_is_500() {
        assert_eq!(status(9999, &[], String::new()).status(), 500);
    }
}
