//! Reads the records with given ids. Records that don't come do not exist, or the
//! server lags.

use std::future::Future;
use std::time::Duration;

use tokio::time::Instant;

use super::fetch_all::{NO_PROGRESS, Pages, after_all_tries, is_too_slow};
use super::pager::MOST_REFUSALS;
use crate::account::transport::Answer;
use crate::error::Error;
use crate::json::page::Page;
use crate::progress::Progress;
use crate::table::RowSink;

/// Waits before missing records are asked for again. The waits begin anew when some
/// of them have come.
const WAITS: [Duration; 6] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(1),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(2),
];

/// How many of these waits are made if the server was not seen to lag.
const FEW_WAITS: usize = 2;

/// What is known while ids are read.
struct IdReading<'r, T> {
    pages: &'r Pages<T>,
    progress: &'r Progress,
    /// How many ids to ask for at once; fewer after a refusal.
    size: usize,
    /// Why they are fewer.
    refusal: Option<Error>,
    /// When something came.
    last_new: Instant,
    /// All have been asked for already.
    is_repeated: bool,
}

/// Reads the records with these ids into `pages`; `fetch` asks for some of them
/// at once.
///
/// # Errors
/// What `fetch` fails with, at once, unless fewer ids may do.
pub async fn read_ids<T, F, A>(
    ids: &[u64],
    pages: &Pages<T>,
    progress: &Progress,
    fetch: F,
) -> Result<(), Error>
where
    T: RowSink,
    F: Fn(Vec<u64>) -> A,
    A: Future<Output = Result<Answer<Page<T>>, Error>>,
{
    let (size, last_new) = (ids.len(), Instant::now());
    let mut reading =
        IdReading { pages, progress, size, refusal: None, last_new, is_repeated: false };
    let mut missing = reading.ask(ids, &fetch).await?;
    reading.is_repeated = true;
    let (mut in_vain, mut most) = (0, FEW_WAITS);
    while !missing.is_empty() && in_vain < most && !reading.lasts_too_long() {
        tokio::time::sleep(WAITS[in_vain]).await;
        let still = reading.ask(&missing, &fetch).await?;
        if still.len() < missing.len() {
            (in_vain, most) = (0, WAITS.len());
        } else {
            in_vain += 1;
        }
        missing = still;
    }
    Ok(())
}

impl<T: RowSink> IdReading<'_, T> {
    /// Asks for each id once; gives those that have not come.
    async fn ask<F, A>(&mut self, ids: &[u64], fetch: &F) -> Result<Vec<u64>, Error>
    where
        F: Fn(Vec<u64>) -> A,
        A: Future<Output = Result<Answer<Page<T>>, Error>>,
    {
        let mut missing = Vec::new();
        let mut rest = ids;
        let mut refusals = 0;
        while !rest.is_empty() {
            let is_late = self.lasts_too_long();
            if let Some(error) = self.refusal.take_if(|_| is_late) {
                return Err(error);
            }
            let (some, others) = rest.split_at(self.size.min(rest.len()));
            match fetch(some.to_vec()).await {
                Ok(answer) => {
                    missing.extend(self.keep(some, answer.value));
                    (rest, refusals) = (others, 0);
                }
                Err(error) if is_too_slow(&error) => {
                    refusals += 1;
                    if refusals == MOST_REFUSALS {
                        return Err(after_all_tries(error));
                    }
                    self.size = (some.len() / 4).max(1);
                    self.refusal = Some(error);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(missing)
    }

    fn lasts_too_long(&self) -> bool {
        self.last_new.elapsed() > NO_PROGRESS
    }

    /// Keeps the records of a page; returns the ids that it lacks. A page with none of
    /// the ids is ignored: its records are others.
    fn keep(&mut self, ids: &[u64], page: Page<T>) -> Vec<u64> {
        let missing: Vec<u64> =
            ids.iter().copied().filter(|id| !page.keys.ids.contains(id)).collect();
        let found = ids.len() - missing.len();
        if found > 0 {
            if self.is_repeated {
                self.pages.add_late(page);
            } else {
                self.pages.add(page);
            }
            self.progress.page_read(u32::try_from(found).unwrap_or(u32::MAX));
            self.last_new = Instant::now();
        }
        missing
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::read_ids;
    use crate::account::transport::Answer;
    use crate::error::{At, Error};
    use crate::json::page::Page;
    use crate::paging::{Pages, Paging};
    use crate::progress::Progress;
    use crate::table::{Format, Map, Schema, Table, read_page};
    use std::cell::{Cell, RefCell};
    use std::time::Duration;

    static SCHEMA: Schema = Schema { base: &["id"], keys: &["id"], ids: &["id"], ..Schema::TEXT };

    fn page(ids: &[u64]) -> Page<Table> {
        let items: Vec<String> = ids.iter().map(|id| format!("{{\"id\":{id}}}")).collect();
        let body = format!("{{\"_embedded\":{{\"items\":[{}]}}}}", items.join(","));
        let format =
            Format { list: "items", schema: &SCHEMA, id: "id", order: None, map: Map::Identity };
        read_page(body.as_bytes(), &format).unwrap()
    }

    /// As a server gives it.
    #[allow(clippy::unnecessary_wraps)]
    fn answer(ids: &[u64]) -> Result<Answer<Page<Table>>, Error> {
        Ok(Answer { value: page(ids), elapsed: Duration::ZERO })
    }

    /// What came of a reading: the ids in their order, the sizes of the requests
    /// and the milliseconds that it took.
    type Outcome = (Result<(), Error>, Vec<String>, Vec<usize>, u128);

    /// Reads ids from a server that answers the n-th request, at some time.
    async fn read(
        ids: &[u64],
        serve: impl Fn(usize, Duration, &[u64]) -> Result<Answer<Page<Table>>, Error>,
    ) -> Outcome {
        read_slowly(ids, serve, 0).await
    }

    /// The same where an answer takes so many seconds.
    async fn read_slowly(
        ids: &[u64],
        serve: impl Fn(usize, Duration, &[u64]) -> Result<Answer<Page<Table>>, Error>,
        seconds: u64,
    ) -> Outcome {
        let pages = Pages::new(Paging::Offset, 500, Table::new(&SCHEMA));
        let (asked, started) = (RefCell::new(Vec::new()), tokio::time::Instant::now());
        let progress = Progress::default();
        let read = read_ids(ids, &pages, &progress, |ids| {
            asked.borrow_mut().push(ids.len());
            let answer = serve(asked.borrow().len(), started.elapsed(), &ids);
            async move {
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                answer
            }
        });
        let read = read.await;
        let came = pages.take().unwrap().texts("id").into_iter().flatten().collect();
        (read, came, asked.into_inner(), started.elapsed().as_millis())
    }

    #[tokio::test(start_paused = true)]
    async fn ids_that_all_come_take_one_request() {
        let (read, came, asked, time) = read(&[3, 1, 2], |_, _, _| answer(&[1, 2, 3])).await;
        assert_eq!((read, asked, time), (Ok(()), vec![3], 0));
        assert_eq!(came, ["1", "2", "3"]);
    }

    #[tokio::test(start_paused = true)]
    async fn ids_that_do_not_exist_cost_two_more_requests() {
        let serve = |_, _, ids: &[u64]| {
            let known: Vec<u64> = ids.iter().copied().filter(|id| *id < 5).collect();
            answer(&known)
        };
        let (read, came, asked, time) = read(&[3, 4, 5, 6], serve).await;
        assert_eq!((read, asked, time), (Ok(()), vec![4, 2, 2], 1500));
        assert_eq!(came, ["3", "4"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_lags_a_second_leaves_nothing_out_and_the_order_holds() {
        let serve = |_, now: Duration, ids: &[u64]| {
            let most = if now.as_millis() < 1200 { 2 } else { 9 };
            let known: Vec<u64> = ids.iter().copied().filter(|id| *id > 9 - most).collect();
            answer(&known)
        };
        let ids: Vec<u64> = (1..=9).collect();
        let (read, came, asked, _) = read(&ids, serve).await;
        assert_eq!((read, asked), (Ok(()), vec![9, 7, 7]));
        assert_eq!(came, ids.iter().map(ToString::to_string).collect::<Vec<_>>());
    }

    #[tokio::test(start_paused = true)]
    async fn as_long_as_some_come_it_goes_on() {
        // One in four, then nothing for five rounds.
        let serve = |number, _, ids: &[u64]| {
            if (4..9).contains(&number) {
                answer(&[])
            } else {
                answer(&ids[..ids.len().div_ceil(4)])
            }
        };
        let ids: Vec<u64> = (1..=200).collect();
        let (read, came, _, time) = read(&ids, serve).await;
        assert_eq!((read, came.len()), (Ok(()), 200));
        assert!(time < 60_000, "{time}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_never_has_the_rest_is_believed_after_six_tries() {
        let serve = |number, _, ids: &[u64]| answer(if number < 3 { &ids[..1] } else { &[] });
        let (read, came, asked, _) = read(&[1, 2, 3], serve).await;
        assert_eq!((read, came.len(), asked.len()), (Ok(()), 2, 8));
    }

    #[tokio::test(start_paused = true)]
    async fn other_records_than_those_asked_for_are_left_out() {
        let (read, came, asked, _) = read(&[1, 2], |_, _, _| answer(&[7, 8])).await;
        assert_eq!((read, came.len(), asked.len()), (Ok(()), 0, 3));
    }

    #[tokio::test(start_paused = true)]
    async fn a_reading_ends_five_minutes_after_the_last_new_record() {
        let late = || Error::Timeout {
            allowed: Duration::from_secs(60),
            is_begun: false,
            tries: 2,
            at: Box::new(At::default()),
        };
        let ids: Vec<u64> = (1..=200).collect();
        for is_refused in [false, true] {
            let slow = |number, _, ids: &[u64]| match number {
                1 if is_refused => Err(late()),
                1 | 2 => answer(&ids[..1]),
                _ => answer(&[]),
            };
            let (read, came, asked, time) = read_slowly(&ids, slow, 50).await;
            assert_eq!(read.is_err(), is_refused, "{asked:?}");
            assert!(!came.is_empty() && (300_000..420_000).contains(&time), "{time}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_refused_is_asked_for_in_parts_and_not_for_ever() {
        let late = || Error::Timeout {
            allowed: Duration::from_secs(1),
            is_begun: false,
            tries: 2,
            at: Box::new(At::default()),
        };
        let ids: Vec<u64> = (1..=200).collect();
        let serve = |_, _, ids: &[u64]| if ids.len() > 60 { Err(late()) } else { answer(ids) };
        let (ok, came, asked, _) = read(&ids, serve).await;
        assert_eq!((ok, came.len(), asked), (Ok(()), 200, vec![200, 50, 50, 50, 50]));
        let stopped = Cell::new(0);
        let serve = |number, _, ids: &[u64]| {
            stopped.set(number);
            if number > 1 { Err(late()) } else { answer(&ids[..100]) }
        };
        let (failed, came, _, _) = read(&ids, serve).await;
        assert!(matches!(failed, Err(Error::Timeout { tries: 6, .. })), "{failed:?}");
        assert_eq!((came.len(), stopped.get()), (100, 4));
    }
}
