//! The tries of one request, and what to do after a failed one.

use std::time::{Duration, Instant};

use super::client::{Http, NoReply, Reply, Request};
use super::error_body::{self, ErrorBody};
use super::retry::{self, Decision, Failure};
use crate::bad_body::BadBody;
use crate::error::{At, Error};
use crate::sanitize::sanitize;

/// The tries of one request so far.
pub struct Attempts<'r> {
    request: &'r Request,
    started: Instant,
    tries: u32,
}

impl<'r> Attempts<'r> {
    /// No try yet.
    pub fn new(request: &'r Request) -> Self {
        Attempts { request, started: Instant::now(), tries: 0 }
    }

    /// After no answer: waits before the next try, or gives up.
    pub async fn after_no_reply(&mut self, http: &Http, no_reply: NoReply) -> Result<(), Error> {
        let NoReply { failure, detail, allowed, is_begun } = no_reply;
        let reason = format!("{}: {detail}", self.request.path());
        if self.wait_to_repeat(http, failure, &reason).await {
            return Ok(());
        }
        let at = Box::new(At { endpoint: self.request.endpoint(), ..At::default() });
        let tries = self.tries;
        Err(match failure {
            Failure::Timeout => {
                Error::Timeout { allowed: allowed.unwrap_or_default(), is_begun, tries, at }
            }
            Failure::Certificate => Error::Certificate { detail, at },
            _ => Error::Network { detail, tries, at },
        })
    }

    /// After a 200 whose body is not what was asked for.
    pub async fn after_bad_body(
        &mut self,
        http: &Http,
        reply: &Reply,
        what: &str,
        bad: BadBody,
    ) -> Result<(), Error> {
        let detail = if is_html(&reply.body) { HTML } else { &bad.detail };
        // Both may quote the server.
        let bad = BadBody { path: sanitize(&bad.path), detail: sanitize(detail) };
        let reason = format!("{what}: {}", bad.detail);
        if self.wait_to_repeat(http, Failure::BadBody, &reason).await {
            return Ok(());
        }
        Err(Error::Parse {
            page: what.to_owned(),
            path: bad.path,
            detail: bad.detail,
            at: reply.at(self.request),
        })
    }

    /// After any status but 200 and 204.
    pub async fn after_refusal(&mut self, http: &Http, reply: &Reply) -> Result<(), Error> {
        let said = error_body::read(&reply.body);
        let failure = match reply.status {
            429 => {
                let in_body = said.retry_after.map(Duration::from_secs);
                Failure::RateLimited(reply.retry_after.or(in_body))
            }
            status if retry::is_passing(status) => Failure::Server(status),
            _ => return Err(refusal(self.request, reply, said)),
        };
        let reason = format!("HTTP {}", reply.status);
        if self.wait_to_repeat(http, failure, &reason).await {
            return Ok(());
        }
        let at = reply.at(self.request);
        Err(if reply.status == 429 {
            let asked = match failure {
                Failure::RateLimited(asked) => asked,
                _ => None,
            };
            Error::RateLimited { tries: self.tries, asked, at }
        } else {
            Error::Http { detail: said.detail, at }
        })
    }

    /// Waits as the retry policy says; false when it says to stop.
    async fn wait_to_repeat(&mut self, http: &Http, failure: Failure, reason: &str) -> bool {
        self.tries += 1;
        let divisible = self.request.is_divisible();
        let elapsed = self.started.elapsed();
        let decision = retry::decide(self.tries, failure, elapsed, fastrand::f64(), divisible);
        let Decision::Wait(wait) = decision else {
            return false;
        };
        http.progress.log(|| {
            let (path, tries) = (self.request.path(), self.tries);
            format!("{path}: try {tries} failed ({reason}), again in {:.1} s", wait.as_secs_f64())
        });
        if let Failure::RateLimited(_) = failure {
            // The next request waits in the rate limiter, as all others do.
            http.pause(wait, reason);
        } else {
            http.progress.pausing(reason, wait);
            tokio::time::sleep(wait).await;
        }
        true
    }
}

/// What is wrong with an answer that is not JSON; R has the message.
const HTML: &str = "an HTML page";

fn is_html(body: &[u8]) -> bool {
    body.trim_ascii_start().starts_with(b"<")
}

/// The error for a status where another try can't help.
pub fn refusal(request: &Request, reply: &Reply, said: ErrorBody) -> Error {
    let at = reply.at(request);
    match reply.status {
        401 => Error::Auth {
            code: said.code.unwrap_or_else(|| "401".to_owned()),
            detail: said.detail,
            at,
        },
        403 if said.lacks_right => Error::Forbidden { detail: said.detail, at },
        403 => Error::Blocked { detail: said.detail, at },
        304 => Error::Http {
            detail: "the server says that nothing has changed, but sends no rows".to_owned(),
            at,
        },
        300..=399 => Error::Http { detail: redirected(reply), at },
        _ => Error::Http { detail: said.detail, at },
    }
}

/// Only the host of a redirect is shown: the rest may hold anything.
fn redirected(reply: &Reply) -> String {
    let host = reply
        .location
        .as_deref()
        .and_then(|location| url::Url::parse(location).ok())
        .and_then(|url| url.host_str().map(str::to_owned));
    match host {
        Some(host) => format!("the server redirects to {host}; credentials are not sent there"),
        None => "the server redirects elsewhere; credentials are not sent there".to_owned(),
    }
}
