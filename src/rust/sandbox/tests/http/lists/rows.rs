use amocrm_sandbox::{Config, List, ListCounts, NoteCounts};
use reqwest::StatusCode;
use serde_json::{Map, Value, json};

use super::{ENTITIES, account, old};
use crate::client::{Client, ids_of};

fn is_empty(part: &Value) -> bool {
    part.as_array().is_some_and(Vec::is_empty) || part.as_object().is_some_and(Map::is_empty)
}

/// The fields of all rows.
fn fields(rows: &[Value]) -> Vec<&Value> {
    rows.iter().filter_map(|row| row["custom_fields"].as_array()).flatten().collect()
}

fn field<'a>(fields: &[&'a Value], id: u64) -> &'a Value {
    fields.iter().find(|field| field["id"] == id).unwrap()
}

#[tokio::test]
async fn every_list_has_as_many_rows_as_asked_for() {
    for rows in [0, 1, 77] {
        let config = Config {
            notes: NoteCounts::each(0),
            lists: ListCounts::each(rows),
            ..Config::default()
        };
        let client = Client::logged_in(config).await;
        for list in ENTITIES {
            assert_eq!(old(&client, list, "").await.len() as u64, rows, "{list}");
        }
    }
}

#[tokio::test]
async fn pages_follow_one_another_up_to_a_204() {
    let client = Client::logged_in(account()).await;
    for list in ENTITIES {
        let all = old(&client, list, "").await;
        let mut rows = Vec::new();
        for offset in (0..).step_by(20) {
            let page = old(&client, list, &format!("limit_rows=20&limit_offset={offset}")).await;
            if page.is_empty() {
                break;
            }
            rows.extend(page);
        }
        assert_eq!(rows, all, "{list}");
    }
}

#[tokio::test]
async fn a_hundred_thousand_leads_are_served_to_the_last() {
    let lists = ListCounts::default().with(List::Leads, 100_000);
    let client = Client::logged_in(Config { lists, ..account() }).await;
    let last = old(&client, "leads", "limit_rows=500&limit_offset=99800").await;
    assert_eq!(last.len(), 200);
    assert!(old(&client, "leads", "limit_rows=500&limit_offset=100000").await.is_empty());
    let log = client.sandbox.requests();
    assert_eq!(log[1].rows, 200);
}

#[tokio::test]
async fn what_is_empty_is_an_object_and_now_and_then_a_list() {
    let client = Client::logged_in(account()).await;
    for (list, parts) in [
        ("leads", &["tags", "company", "contacts", "main_contact", "custom_fields"][..]),
        ("contacts", &["tags", "company", "leads", "customers", "custom_fields"]),
    ] {
        let rows = old(&client, list, "").await;
        for part in parts {
            let empty: Vec<_> = rows.iter().filter(|row| is_empty(&row[part])).collect();
            assert!(empty.iter().any(|row| row[part] == json!({})), "{list} {part}");
            assert!(empty.len() < rows.len(), "{list} {part}");
        }
        let any_list = |row: &Value| parts.iter().any(|part| row[part] == json!([]));
        assert!(rows.iter().any(any_list), "{list}");
    }
}

#[tokio::test]
async fn fields_hold_values_of_every_shape() {
    let client = Client::logged_in(account()).await;
    let leads = old(&client, "leads", "").await;
    let fields = fields(&leads);
    assert!(field(&fields, 512_901)["values"][0]["enum"].is_u64());
    assert!(field(&fields, 512_903)["values"][0]["value"].is_string());
    assert!(fields.iter().any(|f| f["id"] == 512_905 && f["values"][1]["enum"].is_u64()));
    assert_eq!(field(&fields, 512_907)["values"], json!([{"value": "1"}]));
    let day = field(&fields, 512_913)["values"][0]["value"].as_str().unwrap();
    assert!(day.len() == 19 && day.ends_with(" 00:00:00"), "{day}");
    let address = field(&fields, 512_921)["values"].as_array().unwrap();
    assert_eq!(address[0]["subtype"], "address_line_1");
    assert_eq!(address[address.len() - 1], json!({"value": "RU", "subtype": "country"}));
    let firm = field(&fields, 512_923)["values"][0]["value"].as_object().unwrap();
    assert_eq!(firm.len(), 13);
    assert!(firm["name"].is_string() && firm["kpp"].is_null());
}

#[tokio::test]
async fn telephones_are_system_fields_with_a_code_and_a_purpose() {
    let client = Client::logged_in(account()).await;
    let contacts = old(&client, "contacts", "").await;
    let fields = fields(&contacts);
    let phones: Vec<_> = fields.iter().filter(|field| field["code"] == "PHONE").collect();
    assert!(phones.iter().all(|phone| phone["is_system"] == true));
    let purposes = |id| phones.iter().filter(|p| p["values"][0]["enum"] == id).count();
    assert_eq!(purposes(771_401), phones.len());
    assert!(phones.iter().any(|phone| phone["values"][1]["enum"] == 771_405));
    assert!(fields.iter().any(|field| field["is_system"] == false && field.get("code").is_none()));
}

#[tokio::test]
async fn contacts_have_their_oddities() {
    let lists = ListCounts::default().with(List::Contacts, 400);
    let client = Client::logged_in(Config { lists, ..account() }).await;
    let contacts = old(&client, "contacts", "").await;
    assert!(contacts.iter().any(|row| row.get("last_name").is_none()));
    assert!(contacts.iter().any(|row| row["last_name"] == ""));
    let deadlines: Vec<_> =
        contacts.iter().map(|row| row["closest_task_at"].as_i64().unwrap()).collect();
    assert!(deadlines.contains(&0) && deadlines.contains(&-62_169_993_017));
    assert!(deadlines.iter().any(|at| *at > 1_700_000_000));
}

#[tokio::test]
async fn prices_by_robots_and_names_of_reasons_come_only_if_asked_for() {
    let client = Client::logged_in(account()).await;
    let plain = old(&client, "leads", "").await;
    assert!(plain.iter().all(|row| row.get("is_price_modified_by_robot").is_none()));
    assert!(plain.iter().all(|row| row.get("loss_reason_name").is_none()));
    let query = "with=is_price_modified_by_robot,loss_reason_name";
    let full = old(&client, "leads", query).await;
    assert!(full.iter().all(|row| row["is_price_modified_by_robot"].is_boolean()));
    for row in &full {
        assert_eq!(row["loss_reason_name"].is_string(), row["loss_reason_id"] != 0, "{row}");
    }
    assert_eq!(ids_of(&plain), ids_of(&full));
}

#[tokio::test]
async fn texts_are_spelt_as_php_spells_them() {
    let client = Client::logged_in(account()).await;
    let body = client.get("/api/v2/leads?limit_rows=5").await.text().await.unwrap();
    assert!(body.is_ascii() && body.contains(r"\/api\/v2\/leads?limit_rows=5"), "{body}");
}

#[tokio::test]
async fn an_account_of_kommo_has_no_customers() {
    let client = Client::logged_in(Config { kommo: true, ..account() }).await;
    let reply = client.get("/api/v2/customers").await;
    assert_eq!(reply.status(), StatusCode::UPGRADE_REQUIRED);
    assert_eq!(reply.json::<Value>().await.unwrap()["status"], 426);
    assert!(old(&client, "contacts", "").await.iter().all(|row| is_empty(&row["customers"])));
}

#[tokio::test]
async fn the_same_seed_makes_the_same_lists() {
    let (one, again) = (Client::logged_in(account()).await, Client::logged_in(account()).await);
    let other = Client::logged_in(Config { seed: 2, ..account() }).await;
    for list in ENTITIES {
        let rows = old(&one, list, "").await;
        assert_eq!(rows, old(&again, list, "").await);
        assert_ne!(rows, old(&other, list, "").await);
    }
}
