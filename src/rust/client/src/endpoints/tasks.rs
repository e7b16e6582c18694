//! `AmoTasks()`: tasks over API v2 (docs/api-v2.md, Tasks), and over v4 as rows of
//! v2 (docs/api-v4.md, Tasks over v4); the table is in docs/contract.md, Table of tasks.

use crate::endpoints::element_names::{element_type, plural, singular};
use crate::endpoints::endpoint::{Endpoint, Filter, ListSpec, RowOf, Sent};
use crate::json::flatten::{Field, JsonType, Record, Value, form_of};
use crate::table::Schema;
use crate::table::row::Row;

/// The tasks of an account.
pub static TASKS: Endpoint = Endpoint {
    name: "tasks",
    label: "tasks",
    schema: &SCHEMA,
    v2: Some(ListSpec {
        path: "/api/v2/tasks",
        parameters: &[
            ("element_id", "element_id", Sent::ApartOrWhole),
            ("type", "type", Sent::ApartOrWhole),
            ("date_create_from", "filter[date_create][from]", Sent::From),
            ("date_create_to", "filter[date_create][to]", Sent::To),
            ("date_modify_from", "filter[date_modify][from]", Sent::From),
            ("date_modify_to", "filter[date_modify][to]", Sent::To),
            ("status", "filter[status][]", Sent::Each),
            ("responsible_user_id", "responsible_user_id[]", Sent::Each),
            ("created_by", "filter[created_by][]", Sent::Each),
            ("task_type", "filter[task_type][]", Sent::Each),
        ],
        row: RowOf::Function(write_v2),
        ..ListSpec::V2
    }),
    v4: ListSpec {
        path: "/api/v4/tasks",
        member: "tasks",
        always: &[("order[id]", "asc")],
        parameters: &[
            ("type", "filter[entity_type][]", Sent::Translated(plural)),
            ("responsible_user_id", "filter[responsible_user_id][]", Sent::Each),
            // Both together mean all tasks.
            ("status", "filter[is_completed]", Sent::Only),
            ("task_type", "filter[task_type][]", Sent::Each),
            ("date_modify_from", "filter[updated_at][from]", Sent::From),
            ("date_modify_to", "filter[updated_at][to]", Sent::To),
            ("element_id", "filter[entity_id][]", Sent::Chunks(100)),
        ],
        ids: 100,
        row: RowOf::Function(write_v4),
        ..ListSpec::V4
    },
    filters: &[
        Filter::In("id", "id"),
        Filter::In("type", "element_type"),
        Filter::In("element_id", "element_id"),
        Filter::In("responsible_user_id", "responsible_user_id"),
        Filter::Written("status", "is_completed", is_completed),
        Filter::In("created_by", "created_by"),
        Filter::In("task_type", "task_type"),
        Filter::Between("date_create_from", "date_create_to", "created_at"),
        Filter::Between("date_modify_from", "date_modify_to", "updated_at"),
    ],
    order: &["created_at", "id"],
    ..Endpoint::DEFAULT
};

#[rustfmt::skip]
static SCHEMA: Schema = Schema {
    base: &[
        "id", "responsible_user_id", "created_by", "created_at", "updated_at", "account_id",
        "group_id", "element_type", "element_id", "is_completed", "task_type",
        "complete_till_at", "text", "result_id", "result_text",
    ],
    keys: &["id"],
    ids: &["id"],
    times: &["created_at", "updated_at", "complete_till_at"],
    inferred: true,
    integers: &[
        "responsible_user_id", "created_by", "account_id", "group_id", "element_id", "task_type",
        "result_id", "duration", "updated_by",
    ],
    logicals: &["is_completed"],
    ..Schema::TEXT
};

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

/// What the APIs write for tasks of a status: 0 for open ones.
fn is_completed(status: &str) -> &'static [&'static str] {
    if status == "0" { &["FALSE", "0", "false"] } else { &["TRUE", "1", "true"] }
}

/// A task of API v2 as its row: the result comes last, and is always there.
pub fn write_v2<'r>(task: &'r Record, row: &mut Row<'r>) -> bool {
    for field in task.iter() {
        if field.name() == "element_type" {
            let named = element_type(&field.text()).map(|name| Value::Text(name, JsonType::Text));
            row.push_value("element_type", named.unwrap_or(field.value()));
        } else if form_of(field.name(), "result").is_none() {
            row.push_field(field);
        }
    }
    write_result(task, row);
    true
}

/// A task of API v4 as its row in v2.
pub fn write_v4<'r>(task: &'r Record, row: &mut Row<'r>) -> bool {
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
    true
}

/// A task about nothing has zeros in v2.
fn write_element<'r>(task: &'r Record, row: &mut Row<'r>) {
    let kind = task.get("entity_type").unwrap_or(Value::Text("0", JsonType::Text));
    row.push_value("element_type", kind.with_text(singular));
    row.push_value("element_id", task.get("entity_id").unwrap_or(Value::Whole(0)));
}

/// Writes the result of a task: an object, a list of objects, or only a text. The
/// columns exist even without a result.
fn write_result<'r>(task: &'r Record, row: &mut Row<'r>) {
    let is =
        |field: &Field, stem| form_of(field.name(), stem).is_some_and(|form| !form.contains('.'));
    write_each("result_id", task.iter().filter(|field| is(field, "result.id")), row);
    let texts = task.iter().filter(|field| is(field, "result.text") || is(field, "result"));
    write_each("result_text", texts, row);
}

/// The first value gets the column, further ones get numbered columns.
fn write_each<'r>(
    column: &'static str,
    mut record: impl Iterator<Item = Field<'r>>,
    row: &mut Row<'r>,
) {
    row.push_value(column, record.next().map_or(Value::ABSENT, Field::value));
    for (number, field) in (2..).zip(record) {
        row.push_named(format!("{column}{number}"), field.value());
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{SCHEMA, TASKS, write_v2, write_v4};
    use crate::account::Api;
    use crate::account::time_zone::Zone;
    use crate::endpoints::arguments::Arguments;
    use crate::endpoints::endpoint::WriteRow;
    use crate::endpoints::testing::{cell, cells, requests};

    fn row(write: WriteRow, json: &str) -> Vec<(String, String)> {
        cells(write, json).unwrap()
    }

    #[test]
    fn a_member_that_only_begins_like_the_result_stays() {
        let json = r#"{"id":1,"results":2,"result":{"id":3,"text":"done"},"group_id":0}"#;
        let cells = row(write_v2, json);
        let cells: Vec<_> = cells.iter().map(|(name, text)| format!("{name}={text}")).collect();
        assert_eq!(cells, ["id=1", "results=2", "group_id=0", "result_id=3", "result_text=done"]);
    }

    #[test]
    fn open_and_done_tasks_are_told_apart_in_each_form() {
        for (sent, status) in [("true", 1), ("1", 1), ("\"1\"", 1), ("false", 0), ("0", 0)] {
            let wanted = |status: u8| {
                let filter = TASKS.filter(&Arguments::default().set("status", [status]));
                let json = format!(r#"{{"id":1,"is_completed":{sent}}}"#);
                cells(|task, row| write_v2(task, row) && filter.matches(row), &json).is_some()
            };
            assert_eq!((wanted(status), wanted(1 - status)), (true, false), "{sent}");
        }
    }

    fn asked(kinds: &[&str], elements: &[u64]) -> Arguments {
        Arguments::default().set("limit", [500]).set("type", kinds).set("element_id", elements)
    }

    fn queries(api: Api, arguments: &Arguments) -> Vec<String> {
        let lists = requests(&TASKS, api, arguments);
        lists.iter().map(|list| list.split_once('?').unwrap().1.to_owned()).collect()
    }

    #[test]
    fn every_filter_has_its_parameter() {
        let arguments = asked(&["lead"], &[5])
            .set("responsible_user_id", [1, 2])
            .set("status", [0])
            .set("created_by", [3])
            .set("task_type", [4])
            .set("date_create_from", [10])
            .set("date_create_to", [20]);
        assert_eq!(
            queries(Api::V2, &arguments),
            [
                "limit_rows=500&limit_offset=0&element_id=5&type=lead&filter[date_create][from]=9&filter[date_create][to]=21\
              &filter[status][]=0&responsible_user_id[]=1&responsible_user_id[]=2\
              &filter[created_by][]=3&filter[task_type][]=4"
            ]
        );
    }

    #[test]
    fn each_element_or_kind_is_a_list_of_its_own_and_long_ids_are_split() {
        let kinds = ["lead", "contact"];
        let page = "limit_rows=500&limit_offset=0&";
        let queries = |arguments| queries(Api::V2, &arguments);
        let elements = ["element_id=1", "element_id=2"].map(|query| format!("{page}{query}"));
        assert_eq!(queries(asked(&kinds, &[1, 2])), elements);
        let of_kinds = ["type=lead", "type=contact"].map(|query| format!("{page}{query}"));
        assert_eq!(queries(asked(&kinds, &[])), of_kinds);
        assert_eq!(queries(asked(&kinds, &[1])), [format!("{page}element_id=1")]);
        assert_eq!(queries(asked(&kinds, &[1, 2]).set("id", 1..=450)).len(), 3);
    }

    #[test]
    fn of_several_elements_or_kinds_the_whole_list_may_be_read_and_is_then_sorted() {
        let lists = |api, arguments| TASKS.lists(api, &arguments, &Zone::new("UTC", None)).unwrap();
        let whole = lists(Api::V2, asked(&["lead"], &[1, 2])).whole.unwrap().first_request();
        assert_eq!(whole.shown_query(), "limit_rows=500&limit_offset=0&type=lead");
        for (kinds, elements, is_sorted) in [
            (&["lead", "contact"][..], &[1][..], true),
            (&["lead"], &[1, 2], true),
            (&["lead"], &[1], false),
        ] {
            for api in [Api::V2, Api::V4] {
                let lists = lists(api, asked(kinds, elements));
                assert_eq!(lists.is_sorted, is_sorted, "{api:?} {kinds:?}");
            }
        }
    }

    #[test]
    fn columns_of_v2_come_first_in_the_order_of_v2() {
        let row = row(
            write_v4,
            r#"{"id":1,"entity_id":5,"entity_type":"leads","complete_till":7,
            "task_type_id":2,"result":{"text":"ok"},"duration":0}"#,
        );
        let names: Vec<&str> = row.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, [SCHEMA.base, &["duration", "updated_by"]].concat());
        let value = |name: &str| cell(&row, name).unwrap();
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
            let row = row(write_v4, &format!(r#"{{"id":1,"result":{sent}}}"#));
            let value = |name: &str| cell(&row, name).unwrap();
            assert_eq!((&*value("result_id"), &*value("result_text")), (id, text), "{sent}");
        }
    }

    #[test]
    fn further_results_have_columns_of_their_own() {
        let row = row(write_v4, r#"{"id":1,"result":[{"id":7,"text":"a"},{"id":8,"text":"b"}]}"#);
        for (column, held) in
            [("result_id", "7"), ("result_id2", "8"), ("result_text", "a"), ("result_text2", "b")]
        {
            assert!(row.contains(&(column.to_owned(), held.to_owned())), "{row:?}");
        }
    }

    #[test]
    fn a_task_about_nothing_has_zeros() {
        let row = row(write_v4, r#"{"id":1,"entity_id":null,"entity_type":null,"result":[]}"#);
        assert!(row.contains(&("element_id".to_owned(), "0".to_owned())));
        assert!(row.contains(&("element_type".to_owned(), "0".to_owned())));
    }

    #[test]
    fn every_filter_that_v4_has_is_sent() {
        let arguments = asked(&["company"], &(1..=150).collect::<Vec<_>>())
            .set("responsible_user_id", [1])
            .set("status", [1])
            .set("created_by", [3])
            .set("task_type", [4])
            .set("date_modify_from", [10]);
        let queries = queries(Api::V4, &arguments);
        assert_eq!(queries.len(), 2);
        assert!(
            queries[1].starts_with(
                "page=1&limit=250&order[id]=asc&filter[entity_type][]=companies&filter[responsible_user_id][]=1\
                 &filter[is_completed]=1&filter[task_type][]=4&filter[updated_at][from]=9\
                 &filter[entity_id][]=101&"
            ),
            "{}",
            queries[1]
        );
        assert!(queries[1].ends_with("&filter[entity_id][]=150"), "{queries:?}");
        let both = queries_of_statuses(&[0, 1]);
        assert!(!both.contains("is_completed"), "{both}");
    }

    fn queries_of_statuses(statuses: &[u8]) -> String {
        queries(Api::V4, &asked(&[], &[]).set("status", statuses)).concat()
    }
}
