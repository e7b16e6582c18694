//! A client that is logged in.

use amocrm_sandbox::{Config, NoteCounts, Sandbox};
use reqwest::header::{AUTHORIZATION, HeaderMap};
use reqwest::{Response, StatusCode};
use serde_json::Value;

/// A sandbox and a client with a cookie jar.
pub struct Client {
    pub sandbox: Sandbox,
    pub http: reqwest::Client,
}

/// A plain HTTP client. Tested together with the client crate, reqwest is
/// built with TLS, which wants to know who does the cryptography.
pub fn builder() -> reqwest::ClientBuilder {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
}

/// A small account.
pub fn small() -> Config {
    Config { notes: NoteCounts::each(60), ..Config::default() }
}

impl Client {
    /// Starts a sandbox, without logging in.
    pub fn start(config: Config) -> Self {
        let http = builder();
        let http = http.cookie_store(true).redirect(reqwest::redirect::Policy::none());
        Self { sandbox: Sandbox::start(config).unwrap(), http: http.build().unwrap() }
    }

    /// Starts a sandbox and logs in.
    pub async fn logged_in(config: Config) -> Self {
        let client = Self::start(config);
        assert_eq!(client.login().await.status(), StatusCode::OK);
        client
    }

    /// Starts a sandbox and carries its long-lived token along, no cookie.
    pub fn with_token(config: Config) -> Self {
        let sandbox = Sandbox::start(config).unwrap();
        let token = format!("Bearer {}", sandbox.access_token()).parse().unwrap();
        let headers = HeaderMap::from_iter([(AUTHORIZATION, token)]);
        Self { sandbox, http: builder().default_headers(headers).build().unwrap() }
    }

    /// The rows that a page of API v4 lists under `name`; none for a 204.
    pub async fn listed(&self, path: &str, name: &str) -> Vec<Value> {
        list_of(self.get(path).await, name).await
    }

    /// The rows of all pages of API v4 up to a 204. The path ends in a query.
    pub async fn all(&self, path: &str, name: &str) -> Vec<Value> {
        let mut rows = Vec::new();
        for page in 1.. {
            let more = self.listed(&format!("{path}&page={page}"), name).await;
            if more.is_empty() {
                break;
            }
            rows.extend(more);
        }
        rows
    }

    /// Posts the right credentials as a form.
    pub async fn login(&self) -> Response {
        let url = self.url("/private/api/auth.php?type=json");
        self.http.post(url).form(&self.credentials()).send().await.unwrap()
    }

    /// The right credentials.
    pub fn credentials(&self) -> [(&'static str, String); 2] {
        [
            ("USER_LOGIN", self.sandbox.email().to_owned()),
            ("USER_HASH", self.sandbox.apikey().to_owned()),
        ]
    }

    pub fn url(&self, path: &str) -> String {
        self.sandbox.url() + path
    }

    /// The answer to a GET.
    pub async fn get(&self, path: &str) -> Response {
        self.http.get(self.url(path)).send().await.unwrap()
    }

    /// The body of the answer to a GET, read as JSON.
    pub async fn json(&self, path: &str) -> Value {
        self.get(path).await.json().await.unwrap()
    }

    /// The rows of a page; none for a 204.
    pub async fn rows(&self, query: &str) -> Vec<Value> {
        rows_of(self.get(&format!("/api/v2/notes?{query}")).await).await
    }

    /// The ids of the rows of a page.
    pub async fn ids(&self, query: &str) -> Vec<u64> {
        ids_of(&self.rows(query).await)
    }
}

/// The rows of an answer of API v2; none for a 204.
pub async fn rows_of(response: Response) -> Vec<Value> {
    list_of(response, "items").await
}

async fn list_of(response: Response, name: &str) -> Vec<Value> {
    if response.status() == StatusCode::NO_CONTENT {
        assert_eq!(response.bytes().await.unwrap().len(), 0);
        return Vec::new();
    }
    assert_eq!(response.status(), StatusCode::OK);
    let mut page: Value = response.json().await.unwrap();
    match page["_embedded"][name].take() {
        Value::Array(rows) => rows,
        other => panic!("no list of rows: {other}"),
    }
}

/// The ids of rows.
pub fn ids_of(rows: &[Value]) -> Vec<u64> {
    rows.iter().map(|row| row["id"].as_u64().unwrap()).collect()
}

/// The text of a task's result, in each form that API v4 has; null without one.
pub fn result_text(task: &Value) -> &Value {
    match &task["result"] {
        Value::Array(results) => results.first().map_or(&Value::Null, |result| &result["text"]),
        Value::Object(result) => &result["text"],
        text => text,
    }
}
