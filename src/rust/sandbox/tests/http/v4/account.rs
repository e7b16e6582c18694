use amocrm_sandbox::Config;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::client::{Client, small};

#[tokio::test]
async fn the_account_says_the_same_as_in_v2() {
    let client = Client::with_token(small());
    let new = client.json("/api/v4/account").await;
    let old = client.json("/api/v2/account").await;
    for name in ["id", "name", "subdomain", "currency"] {
        assert_eq!(new[name], old[name], "{name}");
    }
    assert_eq!(new["current_user_id"], old["current_user"]);
    assert_eq!(new["subdomain"], "sandbox");
}

#[tokio::test]
async fn accounts_with_one_seed_and_different_ids_have_the_same_records() {
    let paths = ["leads", "contacts", "tasks", "leads/notes", "events", "talks"];
    let first = Client::with_token(small());
    let second = Client::with_token(Config { account_id: 3_000_000_000, ..small() });
    for client in [&first, &second] {
        let id = client.json("/api/v4/account").await["id"].clone();
        assert_eq!(client.json("/api/v2/account").await["id"], id);
        for path in paths {
            let name = path.rsplit('/').next().unwrap();
            let rows = client.listed(&format!("/api/v4/{path}"), name).await;
            assert!(rows.len() > 5, "{path}");
            assert!(rows.iter().all(|row| row["account_id"] == id), "{path}");
        }
        let old = client.json("/api/v2/leads").await;
        assert_eq!(old["_embedded"]["items"][0]["account_id"], id);
    }
    let ids = |rows: Vec<Value>| rows.into_iter().map(|row| row["id"].clone()).collect::<Vec<_>>();
    let (ours, theirs) =
        (first.listed("/api/v4/leads", "leads"), second.listed("/api/v4/leads", "leads"));
    assert_eq!(ids(ours.await), ids(theirs.await));
}

#[tokio::test]
async fn without_with_there_are_no_parts() {
    let client = Client::with_token(small());
    for path in ["/api/v4/account", "/api/v4/account?with=horoscope"] {
        let account = client.json(path).await;
        assert!(account.get("_embedded").is_none() && account.get("version").is_none(), "{path}");
    }
}

#[tokio::test]
async fn the_zone_and_its_offset_of_today_come_with_the_patterns_of_dates() {
    let config = Config { timezone: "Asia/Yekaterinburg".to_owned(), ..small() };
    let client = Client::with_token(config);
    let account = client.json("/api/v4/account?with=datetime_settings").await;
    let settings = &account["_embedded"]["datetime_settings"];
    assert_eq!(settings["timezone"], "Asia/Yekaterinburg");
    assert_eq!(settings["timezone_offset"], "+05:00");
    assert_eq!(settings["date_pattern"], "d.m.Y H:i");
    assert_eq!(settings["time_format"], "H:i:s");
}

#[tokio::test]
async fn only_the_parts_asked_for_come() {
    let client = Client::with_token(small());
    let query = "with=users_groups,task_types,version,is_api_filter_enabled,amojo_id";
    let account = client.json(&format!("/api/v4/account?{query}")).await;
    let parts: Vec<_> = account["_embedded"].as_object().unwrap().keys().collect();
    assert_eq!(parts, ["task_types", "users_groups"]);
    assert_eq!(
        (&account["version"], &account["is_api_filter_enabled"]),
        (&json!(16), &json!(false))
    );
    assert_eq!(account["amojo_id"].as_str().unwrap().len(), 36);
    assert!(account.get("drive_url").is_none());
    let groups = &account["_embedded"]["users_groups"];
    assert_eq!((&groups[0]["id"], &groups[0]["uuid"]), (&json!(0), &Value::Null));
    assert!(groups[1]["uuid"].is_string());
    assert_eq!(account["_embedded"]["task_types"][1]["code"], "MEETING");
}

#[tokio::test]
async fn the_currency_and_the_language_come_unasked() {
    let client = Client::with_token(small());
    let account = client.json("/api/v4/account").await;
    assert_eq!((&account["currency"], &account["currency_symbol"]), (&json!("RUB"), &json!("₽")));
    assert_eq!(account["language"], client.json("/api/v2/account").await["language"]);
}

#[tokio::test]
async fn every_documented_part_comes_if_it_is_asked_for_and_not_otherwise() {
    let client = Client::with_token(small());
    let bare = client.json("/api/v4/account").await;
    let embedded = ["amojo_rights", "users_groups", "task_types", "datetime_settings"];
    let others =
        ["amojo_id", "uuid", "version", "entity_names", "drive_url", "is_api_filter_enabled"];
    for part in embedded.into_iter().chain(others) {
        let account = client.json(&format!("/api/v4/account?with={part}")).await;
        let place = if embedded.contains(&part) { &account["_embedded"] } else { &account };
        assert!(!place[part].is_null() && bare.get(part).is_none(), "{part}");
    }
    let names = client.json("/api/v4/account?with=entity_names").await;
    assert_eq!(names["entity_names"]["leads"]["ru"]["plural_form"]["genitive"], "сделок");
}

#[tokio::test]
async fn users_are_those_of_v2_the_free_ones_included_and_counted() {
    let client = Client::with_token(small());
    let page = client.json("/api/v4/users").await;
    assert_eq!((&page["_total_items"], &page["_page_count"]), (&json!(8), &json!(1)));
    assert!(page["_links"].get("next").is_none());
    let old = client.json("/api/v2/account?with=users&free_users=Y").await;
    let users = page["_embedded"]["users"].as_array().unwrap();
    assert_eq!(users.len(), 8);
    for user in users {
        let old = &old["_embedded"]["users"][user["id"].to_string()];
        assert_eq!((&user["name"], &user["email"]), (&old["name"], &old["login"]));
        for name in ["is_admin", "is_free", "is_active"] {
            assert_eq!(user["rights"][name], old[name], "{user}");
        }
        assert_eq!(user["rights"]["group_id"].as_u64().unwrap_or(0), old["group_id"]);
    }
}

#[tokio::test]
async fn users_are_paged_and_can_be_asked_for_one_by_one() {
    let client = Client::with_token(small());
    let page = client.json("/api/v4/users?limit=3&page=3").await;
    assert_eq!((&page["_page"], &page["_page_count"]), (&json!(3), &json!(3)));
    assert!(page["_links"].get("next").is_none());
    let user = &page["_embedded"]["users"][1];
    assert_eq!(client.json(&format!("/api/v4/users/{}", user["id"])).await, *user);
    for path in ["/api/v4/users/5", "/api/v4/users?limit=3&page=4"] {
        assert_eq!(client.get(path).await.status(), StatusCode::NO_CONTENT, "{path}");
    }
}

#[tokio::test]
async fn telephone_role_and_group_of_users_come_if_asked_for() {
    let client = Client::with_token(small());
    for user in client.listed("/api/v4/users", "users").await {
        assert_eq!((user.get("phone_number"), user.get("_embedded")), (None, None));
    }
    let path = "/api/v4/users?with=phone_number,role,group";
    let old = client.json("/api/v2/account?with=users&free_users=Y").await;
    let roles = client.listed("/api/v4/roles", "roles").await;
    for user in client.listed(path, "users").await {
        let old = &old["_embedded"]["users"][user["id"].to_string()];
        assert_eq!(user["phone_number"], old["phone_number"]);
        let role = roles.iter().find(|role| role["id"] == user["rights"]["role_id"]);
        let has_none = user["rights"]["is_admin"] == true || user["rights"]["is_free"] == true;
        assert_eq!(role.is_none(), has_none);
        let names = ["id", "name", "_links"];
        let role = role.map(|role| names.map(|name| (name.to_owned(), role[name].clone())));
        let embedded: Vec<Value> = role.into_iter().map(Value::from_iter).collect();
        assert_eq!(user["_embedded"]["roles"], json!(embedded));
        assert_eq!(user["_embedded"]["groups"][0]["id"], user["rights"]["group_id"]);
    }
}

#[tokio::test]
async fn pipelines_are_those_of_v2_with_stages_in_the_order_of_sale() {
    let client = Client::with_token(small());
    let whole = client.json("/api/v4/leads/pipelines").await;
    let old = client.json("/api/v2/account?with=pipelines").await;
    let pipelines = whole["_embedded"]["pipelines"].as_array().unwrap();
    assert_eq!(whole["_total_items"], pipelines.len());
    for pipeline in pipelines {
        let old = &old["_embedded"]["pipelines"][pipeline["id"].to_string()];
        for name in ["name", "sort", "is_main"] {
            assert_eq!(pipeline[name], old[name]);
        }
        let statuses = pipeline["_embedded"]["statuses"].as_array().unwrap();
        assert_eq!(statuses.len(), old["statuses"].as_object().unwrap().len());
        assert!(statuses.is_sorted_by_key(|status| status["sort"].as_u64()));
        for status in statuses {
            let old = &old["statuses"][status["id"].to_string()];
            for name in ["name", "sort", "color", "is_editable"] {
                assert_eq!(status[name], old[name]);
            }
            assert_eq!(status["pipeline_id"], pipeline["id"]);
            assert_eq!(status["type"] == 1, status["name"] == "Неразобранное");
        }
        let path = format!("/api/v4/leads/pipelines/{}", pipeline["id"]);
        assert_eq!(client.json(&path).await, *pipeline);
        assert_eq!(client.listed(&format!("{path}/statuses"), "statuses").await, *statuses);
    }
}

#[tokio::test]
async fn a_pipeline_that_there_is_not_is_a_204() {
    let client = Client::with_token(small());
    for path in ["/api/v4/leads/pipelines/5", "/api/v4/leads/pipelines/5/statuses"] {
        assert_eq!(client.get(path).await.status(), StatusCode::NO_CONTENT, "{path}");
    }
}
