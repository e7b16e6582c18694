//! One HTTP exchange: a request is sent, and its answer read. Nothing is repeated
//! here.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use reqwest::{Method, RequestBuilder, Response};
use url::Url;

use crate::error::At;
use crate::http::connections::{Connections, causes};
use crate::http::departure;
use crate::http::rate_limiter::{RateLimiter, Slot};
use crate::http::retry::Failure;
use crate::progress::{JobWarning, Progress};
use crate::sanitize::sanitize_to;

/// The largest body. No page of either API is larger.
const MAX_BODY: usize = 64 << 20;

/// The longest time of a whole answer, in units of the time that the server may be
/// silent. Otherwise a byte now and then could go on for ever.
pub const WHOLE_ANSWER: u32 = 3;

/// Characters of a request's id that are kept.
const MAX_ID: usize = 100;

/// Sends requests to one account for one job.
#[derive(Clone)]
pub struct Http {
    connections: Connections,
    base: Url,
    /// How long the server may be silent.
    timeout: Duration,
    limiter: Arc<RateLimiter>,
    /// Counters of the job.
    pub progress: Arc<Progress>,
}

/// A request that can be sent more than once.
#[derive(Clone, Debug)]
pub struct Request {
    method: Method,
    path: Cow<'static, str>,
    query: Vec<(String, String)>,
    headers: Vec<(&'static str, String)>,
    divisible: bool,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// `X-Request-Id`.
    pub request_id: Option<String>,
    /// What `Retry-After` asks for.
    pub retry_after: Option<Duration>,
    /// `Location` of a redirect.
    pub location: Option<String>,
    /// The body, at most 64 MB.
    pub body: Vec<u8>,
    /// Time from sending to the end of the body.
    pub elapsed: Duration,
}

/// Why there is no answer.
#[derive(Debug)]
pub struct NoReply {
    /// What kind of failure.
    pub failure: Failure,
    /// The cause, without the URL.
    pub detail: String,
    /// The time that was allowed, when it was too short.
    pub allowed: Option<Duration>,
    /// Whether a part of the answer had come by then.
    pub is_begun: bool,
}

impl NoReply {
    fn new(failure: Failure, detail: String) -> Self {
        NoReply { failure, detail, allowed: None, is_begun: false }
    }

    fn late(allowed: Duration) -> Self {
        let detail = "the answer timed out".to_owned();
        NoReply { allowed: Some(allowed), ..NoReply::new(Failure::Timeout, detail) }
    }
}

impl Request {
    /// A GET of `path`, which begins with `/`.
    pub fn get(path: impl Into<Cow<'static, str>>) -> Self {
        Request {
            method: Method::GET,
            path: path.into(),
            query: Vec::new(),
            headers: Vec::new(),
            divisible: false,
        }
    }

    /// Says that the request can be split into smaller ones.
    #[must_use]
    pub fn divisible(mut self, divisible: bool) -> Self {
        self.divisible = divisible;
        self
    }

    /// Whether it can be split into smaller ones.
    pub fn is_divisible(&self) -> bool {
        self.divisible
    }

    /// A POST to `path`; the body is given when it is sent.
    pub fn post(path: impl Into<Cow<'static, str>>) -> Self {
        Request { method: Method::POST, ..Request::get(path) }
    }

    /// Adds a query parameter.
    #[must_use]
    pub fn query(mut self, name: &str, value: &(impl ToString + ?Sized)) -> Self {
        self.query.push((name.to_owned(), value.to_string()));
        self
    }

    /// Adds a query parameter for each value.
    #[must_use]
    pub fn queries<T: ToString>(self, name: &str, values: &[T]) -> Self {
        values.iter().fold(self, |request, value| request.query(name, value))
    }

    /// Puts query parameters in front of those that it has.
    #[must_use]
    pub fn query_before(mut self, parameters: &[(&str, String)]) -> Self {
        let named = parameters.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        self.query.splice(0..0, named);
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Whether a status without a body means that there are no records: 204, or 304
    /// if only changed records are asked for.
    pub fn is_answered_by_nothing(&self, status: u16) -> bool {
        let is_conditional = self.headers.iter().any(|(name, _)| *name == "if-modified-since");
        status == 204 || (status == 304 && is_conditional)
    }

    /// Whether it has a filter, rather than asking for a page of all records.
    pub fn is_filtered(&self) -> bool {
        const OF_ALL: [&str; 7] =
            ["limit_rows", "limit_offset", "page_size", "page", "limit", "with", "type"];
        let is_of_all = |(name, _): &(String, String)| {
            OF_ALL.contains(&name.as_str()) || name.starts_with("order")
        };
        !self.headers.is_empty() || !self.query.iter().all(is_of_all)
    }

    /// Whether the list is asked for in the order of ids or of time, the first ones first.
    pub fn rises(&self) -> bool {
        let rises = |(name, value): &(String, String)| {
            matches!(name.as_str(), "order[id]" | "order[created_at]") && value == "asc"
        };
        self.query.iter().any(rises)
    }

    /// The query as it reads before encoding. It never holds credentials.
    pub fn shown_query(&self) -> String {
        let pairs: Vec<String> =
            self.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("&")
    }

    /// The query for the log, with the values of paging only.
    fn redacted_query(&self) -> String {
        const SHOWN: [&str; 5] = ["limit_rows", "limit_offset", "page", "limit", "type"];
        let shown = |(name, value): &(String, String)| {
            let value = if SHOWN.contains(&name.as_str()) { value } else { "..." };
            format!("{name}={value}")
        };
        let mut pairs: Vec<String> = self.query.iter().map(shown).collect();
        // A filter by many values repeats its name.
        pairs.dedup();
        if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
    }

    /// The path, for messages.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Method and path, for messages.
    pub fn endpoint(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

impl Reply {
    /// Where the reply came from.
    pub fn at(&self, request: &Request) -> Box<At> {
        Box::new(At {
            endpoint: request.endpoint(),
            status: Some(self.status),
            request_id: self.request_id.clone(),
        })
    }
}

impl Http {
    /// Sends to the server at `base`, which may be silent for `timeout`.
    pub fn new(
        connections: Connections,
        base: Url,
        limiter: Arc<RateLimiter>,
        timeout: Duration,
        progress: Arc<Progress>,
    ) -> Self {
        Http { connections, base, timeout, limiter, progress }
    }

    /// The same with another timeout.
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        Http { timeout, ..self.clone() }
    }

    /// How long the server may be silent.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// The account's address.
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// Holds back all requests to the account for a while.
    pub fn pause(&self, pause: Duration, reason: &str) {
        self.limiter.pause(pause);
        self.progress.pausing(reason, pause);
    }

    /// Sends `request` once, as soon as the rate allows; `finish` adds what
    /// is secret (bearer, form).
    ///
    /// # Errors
    /// [`NoReply`] when there is no complete answer.
    pub async fn send(
        &self,
        request: &Request,
        finish: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Result<Reply, NoReply> {
        let slot = self.limiter.acquire(&request.path).await;
        if let Some(why) = &slot.lost {
            self.progress.warn(JobWarning::Unshared(why.to_string()));
        }
        self.progress.request_sent();
        let mut url = self.base.clone();
        url.set_path(&request.path);
        let mut builder = self.connections.client.request(request.method.clone(), url);
        if !request.query.is_empty() {
            builder = builder.query(&request.query);
        }
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        let start = Instant::now();
        let exchanged = self.connections.run(exchange(finish(builder), slot, self.timeout)).await;
        let exchanged = exchanged.unwrap_or_else(|| {
            let detail = "an internal error stopped the request".to_owned();
            Err(NoReply::new(Failure::Broken, detail))
        });
        self.progress.log(|| log_line(request, &exchanged, start.elapsed()));
        exchanged
    }
}

/// Sends a request and reads the answer. The server may be silent for
/// `timeout`, and the whole takes [`WHOLE_ANSWER`] times as long at most.
async fn exchange(
    request: RequestBuilder,
    slot: Slot,
    timeout: Duration,
) -> Result<Reply, NoReply> {
    let start = Instant::now();
    let whole = async {
        let slot = Arc::new(slot);
        let response = within(timeout, departure::noted(Arc::clone(&slot), request.send())).await?;
        if response.status() == 200 {
            slot.answered();
        }
        read_reply(response, start, timeout).await
    };
    let allowed = timeout.saturating_mul(WHOLE_ANSWER);
    tokio::time::timeout(allowed, whole)
        .await
        .unwrap_or_else(|_| Err(NoReply { is_begun: true, ..NoReply::late(allowed) }))
}

/// The result of `work`, if it comes in time.
async fn within<T>(
    timeout: Duration,
    work: impl Future<Output = Result<T, reqwest::Error>>,
) -> Result<T, NoReply> {
    match tokio::time::timeout(timeout, work).await {
        Ok(done) => done.map_err(no_reply),
        Err(_) => Err(NoReply::late(timeout)),
    }
}

/// Method, path, paging, status and time: nothing that could be a secret.
fn log_line(request: &Request, exchanged: &Result<Reply, NoReply>, took: Duration) -> String {
    let outcome = match exchanged {
        Ok(reply) => format!("{}, {} bytes", reply.status, reply.body.len()),
        Err(no_reply) => no_reply.detail.clone(),
    };
    let query = request.redacted_query();
    format!("{}{query}: {outcome}, {} ms", request.endpoint(), took.as_millis())
}

async fn read_reply(
    mut response: Response,
    start: Instant,
    timeout: Duration,
) -> Result<Reply, NoReply> {
    let header = |name: &str| {
        response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    };
    let mut reply = Reply {
        status: response.status().as_u16(),
        request_id: header("x-request-id").map(|id| sanitize_to(&id, MAX_ID)),
        retry_after: header("retry-after")
            .and_then(|text| wait_asked_for(&text, header("date").as_deref())),
        location: header("location"),
        body: Vec::new(),
        elapsed: Duration::ZERO,
    };
    while let Some(chunk) = within(timeout, response.chunk()).await? {
        if reply.body.len() + chunk.len() > MAX_BODY {
            let detail = format!("the answer is larger than {} MB", MAX_BODY >> 20);
            return Err(NoReply::new(Failure::BadBody, detail));
        }
        reply.body.extend_from_slice(&chunk);
    }
    reply.elapsed = start.elapsed();
    Ok(reply)
}

/// `Retry-After`: seconds, or a date by the clock of the server, which shows `date`.
fn wait_asked_for(retry_after: &str, date: Option<&str>) -> Option<Duration> {
    let retry_after = retry_after.trim();
    if !retry_after.is_empty() && retry_after.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number that is too large is longer than anybody waits.
        return Some(Duration::from_secs(retry_after.parse().unwrap_or(u64::MAX)));
    }
    let until = httpdate::parse_http_date(retry_after).ok()?;
    let now = date.and_then(|date| httpdate::parse_http_date(date).ok());
    Some(until.duration_since(now.unwrap_or_else(SystemTime::now)).unwrap_or_default())
}

fn no_reply(error: reqwest::Error) -> NoReply {
    let error = error.without_url();
    let failure = if is_untrusted(&error) {
        Failure::Certificate
    } else if error.is_timeout() && !error.is_connect() {
        Failure::Timeout
    } else if error.is_connect() {
        Failure::Connect
    } else {
        Failure::Broken
    };
    NoReply::new(failure, causes(&error))
}

/// Whether the server's certificate is the reason. I/O errors may wrap it,
/// which do not count it among their sources.
fn is_untrusted(error: &(dyn std::error::Error + 'static)) -> bool {
    if let Some(error) = error.downcast_ref::<rustls::Error>() {
        return matches!(error, rustls::Error::InvalidCertificate(_));
    }
    let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    match wrapped {
        Some(wrapped) => is_untrusted(wrapped),
        None => error.source().is_some_and(is_untrusted),
    }
}

#[cfg(test)]
mod tests {
    use super::wait_asked_for;
    use std::time::{Duration, SystemTime};

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let date = Some("Sat, 01 Jun 2019 00:00:00 GMT");
        for (retry_after, seconds) in [
            ("5", Some(5)),
            (" 0 ", Some(0)),
            ("99999999999999999999", Some(u64::MAX)),
            ("Sat, 01 Jun 2019 00:05:00 GMT", Some(300)),
            ("Saturday, 01-Jun-19 00:05:00 GMT", Some(300)),
            ("Fri, 31 May 2019 00:00:00 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
            ("1.5", None),
        ] {
            let asked = wait_asked_for(retry_after, date);
            assert_eq!(asked, seconds.map(Duration::from_secs), "{retry_after}");
        }
    }

    #[test]
    fn without_the_servers_clock_a_date_is_on_ours() {
        let at = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(100));
        let asked = wait_asked_for(&at, None);
        assert!(asked > Some(Duration::from_secs(90)) && asked <= Some(Duration::from_secs(100)));
    }
}
