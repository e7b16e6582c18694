//! Jobs behind an external pointer that R polls.

use std::time::Duration;

use amocrm_client::account::time_zone::Zone;
use amocrm_client::account::{Api, Credentials, Integration};
use amocrm_client::endpoints;
use amocrm_client::error::Error;
use amocrm_client::job::Job;
use amocrm_client::places::Places;
use amocrm_client::progress::{JobWarning, Progress};
use amocrm_client::query::{self, Outcome, QueryJob, Settings, Tables, Warning};
use amocrm_client::table::Unreadable;
use extendr_api::prelude::*;

use crate::columns::data_frame;
use crate::error::error_list;
use crate::memory::give_back;
use crate::spec::{Spec, misshapen};

/// Any work R may wait for.
enum AnyJob {
    Login(Job<String>),
    Query(QueryJob),
}

type Result<T> = std::result::Result<T, Error>;

/// Starts the log-in that `AmoAuth()` makes.
pub fn start_login(spec: &List) -> Result<List> {
    let job = query::start_login(settings(&Spec(spec))?)?;
    Ok(list!(job = ExternalPtr::new(AnyJob::Login(job))))
}

/// Starts what `spec$what` names.
pub fn start_query(spec: &List) -> Result<List> {
    let spec = Spec(spec);
    let query = endpoints::query(spec.arguments(&CONNECTION)?)?;
    let settings = settings(&spec)?;
    let job = match spec.optional_count("batch")? {
        Some(rows) => {
            let places = spec.optional_text("places")?.unwrap_or_default();
            QueryJob::start_in_batches(settings, query, rows, Places::of_text(&places))?
        }
        None => QueryJob::start(settings, query)?,
    };
    Ok(list!(job = ExternalPtr::new(AnyJob::Query(job))))
}

/// `list(done, requests, pages, rows, settled, lists, lists_read, pause, pause_left, log)`,
/// where `settled` is how many rows the next batch has.
pub fn poll(job: &Robj, milliseconds: i32) -> Result<List> {
    let patience = Duration::from_millis(u64::try_from(milliseconds).unwrap_or(0));
    let job: ExternalPtr<AnyJob> = job.try_into().map_err(|_| gone())?;
    let (done, progress, settled): (bool, &Progress, u64) =
        match job.try_addr().map_err(|_| gone())? {
            AnyJob::Login(job) => (job.is_done(patience), &job.progress, 0),
            AnyJob::Query(job) => (job.is_done(patience), job.progress(), job.settled()),
        };
    let now = progress.snapshot();
    let (pause, left) = now.pause.unwrap_or_default();
    Ok(list!(
        done = done,
        requests = now.requests as f64,
        pages = now.pages as f64,
        rows = now.rows as f64,
        settled = settled as f64,
        lists = now.lists as f64,
        lists_read = now.lists_read as f64,
        pause = pause,
        pause_left = left,
        log = progress.take_log()
    ))
}

/// `list(tables, zone, zones, places)` with the rows that have settled since the last batch;
/// the job goes on. `places` is where another one would go on after this batch.
pub fn batch(job: &Robj) -> Result<List> {
    let mut job: ExternalPtr<AnyJob> = job.try_into().map_err(|_| gone())?;
    let AnyJob::Query(job) = job.try_addr_mut().map_err(|_| gone())? else { return Err(gone()) };
    let tables = job.batch();
    let zone = job.zone();
    let zones = zones(zone.as_ref());
    let tables = named_frames(tables, &zones[0]);
    let places = job.places();
    Ok(list!(tables = tables, zone = zone.map(|zone| zone.name), zones = zones, places = places))
}

/// For a query `list(tables, api, zone, zones, notices, error, job_notices)`,
/// for a log-in `list(name, error, job_notices)`.
pub fn finish(job: Robj) -> Result<List> {
    let mut job: ExternalPtr<AnyJob> = job.try_into().map_err(|_| gone())?;
    Ok(match job.try_addr_mut().map_err(|_| gone())? {
        AnyJob::Login(job) => {
            let (name, error) = match job.take() {
                Some(Ok(name)) => (Robj::from(name), None),
                Some(Err(error)) => (Robj::from(NULL), Some(error)),
                None => (Robj::from(NULL), None),
            };
            let told = job_notices(&job.progress);
            list!(name = name, error = error_or_null(error), job_notices = told)
        }
        AnyJob::Query(job) => {
            let outcome = job.finish();
            outcome_list(outcome, job_notices(job.progress()))
        }
    })
}

/// Each a list of `kind`, and `file` or `why`.
fn job_notices(progress: &Progress) -> List {
    let lists = progress.take_warnings().into_iter().map(|warning| match warning {
        JobWarning::Tightened(file) => list!(kind = "tokens_tightened", file = file),
        JobWarning::Unsaved(why) => list!(kind = "tokens_unsaved", why = error_list(&why)),
        JobWarning::Unshared(why) => list!(kind = "unshared_rate", why = why),
    });
    List::from_values(lists)
}

fn error_or_null(error: Option<Error>) -> Robj {
    error.map_or_else(|| Robj::from(NULL), |error| error_list(&error).into())
}

fn outcome_list(outcome: Outcome, job_notices: List) -> List {
    let zones = zones(outcome.zone.as_ref());
    let tables = named_frames(outcome.tables, &zones[0]);
    let error = error_or_null(outcome.error);
    let api = outcome.api.map(Api::name);
    list!(
        tables = tables,
        api = api,
        zone = outcome.zone.map(|zone| zone.name),
        zones = zones,
        notices = warning_texts(&outcome.warnings),
        error = error,
        job_notices = job_notices
    )
}

/// The zone by the names that R may know. Without an answer it is not known; R shows such
/// times as UTC.
fn zones(zone: Option<&Zone>) -> Vec<String> {
    zone.map_or(vec!["UTC".to_owned()], Zone::names_for_r)
}

/// A named list of data frames.
fn named_frames(tables: Tables, zone: &str) -> Robj {
    let (names, frames): (Vec<String>, Vec<Robj>) =
        tables.into_iter().map(|(name, table)| (name, data_frame(table, zone))).unzip();
    give_back();
    let mut frames: Robj = List::from_values(frames).into();
    let _ = frames.set_attrib("names", names);
    frames
}

/// Each a text: the kind of notice, and after a colon what it is about.
fn warning_texts(warnings: &[Warning]) -> Vec<String> {
    let text = |warning: &Warning| match warning {
        Warning::NoSource(codes) => format!("no_source:{}", codes.join(", ")),
        Warning::LowerLimit(most) => format!("limit:{most}"),
        Warning::NoCustomers => "no_customers:".to_owned(),
        Warning::NoChats => "no_chats:".to_owned(),
        Warning::NoFilters => "no_filters:".to_owned(),
        Warning::UnknownWith(api, names) => {
            format!("unknown_with:{} (API {})", names.join(", "), api.name())
        }
        Warning::Unreadable(columns) => {
            let columns: Vec<String> =
                columns.iter().map(|(table, found)| unreadable(table, found)).collect();
            format!("unreadable_values:{}", columns.join("; "))
        }
        Warning::BrokenTexts(count) => format!("broken_texts:{count}"),
    };
    warnings.iter().map(text).collect()
}

/// As `leads$sale (2): "12 500,50", "x"`.
fn unreadable(table: &str, found: &Unreadable) -> String {
    let Unreadable { column, count, examples } = found;
    let examples: Vec<String> = examples.iter().map(|text| format!("\"{text}\"")).collect();
    format!("{table}${column} ({count}): {}", examples.join(", "))
}

/// What [`settings`] reads: who asks, and how. All else is what is asked for.
const CONNECTION: [&str; 17] = [
    "domain",
    "rate",
    "shared_rate",
    "timeout",
    "api",
    "verbose",
    "batch",
    "places",
    "auth_method",
    "access_token",
    "client_id",
    "client_secret",
    "redirect_uri",
    "code",
    "token_file",
    "email",
    "apikey",
];

fn settings(spec: &Spec) -> Result<Settings> {
    Ok(Settings {
        domain: spec.text("domain")?,
        credentials: credentials(spec)?,
        rate: spec.number("rate")?,
        shared_rate: spec.optional_text("shared_rate")?.map(Into::into),
        timeout: Duration::try_from_secs_f64(spec.number("timeout")?)
            .map_err(|_| misshapen("timeout"))?,
        api: match spec.text("api")?.as_str() {
            "v2" => Some(Api::V2),
            "v4" => Some(Api::V4),
            _ => None,
        },
        verbose: spec.flag("verbose")?,
    })
}

/// R has found out which way to log in the given pieces make.
fn credentials(spec: &Spec) -> Result<Credentials> {
    Ok(match spec.text("auth_method")?.as_str() {
        "token" => Credentials::Token(spec.text("access_token")?.into()),
        "oauth" => Credentials::OAuth(Integration {
            client_id: spec.text("client_id")?,
            client_secret: spec.text("client_secret")?.into(),
            redirect_uri: spec.text("redirect_uri")?,
            code: spec.optional_text("code")?.map(Into::into),
            token_file: spec.text("token_file")?.into(),
        }),
        _ => Credentials::Key { email: spec.text("email")?, apikey: spec.text("apikey")?.into() },
    })
}

/// A pointer that was saved to a file and read back, say.
fn gone() -> Error {
    Error::System("the job is gone".to_owned())
}
