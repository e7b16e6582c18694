//! Reads one list whole: drives a [`Walk`] with real requests and keeps what
//! comes, so that an interrupted list still gives what it has.

use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};

use crate::error::{At, Error};
use crate::limiter::ALLOWED;
use crate::page::Page;
use crate::progress::Progress;
use crate::slice::{Paging, Slice};
use crate::table::{Keys, Table};
use crate::transport::Answer;
use crate::walk::{Ask, StartsOver, Walk};

/// Requests in flight that a slow server may lead to.
const MAX_AHEAD: usize = 16;

/// When the first page takes longer, the second one is asked for meanwhile.
const SLOW: Duration = Duration::from_secs(1);

/// The pages of one list that have arrived, with the way through it.
pub struct Pages<T> {
    walk: Mutex<Walk<T>>,
    limit: u32,
}

impl<T> Pages<T> {
    /// A list to be read `limit` records at a time at most.
    pub fn new(paging: Paging, limit: u32) -> Self {
        Pages { walk: Mutex::new(Walk::new(paging, limit)), limit }
    }

    /// The part that is asked for first.
    pub fn first(&self) -> Slice {
        Slice { offset: 0, limit: self.limit }
    }

    /// Adds rows that need no check, such as those of records named by id.
    pub fn add(&self, page: Page<T>) {
        self.lock().add(page);
    }

    /// The rows of each page, in order; takes them.
    pub fn take(&self) -> Vec<T> {
        self.lock().take_rows()
    }

    fn lock(&self) -> MutexGuard<'_, Walk<T>> {
        self.walk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pages<Table> {
    /// Moves all rows into `table`, in order; rows whose key is in `seen`
    /// are left out.
    pub fn move_into(&self, table: &mut Table, seen: &mut Keys) {
        for page in self.take() {
            table.append(page, seen);
        }
    }

    /// Texts of a column of what has arrived.
    pub fn texts(&self, column: &str) -> Vec<String> {
        self.lock().rows().flat_map(|page| page.texts(column)).flatten().collect()
    }

    /// Adds the keys of what has arrived.
    pub fn keys_into(&self, keys: &mut Keys) {
        self.lock().rows().for_each(|page| page.keys_into(keys));
    }
}

/// How a list is read.
pub struct Reading<'r> {
    /// Requests a second that the account allows.
    pub rate: f64,
    /// What the list is, in words, for messages.
    pub name: &'r str,
    /// Whether messages speak of pages rather than of rows.
    pub numbered: bool,
    /// Method and path, for errors.
    pub endpoint: String,
    /// Counts the pages.
    pub progress: &'r Progress,
}

/// Reads a list from its first row to its end into `pages`.
///
/// # Errors
/// What `fetch` fails with, at once, unless smaller requests may do;
/// [`Error::Incomplete`] when some rows can't be had although the server
/// answers.
pub async fn read_list<T, F, A>(
    reading: &Reading<'_>,
    pages: &Pages<T>,
    fetch: F,
) -> Result<(), Error>
where
    T: Send,
    F: Fn(Ask) -> A,
    A: Future<Output = Result<Answer<Page<T>>, Error>> + Send,
{
    let mut in_flight = FuturesUnordered::new();
    let mut patience = std::pin::pin!(tokio::time::sleep(SLOW));
    let mut is_first = true;
    loop {
        while let Some(ask) = next_ask(pages) {
            in_flight.push(answer_to(ask.clone(), fetch(ask)));
        }
        let next = tokio::select! {
            next = in_flight.next() => next,
            () = &mut patience, if is_first => {
                is_first = false;
                pages.lock().set_ahead(2);
                continue;
            }
        };
        is_first = false;
        match next {
            None => break,
            Some((ask, Ok(answer))) => reading.take_in(pages, &ask, answer)?,
            Some((ask, Err(error))) => {
                if !is_too_slow(&error) || !pages.lock().split(&ask) {
                    return Err(error);
                }
            }
        }
    }
    let missing = pages.lock().missing();
    let missing: Vec<String> = missing.into_iter().map(|slice| reading.place(slice)).collect();
    if missing.is_empty() { Ok(()) } else { Err(reading.incomplete(missing)) }
}

/// The lock must not outlive the call.
fn next_ask<T>(pages: &Pages<T>) -> Option<Ask> {
    pages.lock().next_ask()
}

fn answer_to<'a, A>(ask: Ask, fetch: A) -> BoxFuture<'a, (Ask, A::Output)>
where
    A: Future + Send + 'a,
{
    Box::pin(async move {
        if !ask.after.is_zero() {
            tokio::time::sleep(ask.after).await;
        }
        (ask, fetch.await)
    })
}

fn is_too_slow(error: &Error) -> bool {
    match error {
        Error::Timeout { .. } => true,
        Error::Http { at, .. } => at.status == Some(504),
        _ => false,
    }
}

/// As many requests as arrive in the time of one answer at `rate` a second,
/// and one that is on its way meanwhile.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub(crate) fn requests_ahead(answer_time: Duration, rate: f64) -> usize {
    let arriving = (answer_time.as_secs_f64() * rate).ceil().clamp(1.0, MAX_AHEAD as f64 - 1.0);
    arriving as usize + 1
}

impl Reading<'_> {
    fn take_in<T>(
        &self,
        pages: &Pages<T>,
        ask: &Ask,
        answer: Answer<Page<T>>,
    ) -> Result<(), Error> {
        let mut walk = pages.lock();
        walk.set_ahead(requests_ahead(answer.elapsed, self.rate.min(ALLOWED)));
        let new = walk
            .answered(ask, answer.value)
            .map_err(|StartsOver| self.incomplete(vec![self.place(ask.slice)]))?;
        // Told only now, so that who counts pages finds them.
        if new > 0 {
            self.progress.page_read(new);
        }
        Ok(())
    }

    fn place(&self, slice: Slice) -> String {
        if self.numbered {
            return format!("{}, page {}", self.name, slice.page_number());
        }
        format!("{}, rows {} to {}", self.name, slice.offset + 1, slice.end())
    }

    fn incomplete(&self, pages: Vec<String>) -> Error {
        Error::Incomplete {
            pages,
            at: Box::new(At { endpoint: self.endpoint.clone(), ..At::default() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::requests_ahead;
    use std::time::Duration;

    #[test]
    fn slow_answers_and_high_rates_want_more_requests_in_flight() {
        let ahead = |seconds, rate| requests_ahead(Duration::from_secs_f64(seconds), rate);
        assert_eq!(ahead(0.0, 7.0), 2);
        assert_eq!(ahead(0.3, 7.0), 4);
        assert_eq!(ahead(1.0, 7.0), 8);
        assert_eq!(ahead(1.0, 3.0), 4);
        assert_eq!(ahead(60.0, 7.0), 16);
        assert_eq!(ahead(0.5, f64::INFINITY), 16);
    }
}
