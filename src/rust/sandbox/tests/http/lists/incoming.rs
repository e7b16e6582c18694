//! Leads that nobody has accepted yet, in both APIs.

use amocrm_sandbox::{Config, List, ListCounts};
use serde_json::Value;

use super::{account, old};
use crate::client::{Client, ids_of};

const LIST: &str = "/api/v4/leads/unsorted?limit=250";

fn uids(rows: &[Value]) -> Vec<String> {
    rows.iter().map(|row| row["uid"].as_str().unwrap().to_owned()).collect()
}

/// The category of API v2 as API v4 calls it.
fn plural(row: &Value) -> &'static str {
    match row["category"].as_str().unwrap() {
        "sip" => "sip",
        "form" => "forms",
        "chat" => "chats",
        "mail" => "mail",
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn the_waiting_leads_of_both_apis_agree() {
    let client = Client::with_token(account());
    let (old, new) =
        (old(&client, "incoming_leads", "").await, client.listed(LIST, "unsorted").await);
    assert_eq!((old.len(), new.len()), (25, 25));
    assert!(old.is_sorted_by_key(|row| std::cmp::Reverse(row["created_at"].as_u64())));
    for (old, new) in old.iter().zip(&new) {
        for name in ["uid", "source_name", "created_at", "pipeline_id"] {
            assert_eq!(old[name], new[name], "{name}");
        }
        assert_eq!(plural(old), new["category"]);
        let (info, metadata) = (&old["incoming_lead_info"], &new["metadata"]);
        for (name, other) in [
            ("from", "from"),
            ("duration", "duration"),
            ("form_page", "form_page"),
            ("form_send_at", "form_sent_at"),
            ("subject", "subject"),
            ("message", "last_message_text"),
        ] {
            assert_eq!(info.get(name), metadata.get(other), "{name}");
        }
        let contacts = new["_embedded"]["contacts"].as_array().unwrap();
        assert_eq!(old["incoming_entities"].get("contacts").is_some(), !contacts.is_empty());
        assert_eq!(new["_embedded"]["leads"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn contacts_of_waiting_leads_are_in_the_list_and_the_leads_are_not() {
    let client = Client::with_token(account());
    let contacts = ids_of(&old(&client, "contacts", "").await);
    let leads = ids_of(&old(&client, "leads", "").await);
    for row in client.listed(LIST, "unsorted").await {
        let ids = |list: &str| ids_of(row["_embedded"][list].as_array().unwrap());
        assert!(ids("contacts").iter().all(|id| contacts.contains(id)));
        assert!(ids("leads").iter().all(|id| !leads.contains(id)));
    }
}

#[tokio::test]
async fn both_find_the_same_by_category_and_pipeline() {
    let client = Client::with_token(account());
    let all = old(&client, "incoming_leads", "").await;
    for category in ["sip", "forms", "chats", "mail"] {
        let wanted: Vec<_> = all.iter().filter(|row| plural(row) == category).cloned().collect();
        assert!(!wanted.is_empty());
        let query = format!("categories[]={category}");
        assert_eq!(old(&client, "incoming_leads", &query).await, wanted, "{category}");
        let path = format!("{LIST}&filter[category][]={category}");
        assert_eq!(uids(&client.listed(&path, "unsorted").await), uids(&wanted), "{category}");
    }
    let pipeline = &all[0]["pipeline_id"];
    let wanted: Vec<_> =
        all.iter().filter(|row| row["pipeline_id"] == *pipeline).cloned().collect();
    assert!(wanted.len() < all.len());
    let query = format!("pipeline_id={pipeline}");
    assert_eq!(old(&client, "incoming_leads", &query).await, wanted);
    let path = format!("{LIST}&filter[pipeline_id]={pipeline}");
    assert_eq!(uids(&client.listed(&path, "unsorted").await), uids(&wanted));
    let two = old(&client, "incoming_leads", "categories[]=sip&categories[]=mail").await;
    assert!(two.iter().all(|row| row["category"] == "sip" || row["category"] == "mail"));
    let refused = client.get(&format!("{LIST}&filter[category][]=owl")).await;
    assert_eq!(refused.status(), 400);
}

#[tokio::test]
async fn pages_go_by_number_and_orders_both_ways() {
    let client = Client::with_token(account());
    let all = old(&client, "incoming_leads", "").await;
    let mut paged = Vec::new();
    for page in 1..=3 {
        let query = format!("page_size=10&page={page}&limit_offset=7");
        paged.extend(old(&client, "incoming_leads", &query).await);
    }
    assert_eq!(paged, all);
    assert!(old(&client, "incoming_leads", "page_size=10&page=4").await.is_empty());
    let mut rising = old(&client, "incoming_leads", "order_by[created_at]=asc").await;
    rising.reverse();
    assert_eq!(rising, all);
    let new =
        client.all("/api/v4/leads/unsorted?limit=10&order[created_at]=desc", "unsorted").await;
    assert_eq!(uids(&new), uids(&all));
}

#[tokio::test]
async fn a_waiting_lead_is_found_by_its_uid() {
    let client = Client::with_token(account());
    let row = &client.listed(LIST, "unsorted").await[4];
    let uid = row["uid"].as_str().unwrap();
    assert_eq!(client.json(&format!("/api/v4/leads/unsorted/{uid}")).await, *row);
    assert_eq!(
        client.listed(&format!("{LIST}&filter[uid]={uid}"), "unsorted").await,
        std::slice::from_ref(row)
    );
    assert_eq!(client.get("/api/v4/leads/unsorted/nobody").await.status(), 204);
}

#[tokio::test]
async fn kommo_has_them_as_well_and_none_is_a_204() {
    let client = Client::with_token(Config { kommo: true, ..account() });
    assert_eq!(client.listed(LIST, "unsorted").await.len(), 25);
    let lists = ListCounts::default().with(List::IncomingLeads, 0);
    let client = Client::with_token(Config { lists, ..account() });
    assert_eq!(client.get(LIST).await.status(), 204);
    assert_eq!(client.get("/api/v2/incoming_leads").await.status(), 204);
}
