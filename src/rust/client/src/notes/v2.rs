//! Notes over API v2: which lists hold what is asked for.

use futures_util::future::FutureExt;

use super::NotesRequest;
use crate::error::Error;
use crate::http::Request;
use crate::page::Page;
use crate::paging::{
    Append, ListContext, PageRange, PageRequest, Pages, Paging, join_lists, read_list,
};
use crate::query::all_of;
use crate::table::{Keys, Table};
use crate::transport::{Answer, Transport};
use crate::v2::{self, IDS_A_REQUEST, NotesFilter, optional};

/// The lists of one call.
pub struct Reader {
    lists: Vec<List>,
}

/// One list on the server.
struct List {
    kind: String,
    filter: NotesFilter,
    pages: Pages<Table>,
}

impl Reader {
    /// The lists that together hold what is asked for. A list has at most one
    /// element and one type: whether the server understands several is not
    /// certain (docs/api-v2.md, Parameters of notes).
    pub fn new(request: &NotesRequest, since: Option<i64>) -> Self {
        let filters = if request.ids.is_empty() {
            combinations(&request.elements, &request.note_types, since)
        } else {
            let chunk = IDS_A_REQUEST.min(request.limit as usize).max(1);
            let ids = request.ids.chunks(chunk);
            ids.map(|ids| NotesFilter { ids: ids.to_vec(), ..NotesFilter::default() }).collect()
        };
        let of_kind = |kind: &String| -> Vec<List> {
            let list = |filter: &NotesFilter| List {
                kind: kind.clone(),
                filter: filter.clone(),
                pages: Pages::new(Paging::Offset, request.limit, Table::new(&v2::NOTES)),
            };
            filters.iter().map(list).collect()
        };
        let lists = request.kinds.iter().flat_map(of_kind).collect();
        Reader { lists }
    }

    /// Reads all lists.
    ///
    /// # Errors
    /// As [`read_list`].
    pub async fn read(&self, transport: &Transport, rate: f64) -> Result<(), Error> {
        let lists = self.lists.iter();
        all_of(lists.map(|list| self.read_one(transport, rate, list).boxed()).collect()).await
    }

    async fn read_one(&self, transport: &Transport, rate: f64, list: &List) -> Result<(), Error> {
        if !list.filter.ids.is_empty() {
            return read_ids(transport, list).await;
        }
        let name = format!("{} notes", list.kind);
        let request = |range| v2::notes_request(&list.kind, &list.filter, range);
        let first = request(list.pages.first());
        let context = ListContext::new(transport, rate, &name, Paging::Offset, &first);
        read_list(&context, &list.pages, |PageRequest { range, .. }| {
            fetch(transport, &list.kind, request(range).divisible(true), range)
        })
        .await
    }

    /// The table of what has arrived for a kind of element; takes it.
    pub fn table(&self, kind: &str) -> Table {
        let lists: Vec<&List> = self.lists.iter().filter(|list| list.kind == kind).collect();
        let table = join_lists(lists.iter().filter_map(|list| list.pages.take()));
        let mut table = table.unwrap_or_else(|| Table::new(&v2::NOTES));
        let by_ids = lists.iter().any(|list| !list.filter.ids.is_empty());
        if lists.len() > 1 && !by_ids {
            table.sort_by(&["created_at", "id"]);
        }
        table.relabel("element_type", v2::element_type);
        table
    }
}

fn combinations(elements: &[u64], note_types: &[String], since: Option<i64>) -> Vec<NotesFilter> {
    let mut filters = Vec::new();
    for element in optional(elements) {
        for note_type in optional(note_types) {
            let ids = Vec::new();
            filters.push(NotesFilter {
                ids,
                element: element.copied(),
                note_type: note_type.cloned(),
                since,
            });
        }
    }
    filters
}

/// Ids that don't come are asked for once more: they may not exist, or the
/// server lags.
async fn read_ids(transport: &Transport, list: &List) -> Result<(), Error> {
    let mut filter = list.filter.clone();
    for _ in 0..2 {
        let limit = u32::try_from(filter.ids.len()).unwrap_or(v2::MAX_LIMIT);
        let range = PageRange { offset: 0, limit };
        let request = v2::notes_request(&list.kind, &filter, range);
        let page = fetch(transport, &list.kind, request, range).await?.value;
        if page.records > 0 {
            transport.http.progress.page_read(page.records);
        }
        let mut keys = Keys::default();
        page.rows.keys_into(&mut keys);
        list.pages.add(page);
        filter.ids.retain(|id| !keys.has_number(*id as f64));
        if filter.ids.is_empty() {
            break;
        }
    }
    Ok(())
}

async fn fetch(
    transport: &Transport,
    kind: &str,
    request: Request,
    range: PageRange,
) -> Result<Answer<Page<Table>>, Error> {
    let what = format!("{kind} notes from row {}", range.offset + 1);
    transport.get(&request, &what, v2::read_notes).await
}

#[cfg(test)]
mod tests {
    use super::Reader;
    use crate::notes::NotesRequest;

    #[test]
    fn long_id_vectors_are_split_over_requests() {
        let request = NotesRequest {
            kinds: vec!["lead".to_owned()],
            limit: 500,
            ids: (1..=450).collect(),
            ..NotesRequest::default()
        };
        let reader = Reader::new(&request, None);
        let sizes: Vec<usize> = reader.lists.iter().map(|list| list.filter.ids.len()).collect();
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
        assert_eq!(Reader::new(&request, None).lists.len(), 8);
        let plain = NotesRequest { elements: vec![], note_types: vec![], ..request };
        assert_eq!(Reader::new(&plain, None).lists.len(), 2);
    }
}
