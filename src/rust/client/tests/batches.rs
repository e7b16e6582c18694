//! Rows that are taken in batches while they are read, over real HTTP, against the sandbox.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use amocrm_client::account::Api;
use amocrm_client::endpoints;
use amocrm_client::endpoints::arguments::Arguments;
use amocrm_client::error::Error;
use amocrm_client::places::Places;
use amocrm_client::query::{Outcome, QueryJob, Tables, Warning};
use amocrm_client::table::Column;
use amocrm_sandbox::{Action, Change, Config, Fault, Kind, ListCounts, NoteCounts, Sandbox};
use common::{run, settings};

const PATIENCE: Duration = Duration::from_secs(100);
const BOTH: [Api; 2] = [Api::V2, Api::V4];

/// Requests in flight of one list.
const AHEAD: u64 = 16;

fn account(config: Config) -> Sandbox {
    Sandbox::start(Config { notes: NoteCounts::each(900), lists: ListCounts::each(900), ..config })
        .unwrap()
}

fn asked(what: &str) -> Arguments {
    Arguments::default().set("what", [what]).set("limit", [50])
}

fn start(sandbox: &Sandbox, api: Api, arguments: &Arguments, batch: u64) -> QueryJob {
    start_at("", sandbox, api, arguments, batch)
}

/// Begins at the places that another job has reached.
fn start_at(
    places: &str,
    sandbox: &Sandbox,
    api: Api,
    arguments: &Arguments,
    batch: u64,
) -> QueryJob {
    let query = endpoints::query(arguments.clone()).unwrap();
    let places = Places::of_text(places);
    QueryJob::start_in_batches(settings(sandbox, Some(api)), query, batch, places).unwrap()
}

fn whole(sandbox: &Sandbox, api: Api, arguments: &Arguments) -> Outcome {
    let query = endpoints::query(arguments.clone()).unwrap();
    run(settings(sandbox, Some(api)), query)
}

/// Reads in batches of so many rows: those of each batch, the rest, and the most rows that
/// waited at any time.
fn read(
    sandbox: &Sandbox,
    api: Api,
    arguments: &Arguments,
    batch: u64,
) -> (Vec<Tables>, Outcome, u64) {
    let mut job = start(sandbox, api, arguments, batch);
    let (mut batches, mut most) = (Vec::new(), 0);
    while !job.is_done(Duration::from_millis(1)) {
        most = most.max(job.settled());
        if job.settled() >= batch {
            batches.push(job.batch());
        }
    }
    (batches, job.finish(), most)
}

/// The rows of each table as texts, without order: the cells that are not empty.
fn rows<'t>(tables: impl IntoIterator<Item = &'t Tables>) -> BTreeMap<String, Vec<String>> {
    let mut rows: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, table) in tables.into_iter().flatten() {
        let mut texts = vec![Vec::new(); table.rows() as usize];
        let mut columns: Vec<&str> = table.names().collect();
        columns.sort_unstable();
        for column in columns {
            for (row, cell) in texts.iter_mut().zip(table.texts(column)) {
                row.extend(cell.map(|cell| format!("{column}={cell}")));
            }
        }
        let texts = texts.into_iter().map(|row: Vec<String>| row.join(";"));
        rows.entry(name.clone()).or_default().extend(texts);
    }
    for texts in rows.values_mut() {
        texts.sort_unstable();
    }
    rows
}

/// Calls of each kind: lists that are declared, entities, notes; of one list and of several.
fn calls() -> Vec<Arguments> {
    let entities = ["leads", "contacts", "companies", "customers"];
    let of_entity = |entity: &&str| asked("entity").set("entity", [entity]);
    let mut calls: Vec<_> = entities.iter().map(of_entity).collect();
    calls.push(asked("tasks"));
    calls.push(asked("tasks").set("type", ["lead", "contact"]));
    calls.push(asked("transactions"));
    calls.push(asked("notes").set("type", ["lead", "contact", "task"]));
    calls
}

#[test]
fn batches_and_the_rest_are_the_rows_of_the_whole_read() {
    let sandbox = account(Config::default());
    for api in BOTH {
        for call in calls() {
            let expected = whole(&sandbox, api, &call);
            let (batches, rest, _) = read(&sandbox, api, &call, 100);
            assert_eq!((&rest.error, &expected.error), (&None, &None), "{call:?}");
            assert!(batches.len() > 1, "{api:?} {call:?}: {} batches", batches.len());
            let names: Vec<_> = expected.tables.iter().map(|(name, _)| name).collect();
            for tables in batches.iter().chain([&rest.tables]) {
                assert_eq!(tables.iter().map(|(name, _)| name).collect::<Vec<_>>(), names);
            }
            let joined = rows(batches.iter().chain([&rest.tables]));
            assert_eq!(joined, rows([&expected.tables]), "{api:?} {call:?}");
            assert_eq!(rest.warnings, expected.warnings, "{api:?} {call:?}");
        }
    }
}

#[test]
fn every_batch_has_the_columns_that_the_table_always_has() {
    let sandbox = account(Config::default());
    for api in BOTH {
        let mut job = start(&sandbox, api, &asked("entity").set("entity", ["leads"]), 100);
        // Of a call that has just begun nothing may be there.
        let first = job.batch();
        while job.settled() < 100 {
            assert!(!job.is_done(Duration::from_millis(1)));
        }
        for tables in [first, job.batch(), job.finish().tables] {
            for (name, table) in tables {
                let columns: Vec<String> = table.into_columns().iter().map(Column::name).collect();
                let always: &[&str] = match name.as_str() {
                    "leads" => &["id", "name", "created_at", "sale", "loss_reason_name"],
                    _ => &["id"],
                };
                for column in always {
                    assert!(columns.iter().any(|found| found == column), "{name} {columns:?}");
                }
            }
        }
    }
}

#[test]
fn what_waits_never_exceeds_two_batches_and_what_was_in_flight() {
    let config = Config { lists: ListCounts::each(20_000), ..Config::default() };
    let sandbox = Sandbox::start(Config { notes: NoteCounts::each(0), ..config }).unwrap();
    for api in BOTH {
        let tasks = asked("tasks");
        let (batches, rest, most) = read(&sandbox, api, &tasks, 500);
        assert_eq!(rest.error, None);
        assert!(most <= 1000 + AHEAD * 50, "{api:?}: {most} rows waited");
        let taken = batches.iter().flatten().map(|(_, table)| table.rows()).max().unwrap();
        assert!(u64::from(taken) <= 1000 + AHEAD * 50, "{api:?}: {taken} rows in a batch");
        let given: u32 = batches.iter().flatten().map(|(_, table)| table.rows()).sum();
        assert_eq!(given + rest.tables[0].1.rows(), 20_000);
    }
}

#[test]
fn a_call_that_fails_in_the_middle_has_given_what_was_taken_and_gives_the_rest() {
    for api in BOTH {
        let path = format!("/api/{}/tasks", api.name());
        let action = Action::Status(403, Vec::new(), String::new());
        let faults = vec![Fault { path, nth: 9..u64::MAX, action }];
        let sandbox = account(Config { faults, ..Config::default() });
        let (batches, rest, _) = read(&sandbox, api, &asked("tasks"), 100);
        assert!(matches!(rest.error, Some(Error::Blocked { .. } | Error::Forbidden { .. })));
        let before: u32 = batches.iter().flatten().map(|(_, table)| table.rows()).sum();
        let came = before + rest.tables[0].1.rows();
        assert!(before > 0 && (200..900).contains(&came), "{api:?}: {before} of {came}");
        let ids = rows(batches.iter().chain([&rest.tables])).remove("tasks").unwrap();
        let mut distinct = ids.clone();
        distinct.dedup();
        assert_eq!(distinct.len(), ids.len());
    }
}

#[test]
fn a_call_that_is_ended_in_the_middle_gives_what_was_not_taken() {
    let sandbox = account(Config { latency: Duration::from_millis(5), ..Config::default() });
    let mut job = start(&sandbox, Api::V4, &asked("tasks"), 50);
    while job.settled() < 50 {
        assert!(!job.is_done(Duration::from_millis(1)));
    }
    let taken = job.batch();
    let rest = job.finish();
    assert_eq!(rest.error, None);
    let both = rows([&taken, &rest.tables]).remove("tasks").unwrap();
    let mut distinct = both.clone();
    distinct.dedup();
    assert_eq!((distinct.len(), both.len() >= 50), (both.len(), true));
}

#[test]
fn customers_that_are_missing_are_told_with_batches_too() {
    let sandbox = account(Config { kommo: true, v2: false, ..Config::default() });
    let call = asked("entity").set("entity", ["customers"]);
    let (batches, rest, _) = read(&sandbox, Api::V4, &call, 100);
    assert!(batches.is_empty() && rest.error.is_none());
    assert_eq!(rest.warnings, [Warning::NoCustomers]);
}

/// What is begun: lists in the order of ids and of time, one and several.
fn rising_calls() -> Vec<Arguments> {
    let of_entity = |entity: &&str| asked("entity").set("entity", [entity]);
    let mut calls: Vec<_> = ["leads", "contacts", "companies"].iter().map(of_entity).collect();
    calls.push(asked("tasks"));
    calls.push(asked("notes").set("type", ["lead", "contact"]));
    calls.push(Arguments::default().set("what", ["events"]));
    calls
}

/// Takes batches of 100 rows until so many have come, and stops there: the batches and how
/// far they reach.
fn stop_after(count: u32, sandbox: &Sandbox, call: &Arguments) -> (Vec<Tables>, String) {
    let mut job = start(sandbox, Api::V4, call, 100);
    let (mut batches, mut taken) = (Vec::new(), 0);
    while taken < count {
        assert!(!job.is_done(Duration::from_millis(1)), "{taken} rows");
        if job.settled() >= 100 {
            let tables = job.batch();
            taken += main_rows(&tables);
            batches.push(tables);
        }
    }
    (batches, job.places())
}

/// The rows of those tables that are no linked ones.
fn main_rows(tables: &Tables) -> u32 {
    let is_main = |(name, _): &&(String, _)| !name.starts_with("linked_");
    tables.iter().filter(is_main).map(|(_, table)| table.rows()).sum()
}

fn distinct(mut rows: BTreeMap<String, Vec<String>>) -> BTreeMap<String, Vec<String>> {
    rows.values_mut().for_each(Vec::dedup);
    rows
}

#[test]
fn a_call_goes_on_where_another_one_was_stopped() {
    let latency = Duration::from_millis(2);
    let sandbox = account(Config { latency, ..Config::default() });
    for call in rising_calls() {
        let expected = whole(&sandbox, Api::V4, &call);
        let all = main_rows(&expected.tables);
        let (mut batches, places) = stop_after(all / 2, &sandbox, &call);
        let taken: u32 = batches.iter().map(main_rows).sum();
        let mut job = start_at(&places, &sandbox, Api::V4, &call, u64::from(all));
        while !job.is_done(PATIENCE) {}
        let requests = job.progress().snapshot().requests;
        let rest = job.finish();
        assert_eq!(rest.error, None, "{call:?}");
        let again = main_rows(&rest.tables) + taken - all;
        assert!(again <= 6 * 100, "{call:?}: {again} of {all} rows came twice");
        // Pages of 40 new rows or more, some to find the place and the end of each list.
        assert!(requests <= u64::from(all - taken + again) / 40 + 40, "{call:?}: {requests}");
        batches.push(rest.tables);
        assert_eq!(distinct(rows(&batches)), rows([&expected.tables]), "{call:?}");
    }
}

#[test]
fn rows_that_were_deleted_before_a_call_goes_on_are_no_gap() {
    for call in [&rising_calls()[0], &rising_calls()[4]] {
        let sandbox = account(Config { latency: Duration::from_millis(2), ..Config::default() });
        let all = main_rows(&whole(&sandbox, Api::V4, call).tables);
        let (mut batches, places) = stop_after(all / 2, &sandbox, call);
        for kind in [Kind::Lead, Kind::Contact, Kind::Company, Kind::Task] {
            sandbox.change(Change::Delete, kind, 300, 1);
        }
        let expected = whole(&sandbox, Api::V4, call);
        let mut job = start_at(&places, &sandbox, Api::V4, call, u64::from(all));
        while !job.is_done(PATIENCE) {}
        let rest = job.finish();
        assert_eq!(rest.error, None, "{call:?}");
        batches.push(rest.tables);
        let came = ids(&batches);
        assert!(ids(&[expected.tables]).is_subset(&came), "{call:?}");
    }
}

/// The ids of the rows of those tables that are no linked ones.
fn ids(batches: &[Tables]) -> BTreeSet<String> {
    let is_main = |(name, _): &&(String, _)| !name.starts_with("linked_");
    let tables = batches.iter().flatten().filter(is_main);
    tables
        .flat_map(|(_, table)| [table.texts("id"), table.texts("event_id")].concat())
        .flatten()
        .collect()
}

#[test]
fn a_list_without_an_order_begins_again() {
    let sandbox = account(Config { latency: Duration::from_millis(2), ..Config::default() });
    let call = asked("entity").set("entity", ["customers"]);
    let (_, places) = stop_after(200, &sandbox, &call);
    assert_eq!(places, "{}");
}
