use std::collections::BTreeSet;

use amocrm_sandbox::{Config, NoteCounts};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::client::{Client, small};

const KINDS: [(&str, u64); 5] =
    [("contact", 1), ("lead", 2), ("company", 3), ("task", 4), ("customer", 12)];

async fn all(client: &Client) -> Vec<Value> {
    let mut rows = Vec::new();
    for (kind, _) in KINDS {
        rows.extend(client.rows(&format!("type={kind}")).await);
    }
    rows
}

async fn large() -> Client {
    let config = Config { notes: NoteCounts::each(500), ..Config::default() };
    Client::logged_in(config).await
}

fn of_type(rows: &[Value], note_type: u64) -> Vec<&Value> {
    rows.iter().filter(|row| row["note_type"] == note_type).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[tokio::test]
async fn fields_stand_in_the_order_of_the_service() {
    #[derive(serde::Deserialize)]
    struct Page<'a> {
        #[serde(borrow, rename = "_embedded")]
        embedded: Embedded<'a>,
    }
    #[derive(serde::Deserialize)]
    struct Embedded<'a> {
        #[serde(borrow)]
        items: Vec<&'a RawValue>,
    }
    let client = Client::logged_in(small()).await;
    let body = client.get("/api/v2/notes?type=lead&note_type=3").await.text().await.unwrap();
    let page: Page = serde_json::from_str(&body).unwrap();
    let names = [
        "id",
        "responsible_user_id",
        "created_by",
        "created_at",
        "updated_at",
        "account_id",
        "group_id",
        "is_editable",
        "element_id",
        "element_type",
        "attachment",
        "note_type",
        "text",
        "params",
        "_links",
    ];
    let row = page.embedded.items[0].get();
    let places = names.map(|name| row.find(&format!("\"{name}\":")).expect(name));
    assert!(places.is_sorted(), "{row}");
}

#[tokio::test]
async fn rows_say_what_they_belong_to_and_link_to_themselves() {
    let client = Client::logged_in(small()).await;
    for (kind, element_type) in KINDS {
        for row in client.rows(&format!("type={kind}")).await {
            assert_eq!(row["element_type"], element_type);
            let href = format!("/api/v2/notes?id={}&type={kind}", row["id"]);
            assert_eq!(row["_links"]["self"]["href"], href);
        }
    }
}

#[tokio::test]
async fn only_plain_notes_can_be_edited() {
    for row in all(&large().await).await {
        assert_eq!(row["is_editable"], row["note_type"] == 4, "{row}");
    }
}

#[tokio::test]
async fn tasks_have_results_and_nothing_else_and_nothing_else_has_results() {
    for row in all(&large().await).await {
        assert_eq!(row["note_type"] == 13, row["element_type"] == 4, "{row}");
    }
}

#[tokio::test]
async fn stage_changes_name_stages_as_text_and_pipelines_as_numbers() {
    let rows = all(&large().await).await;
    let changes = of_type(&rows, 3);
    assert!(changes.len() > 30);
    for row in changes {
        let params = &row["params"];
        assert!(params["STATUS_OLD"].is_string() && params["STATUS_NEW"].is_string(), "{row}");
        assert!(params["PIPELINE_ID_OLD"].is_u64() && params["PIPELINE_ID_NEW"].is_u64(), "{row}");
        let lost = params["STATUS_NEW"] == "143";
        assert!(lost || params["LOSS_REASON_ID"] == 0, "{row}");
        assert_eq!(row["element_type"], 2);
    }
}

#[tokio::test]
async fn calls_carry_what_the_telephone_system_sent() {
    let rows = all(&large().await).await;
    let calls = [of_type(&rows, 10), of_type(&rows, 11)].concat();
    let calls: Vec<_> = calls.into_iter().map(|row| &row["params"]).collect();
    assert!(calls.len() > 300);
    for params in &calls {
        for name in ["UNIQ", "LINK", "PHONE", "SRC", "call_result", "text"] {
            assert!(params[name].is_string(), "{name}: {params}");
        }
        assert!(params["FROM"].is_string() != params["from"].is_string(), "{params}");
        assert!((1..=7).contains(&params["call_status"].as_u64().unwrap()), "{params}");
    }
    assert!(calls.iter().any(|params| params["DURATION"].is_u64()));
    assert!(calls.iter().any(|params| params["DURATION"].is_string()));
    assert!(calls.iter().any(|params| params["extinfo"].is_object()));
}

#[tokio::test]
async fn letters_are_nested() {
    let rows = all(&large().await).await;
    for row in of_type(&rows, 15) {
        let params = &row["params"];
        assert!(params["from"]["email"].is_string() && params["to"]["name"].is_string(), "{row}");
        assert!(params["delivery"]["time"].is_u64(), "{row}");
        assert!(params["thread_id"].is_string() && params["income"].is_boolean(), "{row}");
    }
}

#[tokio::test]
async fn service_messages_and_sms_have_no_text_of_their_own() {
    let rows = all(&large().await).await;
    for note_type in [25, 34, 102, 103] {
        let found = of_type(&rows, note_type);
        assert!(!found.is_empty());
        assert!(found.iter().all(|row| row.get("text").is_none()), "{note_type}");
    }
    assert!(of_type(&rows, 25).iter().all(|row| row["params"]["service"].is_string()));
}

#[tokio::test]
async fn sms_are_spelt_in_small_and_in_capital_letters() {
    let rows = all(&large().await).await;
    let sms = of_type(&rows, 103);
    assert!(sms.iter().any(|row| row["params"]["text"].is_string()));
    assert!(sms.iter().any(|row| row["params"]["TEXT"].is_string()));
}

#[tokio::test]
async fn files_are_attached_under_another_name() {
    let rows = all(&large().await).await;
    for row in of_type(&rows, 5) {
        assert!(!text(&row["attachment"]).is_empty());
        assert_ne!(row["attachment"], row["text"]);
    }
    for row in of_type(&rows, 101) {
        assert!(row["params"]["FILE_NAME"].is_string() && row["params"]["LINK"].is_string());
    }
}

#[tokio::test]
async fn params_are_missing_or_null_or_an_empty_list() {
    let rows = all(&large().await).await;
    let plain = of_type(&rows, 4);
    assert!(plain.iter().any(|row| row.get("params").is_none()));
    assert!(plain.iter().any(|row| row.get("params") == Some(&Value::Null)));
    assert!(plain.iter().any(|row| row["params"].as_array().is_some_and(Vec::is_empty)));
}

#[tokio::test]
async fn texts_hold_what_careless_readers_stumble_over() {
    let config = Config { notes: NoteCounts::each(10_000), ..Config::default() };
    let client = Client::logged_in(config).await;
    let mut texts = BTreeSet::new();
    for offset in [0, 500, 1000, 1500] {
        let query = format!("type=lead&note_type=4&limit_rows=500&limit_offset={offset}");
        let rows = client.rows(&query).await;
        texts.extend(rows.iter().map(|row| text(&row["text"]).to_owned()));
    }
    for piece in ["\n", "\"", "«", "\\", "🤝", "₽", "<b>", "\t"] {
        assert!(texts.iter().any(|text| text.contains(piece)), "{piece:?}");
    }
    assert!(texts.contains("NA") && texts.contains(""));
}

#[tokio::test]
async fn another_seed_is_another_account() {
    let config = Config { seed: 2, ..small() };
    let (one, other) = (Client::logged_in(small()).await, Client::logged_in(config).await);
    assert_ne!(one.rows("type=lead").await, other.rows("type=lead").await);
    let again = Client::logged_in(small()).await;
    assert_eq!(one.rows("type=lead").await, again.rows("type=lead").await);
}
