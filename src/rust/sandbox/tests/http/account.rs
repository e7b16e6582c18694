use amocrm_sandbox::Config;
use reqwest::StatusCode;
use serde_json::{Map, Value};

use crate::client::{Client, small};

async fn part(client: &Client, name: &str) -> Value {
    client.json(&format!("/api/v2/account?with={name}")).await["_embedded"][name].take()
}

fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().unwrap()
}

fn keyed_by_id(value: &Value) -> bool {
    object(value).iter().all(|(key, item)| key.parse() == Ok(item["id"].as_u64().unwrap()))
}

#[tokio::test]
async fn the_account_names_its_zone_and_the_offset_of_today() {
    let config = Config { timezone: "Asia/Yekaterinburg".to_owned(), ..small() };
    let client = Client::logged_in(config).await;
    let account = client.json("/api/v2/account").await;
    assert!(account["id"].is_u64() && account["current_user"].is_u64());
    assert_eq!(account["subdomain"], "sandbox");
    assert_eq!(account["timezone"], "Asia/Yekaterinburg");
    assert_eq!(account["timezone_offset"], "+05:00");
    assert_eq!(account["currency"], "RUB");
    assert_eq!(account["language"], "ru");
    assert_eq!(account["date_pattern"]["date_time"], "d.m.Y H:i");
}

#[tokio::test]
async fn without_with_there_are_no_parts() {
    let client = Client::logged_in(small()).await;
    assert!(client.json("/api/v2/account").await.get("_embedded").is_none());
    assert!(client.json("/api/v2/account?with=horoscope").await.get("_embedded").is_none());
}

#[tokio::test]
async fn only_the_parts_asked_for_come_and_the_link_repeats_them() {
    let client = Client::logged_in(small()).await;
    for query in ["with=users,groups", "with=users%2Cgroups"] {
        let account = client.json(&format!("/api/v2/account?{query}")).await;
        let parts: Vec<_> = object(&account["_embedded"]).keys().collect();
        assert_eq!(parts, ["groups", "users"], "{query}");
        let href = account["_links"]["self"]["href"].as_str().unwrap();
        assert_eq!(href, format!("/api/v2/account?{query}"));
    }
}

#[tokio::test]
async fn users_are_keyed_by_id_and_free_ones_come_when_asked_for() {
    let client = Client::logged_in(small()).await;
    let users = part(&client, "users").await;
    assert_eq!(object(&users).len(), 7);
    assert!(keyed_by_id(&users));
    for user in object(&users).values() {
        assert_eq!(user["is_free"], false);
        assert_eq!(user["last_name"], "");
        assert!(user["rights"]["by_status"]["leads"].is_object());
    }
    let query = "/api/v2/account?with=users&free_users=Y";
    assert_eq!(object(&client.json(query).await["_embedded"]["users"]).len(), 8);
}

#[tokio::test]
async fn the_authors_of_notes_are_users_or_the_robot() {
    let client = Client::logged_in(small()).await;
    let users = part(&client, "users").await;
    for row in client.rows("type=lead").await {
        let author = row["created_by"].to_string();
        assert!(author == "0" || users.get(&author).is_some(), "{row}");
        assert!(users.get(row["responsible_user_id"].to_string()).is_some(), "{row}");
    }
}

#[tokio::test]
async fn pipelines_have_the_two_ends_first_and_an_unsorted_pile() {
    let client = Client::logged_in(small()).await;
    let body = client.get("/api/v2/account?with=pipelines").await.text().await.unwrap();
    let won = body.find("\"statuses\":{\"142\":").unwrap();
    assert!(body[won..].find("\"143\":").unwrap() < body[won..].find("\"33187420\":").unwrap());
    let pipelines = part(&client, "pipelines").await;
    assert_eq!(object(&pipelines).len(), 2);
    assert!(keyed_by_id(&pipelines));
    for pipeline in object(&pipelines).values() {
        assert!(keyed_by_id(&pipeline["statuses"]));
        let statuses = object(&pipeline["statuses"]);
        let unsorted = statuses.values().find(|status| status["name"] == "Неразобранное").unwrap();
        assert_eq!(unsorted["is_editable"], false);
    }
}

#[tokio::test]
async fn groups_are_a_list_and_types_are_keyed_by_id() {
    let client = Client::logged_in(small()).await;
    let groups = part(&client, "groups").await;
    assert_eq!(groups[0]["id"], 0);
    assert_eq!(groups[0]["name"], "Отдел продаж");
    let tasks = part(&client, "task_types").await;
    assert!(keyed_by_id(&tasks));
    assert_eq!(tasks["1"]["color"], Value::Null);
    let notes = part(&client, "note_types").await;
    assert!(keyed_by_id(&notes));
    assert_eq!(notes["5"]["code"], "ATTACHEMENT");
    assert_eq!(notes["4"]["is_editable"], true);
}

#[tokio::test]
async fn fields_are_keyed_by_id_and_an_entity_without_any_has_an_empty_list() {
    let client = Client::logged_in(small()).await;
    let fields = part(&client, "custom_fields").await;
    assert_eq!(fields["customers"], Value::Array(Vec::new()));
    for entity in ["contacts", "leads", "companies"] {
        assert!(keyed_by_id(&fields[entity]), "{entity}");
    }
    let contacts = object(&fields["contacts"]);
    let phone = contacts.values().find(|field| field["code"] == "PHONE").unwrap();
    assert_eq!(phone["is_multiple"], true);
    assert!(object(&phone["enums"]).values().any(|choice| choice == "MOB"));
    let position = contacts.values().find(|field| field["code"] == "POSITION").unwrap();
    assert!(position.get("enums").is_none());
    assert_eq!(position["params"], Value::Object(Map::new()));
}

#[tokio::test]
async fn a_trailing_slash_makes_no_difference() {
    let client = Client::logged_in(small()).await;
    assert_eq!(client.get("/api/v2/account/").await.status(), StatusCode::OK);
}
