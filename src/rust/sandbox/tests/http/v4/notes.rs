use amocrm_sandbox::{Config, NoteCounts};
use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::client::{Client, ids_of, small};

const ENTITIES: [&str; 4] = ["leads", "contacts", "companies", "customers"];

fn number(row: &Value, name: &str) -> u64 {
    row[name].as_u64().unwrap()
}

async fn notes(client: &Client, path: &str) -> Vec<Value> {
    client.listed(path, "notes").await
}

async fn ids(client: &Client, query: &str) -> Vec<u64> {
    ids_of(&notes(client, &format!("/api/v4/leads/notes?{query}")).await)
}

async fn by_id(client: &Client) -> Vec<Value> {
    notes(client, "/api/v4/leads/notes?order[id]=asc&limit=250").await
}

fn large() -> Client {
    Client::with_token(Config { notes: NoteCounts::each(2000), ..Config::default() })
}

#[tokio::test]
async fn a_page_is_hal_and_numbered() {
    let client = Client::with_token(small());
    let response = client.get("/api/v4/leads/notes?limit=2").await;
    assert_eq!(response.headers()[CONTENT_TYPE], "application/hal+json");
    assert_eq!(response.headers()["x-request-id"].len(), 32);
    let page: Value = response.json().await.unwrap();
    assert_eq!(page["_page"], 1);
    assert!(page.get("_total_items").is_none());
    let link = |page| format!("{}/api/v4/leads/notes?page={page}&limit=2", client.sandbox.url());
    assert_eq!(page["_links"]["self"]["href"], link(1));
    assert_eq!(page["_links"]["next"]["href"], link(2));
    assert_eq!(page["_embedded"]["notes"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn links_repeat_the_other_parameters() {
    let client = Client::with_token(small());
    let path = "/api/v4/leads/notes?filter%5Bnote_type%5D=common&page=1&order[id]=asc&limit=1";
    let page = client.json(path).await;
    let query = "filter%5Bnote_type%5D=common&order%5Bid%5D=asc&page=2&limit=1";
    let href = format!("{}/api/v4/leads/notes?{query}", client.sandbox.url());
    assert_eq!(page["_links"]["next"]["href"], href);
}

#[tokio::test]
async fn a_note_has_the_fields_of_v4_and_none_of_v2() {
    let client = Client::with_token(small());
    for entity in ENTITIES {
        for note in notes(&client, &format!("/api/v4/{entity}/notes?limit=250")).await {
            let names: Vec<_> = note.as_object().unwrap().keys().map(String::as_str).collect();
            let expected = [
                "_links",
                "account_id",
                "created_at",
                "created_by",
                "entity_id",
                "group_id",
                "id",
                "note_type",
                "params",
                "responsible_user_id",
                "updated_at",
                "updated_by",
            ];
            assert_eq!(names, expected);
            let (owner, id) = (&note["entity_id"], &note["id"]);
            let href = format!("{}/api/v4/{entity}/{owner}/notes/{id}", client.sandbox.url());
            assert_eq!(note["_links"]["self"]["href"], href);
        }
    }
}

#[tokio::test]
async fn without_an_order_the_latest_change_comes_first() {
    let client = large();
    let rows = client.all("/api/v4/leads/notes?limit=250", "notes").await;
    assert!(rows.is_sorted_by_key(|row| std::cmp::Reverse(number(row, "updated_at"))));
    assert!(!ids_of(&rows).is_sorted_by(|a, b| a > b));
}

#[tokio::test]
async fn orders_are_each_others_reverse() {
    let client = large();
    for key in ["id", "updated_at"] {
        let list = async |direction: &str| {
            let path = format!("/api/v4/leads/notes?limit=250&order[{key}]={direction}");
            client.all(&path, "notes").await
        };
        let rising = list("asc").await;
        assert!(rising.is_sorted_by_key(|row| number(row, key)), "{key}");
        let mut falling = list("desc").await;
        falling.reverse();
        assert_eq!(rising, falling, "{key}");
    }
}

#[tokio::test]
async fn pages_join_without_gap_or_overlap() {
    let client = large();
    let whole = client.all("/api/v4/contacts/notes?order[id]=asc&limit=250", "notes").await;
    let small = client.all("/api/v4/contacts/notes?order[id]=asc&limit=97", "notes").await;
    assert_eq!(whole, small);
    let ids = ids_of(&whole);
    assert!(ids.is_sorted_by(|a, b| a < b) && ids.len() > 1000);
}

#[tokio::test]
async fn a_page_has_50_rows_unless_told_and_never_more_than_250() {
    let client = large();
    for (query, rows) in [("", 50), ("limit=250", 250), ("limit=251", 50), ("limit=500", 50)] {
        assert_eq!(ids(&client, query).await.len(), rows, "{query}");
    }
}

#[tokio::test]
async fn a_full_page_points_to_a_next_one_even_if_it_is_the_last() {
    let client = Client::with_token(small());
    let all = by_id(&client).await;
    let has_next = async |limit: usize, page: usize| {
        let path = format!("/api/v4/leads/notes?limit={limit}&page={page}");
        client.json(&path).await["_links"].get("next").is_some()
    };
    assert!(all.len() > 20);
    assert!(has_next(all.len(), 1).await);
    assert!(has_next(all.len() - 1, 1).await);
    assert!(!has_next(all.len() - 1, 2).await);
}

#[tokio::test]
async fn past_the_end_is_an_empty_204() {
    let client = Client::with_token(small());
    for query in ["page=1000", "page=18446744073709551615", "filter[id]=5"] {
        let response = client.get(&format!("/api/v4/leads/notes?{query}")).await;
        assert_eq!(response.status(), StatusCode::NO_CONTENT, "{query}");
        assert_eq!(response.bytes().await.unwrap().len(), 0);
    }
    let config = Config { notes: NoteCounts::each(0), ..Config::default() };
    assert!(ids(&Client::with_token(config), "").await.is_empty());
}

#[tokio::test]
async fn ids_come_in_every_spelling_and_obey_order_and_limit() {
    let client = Client::with_token(small());
    let all = ids_of(&by_id(&client).await);
    let (one, two) = (all[3], all[7]);
    for filter in [
        format!("filter[id]={two},{one}"),
        format!("filter[id][]={one}&filter[id][]={two}"),
        format!("filter%5Bid%5D%5B0%5D={two}&filter%5Bid%5D%5B1%5D={one}&filter[id][2]={one}"),
    ] {
        assert_eq!(ids(&client, &format!("{filter}&order[id]=asc")).await, [one, two], "{filter}");
        assert_eq!(ids(&client, &format!("{filter}&order[id]=desc")).await, [two, one], "{filter}");
        let page = format!("{filter}&order[id]=asc&limit=1&page=2");
        assert_eq!(ids(&client, &page).await, [two], "{filter}");
    }
}

#[tokio::test]
async fn two_hundred_ids_fit_into_one_request() {
    let client = large();
    let wanted = &ids_of(&by_id(&client).await)[..200];
    let list: Vec<_> = wanted.iter().map(|id| format!("filter[id][]={id}")).collect();
    let query = format!("{}&limit=250&order[id]=asc", list.join("&"));
    assert_eq!(ids(&client, &query).await, wanted);
}

#[tokio::test]
async fn ids_of_another_kind_or_of_what_is_no_note_find_nothing() {
    let client = Client::with_token(small());
    let id = ids_of(&by_id(&client).await)[0];
    assert!(notes(&client, &format!("/api/v4/contacts/notes?filter[id]={id}")).await.is_empty());
    let old = Client::logged_in(small()).await.ids("type=lead&note_type=1,3,14,26").await;
    assert!(old.len() > 3);
    for id in old {
        assert!(ids(&client, &format!("filter[id]={id}")).await.is_empty());
        let response = client.get(&format!("/api/v4/leads/notes/{id}")).await;
        assert_eq!(response.status(), StatusCode::NO_CONTENT);
    }
}

#[tokio::test]
async fn note_types_come_in_every_spelling() {
    let client = Client::with_token(small());
    let all = by_id(&client).await;
    let wanted = |row: &&Value| row["note_type"] == "common" || row["note_type"] == "call_in";
    let wanted = ids_of(&all.iter().filter(wanted).cloned().collect::<Vec<_>>());
    assert!(wanted.len() > 3);
    for filter in [
        "filter[note_type]=common,call_in",
        "filter[note_type][]=common&filter[note_type][]=call_in",
        "filter[note_type][0]=call_in&filter[note_type][1]=common",
        "filter%5Bnote_type%5D%5B%5D=common&filter%5Bnote_type%5D%5B%5D=call_in",
    ] {
        let found = ids(&client, &format!("{filter}&order[id]=asc&limit=250")).await;
        assert_eq!(found, wanted, "{filter}");
        let page = format!("{filter}&order[id]=asc&limit=2&page=2");
        assert_eq!(ids(&client, &page).await, wanted[2..4], "{filter}");
    }
}

#[tokio::test]
async fn names_that_v4_does_not_know_find_nothing() {
    let client = Client::with_token(small());
    for name in ["lead_created", "lead_status_changed", "task_result", "4", "horoscope"] {
        assert!(ids(&client, &format!("filter[note_type]={name}")).await.is_empty(), "{name}");
    }
}

#[tokio::test]
async fn owners_can_be_asked_for_by_filter_and_by_path() {
    let client = large();
    let path = "/api/v4/leads/notes?order[id]=asc&limit=250";
    let all = client.all(path, "notes").await;
    let owners = [number(&all[0], "entity_id"), number(&all[100], "entity_id")];
    assert_ne!(owners[0], owners[1]);
    let of = |wanted: &[u64]| -> Vec<Value> {
        let matching = all.iter().filter(|row| wanted.contains(&number(row, "entity_id")));
        matching.cloned().collect()
    };
    let filter = format!("filter[entity_id][]={}&filter[entity_id][]={}", owners[0], owners[1]);
    assert_eq!(client.all(&format!("{path}&{filter}"), "notes").await, of(&owners));
    let path = format!("/api/v4/leads/{}/notes?order[id]=asc&limit=250", owners[0]);
    assert_eq!(client.all(&path, "notes").await, of(&owners[..1]));
    assert!(notes(&client, "/api/v4/leads/5/notes").await.is_empty());
}

#[tokio::test]
async fn changes_are_found_with_both_ends_of_the_span_within() {
    let client = Client::with_token(small());
    let all = by_id(&client).await;
    let mut times: Vec<_> = all.iter().map(|row| number(row, "updated_at")).collect();
    times.sort_unstable();
    let (from, to) = (times[5], times[15]);
    for (filter, from, to) in [
        (format!("filter[updated_at]={from}"), from, u64::MAX),
        (format!("filter[updated_at][from]={from}"), from, u64::MAX),
        (format!("filter[updated_at][to]={to}"), 0, to),
        (format!("filter%5Bupdated_at%5D%5Bfrom%5D={from}&filter[updated_at][to]={to}"), from, to),
    ] {
        let within = all.iter().filter(|row| (from..=to).contains(&number(row, "updated_at")));
        let within = ids_of(&within.cloned().collect::<Vec<_>>());
        assert!(!within.is_empty() && within.len() < all.len());
        let query = format!("{filter}&order[id]=asc&limit=250");
        assert_eq!(ids(&client, &query).await, within, "{filter}");
    }
}

#[tokio::test]
async fn one_note_comes_as_itself() {
    let client = Client::with_token(small());
    let note = &by_id(&client).await[4];
    let (owner, id) = (&note["entity_id"], &note["id"]);
    for path in [format!("leads/notes/{id}"), format!("leads/{owner}/notes/{id}")] {
        assert_eq!(client.json(&format!("/api/v4/{path}")).await, *note);
    }
    for path in [format!("leads/5/notes/{id}"), format!("contacts/notes/{id}")] {
        let response = client.get(&format!("/api/v4/{path}")).await;
        assert_eq!(response.status(), StatusCode::NO_CONTENT, "{path}");
    }
}

#[tokio::test]
async fn tasks_have_no_list_of_notes() {
    let client = Client::with_token(small());
    for path in ["/api/v4/tasks/notes", "/api/v4/tasks/5/notes", "/api/v4/deals/notes"] {
        let response = client.get(path).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn params_are_spelt_in_small_letters() {
    let client = large();
    for entity in ENTITIES {
        let path = format!("/api/v4/{entity}/notes?limit=250");
        for note in client.all(&path, "notes").await {
            let params = note["params"].as_object().expect("params are an object");
            assert!(params.keys().all(|key| key.to_lowercase() == **key), "{note}");
            let names = |names: &[&str]| names.iter().all(|name| params.contains_key(*name));
            let complete = match note["note_type"].as_str().unwrap() {
                "common" => names(&["text"]),
                "call_in" | "call_out" => names(&[
                    "uniq",
                    "duration",
                    "source",
                    "link",
                    "phone",
                    "call_result",
                    "call_status",
                ]),
                "attachment" => names(&["original_name"]),
                "service_message" | "extended_service_message" => names(&["service", "text"]),
                "message_cashier" => names(&["status", "text"]),
                "geolocation" => names(&["text", "address", "longitude", "latitude"]),
                "sms_in" | "sms_out" => names(&["text", "phone"]),
                "amomail_message" => names(&[
                    "thread_id",
                    "message_id",
                    "private",
                    "income",
                    "from",
                    "to",
                    "subject",
                    "content_summary",
                    "attach_cnt",
                    "delivery",
                ]),
                "site_visit" | "link_followed" => names(&["url"]),
                "targeting_in" | "targeting_out" => names(&["contacts", "campaign", "service"]),
                "transaction" => names(&["transaction_id"]),
                "invoice_paid" => names(&["service", "text", "icon_url"]),
                "dropbox_attachment" => names(&["link", "filename"]),
                "lead_auto_created" => names(&["type", "lead_type", "lead_id", "link"]),
                other => panic!("{other}"),
            };
            assert!(complete, "{note}");
        }
    }
}

#[tokio::test]
async fn files_come_in_the_old_and_in_the_new_shape() {
    let client = large();
    let path = "/api/v4/leads/notes?filter[note_type]=attachment&limit=250";
    let files = client.all(path, "notes").await;
    let is_new = |note: &Value| note["params"].get("file_uuid").is_some();
    assert!(files.iter().any(is_new) && !files.iter().all(is_new));
    for note in &files {
        let params = &note["params"];
        assert!(is_new(note) != params["attachment"].is_string(), "{note}");
        assert!(!is_new(note) || params["is_drive_attachment"] == json!(true), "{note}");
    }
}

#[tokio::test]
async fn callers_are_named_or_numbered_or_left_out() {
    let client = large();
    let path = "/api/v4/contacts/notes?filter[note_type]=call_in&limit=250";
    let calls = client.all(path, "notes").await;
    let any = |fits: fn(&Value) -> bool| {
        calls.iter().any(|note| fits(&note["params"]["call_responsible"]))
    };
    assert!(any(Value::is_string) && any(Value::is_u64) && any(Value::is_null));
}

#[tokio::test]
async fn bodies_are_spelt_without_escapes() {
    let client = Client::with_token(small());
    let body = client.get("/api/v4/leads/notes").await.text().await.unwrap();
    assert!(body.contains("/api/v4/leads/") && !body.contains("\\/"));
    assert!(!body.is_ascii());
}

#[tokio::test]
async fn the_log_counts_the_rows() {
    let client = Client::with_token(small());
    client.get("/api/v4/leads/notes?limit=7").await;
    let log = client.sandbox.requests();
    assert_eq!((log[0].path.as_str(), log[0].rows), ("/api/v4/leads/notes", 7));
}
