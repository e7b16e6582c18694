use std::collections::HashMap;

use amocrm_sandbox::{Config, List, ListCounts};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::client::{Client, ids_of, small};

async fn catalog(client: &Client, shape: &str) -> u64 {
    let catalogs = client.listed("/api/v4/catalogs", "catalogs").await;
    let catalog = catalogs.iter().find(|catalog| catalog["type"] == shape).unwrap();
    catalog["id"].as_u64().unwrap()
}

async fn elements(client: &Client, shape: &str, query: &str) -> Vec<Value> {
    let id = catalog(client, shape).await;
    let path = format!("/api/v4/catalogs/{id}/elements?limit=250&{query}");
    client.listed(&path, "elements").await
}

/// The values of a field of an element, by the field's code.
fn values<'a>(element: &'a Value, code: &str) -> &'a Vec<Value> {
    let fields = element["custom_fields_values"].as_array().unwrap();
    let field = fields.iter().find(|field| field["field_code"] == code).unwrap();
    field["values"].as_array().unwrap()
}

fn price(value: &Value) -> u64 {
    value["value"].as_str().unwrap().parse().unwrap()
}

/// What is linked to a card out of a catalog.
fn linked(row: &Value, catalog: u64) -> Vec<&Value> {
    let elements = row["_embedded"]["catalog_elements"].as_array().unwrap().iter();
    elements.filter(|element| element["metadata"]["catalog_id"] == catalog).collect()
}

#[tokio::test]
async fn there_are_products_suppliers_and_invoices() {
    let client = Client::with_token(small());
    let catalogs = client.listed("/api/v4/catalogs", "catalogs").await;
    let types: Vec<_> = catalogs.iter().map(|catalog| &catalog["type"]).collect();
    assert_eq!(types, ["products", "suppliers", "invoices"]);
    for catalog in &catalogs {
        assert_eq!(client.json(&format!("/api/v4/catalogs/{}", catalog["id"])).await, *catalog);
    }
    assert_eq!(client.all("/api/v4/catalogs?limit=2", "catalogs").await, catalogs);
    let settings = client.json("/api/v4/account?with=invoices_settings").await;
    assert_eq!(settings["invoices_settings"]["invoices_catalog_id"], catalogs[2]["id"]);
}

#[tokio::test]
async fn elements_follow_one_another_up_to_a_204_and_come_one_by_one() {
    let client = Client::with_token(small());
    for shape in ["products", "suppliers", "invoices"] {
        let all = elements(&client, shape, "").await;
        assert!(ids_of(&all).is_sorted_by(|a, b| a < b) && !all.is_empty());
        let path = format!("/api/v4/catalogs/{}/elements", catalog(&client, shape).await);
        assert_eq!(client.all(&format!("{path}?limit=7"), "elements").await, all);
        let one = &all[all.len() / 2];
        assert_eq!(client.json(&format!("{path}/{}", one["id"])).await, *one);
        assert_eq!(client.get(&format!("{path}/5")).await.status(), StatusCode::NO_CONTENT);
    }
    let products = catalog(&client, "products").await;
    let invoice = &elements(&client, "invoices", "").await[0]["id"];
    let elsewhere = format!("/api/v4/catalogs/{products}/elements/{invoice}");
    assert_eq!(client.get(&elsewhere).await.status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_catalog_that_there_is_not_has_neither_elements_nor_fields() {
    let client = Client::with_token(small());
    for path in ["5/elements", "x/elements", "5/custom_fields"] {
        let status = client.get(&format!("/api/v4/catalogs/{path}")).await.status();
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(client.get("/api/v4/catalogs/5").await.status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn elements_are_found_by_id_and_by_words() {
    let client = Client::with_token(small());
    let all = elements(&client, "products", "").await;
    let ids = format!("filter[id][]={}&filter[id][]={}", all[7]["id"], all[2]["id"]);
    assert_eq!(elements(&client, "products", &ids).await, [all[2].clone(), all[7].clone()]);
    let sku = values(&all[9], "SKU")[0]["value"].as_str().unwrap();
    let by_sku = elements(&client, "products", &format!("query={}", sku.to_lowercase())).await;
    assert_eq!(by_sku, [all[9].clone()]);
    let panels = elements(&client, "products", "query=панель").await;
    assert_eq!(panels.len(), 5);
    assert!(elements(&client, "products", "query=horoscope").await.is_empty());
}

#[tokio::test]
async fn elements_hold_fields_of_their_catalog() {
    let client = Client::with_token(small());
    for shape in ["products", "suppliers", "invoices"] {
        let id = catalog(&client, shape).await;
        let path = format!("/api/v4/catalogs/{id}/custom_fields");
        let fields = client.listed(&path, "custom_fields").await;
        assert_eq!(client.all(&format!("{path}?limit=2"), "custom_fields").await, fields);
        let known: HashMap<_, _> =
            fields.iter().map(|field| (field["id"].as_u64().unwrap(), field)).collect();
        for field in &fields {
            assert_eq!(
                (&field["catalog_id"], &field["entity_type"]),
                (&json!(id), &json!("catalogs"))
            );
            assert_eq!(client.json(&format!("{path}/{}", field["id"])).await, *field);
        }
        for element in elements(&client, shape, "").await {
            assert_eq!(element["catalog_id"], id);
            for field in element["custom_fields_values"].as_array().unwrap() {
                let listed = known[&field["field_id"].as_u64().unwrap()];
                for (name, same) in
                    [("field_name", "name"), ("field_code", "code"), ("field_type", "type")]
                {
                    assert_eq!(field[name], listed[same]);
                }
            }
        }
        let groups = client.listed(&format!("{path}/groups"), "custom_field_groups").await;
        assert_eq!(groups.len(), 1);
        let href = groups[0]["_links"]["self"]["href"].as_str().unwrap();
        let path = href.strip_prefix(&client.sandbox.url()).unwrap();
        assert_eq!(client.json(path).await, groups[0]);
    }
}

#[tokio::test]
async fn the_products_of_a_lead_add_up_to_its_price() {
    let client = Client::with_token(small());
    let catalog = catalog(&client, "products").await;
    let products = elements(&client, "products", "").await;
    let fields = products.iter().flat_map(|product| {
        let fields = product["custom_fields_values"].as_array().unwrap().iter();
        fields.map(|field| ((product["id"].as_u64(), field["field_id"].as_u64()), field))
    });
    let fields: HashMap<_, _> = fields.collect();
    let leads = client.listed("/api/v4/leads?limit=250&with=catalog_elements", "leads").await;
    let mut codes = Vec::new();
    for lead in &leads {
        let positions = linked(lead, catalog);
        let sums = positions.iter().map(|position| {
            let metadata = &position["metadata"];
            let field = fields[&(position["id"].as_u64(), metadata["price_id"].as_u64())];
            codes.push(field["field_code"].as_str().unwrap());
            metadata["quantity"].as_u64().unwrap() * price(&field["values"][0])
        });
        let sum: u64 = sums.sum();
        if !positions.is_empty() {
            assert_eq!(lead["price"], sum, "{lead}");
        }
    }
    assert!(codes.contains(&"PRICE") && codes.contains(&"WHOLESALE"));
    let without = leads.iter().filter(|lead| linked(lead, catalog).is_empty()).count();
    assert!((20..180).contains(&without), "{without}");
}

#[tokio::test]
async fn an_invoice_is_that_of_its_lead() {
    let client = Client::with_token(small());
    let [invoices, products] =
        [catalog(&client, "invoices").await, catalog(&client, "products").await];
    let leads = client.listed("/api/v4/leads?limit=250&with=catalog_elements", "leads").await;
    let mut of_leads = Vec::new();
    let mut statuses = Vec::new();
    for lead in &leads {
        for link in linked(lead, invoices) {
            let path = format!("/api/v4/catalogs/{invoices}/elements/{}", link["id"]);
            let invoice = client.json(&path).await;
            let status = values(&invoice, "BILL_STATUS")[0]["enum_code"].clone();
            assert_eq!(status == "paid", lead["status_id"] == 142);
            assert_ne!(lead["status_id"], 143);
            assert_eq!(price(&values(&invoice, "BILL_PRICE")[0]), lead["price"].as_u64().unwrap());
            let items = values(&invoice, "ITEMS").iter().map(|item| {
                (item["value"]["product_id"].clone(), item["value"]["quantity"].clone())
            });
            let positions = linked(lead, products)
                .into_iter()
                .map(|position| (position["id"].clone(), position["metadata"]["quantity"].clone()));
            assert!(items.eq(positions), "{invoice} {lead}");
            of_leads.push(link["id"].as_u64().unwrap());
            statuses.push(status);
        }
    }
    of_leads.sort_unstable();
    assert_eq!(of_leads, ids_of(&elements(&client, "invoices", "").await));
    assert!(statuses.contains(&json!("created")) && statuses.contains(&json!("paid")));
}

#[tokio::test]
async fn links_to_invoices_and_the_papers_of_suppliers_come_if_asked_for() {
    let client = Client::with_token(small());
    let firms = elements(&client, "suppliers", "").await;
    let bare = elements(&client, "invoices", "").await;
    let with = "with=invoice_link,supplier_field_values";
    for (invoice, bare) in elements(&client, "invoices", with).await.iter().zip(&bare) {
        assert!(invoice["invoice_link"].is_string() && bare.get("invoice_link").is_none());
        let supplier = &values(invoice, "SUPPLIER")[0]["value"];
        let firm = firms.iter().find(|firm| firm["id"] == supplier["entity_id"]).unwrap();
        assert_eq!(supplier["name"], firm["name"]);
        assert_eq!(supplier["vat_id"], values(firm, "VAT_ID")[0]["value"]);
        assert_eq!(values(bare, "SUPPLIER")[0]["value"], json!({"entity_id": firm["id"]}));
        assert_eq!(bare["_embedded"], json!({"warning": {"message": null}}));
    }
    for product in elements(&client, "products", with).await {
        assert!(product["invoice_link"].is_null() && product.get("_embedded").is_none());
    }
}

#[tokio::test]
async fn customers_have_products_of_the_catalog_and_people_have_none() {
    let client = Client::with_token(small());
    let products = ids_of(&elements(&client, "products", "").await);
    let rows = |kind: &'static str| {
        let client = &client;
        let path = format!("/api/v4/{kind}?limit=250&with=catalog_elements");
        async move { client.listed(&path, kind).await }
    };
    let links = |rows: &[Value]| {
        let parts = rows.iter().map(|row| row["_embedded"]["catalog_elements"].as_array().unwrap());
        parts.flatten().map(|link| link["id"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    let of_customers = links(&rows("customers").await);
    assert!(!of_customers.is_empty() && of_customers.iter().all(|id| products.contains(id)));
    assert!(links(&rows("contacts").await).is_empty());
    assert!(links(&rows("companies").await).is_empty());
}

#[tokio::test]
async fn customers_of_a_segment_buy_at_a_price_that_products_have() {
    let client = Client::with_token(small());
    let product = &elements(&client, "products", "").await[0];
    let prices: Vec<_> = ["PRICE", "WHOLESALE"]
        .map(|code| {
            let fields = product["custom_fields_values"].as_array().unwrap();
            fields.iter().find(|field| field["field_code"] == code).unwrap()["field_id"].clone()
        })
        .to_vec();
    for segment in client.listed("/api/v4/customers/segments", "segments").await {
        assert!(prices.contains(&segment["available_products_price_types"][0]));
    }
}

#[tokio::test]
async fn without_leads_there_are_no_invoices() {
    let lists = ListCounts::default().with(List::Leads, 0);
    let client = Client::with_token(Config { lists, ..small() });
    assert!(elements(&client, "invoices", "").await.is_empty());
    assert_eq!(elements(&client, "products", "").await.len(), 41);
}
