use amocrm_sandbox::{Config, Kind, NoteCounts};
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, IF_MODIFIED_SINCE};
use serde_json::Value;

use crate::client::{Client, ids_of, rows_of, small};

fn number(row: &Value, name: &str) -> u64 {
    row[name].as_u64().unwrap()
}

async fn since(client: &Client, date: &str) -> Vec<u64> {
    let url = client.url("/api/v2/notes?type=lead");
    let request = client.http.get(url).header(IF_MODIFIED_SINCE, date);
    ids_of(&rows_of(request.send().await.unwrap()).await)
}

#[tokio::test]
async fn a_page_is_hal_and_links_to_itself() {
    let client = Client::logged_in(small()).await;
    let response = client.get("/api/v2/notes?type=lead&limit_rows=2").await;
    let headers = response.headers();
    assert_eq!(headers[CONTENT_TYPE], "application/hal+json");
    assert!(headers["runtime-timestamp"].to_str().unwrap().parse::<u64>().is_ok());
    assert_eq!(headers["x-request-id"].len(), 32);
    let page: Value = response.json().await.unwrap();
    let link = &page["_links"]["self"];
    assert_eq!(link["href"], "/api/v2/notes?type=lead&limit_rows=2");
    assert_eq!(link["method"], "get");
    assert_eq!(page["_embedded"]["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_link_repeats_credentials_as_the_real_one_does() {
    let client = Client::start(small());
    let url = client.url("/api/v2/notes?type=lead&limit_rows=1");
    let request = client.http.get(url).query(&client.credentials());
    let page: Value = request.send().await.unwrap().json().await.unwrap();
    let href = page["_links"]["self"]["href"].as_str().unwrap();
    assert!(href.contains(client.sandbox.apikey()));
}

#[tokio::test]
async fn bodies_are_spelt_like_php() {
    let client = Client::logged_in(small()).await;
    let body = client.get("/api/v2/notes?type=lead").await.text().await.unwrap();
    assert!(body.is_ascii());
    assert!(body.starts_with(r#"{"_links":{"self":{"href":"\/api\/v2\/notes?type=lead"#));
}

#[tokio::test]
async fn a_trailing_slash_makes_no_difference() {
    let client = Client::logged_in(small()).await;
    let with = rows_of(client.get("/api/v2/notes/?type=lead").await).await;
    assert_eq!(with, client.rows("type=lead").await);
}

#[tokio::test]
async fn pages_join_without_gap_or_overlap_up_to_an_empty_204() {
    let client = Client::logged_in(small()).await;
    let mut joined = Vec::new();
    for offset in [0, 25, 50, 75] {
        let query = format!("type=contact&limit_rows=25&limit_offset={offset}");
        joined.push(client.ids(&query).await);
    }
    let lengths: Vec<_> = joined.iter().map(Vec::len).collect();
    assert_eq!(lengths, [25, 25, 10, 0]);
    assert_eq!(joined.concat(), client.ids("type=contact").await);
}

#[tokio::test]
async fn a_list_that_fills_its_pages_exactly_ends_in_a_204() {
    let client = Client::logged_in(small()).await;
    let response = client.get("/api/v2/notes?type=lead&limit_rows=30&limit_offset=60").await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(response.bytes().await.unwrap().len(), 0);
}

#[tokio::test]
async fn more_than_500_rows_never_come_at_once() {
    let config = Config { notes: NoteCounts::each(501), ..Config::default() };
    let client = Client::logged_in(config).await;
    for query in ["type=lead", "type=lead&limit_rows=1000", "type=lead&limit_offset=1"] {
        assert_eq!(client.rows(query).await.len(), 500, "{query}");
    }
    assert_eq!(client.rows("type=lead&limit_rows=500&limit_offset=500").await.len(), 1);
}

#[tokio::test]
async fn without_a_known_type_the_answer_is_error_221() {
    let client = Client::logged_in(small()).await;
    for query in ["", "?limit_rows=5", "?type=", "?type=deal"] {
        let response = client.get(&format!("/api/v2/notes{query}")).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{query}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["response"]["error_code"], "221", "{query}");
    }
}

#[tokio::test]
async fn ids_come_in_every_spelling_and_in_the_order_of_the_list() {
    let client = Client::logged_in(small()).await;
    let all = client.ids("type=lead").await;
    let (first, second) = (all[3], all[7]);
    for query in [
        format!("type=lead&id={second},{first}"),
        format!("type=lead&id={first}%2C{second}"),
        format!("type=lead&id[]={first}&id[]={second}"),
        format!("type=lead&id%5B%5D={first}&id%5B%5D={second}"),
        format!("type=lead&id[0]={first}&id[1]={second}&id[2]={first}"),
    ] {
        assert_eq!(client.ids(&query).await, [first, second], "{query}");
    }
}

#[tokio::test]
async fn an_id_overrules_every_other_filter_but_type() {
    let client = Client::logged_in(small()).await;
    let id = client.ids("type=lead").await[5];
    let query = format!("id={id}&note_type=1&element_id=1&limit_rows=1&limit_offset=9");
    assert_eq!(client.ids(&format!("type=lead&{query}")).await, [id]);
    assert!(client.ids(&format!("type=contact&{query}")).await.is_empty());
}

#[tokio::test]
async fn unknown_ids_find_nothing() {
    let client = Client::logged_in(small()).await;
    for id in ["1", "abc", "99999999999999999999"] {
        assert!(client.ids(&format!("type=lead&id={id}")).await.is_empty(), "{id}");
    }
}

#[tokio::test]
async fn one_or_several_owners_can_be_asked_for() {
    let client = Client::logged_in(small()).await;
    let rows = client.rows("type=lead").await;
    let owners = [number(&rows[0], "element_id"), number(&rows[20], "element_id")];
    assert_ne!(owners[0], owners[1]);
    for wanted in [&owners[..1], &owners[..]] {
        let list: Vec<_> = wanted.iter().map(u64::to_string).collect();
        let found = client.rows(&format!("type=lead&element_id={}", list.join(","))).await;
        let matching = rows.iter().filter(|row| wanted.contains(&number(row, "element_id")));
        assert_eq!(found, matching.cloned().collect::<Vec<_>>());
        assert!(!found.is_empty());
    }
}

#[tokio::test]
async fn note_types_come_in_every_spelling_and_page_like_the_whole_list() {
    let client = Client::logged_in(small()).await;
    let rows = client.rows("type=lead").await;
    let matching = rows.iter().filter(|row| [3, 4].contains(&number(row, "note_type")));
    let matching = ids_of(&matching.cloned().collect::<Vec<_>>());
    assert!(matching.len() > 3);
    for types in ["note_type=3,4", "note_type[]=3&note_type[]=4", "note_type%5B%5D=4,3"] {
        assert_eq!(client.ids(&format!("type=lead&{types}")).await, matching, "{types}");
        let page = client.ids(&format!("type=lead&{types}&limit_rows=2&limit_offset=1")).await;
        assert_eq!(page, matching[1..3], "{types}");
    }
}

#[tokio::test]
async fn a_type_that_nobody_uses_finds_nothing() {
    let client = Client::logged_in(small()).await;
    assert!(client.ids("type=lead&note_type=99").await.is_empty());
}

#[tokio::test]
async fn rows_changed_at_or_after_a_date_are_found_in_every_shape_of_date() {
    let client = Client::logged_in(small()).await;
    let rows = client.rows("type=lead").await;
    let moment = number(&rows[30], "updated_at");
    let changed = rows.iter().filter(|row| number(row, "updated_at") >= moment);
    let changed = ids_of(&changed.cloned().collect::<Vec<_>>());
    assert!(changed.contains(&number(&rows[30], "id")) && changed.len() < rows.len());
    let date = chrono::DateTime::from_timestamp(i64::try_from(moment).unwrap(), 0).unwrap();
    for format in [
        "%a, %d %b %Y %H:%M:%S",
        "%a, %d %b %Y %H:%M:%S UTC",
        "%a, %d %b %Y %H:%M:%S GMT",
        "%a, %d %b %Y %H:%M:%S +0000",
        "%s",
    ] {
        assert_eq!(since(&client, &date.format(format).to_string()).await, changed, "{format}");
    }
}

#[tokio::test]
async fn nothing_newer_is_a_204_and_no_date_is_no_filter() {
    let client = Client::logged_in(small()).await;
    assert!(since(&client, "Thu, 01 Jan 2037 00:00:00").await.is_empty());
    assert_eq!(since(&client, "not a date").await.len(), 60);
}

#[tokio::test]
async fn every_kind_has_its_own_count_and_an_empty_one_is_a_204() {
    let notes = NoteCounts::each(2).with(Kind::Lead, 3).with(Kind::Task, 0);
    let config = Config { notes, ..Config::default() };
    let client = Client::logged_in(config).await;
    for (kind, rows) in [("contact", 2), ("lead", 3), ("company", 2), ("task", 0), ("customer", 2)]
    {
        assert_eq!(client.rows(&format!("type={kind}")).await.len(), rows, "{kind}");
    }
}
