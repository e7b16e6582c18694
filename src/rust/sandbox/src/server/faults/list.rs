//! Lists that lie, lag or move. What becomes of a list happens here, between
//! its rows and the page that is cut from them, the same for every list of both
//! APIs.

use std::collections::BTreeMap;
use std::mem;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::IF_MODIFIED_SINCE;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;

use super::row::SpoiltRow;
use super::{Faults, Plan};
use crate::api::query::Query;
use crate::api::rows::{AllRows, ListRows};
use crate::api::{v2, v4};
use crate::data::random::Rng;
use crate::data::table::to_usize;
use crate::fault::{ListFault, Place};
use crate::server::routes;
use crate::sync::lock;

/// What tells the pages of a list from one another.
const PAGING: [&str; 5] = ["page=", "limit=", "limit_rows=", "limit_offset=", "page_size="];

/// Which rows a request asks for.
pub struct AskedRows {
    offset: u64,
    /// How many.
    pub limit: u64,
}

/// A list that something has happened to.
pub struct SpoiltList {
    /// What API v4 calls its rows.
    name: String,
    rows: Vec<SpoiltRow>,
    /// When it was read, since the start.
    since: Duration,
    /// Rows that were made up so far, and those of them by time.
    made: u64,
    grown: u64,
    /// Whether rows are of the same second as those beside them.
    is_tied: bool,
    /// The ids of the rows that were deleted.
    pub gone: Vec<String>,
    /// Requests so far, by their path and query.
    requests: BTreeMap<String, u64>,
}

impl AskedRows {
    /// Reads it from a path and query.
    pub fn read(target: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let query = Query::parse(query.as_bytes());
        let number =
            |names: &[&str]| names.iter().find_map(|name| query.value(name)?.parse::<u64>().ok());
        let usual = if path.starts_with(v4::ROOT) { 50 } else { 500 };
        let limit = number(&["limit", "limit_rows", "page_size"]).unwrap_or(usual);
        let page = number(&["page"]).unwrap_or(1).saturating_sub(1).saturating_mul(limit);
        Self { offset: number(&["limit_offset"]).unwrap_or(page), limit }
    }

    /// Whether some of these rows are asked for.
    pub fn overlaps(&self, rows: &Range<u64>) -> bool {
        self.offset < rows.end && rows.start < self.offset.saturating_add(self.limit)
    }
}

impl Faults {
    /// The reply to a request, from a list that something happens or has
    /// happened to, or else from the service.
    pub async fn serve(
        &self,
        service: Router,
        request: Request,
        plan: &Plan,
        now: Duration,
    ) -> Response {
        let since = request.headers().get(IF_MODIFIED_SINCE).map(|value| format!(" {value:?}"));
        let name = name(&request);
        let key = name.clone() + &since.unwrap_or_default();
        let is_new = !plan.list.is_empty() && !lock(&self.lists).contains_key(&key);
        // A login is no list, and would not be one without its form.
        if is_new && request.method() == Method::GET {
            match read(&service, request.headers(), &name).await {
                Ok(Some(rows)) => {
                    let list = SpoiltList::new(&key, rows, now);
                    // Unless somebody else was faster.
                    lock(&self.lists).entry(key.clone()).or_insert(list);
                }
                Ok(None) => {}
                Err(reply) => return reply,
            }
        }
        if let Some(list) = lock(&self.lists).get_mut(&key) {
            return list.answer(&request, plan, now);
        }
        routes::serve(service, request).await
    }
}

/// The path and the query without the place of the page.
fn name(request: &Request) -> String {
    let parts = request.uri().query().unwrap_or_default().split('&');
    let filters = parts.filter(|part| !PAGING.iter().any(|name| part.starts_with(name)));
    format!("{}?{}", request.uri().path(), filters.collect::<Vec<_>>().join("&"))
}

/// All rows of the list that is asked for; an error is a reply that says something else.
/// Nothing if it is no list.
async fn read(
    service: &Router,
    headers: &HeaderMap,
    name: &str,
) -> Result<Option<ListRows>, Response> {
    let mut request = Request::new(Body::empty());
    *request.headers_mut() = headers.clone();
    *request.uri_mut() = name.parse().unwrap_or_default();
    request.extensions_mut().insert(AllRows);
    let mut reply = routes::serve(service.clone(), request).await;
    match reply.status() {
        StatusCode::NO_CONTENT => {
            Ok(Some(ListRows { name: "items".to_owned(), items: Vec::new() }))
        }
        StatusCode::OK => Ok(reply.extensions_mut().remove()),
        _ => Err(reply),
    }
}

impl SpoiltList {
    /// The list of this key, whose new rows are told from those of all others.
    fn new(key: &str, list: ListRows, since: Duration) -> Self {
        Self {
            name: list.name,
            rows: list.items.into_iter().map(SpoiltRow::of).collect(),
            since,
            made: Rng::of_text(key).below(10_000) * 100_000,
            grown: 0,
            is_tied: false,
            gone: Vec::new(),
            requests: BTreeMap::new(),
        }
    }

    fn answer(&mut self, request: &Request, plan: &Plan, now: Duration) -> Response {
        let target = request.uri().path_and_query().map_or("", |target| target.as_str());
        let number = self.requests.entry(target.to_owned()).or_default();
        *number += 1;
        let mut rng = Rng::of(&[plan.seed, Rng::of_text(target).next(), *number]);
        let (rows, next) = self.page(&plan.list, &AskedRows::read(target), &mut rng, now);
        let rows = rows.into_iter().map(|row| Arc::unwrap_or_clone(row.json)).collect();
        if target.starts_with(v4::ROOT) {
            v4::list_page(request, &self.name, rows, next)
        } else {
            v2::list_page(request, rows)
        }
    }

    /// The rows of a page, and whether another one follows.
    fn page(
        &mut self,
        faults: &[ListFault],
        asked: &AskedRows,
        rng: &mut Rng,
        now: Duration,
    ) -> (Vec<SpoiltRow>, bool) {
        for fault in faults {
            self.change(fault, rng, now);
        }
        let mut rows = self.rows.clone();
        let (mut limit, mut offset, mut extra) = (asked.limit, asked.offset, 0);
        for fault in faults {
            match fault {
                ListFault::Shuffle(0) => rng.shuffle(&mut rows),
                ListFault::Shuffle(_) => {
                    rows.chunk_by_mut(SpoiltRow::is_tied).for_each(|group| rng.shuffle(group));
                }
                ListFault::Skip(count) => drop(take(&mut rows, *count, rng)),
                ListFault::View(count) => rows.truncate(to_usize(*count)),
                ListFault::Repeat => offset = 0,
                // By number a page stands where shorter ones lead it.
                ListFault::Cap(most) if *most < limit => {
                    if self.name != "items" {
                        offset = offset / limit.max(1) * most;
                    }
                    limit = *most;
                }
                ListFault::Longer(more) => extra = *more,
                _ => {}
            }
        }
        let end = to_usize(offset.saturating_add(limit));
        let mut next = end < rows.len();
        rows.truncate(end.saturating_add(to_usize(extra)));
        rows.drain(..to_usize(offset).min(rows.len()));
        for fault in faults {
            match fault {
                ListFault::Gap(count) => gap(&mut rows, to_usize(*count), rng),
                ListFault::Double => rows = double(&rows),
                ListFault::Reverse => rows.reverse(),
                ListFault::NoId => rows = rows.into_iter().map(SpoiltRow::without_id).collect(),
                ListFault::New => (rows, next) = (self.make(limit), true),
                ListFault::Repeat | ListFault::Next => next = true,
                ListFault::Last => next = false,
                _ => {}
            }
        }
        (rows, next)
    }

    /// What happens to the list for good.
    fn change(&mut self, fault: &ListFault, rng: &mut Rng, now: Duration) {
        match fault {
            ListFault::Add(count, to) => self.add(*count, *to, rng),
            ListFault::Grow(speed, to) => {
                let seconds = now.saturating_sub(self.since).as_secs_f64();
                // What is too much for a number is too much for the list.
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                let all = (seconds * speed) as u64;
                self.add(all - self.grown.min(all), *to, rng);
                self.grown = all.max(self.grown);
            }
            ListFault::Delete(count, from) => {
                let first = from.position(self.rows.len().saturating_sub(to_usize(*count)), rng);
                let end = first.saturating_add(to_usize(*count)).min(self.rows.len());
                self.delete(first..end);
            }
            ListFault::Move(count, to) => {
                let moved = take(&mut self.rows, *count, rng);
                let at = to.position(self.rows.len(), rng);
                self.rows.splice(at..at, moved);
            }
            ListFault::Keep(count) => {
                self.delete(to_usize(*count).min(self.rows.len())..self.rows.len());
            }
            ListFault::Shuffle(size @ 1..) => self.tie(to_usize(*size)),
            _ => {}
        }
    }

    /// Gives so many rows in succession the same second, for good, as a list
    /// does not change the times of its rows from one answer to the next.
    fn tie(&mut self, size: usize) {
        if mem::replace(&mut self.is_tied, true) {
            return;
        }
        for group in self.rows.chunks_mut(size) {
            if let [first, others @ ..] = group {
                for row in others {
                    row.tie_to(first);
                }
            }
        }
    }

    fn delete(&mut self, places: Range<usize>) {
        self.gone.extend(self.rows.drain(places).map(|row| row.name()));
    }

    fn add(&mut self, count: u64, to: Place, rng: &mut Rng) {
        let at = to.position(self.rows.len(), rng);
        let rows = self.make(count);
        self.rows.splice(at..at, rows);
    }

    /// New rows: copies of others with ids of their own.
    fn make(&mut self, count: u64) -> Vec<SpoiltRow> {
        let originals: Vec<SpoiltRow> =
            self.rows.iter().filter(|row| row.can_be_copied()).take(50).cloned().collect();
        let rows = originals.iter().cycle().take(to_usize(count));
        (self.made..)
            .zip(rows)
            .map(|(number, row)| {
                self.made = number + 1;
                row.clone().renamed(number)
            })
            .collect()
    }
}

impl Place {
    /// Where that is, from 0 to `end`.
    fn position(self, end: usize, rng: &mut Rng) -> usize {
        match self {
            Self::Front => 0,
            Self::End => end,
            Self::Anywhere => rng.index(end.saturating_add(1)),
        }
    }
}

/// Takes rows out, one here and one there.
fn take(rows: &mut Vec<SpoiltRow>, count: u64, rng: &mut Rng) -> Vec<SpoiltRow> {
    let count = to_usize(count).min(rows.len());
    (0..count).map(|_| rows.remove(rng.index(rows.len()))).collect()
}

/// Takes rows out of the middle of a page.
fn gap(rows: &mut Vec<SpoiltRow>, count: usize, rng: &mut Rng) {
    let count = count.min(rows.len().saturating_sub(2));
    let first = 1 + rng.index(rows.len().saturating_sub(count + 1));
    rows.drain(first.min(rows.len())..(first + count).min(rows.len()));
}

fn double(rows: &[SpoiltRow]) -> Vec<SpoiltRow> {
    rows.iter().flat_map(|row| [row, row]).take(rows.len()).cloned().collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::ListFault::*;
    use super::*;
    use crate::api::object;
    use crate::server::faults::row::NEW_IDS;

    fn list(rows: u64) -> SpoiltList {
        let row = |id: u64| object! { "id": id, "created_at": id };
        let rows = ListRows { name: "leads".to_owned(), items: (1..=rows).map(row).collect() };
        SpoiltList { made: 0, ..SpoiltList::new("", rows, Duration::ZERO) }
    }

    fn ids(rows: &[SpoiltRow]) -> Vec<u64> {
        rows.iter().map(|row| row.id.parse().unwrap()).collect()
    }

    /// The second page of three rows of a list of ten, and whether one follows.
    fn second(faults: &[ListFault]) -> (Vec<u64>, bool) {
        let asked = AskedRows::read("/api/v4/leads?page=2&limit=3");
        let (rows, next) = list(10).page(faults, &asked, &mut Rng::of(&[1]), Duration::ZERO);
        (ids(&rows), next)
    }

    /// The list after this has happened to it.
    fn after(fault: &ListFault) -> Vec<u64> {
        let mut list = list(6);
        list.change(fault, &mut Rng::of(&[1]), Duration::from_secs(1));
        ids(&list.rows)
    }

    #[test]
    fn a_page_is_cut_from_what_is_left_of_the_list() {
        assert_eq!(second(&[]), (vec![4, 5, 6], true));
        assert_eq!(second(&[View(5)]), (vec![4, 5], false));
        assert_eq!(second(&[View(6)]), (vec![4, 5, 6], false));
        assert_eq!(second(&[Repeat]), (vec![1, 2, 3], true));
        assert_eq!(second(&[Cap(2)]), (vec![3, 4], true));
        assert_eq!(second(&[Longer(2)]), (vec![4, 5, 6, 7, 8], true));
        assert_eq!(second(&[Gap(1)]), (vec![4, 6], true));
        assert_eq!(second(&[Double]), (vec![4, 4, 5], true));
        assert_eq!(second(&[Reverse]), (vec![6, 5, 4], true));
        assert_eq!(second(&[New]), ((0..3).map(|number| NEW_IDS + number).collect(), true));
        assert_eq!(second(&[Last]), (vec![4, 5, 6], false));
        assert_eq!(second(&[View(6), Next]), (vec![4, 5, 6], true));
        assert_eq!(second(&[Delete(2, Place::Front), View(5)]), (vec![6, 7], false));
    }

    #[test]
    fn an_offset_stays_where_a_cap_is_below_the_rows_asked_for() {
        let mut old = list(10);
        old.name = "items".to_owned();
        let asked = AskedRows::read("/api/v2/leads?limit_rows=3&limit_offset=4");
        let (rows, _) = old.page(&[Cap(2)], &asked, &mut Rng::of(&[1]), Duration::ZERO);
        assert_eq!(ids(&rows), [5, 6]);
    }

    #[test]
    fn ties_stay_within_their_group_and_nothing_is_lost_in_any_order() {
        let asked = AskedRows::read("/api/v4/leads?limit=12");
        let shuffled = |size| {
            ids(&list(12).page(&[Shuffle(size)], &asked, &mut Rng::of(&[3]), Duration::ZERO).0)
        };
        let sorted = |mut ids: Vec<u64>| {
            ids.sort_unstable();
            ids
        };
        assert_ne!(shuffled(0), ids(&list(12).rows));
        assert_eq!(sorted(shuffled(0)), ids(&list(12).rows));
        assert_ne!(shuffled(4), ids(&list(12).rows));
        for (group, first) in shuffled(4).chunks(4).zip([1, 5, 9]) {
            assert_eq!(sorted(group.to_vec()), (first..first + 4).collect::<Vec<_>>());
        }
    }

    #[test]
    fn what_happens_for_good_is_seen_in_the_list() {
        let new = |number| NEW_IDS + number;
        assert_eq!(after(&Add(2, Place::Front)), [new(0), new(1), 1, 2, 3, 4, 5, 6]);
        assert_eq!(after(&Grow(2.0, Place::End)), [1, 2, 3, 4, 5, 6, new(0), new(1)]);
        assert_eq!(after(&Delete(2, Place::Front)), [3, 4, 5, 6]);
        assert_eq!(after(&Delete(2, Place::End)), [1, 2, 3, 4]);
        assert_eq!(after(&Delete(9, Place::Anywhere)), [0_u64; 0]);
        assert_eq!(after(&Keep(2)), [1, 2]);
        let moved = after(&Move(1, Place::End));
        assert_eq!(moved.iter().sum::<u64>(), 21);
        assert!(moved[..5].is_sorted() && moved != [1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn deleted_rows_are_known_by_their_ids() {
        let mut list = list(6);
        for fault in [Add(1, Place::Front), Delete(2, Place::Front), Keep(3), Skip(1)] {
            list.change(&fault, &mut Rng::of(&[1]), Duration::ZERO);
        }
        assert_eq!(list.gone, ["900000000", "1", "5", "6"]);
    }

    #[test]
    fn a_list_grows_by_time_not_by_requests() {
        let mut list = list(1);
        for (seconds, rows) in [(1, 3), (1, 3), (3, 7), (2, 7)] {
            let now = Duration::from_secs(seconds);
            list.change(&Grow(2.0, Place::End), &mut Rng::of(&[1]), now);
            assert_eq!(list.rows.len(), rows);
        }
    }
}
