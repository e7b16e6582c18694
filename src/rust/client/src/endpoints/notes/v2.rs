//! Notes over API v2: which lists hold what is asked for.

use std::sync::Arc;

use super::request::{NOTES, NotesRequest};
use crate::account::time_zone::http_date;
use crate::bad_body::BadBody;
use crate::endpoints::batches::Batches;
use crate::endpoints::element_names::element_type;
use crate::endpoints::paged_list::{PagedList, Pagination, read_all};
use crate::endpoints::parameters::{IDS_A_REQUEST, only};
use crate::error::Error;
use crate::http::Request;
use crate::json::page::Page;
use crate::query::Context;
use crate::table::row_filter::RowFilter;
use crate::table::{Format, Map, RowMap, Table, read_page};

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

/// The lists of one kind of element.
struct NotesOfKind {
    kind: String,
    lists: Vec<PagedList<Table>>,
    batches: Batches,
}

/// The lists of one call.
pub struct ReaderV2 {
    /// Those of each kind of element.
    kinds: Vec<NotesOfKind>,
    /// Whether rows are put in the order of time.
    is_sorted: bool,
}

impl ReaderV2 {
    /// The lists that together hold what is asked for.
    ///
    /// # Errors
    /// As [`PagedList::read`].
    pub async fn new(
        request: &NotesRequest,
        since: Option<i64>,
        context: &Context,
    ) -> Result<Self, Error> {
        let mut kinds = Vec::new();
        for kind in &request.kinds {
            let lists = if request.ids.is_empty() {
                let whole = list(request, kind, element_request(kind, None, None, since));
                whole.or_parts(parts(request, kind, since), context).await?
            } else {
                by_ids(request, kind)
            };
            kinds.push(NotesOfKind { kind: kind.clone(), lists, batches: Batches::default() });
        }
        Ok(ReaderV2 { kinds, is_sorted: has_several(request) })
    }

    /// Reads all lists.
    ///
    /// # Errors
    /// As [`PagedList::read`].
    pub async fn read(&self, context: &Context) -> Result<(), Error> {
        read_all(self.kinds.iter().flat_map(|of_kind| &of_kind.lists), context).await
    }

    /// The table of what has arrived for a kind of element and was not given in batches;
    /// takes it.
    pub fn table(&self, kind: &str) -> Table {
        labelled(self.of_kind(kind).and_then(|NotesOfKind { lists, batches, .. }| {
            if self.is_sorted && !batches.is_begun() {
                let rows = lists.iter().filter_map(PagedList::take);
                return Table::in_order(rows.collect(), &["created_at", "id"]);
            }
            batches.rest(lists)
        }))
    }

    /// The table of what has settled for a kind of element since the last time.
    pub fn batch(&self, kind: &str) -> Table {
        labelled(self.of_kind(kind).and_then(|of_kind| of_kind.batches.next(&of_kind.lists)))
    }

    fn of_kind(&self, kind: &str) -> Option<&NotesOfKind> {
        self.kinds.iter().find(|of_kind| of_kind.kind == kind)
    }
}

fn labelled(rows: Option<Table>) -> Table {
    let mut table = rows.unwrap_or_else(|| Table::new(&NOTES));
    table.relabel("element_type", element_type);
    table
}

/// Whether notes of several elements or types are asked for.
fn has_several(request: &NotesRequest) -> bool {
    let NotesRequest { ids, elements, note_types, .. } = request;
    ids.is_empty() && (elements.len() > 1 || note_types.len() > 1)
}

/// The request for notes of one kind of element, without paging.
fn element_request(
    kind: &str,
    element: Option<&u64>,
    note_type: Option<&String>,
    since: Option<i64>,
) -> Request {
    let request = Request::get("/api/v2/notes")
        .queries("element_id", element.as_slice())
        .query("type", kind)
        .queries("note_type", note_type.as_slice());
    match since.and_then(http_date) {
        Some(date) => request.header("if-modified-since", date),
        None => request,
    }
}

fn list(request: &NotesRequest, kind: &str, asked: Request) -> PagedList<Table> {
    let mut filter = RowFilter::default();
    if has_several(request) {
        filter =
            filter.is_in("element_id", &request.elements).is_in("note_type", &request.note_types);
    }
    let filter = Arc::new(filter);
    let read = Box::new(move |body: Option<&[u8]>| read_some_notes(&filter, body));
    let (name, empty) = (format!("{kind} notes"), Table::new(&NOTES));
    PagedList::new(name, asked, Pagination::Rows, request.limit, empty, read).in_batches()
}

/// With ids all other filters are left out.
fn by_ids(request: &NotesRequest, kind: &str) -> Vec<PagedList<Table>> {
    let asked = || element_request(kind, None, None, None);
    PagedList::by_ids(&request.ids, IDS_A_REQUEST, request.limit, || list(request, kind, asked()))
}

/// What each list holds: notes of one element, or else of one type. Whether the server
/// understands several is not certain (docs/api-v2.md, Parameters of notes).
fn parts(request: &NotesRequest, kind: &str, since: Option<i64>) -> Vec<PagedList<Table>> {
    let NotesRequest { elements, note_types, .. } = request;
    let part = |element: Option<&u64>, note_type: Option<&String>| {
        list(request, kind, element_request(kind, element, note_type, since))
    };
    if elements.is_empty() {
        return note_types.iter().map(|note_type| part(None, Some(note_type))).collect();
    }
    elements.iter().map(|element| part(Some(element), only(note_types))).collect()
}

#[cfg(test)]
mod tests {
    use super::{PagedList, by_ids, element_request, parts};
    use crate::endpoints::notes::NotesRequest;
    use crate::table::Table;

    fn queries(lists: &[PagedList<Table>]) -> Vec<String> {
        lists.iter().map(|list| list.first_request().shown_query()).collect()
    }

    #[test]
    fn with_ids_all_other_filters_are_left_out() {
        let request = NotesRequest {
            limit: 500,
            ids: vec![1, 2],
            elements: vec![666],
            note_types: vec!["3".to_owned()],
            ..NotesRequest::default()
        };
        assert_eq!(queries(&by_ids(&request, "lead")), ["limit_rows=2&id=1,2&type=lead"]);
    }

    #[test]
    fn long_id_vectors_are_split_over_requests() {
        let sizes = |limit| {
            let request = NotesRequest { limit, ids: (1..=450).collect(), ..Default::default() };
            let lists = queries(&by_ids(&request, "lead"));
            lists.iter().map(|query| query.split(',').count()).collect::<Vec<_>>()
        };
        assert_eq!(sizes(500), [200, 200, 50]);
        assert_eq!(sizes(150), [150, 150, 150]);
    }

    #[test]
    fn each_element_or_else_each_type_is_a_list_of_its_own() {
        let page = "limit_rows=500&limit_offset=0&";
        for (elements, codes, expected) in [
            (vec![], &[][..], vec![]),
            (vec![], &["3", "4"], vec!["type=lead&note_type=3", "type=lead&note_type=4"]),
            (vec![1], &["3"], vec!["element_id=1&type=lead&note_type=3"]),
            (
                vec![1, 2],
                &["3"],
                vec!["element_id=1&type=lead&note_type=3", "element_id=2&type=lead&note_type=3"],
            ),
            (vec![1, 2], &["3", "4"], vec!["element_id=1&type=lead", "element_id=2&type=lead"]),
        ] {
            let note_types = codes.iter().map(|code| (*code).to_owned()).collect();
            let request = NotesRequest { limit: 500, elements, note_types, ..Default::default() };
            let expected: Vec<String> =
                expected.iter().map(|query| format!("{page}{query}")).collect();
            let parts = parts(&request, "lead", Some(5));
            assert_eq!(queries(&parts), expected);
            // Each asks for changed notes only.
            assert!(parts.iter().all(|list| list.first_request().is_answered_by_nothing(304)));
        }
    }

    #[test]
    fn only_changed_notes_are_asked_for_in_a_header() {
        let is_conditional =
            |since| element_request("lead", None, None, since).is_answered_by_nothing(304);
        assert_eq!((is_conditional(None), is_conditional(Some(5))), (false, true));
    }
}
