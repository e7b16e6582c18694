//! What changed since a moment, over real HTTP, against the sandbox.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::BTreeMap;

use amocrm_client::account::Api;
use amocrm_client::endpoints;
use amocrm_client::endpoints::arguments::Arguments;
use amocrm_client::query::Outcome;
use amocrm_client::table::Table;
use amocrm_sandbox::{Action, Change, Config, Fault, Kind, ListCounts, NoteCounts, Sandbox};
use common::{run, settings};

const BOTH: [Api; 2] = [Api::V2, Api::V4];
const ENTITIES: [(&str, Kind); 4] = [
    ("leads", Kind::Lead),
    ("contacts", Kind::Contact),
    ("companies", Kind::Company),
    ("customers", Kind::Customer),
];

fn account(config: Config) -> Sandbox {
    let lists = ListCounts::each(1500);
    Sandbox::start(Config { notes: NoteCounts::each(300), lists, ..config }).unwrap()
}

fn read(sandbox: &Sandbox, api: Api, arguments: Arguments) -> Outcome {
    let query = endpoints::query(arguments.set("limit", [500])).unwrap();
    let outcome = run(settings(sandbox, Some(api)), query);
    assert_eq!(outcome.error, None);
    outcome
}

fn entities(name: &str) -> Arguments {
    Arguments::default().set("what", ["entity"]).set("entity", [name])
}

fn since(arguments: Arguments, moment: u32) -> Arguments {
    arguments.set("updated_since", [moment])
}

/// The cells of a table's rows by id and column, without those that are empty.
fn cells(table: &Table) -> BTreeMap<String, Vec<String>> {
    let mut rows = BTreeMap::<String, Vec<String>>::new();
    let ids = table.texts("id");
    let mut names: Vec<&str> = table.names().collect();
    names.sort_unstable();
    for name in names {
        for (id, text) in ids.iter().zip(table.texts(name)) {
            let row = rows.entry(id.clone().unwrap()).or_default();
            row.extend(text.map(|text| format!("{name}={text}")));
        }
    }
    rows
}

/// The ids of the first table whose last change is not before a moment.
fn changed_ids(outcome: &Outcome, moment: u32) -> Vec<String> {
    let table = &outcome.tables[0].1;
    let rows = table.texts("id").into_iter().zip(table.texts("updated_at"));
    let changed = rows.filter(|(_, at)| {
        at.as_ref().is_some_and(|at| at.parse::<f64>().unwrap() >= f64::from(moment))
    });
    let mut ids: Vec<String> = changed.map(|(id, _)| id.unwrap()).collect();
    ids.sort_unstable();
    ids
}

/// Each table of the rows with these ids.
fn with_ids(outcome: &Outcome, ids: &[String]) -> Vec<BTreeMap<String, Vec<String>>> {
    let tables = outcome.tables.iter().map(|(_, table)| {
        let mut rows = cells(table);
        rows.retain(|id, _| ids.contains(id));
        rows
    });
    tables.collect()
}

/// The requests to a path while something is done.
fn requests(sandbox: &Sandbox, path: &str, work: impl FnOnce()) -> usize {
    let count = || {
        let log = sandbox.requests();
        log.iter().filter(|request| request.path == path).count()
    };
    let before = count();
    work();
    count() - before
}

#[test]
fn what_changed_comes_as_in_the_whole_read_and_nothing_else() {
    for api_filter in [false, true] {
        let sandbox = account(Config { api_filter, ..Config::default() });
        for (name, kind) in ENTITIES {
            let moment = sandbox.change(Change::Update, kind, 400, 1)[0].at;
            for api in BOTH {
                let whole = read(&sandbox, api, entities(name));
                let ids = changed_ids(&whole, moment);
                assert!(ids.len() > 250, "{name}: {} changed", ids.len());
                let changes = read(&sandbox, api, since(entities(name), moment));
                assert_eq!(changed_ids(&changes, 0), ids, "{api:?} {name} {api_filter}");
                assert_eq!(with_ids(&changes, &ids), with_ids(&whole, &ids), "{api:?} {name}");
                assert_eq!(changes.warnings, [], "{api:?} {name}");
            }
        }
    }
}

#[test]
fn a_list_takes_one_request_if_nothing_changed_and_two_more_than_its_pages_if_something_did() {
    for api_filter in [false, true] {
        let sandbox = account(Config { api_filter, ..Config::default() });
        for (name, kind) in &ENTITIES[..3] {
            let path = format!("/api/v4/{name}");
            let read = |moment| {
                let mut rows = 0;
                let asked = requests(&sandbox, &path, || {
                    let changes = read(&sandbox, Api::V4, since(entities(name), moment));
                    rows = changes.tables[0].1.rows();
                });
                (asked, rows)
            };
            let changed = sandbox.change(Change::Update, *kind, 1200, 1);
            assert_eq!(read(changed[1199].at + 1), (1, 0), "{name}");
            for first in [1190, 900, 600, 0] {
                let (asked, rows) = read(changed[first].at);
                let most = rows.div_ceil(250) as usize + 2;
                assert!(rows > 0 && asked <= most, "{name}: {asked} requests for {rows} rows");
            }
        }
        // Nobody has to be asked whether the account has filters.
        let log = sandbox.requests();
        assert!(!log.iter().any(|request| request.query.contains("is_api_filter_enabled")));
    }
}

#[test]
fn changes_that_happen_while_it_is_read_lose_no_row_that_stays() {
    for seed in 0..5 {
        let action = Action::RandomChanges(30);
        let faults = vec![Fault { path: "/api/v4/leads".to_owned(), nth: 2..5, action }];
        let sandbox = account(Config { faults, seed, ..Config::default() });
        let updates = sandbox.change(Change::Update, Kind::Lead, 1200, seed);
        let (moment, begin) = (updates[0].at, updates[1199].at);
        let came = changed_ids(&read(&sandbox, Api::V4, since(entities("leads"), moment)), 0);
        let later = read(&sandbox, Api::V4, entities("leads"));
        // Those that changed meanwhile are for the next reading.
        let moved = changed_ids(&later, begin);
        assert!(moved.len() > 10, "nothing moved, seed {seed}");
        for id in changed_ids(&later, moment) {
            let is_there = came.contains(&id) || moved.contains(&id);
            assert!(is_there, "{id} is missing, seed {seed}");
        }
    }
}

#[test]
fn the_trash_is_read_alone_whole_or_since_a_moment() {
    for (name, kind) in &ENTITIES[..3] {
        let sandbox = account(Config::default());
        let trash = || entities(name).set("only_deleted", ["TRUE"]);
        let before: Vec<String> = changed_ids(&read(&sandbox, Api::V4, trash()), 0);
        let deleted = sandbox.change(Change::Trash, *kind, 30, 1);
        let mut ids: Vec<String> = deleted.iter().map(|row| row.id.to_string()).collect();
        // Over v2, too, API v4 is asked, which alone has it.
        for api in BOTH {
            let all = read(&sandbox, api, trash());
            assert_eq!(
                (all.api, all.tables[0].1.rows() as usize),
                (Some(Api::V4), before.len() + 30)
            );
            let changes = read(&sandbox, api, since(trash(), deleted[0].at));
            ids.sort_unstable();
            assert_eq!(changed_ids(&changes, 0), ids, "{name}");
            assert_eq!(changes.warnings, []);
        }
        let nothing = requests(&sandbox, &format!("/api/v4/{name}"), || {
            let moment = deleted[29].at + 1;
            assert_eq!(read(&sandbox, Api::V4, since(trash(), moment)).tables[0].1.rows(), 0);
        });
        assert_eq!(nothing, 1, "{name}");
    }
}

#[test]
fn a_server_that_does_not_know_of_the_trash_shows_no_deleted_rows() {
    let action = Action::Replace("only_deleted".to_owned(), "nothing".to_owned());
    let faults = vec![Fault { path: "/api/v4/companies".to_owned(), nth: 0..99, action }];
    let sandbox = account(Config { faults, ..Config::default() });
    let trash = entities("companies").set("only_deleted", ["TRUE"]);
    assert_eq!(read(&sandbox, Api::V4, trash).tables[0].1.rows(), 0);
}

/// Requests to lists, not to the account, for one call.
fn cost(sandbox: &Sandbox, api: Api, arguments: Arguments) -> usize {
    let before = sandbox.requests().len();
    read(sandbox, api, arguments);
    let log = &sandbox.requests()[before..];
    log.iter().filter(|request| !request.path.ends_with("/account")).count()
}

#[test]
fn what_an_unchanged_list_costs() {
    // Over v2, over v4, and over v4 with paid filters.
    let expected = [
        ("leads", [1, 1, 1]),
        ("contacts", [1, 1, 1]),
        ("companies", [1, 1, 1]),
        // Read whole, where an empty list would be a surprise.
        ("customers", [2, 2, 2]),
        ("tasks", [1, 1, 1]),
        ("events", [1, 1, 1]),
        ("lead", [1, 3, 3]),
        ("contact", [1, 3, 3]),
        ("task", [1, 1, 1]),
    ];
    let mut found = Vec::new();
    for (name, _) in expected {
        let mut costs = Vec::new();
        for (api, api_filter) in [(Api::V2, false), (Api::V4, false), (Api::V4, true)] {
            let lists = ListCounts::each(200);
            let config = Config { notes: NoteCounts::each(300), lists, ..Config::default() };
            let sandbox = Sandbox::start(Config { api_filter, ..config }).unwrap();
            // A second earlier is asked for.
            let moment = sandbox.random_changes(1, 1)[0].at + 2;
            let arguments = match name {
                "tasks" => {
                    let moment = format!("@{moment}");
                    Arguments::default().set("what", ["tasks"]).set("date_modify_from", [moment])
                }
                "events" => {
                    let moment = format!("@{moment}");
                    Arguments::default().set("what", ["events"]).set("from", [moment])
                }
                "lead" | "contact" | "task" => {
                    let moment = format!("@{moment}");
                    let notes = Arguments::default().set("what", ["notes"]).set("type", [name]);
                    notes.set("if_modified_since", [moment])
                }
                _ => since(entities(name), moment),
            };
            costs.push(cost(&sandbox, api, arguments.set("is_increment", ["TRUE"])));
        }
        found.push((name, [costs[0], costs[1], costs[2]]));
    }
    assert_eq!(found, expected);
}
