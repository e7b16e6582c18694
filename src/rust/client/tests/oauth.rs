//! A pair of tokens is never lost between the server and the file, whatever
//! happens to the call; over real HTTP, against the sandbox.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use amocrm_client::account::{Api, Credentials, Integration};
use amocrm_client::endpoints::notes::{NotesQuery, NotesRequest};
use amocrm_client::error::Error;
use amocrm_client::progress::JobWarning;
use amocrm_client::query::{QueryJob, Settings};
use amocrm_sandbox::{Action, Config, Fault, NoteCounts, Sandbox};

const PATIENCE: Duration = Duration::from_secs(100);

/// An account, and a file for its tokens that goes away with the test.
struct Case {
    sandbox: Sandbox,
    file: PathBuf,
}

impl Case {
    fn new(name: &str, faults: Vec<Fault>) -> Self {
        let config = Config { notes: NoteCounts::each(5), v2: false, faults, ..Config::default() };
        let unique = format!("amocrm-oauth-{}-{name}", std::process::id());
        let file = std::env::temp_dir().join(unique).join("tokens.json");
        Case { sandbox: Sandbox::start(config).unwrap(), file }
    }

    fn folder(&self) -> &Path {
        self.file.parent().unwrap()
    }

    fn start(&self, kinds: &[&str]) -> QueryJob {
        let integration = Integration {
            client_id: self.sandbox.client_id().to_owned(),
            client_secret: self.sandbox.client_secret().to_owned().into(),
            redirect_uri: self.sandbox.redirect_uri().to_owned(),
            code: Some(self.sandbox.code().to_owned().into()),
            token_file: self.file.clone(),
        };
        let settings = Settings {
            domain: self.sandbox.url(),
            credentials: Credentials::OAuth(integration),
            rate: f64::INFINITY,
            shared_rate: None,
            timeout: Duration::from_secs(30),
            api: Some(Api::V4),
            verbose: false,
        };
        let request = NotesRequest {
            kinds: kinds.iter().map(ToString::to_string).collect(),
            limit: 500,
            note_types: vec!["4".to_owned()],
            ..NotesRequest::default()
        };
        QueryJob::start(settings, Box::new(NotesQuery::new(request))).unwrap()
    }

    /// A call from its start to its end: its error, and what it told.
    fn run(&self, kinds: &[&str]) -> (Option<Error>, Vec<JobWarning>) {
        let mut job = self.start(kinds);
        assert!(job.is_done(PATIENCE), "the job does not end");
        let error = job.finish().error;
        (error, job.progress().take_warnings())
    }

    /// The answers of the token end-point.
    fn bought(&self) -> Vec<u16> {
        let log = self.sandbox.requests();
        log.iter()
            .filter(|request| request.path == "/oauth2/access_token")
            .map(|r| r.status)
            .collect()
    }

    fn wait_for_purchase(&self, job: &QueryJob, number: usize) {
        while self.bought().len() < number {
            assert!(!job.is_done(Duration::from_millis(1)), "the job has ended before");
        }
    }
}

impl Drop for Case {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(self.folder());
    }
}

fn late(path: &str, nth: std::ops::Range<u64>, milliseconds: u64) -> Fault {
    let action = Action::Delay(Duration::from_millis(milliseconds));
    Fault { path: path.to_owned(), nth, action }
}

#[test]
fn a_call_that_is_cancelled_while_it_buys_tokens_waits_for_them() {
    let case = Case::new("cancelled", vec![late("/oauth2/", 0..1, 300)]);
    let mut job = case.start(&["lead"]);
    case.wait_for_purchase(&job, 1);
    job.finish();
    assert!(case.file.exists());
    assert_eq!(case.run(&["lead"]), (None, vec![]));
    assert_eq!(case.bought(), [200]);
}

#[test]
fn calls_that_are_cancelled_at_any_moment_of_a_purchase_never_lose_the_access_50_times() {
    let case = Case::new("any-moment", vec![late("/oauth2/", 0..1000, 5)]);
    for round in 0..50 {
        let mut job = case.start(&["lead"]);
        case.wait_for_purchase(&job, round + 1);
        job.is_done(Duration::from_millis(round as u64 % 10));
        job.finish();
        case.sandbox.expire_access_tokens();
    }
    assert_eq!(case.run(&["lead"]), (None, vec![]));
    assert_eq!(case.bought(), [200; 51]);
}

#[test]
fn an_error_of_another_list_does_not_lose_the_tokens_that_are_being_bought() {
    let ends = |path: &str, status| Fault {
        path: path.to_owned(),
        nth: 0..1,
        action: Action::Status(status, vec![], String::new()),
    };
    let case = Case::new(
        "other-list",
        vec![
            ends("/contacts/notes", 401),
            ends("/leads/notes", 402),
            late("/leads/notes", 0..1, 100),
            // Once with the code, and then after the 401.
            late("/oauth2/", 1..2, 500),
        ],
    );
    let (error, _) = case.run(&["contact", "lead"]);
    assert!(matches!(&error, Some(Error::Http { at, .. }) if at.status == Some(402)), "{error:?}");
    assert_eq!(case.bought(), [200, 200]);
    case.sandbox.expire_access_tokens();
    assert_eq!(case.run(&["contact", "lead"]), (None, vec![]));
    assert_eq!(case.bought(), [200, 200, 200]);
}

#[test]
fn tokens_that_can_not_be_written_are_used_and_told_of_and_written_later() {
    let case = Case::new("unwritten", vec![late("/oauth2/", 1..2, 300)]);
    assert_eq!(case.run(&["lead"]), (None, vec![]));
    case.sandbox.expire_access_tokens();

    let away = case.file.with_extension("away");
    let mut job = case.start(&["lead"]);
    case.wait_for_purchase(&job, 2);
    std::fs::rename(&case.file, &away).unwrap();
    std::fs::create_dir(&case.file).unwrap();
    assert!(job.is_done(PATIENCE));
    assert_eq!(job.finish().error, None);
    let told = job.progress().take_warnings();
    assert!(matches!(told[..], [JobWarning::Unsaved(Error::TokenFile { .. })]), "{told:?}");
    assert_eq!(case.run(&["lead"]), (None, vec![]));

    std::fs::remove_dir(&case.file).unwrap();
    std::fs::rename(&away, &case.file).unwrap();
    let spent = std::fs::read(&case.file).unwrap();
    assert_eq!(case.run(&["lead"]), (None, vec![]));
    assert_ne!(std::fs::read(&case.file).unwrap(), spent);
    case.sandbox.expire_access_tokens();
    assert_eq!(case.run(&["lead"]), (None, vec![]));
    assert_eq!(case.bought(), [200, 200, 200]);
}

#[test]
fn nothing_is_bought_that_could_not_be_written() {
    let case = Case::new("no-room", vec![]);
    assert_eq!(case.run(&["lead"]), (None, vec![]));
    case.sandbox.expire_access_tokens();
    let in_the_way = case.folder().join("tokens.json.new");
    std::fs::create_dir_all(&in_the_way).unwrap();
    let (error, _) = case.run(&["lead"]);
    assert!(matches!(error, Some(Error::TokenFile { .. })), "{error:?}");
    assert_eq!(case.bought(), [200]);
    std::fs::remove_dir(in_the_way).unwrap();
    assert_eq!(case.run(&["lead"]), (None, vec![]));
}

#[test]
fn tokens_of_a_life_that_is_not_known_are_used_until_they_are_refused() {
    let case = Case::new("life", vec![]);
    assert_eq!(case.run(&["lead"]), (None, vec![]));
    let kept = std::fs::read_to_string(&case.file).unwrap();
    let end = kept.find("\"expires_at\"").unwrap();
    std::fs::write(&case.file, format!("{}\"expires_at\":null}}", &kept[..end])).unwrap();
    case.sandbox.expire_access_tokens();
    for _ in 0..2 {
        assert_eq!(case.run(&["lead"]), (None, vec![]));
    }
    assert_eq!(case.bought(), [200, 200]);
}
