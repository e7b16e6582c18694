//! `AmoNotes()`: one call as a job, from what is asked for to the tables, over
//! whichever API the account answers.

mod v2;
mod v4;
mod v4_lists;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::future::{BoxFuture, try_join};
use futures_util::stream::{self, StreamExt, TryStreamExt};

use crate::account::{Account, Api, Credentials};
use crate::error::Error;
use crate::host::{account_url, is_loopback};
use crate::http::Http;
use crate::job::Job;
use crate::limiter::ALLOWED;
use crate::progress::Progress;
use crate::session;
use crate::table::Table;
use crate::transport::Transport;
use crate::zone::{Moment, Zone};

/// Lists that are read at the same time; each has pages in flight itself.
const LISTS_AT_ONCE: usize = 8;

/// Who asks which account, and how.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Subdomain, host, or loopback address.
    pub domain: String,
    /// Who asks.
    pub credentials: Credentials,
    /// Requests a second, more than 0; beyond 7 only on loopback.
    pub rate: f64,
    /// How long the server may be silent.
    pub timeout: Duration,
    /// The API to use; None takes v2 where it answers, else v4.
    pub api: Option<Api>,
    /// Whether a log of every request is kept.
    pub verbose: bool,
}

impl Settings {
    fn progress(&self) -> Arc<Progress> {
        Arc::new(if self.verbose { Progress::verbose() } else { Progress::default() })
    }
}

/// What notes to read.
#[derive(Clone, Debug, Default)]
pub struct NotesRequest {
    /// Kinds of element: contact, lead, company, task, customer.
    pub kinds: Vec<String>,
    /// Rows a request, 1 to 500; API v4 gives fewer.
    pub limit: u32,
    /// Only these notes; everything below is then ignored.
    pub ids: Vec<u64>,
    /// Only notes of these elements; empty for all.
    pub elements: Vec<u64>,
    /// Only notes of these types; empty for all.
    pub note_types: Vec<String>,
    /// Only notes changed at this moment or later.
    pub since: Option<Moment>,
}

/// What came of it.
pub struct Notes {
    /// One table for each kind asked for, in that order.
    pub tables: Vec<(String, Table)>,
    /// The account's time zone, if it was learnt.
    pub zone: Option<String>,
    /// The API that was used, if it came to that.
    pub api: Option<Api>,
    /// What the user should know although it worked.
    pub notices: Vec<Notice>,
    /// What stopped the work; the tables then hold what had arrived.
    pub error: Option<Error>,
}

/// Something that the user should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// API v4 keeps no notes of these codes.
    NoSource(Vec<String>),
    /// The account has no customers: their table is empty.
    NoCustomers,
    /// Chat messages of single elements were left out.
    NoChats,
}

/// A running `AmoNotes()`.
pub struct NotesJob {
    job: Job<Vec<(String, Table)>>,
    work: Arc<Work>,
}

/// What the tasks of a job share.
struct Work {
    transport: Transport,
    settings: Settings,
    request: NotesRequest,
    /// Set as soon as it is known which API to use.
    reader: OnceLock<Reader>,
}

/// The lists of one API, and the pages that have arrived.
enum Reader {
    V2(v2::Reader),
    V4(Box<v4::Reader>),
}

/// Connects to an account.
///
/// # Errors
/// [`Error::Input`] for a bad domain, [`Error::System`] without TLS.
fn connect(settings: &mut Settings, progress: Arc<Progress>) -> Result<Transport, Error> {
    let base = account_url(&settings.domain)?;
    if !is_loopback(&base) {
        settings.rate = settings.rate.min(ALLOWED);
    }
    let account = Account::shared(base, settings.credentials.clone());
    let http = Http::new(
        account.base.clone(),
        Arc::clone(&account.jar),
        settings.timeout,
        Arc::clone(&account.limiter),
        progress,
    )?;
    Ok(Transport { http, account })
}

/// Starts a log-in that gives the account's name.
///
/// # Errors
/// [`Error::Input`] for a bad domain, [`Error::System`] without TLS or
/// threads.
pub fn start_login(mut settings: Settings) -> Result<Job<String>, Error> {
    let progress = settings.progress();
    let transport = connect(&mut settings, Arc::clone(&progress))?;
    Job::start(progress, async move {
        transport.account.limiter.set_rate(settings.rate).await;
        session::check(&transport).await
    })
}

impl NotesJob {
    /// Starts reading.
    ///
    /// # Errors
    /// [`Error::Input`] for a bad domain, [`Error::System`] without TLS or
    /// threads.
    pub fn start(mut settings: Settings, request: NotesRequest) -> Result<Self, Error> {
        let progress = settings.progress();
        let transport = connect(&mut settings, Arc::clone(&progress))?;
        let work = Arc::new(Work { transport, settings, request, reader: OnceLock::new() });
        let job = Job::start(progress, read_all(Arc::clone(&work)))?;
        Ok(NotesJob { job, work })
    }

    /// Waits for the end, `patience` at most; whether it has come.
    pub fn is_done(&self, patience: Duration) -> bool {
        self.job.is_done(patience)
    }

    /// The counters.
    pub fn progress(&self) -> &Progress {
        &self.job.progress
    }

    /// Ends the job, finished or not, and gives what it has.
    pub fn finish(&mut self) -> Notes {
        let result = self.job.take();
        let reader = self.work.reader.get();
        let (tables, error) = match result {
            Some(Ok(tables)) => (tables, None),
            Some(Err(error)) => (self.work.tables(), Some(error)),
            None => (self.work.tables(), None),
        };
        Notes {
            tables,
            zone: self.work.transport.account.zone().map(|zone| zone.name),
            api: reader.map(Reader::api),
            notices: reader.map(Reader::notices).unwrap_or_default(),
            error,
        }
    }
}

async fn read_all(work: Arc<Work>) -> Result<Vec<(String, Table)>, Error> {
    work.transport.account.limiter.set_rate(work.settings.rate).await;
    // Before anything runs side by side: refused credentials are sent once.
    session::ensure(&work.transport).await?;
    let api = choose_api(&work.transport, work.settings.api).await?;
    let since = match work.request.since {
        // The wall clock can't be read before its zone is known.
        Some(moment @ Moment::WallClock(_)) => Some(moment.epoch(&work.zone(api).await?)),
        Some(Moment::Epoch(seconds)) => Some(seconds),
        None => None,
    };
    let reader = work.reader.get_or_init(|| match api {
        Api::V2 => Reader::V2(v2::Reader::new(&work.request, since)),
        Api::V4 => {
            let base = work.transport.http.base();
            Reader::V4(Box::new(v4::Reader::new(&work.request, since, base)))
        }
    });
    let reading = async {
        match reader {
            Reader::V2(reader) => reader.read(&work.transport, work.settings.rate).await,
            Reader::V4(reader) => reader.read(&work.transport, work.settings.rate).await,
        }
    };
    try_join(work.zone(api), reading).await?;
    Ok(work.tables())
}

/// The API to use: what is asked for, else v2 where it answers (v4.md 0.4).
/// Found out once for an account.
async fn choose_api(transport: &Transport, asked: Option<Api>) -> Result<Api, Error> {
    let by_key = matches!(transport.account.credentials, Credentials::Key { .. });
    match asked {
        Some(Api::V4) if by_key => Err(Error::Input {
            argument: "amocrm.api",
            message: "API v4 takes no API key: give AmoAuthList() an `access_token`".to_owned(),
        }),
        Some(api) => Ok(api),
        None if by_key => Ok(Api::V2),
        None => match transport.account.api() {
            Some(api) => Ok(api),
            None => {
                let answers = transport.answers(&crate::v2::probe()).await?;
                let api = if answers { Api::V2 } else { Api::V4 };
                transport.account.learn_api(api);
                Ok(api)
            }
        },
    }
}

impl Work {
    async fn zone(&self, api: Api) -> Result<Zone, Error> {
        if let Some(zone) = self.transport.account.zone() {
            return Ok(zone);
        }
        let zone = match api {
            Api::V2 => crate::v2::time_zone(&self.transport).await?,
            Api::V4 => crate::v4::account(&self.transport).await?.zone,
        };
        self.transport.account.learn_zone(&zone);
        Ok(zone)
    }

    /// The tables of what has arrived; takes it.
    fn tables(&self) -> Vec<(String, Table)> {
        let table = |kind: &String| match self.reader.get() {
            Some(Reader::V2(reader)) => reader.table(kind),
            Some(Reader::V4(reader)) => reader.table(kind),
            None => Table::new(&crate::v2::NOTES),
        };
        self.request.kinds.iter().map(|kind| (kind.clone(), table(kind))).collect()
    }
}

impl Reader {
    fn api(&self) -> Api {
        match self {
            Reader::V2(_) => Api::V2,
            Reader::V4(_) => Api::V4,
        }
    }

    fn notices(&self) -> Vec<Notice> {
        match self {
            Reader::V2(_) => Vec::new(),
            Reader::V4(reader) => reader.notices(),
        }
    }
}

/// Reads lists side by side, a few at a time; the first failure stops all.
async fn all_of(readings: Vec<BoxFuture<'_, Result<(), Error>>>) -> Result<(), Error> {
    stream::iter(readings).buffer_unordered(LISTS_AT_ONCE).try_collect::<Vec<()>>().await?;
    Ok(())
}
