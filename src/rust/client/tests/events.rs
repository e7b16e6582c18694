//! Events over real HTTP, against the sandbox: what comes in windows of time is what
//! comes in one list, whatever the server does meanwhile.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use amocrm_client::account::Api;
use amocrm_client::endpoints::arguments::Arguments;
use amocrm_client::endpoints::events::EventsQuery;
use amocrm_client::endpoints::events::request::EventsRequest;
use amocrm_client::query::{Outcome, Warning};
use amocrm_sandbox::{Action, Config, Fault, NoteCounts, Sandbox};
use common::{run, settings};

fn account(config: Config) -> Sandbox {
    Sandbox::start(Config { notes: NoteCounts::each(150), v2: false, ..config }).unwrap()
}

fn ask(sandbox: &Sandbox, arguments: &Arguments, rows_a_window: u64) -> Outcome {
    let query = EventsQuery::new(EventsRequest::new(arguments).unwrap());
    run(settings(sandbox, None), Box::new(query.in_windows_of(rows_a_window)))
}

const NO_WINDOWS: u64 = 20_000;

/// Time and id of each event.
fn rows(outcome: &Outcome) -> Vec<(String, String)> {
    assert_eq!(outcome.error, None);
    let table = &outcome.tables[0].1;
    let column = |name| table.texts(name).into_iter().map(Option::unwrap);
    column("created_at").zip(column("id")).collect()
}

/// The lists of events that were asked for, without paging, each once.
fn lists(sandbox: &Sandbox) -> Vec<String> {
    let events = sandbox.requests().into_iter().filter(|request| request.path.ends_with("/events"));
    let mut lists: Vec<String> = events
        .filter(|request| request.query.contains("asc"))
        .map(|request| request.query.split_once("order").unwrap().1.to_owned())
        .collect();
    lists.sort();
    lists.dedup();
    lists
}

#[test]
fn windows_of_any_length_give_the_events_of_the_whole_list_in_order() {
    let sandbox = account(Config::default());
    let whole = rows(&ask(&sandbox, &Arguments::default(), NO_WINDOWS));
    assert!(whole.len() > 750);
    assert!(whole.is_sorted());
    assert_eq!(lists(&sandbox).len(), 1);
    for rows_a_window in [60, 300] {
        let sandbox = account(Config::default());
        let found = rows(&ask(&sandbox, &Arguments::default(), rows_a_window));
        assert_eq!(found, whole, "{rows_a_window}");
        let windows = whole.len() as u64 / rows_a_window;
        assert!(lists(&sandbox).len() as u64 > windows / 2, "{rows_a_window}");
    }
}

#[test]
fn a_short_account_costs_two_requests_more_than_its_pages() {
    let sandbox = account(Config::default());
    let count = || sandbox.requests().iter().filter(|r| r.path.ends_with("/events")).count();
    ask(&sandbox, &Arguments::default(), NO_WINDOWS);
    let of_all = count();
    // The latest event, and whether the list is long, are not asked for of what one entity
    // did in the past.
    let last = Arguments::default().set("to", ["@1700000000"]);
    ask(&sandbox, &last.set("entity", ["task"]).set("entity_id", [1]), NO_WINDOWS);
    assert!(sandbox.requests().iter().filter(|r| r.query.contains("desc")).count() == 1);
    assert!(sandbox.requests().iter().filter(|r| r.query.contains("page=201&")).count() == 1);
    assert!(of_all < 20, "{of_all}");
}

#[test]
fn windows_hold_what_comes_in_another_order_or_not_at_first() {
    let whole = rows(&ask(&account(Config::default()), &Arguments::default(), NO_WINDOWS));
    let fault = |path: &str, nth: std::ops::Range<u64>, action| Fault {
        path: path.to_owned(),
        nth,
        action,
    };
    for (name, fault) in [
        ("empty", fault("/events?page=2&", 0..3, Action::EmptyPage)),
        ("short", fault("/events?page=1&", 1..3, Action::ShortPage(7))),
        ("busy", fault("/events?page=2&", 0..2, Action::Status(504, vec![], String::new()))),
    ] {
        let sandbox = account(Config { faults: vec![fault], ..Config::default() });
        assert_eq!(rows(&ask(&sandbox, &Arguments::default(), 100)), whole, "{name}");
    }
}

#[test]
fn what_happens_while_windows_are_read_moves_none_of_them() {
    let whole = rows(&ask(&account(Config::default()), &Arguments::default(), NO_WINDOWS));
    let change = Fault {
        path: "/events?page=1&limit=97".to_owned(),
        nth: 0..u64::MAX,
        action: Action::RandomChanges(5),
    };
    let sandbox = account(Config { faults: vec![change], ..Config::default() });
    let found = rows(&ask(&sandbox, &Arguments::default(), 97));
    let lost: Vec<_> = whole.iter().filter(|row| !found.contains(row)).collect();
    assert!(lost.is_empty(), "{lost:?}");
    let ids: std::collections::HashSet<_> = found.iter().map(|(_, id)| id).collect();
    assert_eq!(ids.len(), found.len());
    assert!(found.is_sorted());
}

#[test]
fn spans_types_and_entities_are_those_asked_for() {
    let sandbox = account(Config::default());
    let whole = ask(&sandbox, &Arguments::default(), NO_WINDOWS);
    let all = rows(&whole);
    let (from, to) = (all[200].0.clone(), all[400].0.clone());
    let span = Arguments::default().set("from", [format!("@{from}")]).set("to", [format!("@{to}")]);
    let within: Vec<_> =
        all.iter().filter(|(at, _)| (&from..=&to).contains(&at)).cloned().collect();
    for rows_a_window in [100, NO_WINDOWS] {
        assert_eq!(rows(&ask(&sandbox, &span, rows_a_window)), within, "{rows_a_window}");
    }
    let ids: Vec<_> = all[10..90].iter().map(|(_, id)| id.clone()).collect();
    let by_ids = Arguments::default().set("id", &ids);
    assert_eq!(rows(&ask(&sandbox, &by_ids, NO_WINDOWS)), all[10..90]);
    let table = &whole.tables[0].1;
    let column = |name: &str| table.texts(name).into_iter().map(Option::unwrap);
    for kind in ["lead", "contact", "company", "customer", "task"] {
        let of_kind: Vec<_> =
            all.iter().zip(column("entity_type")).filter(|(_, found)| found == kind).collect();
        let found = rows(&ask(&sandbox, &Arguments::default().set("entity", [kind]), 100));
        assert_eq!(found, of_kind.iter().map(|(row, _)| (*row).clone()).collect::<Vec<_>>());
        assert!(!found.is_empty(), "{kind}");
    }
}

#[test]
fn an_account_without_customers_has_no_events_of_them_and_says_so() {
    let kommo = account(Config { kommo: true, ..Config::default() });
    let customers = Arguments::default().set("entity", ["customer"]);
    let outcome = ask(&kommo, &customers, NO_WINDOWS);
    assert_eq!((rows(&outcome).len(), &outcome.warnings[..]), (0, &[Warning::NoCustomers][..]));
    assert_eq!(outcome.api, Some(Api::V4));
    let both = Arguments::default().set("entity", ["customer", "task"]);
    let outcome = ask(&kommo, &both, NO_WINDOWS);
    assert!(!rows(&outcome).is_empty());
    assert_eq!(outcome.warnings, [Warning::NoCustomers]);
}

#[test]
fn what_had_come_is_kept_when_a_window_can_not_be_read() {
    let gone = Fault {
        path: "/events?page=3&".to_owned(),
        nth: 0..u64::MAX,
        action: Action::Status(403, vec![], "{\"detail\":\"rights\"}".to_owned()),
    };
    let sandbox = account(Config { faults: vec![gone], ..Config::default() });
    let outcome = ask(&sandbox, &Arguments::default(), NO_WINDOWS);
    assert_eq!(outcome.error.unwrap().at().unwrap().status, Some(403));
    assert!(outcome.tables[0].1.rows() >= 100);
}
