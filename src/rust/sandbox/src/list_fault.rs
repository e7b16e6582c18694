//! Lists that lie, lag or move. What becomes of a list happens here, between
//! its rows and the page that is cut from them, the same for every list of both
//! APIs.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::IF_MODIFIED_SINCE;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::api::{v2, v4};
use crate::app::App;
use crate::data::random::Rng;
use crate::fault::Plan;
use crate::pipeline;
use crate::query::Query;
use crate::sync::lock;

/// The id of the first row that is made up, where ids are numbers.
const NEW_IDS: u64 = 900_000_000;

/// What happens to a list. The first ones happen to the list itself, for good;
/// the others to one answer.
#[derive(Clone, Debug)]
pub enum ListFault {
    /// So many new rows.
    Add(u64, Place),
    /// So many new rows a second, from the first request on.
    Grow(f64, Place),
    /// So many rows in succession are deleted.
    Delete(u64, Place),
    /// So many rows, one here and one there, move to this place.
    Move(u64, Place),
    /// All but the first rows are deleted.
    Keep(u64),
    /// Rows come in any order within groups of so many, all if it is 0.
    Shuffle(u64),
    /// So many rows, one here and one there, are left out.
    Skip(u64),
    /// The list has the first rows only.
    View(u64),
    /// The offset is passed over: it is the first page, and another follows.
    Repeat,
    /// The page has so many rows at most.
    Cap(u64),
    /// The page has so many rows more than asked for.
    Longer(u64),
    /// So many rows in succession are missing from the page, the last one is
    /// not.
    Gap(u64),
    /// Each row comes twice, and half of the page does not.
    Double,
    /// The page is the wrong way round.
    Reverse,
    /// Rows have no id.
    NoId,
    /// All rows are new, and another page follows.
    New,
    /// Another page follows, as API v4 says it.
    Next,
    /// No page follows, as API v4 says it.
    Last,
}

/// Where in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Before all others.
    Front,
    /// Behind all others.
    End,
    /// Somewhere.
    Anywhere,
}

/// Which rows a request asks for.
pub struct Asked {
    offset: u64,
    /// How many.
    pub limit: u64,
}

/// The lists that something has happened to.
#[derive(Default)]
pub struct Lists(Mutex<BTreeMap<String, List>>);

struct List {
    /// What API v4 calls its rows.
    name: String,
    rows: Vec<Row>,
    /// When it was read, since the start.
    since: Duration,
    /// Rows that were made up so far, and those of them by time.
    made: u64,
    grown: u64,
    /// The ids of the rows that were deleted.
    gone: Vec<String>,
    /// Requests so far, by their path and query.
    requests: BTreeMap<String, u64>,
}

#[derive(Clone)]
struct Row {
    id: String,
    json: Arc<RawValue>,
    is_made_up: bool,
}

/// A page as the service sends it.
#[derive(Deserialize)]
struct Page {
    #[serde(rename = "_page")]
    number: Option<u64>,
    #[serde(rename = "_embedded")]
    lists: BTreeMap<String, Vec<Box<RawValue>>>,
}

#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    uid: Option<&'a RawValue>,
}

impl Asked {
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

impl Lists {
    /// The ids of the rows that were deleted.
    pub fn gone(&self) -> BTreeSet<String> {
        lock(&self.0).values().flat_map(|list| &list.gone).cloned().collect()
    }

    fn has(&self, key: &str) -> bool {
        lock(&self.0).contains_key(key)
    }

    /// Unless somebody else was faster.
    fn add(&self, key: String, list: List) {
        lock(&self.0).entry(key).or_insert(list);
    }

    fn answer(&self, key: &str, request: &Request, plan: &Plan, now: Duration) -> Option<Response> {
        Some(lock(&self.0).get_mut(key)?.answer(request, plan, now))
    }
}

/// The reply to a request, from a list that something happens or has happened
/// to, or else from the service.
pub async fn serve(app: &App, service: Router, request: Request, plan: &Plan) -> Response {
    let since = request.headers().get(IF_MODIFIED_SINCE).map(|value| format!(" {value:?}"));
    let name = name(&request);
    let key = name.clone() + &since.unwrap_or_default();
    // A login is no list, and would not be one without its form.
    let may_be_list = request.method() == Method::GET;
    if may_be_list && !plan.list.is_empty() && !app.changed.has(&key) {
        match read(&service, request.headers(), &name).await {
            Ok(Some((member, rows))) => {
                app.changed.add(key.clone(), List::new(&key, member, rows, app.started.elapsed()));
            }
            Ok(None) => {}
            Err(reply) => return reply,
        }
    }
    match app.changed.answer(&key, &request, plan, app.started.elapsed()) {
        Some(reply) => reply,
        None => pipeline::serve(service, request).await,
    }
}

/// The path and the query without the place of the page.
fn name(request: &Request) -> String {
    let paging = ["page=", "limit=", "limit_rows=", "limit_offset=", "page_size="];
    let parts = request.uri().query().unwrap_or_default().split('&');
    let filters = parts.filter(|part| !paging.iter().any(|name| part.starts_with(name)));
    format!("{}?{}", request.uri().path(), filters.collect::<Vec<_>>().join("&"))
}

/// All rows of the list that is asked for, and what it calls them; an error is
/// a reply that says something else. Nothing if it is no list.
async fn read(
    service: &Router,
    headers: &HeaderMap,
    name: &str,
) -> Result<Option<(String, Vec<Box<RawValue>>)>, Response> {
    let new = name.starts_with(v4::ROOT);
    let size = if new { 100 } else { 500 };
    let (mut key, mut all) = ("items".to_owned(), Vec::new());
    for page in 1.. {
        let place = if new {
            format!("page={page}&limit={size}")
        } else if name.contains("incoming_leads") {
            format!("page={page}&page_size={size}")
        } else {
            format!("limit_rows={size}&limit_offset={}", all.len())
        };
        let mut part = Request::new(Body::empty());
        *part.headers_mut() = headers.clone();
        *part.uri_mut() = format!("{name}&{place}").parse().unwrap_or_default();
        let reply = pipeline::serve(service.clone(), part).await;
        match reply.status() {
            StatusCode::NO_CONTENT => break,
            StatusCode::OK => {}
            _ => return Err(reply),
        }
        let body = axum::body::to_bytes(reply.into_body(), usize::MAX).await.unwrap_or_default();
        let page = serde_json::from_slice::<Page>(&body).ok();
        let page = page.filter(|page| page.number.is_some() == new);
        let Some((name, rows)) = page.and_then(|page| page.lists.into_iter().next()) else {
            return Ok(None);
        };
        key = name;
        let is_last = rows.len() < size;
        all.extend(rows);
        // Notes by their ids are the same for any place.
        if is_last {
            break;
        }
    }
    Ok(Some((key, all)))
}

impl List {
    /// The list of this key, whose new rows are told from those of all others.
    fn new(key: &str, name: String, rows: Vec<Box<RawValue>>, since: Duration) -> Self {
        let rows = rows.into_iter().map(Row::of).collect();
        let made = Rng::of_text(key).below(10_000) * 100_000;
        Self { name, rows, since, made, grown: 0, gone: Vec::new(), requests: BTreeMap::new() }
    }

    fn answer(&mut self, request: &Request, plan: &Plan, now: Duration) -> Response {
        let target = request.uri().path_and_query().map_or("", |target| target.as_str());
        let number = self.requests.entry(target.to_owned()).or_default();
        *number += 1;
        let mut rng = Rng::of(&[plan.seed, Rng::of_text(target).next(), *number]);
        let (rows, next) = self.page(&plan.list, &Asked::read(target), &mut rng, now);
        let rows = rows.iter().map(|row| row.json.as_ref()).collect();
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
        asked: &Asked,
        rng: &mut Rng,
        now: Duration,
    ) -> (Vec<Row>, bool) {
        for fault in faults {
            self.change(fault, rng, now);
        }
        let mut rows = self.rows.clone();
        let (mut limit, mut offset, mut extra) = (asked.limit, asked.offset, 0);
        for fault in faults {
            match fault {
                ListFault::Shuffle(0) => rng.shuffle(&mut rows),
                ListFault::Shuffle(size) => {
                    rows.chunks_mut(place(*size)).for_each(|group| rng.shuffle(group));
                }
                ListFault::Skip(count) => drop(take(&mut rows, *count, rng)),
                ListFault::View(count) => rows.truncate(place(*count)),
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
        let end = place(offset.saturating_add(limit));
        let mut next = end < rows.len();
        rows.truncate(end.saturating_add(place(extra)));
        rows.drain(..place(offset).min(rows.len()));
        for fault in faults {
            match fault {
                ListFault::Gap(count) => gap(&mut rows, place(*count), rng),
                ListFault::Double => rows = double(&rows),
                ListFault::Reverse => rows.reverse(),
                ListFault::NoId => rows = rows.iter().map(Row::without_id).collect(),
                ListFault::New => rows = self.make(limit),
                _ => {}
            }
            match fault {
                ListFault::Repeat | ListFault::New | ListFault::Next => next = true,
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
                let first = from.position(self.rows.len().saturating_sub(place(*count)), rng);
                let end = first.saturating_add(place(*count)).min(self.rows.len());
                self.delete(first..end);
            }
            ListFault::Move(count, to) => {
                let moved = take(&mut self.rows, *count, rng);
                let at = to.position(self.rows.len(), rng);
                self.rows.splice(at..at, moved);
            }
            ListFault::Keep(count) => {
                self.delete(place(*count).min(self.rows.len())..self.rows.len());
            }
            _ => {}
        }
    }

    fn delete(&mut self, places: Range<usize>) {
        let gone = self.rows.drain(places).map(|row| row.id.trim_matches('"').to_owned());
        self.gone.extend(gone);
    }

    fn add(&mut self, count: u64, to: Place, rng: &mut Rng) {
        let at = to.position(self.rows.len(), rng);
        let rows = self.make(count);
        self.rows.splice(at..at, rows);
    }

    /// New rows: copies of others with ids of their own.
    fn make(&mut self, count: u64) -> Vec<Row> {
        let originals: Vec<Row> =
            self.rows.iter().filter(|row| !row.is_made_up).take(50).cloned().collect();
        let rows = originals.iter().cycle().take(place(count));
        (self.made..)
            .zip(rows)
            .map(|(number, row)| {
                self.made = number + 1;
                row.renamed(number)
            })
            .collect()
    }
}

impl Row {
    fn of(json: Box<RawValue>) -> Self {
        let named = serde_json::from_str::<Named>(json.get()).ok();
        let id = named.and_then(|named| named.id.or(named.uid)).map_or("", RawValue::get);
        Self { id: id.to_owned(), json: json.into(), is_made_up: false }
    }

    /// The same with another id, which tells that it is made up.
    fn renamed(&self, number: u64) -> Self {
        let id = if self.id.starts_with('"') {
            format!("\"NEW{number:0>width$}\"", width = self.id.len().saturating_sub(5))
        } else {
            (NEW_IDS + number).to_string()
        };
        let json = self.json.get().replacen(&format!("id\":{}", self.id), &format!("id\":{id}"), 1);
        self.with(id, json)
    }

    fn without_id(&self) -> Self {
        let json = self.json.get().replacen(&format!("\"id\":{},", self.id), "", 1);
        self.with(self.id.clone(), json)
    }

    fn with(&self, id: String, json: String) -> Self {
        let json = RawValue::from_string(json).map_or_else(|_| Arc::clone(&self.json), Arc::from);
        Self { id, json, is_made_up: true }
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
fn take(rows: &mut Vec<Row>, count: u64, rng: &mut Rng) -> Vec<Row> {
    let count = place(count).min(rows.len());
    (0..count).map(|_| rows.remove(rng.index(rows.len()))).collect()
}

/// Takes rows out of the middle of a page.
fn gap(rows: &mut Vec<Row>, count: usize, rng: &mut Rng) {
    let count = count.min(rows.len().saturating_sub(2));
    let first = 1 + rng.index(rows.len().saturating_sub(count + 1));
    rows.drain(first.min(rows.len())..(first + count).min(rows.len()));
}

fn double(rows: &[Row]) -> Vec<Row> {
    rows.iter().flat_map(|row| [row, row]).take(rows.len()).cloned().collect()
}

fn place(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::ListFault::*;
    use super::*;

    fn list(rows: u64) -> List {
        let row = |id| RawValue::from_string(format!("{{\"id\":{id},\"is\":{id}}}")).unwrap();
        let list = List::new("", "leads".to_owned(), (1..=rows).map(row).collect(), Duration::ZERO);
        List { made: 0, ..list }
    }

    fn ids(rows: &[Row]) -> Vec<u64> {
        rows.iter().map(|row| row.id.parse().unwrap()).collect()
    }

    /// The second page of three rows of a list of ten, and whether one follows.
    fn second(faults: &[ListFault]) -> (Vec<u64>, bool) {
        let asked = Asked::read("/api/v4/leads?page=2&limit=3");
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
        let asked = Asked::read("/api/v2/leads?limit_rows=3&limit_offset=4");
        let (rows, _) = old.page(&[Cap(2)], &asked, &mut Rng::of(&[1]), Duration::ZERO);
        assert_eq!(ids(&rows), [5, 6]);
    }

    #[test]
    fn ties_stay_within_their_group_and_nothing_is_lost_in_any_order() {
        let asked = Asked::read("/api/v4/leads?limit=12");
        let shuffled = |size| {
            ids(&list(12).page(&[Shuffle(size)], &asked, &mut Rng::of(&[3]), Duration::ZERO).0)
        };
        let sorted = |mut ids: Vec<u64>| {
            ids.sort_unstable();
            ids
        };
        assert_ne!(shuffled(0), ids(&list(12).rows));
        assert_eq!(sorted(shuffled(0)), ids(&list(12).rows));
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

    #[test]
    fn a_new_row_is_a_copy_with_an_id_of_its_own() {
        for (json, copy) in [
            (r#"{"id":7,"of":{"id":8}}"#, r#"{"id":900000002,"of":{"id":8}}"#),
            (r#"{"id":"01ab234"}"#, r#"{"id":"NEW0002"}"#),
            (
                r#"{"category":"sip","uid":"0123456789"}"#,
                r#"{"category":"sip","uid":"NEW0000002"}"#,
            ),
        ] {
            let row = Row::of(RawValue::from_string(json.to_owned()).unwrap()).renamed(2);
            assert_eq!(row.json.get(), copy);
            assert!(row.is_made_up && row.json.get().contains(&row.id));
        }
    }
}
