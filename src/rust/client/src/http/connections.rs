//! The connections of this process to an account, kept from call to call.
//!
//! A connection is driven by a task of the runtime on which it was opened, and the
//! runtime of a job ends with the job. So all connections belong to one runtime of
//! their own, whose thread stays. A forked child has no such thread, and makes
//! another runtime.

use std::ffi::OsString;
use std::future::Future;
use std::sync::{Arc, Mutex, Once};
use std::time::Duration;

use reqwest::Client;
use reqwest::cookie::Jar;
use reqwest::redirect::Policy;
use rustls::{ClientConfig, RootCertStore};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::JoinSet;
use tower::util::MapFutureLayer;
use url::{Host, Url};

use crate::error::Error;
use crate::http::departure;
use crate::sync::lock;

/// Time for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A connection that was idle for longer may be dead without notice.
const IDLE: Duration = Duration::from_secs(10);

const USER_AGENT: &str = concat!("amocrm-r/", env!("CARGO_PKG_VERSION"));

/// The environment variables that a client reads when it is built.
const VARIABLES: [&str; 11] = [
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
    "REQUEST_METHOD",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

/// The connections to one account with one jar of cookies.
#[derive(Clone)]
pub struct Connections {
    /// Builds requests.
    pub client: Client,
    runtime: Handle,
    made_in: Vec<Option<OsString>>,
}

impl Connections {
    /// The `known` connections, or new ones to the account at `base`: the
    /// environment may have changed. Cookies go into `jar`. Proxies come from
    /// the environment, certificates from the operating system
    /// (`SSL_CERT_FILE` and `SSL_CERT_DIR` are honoured).
    ///
    /// # Errors
    /// [`Error::System`] when TLS can't be set up or there are no threads.
    pub fn renewed(known: Option<&Self>, base: &Url, jar: &Arc<Jar>) -> Result<Self, Error> {
        let environment: Vec<_> = VARIABLES.iter().map(std::env::var_os).collect();
        match known.filter(|known| known.made_in == environment) {
            Some(known) => Ok(known.clone()),
            None => Ok(Connections {
                client: client(base, Arc::clone(jar))?,
                runtime: runtime()?,
                made_in: environment,
            }),
        }
    }

    /// Runs `work`, such as sending a request, on the runtime of the connections. It is
    /// stopped when the caller stops waiting. None when it panicked.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        let mut tasks = JoinSet::new();
        tasks.spawn_on(work, &self.runtime);
        tasks.join_next().await?.ok()
    }
}

fn client(base: &Url, jar: Arc<Jar>) -> Result<Client, Error> {
    install_crypto();
    let mut builder = Client::builder()
        .user_agent(USER_AGENT)
        .cookie_provider(jar)
        // Credentials go to the account's own host and nowhere else.
        .redirect(Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE)
        .connector_layer(MapFutureLayer::new(departure::opening));
    if is_loopback(base) {
        builder = builder.no_proxy();
    }
    builder = if base.scheme() == "http" {
        // Nothing is encrypted, so no certificates are needed.
        let nobody = RootCertStore::empty();
        let config = ClientConfig::builder().with_root_certificates(nobody).with_no_client_auth();
        builder.tls_backend_preconfigured(config)
    } else {
        builder.tls_certs_merge(extra_certificates()?)
    };
    builder
        .build()
        .map_err(|error| Error::System(format!("can't set up HTTPS: {}", causes(&error))))
}

/// The innermost cause: it says what happened.
pub fn causes(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

fn install_crypto() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An error means that a provider is installed already.
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

/// The runtime of this process, and which process that is. Only the thread
/// that starts jobs takes the lock, and only for a moment.
static RUNTIME: Mutex<Option<(u32, Runtime)>> = Mutex::new(None);

fn runtime() -> Result<Handle, Error> {
    let mut known = lock(&RUNTIME);
    let process = std::process::id();
    if let Some((_, runtime)) = known.as_ref().filter(|(made_in, _)| *made_in == process) {
        return Ok(runtime.handle().clone());
    }
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("amocrm-http")
        .enable_all()
        .build()
        .map_err(|error| Error::System(format!("can't start threads: {error}")))?;
    let handle = runtime.handle().clone();
    // Dropping the parent's runtime would wait for a thread that does not exist.
    std::mem::forget(known.replace((process, runtime)));
    Ok(handle)
}

/// Whether the address is on this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}
