use amocrm_sandbox::{Config, NoteCounts};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::client::{Client, ids_of, result_text, small};

const LIST: &str = "/api/v4/tasks?limit=250";

fn number(row: &Value, name: &str) -> u64 {
    row[name].as_u64().unwrap()
}

async fn tasks(client: &Client, query: &str) -> Vec<Value> {
    client.listed(&format!("{LIST}&{query}"), "tasks").await
}

fn where_(rows: &[Value], fits: impl Fn(&Value) -> bool) -> Vec<u64> {
    ids_of(&rows.iter().filter(|row| fits(row)).cloned().collect::<Vec<_>>())
}

#[tokio::test]
async fn the_notes_of_v2_tasks_are_the_results_of_tasks() {
    let client = Client::with_token(small());
    let notes = client.rows("type=task").await;
    let wanted: Vec<_> =
        notes.iter().map(|note| format!("filter[id][]={}", note["element_id"])).collect();
    let tasks = tasks(&client, &format!("{}&order[id]=asc", wanted.join("&"))).await;
    assert_eq!(tasks.len(), notes.len());
    for (task, note) in tasks.iter().zip(&notes) {
        assert_eq!(task["id"], note["element_id"]);
        assert_eq!(*result_text(task), note["text"]);
        assert_eq!(task["updated_at"], note["updated_at"]);
        assert_eq!(task["responsible_user_id"], note["responsible_user_id"]);
        assert_eq!(task["group_id"], note["group_id"]);
        assert_eq!(task["account_id"], note["account_id"]);
        assert_eq!(task["is_completed"], true);
    }
}

#[tokio::test]
async fn results_come_in_three_forms() {
    let client = Client::with_token(Config { notes: NoteCounts::each(300), ..Config::default() });
    let tasks = tasks(&client, "filter[is_completed]=1").await;
    let results = || tasks.iter().map(|task| &task["result"]);
    assert!(results().any(Value::is_object) && results().any(Value::is_string));
    assert!(results().any(|result| result.get(0).is_some()));
}

#[tokio::test]
async fn other_tasks_have_an_empty_list_for_a_result() {
    let client = Client::with_token(small());
    let all = tasks(&client, "order[id]=asc").await;
    assert!(all.len() > 60);
    for task in &all[60..] {
        assert_eq!(task["result"], json!([]));
    }
    assert!(all.iter().any(|task| task["is_completed"] == false));
}

#[tokio::test]
async fn a_task_has_the_fields_of_the_service() {
    let client = Client::with_token(small());
    for task in tasks(&client, "").await {
        for name in
            ["created_by", "updated_by", "created_at", "duration", "task_type_id", "complete_till"]
        {
            assert!(task[name].is_u64(), "{name}: {task}");
        }
        assert_eq!(task["entity_id"].is_null(), task["entity_type"].is_null(), "{task}");
        let href = format!("{}/api/v4/tasks/{}", client.sandbox.url(), task["id"]);
        assert_eq!(task["_links"]["self"]["href"], href);
    }
}

#[tokio::test]
async fn every_filter_finds_what_it_says() {
    let client = Client::with_token(small());
    let all = tasks(&client, "order[id]=asc").await;
    let entity = all.iter().find(|task| task["entity_type"] == "leads").unwrap();
    let owner = number(entity, "entity_id");
    let user = number(&all[0], "responsible_user_id");
    let time = number(&all[30], "updated_at");
    for (filter, wanted) in [
        ("filter[is_completed]=0".to_owned(), where_(&all, |task| task["is_completed"] == false)),
        ("filter[is_completed][]=1".to_owned(), where_(&all, |task| task["is_completed"] == true)),
        ("filter[is_completed]=0,1".to_owned(), ids_of(&all)),
        (
            "filter[entity_type]=contacts".to_owned(),
            where_(&all, |task| task["entity_type"] == "contacts"),
        ),
        (
            format!("filter[entity_type]=leads&filter[entity_id][]={owner}"),
            where_(&all, |task| task["entity_type"] == "leads" && task["entity_id"] == owner),
        ),
        ("filter[task_type]=2".to_owned(), where_(&all, |task| task["task_type_id"] == 2)),
        (
            format!("filter[responsible_user_id]={user}"),
            where_(&all, |task| task["responsible_user_id"] == user),
        ),
        (
            format!("filter[updated_at][from]={time}"),
            where_(&all, |task| number(task, "updated_at") >= time),
        ),
    ] {
        let found = ids_of(&tasks(&client, &format!("order[id]=asc&{filter}")).await);
        assert!(!wanted.is_empty(), "{filter}");
        assert_eq!(found, wanted, "{filter}");
    }
}

#[tokio::test]
async fn every_order_goes_both_ways_and_tasks_go_by_their_deadline_otherwise() {
    let client = Client::with_token(small());
    for key in ["id", "created_at", "complete_till"] {
        let rising = tasks(&client, &format!("order[{key}]=asc")).await;
        assert!(rising.is_sorted_by_key(|task| number(task, key)), "{key}");
        let mut falling = tasks(&client, &format!("order[{key}]=desc")).await;
        falling.reverse();
        assert_eq!(rising, falling, "{key}");
    }
    assert_eq!(tasks(&client, "").await, tasks(&client, "order[complete_till]=asc").await);
}

#[tokio::test]
async fn ids_obey_the_order() {
    let client = Client::with_token(small());
    let all = tasks(&client, "").await;
    let ids: Vec<_> = ids_of(&all[..9]).iter().map(u64::to_string).collect();
    assert_eq!(tasks(&client, &format!("filter[id]={}", ids.join(","))).await, all[..9]);
    assert!(tasks(&client, "filter[id]=5").await.is_empty());
}

#[tokio::test]
async fn only_a_page_that_is_not_the_last_points_to_a_next_one() {
    let client = Client::with_token(small());
    let count = tasks(&client, "").await.len();
    for (limit, page, next) in [(count, 1, false), (count - 1, 1, true), (count - 1, 2, false)] {
        let page = client.json(&format!("/api/v4/tasks?limit={limit}&page={page}")).await;
        assert_eq!(page["_links"].get("next").is_some(), next, "{limit}");
    }
    let past = client.get(&format!("/api/v4/tasks?limit={count}&page=2")).await;
    assert_eq!(past.status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn one_task_comes_as_itself() {
    let client = Client::with_token(small());
    let task = &tasks(&client, "").await[4];
    assert_eq!(client.json(&format!("/api/v4/tasks/{}", task["id"])).await, *task);
    assert_eq!(client.get("/api/v4/tasks/5").await.status(), StatusCode::NO_CONTENT);
    assert_eq!(client.get("/api/v4/tasks/five").await.status(), StatusCode::NOT_FOUND);
}
