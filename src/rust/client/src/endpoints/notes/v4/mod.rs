//! Notes over API v4, which keeps them in several places: notes, events,
//! tasks (docs/api-v4.md, From v4 to v2). All are read at once and made rows of v2.

pub mod events;
mod feed;
mod lists;
pub mod notes;
mod rows;
pub mod sources;
pub mod task_results;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use futures_util::future::FutureExt;
use url::Url;

use super::request::{NOTES, NotesRequest};
use crate::account::transport::Transport;
use crate::endpoints::batches::Batches;
use crate::endpoints::paged_list::{PagedList, read_all};
use crate::error::Error;
use crate::query::{Context, Warning, all_of};
use crate::sync::lock;
use crate::table::{SeenKeys, Table};
use lists::{NotesList, NotesLists, warnings_of};
use rows::RowsOfNotes;

/// The lists of one call.
pub struct ReaderV4 {
    lists: Vec<NotesList>,
    /// Events to look through for ids that no note has.
    reserve: Vec<NotesList>,
    /// The batches of each kind of element.
    batches: HashMap<String, Batches>,
    /// How many ids are asked for.
    ids: usize,
    /// Texts of results, by the task's id; None for a task without one.
    results: Mutex<HashMap<String, Option<String>>>,
    warnings: Vec<Warning>,
}

impl ReaderV4 {
    /// The lists that together hold what is asked for.
    pub fn new(request: &NotesRequest, since: Option<i64>, account: &Url) -> Self {
        let rows = Arc::new(RowsOfNotes::new(request, since, account));
        let by_ids = !request.ids.is_empty();
        let all = NotesLists { request, since: since.filter(|_| !by_ids), rows };
        let (mut lists, mut reserve) = (Vec::new(), Vec::new());
        for kind in &request.kinds {
            if by_ids {
                lists.extend(all.by_ids(kind));
                reserve.extend(all.of_events_with_notes(kind));
            } else {
                lists.extend(all.of_kind(kind));
            }
        }
        ReaderV4 {
            lists,
            reserve,
            batches: request.kinds.iter().map(|kind| (kind.clone(), Batches::default())).collect(),
            ids: request.ids.iter().collect::<HashSet<_>>().len(),
            results: Mutex::default(),
            warnings: warnings_of(request),
        }
    }

    /// Reads all lists, then what they refer to.
    ///
    /// # Errors
    /// As [`PagedList::read`].
    pub async fn read(&self, context: &Context) -> Result<(), Error> {
        read_all(paged(&self.lists), context).await?;
        if self.lacks_ids() {
            read_all(paged(&self.reserve), context).await?;
        }
        self.read_results(&context.transport).await
    }

    /// Whether some of the ids asked for have not come.
    fn lacks_ids(&self) -> bool {
        let mut found = SeenKeys::default();
        paged(&self.lists).for_each(|list| list.keys_into(&mut found));
        found.len() < self.ids
    }

    /// Fetches the texts of task results, which are not in their events.
    async fn read_results(&self, transport: &Transport) -> Result<(), Error> {
        let of_tasks = |list: &&NotesList| list.kind == "task";
        let lists = self.lists.iter().chain(&self.reserve).filter(of_tasks);
        let mut ids: Vec<String> = lists.flat_map(|list| list.list.texts("element_id")).collect();
        ids.sort_unstable();
        ids.dedup();
        // A server that lags leaves some out: they are asked for again while that helps.
        for round in 0.. {
            let asked = ids.len();
            let chunks = ids.chunks(task_results::TASKS_A_REQUEST);
            let readings = chunks.map(|ids| self.read_result_chunk(transport, ids).boxed());
            all_of(&transport.http.progress, readings.collect()).await?;
            let results = lock(&self.results);
            ids.retain(|id| !results.contains_key(id));
            if ids.is_empty() || (round > 0 && ids.len() == asked) {
                break;
            }
        }
        Ok(())
    }

    async fn read_result_chunk(&self, transport: &Transport, ids: &[String]) -> Result<(), Error> {
        let request = task_results::tasks_request(ids);
        let answer =
            transport.get(&request, "results of tasks", task_results::read_results).await?;
        lock(&self.results).extend(answer.value);
        Ok(())
    }

    /// The table of what has arrived for a kind of element and was not given in batches;
    /// takes it.
    pub fn table(&self, kind: &str) -> Table {
        let rows = self.batches.get(kind).and_then(|batches| batches.rest(self.of_kind(kind)));
        let mut table = finished(rows);
        if kind == "task" && table.rows() > 0 {
            self.write_results(&mut table);
        }
        table
    }

    /// The table of what has settled for a kind of element since the last time.
    pub fn batch(&self, kind: &str) -> Table {
        finished(self.batches.get(kind).and_then(|batches| batches.next(self.of_kind(kind))))
    }

    fn of_kind(&self, kind: &str) -> impl Iterator<Item = &PagedList<Table>> {
        let lists = self.lists.iter().chain(&self.reserve);
        lists.filter(move |list| list.kind == kind).map(|list| &list.list)
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
                results.get(task).filter(|_| latest)?.as_deref()
            })
            .collect();
        texts.reverse();
        table.set_texts("text", &texts);
    }

    /// The warnings.
    pub fn warnings(&self) -> Vec<Warning> {
        let mut lists = paged(&self.lists).chain(paged(&self.reserve));
        let no_customers = lists.any(PagedList::is_absent).then_some(Warning::NoCustomers);
        self.warnings.iter().cloned().chain(no_customers).collect()
    }
}

/// The table with these rows, in the order of time, and the columns of v4 last.
fn finished(rows: Option<Table>) -> Table {
    let mut table = rows.unwrap_or_else(|| Table::with_base(&NOTES));
    table.sort_by(&["created_at", "id"]);
    table.move_last("event_type");
    table.move_last("event_id");
    table
}

fn paged(lists: &[NotesList]) -> impl Iterator<Item = &PagedList<Table>> {
    lists.iter().map(|list| &list.list)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{NotesList, ReaderV4};
    use crate::endpoints::notes::NotesRequest;
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
            let request = list.list.first_request();
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
            ["/api/v4/contacts/notes?page=1&limit=250&order[id]=asc&filter[note_type][]=call_in\
              &filter[entity_id][]=5"]
        );
    }

    #[test]
    fn many_elements_are_split_over_requests() {
        let request = NotesRequest { elements: (1..=150).collect(), ..kinds(&["lead"]) };
        let reader = reader(&request, None);
        let notes = queries(&reader).iter().filter(|query| query.contains("/notes?")).count();
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
