//! Bodies that are no pages: errors, results of tasks, the account.

use std::time::Duration;

use amocrm_client::account::about::read_about_v4;
use amocrm_client::endpoints::notes::v4::task_results;
use amocrm_client::http::error_body;
use amocrm_client::http::retry::{self, Decision, Failure};

use crate::{assert_showable, assert_showable_error};

/// Checks what is made of a body.
pub fn check(body: &[u8]) {
    let said = error_body::read(body);
    assert_showable(&said.detail);
    if let Some(code) = &said.code {
        assert_showable(code);
    }
    check_wait(said.retry_after);
    match task_results::read_results(Some(body)) {
        // R strings can't hold NUL.
        Ok(results) => assert!(results.values().all(|text| !text.contains('\0'))),
        Err(bad) => assert_showable_error(&bad),
    }
    match read_about_v4(Some(body)) {
        Ok(account) => assert_showable(&account.name),
        Err(bad) => assert_showable_error(&bad),
    }
}

/// Whatever wait a server asks for, patience ends.
fn check_wait(seconds: Option<u64>) {
    let asked = Failure::RateLimited(seconds.map(Duration::from_secs));
    let decision = retry::decide(1, asked, Duration::from_secs(2), 1.0, false);
    if let Decision::Wait(wait) = decision {
        assert!(wait <= Duration::from_secs(120));
    }
}
