//! Notes over API v4, which keeps them in several places: notes, events,
//! tasks (docs/api-v4.md, From v4 to v2). All are read at once and made rows of v2.

pub mod events;
mod lists;
pub mod notes;
pub mod sources;
pub mod task_results;

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use futures_util::future::FutureExt;
use url::Url;

use super::request::{NOTES, NotesRequest};
use crate::account::transport::{Answer, Transport};
use crate::bad_body::BadBody;
use crate::endpoints::element_names::{singular, static_kind};
use crate::error::Error;
use crate::json::flatten::{Record, Value};
use crate::json::page::Page;
use crate::paging::{ListContext, PageRange, PageRequest, Paging, join_lists, read_ids, read_list};
use crate::query::{Warning, all_of};
use crate::sync::lock;
use crate::table::row::Row;
use crate::table::row_filter::{RowFilter, Span};
use crate::table::{Format, Map, RowMap, SeenKeys, Table, read_page};
use lists::{Feed, NotesList, events_with_notes, lists_by_id, lists_of, warnings_of};

/// The lists of one call.
pub struct ReaderV4 {
    filter: RowFilter,
    since: Option<i64>,
    /// How many ids are asked for.
    ids: usize,
    in_english: bool,
    lists: Vec<NotesList>,
    /// Events to look through for ids that no note has.
    reserve: Vec<NotesList>,
    /// Texts of results, by the task's id.
    results: Mutex<HashMap<String, String>>,
    warnings: Mutex<Vec<Warning>>,
}

/// The filters that are applied again here, since the server may ignore some. With ids,
/// they are the only filter.
fn filter_of(request: &NotesRequest, since: Option<i64>) -> RowFilter {
    if !request.ids.is_empty() {
        return RowFilter::default().is_in("id", &request.ids);
    }
    RowFilter::default()
        .is_in("element_id", &request.elements)
        .is_in("note_type", &request.note_types)
        .between("updated_at", Span { from: since, to: None })
}

impl ReaderV4 {
    /// The lists that together hold what is asked for.
    pub fn new(request: &NotesRequest, since: Option<i64>, account: &Url) -> Self {
        let mut lists = Vec::new();
        let mut reserve = Vec::new();
        for kind in &request.kinds {
            if request.ids.is_empty() {
                lists.extend(lists_of(kind, request));
            } else {
                lists.extend(lists_by_id(kind, &request.ids, request.limit));
                reserve.extend(events_with_notes(kind, request.limit));
            }
        }
        ReaderV4 {
            filter: filter_of(request, since),
            since: since.filter(|_| request.ids.is_empty()),
            ids: request.ids.iter().collect::<HashSet<_>>().len(),
            in_english: account.host_str().is_some_and(|host| host.ends_with("kommo.com")),
            lists,
            reserve,
            results: Mutex::default(),
            warnings: Mutex::new(warnings_of(request)),
        }
    }

    /// Reads all lists, then what they refer to.
    ///
    /// # Errors
    /// As [`read_list`].
    pub async fn read(&self, transport: &Transport, rate: f64) -> Result<(), Error> {
        self.read_lists(transport, rate, &self.lists).await?;
        if self.lacks_ids() {
            self.read_lists(transport, rate, &self.reserve).await?;
        }
        self.read_results(transport).await
    }

    async fn read_lists(
        &self,
        transport: &Transport,
        rate: f64,
        lists: &[NotesList],
    ) -> Result<(), Error> {
        let readings = lists.iter().map(|list| self.read_one(transport, rate, list).boxed());
        all_of(&transport.http.progress, readings.collect()).await
    }

    async fn read_one(
        &self,
        transport: &Transport,
        rate: f64,
        list: &NotesList,
    ) -> Result<(), Error> {
        let read = match &list.feed {
            Feed::NotesById(ids) => {
                let fetch = |ids: Vec<u64>| self.fetch_ids(transport, list, ids);
                read_ids(ids, &list.pages, &transport.http.progress, fetch).await
            }
            _ => self.read_pages(transport, rate, list).await,
        };
        match read {
            Err(error) if list.lacks_customers(&error) => {
                self.warn(Warning::NoCustomers);
                Ok(())
            }
            read => read,
        }
    }

    async fn read_pages(
        &self,
        transport: &Transport,
        rate: f64,
        list: &NotesList,
    ) -> Result<(), Error> {
        let name = list.name();
        let first = list.request(list.pages.first(), self.since);
        let context = ListContext::new(transport, rate, &name, Paging::Numbered, &first);
        let fetch = |PageRequest { range, .. }| self.fetch(transport, list, range);
        read_list(&context, &list.pages, fetch).await
    }

    async fn fetch_ids(
        &self,
        transport: &Transport,
        list: &NotesList,
        ids: Vec<u64>,
    ) -> Result<Answer<Page<Table>>, Error> {
        let request = list.request_by_ids(&ids).divisible(true);
        transport.get(&request, &list.name(), |body| self.read_page(list, body)).await
    }

    async fn fetch(
        &self,
        transport: &Transport,
        list: &NotesList,
        range: PageRange,
    ) -> Result<Answer<Page<Table>>, Error> {
        let request = list.request(range, self.since).divisible(true);
        let what = format!("{}, page {}", list.name(), range.page_number());
        transport.get(&request, &what, |body| self.read_page(list, body)).await
    }

    fn read_page(&self, list: &NotesList, body: Option<&[u8]>) -> Result<Page<Table>, BadBody> {
        let Some(body) = body else { return Ok(Page::empty(Table::new(&NOTES))) };
        let write_event: &RowMap = &|record, row| self.write_event(list, record, row);
        let write_note: &RowMap = &|record, row| {
            notes::write_row(record, static_kind(&list.kind), row);
            self.filter.matches(row)
        };
        let map = match list.feed {
            Feed::Events(_) | Feed::Chats(_) => Map::FunctionWithEmbedded(write_event),
            Feed::Notes(_) | Feed::NotesById(_) => Map::Function(write_note),
        };
        let feed = &list.feed;
        let format =
            Format { list: feed.embedded(), schema: &NOTES, id: "id", order: feed.order(), map };
        read_page(body, &format)
    }

    /// An event as a row; false when it is not asked for.
    fn write_event<'r>(&self, list: &NotesList, event: &'r Record, row: &mut Row<'r>) -> bool {
        let kind = event.get("entity_type").map(Value::text);
        let of_kind = kind.is_some_and(|kind| singular(&kind) == list.kind);
        of_kind && events::write_row(event, self.in_english, row) && self.filter.matches(row)
    }

    /// Whether some of the ids asked for have not come.
    fn lacks_ids(&self) -> bool {
        let mut found = SeenKeys::default();
        self.lists.iter().for_each(|list| list.pages.keys_into(&mut found));
        found.len() < self.ids
    }

    /// Fetches the texts of task results, which are not in their events.
    async fn read_results(&self, transport: &Transport) -> Result<(), Error> {
        let of_tasks = |list: &&NotesList| list.kind == "task";
        let lists = self.lists.iter().chain(&self.reserve).filter(of_tasks);
        let mut ids: Vec<String> = lists.flat_map(|list| list.pages.texts("element_id")).collect();
        ids.sort_unstable();
        ids.dedup();
        let chunks = ids.chunks(task_results::TASKS_A_REQUEST);
        let readings = chunks.map(|ids| self.read_result_chunk(transport, ids).boxed());
        all_of(&transport.http.progress, readings.collect()).await
    }

    async fn read_result_chunk(&self, transport: &Transport, ids: &[String]) -> Result<(), Error> {
        let request = task_results::tasks_request(ids);
        let answer =
            transport.get(&request, "results of tasks", task_results::read_results).await?;
        lock(&self.results).extend(answer.value);
        Ok(())
    }

    /// The table of what has arrived for a kind of element; takes it.
    pub fn table(&self, kind: &str) -> Table {
        let lists = self.lists.iter().chain(&self.reserve).filter(|list| list.kind == kind);
        let table = join_lists(lists.filter_map(|list| list.pages.take()));
        let mut table = table.unwrap_or_else(|| Table::with_base(&NOTES));
        table.sort_by(&["created_at", "id"]);
        if kind == "task" && table.rows() > 0 {
            self.write_results(&mut table);
        }
        table.move_last("event_type");
        table.move_last("event_id");
        table
    }

    /// A task has one result, that of its latest event.
    fn write_results(&self, table: &mut Table) {
        let results = lock(&self.results);
        let tasks = table.texts("element_id");
        let mut seen = HashSet::new();
        let mut texts: Vec<Option<&str>> = tasks
            .iter()
            .rev()
            .map(|task| {
                let task = task.as_ref()?;
                let latest = seen.insert(task);
                results.get(task).filter(|_| latest).map(String::as_str)
            })
            .collect();
        texts.reverse();
        table.set_texts("text", &texts);
    }

    /// The warnings.
    pub fn warnings(&self) -> Vec<Warning> {
        lock(&self.warnings).clone()
    }

    fn warn(&self, warning: Warning) {
        let mut warnings = lock(&self.warnings);
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Feed, NotesList, ReaderV4};
    use crate::endpoints::notes::NotesRequest;
    use crate::paging::PageRange;
    use crate::query::Warning;
    use url::Url;

    fn reader(request: &NotesRequest, since: Option<i64>) -> ReaderV4 {
        let url = Url::parse("https://sub.amocrm.ru").unwrap();
        ReaderV4::new(&NotesRequest { limit: 500, ..request.clone() }, since, &url)
    }

    fn kinds(kinds: &[&str]) -> NotesRequest {
        NotesRequest {
            kinds: kinds.iter().map(ToString::to_string).collect(),
            ..NotesRequest::default()
        }
    }

    fn queries(reader: &ReaderV4) -> Vec<String> {
        let query = |list: &NotesList| {
            let range = PageRange { offset: 0, limit: 100 };
            let request = list.request(range, reader.since);
            format!("{}?{}", request.path(), request.shown_query())
        };
        reader.lists.iter().map(query).collect()
    }

    #[test]
    fn a_stage_change_is_asked_for_among_the_events() {
        let request = NotesRequest { note_types: vec!["3".to_owned()], ..kinds(&["lead"]) };
        assert_eq!(
            queries(&reader(&request, Some(100))),
            ["/api/v4/events?page=1&limit=100&order[created_at]=asc&filter[entity]=lead\
              &filter[type][]=lead_status_changed&filter[created_at][from]=99"]
        );
    }

    #[test]
    fn a_call_is_asked_for_among_the_notes() {
        let request = NotesRequest {
            note_types: vec!["10".to_owned()],
            elements: vec![5],
            ..kinds(&["contact"])
        };
        assert_eq!(
            queries(&reader(&request, None)),
            ["/api/v4/contacts/notes?page=1&limit=100&order[id]=asc&filter[note_type][]=call_in\
              &filter[entity_id][]=5"]
        );
    }

    #[test]
    fn many_elements_are_split_over_requests() {
        let request = NotesRequest { elements: (1..=150).collect(), ..kinds(&["lead"]) };
        let reader = reader(&request, None);
        let notes = reader.lists.iter().filter(|list| matches!(list.feed, Feed::Notes(_))).count();
        assert_eq!((notes, reader.lists.len()), (2, 2 + 15));
    }

    #[test]
    fn codes_without_a_source_are_told_and_cost_no_request() {
        let request = NotesRequest { note_types: vec!["99".to_owned()], ..kinds(&["lead"]) };
        let reader = reader(&request, None);
        assert!(reader.lists.is_empty());
        assert_eq!(reader.warnings(), [Warning::NoSource(vec!["99".to_owned()])]);
    }
}
