//! How a call runs: account, log-in, API, then the query, which knows what to ask
//! for.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::{self, StreamExt};

use crate::account::host::account_url;
use crate::account::time_zone::{Bound, Moment, Zone};
use crate::account::transport::Transport;
use crate::account::{Account, Api, Credentials, about, session};
use crate::backlog::Backlog;
use crate::error::Error;
use crate::flaws::Flaws;
use crate::http::connections::is_loopback;
use crate::http::rate_limiter::ALLOWED;
use crate::job::Job;
use crate::places::Places;
use crate::progress::Progress;
use crate::table::row_filter::Span;
use crate::table::{Table, Unreadable};

/// Lists that are read at the same time. Each one may have several pages in flight.
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
    /// The folder of the files by which processes share the rate; None if they don't.
    pub shared_rate: Option<PathBuf>,
    /// How long the server may be silent.
    pub timeout: Duration,
    /// The API to use; None takes v2 where it has the account, else v4.
    pub api: Option<Api>,
    /// Whether a log of every request is kept.
    pub verbose: bool,
}

impl Settings {
    fn progress(&self) -> Arc<Progress> {
        Arc::new(if self.verbose { Progress::verbose() } else { Progress::default() })
    }
}

/// A warning for the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// API v4 keeps no notes of these codes.
    NoSource(Vec<String>),
    /// More rows a request were asked for than the API gives: so many are used.
    LowerLimit(u32),
    /// The account has no customers: their table is empty.
    NoCustomers,
    /// Chat messages of single elements were left out.
    NoChats,
    /// The account has no filters: the whole list was read.
    NoFilters,
    /// The API is not known to have these values of `with`.
    UnknownWith(Api, Vec<String>),
    /// Values that could not be read, by the name of the table: they are NA.
    Unreadable(Vec<(String, Unreadable)>),
    /// How many texts were broken and have the replacement character.
    BrokenTexts(usize),
}

/// Tables by name, in order.
pub type Tables = Vec<(String, Table)>;

/// What a call asks for.
pub trait Query: Send + Sync + 'static {
    /// Reads what is asked for, and keeps what is received.
    fn read<'q>(&'q self, context: &'q Context) -> BoxFuture<'q, Result<(), Error>>;

    /// The tables of what was received; takes it. Without rows they are empty.
    fn tables(&self) -> Tables;

    /// The same tables of what has settled since the last batch, in the order in which it
    /// came; takes it. Nothing where batches make no sense.
    fn batch(&self) -> Tables {
        Tables::new()
    }

    /// The API that alone has what is asked for, if only one has.
    fn only_api(&self) -> Option<Api> {
        None
    }

    /// The API that tells more, if one does. A token asks it unless the user says otherwise.
    fn better_api(&self) -> Option<Api> {
        None
    }

    /// Whether it asks for what has changed, and takes no rows for no sign of anything.
    fn is_increment(&self) -> bool {
        false
    }

    /// Warnings about a call that worked.
    fn warnings(&self) -> Vec<Warning> {
        Vec::new()
    }
}

/// What a query needs to ask.
pub struct Context {
    /// Sends requests to the account.
    pub transport: Transport,
    /// Requests a second that the account allows.
    pub rate: f64,
    /// The API to use.
    pub api: Api,
    /// Counts the rows that wait to be taken in batches.
    pub backlog: Arc<Backlog>,
    /// How far the rows were taken, by this call or one before.
    pub places: Arc<Places>,
    /// Whether what has changed is asked for, and no rows are no sign of anything.
    pub is_increment: bool,
}

/// Asks only which API answers, and for the account's time zone.
pub struct AccountQuery;

impl Query for AccountQuery {
    fn read<'q>(&'q self, context: &'q Context) -> BoxFuture<'q, Result<(), Error>> {
        async { context.zone().await.map(drop) }.boxed()
    }

    fn tables(&self) -> Tables {
        Vec::new()
    }
}

/// A running call.
pub struct QueryJob {
    job: Job<()>,
    call: Arc<Call>,
    backlog: Arc<Backlog>,
    places: Arc<Places>,
    flaws: Flaws,
}

/// What came of a call.
pub struct Outcome {
    /// The tables asked for, in order.
    pub tables: Tables,
    /// The account's time zone, if it was learnt.
    pub zone: Option<Zone>,
    /// The API that was used, if it came to that.
    pub api: Option<Api>,
    /// Warnings about what worked.
    pub warnings: Vec<Warning>,
    /// What stopped the work. The tables then hold the rows received before.
    pub error: Option<Error>,
}

/// What the tasks of a call share.
struct Call {
    account: Arc<Account>,
    query: Box<dyn Query>,
    /// Set as soon as it is known which API to use.
    api: OnceLock<Api>,
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
    settings.credentials.check()?;
    let account = Account::shared(base, settings.credentials.clone());
    // A faster one is for a server on this computer.
    let is_shared = settings.rate <= ALLOWED;
    account.share_rate(settings.shared_rate.as_deref().filter(|_| is_shared), &progress);
    let http = account.http(settings.timeout, progress)?;
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
        transport.account.limiter.set_rate(settings.rate);
        about::check_credentials(&transport).await
    })
}

impl QueryJob {
    /// Starts reading.
    ///
    /// # Errors
    /// [`Error::Input`] for a bad domain, [`Error::System`] without TLS or
    /// threads.
    pub fn start(settings: Settings, query: Box<dyn Query>) -> Result<Self, Error> {
        QueryJob::start_with(settings, query, Backlog::unlimited(), Places::default())
    }

    /// Starts reading rows that are taken in batches of about so many. The reading waits
    /// for those who take them, and begins at the places that an earlier call has reached.
    ///
    /// # Errors
    /// As [`QueryJob::start`].
    pub fn start_in_batches(
        settings: Settings,
        query: Box<dyn Query>,
        rows: u64,
        places: Places,
    ) -> Result<Self, Error> {
        QueryJob::start_with(settings, query, Backlog::of_batches(rows), places)
    }

    fn start_with(
        mut settings: Settings,
        query: Box<dyn Query>,
        backlog: Backlog,
        places: Places,
    ) -> Result<Self, Error> {
        let progress = settings.progress();
        let transport = connect(&mut settings, Arc::clone(&progress))?;
        let call =
            Arc::new(Call { account: Arc::clone(&transport.account), query, api: OnceLock::new() });
        let (backlog, places) = (Arc::new(backlog), Arc::new(places));
        let waiting = (Arc::clone(&backlog), Arc::clone(&places));
        let job = Job::start(progress, run(Arc::clone(&call), transport, settings, waiting))?;
        Ok(QueryJob { job, call, backlog, places, flaws: Flaws::default() })
    }

    /// Waits for the end, `patience` at most; whether it has come.
    pub fn is_done(&self, patience: Duration) -> bool {
        self.job.is_done(patience)
    }

    /// The counters.
    pub fn progress(&self) -> &Progress {
        &self.job.progress
    }

    /// How many rows the next batch has.
    pub fn settled(&self) -> u64 {
        self.backlog.rows()
    }

    /// The tables of the rows that have settled since the last batch, in the order in which
    /// they came. In all batches and at the end each row comes once.
    pub fn batch(&mut self) -> Tables {
        let mut tables = self.call.query.batch();
        self.flaws.add(&mut tables);
        tables
    }

    /// How far the rows of all batches reach, as a text.
    pub fn places(&self) -> String {
        self.places.text()
    }

    /// The account's time zone, if it was learnt.
    pub fn zone(&self) -> Option<Zone> {
        self.call.account.zone()
    }

    /// Ends the job, finished or not, and gives what it has besides the batches.
    pub fn finish(&mut self) -> Outcome {
        let error = self.job.take().and_then(Result::err);
        let mut tables = self.call.query.tables();
        self.flaws.add(&mut tables);
        let Flaws { unreadable, broken, too_wide } = std::mem::take(&mut self.flaws);
        let error = error.or(too_wide);
        let mut warnings = self.call.query.warnings();
        if !unreadable.is_empty() {
            warnings.push(Warning::Unreadable(unreadable));
        }
        if broken > 0 {
            warnings.push(Warning::BrokenTexts(broken));
        }
        Outcome { tables, zone: self.zone(), api: self.call.api.get().copied(), warnings, error }
    }
}

async fn run(
    call: Arc<Call>,
    transport: Transport,
    settings: Settings,
    (backlog, places): (Arc<Backlog>, Arc<Places>),
) -> Result<(), Error> {
    transport.account.limiter.set_rate(settings.rate);
    // Before anything runs in parallel, so that refused credentials are sent once.
    session::ensure(&transport.http, &transport.account).await?;
    let asked = call.query.only_api().or(settings.api);
    let asked = asked.or(call.query.better_api().filter(|_| !has_key(&transport)));
    let api = choose_api(&transport, asked).await?;
    let api = *call.api.get_or_init(|| api);
    let is_increment = call.query.is_increment();
    let context = Context { transport, rate: settings.rate, api, backlog, places, is_increment };
    if context.backlog.is_limited() {
        // The first batch has times, too.
        context.zone().await?;
    }
    call.query.read(&context).await
}

/// Whether an API key asks, which API v4 does not take.
fn has_key(transport: &Transport) -> bool {
    matches!(transport.account.credentials, Credentials::Key { .. })
}

/// The API to use: what is asked for, else v2 where it has the account
/// (docs/api-v4.md, Which API answers). Found out once for an account.
async fn choose_api(transport: &Transport, asked: Option<Api>) -> Result<Api, Error> {
    let by_key = has_key(transport);
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
                let answers = about::answers_v2(transport).await?;
                let api = if answers { Api::V2 } else { Api::V4 };
                transport.account.learn_api(api);
                Ok(api)
            }
        },
    }
}

impl Context {
    /// The account's time zone, asked for once.
    ///
    /// # Errors
    /// As [`Transport::get`].
    pub async fn zone(&self) -> Result<Zone, Error> {
        if let Some(zone) = self.transport.account.zone() {
            return Ok(zone);
        }
        let zone = match self.api {
            Api::V2 => about::time_zone_v2(&self.transport).await?,
            Api::V4 => about::about_v4(&self.transport).await?.zone,
        };
        self.transport.account.learn_zone(&zone);
        Ok(zone)
    }

    /// Seconds since 1970 of an end of a span. A local time needs the account's zone.
    ///
    /// # Errors
    /// As [`Context::zone`].
    pub async fn epoch(&self, moment: Option<Moment>, bound: Bound) -> Result<Option<i64>, Error> {
        Ok(match moment {
            Some(moment @ Moment::LocalTime(_)) => Some(moment.epoch(&self.zone().await?, bound)),
            Some(Moment::Epoch(seconds)) => Some(seconds),
            None => None,
        })
    }

    /// A span of time from its two ends.
    ///
    /// # Errors
    /// As [`Context::zone`], and [`Error::Input`] if it ends before it begins.
    pub async fn span(&self, [from, to]: [Option<Moment>; 2]) -> Result<Span, Error> {
        let from = self.epoch(from, Bound::From).await?;
        let span = Span { from, to: self.epoch(to, Bound::To).await? };
        if span.from.zip(span.to).is_some_and(|(from, to)| from > to) {
            let message = "`from` must not be later than `to`".to_owned();
            return Err(Error::Input { argument: "from", message });
        }
        Ok(span)
    }
}

/// Reads lists in parallel, a few at a time, and counts them. The first failure
/// stops all.
///
/// # Errors
/// The error of the first list that fails.
pub async fn all_of(
    progress: &Progress,
    readings: Vec<BoxFuture<'_, Result<(), Error>>>,
) -> Result<(), Error> {
    progress.lists_wanted(readings.len());
    let mut reading = stream::iter(readings).buffer_unordered(LISTS_AT_ONCE);
    while let Some(read) = reading.next().await {
        read?;
        progress.list_read();
    }
    Ok(())
}
