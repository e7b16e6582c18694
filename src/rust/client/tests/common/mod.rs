//! A call to the sandbox, by its token.

use std::time::Duration;

use amocrm_client::account::{Api, Credentials};
use amocrm_client::query::{Outcome, Query, QueryJob, Settings};
use amocrm_sandbox::Sandbox;

/// How long a job may take.
const PATIENCE: Duration = Duration::from_secs(100);

/// As fast as the server answers. Without an API the one that a token asks for is taken.
pub fn settings(sandbox: &Sandbox, api: Option<Api>) -> Settings {
    Settings {
        domain: sandbox.url(),
        credentials: Credentials::Token(sandbox.access_token().to_owned().into()),
        rate: f64::INFINITY,
        timeout: Duration::from_secs(30),
        api,
        shared_rate: None,
        verbose: false,
    }
}

/// What comes of a call.
pub fn run(settings: Settings, query: Box<dyn Query>) -> Outcome {
    let mut job = QueryJob::start(settings, query).unwrap();
    assert!(job.is_done(PATIENCE), "the job does not end");
    job.finish()
}
