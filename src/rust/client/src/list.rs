//! Reads one list whole: drives a [`Protocol`] with real requests and keeps
//! the pages as they come, so that an interrupted list still gives what it has.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};

use crate::error::{At, Error};
use crate::limiter::ALLOWED;
use crate::page::Page;
use crate::page_walk::PageWalk;
use crate::progress::Progress;
use crate::protocol::{Answered, Ask, Keep, Protocol, Slice, pages_ahead};
use crate::table::{Keys, Table};
use crate::transport::Answer;

/// The pages of one list that have arrived, by the rows before them.
#[derive(Default)]
pub struct Pages {
    by_offset: Mutex<BTreeMap<u64, Table>>,
}

impl Pages {
    /// Moves all rows into `table`, in order; rows whose key is in `seen`
    /// are left out.
    pub fn move_into(&self, table: &mut Table, seen: &mut Keys) {
        for (_, page) in std::mem::take(&mut *self.lock()) {
            table.append(page, seen);
        }
    }

    /// Adds rows that follow `offset` others.
    pub fn add(&self, offset: u64, page: Table) {
        self.lock().insert(offset, page);
    }

    /// Rows that have arrived.
    pub fn rows(&self) -> usize {
        self.lock().values().map(|page| page.rows() as usize).sum()
    }

    /// Texts of a column of what has arrived.
    pub fn texts(&self, column: &str) -> Vec<String> {
        self.lock().values().flat_map(|page| page.texts(column)).flatten().collect()
    }

    /// Takes `page` in place of all that came from `slice`.
    fn replace(&self, slice: Slice, page: Table) {
        let mut pages = self.lock();
        pages.retain(|offset, _| !contains(slice, *offset));
        pages.insert(slice.offset, page);
    }

    /// Whether `page` repeats rows of the page that starts at `offset`.
    fn overlaps(&self, within: Slice, page: &Table) -> bool {
        let new = page.keys();
        self.lock()
            .iter()
            .filter(|(offset, _)| contains(within, **offset))
            .any(|(_, earlier)| earlier.keys().meets(&new))
    }

    /// Whether a later page begins with the very first row: the server then
    /// pays no heed to the offset, and would do so for ever.
    fn starts_over(&self, offset: u64, page: &Table) -> bool {
        offset > 0
            && page.rows() > 0
            && self.lock().get(&0).is_some_and(|first| first.first_key_equals(page))
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Table>> {
        self.by_offset.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn contains(slice: Slice, offset: u64) -> bool {
    (slice.offset..slice.offset + u64::from(slice.limit)).contains(&offset)
}

/// How a list is read.
pub struct Reading<'r> {
    /// Rows a page.
    pub limit: u32,
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
/// What `fetch` fails with, at once; [`Error::Incomplete`] when some rows
/// can't be had although the server answers.
pub async fn read_list<P, F, A>(
    mut walk: P,
    reading: &Reading<'_>,
    pages: &Pages,
    fetch: F,
) -> Result<(), Error>
where
    P: Protocol,
    F: Fn(Slice) -> A,
    A: Future<Output = Result<Answer<Page>, Error>> + Send,
{
    let mut in_flight = FuturesUnordered::new();
    loop {
        while let Some(ask) = walk.next_ask() {
            in_flight.push(answer_to(ask, fetch(ask.slice)));
        }
        let Some((slice, answer)) = in_flight.next().await else { break };
        let Answer { value: page, elapsed } = answer?;
        walk.set_ahead(pages_ahead(elapsed, reading.rate.min(ALLOWED)));
        take_in(reading, pages, &mut walk, slice, page)?;
    }
    let missing: Vec<String> =
        walk.missing().into_iter().map(|slice| reading.place(slice)).collect();
    if missing.is_empty() { Ok(()) } else { Err(reading.incomplete(missing)) }
}

fn answer_to<'a, A>(ask: Ask, fetch: A) -> BoxFuture<'a, (Slice, A::Output)>
where
    A: Future + Send + 'a,
{
    Box::pin(async move {
        if !ask.after.is_zero() {
            tokio::time::sleep(ask.after).await;
        }
        (ask.slice, fetch.await)
    })
}

fn take_in(
    reading: &Reading<'_>,
    pages: &Pages,
    walk: &mut impl Protocol,
    slice: Slice,
    page: Page,
) -> Result<(), Error> {
    if pages.starts_over(slice.offset, &page.table) {
        return Err(reading.incomplete(vec![reading.place(slice)]));
    }
    let within = Slice {
        offset: slice.offset - slice.offset % u64::from(reading.limit),
        limit: reading.limit,
    };
    let answered = Answered {
        records: page.records,
        has_next: page.has_next,
        overlap: slice.limit < reading.limit && pages.overlaps(within, &page.table),
    };
    let records = page.records;
    match walk.answered(slice, answered) {
        Keep::Add => pages.add(slice.offset, page.table),
        Keep::Replace => pages.replace(slice, page.table),
        Keep::Discard => {}
    }
    // Told only now, so that who counts pages finds them.
    reading.progress.page_read(records);
    Ok(())
}

impl Reading<'_> {
    fn place(&self, slice: Slice) -> String {
        if self.numbered {
            return format!("{}, page {}", self.name, PageWalk::page_number(slice));
        }
        let first = slice.offset + 1;
        let last = slice.offset + u64::from(slice.limit);
        format!("{}, rows {first} to {last}", self.name)
    }

    fn incomplete(&self, pages: Vec<String>) -> Error {
        Error::Incomplete {
            pages,
            at: Box::new(At { endpoint: self.endpoint.clone(), ..At::default() }),
        }
    }
}
