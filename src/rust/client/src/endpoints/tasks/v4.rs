//! Tasks over API v4, as rows of v2 (docs/api-v4.md, Tasks over v4).

use super::request::{Spans, TASKS, TasksRequest};
use super::result::write_result;
use crate::account::Api;
use crate::endpoints::element_names::{plural, singular};
use crate::endpoints::paged_list::{EndpointSpec, PagedList, Pagination};
use crate::endpoints::parameters::V4_LIMIT;
use crate::http::Request;
use crate::json::flatten::{JsonType, Record, Value};
use crate::table::row::Row;
use crate::table::row_filter::Span;

/// Ids that one request may name.
const IDS_A_REQUEST: usize = 100;

/// Columns of v2 and their members in v4. Columns that v2 did not have come last.
const BEFORE_ELEMENT: [&str; 7] = [
    "id",
    "responsible_user_id",
    "created_by",
    "created_at",
    "updated_at",
    "account_id",
    "group_id",
];
const AFTER_ELEMENT: [(&str, &str); 4] = [
    ("is_completed", "is_completed"),
    ("task_type", "task_type_id"),
    ("complete_till_at", "complete_till"),
    ("text", "text"),
];

/// The lists that hold the tasks of a request.
pub fn lists(request: &TasksRequest, spans: Spans) -> Vec<PagedList> {
    let all = with_filters(Request::get("/api/v4/tasks"), request, spans);
    let list = |pagination, asked| {
        let filter = request.filter(spans);
        let spec = EndpointSpec {
            name: "tasks",
            request: asked,
            pagination,
            member: "tasks",
            id: "id",
            schema: &TASKS,
            row: Box::new(move |task, row| {
                write_row(task, row);
                filter.matches(row)
            }),
        };
        PagedList::new(spec, request.limit.min(V4_LIMIT))
    };
    if !request.ids.is_empty() {
        let ids = request.ids.chunks(IDS_A_REQUEST.min(request.limit as usize).max(1));
        return ids.map(|ids| list(Pagination::Ids(Api::V4, ids.to_vec()), all.clone())).collect();
    }
    if request.elements.is_empty() {
        return vec![list(Pagination::Pages, all)];
    }
    let elements = request.elements.chunks(IDS_A_REQUEST);
    let asked = |elements| all.clone().queries("filter[entity_id][]", elements);
    elements.map(|elements| list(Pagination::Pages, asked(elements))).collect()
}

fn with_filters(asked: Request, request: &TasksRequest, spans: Spans) -> Request {
    let kinds: Vec<&str> = request.kinds.iter().map(|kind| plural(kind)).collect();
    let Span { from, to } = spans.modified.widened();
    // Only if one of the two is asked for: both together mean all tasks.
    let done = if request.statuses.len() == 1 { request.statuses.as_slice() } else { &[] };
    asked
        .query("order[id]", "asc")
        .queries("filter[entity_type][]", &kinds)
        .queries("filter[responsible_user_id][]", &request.responsible_users)
        .queries("filter[is_completed]", done)
        .queries("filter[task_type][]", &request.task_types)
        .queries("filter[updated_at][from]", from.as_slice())
        .queries("filter[updated_at][to]", to.as_slice())
}

/// A task as its row in v2.
pub fn write_row<'r>(task: &'r Record, row: &mut Row<'r>) {
    for name in BEFORE_ELEMENT {
        row.copy_as(task, name, name);
    }
    write_element(task, row);
    for (column, name) in AFTER_ELEMENT {
        row.copy_as(task, name, column);
    }
    write_result(task, row);
    for name in ["duration", "updated_by"] {
        row.copy_as(task, name, name);
    }
}

/// A task about nothing has zeros in v2.
fn write_element<'r>(task: &'r Record, row: &mut Row<'r>) {
    let kind = task.get("entity_type").unwrap_or(Value::Text("0", JsonType::Text));
    row.push_value("element_type", kind.with_text(singular));
    row.push_value("element_id", task.get("entity_id").unwrap_or(Value::Whole(0)));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{lists, write_row};
    use crate::endpoints::paged_list::PagedList;
    use crate::endpoints::tasks::request::{Spans, TASKS, TasksRequest};
    use crate::json::flatten::{NoLinks, Record};
    use crate::table::row::Row;
    use crate::table::row_filter::Span;
    use serde::de::DeserializeSeed;

    fn row(json: &str) -> Vec<(String, String)> {
        let (mut task, mut row) = (Record::default(), Row::default());
        let mut parser = serde_json::Deserializer::from_str(json);
        task.seed(&mut NoLinks).deserialize(&mut parser).unwrap();
        write_row(&task, &mut row);
        row.texts().map(|(name, text)| (name.to_owned(), text.into_owned())).collect()
    }

    #[test]
    fn columns_of_v2_come_first_in_the_order_of_v2() {
        let row = row(r#"{"id":1,"entity_id":5,"entity_type":"leads","complete_till":7,
            "task_type_id":2,"result":{"text":"ok"},"duration":0}"#);
        let names: Vec<&str> = row.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, [TASKS.base, &["duration", "updated_by"]].concat());
        let value = |name: &str| &row.iter().find(|(found, _)| found == name).unwrap().1;
        assert_eq!(value("element_type"), "lead");
        assert_eq!(value("complete_till_at"), "7");
        assert_eq!(value("task_type"), "2");
        assert_eq!(value("result_text"), "ok");
    }

    #[test]
    fn the_result_is_read_in_each_of_its_forms() {
        for (sent, id, text) in [
            (r#""ready text""#, "", "ready text"),
            (r#"["of a list"]"#, "", "of a list"),
            (r#"{"text":"of an object"}"#, "", "of an object"),
            (r#"{"id":77,"text":"with id"}"#, "77", "with id"),
            (r#"[{"id":77,"text":"listed"}]"#, "77", "listed"),
            (r#"{"text":null}"#, "", ""),
            ("null", "", ""),
            ("[]", "", ""),
        ] {
            let row = row(&format!(r#"{{"id":1,"result":{sent}}}"#));
            let value = |name: &str| &row.iter().find(|(found, _)| found == name).unwrap().1;
            assert_eq!((&**value("result_id"), &**value("result_text")), (id, text), "{sent}");
        }
    }

    #[test]
    fn further_results_have_columns_of_their_own() {
        let row = row(r#"{"id":1,"result":[{"id":7,"text":"a"},{"id":8,"text":"b"}]}"#);
        for (column, held) in
            [("result_id", "7"), ("result_id2", "8"), ("result_text", "a"), ("result_text2", "b")]
        {
            assert!(row.contains(&(column.to_owned(), held.to_owned())), "{row:?}");
        }
    }

    #[test]
    fn a_task_about_nothing_has_zeros() {
        let row = row(r#"{"id":1,"entity_id":null,"entity_type":null,"result":[]}"#);
        assert!(row.contains(&("element_id".to_owned(), "0".to_owned())));
        assert!(row.contains(&("element_type".to_owned(), "0".to_owned())));
    }

    #[test]
    fn every_filter_that_v4_has_is_sent() {
        let request = TasksRequest {
            limit: 500,
            kinds: vec!["company".to_owned()],
            elements: (1..=150).collect(),
            responsible_users: vec![1],
            statuses: vec![1],
            authors: vec![3],
            task_types: vec![4],
            ..TasksRequest::default()
        };
        let modified = Span { from: Some(10), to: None };
        let lists = lists(&request, Spans { modified, ..Spans::default() });
        assert_eq!(lists.len(), 2);
        let query = PagedList::request(&lists[1]).shown_query();
        assert!(
            query.starts_with(
                "order[id]=asc&filter[entity_type][]=companies&filter[responsible_user_id][]=1\
                 &filter[is_completed]=1&filter[task_type][]=4&filter[updated_at][from]=9\
                 &filter[entity_id][]=101&"
            ),
            "{query}"
        );
        assert!(query.ends_with("&filter[entity_id][]=150&page=1&limit=250"), "{query}");
    }
}
