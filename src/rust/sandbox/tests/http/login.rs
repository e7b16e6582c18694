use amocrm_sandbox::Config;
use reqwest::header::SET_COOKIE;
use reqwest::multipart::Form;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::client::{Client, small};

const LOGIN: &str = "/private/api/auth.php?type=json";
const ACCOUNT: &str = "/api/v2/account";

async fn is_in(client: &Client) -> bool {
    client.get(ACCOUNT).await.status() == StatusCode::OK
}

fn cookies(response: &Response) -> Vec<&str> {
    let headers = response.headers().get_all(SET_COOKIE).into_iter();
    headers.map(|value| value.to_str().unwrap()).collect()
}

#[tokio::test]
async fn a_form_logs_in_and_says_whose_account_it_is() {
    let client = Client::start(small());
    let body: Value = client.login().await.json().await.unwrap();
    let response = &body["response"];
    let account = &response["accounts"][0];
    assert_eq!(response["auth"], true);
    assert!(account["id"].is_string());
    assert_eq!(account["name"], "ООО «Северный ветер»");
    assert_eq!(account["subdomain"], "sandbox");
    assert_eq!(account["language"], "ru");
    assert_eq!(account["timezone"], "Europe/Moscow");
    assert!(response["user"]["id"].is_string());
    assert!(response["server_time"].is_u64());
    assert!(is_in(&client).await);
}

#[tokio::test]
async fn json_logs_in() {
    let client = Client::start(small());
    let body = json!({"USER_LOGIN": client.sandbox.email(), "USER_HASH": client.sandbox.apikey()});
    let response = client.http.post(client.url(LOGIN)).json(&body).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert!(is_in(&client).await);
}

#[tokio::test]
async fn json_without_a_media_type_logs_in() {
    let client = Client::start(small());
    let body = json!({"USER_LOGIN": client.sandbox.email(), "USER_HASH": client.sandbox.apikey()});
    let request = client.http.post(client.url(LOGIN)).body(body.to_string());
    assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn multipart_logs_in() {
    let client = Client::start(small());
    let form = client
        .credentials()
        .into_iter()
        .fold(Form::new(), |form, (name, value)| form.text(name, value));
    let response = client.http.post(client.url(LOGIN)).multipart(form).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert!(is_in(&client).await);
}

#[tokio::test]
async fn a_get_with_credentials_in_the_query_logs_in() {
    let client = Client::start(small());
    let request = client.http.get(client.url(LOGIN)).query(&client.credentials());
    assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
    assert!(is_in(&client).await);
}

#[tokio::test]
async fn without_type_json_the_answer_is_xml() {
    let client = Client::start(small());
    let url = client.url("/private/api/auth.php");
    let right = client.http.post(&url).form(&client.credentials()).send().await.unwrap();
    assert!(right.text().await.unwrap().contains("<root><auth>true</auth></root>"));
    let wrong = client.http.post(&url).send().await.unwrap();
    assert_eq!(wrong.status(), StatusCode::UNAUTHORIZED);
    assert!(wrong.text().await.unwrap().contains("<auth>false</auth>"));
}

#[tokio::test]
async fn three_cookies_come_without_a_domain() {
    let client = Client::start(small());
    let response = client.login().await;
    let cookies = cookies(&response);
    assert!(cookies[0].starts_with("session_id="));
    assert!(cookies[0].ends_with("; path=/; HttpOnly"));
    assert!(cookies[1].starts_with("BITRIX_SM_LOGIN=boss%40"));
    assert_eq!(cookies[2], "user_lang=ru; path=/");
    assert!(cookies.iter().all(|cookie| !cookie.contains("domain")));
}

#[tokio::test]
async fn a_wrong_key_is_refused_in_russian_with_code_110_as_text() {
    let client = Client::start(small());
    let fields = [("USER_LOGIN", client.sandbox.email()), ("USER_HASH", "wrong")];
    let response = client.http.post(client.url(LOGIN)).form(&fields).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert!(cookies(&response).is_empty());
    let body: Value = response.json().await.unwrap();
    let response = &body["response"];
    assert_eq!(response["error"], "Неправильный логин или пароль");
    assert_eq!(response["error_code"], "110");
    assert_eq!(response["auth"], false);
    assert_eq!(response["domain"], "sandbox.amocrm.ru");
    assert_eq!(response["ip"], "127.0.0.1");
}

#[tokio::test]
async fn nothing_of_v2_is_shown_to_strangers() {
    let client = Client::start(small());
    for path in [ACCOUNT, "/api/v2/notes?type=lead", "/api/v2/unheard_of"] {
        let response = client.get(path).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{path}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["response"]["error_code"], "110", "{path}");
    }
}

#[tokio::test]
async fn a_made_up_session_is_no_session() {
    let client = Client::start(small());
    let request = client.http.get(client.url(ACCOUNT)).header("cookie", "session_id=0123");
    assert_eq!(request.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn credentials_in_the_query_need_no_session() {
    let client = Client::start(small());
    let (email, key) = (client.sandbox.email(), client.sandbox.apikey());
    for names in [("USER_LOGIN", "USER_HASH"), ("login", "api_key")] {
        let query = [(names.0, email), (names.1, key)];
        let response = client.http.get(client.url(ACCOUNT)).query(&query).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{names:?}");
        let wrong = [(names.0, email), (names.1, "wrong")];
        let response = client.http.get(client.url(ACCOUNT)).query(&wrong).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{names:?}");
    }
}

#[tokio::test]
async fn sessions_end_when_their_time_is_up() {
    let config = Config { session_seconds: 0, ..small() };
    let client = Client::logged_in(config).await;
    assert!(!is_in(&client).await);
}

#[tokio::test]
async fn sessions_end_when_told_to_and_a_new_login_helps() {
    let client = Client::logged_in(small()).await;
    assert!(is_in(&client).await);
    client.sandbox.expire_sessions();
    assert!(!is_in(&client).await);
    client.login().await;
    assert!(is_in(&client).await);
}

#[tokio::test]
async fn every_sandbox_has_a_key_of_its_own() {
    let (one, other) = (Client::start(small()), Client::start(small()));
    assert_ne!(one.sandbox.apikey(), other.sandbox.apikey());
}

#[tokio::test]
async fn sessions_and_tokens_are_found_by_their_names_only() {
    let client = Client::start(small());
    let login = client.login().await;
    let session = cookies(&login)[0].split(';').next().unwrap().to_owned();
    let token = client.sandbox.access_token();
    let stranger = crate::client::builder().build().unwrap();
    for (name, value, status) in [
        ("cookie", format!("user_lang=ru; {session}"), 200),
        ("cookie", format!("user_lang=ru; my_{session}"), 401),
        ("authorization", format!("bearer {token}"), 200),
        ("authorization", format!("Basic {token}"), 401),
        ("authorization", "Bearer made.up.token".to_owned(), 401),
    ] {
        let request = stranger.get(client.url("/api/v2/account")).header(name, &value);
        assert_eq!(request.send().await.unwrap().status(), status, "{value}");
    }
}
