//! Tasks over API v2 (docs/api-v2.md, Tasks).

use super::request::{Spans, TASKS, TasksRequest};
use super::result::write_result;
use crate::account::Api;
use crate::endpoints::element_names::element_type;
use crate::endpoints::paged_list::{EndpointSpec, PagedList, Pagination};
use crate::endpoints::parameters::{IDS_A_REQUEST, only};
use crate::http::Request;
use crate::json::flatten::{JsonType, Record, Value, form_of};
use crate::table::row::Row;
use crate::table::row_filter::Span;

const ALL: &str = "/api/v2/tasks";

/// The lists of the tasks with the ids of a request.
pub fn by_ids(request: &TasksRequest, spans: Spans) -> Vec<PagedList> {
    let ids = request.ids.chunks(IDS_A_REQUEST.min(request.limit as usize).max(1));
    let pagination = |ids: &[u64]| Pagination::Ids(Api::V2, ids.to_vec());
    ids.map(|ids| list(request, spans, pagination(ids), Request::get(ALL))).collect()
}

/// The list that holds the tasks of a request. Several elements or kinds are filtered
/// here only, since the server may not understand them.
pub fn whole(request: &TasksRequest, spans: Spans) -> PagedList {
    let TasksRequest { elements, kinds, .. } = request;
    let list = filtered(request, spans, only(elements), only(kinds));
    list.joint(elements.len() > 1 || kinds.len() > 1)
}

/// The lists of single elements, or kinds, of a request that has several.
pub fn parts(request: &TasksRequest, spans: Spans) -> Vec<PagedList> {
    let TasksRequest { elements, kinds, .. } = request;
    if elements.len() > 1 {
        let list = |element| filtered(request, spans, Some(element), only(kinds));
        elements.iter().map(list).collect()
    } else if kinds.len() > 1 && elements.is_empty() {
        kinds.iter().map(|kind| filtered(request, spans, None, Some(kind))).collect()
    } else {
        Vec::new()
    }
}

fn filtered(
    request: &TasksRequest,
    spans: Spans,
    element: Option<&u64>,
    kind: Option<&String>,
) -> PagedList {
    let asked = Request::get(ALL)
        .queries("element_id", element.as_slice())
        .queries("type", kind.as_slice());
    list(request, spans, Pagination::Rows, with_filters(asked, request, spans))
}

fn list(request: &TasksRequest, spans: Spans, pagination: Pagination, asked: Request) -> PagedList {
    let filter = request.filter(spans);
    let spec = EndpointSpec {
        name: "tasks",
        request: asked,
        pagination,
        member: "items",
        id: "id",
        schema: &TASKS,
        row: Box::new(move |task, row| {
            write_row(task, row);
            filter.matches(row)
        }),
    };
    PagedList::new(spec, request.limit)
}

fn with_filters(asked: Request, request: &TasksRequest, spans: Spans) -> Request {
    let asked = within(asked, "date_create", spans.created);
    within(asked, "date_modify", spans.modified)
        .queries("filter[status][]", &request.statuses)
        .queries("responsible_user_id[]", &request.responsible_users)
        .queries("filter[created_by][]", &request.authors)
        .queries("filter[task_type][]", &request.task_types)
}

fn within(asked: Request, name: &str, span: Span) -> Request {
    let Span { from, to } = span.widened();
    let asked = asked.queries(&format!("filter[{name}][from]"), from.as_slice());
    asked.queries(&format!("filter[{name}][to]"), to.as_slice())
}

/// A task as its row: the result comes last, and is always there.
pub fn write_row<'r>(task: &'r Record, row: &mut Row<'r>) {
    for field in task.iter() {
        if field.name() == "element_type" {
            let named = element_type(&field.text()).map(|name| Value::Text(name, JsonType::Text));
            row.push_value("element_type", named.unwrap_or(field.value()));
        } else if form_of(field.name(), "result").is_none() {
            row.push_field(field);
        }
    }
    write_result(task, row);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{by_ids, parts, whole, write_row};
    use crate::endpoints::paged_list::PagedList;
    use crate::endpoints::tasks::request::{Spans, TasksRequest};
    use crate::json::flatten::{NoLinks, Record};
    use crate::table::row::Row;
    use crate::table::row_filter::Span;
    use serde::de::DeserializeSeed;

    fn queries(lists: &[PagedList]) -> Vec<String> {
        lists.iter().map(|list| PagedList::request(list).shown_query()).collect()
    }

    #[test]
    fn a_member_that_only_begins_like_the_result_stays() {
        let (mut task, mut row) = (Record::default(), Row::default());
        let json = r#"{"id":1,"results":2,"result":{"id":3,"text":"done"},"group_id":0}"#;
        let mut parser = serde_json::Deserializer::from_str(json);
        task.seed(&mut NoLinks).deserialize(&mut parser).unwrap();
        write_row(&task, &mut row);
        let cells: Vec<_> = row.texts().map(|(name, text)| format!("{name}={text}")).collect();
        assert_eq!(cells, ["id=1", "results=2", "group_id=0", "result_id=3", "result_text=done"]);
    }

    #[test]
    fn open_and_done_tasks_are_told_apart_in_each_form() {
        for (sent, status) in [("true", 1), ("1", 1), ("\"1\"", 1), ("false", 0), ("0", 0)] {
            let (mut task, mut row) = (Record::default(), Row::default());
            let json = format!(r#"{{"id":1,"is_completed":{sent}}}"#);
            let mut parser = serde_json::Deserializer::from_str(&json);
            task.seed(&mut NoLinks).deserialize(&mut parser).unwrap();
            write_row(&task, &mut row);
            let wanted = |status| {
                let request = TasksRequest { statuses: vec![status], ..TasksRequest::default() };
                request.filter(Spans::default()).matches(&row)
            };
            assert_eq!((wanted(status), wanted(1 - status)), (true, false), "{sent}");
        }
    }

    #[test]
    fn every_filter_has_its_parameter() {
        let request = TasksRequest {
            limit: 500,
            kinds: vec!["lead".to_owned()],
            elements: vec![5],
            responsible_users: vec![1, 2],
            statuses: vec![0],
            authors: vec![3],
            task_types: vec![4],
            ..TasksRequest::default()
        };
        let spans =
            Spans { created: Span { from: Some(10), to: Some(20) }, modified: Span::default() };
        assert_eq!(
            queries(&[whole(&request, spans)]),
            ["element_id=5&type=lead&filter[date_create][from]=9&filter[date_create][to]=21\
              &filter[status][]=0&responsible_user_id[]=1&responsible_user_id[]=2\
              &filter[created_by][]=3&filter[task_type][]=4&limit_rows=500&limit_offset=0"]
        );
    }

    #[test]
    fn each_element_or_kind_is_a_list_of_its_own_and_long_ids_are_split() {
        let kinds = vec!["lead".to_owned(), "contact".to_owned()];
        let both = TasksRequest { limit: 500, kinds, elements: vec![1, 2], ..Default::default() };
        let page = "&limit_rows=500&limit_offset=0";
        let parts = |request: &TasksRequest| queries(&parts(request, Spans::default()));
        assert_eq!(parts(&both), ["element_id=1", "element_id=2"].map(|q| format!("{q}{page}")));
        let kinds = TasksRequest { elements: vec![], ..both.clone() };
        assert_eq!(parts(&kinds), ["type=lead", "type=contact"].map(|q| format!("{q}{page}")));
        let element = TasksRequest { elements: vec![1], ..both.clone() };
        assert!(parts(&element).is_empty());
        let whole = queries(&[whole(&element, Spans::default())]);
        assert_eq!(whole, [format!("element_id=1{page}")]);
        let ids = TasksRequest { ids: (1..=450).collect(), ..both };
        assert_eq!(by_ids(&ids, Spans::default()).len(), 3);
    }
}
