//! The server: a thread of its own that listens until told to stop.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use super::answer;
use super::log::Request;
use super::oauth;
use super::routes;
use super::state::Server;
use crate::config::Config;
use crate::data::SETTINGS;
use crate::data::change::{Change, Changed, Subject};
use crate::error::Error;
#[cfg(doc)]
use crate::fault::ListFault;

/// A running server that plays one account. Dropping it stops it.
pub struct Sandbox {
    server: Arc<Server>,
    address: SocketAddr,
    running: Option<Running>,
}

struct Running {
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
    /// The process that it runs in.
    process: u32,
}

impl Sandbox {
    /// Starts the account that `config` describes and returns once it
    /// listens on 127.0.0.1.
    pub fn start(config: Config) -> Result<Self, Error> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let server = Arc::new(Server::new(config)?);
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("amocrm-sandbox")
            .enable_all()
            .build()?;
        let (stop, stopped) = oneshot::channel();
        let shared = Arc::clone(&server);
        let thread = std::thread::Builder::new()
            .name("amocrm-sandbox".to_owned())
            .spawn(move || run(&runtime, listener, shared, stopped))?;
        let running = Some(Running { stop, thread, process: std::process::id() });
        Ok(Self { server, address, running })
    }

    /// The address to send requests to, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The e-mail that logs in.
    pub fn email(&self) -> &str {
        SETTINGS.users[0].login
    }

    /// The API key that logs in.
    pub fn apikey(&self) -> &str {
        &self.server.apikey
    }

    /// The long-lived token that is let in.
    pub fn access_token(&self) -> &str {
        self.server.tokens.long_lived()
    }

    /// The integration's id.
    pub fn client_id(&self) -> &str {
        &self.server.tokens.integration.client_id
    }

    /// The integration's secret.
    pub fn client_secret(&self) -> &str {
        &self.server.tokens.integration.client_secret
    }

    /// The integration's redirect URI.
    pub fn redirect_uri(&self) -> &str {
        oauth::REDIRECT_URI
    }

    /// The authorization code, spent or not.
    pub fn code(&self) -> &str {
        &self.server.tokens.integration.code
    }

    /// Every request so far, in order of arrival.
    pub fn requests(&self) -> Vec<Request> {
        self.server.log.entries()
    }

    /// The ids of the rows that a [`ListFault`] has deleted. All others were
    /// there all the time, but for those that it has added.
    pub fn gone_rows(&self) -> BTreeSet<String> {
        self.server.faults.gone_rows()
    }

    /// Lets so many things happen in the account, whatever they are; the seed
    /// makes chance another one.
    pub fn random_changes(&self, changes: u64, seed: u64) -> Vec<Changed> {
        self.server.app.random_changes(changes, seed)
    }

    /// Lets something happen to so many entities or other things of a kind, or to as many as
    /// it can happen to.
    pub fn change(
        &self,
        change: Change,
        subject: impl Into<Subject>,
        many: u64,
        seed: u64,
    ) -> Vec<Changed> {
        let subject = subject.into();
        let mut store = self.server.app.store_mut();
        let mut rng = store.change_rng(seed);
        (0..many).map_while(|_| store.change(change, subject, None, &mut rng)).collect()
    }

    /// Lets something happen to those with these ids, one after the
    /// other. Of those that are merged the first one stays.
    pub fn change_each(
        &self,
        change: Change,
        subject: impl Into<Subject>,
        ids: &[u64],
        seed: u64,
    ) -> Result<Vec<Changed>, Error> {
        let subject = subject.into();
        let mut store = self.server.app.store_mut();
        let mut rng = store.change_rng(seed);
        let changed = store.change_each(change, subject, ids, &mut rng);
        changed.map_err(|id| Error::Change { change: change.name(), subject: subject.name(), id })
    }

    /// Ends every session that was opened so far.
    pub fn expire_sessions(&self) {
        self.server.sessions.expire_all();
    }

    /// Withdraws every token for good: the long-lived one and, access and
    /// refresh tokens alike, those that OAuth gave out.
    pub fn revoke_tokens(&self) {
        self.server.tokens.revoke();
    }

    /// Ends the access tokens that OAuth gave out so far. Their refresh tokens
    /// and the long-lived token stay good.
    pub fn expire_access_tokens(&self) {
        self.server.tokens.expire();
    }

    /// Stops the server and drops its connections. A second call does nothing.
    pub fn stop(&mut self) {
        let Some(running) = self.running.take() else { return };
        if running.process == std::process::id() {
            // Either may find the thread gone already, which is what we want.
            let _ = running.stop.send(());
            let _ = running.thread.join();
        } else {
            // A fork has a copy of this, but not the thread.
            std::mem::forget(running);
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Serves until `stopped` is sent or its sender is gone.
fn run(
    runtime: &Runtime,
    listener: TcpListener,
    server: Arc<Server>,
    stopped: oneshot::Receiver<()>,
) {
    runtime.block_on(async {
        tokio::select! {
            () = accept(listener, server) => {}
            _ = stopped => {}
        }
    });
}

async fn accept(listener: TcpListener, server: Arc<Server>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    let service = routes::service(&server);
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(connection(stream, Arc::clone(&server), service.clone()));
            }
            // Out of descriptors: give the open connections time to finish.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

/// Answers the requests of one connection, one after the other.
async fn connection(stream: TcpStream, server: Arc<Server>, service: Router) {
    // Only speed is lost if the system refuses.
    let _ = stream.set_nodelay(true);
    let answer = service_fn(|request: hyper::Request<hyper::body::Incoming>| {
        let (server, service) = (Arc::clone(&server), service.clone());
        async move { answer::answer(&server, service, request.map(Body::new)).await }
    });
    // An error here is a client that left or a fault that we played.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await;
}
