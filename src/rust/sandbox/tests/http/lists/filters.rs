use amocrm_sandbox::Config;
use serde_json::Value;

use super::{account, old};
use crate::client::{Client, ids_of};

fn number(row: &Value, name: &str) -> u64 {
    row[name].as_u64().unwrap()
}

fn where_(rows: &[Value], fits: impl Fn(&Value) -> bool) -> Vec<u64> {
    ids_of(&rows.iter().filter(|row| fits(row)).cloned().collect::<Vec<_>>())
}

/// Checks that each query finds what is wanted, and that this is something
/// but not all.
async fn check(client: &Client, list: &str, all: &[Value], cases: &[(String, Vec<u64>)]) {
    for (query, wanted) in cases {
        assert!(!wanted.is_empty() && wanted.len() < all.len(), "{list} {query}");
        assert_eq!(&ids_of(&old(client, list, query).await), wanted, "{list} {query}");
    }
}

#[tokio::test]
async fn filters_of_leads_find_what_they_say() {
    let client = Client::logged_in(account()).await;
    let all = old(&client, "leads", "").await;
    let ids = ids_of(&all);
    let user = number(&all[3], "responsible_user_id");
    let (created, updated) = (number(&all[90], "created_at"), number(&all[90], "updated_at"));
    let closed = |row: &Value| [142, 143].contains(&number(row, "status_id"));
    let cases = [
        (format!("id[]={}&id[]={}", ids[7], ids[4]), vec![ids[4], ids[7]]),
        (format!("id={}%2C{}&", ids[7], ids[4]), vec![ids[4], ids[7]]),
        (
            format!("responsible_user_id%5B%5D={user}"),
            where_(&all, |row| row["responsible_user_id"] == user),
        ),
        ("status[]=142".to_owned(), where_(&all, |row| row["status_id"] == 142)),
        ("status[]=142&status[]=143".to_owned(), where_(&all, closed)),
        ("filter[active]=1".to_owned(), where_(&all, |row| !closed(row))),
        ("filter[tasks]=1".to_owned(), where_(&all, |row| row["closest_task_at"] == 0)),
        ("filter[tasks]=2".to_owned(), where_(&all, |row| row["closest_task_at"] != 0)),
        (
            format!("filter[date_create][from]={created}"),
            where_(&all, |row| number(row, "created_at") >= created),
        ),
        (
            format!("filter[date_create][to]={created}"),
            where_(&all, |row| number(row, "created_at") <= created),
        ),
        (
            format!("filter[date_modify][from]={updated}&filter[date_modify][to]={}", updated * 2),
            where_(&all, |row| number(row, "updated_at") >= updated),
        ),
        // Midnight in Moscow.
        (
            "filter[date_create][from]=2023-06-01".to_owned(),
            where_(&all, |row| number(row, "created_at") >= 1_685_566_800),
        ),
        (
            "filter[date_create][to]=2023-06-01%2012%3A30%3A00".to_owned(),
            where_(&all, |row| number(row, "created_at") <= 1_685_611_800),
        ),
    ];
    check(&client, "leads", &all, &cases).await;
    assert!(old(&client, "leads", "with=only_deleted").await.is_empty());
}

#[tokio::test]
async fn words_find_names_and_telephones() {
    let client = Client::logged_in(account()).await;
    let leads = old(&client, "leads", "").await;
    let named = |row: &Value| row["name"].as_str().unwrap().to_lowercase().contains("сделка #");
    check(&client, "leads", &leads, &[("query=СДЕЛКА%20%23".to_owned(), where_(&leads, named))])
        .await;
    let contacts = old(&client, "contacts", "").await;
    let has_phone = |row: &&Value| {
        row["custom_fields"].as_array().is_some_and(|f| f.iter().any(|f| f["code"] == "PHONE"))
    };
    let contact = contacts.iter().find(has_phone).unwrap();
    let fields = contact["custom_fields"].as_array().unwrap();
    let phone = fields.iter().find(|field| field["code"] == "PHONE").unwrap();
    let phone = phone["values"][0]["value"].as_str().unwrap().replace('+', "");
    let found = old(&client, "contacts", &format!("query={phone}")).await;
    assert_eq!(found[0]["id"], contact["id"]);
}

#[tokio::test]
async fn contacts_and_companies_are_found_by_id_and_user() {
    let client = Client::logged_in(account()).await;
    for list in ["contacts", "companies"] {
        let all = old(&client, list, "").await;
        let ids = ids_of(&all);
        let user = number(&all[3], "responsible_user_id");
        let cases = [
            (format!("id={},{}", ids[2], ids[9]), vec![ids[2], ids[9]]),
            (
                format!("responsible_user_id[]={user}"),
                where_(&all, |row| row["responsible_user_id"] == user),
            ),
        ];
        check(&client, list, &all, &cases).await;
        assert!(old(&client, list, "id=5").await.is_empty());
    }
}

#[tokio::test]
async fn filters_of_customers_take_days() {
    let client = Client::logged_in(account()).await;
    let all = old(&client, "customers", "").await;
    let user = number(&all[3], "responsible_user_id");
    let next = all.iter().map(|row| number(row, "next_date")).max().unwrap();
    let from_2024 = |name: &'static str| move |row: &Value| number(row, name) >= 1_704_056_400;
    let cases = [
        (
            format!("filter[main_user][]={user}"),
            where_(&all, |row| row["responsible_user_id"] == user),
        ),
        ("filter[date][from]=01.01.2024".to_owned(), where_(&all, from_2024("created_at"))),
        (
            "filter[date][type]=create&filter[date][from]=01.01.2024".to_owned(),
            where_(&all, from_2024("created_at")),
        ),
        (
            "filter[date][type]=modify&filter[date][from]=01.01.2024".to_owned(),
            where_(&all, from_2024("updated_at")),
        ),
        (
            "filter[date][to]=31.12.2023".to_owned(),
            where_(&all, |row| number(row, "created_at") < 1_704_056_400),
        ),
        (
            format!("filter[next_date][from]={next}"),
            where_(&all, |row| number(row, "next_date") >= next),
        ),
    ];
    check(&client, "customers", &all, &cases).await;
}

#[tokio::test]
async fn if_modified_since_leaves_what_changed_since() {
    let client = Client::logged_in(account()).await;
    for list in super::ENTITIES {
        let all = old(&client, list, "").await;
        let wanted = where_(&all, |row| number(row, "updated_at") >= 1_704_056_400);
        let request = client.http.get(client.url(&format!("/api/v2/{list}")));
        let request = request.header("If-Modified-Since", "Sun, 31 Dec 2023 21:00:00");
        let rows = crate::client::rows_of(request.send().await.unwrap()).await;
        assert_eq!(ids_of(&rows), wanted, "{list}");
    }
}

#[tokio::test]
async fn parameters_of_other_lists_are_passed_over() {
    let client = Client::logged_in(account()).await;
    let all = old(&client, "contacts", "").await;
    let query = "status[]=142&filter[active]=1&filter[date_create][from]=2025-01-01&with=leads";
    assert_eq!(old(&client, "contacts", query).await, all);
}

#[tokio::test]
async fn pages_and_spans_are_read_as_php_reads_them() {
    let client = Client::logged_in(account()).await;
    let leads = ids_of(&old(&client, "leads", "").await);
    for (query, wanted) in [
        ("limit_rows=501", &leads[..]),
        ("limit_rows=0", &leads),
        ("limit_rows=7", &leads[..7]),
        ("limit_offset=10", &leads),
        ("limit_rows=5&limit_offset=10", &leads[10..15]),
        ("filter[date_create][from]=yesterday&filter[date_create][to]=", &leads),
        ("filter[date_create][to]=5", &[]),
    ] {
        assert_eq!(ids_of(&old(&client, "leads", query).await), wanted, "{query}");
    }
    let waiting = old(&client, "incoming_leads", "").await;
    for (query, wanted) in [
        ("page=3&page_size=9", &waiting[18..]),
        ("page=0", &waiting),
        ("page=18446744073709551615&page_size=9", &[]),
    ] {
        assert_eq!(old(&client, "incoming_leads", query).await, wanted, "{query}");
    }
}

#[tokio::test]
async fn times_without_a_zone_are_those_of_the_account() {
    let omsk = Config { timezone: "Asia/Omsk".to_owned(), ..account() };
    let client = Client::with_token(omsk);
    let since = async |text: &str| {
        ids_of(&old(&client, "leads", &format!("filter[date_create][from]={text}")).await)
    };
    let wanted = since("1735668000").await;
    assert!(!wanted.is_empty() && wanted.len() < old(&client, "leads", "").await.len());
    for text in ["2025-01-01", "2025-01-01%2000:00:00", "2025-01-01+00%3A00%3A00", "01.01.2025"] {
        assert_eq!(since(text).await, wanted, "{text}");
    }
    let held = async |from: u64, to: u64| {
        let span = format!("filter[created_at][from]={from}&filter[created_at][to]={to}");
        let path = format!("/api/v4/events?limit=100&{span}");
        client.listed(&path, "events").await
    };
    let all = client.listed("/api/v4/events?limit=100&order[created_at]=asc", "events").await;
    let at = all[7]["created_at"].as_u64().unwrap();
    let same = held(at, at).await;
    assert!(same.contains(&all[7]) && same.iter().all(|event| event["created_at"] == at));
    for spelling in [format!("{at},{at}"), format!("%20{at},{at}%20")] {
        let path = format!("/api/v4/events?limit=100&filter[created_at]={spelling}");
        assert_eq!(client.listed(&path, "events").await, same, "{spelling}");
    }
    let path = format!("/api/v4/events?limit=100&order[created_at]=asc&filter[created_at]={at}");
    assert_eq!(client.listed(&path, "events").await[0]["created_at"], at);
    let last = "/api/v4/leads?limit=250&page=18446744073709551615";
    assert_eq!(client.get(last).await.status(), 204);
}
