use std::collections::BTreeMap;

use serde_json::Value;

use super::{ENTITIES, account, linked, old};
use crate::client::{Client, ids_of};

type Rows = BTreeMap<u64, Value>;

async fn rows(client: &Client, list: &str) -> Rows {
    let rows = old(client, list, "").await;
    rows.into_iter().map(|row| (row["id"].as_u64().unwrap(), row)).collect()
}

/// Every link from one list to the other is there, and answered.
fn agree(from: &Rows, name: &str, to: &Rows, back: &str) {
    let mut seen = 0;
    for (id, row) in from {
        for other in linked(&row[name]) {
            assert!(linked(&to[&other][back]).contains(id), "{name} of {id}");
            seen += 1;
        }
    }
    assert!(seen > 0, "{name} {back}");
}

#[tokio::test]
async fn leads_customers_and_contacts_list_one_another() {
    let client = Client::logged_in(account()).await;
    let contacts = rows(&client, "contacts").await;
    for list in ["leads", "customers"] {
        let deals = rows(&client, list).await;
        agree(&deals, "contacts", &contacts, list);
        agree(&contacts, list, &deals, "contacts");
        for deal in deals.values() {
            let main = deal["main_contact"]["id"].as_u64();
            assert_eq!(main, linked(&deal["contacts"]).first().copied(), "{deal}");
        }
    }
}

#[tokio::test]
async fn companies_list_what_names_them_and_are_called_the_same_everywhere() {
    let client = Client::logged_in(account()).await;
    let companies = rows(&client, "companies").await;
    for list in ["contacts", "leads", "customers"] {
        let others = rows(&client, list).await;
        let mut named = 0;
        for (id, row) in &others {
            let Some(company) = row["company"]["id"].as_u64() else {
                continue;
            };
            assert!(linked(&companies[&company][list]).contains(id), "{row}");
            assert_eq!(row["company"]["name"], companies[&company]["name"]);
            named += 1;
        }
        let listed: usize = companies.values().map(|row| linked(&row[list]).len()).sum();
        assert_eq!(named, listed, "{list}");
    }
}

#[tokio::test]
async fn everything_that_notes_are_about_is_in_its_list() {
    let client = Client::logged_in(account()).await;
    for (kind, list) in ["contact", "lead", "company", "customer"].into_iter().zip(ENTITIES) {
        let entities = rows(&client, list).await;
        for note in client.rows(&format!("type={kind}")).await {
            assert!(entities.contains_key(&note["element_id"].as_u64().unwrap()), "{note}");
        }
    }
}

#[tokio::test]
async fn a_lead_stands_where_its_notes_say() {
    let client = Client::logged_in(account()).await;
    let leads = rows(&client, "leads").await;
    let mut last = BTreeMap::new();
    for note in client.rows("type=lead&note_type=3").await {
        let status: u64 = note["params"]["STATUS_NEW"].as_str().unwrap().parse().unwrap();
        last.insert(note["element_id"].as_u64().unwrap(), status);
    }
    assert!(last.len() > 5);
    for (id, status) in last {
        assert_eq!(leads[&id]["status_id"], status);
    }
}

#[tokio::test]
async fn statuses_belong_to_the_pipeline_and_closed_leads_are_won_or_lost() {
    let client = Client::logged_in(account()).await;
    let account = client.json("/api/v2/account?with=pipelines").await;
    let leads = old(&client, "leads", "").await;
    for lead in &leads {
        let pipeline = &account["_embedded"]["pipelines"][lead["pipeline_id"].to_string()];
        assert!(pipeline["statuses"].get(lead["status_id"].to_string()).is_some(), "{lead}");
        assert_eq!(lead["pipeline"]["id"], lead["pipeline_id"]);
        let closed = [142, 143].contains(&lead["status_id"].as_u64().unwrap());
        assert_eq!(closed, lead["closed_at"] != 0, "{lead}");
        assert!(lead["loss_reason_id"] == 0 || lead["status_id"] == 143, "{lead}");
    }
    assert!(leads.iter().any(|lead| lead["loss_reason_id"] != 0));
    assert!(leads.iter().any(|lead| lead["closed_at"] == 0));
}

#[tokio::test]
async fn ids_rise_and_are_those_that_links_ask_for() {
    let client = Client::logged_in(account()).await;
    for list in ENTITIES {
        let rows = old(&client, list, "").await;
        let ids = ids_of(&rows);
        assert!(ids.is_sorted_by(|a, b| a < b), "{list}");
        let href = rows[9]["_links"]["self"]["href"].as_str().unwrap();
        let found = crate::client::rows_of(client.get(href).await).await;
        assert_eq!(found, rows[9..10], "{list}");
    }
}
