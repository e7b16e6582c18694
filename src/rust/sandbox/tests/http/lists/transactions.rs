//! Purchases in both APIs.

use amocrm_sandbox::{Config, Kind, List, ListCounts, NoteCounts};
use reqwest::StatusCode;
use serde_json::Value;

use super::{account, old};
use crate::client::{Client, ids_of};

const LIST: &str = "/api/v4/customers/transactions?limit=250";

fn number(row: &Value, name: &str) -> u64 {
    row[name].as_u64().unwrap()
}

#[tokio::test]
async fn the_purchases_of_both_apis_agree() {
    let client = Client::with_token(account());
    let (old, new) =
        (old(&client, "transactions", "").await, client.listed(LIST, "transactions").await);
    assert_eq!((old.len(), new.len()), (40, 40));
    for (old, new) in old.iter().zip(&new) {
        for name in ["id", "created_by", "updated_by", "created_at", "updated_at", "price"] {
            assert_eq!(old[name], new[name], "{name}");
        }
        assert_eq!(old["customer"]["id"], new["customer_id"]);
        assert_eq!(new["_embedded"]["customer"]["id"], new["customer_id"]);
        assert_eq!(old["date"], new["completed_at"]);
        assert_eq!(old["comment"], new["comment"].as_str().unwrap_or(""));
    }
    assert!(old.iter().any(|row| row["comment"] == ""));
    assert!(old.iter().any(|row| row["comment"] != ""));
}

#[tokio::test]
async fn purchases_belong_to_customers_who_count_them() {
    let client = Client::with_token(account());
    let all = old(&client, "transactions", "").await;
    for customer in client.listed("/api/v4/customers?limit=250", "customers").await {
        let own: Vec<_> =
            all.iter().filter(|row| row["customer"]["id"] == customer["id"]).collect();
        assert_eq!(customer["purchases_count"], own.len());
        assert_eq!(customer["ltv"], own.iter().map(|row| number(row, "price")).sum::<u64>());
        let ids: Vec<_> = own.iter().map(|row| number(row, "id")).collect();
        let query = format!("customer_id={}", customer["id"]);
        assert_eq!(ids_of(&old(&client, "transactions", &query).await), ids);
        let path = format!("/api/v4/customers/{}/transactions?limit=250", customer["id"]);
        assert_eq!(ids_of(&client.listed(&path, "transactions").await), ids);
    }
}

#[tokio::test]
async fn purchases_are_paged_and_found_by_id() {
    let client = Client::with_token(account());
    let all = ids_of(&old(&client, "transactions", "").await);
    let page = old(&client, "transactions", "limit_rows=15&limit_offset=30").await;
    assert_eq!(ids_of(&page), all[30..]);
    assert_eq!(ids_of(&old(&client, "transactions", &format!("id={}", all[3])).await), all[3..4]);
    assert_eq!(ids_of(&old(&client, "transactions", "=").await), all);
    let path = format!("{LIST}&filter[id]={},{}", all[5], all[1]);
    assert_eq!(ids_of(&client.listed(&path, "transactions").await), [all[1], all[5]]);
    let one = client.json(&format!("/api/v4/customers/transactions/{}", all[2])).await;
    assert_eq!(one["id"], all[2]);
    for path in ["customers/transactions/5", "customers/transactions?page=2"] {
        let status = client.get(&format!("/api/v4/{path}")).await.status();
        assert_eq!(status, StatusCode::NO_CONTENT, "{path}");
    }
}

#[tokio::test]
async fn a_customer_who_is_not_there_has_no_rows_over_v2_and_is_a_404_over_v4() {
    let client = Client::with_token(account());
    assert!(old(&client, "transactions", "customer_id=5").await.is_empty());
    for customer in ["5", "five"] {
        let path = format!("/api/v4/customers/{customer}/transactions");
        assert_eq!(client.get(&path).await.status(), StatusCode::NOT_FOUND, "{customer}");
    }
}

#[tokio::test]
async fn notes_about_purchases_tell_of_those_in_the_list() {
    let lists = ListCounts::default().with(List::Customers, 100).with(List::Transactions, 300);
    let notes = NoteCounts::each(0).with(Kind::Customer, 500);
    let client = Client::logged_in(Config { notes, lists, ..Config::default() }).await;
    let all = old(&client, "transactions", "").await;
    let notes = client.rows("type=customer&note_type=23").await;
    assert!(notes.len() > 20);
    for note in notes {
        let row = all.iter().find(|row| row["id"] == note["params"]["transaction_id"]).unwrap();
        assert_eq!(row["customer"]["id"], note["element_id"]);
    }
}

#[tokio::test]
async fn kommo_has_no_purchases_and_without_customers_there_are_none() {
    let kommo = Client::with_token(Config { kommo: true, ..account() });
    assert_eq!(kommo.get("/api/v2/transactions").await.status(), StatusCode::UPGRADE_REQUIRED);
    assert_eq!(kommo.get(LIST).await.status(), StatusCode::NOT_FOUND);
    let lists = ListCounts::default().with(List::Customers, 0);
    let client = Client::with_token(Config { lists, ..account() });
    assert!(old(&client, "transactions", "").await.is_empty());
    assert!(client.listed(LIST, "transactions").await.is_empty());
}
