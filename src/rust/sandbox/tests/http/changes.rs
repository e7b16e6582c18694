//! The account lives: what happens in it shows in both APIs.

use amocrm_sandbox::{Action, Change, Changed, Config, Fault, Kind, Subject};
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

#[tokio::test]
async fn a_purchase_is_made_corrected_and_withdrawn() {
    let client = lives();
    let bought = client.sandbox.change(Change::Create, Subject::Transaction, 1, 1)[0];
    let row = old(&client, &format!("transactions?id={}", bought.id)).await.remove(0);
    assert_eq!(row["created_at"], bought.at);
    let told = event(&client, "transaction_added").await;
    assert_eq!(told["value_after"][0]["transaction"]["id"], bought.id);
    assert_eq!(told["entity_id"], row["customer"]["id"]);
    let notes = format!("notes?type=customer&note_type=23&element_id={}", row["customer"]["id"]);
    assert_eq!(old(&client, &notes).await.last().unwrap()["params"]["transaction_id"], bought.id);
    let ids = [bought.id.into()];
    client.sandbox.change_each(Change::Update, Subject::Transaction, &ids, 1).unwrap();
    let path = format!("customers/{}/transactions", row["customer"]["id"]);
    let changed = new(&client, &path, "").await;
    let changed = changed.iter().find(|one| one["id"] == bought.id).unwrap();
    assert_ne!(changed["price"], row["price"]);
    client.sandbox.change_each(Change::Delete, Subject::Transaction, &ids, 1).unwrap();
    assert!(!ids_of(&new(&client, &path, "").await).contains(&bought.id.into()));
    assert!(old(&client, &format!("transactions?id={}", bought.id)).await.is_empty());
}

#[tokio::test]
async fn a_lead_that_comes_in_waits_until_it_is_accepted_or_declined() {
    let client = lives();
    let waiting = async || {
        let rows = new(&client, "leads/unsorted", "").await;
        let lead = |row: &Value| row["_embedded"]["leads"][0]["id"].as_u64().unwrap();
        rows.iter().map(lead).collect::<Vec<_>>()
    };
    let before = waiting().await;
    let came = client.sandbox.change(Change::Create, Subject::IncomingLead, 2, 1);
    let [first, second] = [0, 1].map(|place| u64::from(came[place].id));
    assert_eq!(waiting().await, [&[second, first], &before[..]].concat());
    assert_eq!(old(&client, "incoming_leads").await.len(), before.len() + 2);
    client.sandbox.change_each(Change::Accept, Subject::IncomingLead, &[first], 1).unwrap();
    client.sandbox.change_each(Change::Decline, Subject::IncomingLead, &[second], 1).unwrap();
    assert_eq!(waiting().await, before);
    assert_eq!(old(&client, "incoming_leads").await.len(), before.len());
    let leads = ids_of(&old(&client, "leads").await);
    assert!(leads.contains(&first) && !leads.contains(&second));
    assert_eq!(event(&client, "lead_added").await["entity_id"], first);
    let summary = client.json("/api/v4/leads/unsorted/summary").await;
    let told = ["total", "accepted", "declined"].map(|name| summary[name].as_u64().unwrap());
    assert_eq!(told, [before.len() as u64 + 2, 1, 1]);
    let again = client.sandbox.change_each(Change::Accept, Subject::IncomingLead, &[second], 1);
    assert_eq!(
        again.unwrap_err().to_string(),
        format!("accept can't happen to the incoming_lead {second}")
    );
    let created = happens(&client, Change::Create, Kind::Lead).id;
    assert!(!leads.contains(&created.into()));
}

#[tokio::test]
async fn a_talk_begins_with_a_message_and_goes_on_with_the_next() {
    let client = lives();
    let talks = async || new(&client, "talks", "").await;
    let before = talks().await.len();
    let begun = client.sandbox.change(Change::Create, Subject::Talk, 1, 1)[0];
    let talk = async || {
        let all = talks().await;
        assert_eq!(all.len(), before + 1);
        all.into_iter().find(|talk| talk["talk_id"] == begun.id).unwrap()
    };
    let first = talk().await;
    assert_eq!((&first["created_at"], &first["is_read"]), (&begun.at.into(), &false.into()));
    let said = event(&client, "incoming_chat_message").await;
    assert_eq!(said["value_after"][0]["message"]["talk_id"], begun.id);
    // Clients write it, who are no users.
    assert_eq!((&said["type"], &said["created_by"]), (&"incoming_chat_message".into(), &0.into()));
    assert_eq!(said["entity_id"], first["contact_id"]);
    let next = client.sandbox.change_each(Change::Update, Subject::Talk, &[begun.id.into()], 1);
    assert_eq!(talk().await["updated_at"], next.unwrap()[0].at);
}

#[tokio::test]
async fn products_come_change_their_price_and_go() {
    let client = lives();
    let path = "catalogs/7311/elements";
    let before = ids_of(&new(&client, path, "").await);
    let added = client.sandbox.change(Change::Create, Subject::Element, 1, 1)[0].id;
    let price = async || {
        let row = client.json(&format!("/api/v4/{path}/{added}")).await;
        let fields = row["custom_fields_values"].as_array().unwrap();
        let price = fields.iter().find(|field| field["field_code"] == "PRICE").unwrap();
        (price["values"][0]["value"].clone(), row["updated_at"].clone())
    };
    let (cost, at) = price().await;
    let ids = [added.into()];
    client.sandbox.change_each(Change::Update, Subject::Element, &ids, 5).unwrap();
    let (now, later) = price().await;
    assert!(now != cost && later.as_u64() >= at.as_u64());
    assert_eq!(ids_of(&new(&client, path, "").await), [&before[..], &ids].concat());
    let leads = new(&client, "leads", "with=catalog_elements").await;
    let linked = |leads: &[Value]| {
        let parts =
            leads.iter().filter_map(|lead| lead["_embedded"]["catalog_elements"].as_array());
        parts.flatten().map(|one| one["id"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    let sold = linked(&leads)[0];
    client.sandbox.change_each(Change::Delete, Subject::Element, &[added.into(), sold], 1).unwrap();
    assert_eq!(new(&client, path, "").await.len(), before.len() - 1);
    assert!(!linked(&new(&client, "leads", "with=catalog_elements").await).contains(&sold));
}

#[tokio::test]
async fn tasks_are_put_off_and_deleted_and_so_are_notes() {
    let client = lives();
    let task = Subject::Of(Kind::Task);
    let set = client.sandbox.change(Change::Create, task, 1, 1)[0];
    let path = format!("/api/v4/tasks/{}", set.id);
    let due = client.json(&path).await["complete_till"].clone();
    client.sandbox.change_each(Change::Update, task, &[set.id.into()], 1).unwrap();
    let told = event(&client, "task_deadline_changed").await;
    assert_eq!(told["value_before"][0]["task_deadline"]["timestamp"], due);
    let later = &told["value_after"][0]["task_deadline"]["timestamp"];
    assert_eq!(client.json(&path).await["complete_till"], *later);
    client.sandbox.change_each(Change::Delete, task, &[set.id.into()], 1).unwrap();
    assert_eq!(client.get(&path).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(event(&client, "task_deleted").await["entity_id"], set.id);

    let note = client.sandbox.change(Change::Create, Subject::Note, 1, 1)[0];
    let added = event(&client, "common_note_added").await;
    assert_eq!(added["value_after"][0]["note"]["id"], note.id);
    let kind = added["entity_type"].as_str().unwrap();
    let notes = format!("notes?type={kind}&id={}", note.id);
    assert_eq!(ids_of(&old(&client, &notes).await), [u64::from(note.id)]);
    client.sandbox.change_each(Change::Delete, Subject::Note, &[note.id.into()], 1).unwrap();
    assert!(old(&client, &notes).await.is_empty());
    let gone = event(&client, "common_note_deleted").await;
    assert_eq!(
        (&gone["entity_id"], &gone["value_after"]),
        (&added["entity_id"], &added["value_after"])
    );
}

#[tokio::test]
async fn a_change_of_a_field_is_an_event_of_that_field() {
    let client = lives();
    client.sandbox.change(Change::Update, Kind::Lead, 40, 1);
    let events = client.all("/api/v4/events?limit=100", "events").await;
    let of_fields = events.iter().filter_map(|event| {
        let id = event["type"]
            .as_str()?
            .strip_prefix("custom_field_")?
            .strip_suffix("_value_changed")?;
        Some((id.parse::<u64>().ok()?, event))
    });
    let mut many = 0;
    for (id, event) in of_fields {
        let after = &event["value_after"][0]["custom_field_value"];
        assert!(after["field_id"] == id && after["field_type"].is_u64(), "{event}");
        many += 1;
    }
    assert!(many > 3, "{many}");
    let of_any = "/api/v4/events?limit=100&filter[type]=custom_field_value_changed";
    let of_any = client.all(of_any, "events").await;
    let told = |event: &&Value| event["type"].as_str().unwrap().starts_with("custom_field_5");
    assert_eq!(of_any.iter().filter(told).count(), many);
    let one = of_any.iter().find(told).unwrap();
    let path = format!("/api/v4/events?limit=100&filter[type]={}", one["type"].as_str().unwrap());
    assert!(client.all(&path, "events").await.contains(one));
}
