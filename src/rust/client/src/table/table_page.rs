//! A page whose records become rows of one table.

use serde::de::MapAccess;

use crate::bad_body::BadBody;
use crate::json::flatten::{FieldReader, NoLinks, Record};
use crate::json::page::{BadCell, Order, Page, PageShape, RecordSink, read_record, read_records};
use crate::table::row::Row;
use crate::table::{Schema, Table};

/// How a page is read whose records become rows of one table.
pub struct Format<'f> {
    /// The member of `_embedded` that holds the records: `items` in API v2.
    pub list: &'f str,
    /// The columns that rows have.
    pub schema: &'static Schema,
    /// The member that tells records apart: `id`.
    pub id: &'f str,
    /// The member that the list is sorted by, if records with equal values may
    /// come in any order.
    pub order: Option<&'f str>,
    /// How a record becomes a row.
    pub map: Map<'f>,
}

/// How a record becomes a row.
#[derive(Clone, Copy)]
pub enum Map<'f> {
    /// Its fields are the cells of the row.
    Identity,
    /// A function writes the row.
    Function(&'f RowMap<'f>),
    /// A function writes the row, and sees `_embedded`, too.
    FunctionWithEmbedded(&'f RowMap<'f>),
}

/// Writes the row of a record; false drops the row.
pub type RowMap<'m> = dyn for<'r> Fn(&'r Record, &mut Row<'r>) -> bool + Sync + 'm;

/// Reads a page whose records become rows of one table.
///
/// # Errors
/// As [`read_records`].
pub fn read_page(body: &[u8], format: &Format) -> Result<Page<Table>, BadBody> {
    let order = format.order.map(Order::Rising);
    let shape = PageShape { list: format.list, id: format.id, order };
    read_records(body, shape, || OneTable::new(format))
}

/// Reads a body that is one record, the only row of its table.
///
/// # Errors
/// As [`read_record`].
pub fn read_row(body: &[u8], format: &Format) -> Result<Page<Table>, BadBody> {
    read_record(body, || OneTable::new(format))
}

/// Records that become rows of one table.
struct OneTable<'m> {
    table: Table,
    map: Map<'m>,
    links: NoLinks,
}

impl<'m> OneTable<'m> {
    fn new(format: &Format<'m>) -> Self {
        OneTable { table: Table::new(format.schema), map: format.map, links: NoLinks }
    }
}

impl FieldReader for OneTable<'_> {
    fn read<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        if name == "_embedded" && matches!(self.map, Map::FunctionWithEmbedded(_)) {
            return Ok(false);
        }
        self.links.read(name, map)
    }
}

impl RecordSink for OneTable<'_> {
    type Rows = Table;

    fn keep(&mut self, record: &Record) -> Result<(), BadCell> {
        match self.map {
            Map::Identity => self.table.push_record(record),
            Map::Function(write) | Map::FunctionWithEmbedded(write) => {
                let mut row = Row::default();
                if write(record, &mut row) { self.table.push(&row) } else { Ok(()) }
            }
        }
    }

    fn count_broken_texts(&mut self) {
        self.table.count_broken_texts();
    }

    fn into_rows(self) -> Table {
        self.table
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Format, Map, RowMap, read_page};
    use crate::bad_body::BadBody;
    use crate::json::flatten::Value;
    use crate::json::page::Page;
    use crate::table::{Column, Schema, Table};

    static SCHEMA: Schema = Schema { base: &["id"], keys: &["id"], ids: &["id"], ..Schema::TEXT };

    #[test]
    fn a_map_changes_rows_and_leaves_some_out_but_all_records_count() {
        let map: &RowMap = &|record, row| {
            row.copy_as(record, "id", "id");
            record.get("id") != Some(Value::Whole(2))
        };
        let format = Format {
            list: "items",
            schema: &SCHEMA,
            id: "id",
            order: None,
            map: Map::Function(map),
        };
        let body = br#"{"_embedded":{"items":[{"id":1,"x":1},{"id":2},{"id":3}]}}"#;
        let page = read_page(body, &format).unwrap();
        assert_eq!((page.rows.rows(), page.records), (2, 3));
        assert_eq!(page.rows.into_columns().len(), 1);
    }

    #[test]
    fn what_a_record_embeds_is_there_for_those_who_ask_for_it() {
        let map: &RowMap = &|record, row| {
            record.iter().for_each(|field| row.push_field(field));
            true
        };
        let body =
            br#"{"_embedded":{"items":[{"id":1,"_links":{"self":"x"},"_embedded":{"a":2}}]}}"#;
        let columns = |map| {
            let format = Format { list: "items", schema: &SCHEMA, id: "id", order: None, map };
            let columns = read_page(body, &format).unwrap().rows.into_columns();
            columns.iter().map(Column::name).collect::<Vec<_>>()
        };
        assert_eq!(columns(Map::FunctionWithEmbedded(map)), ["id", "_embedded_a"]);
        assert_eq!(columns(Map::Function(map)), ["id"]);
    }

    fn read(body: &str) -> Result<Page<Table>, BadBody> {
        let format =
            Format { list: "items", schema: &SCHEMA, id: "id", order: None, map: Map::Identity };
        read_page(body.as_bytes(), &format)
    }

    fn rows(body: &str) -> u32 {
        read(body).unwrap().rows.rows()
    }

    fn failure(body: &str) -> String {
        match read(body) {
            Ok(_) => String::new(),
            Err(bad) => bad.to_string(),
        }
    }

    #[test]
    fn the_list_may_be_an_array_an_object_or_empty_in_every_way() {
        assert_eq!(rows(r#"{"_embedded":{"items":[{"id":1},{"id":2}]}}"#), 2);
        assert_eq!(rows(r#"{"_embedded":{"items":{"1":{"id":1},"2":{"id":2}}}}"#), 2);
        for empty in [
            r#"{"_embedded":{"items":null}}"#,
            r#"{"_embedded":{"items":[]}}"#,
            r#"{"_embedded":{"items":{}}}"#,
            r#"{"_embedded":[]}"#,
            r#"{"_embedded":null}"#,
            r#"{"_embedded":{}}"#,
            r#"{"_links":{}}"#,
        ] {
            assert_eq!(rows(empty), 0, "{empty}");
        }
    }

    #[test]
    fn whether_there_is_a_next_page_is_told() {
        assert!(read(r#"{"_links":{"self":{},"next":{"href":"x"}}}"#).unwrap().has_next);
        for last in [r#"{"_links":{"self":{}}}"#, r#"{"_links":[]}"#, r#"{"_links":null}"#] {
            assert!(!read(last).unwrap().has_next, "{last}");
        }
    }

    #[test]
    fn a_list_without_pages_counts_its_records() {
        let list = r#""_embedded":{"items":[{"id":1},{"id":2}]}"#;
        for (more, is_counted) in [
            (r#""_total_items":2,"_links":{"self":{}}"#, true),
            (r#""_total_items":3"#, false),
            (r#""_total_items":"2""#, false),
            (r#""_total_items":2,"_page":1"#, false),
            (r#""_total_items":2,"_links":{"next":{}}"#, false),
            (r#""other":2"#, false),
        ] {
            let page = read(&format!("{{{list},{more}}}")).unwrap();
            assert_eq!(page.extent == crate::json::page::Extent::Counted, is_counted, "{more}");
        }
    }

    #[test]
    fn several_members_may_tell_records_apart() {
        let none: &RowMap = &|_, _| false;
        let keys = |id| {
            let map = Map::Function(none);
            let body = br#"{"_embedded":{"items":[{"a":1,"b":{"c":2},"x":1},{"a":1,"b":{"c":3}},
                {"a":1,"b":{"c":2},"x":2},{"a":1}]}}"#;
            let format = Format { list: "items", schema: &SCHEMA, id, order: None, map };
            read_page(body, &format).unwrap().keys
        };
        let both = keys("a+b.c");
        assert_eq!((both.count(), both.lacks_ids), (3, true));
        let optional = keys("a+b.c?");
        assert_eq!((optional.count(), optional.lacks_ids), (3, false));
        assert_eq!(keys("a").count(), 1);
        assert!(!keys("a").lacks_ids);
    }

    #[test]
    fn what_is_no_page_is_an_error_that_names_the_place() {
        assert!(failure("<html>").contains("at the top level"));
        assert!(failure("").contains("at the top level"));
        assert!(failure(r#"{"response":{"error":"x"}}"#).contains("not a page"));
        assert!(failure(r#"{"_embedded":{"items":[{"id":1},5]}}"#).contains("items[1]"));
        assert!(
            failure(r#"{"_embedded":{"items":[{"id":1,"a":{"b":tru}}]}}"#).contains("items[0].a.b")
        );
        assert!(failure(r#"{"_embedded":{"items":[{"id":"x"}]}}"#).contains("`id`"));
        assert!(failure(r#"{"_embedded":{"items":[{"id":1}]}"#).contains("EOF"));
        assert!(
            failure(r#"{"_embedded":{"items":[{"id":1e999}]}}"#).contains("`id` is not a number")
        );
    }

    #[test]
    fn a_broken_text_costs_that_text_and_is_counted() {
        let format =
            Format { list: "items", schema: &SCHEMA, id: "id", order: None, map: Map::Identity };
        let body =
            b"{\"_embedded\":{\"items\":[{\"id\":1,\"a\":\"x\xff\"},{\"id\":2,\"a\":\"\\ud83d\",
            \"b\":\"\\ud83d\\ude00\"},{\"id\":3,\"a\":\"y\\u0000z\"}]}}";
        let page = read_page(body, &format).unwrap();
        let texts = ["x\u{fffd}", "\u{fffd}", "y\u{fffd}z"].map(|text| Some(text.to_owned()));
        assert_eq!(page.rows.texts("a"), texts);
        assert_eq!(page.rows.texts("b")[1].as_deref(), Some("\u{1f600}"));
        assert_eq!((page.records, page.rows.broken_texts()), (3, 3));
        let nul = read(r#"{"_embedded":{"items":[{"id":1,"a":"\u0000"}]}}"#).unwrap();
        assert_eq!(nul.rows.broken_texts(), 1);
        // As long as nothing is broken, the character is one as any other.
        let whole = read("{\"_embedded\":{\"items\":[{\"id\":1,\"a\":\"\u{fffd}\"}]}}").unwrap();
        assert_eq!(whole.rows.broken_texts(), 0);
        assert!(failure(r#"{"_embedded":{"items":[{"id":1,"a":"\ud83d"}]"#).contains("EOF"));
    }

    #[test]
    fn an_error_is_short_and_printable_whatever_the_page_holds() {
        let hostile = "x\\u001b[31m".repeat(100);
        let in_name = failure(&format!(r#"{{"_embedded":{{"items":[{{"{hostile}":tru}}]}}}}"#));
        let in_text = failure(&format!(r#"{{"_embedded":{{"items":["{hostile}"]}}}}"#));
        for message in [in_name, in_text] {
            assert!(!message.contains(char::is_control), "{message:?}");
            assert!(message.chars().count() < 700, "{message:?}");
        }
    }
}
