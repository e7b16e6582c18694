//! Any list by its path, over real HTTP, against the sandbox and servers that don't page.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::path::Path;

use amocrm_client::endpoints;
use amocrm_client::endpoints::arguments::Arguments;
use amocrm_client::error::Error;
use amocrm_client::query::{Outcome, Warning};
use amocrm_client::table::{Column, Table, Type};
use amocrm_sandbox::{Action, Config, Fault, ListCounts, NoteCounts, Sandbox};
use common::{run, settings};

fn account(config: Config) -> Sandbox {
    Sandbox::start(Config { notes: NoteCounts::each(20), lists: ListCounts::each(120), ..config })
        .unwrap()
}

/// An account whose server always gives this body to requests with `path`.
fn account_with(path: &str, body: String) -> Sandbox {
    let fault = Fault { path: path.to_owned(), nth: 0..u64::MAX, action: Action::Body(body) };
    account(Config { faults: vec![fault], ..Config::default() })
}

fn get(sandbox: &Sandbox, path: &str, query: &[(&str, &str)]) -> Outcome {
    ask(sandbox, path, query, None)
}

fn ask(sandbox: &Sandbox, path: &str, query: &[(&str, &str)], member: Option<&str>) -> Outcome {
    let arguments = Arguments::default()
        .set("what", ["any_list"])
        .set("account", [sandbox.url()])
        .set("path", [path])
        .set("names", query.iter().map(|(name, _)| name))
        .set("values", query.iter().map(|(_, value)| value))
        .set("member", member);
    run(settings(sandbox, None), endpoints::query(arguments).unwrap())
}

fn table(outcome: Outcome) -> Table {
    assert_eq!(outcome.error, None);
    outcome.tables.into_iter().next().unwrap().1
}

fn rows(outcome: Outcome) -> u32 {
    table(outcome).rows()
}

/// How often the list was asked for.
fn requests(sandbox: &Sandbox, path: &str) -> usize {
    sandbox.requests().iter().filter(|request| request.path.ends_with(path)).count()
}

/// A list of `count` records under `_embedded`, with more members of the answer.
fn list(count: u32, more: &str, record: impl Fn(u32) -> String) -> String {
    let records: Vec<String> = (1..=count).map(record).collect();
    format!(r#"{{{more}"_embedded":{{"things":[{}]}}}}"#, records.join(","))
}

fn numbered(number: u32) -> String {
    format!(r#"{{"id":{number}}}"#)
}

fn nameless(number: u32) -> String {
    format!(r#"{{"name":"n{number}"}}"#)
}

#[test]
fn lists_of_all_shapes_come_whole() {
    let sandbox = account(Config::default());
    for (path, query, expected) in [
        ("leads", vec![], 120),
        ("leads", vec![("limit", "50")], 120),
        ("/api/v4/tasks", vec![("limit", "37")], 120),
        ("leads/unsorted", vec![("limit", "20")], 120),
        ("customers/transactions", vec![("limit", "50")], 120),
        ("leads/1", vec![], 0),
    ] {
        assert_eq!(rows(get(&sandbox, path, &query)), expected, "{path} {query:?}");
    }
    for path in [
        "webhooks",
        "roles",
        "users",
        "sources",
        "events",
        "events/types",
        "leads/loss_reasons",
        "leads/tags",
        "leads/pipelines",
        "catalogs",
        "customers/statuses",
        "leads/notes",
        "leads/custom_fields",
        "leads/custom_fields/groups",
        "talks",
    ] {
        assert!(rows(get(&sandbox, path, &[])) > 1, "{path}");
    }
    assert_eq!(rows(get(&sandbox, "account", &[])), 1);
    assert_eq!(rows(get(&sandbox, "leads/unsorted/summary", &[])), 1);
}

#[test]
fn an_address_of_the_account_is_a_path() {
    let sandbox = account(Config::default());
    let address = format!("{}/api/v4/leads?with=contacts&limit=50", sandbox.url());
    assert_eq!(rows(get(&sandbox, &address, &[])), 120);
    let asked = sandbox.requests();
    let lists = asked.iter().filter(|request| request.path.ends_with("/leads"));
    assert!(lists.into_iter().all(|request| request.query.contains("with=contacts")));
}

#[test]
fn a_list_that_is_not_paged_is_asked_for_once() {
    let sandbox = account(Config::default());
    get(&sandbox, "webhooks", &[]);
    get(&sandbox, "events/types", &[]);
    assert_eq!((requests(&sandbox, "webhooks"), requests(&sandbox, "types")), (1, 1));
}

/// What comes of servers that give these bodies, each with its count of rows, to all pages.
fn check_counts(bodies: Vec<(u32, String)>) {
    std::thread::scope(|scope| {
        for (count, body) in bodies {
            scope.spawn(move || {
                let outcome = get(&account_with("/things", body), "things", &[]);
                assert_eq!((outcome.error, outcome.tables[0].1.rows()), (None, count));
            });
        }
    });
}

#[test]
fn a_server_that_gives_the_whole_list_whatever_the_page_gives_it_once() {
    let mut bodies = Vec::new();
    for more in ["", r#""_page":1,"_links":{"self":{}},"#] {
        for record in [numbered as fn(u32) -> String, nameless] {
            let counts = [1, 249, 250, 251, 300, 500, 1000];
            bodies.extend(counts.map(|count| (count, list(count, more, record))));
        }
    }
    check_counts(bodies);
}

#[test]
fn a_list_without_envelope_comes_once() {
    let bodies = [1, 250, 251, 600].map(|count| {
        let records = (1..=count).map(numbered).collect::<Vec<_>>().join(",");
        let in_member = format!(r#"{{"things":[{records}]}}"#);
        [(count, format!("[{records}]")), (count, in_member)]
    });
    check_counts(bodies.into_iter().flatten().collect());
}

#[test]
fn records_without_ids_are_paged_to_their_end() {
    let sandbox = account(Config::default());
    let leads = table(get(&sandbox, "leads", &[]));
    let ids: Vec<String> = leads.texts("id").into_iter().flatten().collect();
    let query: Vec<(&str, &str)> = ids
        .iter()
        .map(|id| ("filter[entity_id][]", id.as_str()))
        .chain([("limit", "20")])
        .collect();
    let links = table(get(&sandbox, "leads/links", &query));
    let whole: Vec<(&str, &str)> = query[..120].to_vec();
    assert!(links.rows() > 60);
    assert_eq!(rows(get(&sandbox, "leads/links", &whole)), links.rows());
    let names: Vec<String> = links.into_columns().iter().map(Column::name).collect();
    assert_eq!(names[..4], ["entity_id", "entity_type", "to_entity_id", "to_entity_type"]);
}

#[test]
fn the_recorded_shapes_are_tables() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/fixtures/v4");
    for (file, path, expected) in [
        ("leads_pipelines_list", "leads/pipelines", "_embedded_statuses_id___8"),
        ("leads_pipelines_statuses_list", "leads/pipelines/1/statuses", "descriptions_created_at"),
        ("webhooks_list", "webhooks", "settings1"),
        ("tasks_list", "tasks", "complete_till"),
        ("users_list", "users", "rights_is_admin"),
        ("account_with_everything", "account", "current_user_id"),
        ("leads_unsorted_list", "leads/unsorted", "uid"),
        ("customers_transactions_list", "customers/transactions", "completed_at"),
    ] {
        let body = std::fs::read_to_string(folder.join(format!("{file}.json"))).unwrap();
        let answer: serde_json::Value = serde_json::from_str(&body).unwrap();
        let mut lists = answer["_embedded"].as_object().unwrap().values();
        let is_record = answer.get("id").is_some();
        let count =
            if is_record { 1 } else { lists.next_back().unwrap().as_array().unwrap().len() };
        let without_next = body.replace("\"next\"", "\"later\"");
        let sandbox = account_with(&format!("/{path}?"), without_next);
        let table = table(get(&sandbox, path, &[]));
        assert_eq!(table.rows() as usize, count, "{file}");
        let names: Vec<String> = table.into_columns().iter().map(Column::name).collect();
        assert!(names.iter().any(|name| name == expected), "{file}: {names:?}");
    }
}

#[test]
fn times_are_times_and_the_zone_is_known() {
    let sandbox = account(Config::default());
    let outcome = get(&sandbox, "leads", &[]);
    assert_eq!(outcome.zone.as_ref().unwrap().name, "Europe/Moscow");
    let columns = table(outcome).into_columns();
    let column = |name: &str| columns.iter().find(|column| column.name() == name).unwrap();
    assert!(column("created_at").is_time() && column("closed_at").is_time());
    assert_eq!(column("id").type_in_r(), Type::Integer);
    assert_eq!(column("is_deleted").type_in_r(), Type::Logical);
}

#[test]
fn a_path_that_there_is_not_is_an_error_and_an_account_without_customers_is_none() {
    let sandbox = account(Config::default());
    let error = get(&sandbox, "nothing/here", &[]).error.unwrap();
    assert!(matches!(&error, Error::Http { at, .. } if at.status == Some(404)), "{error:?}");
    let kommo = account(Config { kommo: true, ..Config::default() });
    let outcome = get(&kommo, "customers", &[]);
    assert!(matches!(outcome.warnings[..], [Warning::NoCustomers]));
    assert_eq!(rows(outcome), 0);
    assert!(get(&kommo, "customers/nothing", &[]).error.is_some());
}

#[test]
fn a_missing_right_is_told_as_one() {
    let sandbox = account(Config { admin: false, ..Config::default() });
    let error = get(&sandbox, "webhooks", &[]).error.unwrap();
    assert!(matches!(error, Error::Forbidden { .. }), "{error:?}");
}

#[test]
fn of_several_lists_one_has_to_be_named() {
    let sandbox = account(Config::default());
    let query = [("with", "users_groups,task_types")];
    let groups = ask(&sandbox, "account", &query, Some("users_groups"));
    assert!(rows(groups) > 1);
    let error = ask(&sandbox, "account", &query, Some("groups")).error.unwrap();
    let Error::Input { argument: "member", message } = error else { panic!("{error:?}") };
    assert!(message.contains("\"users_groups\"") && message.contains("\"task_types\""));
    let two = r#"{"_embedded":{"a":[{"id":1}],"b":[{"id":2}]}}"#;
    let sandbox = account_with("/things", two.to_owned());
    let error = get(&sandbox, "things", &[]).error.unwrap();
    assert!(error.to_string().contains("\"a\", \"b\""), "{error}");
    assert_eq!(rows(ask(&sandbox, "things", &[], Some("b"))), 1);
}
