//! Records of any list as rows (docs/contract.md, Table of any list).

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock};

use super::place::{Found, Place, find};
use crate::bad_body::BadBody;
use crate::json::flatten::{Field, Record, Value};
use crate::json::page::{Extent, Page, hash_of};
use crate::json::page_keys::PageKeys;
use crate::json::tree::Node;
use crate::sync::lock;
use crate::table::row::Row;
use crate::table::{Format, Map, RowMap, Schema, Table, read_page};

/// The column with the keys of records that have no id. No member has such a name.
pub const HASH: &str = "\0";

const fn keyed(keys: &'static [&'static str]) -> Schema {
    Schema { keys, inferred: true, inferred_times: true, zero_is_no_time: true, ..Schema::TEXT }
}

/// By what records are told apart, the most usual first.
static BY_KEY: [Schema; 5] =
    [keyed(&["id"]), keyed(&["uid"]), keyed(&["uuid"]), keyed(&["talk_id"]), keyed(&["key"])];
static BY_HASH: Schema = keyed(&[HASH]);
/// Of lists that come in one answer all rows are kept.
static KEYLESS: Schema = keyed(&[]);

/// The rows of all pages.
pub static SCHEMA: Schema = keyed(&["id", "uid", "uuid", "talk_id", "key", HASH]);

/// Reads the answers of one list. The first one that has records tells how.
pub struct Reader {
    path: String,
    member: Option<String>,
    limit: u32,
    order: Option<&'static str>,
    layout: OnceLock<Layout>,
    choices: OnceLock<Vec<String>>,
}

/// How the answers of a list are read.
struct Layout {
    place: Place,
    schema: &'static Schema,
    order: Option<&'static str>,
    /// The records of the first page.
    first: PageKeys,
}

impl Reader {
    /// For the list at `path`, of which `limit` records are asked for at once. It may be
    /// sorted by a member, `order`, that is equal in several records.
    pub fn new(
        path: String,
        member: Option<String>,
        limit: u32,
        order: Option<&'static str>,
    ) -> Self {
        let (layout, choices) = (OnceLock::new(), OnceLock::new());
        Reader { path, member, limit, order, layout, choices }
    }

    /// The members that may be meant, if it is not known which one.
    pub fn choices(&self) -> Option<&[String]> {
        self.choices.get().map(Vec::as_slice)
    }

    /// Reads an answer; no body is one without records.
    ///
    /// # Errors
    /// [`BadBody`] when it holds no records, and is none.
    pub fn read(&self, body: Option<&[u8]>) -> Result<Page<Table>, BadBody> {
        let Some(body) = body else { return Ok(Page::empty(Table::new(&SCHEMA))) };
        if let Some(layout) = self.layout.get() {
            let page = layout.read(body)?;
            let extent = layout.extent(body, &page)?;
            return Ok(Page { extent, ..page });
        }
        let answer = Node::read(Some(body))?;
        let place = match find(&answer, self.member.as_deref(), &self.path)? {
            Found::Records(place) => place,
            Found::Nothing => return Ok(Page::empty(Table::new(&SCHEMA))),
            Found::Several(names) => {
                self.choices.get_or_init(|| names);
                return Ok(Page { extent: Extent::Whole, ..Page::empty(Table::new(&SCHEMA)) });
            }
        };
        let records = place.records(&answer);
        let is_whole = place.is_whole(&answer, records.len(), self.limit);
        let schema = if is_whole { &KEYLESS } else { schema_of(&records) };
        let layout = Layout { place, schema, order: self.order, first: PageKeys::default() };
        let page = layout.read(body)?;
        if page.records > 0 {
            self.layout.get_or_init(|| Layout { first: page.keys.clone(), ..layout });
        }
        Ok(Page { extent: if is_whole { Extent::Whole } else { Extent::Page }, ..page })
    }
}

/// The schema with the first key that all records have. Other than ids, keys have to differ.
fn schema_of(records: &[&Node]) -> &'static Schema {
    let is_key = |name: &str| {
        let values: Vec<&str> =
            records.iter().filter_map(|record| record.get(name)?.text()).collect();
        let mut distinct = values.clone();
        distinct.sort_unstable();
        distinct.dedup();
        values.len() == records.len() && (name == "id" || distinct.len() == values.len())
    };
    BY_KEY.iter().find(|schema| schema.keys.iter().all(|name| is_key(name))).unwrap_or(&BY_HASH)
}

impl Layout {
    fn extent(&self, body: &[u8], page: &Page<Table>) -> Result<Extent, BadBody> {
        let is_repeated = !page.has_next && page.keys == self.first;
        if !is_repeated {
            return Ok(Extent::Page);
        }
        let answer = Node::read(Some(body))?;
        let number = answer.get("_page").and_then(Node::text);
        Ok(if number.is_none_or(|number| number == "1") { Extent::Repeated } else { Extent::Page })
    }

    fn read(&self, body: &[u8]) -> Result<Page<Table>, BadBody> {
        let (list, body) = self.place.page(body);
        let is_hashed = self.schema.keys == [HASH];
        // Equal records of one page are not one.
        let seen = Mutex::new(HashMap::new());
        let write: &RowMap = &|record, row| {
            if is_hashed {
                let hash = hash_of(record);
                let mut seen = lock(&seen);
                let count: &mut u64 = seen.entry(hash).or_default();
                let key = hash.wrapping_add(*count);
                *count += 1;
                row.push_value(HASH, Value::Whole(i64::from_ne_bytes(key.to_ne_bytes())));
            }
            write_row(record, row)
        };
        let format = Format {
            list,
            schema: self.schema,
            id: self.schema.keys.first().unwrap_or(&HASH),
            order: self.order,
            map: Map::FunctionWithEmbedded(write),
        };
        let mut page = read_page(&body, &format)?;
        // Hashes tell records apart as well as ids do.
        page.keys.lacks_ids &= !is_hashed;
        Ok(page)
    }
}

/// All fields of a record, but for the links of what it embeds.
fn write_row<'r>(record: &'r Record, row: &mut Row<'r>) -> bool {
    let is_link =
        |field: &Field| field.name().starts_with("_embedded.") && field.name().contains("._links.");
    record.iter().filter(|field| !is_link(field)).for_each(|field| row.push_field(field));
    true
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Extent, Reader, SCHEMA};
    use crate::table::{Column, RowSink, SeenKeys, Table, Type};

    /// The answers of a list as one table, the pages that ended it, and the choices.
    fn table(path: &str, member: Option<&str>, answers: &[&str]) -> Table {
        let reader = Reader::new(path.to_owned(), member.map(str::to_owned), 250, None);
        let (mut table, mut seen) = (Table::new(&SCHEMA), SeenKeys::default());
        for answer in answers {
            table.append(reader.read(Some(answer.as_bytes())).unwrap().rows, &mut seen);
        }
        table.drop_column(super::HASH);
        table
    }

    fn types(table: Table) -> Vec<(String, Type, bool)> {
        let columns = table.into_columns();
        columns.iter().map(|column| (column.name(), column.type_in_r(), column.is_time())).collect()
    }

    fn page(records: &str) -> String {
        format!(r#"{{"_page":1,"_embedded":{{"list":[{records}]}}}}"#)
    }

    #[test]
    fn columns_have_the_types_of_json_and_seconds_are_times() {
        let page = page(
            r#"{"id":1,"is_main":true,"price":5,"rate":0.5,"big":3000000000,"name":"x","mixed":1,
                "created_at":1700000000,"closed_at":0,"sent_at":"soon","milli_at":1700000000000,
                "_links":{"self":{"href":"x"}},"p":{"seen_at":7},
                "_embedded":{"tags":[{"id":1,"name":"a","_links":{"self":{"href":"x"}}}]}},
               {"id":2,"mixed":"x","late_at":null,
                "_embedded":{"tasks":[{"a_at":8},{"a_at":9}]}}"#,
        );
        let column = |name: &str, json_type, is_time| (name.to_owned(), json_type, is_time);
        let expected = [
            column("id", Type::Integer, false),
            column("is_main", Type::Logical, false),
            column("price", Type::Integer, false),
            column("rate", Type::Double, false),
            column("big", Type::Double, false),
            column("name", Type::Text, false),
            column("mixed", Type::Text, false),
            column("created_at", Type::Double, true),
            column("closed_at", Type::Double, true),
            column("sent_at", Type::Text, false),
            column("milli_at", Type::Double, false),
            column("p_seen_at", Type::Double, true),
            column("_embedded_tags_id", Type::Integer, false),
            column("_embedded_tags_name", Type::Text, false),
            column("_embedded_tasks_a_at___3", Type::Double, true),
            column("_embedded_tasks_a_at___4", Type::Double, true),
        ];
        assert_eq!(types(table("x", None, &[&page])), expected);
    }

    #[test]
    fn a_record_that_comes_in_two_pages_is_there_once_whatever_tells_it_apart() {
        for (first, again, other) in [
            (r#"{"id":1}"#, r#"{"id":1,"x":2}"#, r#"{"id":2}"#),
            (r#"{"id":"01A"}"#, r#"{"id":"01A"}"#, r#"{"id":"01B"}"#),
            (r#"{"id":1}"#, r#"{"id":"1"}"#, r#"{"id":2}"#),
            (r#"{"id":"1"}"#, r#"{"id":1}"#, r#"{"id":"x"}"#),
            (r#"{"uid":"a"}"#, r#"{"uid":"a"}"#, r#"{"uid":"b"}"#),
            (r#"{"talk_id":1,"key":5}"#, r#"{"talk_id":1}"#, r#"{"talk_id":2,"key":5}"#),
            (r#"{"key":"a","type":1}"#, r#"{"key":"a"}"#, r#"{"key":"b"}"#),
            (r#"{"from":1,"to":2}"#, r#"{"from":1,"to":2}"#, r#"{"from":1,"to":3}"#),
        ] {
            let pages = [page(&format!("{first},{other}")), page(again)];
            let table = table("x", None, &[&pages[0], &pages[1]]);
            assert_eq!(table.rows(), 2, "{first}");
            let names: Vec<String> = table.into_columns().iter().map(Column::name).collect();
            assert!(!names.iter().any(|name| name.contains('\0')), "{names:?}");
        }
    }

    #[test]
    fn a_key_that_repeats_is_none_unless_it_is_an_id() {
        let rows = |records: &str| table("x", None, &[&page(records)]).rows();
        assert_eq!(rows(r#"{"key":"a","n":1},{"key":"a","n":2}"#), 2);
        assert_eq!(rows(r#"{"key":"a","n":1},{"n":2}"#), 2);
        assert_eq!(rows(r#"{"id":1,"n":1},{"id":1,"n":2}"#), 1);
        assert_eq!(rows(r#"{"id":1,"n":1},{"id":"1","n":2},{"id":"01"}"#), 2);
    }

    #[test]
    fn equal_records_of_one_answer_are_all_kept() {
        for body in [
            r#"["a","b","a"]"#,
            r#"[{"n":1},{"n":1},{"n":1}]"#,
            r#"{"items":[{"n":1},{"n":2},{"n":1}]}"#,
            r#"{"_embedded":{"x":["a","b","a"]}}"#,
            r#"{"_page":1,"_embedded":{"x":[{"n":1},{"n":1},{"n":1}]}}"#,
        ] {
            assert_eq!(table("x", None, &[body]).rows(), 3, "{body}");
            if body.contains("_page") {
                // The same answer for the next page is no further rows.
                assert_eq!(table("x", None, &[body, body]).rows(), 3, "{body}");
            }
        }
    }

    #[test]
    fn of_a_list_in_one_answer_all_rows_are_kept() {
        let body = r#"{"_total_items":2,"_embedded":{"a":[{"n":1},{"n":1}]}}"#;
        let read =
            Reader::new("x".to_owned(), None, 250, None).read(Some(body.as_bytes())).unwrap();
        assert_eq!(read.extent, Extent::Whole);
        assert_eq!(table("x", None, &[body]).rows(), 2);
    }

    #[test]
    fn the_first_page_once_more_is_told_from_a_page_that_has_a_number() {
        let reader = Reader::new("x".to_owned(), None, 250, None);
        let records = r#"{"id":1},{"id":2}"#;
        let extent = |body: &str| reader.read(Some(body.as_bytes())).unwrap().extent;
        assert_eq!(extent(&page(records)), Extent::Page);
        assert_eq!(extent(&page(records)), Extent::Repeated);
        assert_eq!(extent(&page(records).replace(r#""_page":1,"#, "")), Extent::Repeated);
        assert_eq!(extent(&page(records).replace(r#""_page":1"#, r#""_page":2"#)), Extent::Page);
        let next = r#""_links":{"next":{"href":"x"}},"_embedded""#;
        assert_eq!(extent(&page(records).replace(r#""_embedded""#, next)), Extent::Page);
        assert_eq!(extent(&page(r#"{"id":2},{"id":1}"#)), Extent::Page);
    }

    #[test]
    fn one_record_is_one_row_with_what_it_embeds() {
        let body = r#"{"id":1,"_links":{},"created_at":5,"_embedded":{"tags":[{"id":7}]}}"#;
        assert_eq!(table("leads/1", None, &[body]).rows(), 1);
        assert_eq!(types(table("leads/1", None, &[body])).len(), 3);
        assert_eq!(types(table("leads/1", Some("tags"), &[body])).len(), 1);
    }

    #[test]
    fn several_lists_are_told_and_end_the_reading() {
        let body = r#"{"_embedded":{"a":[{"id":1}],"b":[{"id":1}]}}"#;
        let reader = Reader::new("x".to_owned(), None, 250, None);
        assert_eq!(reader.read(Some(body.as_bytes())).unwrap().extent, Extent::Whole);
        assert_eq!(reader.choices().unwrap(), ["a", "b"]);
    }

    #[test]
    fn an_answer_that_does_not_belong_to_the_list_can_not_be_read() {
        let reader = Reader::new("x".to_owned(), None, 250, None);
        assert_eq!(reader.read(Some(b"[]")).unwrap().records, 0);
        assert_eq!(reader.read(Some(page(r#"{"id":1}"#).as_bytes())).unwrap().records, 1);
        for body in ["[]", "{}", r#"{"id":1}"#, "<html>", r#"{"_embedded":{"list":[5]}}"#] {
            assert!(reader.read(Some(body.as_bytes())).is_err(), "{body}");
        }
    }
}
