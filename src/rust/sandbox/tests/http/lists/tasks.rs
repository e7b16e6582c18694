//! Tasks in both APIs.

use std::collections::BTreeSet;

use amocrm_sandbox::{Config, List, ListCounts, NoteCounts};
use serde_json::{Value, json};

use super::{account, old};
use crate::client::{Client, ids_of, result_text};

fn number(row: &Value, name: &str) -> u64 {
    row[name].as_u64().unwrap()
}

fn where_(rows: &[Value], fits: impl Fn(&Value) -> bool) -> Vec<u64> {
    ids_of(&rows.iter().filter(|row| fits(row)).cloned().collect::<Vec<_>>())
}

fn element_type(name: &Value) -> Value {
    match name.as_str() {
        Some("contacts") => json!(1),
        Some("leads") => json!(2),
        Some("companies") => json!(3),
        Some("customers") => json!(12),
        _ => json!(0),
    }
}

#[tokio::test]
async fn the_tasks_of_both_apis_agree() {
    let client = Client::with_token(account());
    let old = old(&client, "tasks", "").await;
    let path = "/api/v4/tasks?limit=250&order[id]=asc";
    let new = client.listed(path, "tasks").await;
    assert_eq!((old.len(), new.len()), (150, 150));
    for (old, new) in old.iter().zip(&new) {
        for name in ["id", "responsible_user_id", "created_by", "created_at", "updated_at"] {
            assert_eq!(old[name], new[name], "{name}");
        }
        for name in ["account_id", "group_id", "is_completed", "text"] {
            assert_eq!(old[name], new[name], "{name}");
        }
        assert_eq!(old["task_type"], new["task_type_id"]);
        assert_eq!(old["complete_till_at"], new["complete_till"]);
        assert_eq!(old["element_type"], element_type(&new["entity_type"]));
        assert_eq!(old["element_id"], new["entity_id"].as_u64().unwrap_or(0));
        assert_eq!(result_text(old), result_text(new));
    }
}

#[tokio::test]
async fn the_result_of_a_task_is_its_note() {
    let client = Client::logged_in(account()).await;
    let notes = client.rows("type=task").await;
    let tasks = old(&client, "tasks", "").await;
    let done: Vec<_> = tasks.iter().filter(|task| task["result"].is_object()).collect();
    assert!(!done.is_empty() && done.len() < tasks.len());
    for task in done {
        let note = notes.iter().find(|note| note["element_id"] == task["id"]).unwrap();
        assert_eq!(task["result"], json!({"id": note["id"], "text": note["text"]}));
    }
}

#[tokio::test]
async fn tasks_are_about_entities_of_the_lists() {
    let client = Client::logged_in(account()).await;
    let tasks = old(&client, "tasks", "").await;
    for (list, kind) in [("contacts", 1), ("leads", 2), ("companies", 3), ("customers", 12)] {
        let ids: BTreeSet<u64> = ids_of(&old(&client, list, "").await).into_iter().collect();
        let about: Vec<_> = tasks.iter().filter(|task| task["element_type"] == kind).collect();
        assert!(!about.is_empty(), "{list}");
        assert!(about.iter().all(|task| ids.contains(&number(task, "element_id"))), "{list}");
    }
}

#[tokio::test]
async fn an_entity_names_the_first_deadline_of_its_open_tasks() {
    let client = Client::logged_in(account()).await;
    let tasks = old(&client, "tasks", "filter[status]=0").await;
    let leads = old(&client, "leads", "").await;
    for lead in &leads {
        let own = tasks
            .iter()
            .filter(|task| task["element_type"] == 2 && task["element_id"] == lead["id"]);
        let first = own.map(|task| number(task, "complete_till_at")).min().unwrap_or(0);
        assert_eq!(lead["closest_task_at"], first);
    }
}

#[tokio::test]
async fn every_filter_finds_what_it_says() {
    let client = Client::logged_in(account()).await;
    let all = old(&client, "tasks", "").await;
    let ids = ids_of(&all);
    let user = number(&all[2], "responsible_user_id");
    let author = number(&all[2], "created_by");
    let about = all.iter().find(|task| task["element_type"] == 2).unwrap();
    let element = number(about, "element_id");
    let created = number(&all[60], "created_at");
    let updated = number(&all[60], "updated_at");
    for (query, wanted) in [
        (format!("id={},{}", ids[8], ids[3]), vec![ids[3], ids[8]]),
        (
            format!("element_id={element}&type=lead"),
            where_(&all, |t| t["element_type"] == 2 && t["element_id"] == element),
        ),
        ("type=contact".to_owned(), where_(&all, |task| task["element_type"] == 1)),
        ("type=customer".to_owned(), where_(&all, |task| task["element_type"] == 12)),
        ("filter[status]=0".to_owned(), where_(&all, |task| task["is_completed"] == false)),
        ("filter[status][]=1".to_owned(), where_(&all, |task| task["is_completed"] == true)),
        (
            format!("responsible_user_id[]={user}"),
            where_(&all, |task| task["responsible_user_id"] == user),
        ),
        (
            format!("filter[created_by][]={author}"),
            where_(&all, |task| task["created_by"] == author),
        ),
        (
            "filter[task_type][]=2&filter[task_type][]=3".to_owned(),
            where_(&all, |task| [2, 3].contains(&number(task, "task_type"))),
        ),
        (
            format!("filter[date_create][from]={created}"),
            where_(&all, |task| number(task, "created_at") >= created),
        ),
        (
            format!("filter[date_modify][to]={updated}"),
            where_(&all, |task| number(task, "updated_at") <= updated),
        ),
        (
            "filter[date_create][from]=2025-06-01".to_owned(),
            where_(&all, |task| number(task, "created_at") >= 1_748_725_200),
        ),
    ] {
        assert!(!wanted.is_empty() && wanted.len() < all.len(), "{query}");
        assert_eq!(ids_of(&old(&client, "tasks", &query).await), wanted, "{query}");
    }
    assert!(old(&client, "tasks", "type=galaxy").await.is_empty());
}

#[tokio::test]
async fn tasks_are_found_by_the_stage_of_their_lead() {
    let client = Client::logged_in(account()).await;
    let leads = old(&client, "leads", "").await;
    let all = old(&client, "tasks", "").await;
    let pipeline = &leads[0]["pipeline_id"];
    let stands = |id: u64| {
        let lead = leads.iter().find(|lead| lead["id"] == id).unwrap();
        lead["pipeline_id"] == *pipeline && [142, 143].contains(&number(lead, "status_id"))
    };
    let about = |task: &Value| task["element_type"] == 2 && stands(number(task, "element_id"));
    let wanted = where_(&all, about);
    let query = format!("filter[pipe][{pipeline}][]=142&filter[pipe][{pipeline}][]=143");
    assert!(!wanted.is_empty());
    assert_eq!(ids_of(&old(&client, "tasks", &query).await), wanted);
}

#[tokio::test]
async fn the_list_is_as_long_as_asked_for_and_other_results_are_found_by_id() {
    for (results, tasks) in [(0, 7), (40, 7), (40, 100), (40, 0)] {
        let config = Config {
            notes: NoteCounts::each(results),
            lists: ListCounts::default().with(List::Tasks, tasks),
            ..Config::default()
        };
        let client = Client::with_token(config);
        assert_eq!(old(&client, "tasks", "").await.len() as u64, tasks);
        let listed = client.listed("/api/v4/tasks?limit=250", "tasks").await;
        assert_eq!(listed.len() as u64, tasks);
        for note in client.rows("type=task").await {
            let task = client.json(&format!("/api/v4/tasks/{}", note["element_id"])).await;
            assert_eq!(*result_text(&task), note["text"]);
            let query = format!("id={}", note["element_id"]);
            assert_eq!(old(&client, "tasks", &query).await[0]["result"]["id"], note["id"]);
        }
    }
}
