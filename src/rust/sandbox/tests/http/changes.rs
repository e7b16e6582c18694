//! The account lives: what happens in it shows in both APIs.

use amocrm_sandbox::{Action, Change, Changed, Config, Fault, Kind};
use reqwest::StatusCode;
use serde_json::Value;

use crate::client::{Client, ids_of, small};

fn lives() -> Client {
    Client::with_token(Config { api_filter: true, ..small() })
}

fn happens(client: &Client, change: Change, kind: Kind) -> Changed {
    client.sandbox.change(change, kind, 1, 1)[0]
}

async fn old(client: &Client, path: &str) -> Vec<Value> {
    client.listed(&format!("/api/v2/{path}"), "items").await
}

async fn new(client: &Client, list: &str, query: &str) -> Vec<Value> {
    let name = list.rsplit('/').next().unwrap();
    client.all(&format!("/api/v4/{list}?limit=100&{query}"), name).await
}

/// The latest event of this type.
async fn event(client: &Client, event_type: &str) -> Value {
    let path = format!("/api/v4/events?limit=1&filter[type]={event_type}");
    client.listed(&path, "events").await.remove(0)
}

#[tokio::test]
async fn what_is_created_comes_last_in_both_apis_with_its_note_and_event() {
    let client = lives();
    for (kind, list, note_type) in
        [(Kind::Lead, "leads", 1), (Kind::Contact, "contacts", 2), (Kind::Company, "companies", 12)]
    {
        let before = old(&client, list).await.len();
        let id = happens(&client, Change::Create, kind).id;
        let rows = old(&client, list).await;
        assert_eq!((rows.len(), &rows[before]["id"]), (before + 1, &id.into()), "{list}");
        let modern = new(&client, list, "order[id]=asc").await;
        assert_eq!(ids_of(&modern), ids_of(&rows), "{list}");
        let notes = old(&client, &format!("notes?type={}&element_id={id}", kind.name())).await;
        assert_eq!(notes[0]["note_type"], note_type, "{list}");
        let added = event(&client, &format!("{}_added", kind.name())).await;
        assert_eq!(added["entity_id"], id, "{list}");
        assert_eq!(added["created_at"], rows[before]["created_at"], "{list}");
    }
}

#[tokio::test]
async fn a_change_moves_a_row_to_the_front_of_the_latest() {
    let client = lives();
    for change in [Change::Update, Change::Move, Change::Assign] {
        let changed = happens(&client, change, Kind::Lead);
        let latest = client.listed("/api/v4/leads?limit=1&order[updated_at]=desc", "leads").await;
        assert_eq!(latest[0]["id"], changed.id, "{change:?}");
        assert_eq!(latest[0]["updated_at"], changed.at, "{change:?}");
        let since = format!("leads?filter[date_modify][from]={}", changed.at);
        assert!(ids_of(&old(&client, &since).await).contains(&changed.id.into()));
    }
}

#[tokio::test]
async fn a_move_shows_in_the_lead_in_a_note_of_v2_and_in_an_event_of_v4() {
    let client = lives();
    let id = happens(&client, Change::Move, Kind::Lead).id;
    let lead = old(&client, &format!("leads?id={id}")).await.remove(0);
    let notes = old(&client, &format!("notes?type=lead&note_type=3&element_id={id}")).await;
    let params = &notes.last().unwrap()["params"];
    assert_eq!(params["STATUS_NEW"], lead["status_id"].to_string());
    assert_eq!(params["PIPELINE_ID_NEW"], lead["pipeline_id"]);
    let event = event(&client, "lead_status_changed").await;
    assert_eq!(event["entity_id"], id);
    assert_eq!(event["value_after"][0]["lead_status"]["id"], lead["status_id"]);
    assert_eq!(
        event["value_before"][0]["lead_status"]["id"].to_string(),
        params["STATUS_OLD"].as_str().unwrap()
    );
}

#[tokio::test]
async fn the_trash_is_a_list_of_its_own_that_tells_little() {
    let client = lives();
    let id = happens(&client, Change::Trash, Kind::Lead).id;
    assert!(!ids_of(&old(&client, "leads").await).contains(&id.into()));
    assert!(!ids_of(&new(&client, "leads", "").await).contains(&id.into()));
    let one = client.get(&format!("/api/v4/leads/{id}")).await;
    assert_eq!(one.status(), StatusCode::NO_CONTENT);
    assert_eq!(ids_of(&old(&client, "leads?with=only_deleted").await), [u64::from(id)]);
    let trash = new(&client, "leads", "with=only_deleted").await;
    assert_eq!((ids_of(&trash), &trash[0]["is_deleted"]), (vec![id.into()], &true.into()));
    assert!(trash[0]["name"].is_null() && trash[0]["updated_at"].is_u64());
    assert_eq!(event(&client, "lead_deleted").await["entity_id"], id);
    assert!(linked_leads(&client).await.iter().all(|linked| *linked != u64::from(id)));
    client.sandbox.change_each(Change::Restore, Kind::Lead, &[id.into()], 1).unwrap();
    assert!(ids_of(&new(&client, "leads", "").await).contains(&id.into()));
    assert_eq!(event(&client, "lead_restored").await["entity_id"], id);
}

/// The leads that contacts name.
async fn linked_leads(client: &Client) -> Vec<u64> {
    let contacts = new(client, "contacts", "with=leads").await;
    let leads = contacts.iter().filter_map(|contact| contact["_embedded"]["leads"].as_array());
    leads.flatten().map(|lead| lead["id"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn what_is_merged_or_deleted_is_in_no_list_and_its_event_stays() {
    let client = lives();
    let leads = ids_of(&old(&client, "leads").await);
    client.sandbox.change_each(Change::Merge, Kind::Lead, &leads[3..5], 1).unwrap();
    client.sandbox.change_each(Change::Delete, Kind::Lead, &leads[5..6], 1).unwrap();
    let left = [&leads[..4], &leads[6..]].concat();
    assert_eq!(ids_of(&old(&client, "leads").await), left);
    assert_eq!(ids_of(&new(&client, "leads", "order[id]=asc").await), left);
    assert!(old(&client, "leads?with=only_deleted").await.is_empty());
    assert_eq!(event(&client, "entity_merged").await["entity_id"], leads[3]);
    assert_eq!(event(&client, "lead_deleted").await["entity_id"], leads[5]);
    let linked = linked_leads(&client).await;
    assert!(!linked.contains(&leads[4]) && !linked.contains(&leads[5]));
    let error =
        client.sandbox.change_each(Change::Update, Kind::Lead, &leads[5..6], 1).unwrap_err();
    assert_eq!(error.to_string(), format!("update can't happen to the lead {}", leads[5]));
}

#[tokio::test]
async fn tasks_are_set_and_done() {
    let client = lives();
    let set = happens(&client, Change::Task, Kind::Contact);
    let task = new(&client, "tasks", "order[id]=desc").await.remove(0);
    assert_eq!((&task["entity_id"], &task["is_completed"]), (&set.id.into(), &false.into()));
    client.sandbox.change_each(Change::Done, Kind::Contact, &[set.id.into()], 1).unwrap();
    let done = event(&client, "task_completed").await;
    let task = client.get(&format!("/api/v4/tasks/{}", done["entity_id"])).await;
    let task: Value = task.json().await.unwrap();
    assert_eq!((&task["entity_id"], &task["is_completed"]), (&set.id.into(), &true.into()));
    assert_ne!(task["result"], Value::Array(Vec::new()));
    let notes = old(&client, &format!("notes?type=task&element_id={}", task["id"])).await;
    assert_eq!(notes.last().unwrap()["note_type"], 13);
}

#[tokio::test]
async fn things_happen_in_the_middle_of_a_list_that_is_read() {
    let live = Fault { path: "page=2".to_owned(), nth: 0..1, action: Action::RandomChanges(200) };
    let client = Client::with_token(Config { faults: vec![live], ..small() });
    let still = Client::with_token(small());
    let ids = async |client: &Client, page: u64| {
        let path = format!("/api/v4/leads?limit=20&order[updated_at]=asc&page={page}");
        ids_of(&client.listed(&path, "leads").await)
    };
    assert_eq!(ids(&client, 1).await, ids(&still, 1).await);
    assert_ne!(ids(&client, 2).await, ids(&still, 2).await);
    assert_ne!(ids(&client, 1).await, ids(&still, 1).await);
}

#[tokio::test]
async fn random_changes_are_told_and_come_from_the_seed() {
    let (one, other) = (lives(), lives());
    let changed = one.sandbox.random_changes(50, 3);
    assert_eq!(changed.len(), 50);
    assert_eq!(changed, other.sandbox.random_changes(50, 3));
    assert_ne!(one.sandbox.random_changes(50, 3), changed);
}
