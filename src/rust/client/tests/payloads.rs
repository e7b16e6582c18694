//! Answers parse to the values they hold: those of tests/fixtures, which the
//! project made up in recorded shapes, and on demand recorded and documented
//! ones, which do not belong to it and may be missing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use amocrm_client::account::Api;
use amocrm_client::account::about::read_about_v4;
use amocrm_client::account::oauth::read_tokens;
use amocrm_client::account::time_zone::Zone;
use amocrm_client::endpoints::account::ACCOUNT;
use amocrm_client::endpoints::custom_fields::{ENTITIES, field_type, read_document, read_fields};
use amocrm_client::endpoints::entities::{Entity, EntityFilter, EntitySink, read_entities};
use amocrm_client::endpoints::events::rows as amo_events;
use amocrm_client::endpoints::notes::NOTES;
use amocrm_client::endpoints::notes::v4::{events, notes, task_results};
use amocrm_client::endpoints::pipelines::read_statuses;
use amocrm_client::endpoints::tasks as amo_tasks;
use amocrm_client::endpoints::{ENDPOINTS, incoming_leads as incoming, transactions, users};
use amocrm_client::http::error_body;
use amocrm_client::json::flatten::Record;
use amocrm_client::table::row::Row;
use amocrm_client::table::{Format, Map, RowMap, Table, Type, Values, read_page, read_row};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

/// From a record to its row; whether it is kept.
type Write = for<'r> fn(&'r Record, &mut Row<'r>) -> bool;

/// Makes each check a test of the fixtures, and one of outside answers that cargo
/// counts as ignored. `cargo test -- --include-ignored` runs it with the folder
/// `payloads` of `AMOCRM_TEST_DATA`, and fails without.
macro_rules! checks {
    ($($check:ident)*) => {
        mod fixtures {
            $(#[test] fn $check() { super::$check(&super::fixtures()); })*
        }
        mod outside {
            $(
                #[test]
                #[ignore = "needs outside data (AMOCRM_TEST_DATA)"]
                fn $check() { super::$check(&super::outside()); }
            )*
        }
    };
}

checks! {
    v4_notes_keep_their_values
    v4_events_keep_their_values
    v4_values_of_events_that_were_notes_are_kept
    v4_events_of_every_shape_tell_all_that_they_hold
    v4_types_of_events_have_their_words
    v4_task_results_of_all_forms_are_read
    v4_accounts_tell_their_name_and_zone
    accounts_of_both_apis_keep_their_values
    v4_tokens_are_read
    v4_errors_give_their_words
    v2_notes_keep_their_values
    v2_login_failures_give_code_and_words
    tasks_of_both_apis_keep_their_values
    transactions_of_both_apis_keep_their_values
    incoming_leads_of_both_apis_keep_their_values
    users_groups_and_task_types_of_both_apis_keep_their_values
    pipelines_of_both_apis_keep_their_statuses
    custom_fields_of_both_apis_keep_their_names_and_choices
    recorded_cards_of_api_v2_hold_their_values
    recorded_cards_of_api_v4_hold_their_values
}

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../tests/fixtures")
}

fn outside() -> PathBuf {
    PathBuf::from(std::env::var_os("AMOCRM_TEST_DATA").expect("AMOCRM_TEST_DATA")).join("payloads")
}

/// The answers of a shape such as `v4/notes_list`. Their files are named by it,
/// those from outside by their source first: `docs.notes_list.json`.
fn payloads(folder: &Path, shape: &str) -> Vec<(String, Value)> {
    let (version, shape) = shape.split_once('/').unwrap();
    let found: Vec<_> = files(&folder.join(version))
        .into_iter()
        .filter(|(name, _)| name.starts_with(shape) || name.contains(&format!(".{shape}")))
        .collect();
    assert!(!found.is_empty(), "no answers {version}/{shape}");
    found
}

/// Name and content of all answers in a folder.
fn files(folder: &Path) -> Vec<(String, Value)> {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap());
    let read = files.map(|file| {
        let text = std::fs::read_to_string(file.path()).unwrap();
        (file.file_name().to_string_lossy().into_owned(), serde_json::from_str(&text).unwrap())
    });
    read.collect()
}

/// One record as a page.
fn page_of(list: &str, record: &Value) -> Value {
    json!({"_embedded": {list: [record]}})
}

/// The rows that `write` makes of a page, as name and text.
fn rows(
    page: &Value,
    list: &str,
    write: impl for<'r> Fn(&'r Record, &mut Row<'r>) -> bool + Sync,
) -> Vec<Vec<(String, String)>> {
    let rows = Mutex::new(Vec::new());
    let map: &RowMap = &|record, row| {
        let kept = write(record, row);
        let cells = row.texts().map(|(name, text)| (name.to_owned(), text.into_owned()));
        rows.lock().unwrap().push(cells.collect());
        kept
    };
    let format = Format { list, schema: &NOTES, id: "id", order: None, map: Map::Function(map) };
    read_page(page.to_string().as_bytes(), &format).expect("a page");
    let rows = rows.into_inner().unwrap();
    assert_eq!(rows.len(), records_of(page, list).len(), "rows of {list}");
    rows
}

fn cell<'r>(row: &'r [(String, String)], name: &str) -> Option<&'r str> {
    row.iter().find(|(found, _)| found == name).map(|(_, text)| text.as_str())
}

/// All texts and numbers below a value.
fn scalars(value: &Value) -> Vec<String> {
    match value {
        Value::Null => vec![],
        Value::Bool(truth) => vec![truth.to_string().to_uppercase()],
        Value::Number(number) => vec![number.to_string()],
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().flat_map(scalars).collect(),
        Value::Object(members) => members.values().flat_map(scalars).collect(),
    }
}

fn note_rows_of(page: &Value) -> Vec<Vec<(String, String)>> {
    rows(page, "notes", |note, row| {
        notes::write_row(note, "lead", row);
        true
    })
}

fn assert_note(file: &str, note: &Value, row: &[(String, String)]) {
    let columns = [
        ("id", "id"),
        ("responsible_user_id", "responsible_user_id"),
        ("created_by", "created_by"),
        ("created_at", "created_at"),
        ("updated_at", "updated_at"),
        ("account_id", "account_id"),
        ("group_id", "group_id"),
        ("element_id", "entity_id"),
    ];
    for (column, member) in columns {
        let held = note.get(member).and_then(Value::as_u64).map(|number| number.to_string());
        assert_eq!(cell(row, column), held.as_deref(), "{file} {column}");
    }
    for text in scalars(&note["params"]) {
        assert!(row.iter().any(|(_, found)| *found == text), "{file} lost {text}: {row:?}");
    }
}

fn v4_notes_keep_their_values(folder: &Path) {
    let pages = payloads(folder, "v4/notes_list");
    for (file, page) in pages.into_iter().chain(payloads(folder, "v4/notes_by_entity")) {
        let notes = page["_embedded"]["notes"].as_array().unwrap().clone();
        let rows = note_rows_of(&page);
        assert_eq!(rows.len(), notes.len(), "{file}");
        for (note, row) in notes.iter().zip(&rows) {
            assert_note(&file, note, row);
        }
    }
    for shape in ["v4/notes_detail", "v4/note_", "v4/contact_note", "v4/sms_out_null_params"] {
        for (file, note) in payloads(folder, shape) {
            assert_note(&file, &note, &note_rows_of(&page_of("notes", &note))[0]);
        }
    }
}

fn event_rows_of(page: &Value) -> Vec<Vec<(String, String)>> {
    rows(page, "events", |event, row| events::write_row(event, false, row))
}

fn v4_events_keep_their_values(folder: &Path) {
    let details = payloads(folder, "v4/events_detail").into_iter();
    let details = details.map(|(file, event)| (file, page_of("events", &event)));
    for (file, page) in payloads(folder, "v4/events_list").into_iter().chain(details) {
        let events = page["_embedded"]["events"].as_array().unwrap().clone();
        for (event, row) in events.iter().zip(event_rows_of(&page)) {
            assert_eq!(cell(&row, "event_id"), event["id"].as_str(), "{file}");
            assert_eq!(cell(&row, "element_id"), Some(event["entity_id"].to_string().as_str()));
            assert_eq!(cell(&row, "created_at"), Some(event["created_at"].to_string().as_str()));
            for text in
                scalars(&event["value_after"]).iter().chain(&scalars(&event["value_before"]))
            {
                assert!(row.iter().any(|(_, found)| found == text), "{file} lost {text}");
            }
        }
    }
}

fn v4_values_of_events_that_were_notes_are_kept(folder: &Path) {
    let types = [
        ("chat_message", "incoming_chat_message"),
        ("customer_status_changed", "customer_status_changed"),
        ("entity_responsible_changed", "entity_responsible_changed"),
        ("entity_tag_added_deleted", "entity_tag_added"),
        ("helpbot", "intent_identified"),
        ("lead_status_changed", "lead_status_changed"),
        ("note_id", "lead_added"),
    ];
    for (shape, event_type) in types {
        for (file, mut event) in payloads(folder, &format!("v4/events_value.{shape}")) {
            event["id"] = json!("e");
            event["type"] = json!(event_type);
            event["created_at"] = json!(1);
            event["created_by"] = json!(0);
            let row = event_rows_of(&page_of("events", &event)).remove(0);
            for text in
                scalars(&event["value_after"]).iter().chain(&scalars(&event["value_before"]))
            {
                assert!(row.iter().any(|(_, found)| found == text), "{file} lost {text}: {row:?}");
            }
        }
    }
}

/// The texts of the cells whose columns begin like this.
fn held<'r>(row: &'r [(String, String)], prefix: &str) -> Vec<&'r str> {
    let begins = |(name, _): &&(String, String)| name.starts_with(prefix);
    row.iter().filter(begins).map(|(_, text)| text.as_str()).collect()
}

fn v4_events_of_every_shape_tell_all_that_they_hold(folder: &Path) {
    let events = ["v4/events_detail", "v4/events_value", "v4/event_"];
    let single = events.iter().flat_map(|shape| payloads(folder, shape));
    let of_pages = payloads(folder, "v4/events_list").into_iter().flat_map(|(file, page)| {
        let events = page["_embedded"]["events"].as_array().unwrap().clone();
        events.into_iter().map(move |event| (file.clone(), event))
    });
    for (file, mut event) in single.chain(of_pages) {
        // Recorded values come without the event.
        event["id"] = event.get("id").cloned().unwrap_or(json!("e"));
        // No table: the one of these checks has numbers for ids.
        let page = page_of("events", &event);
        let row = rows(&page, "events", |event, row| !amo_events::write_row(event, row)).remove(0);
        for (side, prefix) in [("value_after", "after_"), ("value_before", "before_")] {
            assert_eq!(held(&row, prefix), scalars(&event[side]), "{file}");
        }
        for name in ["id", "type", "entity_type", "entity_id", "created_by", "created_at"] {
            let told = event.get(name).map(|value| scalars(value).concat());
            assert_eq!(cell(&row, name), told.as_deref(), "{file} {name}");
        }
    }
}

fn v4_types_of_events_have_their_words(folder: &Path) {
    let types = ENDPOINTS.iter().find(|endpoint| endpoint.name == "event_types").unwrap();
    for (file, page) in payloads(folder, "v4/events_types") {
        let found =
            rows(&page, "events_types", |record, row| types.v4.write(types.schema, record, row));
        let sent = page["_embedded"]["events_types"].as_array().unwrap();
        assert_eq!(found.len(), sent.len(), "{file}");
        for (row, sent) in found.iter().zip(sent) {
            assert_eq!(cell(row, "type"), sent["key"].as_str(), "{file}");
            assert_eq!(cell(row, "label"), sent["lang"].as_str(), "{file}");
        }
    }
}

fn v4_task_results_of_all_forms_are_read(folder: &Path) {
    for (file, body) in
        payloads(folder, "v4/task_results").into_iter().chain(payloads(folder, "v4/tasks_list"))
    {
        let results = task_results::read_results(Some(body.to_string().as_bytes())).expect("tasks");
        for task in body["_embedded"]["tasks"].as_array().unwrap() {
            let held = task["result"]["text"].as_str();
            let read = results.get(&task["id"].to_string()).and_then(|text| text.as_deref());
            assert_eq!(read, held, "{file}");
        }
    }
}

fn v4_accounts_tell_their_name_and_zone(folder: &Path) {
    for (file, body) in payloads(folder, "v4/account_with_everything") {
        let account = read_about_v4(Some(body.to_string().as_bytes())).expect("an account");
        assert_eq!(Some(account.name.as_str()), body["name"].as_str(), "{file}");
        let zone = &body["_embedded"]["datetime_settings"]["timezone"];
        assert_eq!(Some(account.zone.name.as_str()), zone.as_str(), "{file}");
    }
}

fn accounts_of_both_apis_keep_their_values(folder: &Path) {
    let both = ["id", "name", "subdomain", "currency", "language", "timezone", "timezone_offset"];
    let settings = "/_embedded/datetime_settings";
    let of_v4 = |column: &str| match column {
        "timezone" | "timezone_offset" => format!("{settings}/{column}"),
        _ => format!("/{column}"),
    };
    let of_v2 = |column: &str| match column {
        "current_user_id" => "/current_user".to_owned(),
        _ => format!("/{column}"),
    };
    for (file, account) in payloads(folder, "v4/account_with_everything") {
        assert_account(&file, Api::V4, &account, ACCOUNT.schema.base, of_v4);
    }
    for (file, account) in payloads(folder, "v2/account-with-all") {
        let told = [&both[..], &["current_user_id"]].concat();
        assert_account(&file, Api::V2, &account, &told, of_v2);
    }
}

fn assert_account(
    file: &str,
    api: Api,
    account: &Value,
    columns: &[&str],
    pointer: impl Fn(&str) -> String,
) {
    let write = write_of(ACCOUNT.name, api);
    let schema = ACCOUNT.schema;
    let map = Map::FunctionWithEmbedded(&write);
    let format = Format { list: "", schema, id: "id", order: None, map };
    let table = read_row(account.to_string().as_bytes(), &format).expect("an account").rows;
    assert_eq!(table.rows(), 1);
    for column in columns {
        let held = account.pointer(&pointer(column)).map(scalars).unwrap_or_default();
        let flags = |text: String| match text.as_str() {
            "TRUE" => "1".to_owned(),
            "FALSE" => "0".to_owned(),
            _ => text,
        };
        let held = held.into_iter().map(flags).next();
        assert_eq!(table.texts(column), [held], "{file} {column}");
    }
}

fn v4_tokens_are_read(folder: &Path) {
    let new = payloads(folder, "v4/oauth_code_reply").into_iter();
    for (file, body) in new.chain(payloads(folder, "v4/oauth_refresh_reply")) {
        let tokens = read_tokens(body.to_string().as_bytes()).expect("tokens");
        assert_eq!(Some(tokens.access_token.expose_secret()), body["access_token"].as_str());
        assert_eq!(Some(tokens.refresh_token.expose_secret()), body["refresh_token"].as_str());
        assert!(tokens.are_fresh(), "{file}");
    }
}

fn v4_errors_give_their_words(folder: &Path) {
    let recorded = payloads(folder, "v4/unauthorized_401").into_iter().map(|(file, mut reply)| {
        let body = reply["body"].take();
        (file, body)
    });
    for (file, body) in payloads(folder, "v4/error")
        .into_iter()
        .chain(payloads(folder, "v4/oauth_refresh_reused_401"))
        .chain(recorded)
    {
        let said = error_body::read(body.to_string().as_bytes());
        for member in ["title", "detail", "hint"] {
            let words = body[member].as_str().unwrap_or_default();
            assert!(said.detail.contains(words), "{file} lost {words}: {}", said.detail);
        }
        assert_eq!(said.retry_after, body["retry_after"].as_u64(), "{file}");
    }
}

fn v2_notes_keep_their_values(folder: &Path) {
    for (file, page) in payloads(folder, "v2/notes") {
        let items = page["_embedded"]["items"].as_array().unwrap().clone();
        let rows = rows(&page, "items", |note, row| {
            note.iter().for_each(|field| row.push_field(field));
            true
        });
        assert_eq!(rows.len(), items.len());
        for (mut item, row) in items.into_iter().zip(rows) {
            item.as_object_mut().unwrap().remove("_links");
            let mut held = scalars(&item);
            let mut read: Vec<String> = row.into_iter().map(|(_, text)| text).collect();
            held.sort();
            read.sort();
            assert_eq!(read, held, "{file}");
        }
    }
}

fn v2_login_failures_give_code_and_words(folder: &Path) {
    for (_, body) in payloads(folder, "v2/auth-failure") {
        let said = error_body::read(body.to_string().as_bytes());
        assert_eq!(said.code.as_deref(), body["response"]["error_code"].as_str());
        assert_eq!(Some(said.detail.as_str()), body["response"]["error"].as_str());
    }
}

// --- The plain tables (docs/contract.md, Plain tables) --------------------------------

/// The records of a page that a list holds.
fn records_of(page: &Value, list: &str) -> Vec<Value> {
    match &page["_embedded"][list] {
        Value::Array(records) => records.clone(),
        Value::Object(records) => records.values().cloned().collect(),
        other => panic!("no list {list}: {other}"),
    }
}

/// Compares members of a record with cells of its row.
fn assert_cells(file: &str, record: &Value, row: &[(String, String)], names: &[(&str, &str)]) {
    for (column, pointer) in names {
        let held = record.pointer(pointer).map(scalars).unwrap_or_default();
        let found: Vec<String> = cell(row, column).map(str::to_owned).into_iter().collect();
        let found: Vec<String> = found.into_iter().filter(|text| !text.is_empty()).collect();
        let held: Vec<String> = held.into_iter().filter(|text| !text.is_empty()).collect();
        assert_eq!(found, held, "{file} {column}");
    }
}

fn tasks_of_both_apis_keep_their_values(folder: &Path) {
    let both = [
        ("created_at", "/created_at"),
        ("created_by", "/created_by"),
        ("id", "/id"),
        ("is_completed", "/is_completed"),
        ("responsible_user_id", "/responsible_user_id"),
        ("result_text", "/result/text"),
        ("text", "/text"),
        ("updated_at", "/updated_at"),
    ];
    for (file, page) in payloads(folder, "v2/tasks") {
        for (task, row) in
            records_of(&page, "items").iter().zip(rows(&page, "items", amo_tasks::write_v2))
        {
            assert_cells(&file, task, &row, &both);
            let own = [
                ("element_id", "/element_id"),
                ("task_type", "/task_type"),
                ("complete_till_at", "/complete_till_at"),
            ];
            assert_cells(&file, task, &row, &own);
        }
    }
    let details = payloads(folder, "v4/tasks_detail").into_iter();
    let details = details.map(|(file, task)| (file, page_of("tasks", &task)));
    for (file, page) in payloads(folder, "v4/tasks_list")
        .into_iter()
        .chain(payloads(folder, "v4/task_results"))
        .chain(details)
    {
        for (task, row) in
            records_of(&page, "tasks").iter().zip(rows(&page, "tasks", amo_tasks::write_v4))
        {
            assert_cells(&file, task, &row, &both);
            let own = [
                ("task_type", "/task_type_id"),
                ("complete_till_at", "/complete_till"),
                ("duration", "/duration"),
            ];
            assert_cells(&file, task, &row, &own);
            // A task about nothing has a 0 in v2 (docs/api-v4.md, Tasks over v4).
            let about = task["entity_id"].as_u64().unwrap_or_default().to_string();
            assert_eq!(cell(&row, "element_id"), Some(about.as_str()), "{file}");
        }
    }
}

fn transactions_of_both_apis_keep_their_values(folder: &Path) {
    let common = ["id", "price", "comment", "created_by", "updated_by", "created_at", "updated_at"];
    let common: Vec<(&str, String)> =
        common.iter().map(|name| (*name, format!("/{name}"))).collect();
    let check = |file: &str, page: &Value, list: &str, write: Write, own| {
        let names: Vec<(&str, &str)> =
            common.iter().map(|(name, pointer)| (*name, pointer.as_str())).collect();
        for (record, row) in records_of(page, list).iter().zip(rows(page, list, write)) {
            assert_cells(file, record, &row, &names);
            assert_cells(file, record, &row, own);
        }
    };
    for (file, page) in payloads(folder, "v2/transactions") {
        let own = &[("date", "/date"), ("customer_id", "/customer/id")];
        check(&file, &page, "items", transactions::write_v2, own);
    }
    let details = payloads(folder, "v4/customers_transactions_detail").into_iter();
    let details = details.map(|(file, record)| (file, page_of("transactions", &record)));
    for (file, page) in
        payloads(folder, "v4/customers_transactions_list").into_iter().chain(details)
    {
        let own = &[("date", "/completed_at"), ("customer_id", "/customer_id")];
        check(&file, &page, "transactions", transactions::write_v4, own);
    }
}

fn incoming_leads_of_both_apis_keep_their_values(folder: &Path) {
    for (file, page) in payloads(folder, "v2/incoming_leads-list") {
        let leads = records_of(&page, "items");
        for (lead, row) in leads.iter().zip(rows(&page, "items", incoming::write_v2)) {
            assert_cells(&file, lead, &row, &[("uid", "/uid"), ("category", "/category")]);
            for text in scalars(&lead["incoming_lead_info"]) {
                assert!(row.iter().any(|(_, found)| *found == text), "{file} lost {text}");
            }
        }
    }
    let details = payloads(folder, "v4/leads_unsorted_detail").into_iter();
    let details = details.map(|(file, lead)| (file, page_of("unsorted", &lead)));
    for (file, page) in payloads(folder, "v4/leads_unsorted_list").into_iter().chain(details) {
        let leads = records_of(&page, "unsorted");
        for (lead, row) in leads.iter().zip(rows(&page, "unsorted", incoming::write_v4)) {
            let names = [
                ("uid", "/uid"),
                ("source_name", "/source_name"),
                ("created_at", "/created_at"),
                ("pipeline_id", "/pipeline_id"),
            ];
            assert_cells(&file, lead, &row, &names);
            for text in scalars(&lead["metadata"]) {
                assert!(row.iter().any(|(_, found)| *found == text), "{file} lost {text}");
            }
        }
    }
}

/// How a declared table writes its rows.
fn write_of(name: &str, api: Api) -> impl for<'r> Fn(&'r Record, &mut Row<'r>) -> bool + Sync {
    let endpoint = ENDPOINTS.iter().find(|endpoint| endpoint.name == name).expect(name);
    let (_, spec) = endpoint.spec(api);
    move |record, row| spec.write(endpoint.schema, record, row)
}

fn users_groups_and_task_types_of_both_apis_keep_their_values(folder: &Path) {
    for (file, account) in payloads(folder, "v2/account-with-all") {
        let names = [("id", "/id"), ("login", "/login"), ("is_admin", "/is_admin")];
        let read = rows(&account, "users", users::write_v2);
        for (user, row) in records_of(&account, "users").iter().zip(read) {
            assert_cells(&file, user, &row, &names);
            assert!(row.iter().all(|(name, _)| !name.starts_with("rights")), "{file}");
        }
        let columns = [("id", "/id"), ("name", "/name")];
        for (list, name) in [("groups", "groups"), ("task_types", "task_types")] {
            let read = rows(&account, list, write_of(name, Api::V2));
            for (record, row) in records_of(&account, list).iter().zip(read) {
                assert_cells(&file, record, &row, &columns);
            }
        }
    }
    for (file, page) in payloads(folder, "v4/users_list") {
        let names = [("id", "/id"), ("login", "/email"), ("is_admin", "/rights/is_admin")];
        let read = rows(&page, "users", users::write_v4);
        for (user, row) in records_of(&page, "users").iter().zip(read) {
            assert_cells(&file, user, &row, &names);
        }
    }
    for (file, account) in payloads(folder, "v4/account_with_everything") {
        let columns = [("id", "/id"), ("name", "/name")];
        for (list, name) in [("users_groups", "groups"), ("task_types", "task_types")] {
            let read = rows(&account, list, write_of(name, Api::V4));
            for (record, row) in records_of(&account, list).iter().zip(read) {
                assert_cells(&file, record, &row, &columns);
            }
        }
    }
}

fn pipelines_of_both_apis_keep_their_statuses(folder: &Path) {
    for (file, document) in payloads(folder, "v2/account-with-all")
        .into_iter()
        .chain(payloads(folder, "v4/leads_pipelines_list"))
    {
        let table = read_statuses(Some(document.to_string().as_bytes())).expect("pipelines").rows;
        let mut held: Vec<Value> = Vec::new();
        for pipeline in records_of(&document, "pipelines") {
            let v2 = pipeline.get("statuses").map(|_| pipeline["statuses"].clone());
            let page = json!({"_embedded": {"statuses": v2.unwrap_or_else(|| {
                pipeline["_embedded"]["statuses"].clone()
            })}});
            held.extend(records_of(&page, "statuses"));
        }
        for (column, member) in [("status_name", "name"), ("status_id", "id")] {
            let mut expected: Vec<String> =
                held.iter().flat_map(|status| scalars(&status[member])).collect();
            let mut found: Vec<String> = table.texts(column).into_iter().flatten().collect();
            expected.sort();
            found.sort();
            assert_eq!(found, expected, "{file} {column}");
        }
    }
}

fn custom_fields_of_both_apis_keep_their_names_and_choices(folder: &Path) {
    for (file, document) in payloads(folder, "v2/account-with-all") {
        let body = document.to_string();
        let tables = read_document(Some(body.as_bytes())).expect("custom fields");
        for (entity, tables) in ENTITIES.iter().zip(&tables) {
            let page = json!({"_embedded": document["_embedded"]["custom_fields"]});
            let fields = records_of(&page, entity);
            assert_eq!(tables[0].rows() as usize, fields.len(), "{file} {entity}");
            for field in fields {
                let names = tables[0].texts("name");
                assert!(names.contains(&field["name"].as_str().map(str::to_owned)), "{file}");
                let choices = tables[1].texts("enum_name");
                let texts = match &field["enums"] {
                    Value::Array(choices) => {
                        choices.iter().flat_map(|choice| scalars(&choice["value"])).collect()
                    }
                    enums => scalars(enums),
                };
                for text in texts {
                    assert!(choices.contains(&Some(text)), "{file} {entity}");
                }
            }
        }
    }
    let details = payloads(folder, "v4/custom_fields_detail").into_iter();
    let details = details.map(|(file, field)| (file, page_of("custom_fields", &field)));
    for (file, page) in payloads(folder, "v4/custom_fields_list").into_iter().chain(details) {
        let read = read_fields(Some(page.to_string().as_bytes())).expect("custom fields");
        for (row, field) in records_of(&page, "custom_fields").iter().enumerate() {
            let text = |column| read.rows[0].texts(column)[row].clone();
            assert_eq!(text("name").as_deref(), field["name"].as_str(), "{file}");
            let kind = field["type"].as_str().unwrap();
            assert_eq!(text("field_type").as_deref(), field_type(kind), "{file}");
            for choice in field["enums"].as_array().into_iter().flatten() {
                let held = choice["value"].as_str().map(str::to_owned);
                assert!(read.rows[1].texts("enum_name").contains(&held), "{file}");
            }
        }
    }
}

/// Every text and number of the tables of a page of cards.
fn cells_of_cards(entity: Entity, api: Api, page: &Value) -> (usize, HashSet<String>) {
    let zone = Zone::new("UTC", None);
    let filter = EntityFilter::default();
    let with = ["catalog_elements", "segments", "source"].map(str::to_owned);
    let empty = || EntitySink::new(entity, api, &zone, &filter, &with);
    let body = page.to_string();
    let tables = read_entities(Some(body.as_bytes()), empty).expect("a page").rows;
    let rows = tables[0].rows() as usize;
    (rows, cells_of(tables))
}

/// Every text and number of tables.
fn cells_of(tables: Vec<Table>) -> HashSet<String> {
    let columns = tables.into_iter().flat_map(Table::into_columns);
    let texts = columns.flat_map(|column| match column.values() {
        Values::Number(_, flags) if column.type_in_r() == Type::Logical => {
            let text = |flag: &f64| if *flag > 0.0 { "TRUE" } else { "FALSE" };
            flags.iter().map(text).map(str::to_owned).collect()
        }
        Values::Text(_, dictionary) => dictionary.iter().map(str::to_owned).collect::<Vec<_>>(),
        Values::Number(_, numbers) => numbers.iter().map(ToString::to_string).collect(),
    });
    texts.collect()
}

/// The values of a record that a table has to show; what is not data of the
/// card itself is left out.
fn values_of_card(card: &Value) -> Vec<String> {
    let hidden = [
        "_links",
        "code",
        "type_id",
        "field_code",
        "field_type",
        "enum_code",
        "is_main",
        "sort",
        "color",
        "request_id",
        "loss_reason",
        "score",
    ];
    match card {
        Value::Object(members) if is_translated(members.get("field_type")) => vec![],
        Value::Object(members) => {
            let shown = members.iter().filter(|(name, value)| {
                let is_no_time = ["closed_at", "closest_task_at"].contains(&name.as_str())
                    && value.as_f64().is_none_or(|time| time <= 0.0);
                // API v4 may say again in a word which choice it is.
                let is_word = name.as_str() == "enum" && value.as_str().is_some();
                !hidden.contains(&name.as_str()) && !is_no_time && !is_word
            });
            shown.flat_map(|(_, value)| values_of_card(value)).collect()
        }
        Value::Array(values) => values.iter().flat_map(values_of_card).collect(),
        value => scalars(value),
    }
}

/// Days, ticks and parts of addresses are written as v2 wrote them (docs/api-v4.md,
/// An entity as a row of v2); tests/testthat/test-fixtures.R compares them with v2.
fn is_translated(field_type: Option<&Value>) -> bool {
    let kind = field_type.and_then(Value::as_str).unwrap_or_default();
    ["date", "checkbox", "smart_address"].contains(&kind)
}

fn check_cards(entity: Entity, api: Api, name: &str, page: &Value) {
    let list = if api == Api::V2 { "items" } else { entity.plural() };
    let cards = page["_embedded"][list].as_array().expect("records").clone();
    let (rows, cells) = cells_of_cards(entity, api, page);
    assert_eq!(rows, cards.len(), "{name}");
    for card in &cards {
        let mut card = card.clone();
        if api == Api::V2 {
            card.as_object_mut().unwrap().remove("_embedded");
        }
        for value in values_of_card(&card) {
            assert!(cells.contains(&value), "{name}: {value} is not in the tables");
        }
    }
}

fn recorded_cards_of_api_v2_hold_their_values(folder: &Path) {
    for (entity, beginning) in [
        (Entity::Lead, "v2/leads-list"),
        (Entity::Contact, "v2/contacts-list"),
        (Entity::Customer, "v2/customers-list"),
    ] {
        for (name, page) in payloads(folder, beginning) {
            check_cards(entity, Api::V2, &name, &page);
        }
    }
    for (name, card) in payloads(folder, "v2/contacts-item") {
        check_cards(Entity::Contact, Api::V2, &name, &page_of("items", &card));
    }
}

fn recorded_cards_of_api_v4_hold_their_values(folder: &Path) {
    for entity in [Entity::Lead, Entity::Contact, Entity::Company, Entity::Customer] {
        for (name, page) in payloads(folder, &format!("v4/{}_list", entity.plural())) {
            check_cards(entity, Api::V4, &name, &page);
        }
        for (name, card) in payloads(folder, &format!("v4/{}_detail", entity.plural())) {
            check_cards(entity, Api::V4, &name, &page_of(entity.plural(), &card));
        }
    }
}

#[test]
fn lists_that_administrators_keep_hold_their_values() {
    for (shape, name, without) in [
        ("talks_list", "talks", &[][..]),
        ("loss_reasons_list", "loss_reasons", &[]),
        ("tags_list", "tags", &[]),
        ("sources_list", "sources", &[]),
        ("customer_statuses_list", "customer_statuses", &[]),
        ("segments_list", "segments", &["/custom_fields_values"]),
        ("roles_list", "roles", &["/rights/status_rights"]),
        // The kind of entity is in the path.
        ("field_groups_list", "field_groups", &["/entity_type"]),
    ] {
        let endpoint = ENDPOINTS.iter().find(|endpoint| endpoint.name == name).expect(name);
        let (write, list) = (write_of(name, Api::V4), endpoint.v4.member);
        let map = Map::Function(&write);
        let format = Format { list, schema: endpoint.schema, id: endpoint.id, order: None, map };
        for (file, page) in payloads(&fixtures(), &format!("v4/{shape}")) {
            let table = read_page(page.to_string().as_bytes(), &format).expect("a page").rows;
            let records = records_of(&page, list);
            assert_eq!(table.rows() as usize, records.len(), "{file}");
            let cells = cells_of(vec![table]);
            for mut record in records {
                for hidden in [&["/_links", "/_embedded"], without].concat() {
                    record.pointer_mut(hidden).map(Value::take);
                }
                for text in scalars(&record) {
                    assert!(cells.contains(&text), "{file} lost {text}");
                }
            }
        }
    }
}

#[test]
fn companies_of_api_v2_hold_their_values() {
    for (name, page) in payloads(&fixtures(), "v2/companies-list") {
        check_cards(Entity::Company, Api::V2, &name, &page);
    }
}

#[test]
fn what_is_empty_in_a_card_of_api_v2_is_no_value_in_any_form() {
    for (name, page) in payloads(&fixtures(), "v2/leads-empty-forms") {
        let cards = records_of(&page, "items");
        assert_eq!(cards.len(), 4, "{name}");
        let cells = cards.into_iter().map(|mut card| {
            card["id"] = json!(1);
            card["updated_at"] = json!(1);
            cells_of_cards(Entity::Lead, Api::V2, &page_of("items", &card))
        });
        let cells: Vec<_> = cells.collect();
        assert!(cells.iter().all(|found| *found == cells[0]), "{name}: {cells:?}");
    }
}

#[test]
fn an_account_without_customers_says_so_over_api_v2() {
    for (name, body) in payloads(&fixtures(), "v2/error-426") {
        let said = error_body::read(body.to_string().as_bytes());
        assert!(said.detail.contains(body["detail"].as_str().unwrap()), "{name}: {}", said.detail);
    }
}
