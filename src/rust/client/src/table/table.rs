//! Columns under construction: one table a page, pages joined in order.
//!
//! A column stores only the cells that exist, so hundreds of rarely used columns
//! are cheap. Equal texts of a column are stored once.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::json::flatten::{Record, Value};
use crate::json::page::BadCell;
use crate::table::column::{Column, Role, Unreadable};
use crate::table::column_builder::ColumnBuilder;
use crate::table::row::Row;
use crate::table::schema::Schema;
use crate::table::unique_names::{make_unique, names_in_r};

/// The most columns of a table. In R every column has a cell in every row, so
/// names that differ from row to row would take quadratic memory.
pub const MAX_COLUMNS: usize = 3000;

/// Rows as columns.
pub struct Table {
    pub(super) schema: &'static Schema,
    pub(super) rows: u32,
    pub(super) columns: Vec<ColumnBuilder>,
    /// The index of each column, by its name.
    index: HashMap<Box<str>, usize, RandomState>,
    /// The columns of the row that is being added. Reused from row to row.
    slots: Vec<usize>,
    /// Whether columns beyond [`MAX_COLUMNS`] were dropped.
    pub(super) is_too_wide: bool,
    /// Whether the page had broken texts. Then texts with the replacement
    /// character are counted.
    is_repaired: bool,
    /// The row of each such text.
    pub(super) broken: Vec<u32>,
}

impl Table {
    /// A table without rows and without columns.
    pub fn new(schema: &'static Schema) -> Self {
        Table {
            schema,
            rows: 0,
            columns: Vec::new(),
            index: HashMap::default(),
            slots: Vec::new(),
            is_too_wide: false,
            is_repaired: false,
            broken: Vec::new(),
        }
    }

    /// A table without rows, but with the base columns.
    pub fn with_base(schema: &'static Schema) -> Self {
        let mut table = Table::new(schema);
        for name in schema.base {
            table.ensure(name);
        }
        table
    }

    /// Number of rows.
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// From now on texts with the replacement character are counted as broken.
    pub fn count_broken_texts(&mut self) {
        self.is_repaired = true;
    }

    /// How many texts were broken.
    pub fn broken_texts(&self) -> usize {
        self.broken.len()
    }

    /// The unreadable values of each column that has some.
    pub fn unreadable(&self) -> impl Iterator<Item = Unreadable> {
        self.columns.iter().filter_map(ColumnBuilder::unreadable)
    }

    /// The dotted names of the columns, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| &*column.name)
    }

    /// Drops the columns beyond [`MAX_COLUMNS`]; true if there were some.
    pub fn narrow(&mut self) -> bool {
        self.is_too_wide |= self.columns.len() > MAX_COLUMNS;
        self.columns.truncate(MAX_COLUMNS);
        self.reindex();
        self.is_too_wide
    }

    /// Adds an empty column as the last one, unless it exists.
    pub fn ensure(&mut self, name: &str) {
        let slot = self.column_at(name);
        self.columns[slot].may_be_empty = true;
    }

    /// Makes a column of numbers double, even if all of them are whole.
    pub fn make_double(&mut self, name: &str) {
        if let Some(slot) = self.find(name) {
            self.columns[slot].make_double();
        }
    }

    /// Gives the columns the types of another schema, which has the same columns. Numbers are
    /// double, whatever they are.
    pub fn set_types(&mut self, schema: &'static Schema) {
        if self.rows == 0 && self.columns.is_empty() {
            *self = Table::with_base(schema);
        }
        self.schema = schema;
        for column in &mut self.columns {
            let role = schema.role(&column.name);
            column.set_role(role);
            if role == Role::Number {
                column.make_double();
            }
        }
    }

    /// The columns in order of first appearance, with their names in R. A table without
    /// rows has the base columns of its schema.
    pub fn into_columns(mut self) -> Vec<Column> {
        if self.rows == 0 && self.columns.is_empty() {
            self = Table::with_base(self.schema);
        }
        let names = names_in_r(&self.names().collect::<Vec<_>>());
        names.into_iter().zip(self.columns).map(|(name, column)| column.finish(name)).collect()
    }

    /// Adds a row.
    ///
    /// # Errors
    /// [`BadCell`] when an id is not a number. The table must not be used then.
    pub fn push(&mut self, row: &Row) -> Result<(), BadCell> {
        self.push_cells(row.iter())
    }

    /// Adds a record as a row, each field as a cell.
    ///
    /// # Errors
    /// As [`Table::push`].
    pub fn push_record(&mut self, record: &Record) -> Result<(), BadCell> {
        self.push_cells(record.iter().map(|field| (field.name(), field.value())))
    }

    fn push_cells<'c>(
        &mut self,
        cells: impl Iterator<Item = (&'c str, Value<'c>)> + Clone,
    ) -> Result<(), BadCell> {
        if !self.match_columns(cells.clone().map(|(name, _)| name)) {
            self.match_unusual_columns(cells.clone().map(|(name, _)| name));
        }
        for (slot, (_, value)) in self.slots.iter().zip(cells) {
            if self.is_repaired && is_broken(value) {
                self.broken.push(self.rows);
            }
            let column = &mut self.columns[*slot];
            let may_be_none = self.schema.zero_is_no_time && value == Value::Whole(0);
            let is_none = may_be_none && column.is_of_times();
            column.push(self.rows, if is_none { Value::ABSENT } else { value })?;
        }
        self.rows += 1;
        Ok(())
    }

    /// Finds the column of each cell. False if a name is new, odd or occurs twice,
    /// which is rare.
    fn match_columns<'c>(&mut self, mut names: impl Iterator<Item = &'c str>) -> bool {
        self.slots.clear();
        let mut guess = 0;
        names.all(|name| {
            // Cells come in the same order in most rows: the next column is likely.
            let is_it = self.columns.get(guess).is_some_and(|column| *column.name == *name);
            let found = if is_it { Some(guess) } else { self.find(name) };
            let Some(slot) = found else { return false };
            guess = slot + 1;
            self.slots.push(slot);
            self.columns[slot].use_once(self.rows)
        })
    }

    /// Finds or makes the columns of a row with new, repeated or odd names.
    fn match_unusual_columns<'c>(&mut self, names: impl Iterator<Item = &'c str>) {
        let mut names: Vec<String> = names.map(str::to_owned).collect();
        make_unique(&mut names);
        self.slots = names.iter().map(|name| self.column_at(name)).collect();
    }

    /// Makes the index anew, for other columns.
    fn reindex(&mut self) {
        let columns = self.columns.iter().enumerate();
        self.index = columns.map(|(slot, column)| (column.name.clone(), slot)).collect();
    }

    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.index.get(name).copied()
    }

    pub(super) fn column_at(&mut self, name: &str) -> usize {
        if let Some(slot) = self.find(name) {
            return slot;
        }
        let slot = self.columns.len();
        self.columns.push(ColumnBuilder::new(name, self.schema.role(name)));
        self.index.insert(name.into(), slot);
        slot
    }

    /// Replaces texts of a column; `label` gives the new text or None.
    pub fn relabel(&mut self, name: &str, label: impl Fn(&str) -> Option<&'static str>) {
        if let Some(slot) = self.find(name) {
            self.columns[slot].relabel(label);
        }
    }

    /// The texts of a column, row by row; None where there is none.
    pub fn texts(&self, name: &str) -> Vec<Option<String>> {
        let rows = self.rows as usize;
        self.find(name).map_or_else(|| vec![None; rows], |slot| self.columns[slot].texts(rows))
    }

    /// Replaces the cells of a text column: a text for each row, or None.
    pub fn set_texts(&mut self, name: &str, texts: &[Option<&str>]) {
        let slot = self.column_at(name);
        self.columns[slot].set_texts(texts);
    }

    /// Makes a column the last one.
    pub fn move_last(&mut self, name: &str) {
        let Some(slot) = self.find(name) else { return };
        let column = self.columns.remove(slot);
        self.columns.push(column);
        self.reindex();
    }

    /// Drops a column.
    pub fn drop_column(&mut self, name: &str) {
        self.columns.retain(|column| *column.name != *name);
        self.reindex();
    }
}

fn is_broken(value: Value) -> bool {
    matches!(value, Value::Text(text, _) if text.contains(char::REPLACEMENT_CHARACTER))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::float_cmp)]
    use super::{BadCell, Column, MAX_COLUMNS, Schema, Table, Unreadable};
    use crate::json::flatten::{NoLinks, Record};
    use crate::table::RowSink;
    use crate::table::SeenKeys;
    use crate::table::column::{Type, Values};
    use serde::de::DeserializeSeed;

    static SCHEMA: Schema = Schema {
        base: &["id", "text"],
        keys: &["id"],
        ids: &["id"],
        times: &["created_at"],
        ..Schema::TEXT
    };

    fn push(table: &mut Table, json: &str) -> Result<(), BadCell> {
        let mut record = Record::default();
        let mut parser = serde_json::Deserializer::from_str(json);
        record.seed(&mut NoLinks).deserialize(&mut parser).unwrap();
        table.push_record(&record)
    }

    fn table(records: &[&str]) -> Table {
        let mut table = Table::new(&SCHEMA);
        for record in records {
            push(&mut table, record).unwrap();
        }
        table
    }

    #[test]
    fn columns_that_are_a_key_together_tell_rows_apart() {
        static PAIRS: Schema = Schema { keys: &["a+b"], ids: &["a"], ..Schema::TEXT };
        let pairs = |records: &[&str]| {
            let mut table = Table::new(&PAIRS);
            for record in records {
                push(&mut table, record).unwrap();
            }
            table
        };
        let mut all = pairs(&[]);
        let mut seen = SeenKeys::default();
        all.append(pairs(&[r#"{"a":1,"b":"x","c":1}"#, r#"{"a":1,"b":"y"}"#]), &mut seen);
        all.append(pairs(&[r#"{"a":1,"b":"x","c":2}"#, r#"{"a":2,"b":"x"}"#]), &mut seen);
        // Without all of them a row has no key.
        all.append(pairs(&[r#"{"a":1}"#, r#"{"a":1}"#]), &mut seen);
        let first = |text: &str| Some(text.to_owned());
        let (x, y) = (first("x"), first("y"));
        assert_eq!(all.texts("b"), [x.clone(), y, x, None, None]);
        assert_eq!(all.texts("c")[0], first("1"));
        assert_eq!(seen.len(), 3);
    }

    #[test]
    fn a_column_of_a_key_may_be_one_that_rows_can_lack() {
        static PAIRS: Schema = Schema { keys: &["a+b?"], ids: &["a"], ..Schema::TEXT };
        let mut table = Table::new(&PAIRS);
        let mut seen = SeenKeys::default();
        for record in [r#"{"a":1}"#, r#"{"a":1,"b":"x"}"#, r#"{"a":1}"#, r#"{"b":"x"}"#] {
            let mut page = Table::new(&PAIRS);
            push(&mut page, record).unwrap();
            table.append(page, &mut seen);
        }
        // What must be there makes no key if it is missing.
        assert_eq!(table.texts("b"), [None, Some("x".to_owned()), Some("x".to_owned())]);
        assert_eq!(seen.len(), 2);
    }

    fn cells(column: &Column) -> Vec<(u32, String)> {
        column
            .rows()
            .iter()
            .enumerate()
            .map(|(cell, row)| {
                let text = match column.values() {
                    Values::Text(numbers, interner) => {
                        interner.get(numbers.iter().nth(cell).unwrap()).to_owned()
                    }
                    Values::Number(_, numbers) => numbers[cell].to_string(),
                };
                (row, text)
            })
            .collect()
    }

    fn names(table: Table) -> Vec<String> {
        table.into_columns().iter().map(Column::name).collect()
    }

    #[test]
    fn a_time_that_is_0_is_none_where_the_schema_says_so() {
        static NONE: Schema = Schema {
            times: &["created_at", "deadline"],
            inferred: true,
            inferred_times: true,
            zero_is_no_time: true,
            ..Schema::TEXT
        };
        let times = |schema| {
            let mut table = Table::new(schema);
            for json in
                [r#"{"created_at":0,"n":0,"deadline":0,"seen_at":0}"#, r#"{"created_at":5}"#]
            {
                push(&mut table, json).unwrap();
            }
            let columns = table.into_columns();
            columns.iter().map(|column| (column.name(), cells(column))).collect::<Vec<_>>()
        };
        let cell = |row, text: &str| (row, text.to_owned());
        let none = times(&NONE);
        assert_eq!(none[0], ("created_at".to_owned(), vec![cell(1, "5")]));
        assert_eq!(none[1], ("n".to_owned(), vec![cell(0, "0")]));
        assert_eq!(none[2..], [("deadline".to_owned(), vec![]), ("seen_at".to_owned(), vec![])]);
        assert_eq!(times(&SCHEMA)[0].1, [cell(0, "0"), cell(1, "5")]);
    }

    #[test]
    fn columns_stand_in_order_of_first_appearance() {
        let table = table(&[r#"{"id":1,"b":"x"}"#, r#"{"id":2,"a":{"c":1},"b":"y"}"#]);
        assert_eq!(names(table), ["id", "b", "a_c"]);
    }

    #[test]
    fn a_table_without_rows_has_the_base_columns() {
        assert_eq!(names(table(&[])), ["id", "text"]);
    }

    #[test]
    fn each_text_is_stored_once_however_often_it_comes() {
        for (rows, kinds) in [(5, 2), (20, 20), (40, 1), (40, 39), (100, 9), (700, 700)] {
            let text = |row: u32| format!("text {}", row % kinds);
            let page = |first: u32| {
                let mut page = Table::new(&SCHEMA);
                for row in 0..rows {
                    let record = format!(r#"{{"id":{},"text":"{}"}}"#, first + row, text(row));
                    push(&mut page, &record).unwrap();
                }
                page
            };
            let mut joined = page(0);
            joined.append(page(rows), &mut SeenKeys::default());
            let once: Vec<String> = (0..rows).map(text).collect();
            for (table, expected) in [(page(0), once.clone()), (joined, [&once[..]; 2].concat())] {
                let columns = table.into_columns();
                let texts = cells(&columns[1]).into_iter().map(|(_, text)| text);
                assert_eq!(texts.collect::<Vec<_>>(), expected);
                let stored = match columns[1].values() {
                    Values::Text(_, interner) => interner.len(),
                    Values::Number(..) => 0,
                };
                assert_eq!(stored, kinds as usize, "{rows} rows");
            }
        }
    }

    #[test]
    fn two_paths_of_one_name_are_two_columns() {
        let (nested, flat) = (r#"{"id":1,"a":{"b":1}}"#, r#"{"id":2,"a_b":2}"#);
        let both = r#"{"id":3,"a":{"b":1},"a_b":2}"#;
        assert_eq!(names(table(&[both])), ["id", "a_b_1", "a_b"]);
        assert_eq!(names(table(&[nested, flat])), ["id", "a_b_1", "a_b"]);
        assert_eq!(names(table(&[nested])), ["id", "a_b"]);
    }

    #[test]
    fn repeated_names_become_columns_by_position() {
        let table = table(&[r#"{"id":1,"a":"x","a":"y"}"#, r#"{"id":2,"a":"z"}"#]);
        let columns = table.into_columns();
        let found: Vec<_> = columns.iter().map(|c| (c.name(), cells(c))).collect();
        assert_eq!(found[1], ("a___2".to_owned(), vec![(0, "x".to_owned())]));
        assert_eq!(found[2], ("a___3".to_owned(), vec![(0, "y".to_owned())]));
        assert_eq!(found[3], ("a".to_owned(), vec![(1, "z".to_owned())]));
    }

    #[test]
    fn pages_are_joined_in_order_and_rows_seen_twice_are_kept_once() {
        let mut whole = Table::new(&SCHEMA);
        let mut seen = SeenKeys::default();
        whole.append(table(&[r#"{"id":1,"t":"a"}"#, r#"{"id":2,"t":"b"}"#]), &mut seen);
        whole.append(table(&[r#"{"id":2,"t":"b"}"#, r#"{"id":3,"u":"c","t":"a"}"#]), &mut seen);
        assert_eq!(whole.rows(), 3);
        let columns = whole.into_columns();
        assert_eq!(
            cells(&columns[1]),
            [(0, "a".to_owned()), (1, "b".to_owned()), (2, "a".to_owned())]
        );
        assert_eq!(cells(&columns[2]), [(2, "c".to_owned())]);
    }

    #[test]
    fn a_row_that_is_left_out_leaves_no_empty_column() {
        let mut whole = Table::new(&SCHEMA);
        let mut seen = SeenKeys::default();
        whole.append(table(&[r#"{"id":1}"#]), &mut seen);
        whole.append(table(&[r#"{"id":1,"t":"a"}"#, r#"{"id":2,"u":"b"}"#]), &mut seen);
        assert_eq!(names(whole), ["id", "u"]);
    }

    #[test]
    fn an_id_that_is_no_exact_whole_number_is_refused() {
        for id in ["\"abc\"", "1.5", "9007199254740993", "1e300", "true", "\"\"", "\"1e3\""] {
            let mut table = Table::new(&SCHEMA);
            let result = push(&mut table, &format!("{{\"id\":{id}}}"));
            assert_eq!(result, Err(BadCell { column: "id".to_owned() }), "{id}");
        }
        assert_eq!(table(&[r#"{"id":"12"}"#]).rows(), 1);
    }

    static TYPED: Schema = Schema {
        base: &["id", "sale", "is_deleted", "created_at", "name"],
        integers: &["sale"],
        logicals: &["is_deleted"],
        inferred: true,
        ..SCHEMA
    };

    /// A record with this value of that column, and the text of its cell.
    fn typed(column: &str, value: &str) -> (Option<String>, Vec<String>) {
        let mut table = Table::new(&TYPED);
        push(&mut table, &format!(r#"{{"id":1,"{column}":{value}}}"#)).unwrap();
        let unreadable = table.unreadable().flat_map(|found| found.examples).collect();
        let columns = table.into_columns();
        let cell = cells(&columns[1]).into_iter().next().map(|(_, text)| text);
        (cell, unreadable)
    }

    #[test]
    fn numbers_and_flags_are_read_in_every_form_and_what_is_none_is_told() {
        for (column, value, expected) in [
            ("sale", "5", "5"),
            ("sale", "\"100000\"", "100000"),
            ("sale", "1e5", "100000"),
            ("sale", "\"-1234.56\"", "-1234.56"),
            ("sale", "4500000000", "4500000000"),
            ("sale", "1e20", "100000000000000000000"),
            ("sale", "-1e30", "-1000000000000000000000000000000"),
            ("created_at", "\"1700000000\"", "1700000000"),
            ("created_at", "1700000000.0", "1700000000"),
            ("is_deleted", "true", "1"),
            ("is_deleted", "1", "1"),
            ("is_deleted", "\"1\"", "1"),
            ("is_deleted", "\"true\"", "1"),
            ("is_deleted", "false", "0"),
            ("is_deleted", "\"0\"", "0"),
        ] {
            let expected = (Some(expected.to_owned()), vec![]);
            assert_eq!(typed(column, value), expected, "{column} {value}");
        }
        for (column, value, told) in [
            ("sale", "\"12 500,50\"", "12 500,50"),
            ("sale", "true", "TRUE"),
            ("sale", "\"inf\"", "inf"),
            ("sale", "9007199254740993", "9007199254740993"),
            ("sale", "\"12345678901234567890\"", "12345678901234567890"),
            ("created_at", "\"2024-01-01\"", "2024-01-01"),
            ("created_at", "1e20", "100000000000000000000"),
            ("is_deleted", "2", "2"),
            ("is_deleted", "\"maybe\"", "maybe"),
        ] {
            assert_eq!(typed(column, value), (None, vec![told.to_owned()]), "{column} {value}");
        }
        for empty in ["null", "\"\""] {
            let mut table = Table::new(&TYPED);
            push(&mut table, &format!(r#"{{"id":1,"sale":{empty}}}"#)).unwrap();
            assert_eq!(table.unreadable().count(), 0);
        }
    }

    #[test]
    fn texts_get_the_types_of_another_schema_by_the_names_of_their_columns() {
        static LATER: Schema = Schema {
            ids: &["id"],
            times: &["date"],
            integers: &["sum"],
            logicals: &["is_new"],
            ..Schema::TEXT
        };
        let mut table = table(&[
            r#"{"id":1,"sum":7,"date":"1700000000","is_new":true,"phone":"007"}"#,
            r#"{"id":2,"sum":"soon","date":"","is_new":"0","phone":8}"#,
            r#"{"id":3,"sum":"0.5"}"#,
        ]);
        table.set_types(&LATER);
        let told: Vec<_> = table.unreadable().map(|found| (found.column, found.count)).collect();
        assert_eq!(told, [("sum".to_owned(), 1)]);
        let columns = table.into_columns();
        let types: Vec<_> = columns.iter().map(Column::type_in_r).collect();
        let expected = [Type::Integer, Type::Double, Type::Double, Type::Logical, Type::Text];
        assert_eq!(types, expected);
        assert!(columns[2].is_time());
        let cells: Vec<_> = columns[1..4].iter().flat_map(cells).collect();
        let expected = [(0, "7"), (2, "0.5"), (0, "1700000000"), (0, "1"), (1, "0")];
        assert_eq!(cells, expected.map(|(row, text)| (row, text.to_owned())));
    }

    #[test]
    fn whole_numbers_are_double_where_another_schema_says_number_and_in_a_table_without_rows() {
        static LATER: Schema = Schema { base: &["id", "sum"], integers: &["sum"], ..Schema::TEXT };
        for records in [&[r#"{"id":1,"sum":"7"}"#][..], &[]] {
            let mut table = table(records);
            table.set_types(&LATER);
            assert_eq!(table.into_columns()[1].type_in_r(), Type::Double, "{records:?}");
        }
    }

    #[test]
    fn whole_numbers_that_no_double_holds_keep_their_digits_as_text() {
        for (value, expected) in [
            ("9007199254740992", Type::Double),
            ("9007199254740993", Type::Text),
            ("-9007199254740993", Type::Text),
            ("12345678901234567890", Type::Text),
        ] {
            let mut table = Table::new(&TYPED);
            push(&mut table, &format!(r#"{{"id":1,"other":{value}}}"#)).unwrap();
            let columns = table.into_columns();
            assert_eq!(columns[1].type_in_r(), expected, "{value}");
            let cell = cells(&columns[1]).into_iter().next().map(|(_, text)| text);
            assert_eq!(cell.as_deref(), Some(value));
        }
    }

    #[test]
    fn columns_that_are_known_to_be_text_stay_text() {
        let mut table = Table::new(&TYPED);
        push(&mut table, r#"{"id":1,"name":123,"other":123}"#).unwrap();
        let types: Vec<Type> = table.into_columns().iter().map(Column::type_in_r).collect();
        assert_eq!(types[1..], [Type::Text, Type::Integer]);
    }

    #[test]
    fn what_a_row_lost_is_told_once_however_often_the_row_comes() {
        let page = |ids: std::ops::Range<u32>| {
            let mut page = Table::new(&TYPED);
            page.count_broken_texts();
            for id in ids {
                push(&mut page, &format!(r#"{{"id":{id},"sale":"v{id}","name":"\ufffd"}}"#))
                    .unwrap();
            }
            page
        };
        let (mut whole, mut seen) = (Table::new(&TYPED), SeenKeys::default());
        whole.append(page(1..4), &mut seen);
        whole.append(page(3..6), &mut seen);
        let found: Vec<_> = whole.unreadable().collect();
        let examples = ["v1", "v2", "v3"].map(str::to_owned).to_vec();
        assert_eq!(found, [Unreadable { column: "sale".to_owned(), count: 5, examples }]);
        assert_eq!(whole.broken_texts(), 5);
    }

    #[test]
    fn a_table_is_no_wider_than_the_limit_and_tells_when_it_would_be() {
        let page = |names: std::ops::Range<usize>| {
            let mut page = Table::new(&SCHEMA);
            for (id, name) in (names.start..).zip(names) {
                push(&mut page, &format!(r#"{{"id":{id},"c{name}":1}}"#)).unwrap();
            }
            page
        };
        let (names, mut seen) = (MAX_COLUMNS - 1, SeenKeys::default());
        let mut whole = Table::new(&SCHEMA);
        whole.append(page(0..names), &mut seen);
        assert!(!whole.narrow());
        whole.append(page(names..names + 5), &mut seen);
        assert!(whole.narrow());
        assert_eq!((whole.rows() as usize, whole.names().count()), (names + 5, MAX_COLUMNS));
        assert_eq!(whole.into_columns()[0].rows().len(), names + 5);
        let mut one = page(0..MAX_COLUMNS + 5);
        assert!(one.narrow());
        assert_eq!(one.names().count(), MAX_COLUMNS);
    }

    #[test]
    fn relabelling_keeps_unknown_texts() {
        let mut table = table(&[r#"{"id":1,"t":"1"}"#, r#"{"id":2,"t":"7"}"#]);
        table.relabel("t", |text| (text == "1").then_some("contact"));
        let columns = table.into_columns();
        assert_eq!(cells(&columns[1]), [(0, "contact".to_owned()), (1, "7".to_owned())]);
    }

    #[test]
    fn sorting_moves_whole_rows() {
        let mut table = table(&[
            r#"{"id":3,"created_at":5,"t":"c"}"#,
            r#"{"id":1,"created_at":5}"#,
            r#"{"id":2,"created_at":4,"t":"b"}"#,
        ]);
        table.sort_by(&["created_at", "id"]);
        let columns = table.into_columns();
        let ids: Vec<String> = cells(&columns[0]).into_iter().map(|(_, text)| text).collect();
        assert_eq!(ids, ["2", "1", "3"]);
        assert_eq!(cells(&columns[2]), [(0, "b".to_owned()), (2, "c".to_owned())]);
    }

    #[test]
    fn texts_are_sorted_by_their_bytes_and_rows_without_come_last() {
        let records = [
            r#"{"id":1,"text":"b"}"#,
            r#"{"id":2}"#,
            r#"{"id":3,"text":"10"}"#,
            r#"{"id":4,"text":"9"}"#,
            r#"{"id":5,"text":"B"}"#,
        ];
        let mut sorted = table(&records);
        sorted.sort_by(&["text", "id"]);
        let ids = |table: &Table| table.texts("id").into_iter().flatten().collect::<String>();
        assert_eq!(ids(&sorted), "34512");
        sorted.sort_by(&["id"]);
        assert_eq!(ids(&sorted), "12345");
    }

    #[test]
    fn tables_in_order_are_the_same_however_the_rows_were_spread() {
        let records = [
            r#"{"id":1,"created_at":3,"b":"x"}"#,
            r#"{"id":2,"created_at":3,"a":"x","b":"y"}"#,
            r#"{"id":3,"created_at":4,"d":"x","text":"t","c":"z","a":"x"}"#,
            r#"{"id":5,"created_at":4,"b":"x","e":"x","c":"y"}"#,
            r#"{"id":4,"created_at":6,"f":"x"}"#,
        ];
        let rows = |targets: &[usize]| {
            let records: Vec<&str> = targets.iter().map(|index| records[*index]).collect();
            table(&records)
        };
        let shown = |tables: Vec<Table>| {
            let table = Table::in_order(tables, &["created_at", "id"]).unwrap();
            let columns = table.into_columns();
            columns.iter().map(|column| (column.name(), cells(column))).collect::<Vec<_>>()
        };
        let whole = shown(vec![rows(&[0, 1, 2, 3, 4])]);
        let names: Vec<&str> = whole.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["id", "created_at", "b", "a", "d", "text", "c", "e", "f"]);
        for spread in [
            vec![rows(&[3, 4]), rows(&[1, 2]), rows(&[0])],
            vec![rows(&[4]), rows(&[3]), rows(&[2]), rows(&[]), rows(&[1]), rows(&[0])],
            vec![rows(&[0, 3]), rows(&[2, 4, 0]), rows(&[1])],
        ] {
            assert_eq!(shown(spread), whole);
        }
        assert!(Table::in_order(vec![], &["id"]).is_none());
    }
}
