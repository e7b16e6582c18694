use amocrm_sandbox::Config;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::client::{Client, small};

const PATH: &str = "/oauth2/access_token";
const ACCOUNT: &str = "/api/v4/account";

/// What the integration says to get its first pair of tokens.
fn first(client: &Client) -> Value {
    json!({
        "client_id": client.sandbox.client_id(),
        "client_secret": client.sandbox.client_secret(),
        "redirect_uri": client.sandbox.redirect_uri(),
        "grant_type": "authorization_code",
        "code": client.sandbox.code(),
    })
}

/// What it says to get the next pair.
fn next(client: &Client, refresh_token: &str) -> Value {
    let mut body = first(client);
    body["grant_type"] = json!("refresh_token");
    body["refresh_token"] = json!(refresh_token);
    body
}

async fn post(client: &Client, body: &Value) -> Response {
    client.http.post(client.url(PATH)).json(body).send().await.unwrap()
}

async fn pair(client: &Client, body: &Value) -> (String, String) {
    let response = post(client, body).await;
    assert_eq!(response.status(), StatusCode::OK);
    let pair: Value = response.json().await.unwrap();
    let token = |name: &str| pair[name].as_str().unwrap().to_owned();
    (token("access_token"), token("refresh_token"))
}

async fn refusal(client: &Client, body: &Value) -> (u16, Value) {
    let response = post(client, body).await;
    assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
    (response.status().as_u16(), response.json().await.unwrap())
}

async fn status(client: &Client, path: &str, token: &str) -> u16 {
    let request = client.http.get(client.url(path)).bearer_auth(token);
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_code_is_exchanged_for_a_pair_of_tokens() {
    let client = Client::start(small());
    let response = post(&client, &first(&client)).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[CONTENT_TYPE], "application/json");
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["expires_in"], 86_400);
    assert!(body["server_time"].is_u64() && body["refresh_token"].is_string());
    assert_eq!(status(&client, ACCOUNT, body["access_token"].as_str().unwrap()).await, 200);
}

#[tokio::test]
async fn access_tokens_look_like_web_tokens() {
    let client = Client::start(small());
    let (access, _) = pair(&client, &first(&client)).await;
    for token in [access.as_str(), client.sandbox.access_token()] {
        let parts: Vec<_> = token.split('.').collect();
        assert_eq!(parts.len(), 3, "{token}");
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        assert!(parts.iter().all(|part| part.len() > 30 && part.bytes().all(fits)), "{token}");
        let claims: Value =
            serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
        assert_eq!(claims["aud"], client.sandbox.client_id());
        let life = claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap();
        let lives = if token == access { 86_400 } else { 5 * 365 * 86_400 };
        assert_eq!((life, &claims["account_id"]), (lives, &json!(28_614_203)));
    }
}

#[tokio::test]
async fn a_code_works_once() {
    let client = Client::start(small());
    pair(&client, &first(&client)).await;
    let (status, problem) = refusal(&client, &first(&client)).await;
    assert_eq!((status, &problem["status"]), (400, &json!(400)));
    assert_eq!(problem["hint"], "Authorization code has been revoked");
}

#[tokio::test]
async fn a_refresh_token_works_once_and_the_answer_to_the_second_try_says_so() {
    let client = Client::start(small());
    let (_, refresh) = pair(&client, &first(&client)).await;
    let (access, other) = pair(&client, &next(&client, &refresh)).await;
    assert_ne!(refresh, other);
    assert_eq!(status(&client, ACCOUNT, &access).await, 200);
    let (status, problem) = refusal(&client, &next(&client, &refresh)).await;
    assert_eq!(status, 401);
    let expected = json!({
        "hint": "Token has been revoked",
        "title": "Некорректный запрос",
        "type": "https://developers.amocrm.ru/v3/errors/OAuthProblemJson",
        "status": 401,
        "detail": "В запросе отсутствует ряд параметров или параметры невалидны",
    });
    assert_eq!(problem, expected);
    pair(&client, &next(&client, &other)).await;
}

#[tokio::test]
async fn of_many_who_refresh_at_once_one_wins() {
    let client = Client::start(small());
    let (_, refresh) = pair(&client, &first(&client)).await;
    let body = next(&client, &refresh);
    let mut requests = Vec::new();
    for _ in 0..20 {
        let request = client.http.post(client.url(PATH)).json(&body);
        requests.push(tokio::spawn(request.send()));
    }
    let mut statuses = Vec::new();
    for request in requests {
        statuses.push(request.await.unwrap().unwrap().status().as_u16());
    }
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200);
    assert_eq!(statuses[1..], [401; 19]);
}

#[tokio::test]
async fn every_mistake_is_a_problem_of_its_own() {
    let client = Client::start(small());
    for (field, wrong, status, hint) in [
        ("client_id", "other", 401, Value::Null),
        ("client_secret", "other", 401, Value::Null),
        ("redirect_uri", "https://sandbox.example/oauth/", 400, json!("Invalid redirect URI")),
        ("code", "other", 400, json!("Cannot decrypt the authorization code")),
        ("code", "", 400, json!("Check the `code` parameter")),
        ("grant_type", "", 400, json!("Check the `grant_type` parameter")),
        (
            "grant_type",
            "password",
            400,
            json!("Check that all required parameters have been provided"),
        ),
    ] {
        let mut body = first(&client);
        body[field] = json!(wrong);
        let (found, problem) = refusal(&client, &body).await;
        assert_eq!((found, &problem["hint"]), (status, &hint), "{field}: {problem}");
        assert!(problem["type"].as_str().unwrap().ends_with("OAuthProblemJson"));
    }
    let (status, problem) = refusal(&client, &next(&client, "other")).await;
    assert_eq!((status, &problem["hint"]), (401, &json!("Cannot decrypt the refresh token")));
    // None of this has spent the code.
    pair(&client, &first(&client)).await;
}

#[tokio::test]
async fn tokens_can_only_be_asked_for_with_post() {
    let client = Client::start(small());
    let response = client.get(PATH).await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
}

#[tokio::test]
async fn access_tokens_end_when_their_time_is_up_and_the_long_lived_one_does_not() {
    let client = Client::start(Config { token_seconds: 0, ..small() });
    let (access, _) = pair(&client, &first(&client)).await;
    assert_eq!(status(&client, ACCOUNT, &access).await, 401);
    assert_eq!(status(&client, ACCOUNT, client.sandbox.access_token()).await, 200);
}

#[tokio::test]
async fn expired_tokens_can_be_refreshed() {
    let client = Client::start(small());
    let (access, refresh) = pair(&client, &first(&client)).await;
    client.sandbox.expire_access_tokens();
    assert_eq!(status(&client, ACCOUNT, &access).await, 401);
    assert_eq!(status(&client, ACCOUNT, client.sandbox.access_token()).await, 200);
    let (access, _) = pair(&client, &next(&client, &refresh)).await;
    assert_eq!(status(&client, ACCOUNT, &access).await, 200);
}

#[tokio::test]
async fn revoked_tokens_are_gone_for_good() {
    let client = Client::start(small());
    let (access, refresh) = pair(&client, &first(&client)).await;
    client.sandbox.revoke_tokens();
    for token in [&access, client.sandbox.access_token()] {
        assert_eq!(status(&client, ACCOUNT, token).await, 401);
        assert_eq!(status(&client, "/api/v2/account", token).await, 401);
    }
    let (status, problem) = refusal(&client, &next(&client, &refresh)).await;
    assert_eq!((status, &problem["hint"]), (401, &json!("Token has been revoked")));
}

#[tokio::test]
async fn every_sandbox_has_secrets_of_its_own() {
    let (one, other) = (Client::start(small()), Client::start(small()));
    assert_ne!(one.sandbox.access_token(), other.sandbox.access_token());
    assert_ne!(one.sandbox.client_secret(), other.sandbox.client_secret());
    assert_ne!(one.sandbox.code(), other.sandbox.code());
}

#[tokio::test]
async fn the_log_knows_that_there_was_a_token_and_keeps_none() {
    let client = Client::start(small());
    let (access, refresh) = pair(&client, &first(&client)).await;
    status(&client, &format!("{ACCOUNT}?access_token={access}&with=version"), &access).await;
    client.get(ACCOUNT).await;
    let log = client.sandbox.requests();
    assert_eq!((log[0].path.as_str(), log[0].status, log[0].bearer), (PATH, 200, false));
    assert_eq!(log[1].query, "access_token=REDACTED&with=version");
    assert_eq!((log[1].bearer, log[1].status), (true, 200));
    assert_eq!((log[2].bearer, log[2].status), (false, 401));
    let text = format!("{log:?}");
    for secret in [&access, &refresh, client.sandbox.client_secret(), client.sandbox.code()] {
        assert!(!text.contains(secret));
    }
}

#[tokio::test]
async fn the_token_endpoint_can_be_spoilt() {
    use amocrm_sandbox::{Action, Fault};
    let action = Action::Status(500, Vec::new(), String::new());
    let faults = vec![Fault { path: PATH.to_owned(), nth: 0..1, action }];
    let client = Client::start(Config { faults, ..small() });
    assert_eq!(post(&client, &first(&client)).await.status(), StatusCode::INTERNAL_SERVER_ERROR);
    pair(&client, &first(&client)).await;
}

#[tokio::test]
async fn a_pair_that_was_lost_on_its_way_was_given_out() {
    use amocrm_sandbox::{Action, Fault};
    let faults = vec![Fault { path: PATH.to_owned(), nth: 0..1, action: Action::Lose }];
    let client = Client::start(Config { faults, ..small() });
    let body = first(&client);
    assert!(client.http.post(client.url(PATH)).json(&body).send().await.is_err());
    let refused = post(&client, &body).await;
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    let problem: Value = refused.json().await.unwrap();
    assert_eq!(problem["hint"], "Authorization code has been revoked");
}

#[tokio::test]
async fn the_life_of_a_token_may_be_anything() {
    use amocrm_sandbox::{Action, Fault};
    let action =
        Action::Replace("\"expires_in\":86400".to_owned(), "\"expires_in\":null".to_owned());
    let faults = vec![Fault { path: PATH.to_owned(), nth: 0..1, action }];
    let client = Client::start(Config { faults, ..small() });
    let pair: Value = post(&client, &first(&client)).await.json().await.unwrap();
    assert_eq!(pair["expires_in"], Value::Null);
    assert!(pair["refresh_token"].is_string());
}
