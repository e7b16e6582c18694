//! `AmoNotes()`: which lists to read, at once and within one budget, and the
//! tables they make.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt, try_join};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use secrecy::SecretString;

use crate::account::{Account, Credentials};
use crate::error::Error;
use crate::host::{account_url, is_loopback};
use crate::http::Http;
use crate::job::Job;
use crate::limiter::ALLOWED;
use crate::list::{Pages, Reading, read_list};
use crate::progress::Progress;
use crate::session;
use crate::table::{Keys, Table};
use crate::transport::{Answer, Transport};
use crate::v2::{self, NotesFilter};
use crate::walk::Slice;
use crate::zone::{Moment, Zone};

/// Ids that one request may name: more make the address too long.
const IDS_A_REQUEST: usize = 200;

/// Lists that are read at the same time; each has pages in flight itself.
const LISTS_AT_ONCE: usize = 8;

/// Who asks which account, and how.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Subdomain, host, or loopback address.
    pub domain: String,
    /// The user's e-mail.
    pub email: String,
    /// The user's API key.
    pub apikey: SecretString,
    /// Requests a second, more than 0; beyond 7 only on loopback.
    pub rate: f64,
    /// How long the server may be silent.
    pub timeout: Duration,
}

/// What notes to read.
#[derive(Clone, Debug, Default)]
pub struct NotesRequest {
    /// Kinds of element: contact, lead, company, task, customer.
    pub kinds: Vec<String>,
    /// Rows a request, 1 to 500.
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
    /// What stopped the work; the tables then hold what had arrived.
    pub error: Option<Error>,
}

/// A running `AmoNotes()`.
pub struct NotesJob {
    job: Job<Vec<(String, Table)>>,
    work: Arc<Work>,
}

/// What the tasks of a job share.
struct Work {
    transport: Transport,
    rate: f64,
    request: NotesRequest,
    lists: Vec<List>,
}

/// One list on the server.
struct List {
    kind: String,
    filter: NotesFilter,
    pages: Pages,
}

/// Connects to an account.
///
/// # Errors
/// [`Error::Input`] for a bad domain, [`Error::System`] without TLS.
pub fn connect(settings: Settings, progress: Arc<Progress>) -> Result<(Transport, f64), Error> {
    let base = account_url(&settings.domain)?;
    let rate = if is_loopback(&base) { settings.rate } else { settings.rate.min(ALLOWED) };
    let credentials = Credentials { email: settings.email, apikey: settings.apikey };
    let account = Account::shared(base, credentials);
    let http = Http::new(
        account.base.clone(),
        Arc::clone(&account.jar),
        settings.timeout,
        Arc::clone(&account.limiter),
        progress,
    )?;
    Ok((Transport { http, account }, rate))
}

/// Starts a log-in that gives the account's name.
///
/// # Errors
/// As [`connect`].
pub fn start_login(settings: Settings) -> Result<Job<String>, Error> {
    let progress = Arc::<Progress>::default();
    let (transport, rate) = connect(settings, Arc::clone(&progress))?;
    Job::start(progress, async move {
        transport.account.limiter.set_rate(rate).await;
        session::check(&transport).await
    })
}

impl NotesJob {
    /// Starts reading.
    ///
    /// # Errors
    /// As [`connect`].
    pub fn start(settings: Settings, request: NotesRequest) -> Result<Self, Error> {
        let progress = Arc::<Progress>::default();
        let (transport, rate) = connect(settings, Arc::clone(&progress))?;
        let lists = lists_of(&request);
        let work = Arc::new(Work { transport, rate, request, lists });
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
        let zone = self.work.transport.account.zone().map(|zone| zone.name);
        match self.job.take() {
            Some(Ok(tables)) => Notes { tables, zone, error: None },
            Some(Err(error)) => Notes { tables: self.work.tables(), zone, error: Some(error) },
            None => Notes { tables: self.work.tables(), zone, error: None },
        }
    }
}

/// The lists that together hold what is asked for. A list has at most one
/// element and one type: whether the server understands several is not
/// certain (v2.md 2.1).
fn lists_of(request: &NotesRequest) -> Vec<List> {
    let filters = if request.ids.is_empty() {
        combinations(&request.elements, &request.note_types)
    } else {
        let chunk = IDS_A_REQUEST.min(request.limit as usize).max(1);
        let ids = request.ids.chunks(chunk);
        ids.map(|ids| NotesFilter { ids: ids.to_vec(), ..NotesFilter::default() }).collect()
    };
    let of_kind = |kind: &String| -> Vec<List> {
        let list = |filter: &NotesFilter| List {
            kind: kind.clone(),
            filter: filter.clone(),
            pages: Pages::default(),
        };
        filters.iter().map(list).collect()
    };
    request.kinds.iter().flat_map(of_kind).collect()
}

fn combinations(elements: &[u64], note_types: &[String]) -> Vec<NotesFilter> {
    let optional = |n: usize| if n == 0 { 1 } else { n };
    let mut filters = Vec::new();
    for element in 0..optional(elements.len()) {
        for note_type in 0..optional(note_types.len()) {
            filters.push(NotesFilter {
                element: elements.get(element).copied(),
                note_type: note_types.get(note_type).cloned(),
                ..NotesFilter::default()
            });
        }
    }
    filters
}

async fn read_all(work: Arc<Work>) -> Result<Vec<(String, Table)>, Error> {
    work.transport.account.limiter.set_rate(work.rate).await;
    // Before anything runs side by side: refused credentials are sent once.
    session::ensure(&work.transport).await?;
    let since = match work.request.since {
        // The wall clock can't be read before its zone is known.
        Some(moment @ Moment::WallClock(_)) => Some(moment.epoch(&work.zone().await?)),
        Some(Moment::Epoch(seconds)) => Some(seconds),
        None => None,
    };
    try_join(work.zone(), work.read_lists(since)).await?;
    Ok(work.tables())
}

impl Work {
    async fn zone(&self) -> Result<Zone, Error> {
        if let Some(zone) = self.transport.account.zone() {
            return Ok(zone);
        }
        let zone = v2::time_zone(&self.transport).await?;
        self.transport.account.learn_zone(&zone);
        Ok(zone)
    }

    async fn read_lists(&self, since: Option<i64>) -> Result<(), Error> {
        let readings: Vec<BoxFuture<'_, Result<(), Error>>> =
            self.lists.iter().map(|list| self.read_list(list, since).boxed()).collect();
        stream::iter(readings).buffer_unordered(LISTS_AT_ONCE).try_collect::<Vec<()>>().await?;
        Ok(())
    }

    async fn read_list(&self, list: &List, since: Option<i64>) -> Result<(), Error> {
        let filter = NotesFilter { since, ..list.filter.clone() };
        if !filter.ids.is_empty() {
            return self.read_ids(list, filter).await;
        }
        let whole = Slice { offset: 0, limit: self.request.limit };
        let reading = Reading {
            limit: self.request.limit,
            rate: self.rate,
            name: &format!("{} notes", list.kind),
            endpoint: v2::notes_request(&list.kind, &filter, whole).endpoint(),
        };
        read_list(&reading, &list.pages, |slice| self.fetch(&list.kind, &filter, slice)).await
    }

    /// Ids that don't come are asked for once more: they may not exist, or
    /// the server lags.
    async fn read_ids(&self, list: &List, mut filter: NotesFilter) -> Result<(), Error> {
        for round in 0..2 {
            let limit = u32::try_from(filter.ids.len()).unwrap_or(v2::MAX_LIMIT);
            let slice = Slice { offset: 0, limit };
            let page = self.fetch(&list.kind, &filter, slice).await?.value;
            let keys = page.keys();
            list.pages.add(round, page);
            filter.ids.retain(|id| !keys.has_number(*id as f64));
            if filter.ids.is_empty() {
                break;
            }
        }
        Ok(())
    }

    fn fetch(
        &self,
        kind: &str,
        filter: &NotesFilter,
        slice: Slice,
    ) -> impl Future<Output = Result<Answer<Table>, Error>> + Send {
        let request = v2::notes_request(kind, filter, slice);
        let what = format!("{kind} notes from row {}", slice.offset + 1);
        async move {
            let answer = self.transport.get(&request, &what, v2::read_notes).await?;
            self.transport.http.progress.page_read(answer.value.rows());
            Ok(answer)
        }
    }

    /// The tables of what has arrived; takes it.
    fn tables(&self) -> Vec<(String, Table)> {
        self.request.kinds.iter().map(|kind| (kind.clone(), self.table(kind))).collect()
    }

    fn table(&self, kind: &str) -> Table {
        let mut table = Table::new(&v2::NOTES);
        let mut seen = Keys::default();
        let lists: Vec<&List> = self.lists.iter().filter(|list| list.kind == kind).collect();
        for list in &lists {
            list.pages.move_into(&mut table, &mut seen);
        }
        if lists.len() > 1 && self.request.ids.is_empty() {
            table.sort_by(&["created_at", "id"]);
        }
        table.relabel("element_type", v2::element_type);
        table
    }
}

#[cfg(test)]
mod tests {
    use super::{NotesRequest, lists_of};

    #[test]
    fn long_id_vectors_are_split_over_requests() {
        let request = NotesRequest {
            kinds: vec!["lead".to_owned()],
            limit: 500,
            ids: (1..=450).collect(),
            ..NotesRequest::default()
        };
        let sizes: Vec<usize> = lists_of(&request).iter().map(|l| l.filter.ids.len()).collect();
        assert_eq!(sizes, [200, 200, 50]);
    }

    #[test]
    fn each_element_and_type_is_a_list_of_its_own() {
        let request = NotesRequest {
            kinds: vec!["lead".to_owned(), "task".to_owned()],
            limit: 500,
            elements: vec![1, 2],
            note_types: vec!["3".to_owned(), "4".to_owned()],
            ..NotesRequest::default()
        };
        assert_eq!(lists_of(&request).len(), 8);
        let plain = NotesRequest { elements: vec![], note_types: vec![], ..request };
        assert_eq!(lists_of(&plain).len(), 2);
    }
}
