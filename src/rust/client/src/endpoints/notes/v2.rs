//! Notes over API v2: which lists hold what is asked for.

use futures_util::future::FutureExt;

use super::request::{NOTES, NotesRequest};
use crate::account::time_zone::http_date;
use crate::account::transport::{Answer, Transport};
use crate::bad_body::BadBody;
use crate::endpoints::element_names::element_type;
use crate::endpoints::parameters::{IDS_A_REQUEST, V2_LIMIT, only, optional};
use crate::error::Error;
use crate::http::Request;
use crate::json::page::Page;
use crate::paging::{
    ListContext, PageRange, PageRequest, Pages, Paging, join_lists, read_ids, read_list,
    short_lists,
};
use crate::query::all_of;
use crate::table::row_filter::RowFilter;
use crate::table::{Format, Map, RowMap, Table, read_page};

/// Which notes a list holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NotesFilter {
    /// Only these ids; everything else is then ignored.
    pub ids: Vec<u64>,
    /// Only notes of this element.
    pub element: Option<u64>,
    /// Only notes of this type.
    pub note_type: Option<String>,
    /// Only notes changed at this moment or later, seconds since 1970.
    pub since: Option<i64>,
}

/// The request for a part of the notes of one kind of element.
pub fn notes_request(element_type: &str, filter: &NotesFilter, range: PageRange) -> Request {
    let mut request = Request::get("/api/v2/notes")
        .query("limit_rows", &range.limit)
        .query("limit_offset", &range.offset);
    if !filter.ids.is_empty() {
        let ids: Vec<String> = filter.ids.iter().map(ToString::to_string).collect();
        return request.query("id", &ids.join(",")).query("type", element_type);
    }
    if let Some(element) = filter.element {
        request = request.query("element_id", &element);
    }
    request = request.query("type", element_type);
    if let Some(note_type) = &filter.note_type {
        request = request.query("note_type", note_type);
    }
    match filter.since.and_then(http_date) {
        Some(date) => request.header("if-modified-since", date),
        None => request,
    }
}

/// A page of notes; no body is a page without rows.
///
/// # Errors
/// [`BadBody`] when the body is not a page of notes.
pub fn read_notes(body: Option<&[u8]>) -> Result<Page<Table>, BadBody> {
    read_notes_as(Map::Identity, body)
}

/// The same for those notes that a filter lets through.
///
/// # Errors
/// As [`read_notes`].
pub fn read_some_notes(filter: &RowFilter, body: Option<&[u8]>) -> Result<Page<Table>, BadBody> {
    let write: &RowMap = &|note, row| {
        note.iter().for_each(|field| row.push_field(field));
        filter.matches(row)
    };
    read_notes_as(if filter.is_empty() { Map::Identity } else { Map::Function(write) }, body)
}

fn read_notes_as(map: Map, body: Option<&[u8]>) -> Result<Page<Table>, BadBody> {
    let format = Format { list: "items", schema: &NOTES, id: "id", order: None, map };
    body.map_or_else(|| Ok(Page::empty(Table::new(&NOTES))), |body| read_page(body, &format))
}

/// The lists of one call.
pub struct ReaderV2 {
    lists: Vec<NotesList>,
    /// Which rows of them are asked for.
    filter: RowFilter,
    /// Whether rows are put in the order of time.
    is_sorted: bool,
}

/// One list on the server.
struct NotesList {
    kind: String,
    filter: NotesFilter,
    pages: Pages<Table>,
}

impl ReaderV2 {
    /// The lists that together hold what is asked for.
    ///
    /// # Errors
    /// As [`read_list`].
    pub async fn new(
        request: &NotesRequest,
        since: Option<i64>,
        transport: &Transport,
    ) -> Result<Self, Error> {
        let NotesRequest { kinds, limit, ids, elements, note_types, .. } = request;
        let are_several = ids.is_empty() && (elements.len() > 1 || note_types.len() > 1);
        let mut filter = RowFilter::default();
        if are_several {
            filter = filter.is_in("element_id", elements).is_in("note_type", note_types);
        }
        let parts = parts(request, since);
        let mut lists = Vec::new();
        for kind in kinds {
            let list = |filter: &NotesFilter| NotesList::new(kind, filter, *limit);
            let whole = list(&NotesFilter { since, ..NotesFilter::default() });
            if ids.is_empty() && whole.is_shorter_than(parts.len(), transport).await? {
                lists.push(whole);
            } else {
                lists.extend(parts.iter().map(list));
            }
        }
        Ok(ReaderV2 { lists, filter, is_sorted: are_several })
    }

    /// Reads all lists.
    ///
    /// # Errors
    /// As [`read_list`].
    pub async fn read(&self, transport: &Transport, rate: f64) -> Result<(), Error> {
        let readings = self.lists.iter().map(|list| self.read_one(transport, rate, list).boxed());
        all_of(&transport.http.progress, readings.collect()).await
    }

    async fn read_one(
        &self,
        transport: &Transport,
        rate: f64,
        list: &NotesList,
    ) -> Result<(), Error> {
        if !list.filter.ids.is_empty() {
            let fetch = |ids| list.fetch_ids(transport, ids);
            let ids = &list.filter.ids;
            return read_ids(ids, &list.pages, &transport.http.progress, fetch).await;
        }
        let name = format!("{} notes", list.kind);
        let first = list.request(list.pages.first());
        let context = ListContext::new(transport, rate, &name, Paging::Offset, &first);
        read_list(&context, &list.pages, |PageRequest { range, .. }| {
            list.fetch(transport, range, &self.filter)
        })
        .await
    }

    /// The table of what has arrived for a kind of element; takes it.
    pub fn table(&self, kind: &str) -> Table {
        let lists = self.lists.iter().filter(|list| list.kind == kind);
        let rows = lists.filter_map(|list| list.pages.take());
        let table = if self.is_sorted {
            Table::in_order(rows.collect(), &["created_at", "id"])
        } else {
            join_lists(rows)
        };
        let mut table = table.unwrap_or_else(|| Table::new(&NOTES));
        table.relabel("element_type", element_type);
        table
    }
}

/// What each list holds: notes of some ids, of one element, or of one type.
/// Whether the server understands several is not certain (docs/api-v2.md, Parameters of notes).
fn parts(request: &NotesRequest, since: Option<i64>) -> Vec<NotesFilter> {
    let NotesRequest { ids, elements, note_types, limit, .. } = request;
    if !ids.is_empty() {
        let chunks = ids.chunks(IDS_A_REQUEST.min(*limit as usize).max(1));
        return chunks.map(|ids| NotesFilter { ids: ids.to_vec(), ..Default::default() }).collect();
    }
    let part = |element: Option<&u64>, note_type: Option<&String>| NotesFilter {
        element: element.copied(),
        note_type: note_type.cloned(),
        since,
        ..NotesFilter::default()
    };
    if elements.is_empty() {
        return optional(note_types).into_iter().map(|note_type| part(None, note_type)).collect();
    }
    elements.iter().map(|element| part(Some(element), only(note_types))).collect()
}

impl NotesList {
    fn new(kind: &str, filter: &NotesFilter, limit: u32) -> Self {
        let pages = Pages::new(Paging::Offset, limit, Table::new(&NOTES));
        NotesList { kind: kind.to_owned(), filter: filter.clone(), pages }
    }

    /// Whether it takes fewer requests than so many parts of it.
    async fn is_shorter_than(&self, parts: usize, transport: &Transport) -> Result<bool, Error> {
        let limit = self.pages.first().limit;
        match short_lists::beyond(parts, Paging::Offset, limit) {
            Some(range) => {
                let answer = self.fetch(transport, range, &RowFilter::default()).await;
                short_lists::is_empty(answer)
            }
            None => Ok(false),
        }
    }

    fn request(&self, range: PageRange) -> Request {
        notes_request(&self.kind, &self.filter, range).divisible(true)
    }

    async fn fetch(
        &self,
        transport: &Transport,
        range: PageRange,
        filter: &RowFilter,
    ) -> Result<Answer<Page<Table>>, Error> {
        let what = format!("{} notes from row {}", self.kind, range.offset + 1);
        let parse = |body: Option<&[u8]>| read_some_notes(filter, body);
        transport.get(&self.request(range), &what, parse).await
    }

    async fn fetch_ids(
        &self,
        transport: &Transport,
        ids: Vec<u64>,
    ) -> Result<Answer<Page<Table>>, Error> {
        let limit = u32::try_from(ids.len()).unwrap_or(V2_LIMIT);
        let filter = NotesFilter { ids, ..NotesFilter::default() };
        let request = notes_request(&self.kind, &filter, PageRange { offset: 0, limit });
        let what = format!("{} notes by id", self.kind);
        transport.get(&request.divisible(true), &what, read_notes).await
    }
}

#[cfg(test)]
mod tests {
    use super::{NotesFilter, notes_request, parts};
    use crate::endpoints::notes::NotesRequest;
    use crate::paging::PageRange;

    const RANGE: PageRange = PageRange { offset: 500, limit: 500 };

    fn query(filter: &NotesFilter) -> String {
        notes_request("lead", filter, RANGE).shown_query()
    }

    #[test]
    fn every_filter_has_its_parameter() {
        let filter = NotesFilter {
            element: Some(666),
            note_type: Some("3".to_owned()),
            ..NotesFilter::default()
        };
        assert_eq!(
            query(&filter),
            "limit_rows=500&limit_offset=500&element_id=666&type=lead&note_type=3"
        );
    }

    #[test]
    fn with_ids_all_other_filters_are_left_out() {
        let filter = NotesFilter {
            ids: vec![1, 2],
            element: Some(666),
            note_type: Some("3".to_owned()),
            since: Some(0),
        };
        assert_eq!(query(&filter), "limit_rows=500&limit_offset=500&id=1,2&type=lead");
    }

    #[test]
    fn long_id_vectors_are_split_over_requests() {
        let sizes = |limit| {
            let request = NotesRequest { limit, ids: (1..=450).collect(), ..Default::default() };
            let parts = parts(&request, None);
            parts.iter().map(|part| part.ids.len()).collect::<Vec<_>>()
        };
        assert_eq!(sizes(500), [200, 200, 50]);
        assert_eq!(sizes(150), [150, 150, 150]);
    }

    #[test]
    fn each_element_or_else_each_type_is_a_list_of_its_own() {
        let types = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect();
        let part = |element, note_type: Option<&str>| NotesFilter {
            element,
            note_type: note_type.map(str::to_owned),
            since: Some(5),
            ..NotesFilter::default()
        };
        for (elements, codes, expected) in [
            (vec![], &[][..], vec![part(None, None)]),
            (vec![], &["3", "4"], vec![part(None, Some("3")), part(None, Some("4"))]),
            (vec![1], &["3"], vec![part(Some(1), Some("3"))]),
            (vec![1, 2], &["3"], vec![part(Some(1), Some("3")), part(Some(2), Some("3"))]),
            (vec![1, 2], &["3", "4"], vec![part(Some(1), None), part(Some(2), None)]),
        ] {
            let request =
                NotesRequest { elements, note_types: types(codes), ..NotesRequest::default() };
            assert_eq!(parts(&request, Some(5)), expected);
        }
    }
}
