//! Tokens, OAuth and API v4 over real HTTP, against the sandbox.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::PathBuf;
use std::time::Duration;

use amocrm_client::account::time_zone::Moment;
use amocrm_client::account::{Api, Credentials, Integration};
use amocrm_client::endpoints::notes::{NotesQuery, NotesRequest};
use amocrm_client::error::Error;
use amocrm_client::job::Job;
use amocrm_client::query::{Outcome, QueryJob, Settings, Warning, start_login};
use amocrm_sandbox::{Action, Config, Fault, NoteCounts, Request, Sandbox};

const PATIENCE: Duration = Duration::from_secs(100);

fn sandbox(config: Config) -> Sandbox {
    Sandbox::start(config).unwrap()
}

/// An account where API v2 is gone.
fn modern(rows: u64) -> Config {
    Config { notes: NoteCounts::each(rows), v2: false, ..Config::default() }
}

fn fault(path: &str, nth: std::ops::Range<u64>, action: Action) -> Fault {
    Fault { path: path.to_owned(), nth, action }
}

fn with(sandbox: &Sandbox, credentials: Credentials) -> Settings {
    Settings {
        domain: sandbox.url(),
        credentials,
        rate: f64::INFINITY,
        shared_rate: None,
        timeout: Duration::from_secs(30),
        api: None,
        verbose: false,
    }
}

fn token(sandbox: &Sandbox) -> Settings {
    with(sandbox, Credentials::Token(sandbox.access_token().to_owned().into()))
}

fn integration(sandbox: &Sandbox, file: &TokenFile) -> Integration {
    Integration {
        client_id: sandbox.client_id().to_owned(),
        client_secret: sandbox.client_secret().to_owned().into(),
        redirect_uri: sandbox.redirect_uri().to_owned(),
        code: Some(sandbox.code().to_owned().into()),
        token_file: file.0.clone(),
    }
}

fn oauth(sandbox: &Sandbox, file: &TokenFile) -> Settings {
    with(sandbox, Credentials::OAuth(integration(sandbox, file)))
}

/// A file that goes away with the test.
struct TokenFile(PathBuf);

impl TokenFile {
    fn new(name: &str) -> Self {
        let unique = format!("amocrm-tokens-{}-{name}", std::process::id());
        TokenFile(std::env::temp_dir().join(unique).join("tokens.json"))
    }
}

impl Drop for TokenFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(self.0.parent().unwrap());
    }
}

fn ask(kind: &str, note_types: &[&str]) -> NotesRequest {
    NotesRequest {
        kinds: vec![kind.to_owned()],
        limit: 500,
        note_types: note_types.iter().map(ToString::to_string).collect(),
        ..NotesRequest::default()
    }
}

fn run(settings: Settings, request: NotesRequest) -> Outcome {
    let mut job = QueryJob::start(settings, Box::new(NotesQuery::new(request))).unwrap();
    assert!(job.is_done(PATIENCE), "the job does not end");
    job.finish()
}

fn rows(notes: &Outcome) -> u32 {
    assert_eq!(notes.error, None);
    notes.tables.iter().map(|(_, table)| table.rows()).sum()
}

fn log_in(settings: Settings) -> Result<String, Error> {
    let mut job: Job<String> = start_login(settings).unwrap();
    assert!(job.is_done(PATIENCE));
    job.take().unwrap()
}

fn requests_to(sandbox: &Sandbox, path: &str) -> Vec<Request> {
    sandbox.requests().into_iter().filter(|request| request.path.starts_with(path)).collect()
}

#[test]
fn a_token_uses_v2_where_it_answers_and_finds_that_out_once() {
    let sandbox = sandbox(Config { notes: NoteCounts::each(20), ..Config::default() });
    for _ in 0..2 {
        let notes = run(token(&sandbox), ask("lead", &[]));
        assert_eq!((rows(&notes), notes.api), (20, Some(Api::V2)));
    }
    // And once for the time zone.
    assert_eq!(requests_to(&sandbox, "/api/v2/account").len(), 2);
}

#[test]
fn a_token_uses_v4_where_v2_is_gone_and_finds_that_out_once() {
    let sandbox = sandbox(modern(20));
    for _ in 0..2 {
        let notes = run(token(&sandbox), ask("contact", &["10"]));
        assert_eq!((notes.error.clone(), notes.api), (None, Some(Api::V4)));
    }
    assert_eq!(requests_to(&sandbox, "/api/v2/account").len(), 1);
}

#[test]
fn whatever_stands_in_for_v2_but_is_no_account_means_v4() {
    for body in ["<html>login</html>", "", "{}", "[]", "null", "{\"id\":null}", "{\"error\":1}"] {
        let fault = Fault {
            path: "/api/v2/".to_owned(),
            nth: 0..999,
            action: Action::Body(body.to_owned()),
        };
        let sandbox = sandbox(Config { faults: vec![fault], ..modern(20) });
        let notes = run(token(&sandbox), ask("contact", &["10"]));
        assert_eq!((notes.error, notes.api), (None, Some(Api::V4)), "{body}");
        assert_eq!(requests_to(&sandbox, "/api/v2/").len(), 1, "{body}");
    }
}

#[test]
fn the_api_can_be_chosen_but_v4_takes_no_key() {
    let sandbox = sandbox(Config { notes: NoteCounts::each(20), ..Config::default() });
    let v4 = Settings { api: Some(Api::V4), ..token(&sandbox) };
    assert_eq!(run(v4, ask("lead", &["4"])).api, Some(Api::V4));
    let key = Credentials::Key {
        email: sandbox.email().to_owned(),
        apikey: sandbox.apikey().to_owned().into(),
    };
    let v4 = Settings { api: Some(Api::V4), ..with(&sandbox, key) };
    let error = run(v4, ask("lead", &["4"])).error;
    assert!(matches!(error, Some(Error::Input { argument: "amocrm.api", .. })), "{error:?}");
}

#[test]
fn a_revoked_token_is_an_auth_error_and_not_tried_again() {
    let sandbox = sandbox(modern(20));
    sandbox.revoke_tokens();
    let error = run(token(&sandbox), ask("lead", &[])).error;
    let Some(Error::Auth { code, at, .. }) = error else { panic!("{error:?}") };
    assert_eq!((code.as_str(), at.status), ("401", Some(401)));
    assert!(sandbox.requests().len() <= 6, "{:?}", sandbox.requests());
}

#[test]
fn trying_a_token_gives_the_accounts_name() {
    let sandbox = sandbox(modern(1));
    assert!(!log_in(token(&sandbox)).unwrap().is_empty());
    let wrong = with(&sandbox, Credentials::Token("no.such.token".to_owned().into()));
    assert!(matches!(log_in(wrong), Err(Error::Auth { .. })));
}

#[test]
fn a_code_is_exchanged_once_and_the_tokens_are_kept() {
    let sandbox = sandbox(modern(5));
    let file = TokenFile::new("exchange");
    for _ in 0..2 {
        rows(&run(oauth(&sandbox, &file), ask("lead", &["4"])));
    }
    assert_eq!(requests_to(&sandbox, "/oauth2/").len(), 1);
    let kept = std::fs::read_to_string(&file.0).unwrap();
    assert!(kept.contains("refresh_token") && !kept.contains(sandbox.client_secret()));
}

#[test]
fn an_ended_access_token_is_renewed_in_the_middle_without_losing_a_page() {
    let config = Config {
        faults: vec![fault("/contacts/notes", 3..4, Action::Status(401, vec![], String::new()))],
        ..modern(1200)
    };
    let sandbox = sandbox(config);
    let file = TokenFile::new("renew");
    let whole = rows(&run(token(&sandbox), ask("contact", &["4"])));
    assert_eq!(rows(&run(oauth(&sandbox, &file), ask("contact", &["4"]))), whole);
    sandbox.expire_access_tokens();
    assert_eq!(rows(&run(oauth(&sandbox, &file), ask("contact", &["4"]))), whole);
    let bought = requests_to(&sandbox, "/oauth2/");
    // With the code, after the 401 on a page, and after the end of the tokens.
    assert_eq!(bought.iter().map(|request| request.status).collect::<Vec<_>>(), [200, 200, 200]);
}

#[test]
fn access_tokens_near_their_end_are_renewed_before_they_are_used() {
    let sandbox = sandbox(Config { token_seconds: 200, ..modern(5) });
    let file = TokenFile::new("early");
    for _ in 0..3 {
        rows(&run(oauth(&sandbox, &file), ask("lead", &["4"])));
    }
    let log = sandbox.requests();
    assert!(log.iter().all(|request| request.status != 401), "{log:?}");
    assert!(requests_to(&sandbox, "/oauth2/").len() >= 3);
}

#[test]
fn a_spent_refresh_token_is_an_auth_error() {
    let sandbox = sandbox(modern(5));
    let file = TokenFile::new("spent");
    rows(&run(oauth(&sandbox, &file), ask("lead", &["4"])));
    // Somebody else used the refresh token.
    let kept = std::fs::read_to_string(&file.0).unwrap();
    let spent = kept.replace("\"refresh_token\":\"", "\"refresh_token\":\"x");
    std::fs::write(&file.0, spent).unwrap();
    sandbox.revoke_tokens();
    let error = run(oauth(&sandbox, &file), ask("lead", &["4"])).error;
    let Some(Error::Auth { code, .. }) = error else { panic!("{error:?}") };
    assert_eq!(code, "oauth");
}

#[test]
fn a_new_code_helps_when_the_kept_tokens_are_spent() {
    let sandbox = sandbox(modern(5));
    let file = TokenFile::new("new-code");
    std::fs::create_dir_all(file.0.parent().unwrap()).unwrap();
    let spent = format!(
        r#"{{"account":"{}/","client_id":"{}","access_token":"a","refresh_token":"r","expires_at":0}}"#,
        sandbox.url(),
        sandbox.client_id()
    );
    std::fs::write(&file.0, spent).unwrap();
    rows(&run(oauth(&sandbox, &file), ask("lead", &["4"])));
    let bought = requests_to(&sandbox, "/oauth2/");
    assert_eq!(bought.iter().map(|request| request.status).collect::<Vec<_>>(), [401, 200]);
}

#[test]
fn tokens_of_another_account_are_not_sent() {
    let (ours, theirs) = (sandbox(modern(5)), sandbox(modern(5)));
    let file = TokenFile::new("foreign");
    rows(&run(oauth(&ours, &file), ask("lead", &["4"])));
    let error = run(oauth(&theirs, &file), ask("lead", &["4"])).error;
    assert!(matches!(error, Some(Error::TokenFile { .. })), "{error:?}");
    assert!(theirs.requests().is_empty());
}

#[test]
fn a_token_does_not_follow_a_redirect() {
    let elsewhere = sandbox(modern(5));
    for path in ["/api/v4/account", "/api/v4/leads/notes", "/api/v4/events", "/oauth2/"] {
        let redirect = Action::Redirect(format!("{}/somewhere", elsewhere.url()));
        let config = Config { faults: vec![fault(path, 0..99, redirect)], ..modern(5) };
        let sandbox = sandbox(config);
        let file = TokenFile::new("redirect");
        let settings = if path == "/oauth2/" { oauth(&sandbox, &file) } else { token(&sandbox) };
        assert!(run(settings, ask("lead", &["3", "4"])).error.is_some(), "{path}");
    }
    assert!(elsewhere.requests().is_empty());
}

#[test]
fn pages_of_notes_and_events_come_whole_in_an_order_that_is_asked_for() {
    let sandbox = sandbox(Config { notes: NoteCounts::each(3000), ..Config::default() });
    for code in ["3", "4", "11"] {
        let v2 =
            rows(&run(Settings { api: Some(Api::V2), ..token(&sandbox) }, ask("lead", &[code])));
        let v4 = Settings { api: Some(Api::V4), ..token(&sandbox) };
        assert_eq!(rows(&run(v4, ask("lead", &[code]))), v2, "type {code}");
    }
    let lists = sandbox.requests().into_iter().filter(|request| {
        request.path.ends_with("/notes") && request.path.contains("v4")
            || request.path.ends_with("/events")
    });
    assert!(lists.into_iter().all(|request| request.query.contains("order")));
}

#[test]
fn an_empty_page_in_the_middle_is_asked_for_again() {
    let config =
        Config { faults: vec![fault("notes?page=2&", 0..2, Action::EmptyPage)], ..modern(12_000) };
    let whole = rows(&run(token(&sandbox(modern(12_000))), ask("lead", &["11"])));
    assert!(whole > 500, "{whole} rows are too few for three pages");
    assert_eq!(rows(&run(token(&sandbox(config)), ask("lead", &["11"]))), whole);
}

#[test]
fn a_page_that_stays_empty_is_an_error_that_names_it() {
    let config =
        Config { faults: vec![fault("notes?page=2&", 0..99, Action::EmptyPage)], ..modern(12_000) };
    let notes = run(token(&sandbox(config)), ask("lead", &["11"]));
    // The first page says that there is a next one, and page 3 has rows.
    match notes.error {
        Some(Error::Incomplete { pages, .. }) => assert_eq!(pages, ["lead notes, page 2"]),
        other => panic!("{other:?}"),
    }
}

#[test]
fn filters_are_the_servers_and_ours() {
    let sandbox = sandbox(modern(2000));
    let whole = rows(&run(token(&sandbox), ask("lead", &["3"])));
    let since = Some(Moment::Epoch(1_735_678_800));
    let recent = rows(&run(token(&sandbox), NotesRequest { since, ..ask("lead", &["3"]) }));
    assert!(0 < recent && recent < whole, "{recent} of {whole}");
}

#[test]
fn a_code_that_v4_keeps_nowhere_is_told_and_gives_no_rows() {
    let sandbox = sandbox(modern(20));
    let notes = run(token(&sandbox), ask("lead", &["99"]));
    assert_eq!(rows(&notes), 0);
    assert_eq!(notes.warnings, [Warning::NoSource(vec!["99".to_owned()])]);
}

#[test]
fn an_account_without_customers_has_an_empty_table_and_is_told_so() {
    let sandbox = sandbox(Config { kommo: true, ..modern(20) });
    for kinds in [&["lead", "customer"][..], &["customer"]] {
        let kinds: Vec<String> = kinds.iter().map(ToString::to_string).collect();
        let last = kinds.len() - 1;
        let notes = run(token(&sandbox), NotesRequest { kinds, ..ask("lead", &["4"]) });
        assert_eq!(notes.error, None);
        assert_eq!(notes.tables[last].1.rows(), 0);
        assert_eq!(notes.warnings, [Warning::NoCustomers]);
    }
}

#[test]
fn a_kommo_429_says_in_its_body_how_long_to_wait() {
    let body = r#"{"title":"Too Many Requests","status":429,"retry_after":0}"#.to_owned();
    let config = Config {
        faults: vec![fault("/leads/notes", 0..1, Action::Status(429, vec![], body))],
        kommo: true,
        ..modern(20)
    };
    assert!(run(token(&sandbox(config)), ask("lead", &["4"])).error.is_none());
}
