//! Both APIs show the same rows.

use std::collections::BTreeMap;

use amocrm_sandbox::List;
use serde_json::{Value, json};

use super::{ENTITIES, account, linked, old};
use crate::client::{Client, ids_of};

const WITH: &str = "with=contacts,leads,companies,customers,loss_reason,is_price_modified_by_robot";

async fn new(client: &Client, list: &str) -> Vec<Value> {
    let path = format!("/api/v4/{list}?limit=250&{WITH}&order[id]=asc");
    client.all(&path, list).await
}

/// A number of API v2, where 0 and less is nothing.
fn known(value: &Value) -> Value {
    if value.as_i64().unwrap() > 0 { value.clone() } else { Value::Null }
}

/// The ids of a linked part of a row of API v4.
fn ids(part: &Value) -> Vec<u64> {
    ids_of(part.as_array().unwrap())
}

/// The names and ids of tags.
fn tags(part: &Value) -> Vec<(&Value, &Value)> {
    let tags = part.as_array().into_iter().flatten();
    tags.map(|tag| (&tag["id"], &tag["name"])).collect()
}

/// Each field as its id, and each value as a text and the id of its choice.
fn old_fields(row: &Value) -> BTreeMap<u64, Vec<(String, Option<u64>)>> {
    let fields = row["custom_fields"].as_array().into_iter().flatten();
    let value = |value: &Value| (value["value"].to_string(), value["enum"].as_u64());
    let values = |field: &Value| field["values"].as_array().unwrap().iter().map(value).collect();
    fields.map(|field| (field["id"].as_u64().unwrap(), values(field))).collect()
}

fn new_fields(row: &Value) -> BTreeMap<u64, Vec<(String, Option<u64>)>> {
    let fields = row["custom_fields_values"].as_array().into_iter().flatten();
    let value = |shape: &Value, value: &Value| match shape.as_str().unwrap() {
        "checkbox" => (json!("1").to_string(), None),
        "date" => (day(value["value"].as_i64().unwrap()), None),
        "smart_address" => (value["value"].to_string(), None),
        _ => (value["value"].to_string(), value["enum_id"].as_u64()),
    };
    let values = |field: &Value| {
        let values = field["values"].as_array().unwrap().iter();
        values.map(|v| value(&field["field_type"], v)).collect()
    };
    fields.map(|field| (field["field_id"].as_u64().unwrap(), values(field))).collect()
}

/// As API v2 spells a day of Moscow.
fn day(epoch: i64) -> String {
    let moment = jiff::Timestamp::from_second(epoch).unwrap();
    let zone = jiff::tz::TimeZone::get("Europe/Moscow").unwrap();
    json!(moment.to_zoned_datetime(zone).strftime("%Y-%m-%d %H:%M:%S").to_string()).to_string()
}

/// What all entities have in common.
fn agree(old: &Value, new: &Value) {
    for name in [
        "id",
        "name",
        "responsible_user_id",
        "created_by",
        "updated_by",
        "created_at",
        "updated_at",
    ] {
        assert_eq!(old[name], new[name], "{name}");
    }
    assert_eq!(old["account_id"], new["account_id"]);
    assert_eq!(known(&old["closest_task_at"]), new["closest_task_at"]);
    assert_eq!(tags(&old["tags"]), tags(&new["_embedded"]["tags"]));
    assert_eq!(old_fields(old), new_fields(new));
    assert_eq!(old_fields(old).is_empty(), new["custom_fields_values"].is_null());
}

fn company(old: &Value, new: &Value) {
    let company: Vec<u64> = old["company"]["id"].as_u64().into_iter().collect();
    assert_eq!(company, ids(&new["_embedded"]["companies"]));
}

#[tokio::test]
async fn the_entities_of_both_apis_agree() {
    let client = Client::with_token(account());
    for list in ENTITIES {
        let (old, new) = (old(&client, list, "").await, new(&client, list).await);
        assert_eq!(old.len(), new.len(), "{list}");
        old.iter().zip(&new).for_each(|(old, new)| agree(old, new));
    }
}

#[tokio::test]
async fn leads_agree_in_all_they_have() {
    let client = Client::with_token(account());
    let query = "with=is_price_modified_by_robot,loss_reason_name";
    let old = old(&client, "leads", query).await;
    for (old, new) in old.iter().zip(&new(&client, "leads").await) {
        for name in ["pipeline_id", "status_id", "group_id", "is_price_modified_by_robot"] {
            assert_eq!(old[name], new[name], "{name}");
        }
        assert_eq!(old["sale"], new["price"]);
        assert_eq!(known(&old["closed_at"]), new["closed_at"]);
        assert_eq!(known(&old["loss_reason_id"]), new["loss_reason_id"]);
        let reason = &new["_embedded"]["loss_reason"][0]["name"];
        assert_eq!(old.get("loss_reason_name").unwrap_or(&Value::Null), reason);
        let contacts = new["_embedded"]["contacts"].as_array().unwrap();
        assert_eq!(linked(&old["contacts"]), ids_of(contacts));
        let main = contacts.iter().find(|contact| contact["is_main"] == true);
        assert_eq!(old["main_contact"]["id"].as_u64(), main.and_then(|c| c["id"].as_u64()));
        company(old, new);
    }
}

#[tokio::test]
async fn contacts_agree_in_their_links_and_names() {
    let client = Client::with_token(account());
    let old = old(&client, "contacts", "").await;
    for (old, new) in old.iter().zip(&new(&client, "contacts").await) {
        assert_eq!(old["first_name"], new["first_name"]);
        assert_eq!(old["last_name"].as_str().unwrap_or(""), new["last_name"]);
        for list in ["leads", "customers"] {
            assert_eq!(linked(&old[list]), ids(&new["_embedded"][list]), "{list}");
        }
        company(old, new);
    }
}

#[tokio::test]
async fn companies_and_customers_agree_in_their_links() {
    let client = Client::with_token(account());
    let companies = old(&client, "companies", "").await;
    for (old, new) in companies.iter().zip(&new(&client, "companies").await) {
        for list in ["contacts", "leads", "customers"] {
            assert_eq!(linked(&old[list]), ids(&new["_embedded"][list]), "{list}");
        }
    }
    let customers = old(&client, "customers", "").await;
    for (old, new) in customers.iter().zip(&new(&client, "customers").await) {
        for name in ["next_price", "next_date", "periodicity", "is_deleted"] {
            assert_eq!(old[name], new[name], "{name}");
        }
        assert_eq!(linked(&old["contacts"]), ids(&new["_embedded"]["contacts"]));
        company(old, new);
    }
}

#[tokio::test]
async fn words_find_the_same_in_both() {
    let lists = account().lists.with(List::Leads, 230);
    let client = Client::with_token(amocrm_sandbox::Config { lists, ..account() });
    for (list, words) in [("leads", "окна"), ("contacts", "Ксения"), ("companies", "ООО")]
    {
        let old = old(&client, list, &format!("query={words}")).await;
        let path = format!("/api/v4/{list}?limit=250&query={words}&order[id]=asc");
        let new = client.listed(&path, list).await;
        assert!(!old.is_empty(), "{list}");
        assert_eq!(ids_of(&old), ids_of(&new), "{list}");
    }
}

#[tokio::test]
async fn elements_of_catalogs_are_the_same_in_both_apis() {
    let client = Client::with_token(account());
    for list in ["leads", "customers"] {
        let path = format!("/api/v4/{list}?limit=250&with=catalog_elements&order[id]=asc");
        let new = client.listed(&path, list).await;
        let old = old(&client, list, "with=catalog_elements_links").await;
        let mut seen = 0;
        for (new, old) in new.iter().zip(&old) {
            assert_eq!(new["id"], old["id"]);
            let links = &old["_embedded"]["catalog_elements_links"];
            let elements = new["_embedded"]["catalog_elements"].as_array().unwrap();
            for element in elements {
                let (catalog, id) = (&element["metadata"]["catalog_id"], &element["id"]);
                let link = &links[catalog.to_string()][id.to_string()];
                assert_eq!(link["quantity"], element["metadata"]["quantity"]);
                assert_eq!((&link["catalog_id"], &link["catalog_element_id"]), (catalog, id));
            }
            let many =
                links.as_object().unwrap().values().map(|all| all.as_object().unwrap().len());
            assert_eq!(many.sum::<usize>(), elements.len());
            seen += elements.len();
        }
        assert!(seen > 10, "{list}");
    }
    let bare = old(&client, "leads", "").await;
    assert!(bare.iter().all(|lead| lead.get("_embedded").is_none()));
}
