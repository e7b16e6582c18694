//! One HTTP exchange: built, sent, read, and judged; never repeated here.

use std::borrow::Cow;
use std::sync::{Arc, Once};
use std::time::{Duration, Instant};

use reqwest::cookie::Jar;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response};
use url::Url;

use crate::error::{At, Error};
use crate::host::is_loopback;
use crate::limiter::Limiter;
use crate::progress::Progress;
use crate::retry::Trouble;

/// Time for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A larger body is not a page of any API here.
const MAX_BODY: usize = 64 << 20;

const USER_AGENT: &str = concat!("amocrm-r/", env!("CARGO_PKG_VERSION"));

/// Sends requests to one account for one job.
pub struct Http {
    client: Client,
    base: Url,
    /// Seconds that the server may be silent.
    timeout: Duration,
    limiter: Arc<Limiter>,
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
    /// `Retry-After` in seconds, when it is a number.
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
    pub trouble: Trouble,
    /// The cause, without the URL.
    pub detail: String,
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

    /// Says that what is asked for can be asked for in parts, too.
    #[must_use]
    pub fn divisible(mut self, divisible: bool) -> Self {
        self.divisible = divisible;
        self
    }

    /// Whether it can be asked for in parts.
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

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The query as it reads before encoding. It never holds credentials.
    pub fn shown_query(&self) -> String {
        let pairs: Vec<String> =
            self.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("&")
    }

    /// The query for a log: only the values that say which page it is.
    fn redacted_query(&self) -> String {
        const SHOWN: [&str; 5] = ["limit_rows", "limit_offset", "page", "limit", "type"];
        let shown = |(name, value): &(String, String)| {
            let value = if SHOWN.contains(&name.as_str()) { value } else { "..." };
            format!("{name}={value}")
        };
        let mut pairs: Vec<String> = self.query.iter().map(shown).collect();
        // A filter by many values has the same name as often.
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
    /// A client for the account at `base`. Cookies go into `jar`. Proxies
    /// come from the environment, certificates from the operating system
    /// (`SSL_CERT_FILE` and `SSL_CERT_DIR` are honoured).
    ///
    /// # Errors
    /// [`Error::System`] when TLS can't be set up.
    pub fn new(
        base: Url,
        jar: Arc<Jar>,
        timeout: Duration,
        limiter: Arc<Limiter>,
        progress: Arc<Progress>,
    ) -> Result<Self, Error> {
        install_crypto();
        let mut builder = Client::builder()
            .user_agent(USER_AGENT)
            .cookie_provider(jar)
            // Credentials go to the account's own host and nowhere else.
            .redirect(Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(timeout);
        for certificate in extra_certificates()? {
            builder = builder.tls_certs_merge([certificate]);
        }
        if is_loopback(&base) {
            builder = builder.no_proxy();
        }
        let client = builder
            .build()
            .map_err(|error| Error::System(format!("can't set up HTTPS: {}", causes(&error))))?;
        Ok(Http { client, base, timeout, limiter, progress })
    }

    /// The same with connections of its own, without cookies: for work that
    /// outlives the runtime that this one's connections belong to.
    ///
    /// # Errors
    /// As [`Http::new`].
    pub fn apart(&self, timeout: Duration) -> Result<Self, Error> {
        let (limiter, progress) = (Arc::clone(&self.limiter), Arc::clone(&self.progress));
        Http::new(self.base.clone(), Arc::default(), timeout, limiter, progress)
    }

    /// The account's address.
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// Time the server may be silent.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Lets nothing be sent to the account for a while.
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
        self.limiter.acquire().await;
        self.progress.request_sent();
        let mut url = self.base.clone();
        url.set_path(&request.path);
        let mut builder = self.client.request(request.method.clone(), url);
        if !request.query.is_empty() {
            builder = builder.query(&request.query);
        }
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        let start = Instant::now();
        let exchanged = match finish(builder).send().await {
            Ok(response) => read_reply(response, start).await,
            Err(error) => Err(no_reply(error)),
        };
        self.progress.log(|| log_line(request, &exchanged, start.elapsed()));
        exchanged
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

async fn read_reply(mut response: Response, start: Instant) -> Result<Reply, NoReply> {
    let header = |name: &str| {
        response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    };
    let mut reply = Reply {
        status: response.status().as_u16(),
        request_id: header("x-request-id"),
        retry_after: header("retry-after")
            .and_then(|text| text.trim().parse().ok())
            .map(Duration::from_secs),
        location: header("location"),
        body: Vec::new(),
        elapsed: Duration::ZERO,
    };
    while let Some(chunk) = response.chunk().await.map_err(no_reply)? {
        if reply.body.len() + chunk.len() > MAX_BODY {
            let detail = format!("the answer is larger than {} MB", MAX_BODY >> 20);
            return Err(NoReply { trouble: Trouble::BadBody, detail });
        }
        reply.body.extend_from_slice(&chunk);
    }
    reply.elapsed = start.elapsed();
    Ok(reply)
}

fn no_reply(error: reqwest::Error) -> NoReply {
    let error = error.without_url();
    let trouble = if error.is_timeout() && !error.is_connect() {
        Trouble::Timeout
    } else if error.is_connect() {
        Trouble::Connect
    } else {
        Trouble::Broken
    };
    NoReply { trouble, detail: causes(&error) }
}

/// The innermost cause says what happened; the layers above only that
/// something did.
fn causes(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

fn install_crypto() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An error means that a provider is there already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

/// On Windows and macOS the system's verifier does not read `SSL_CERT_FILE`;
/// elsewhere it does so itself.
fn extra_certificates() -> Result<Vec<reqwest::Certificate>, Error> {
    let file =
        std::env::var_os("SSL_CERT_FILE").filter(|_| cfg!(any(windows, target_os = "macos")));
    let Some(file) = file else {
        return Ok(Vec::new());
    };
    let unreadable = |error: &dyn std::error::Error| {
        Error::System(format!("can't use the certificates that SSL_CERT_FILE names: {error}"))
    };
    let pem = std::fs::read(file).map_err(|error| unreadable(&error))?;
    reqwest::Certificate::from_pem_bundle(&pem).map_err(|error| unreadable(&error))
}
