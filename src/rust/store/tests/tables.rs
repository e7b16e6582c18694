//! What goes into a folder comes out of it.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use amocrm_store::{
    Changes, Column, Error, Field, PerKey, Rows, Selection, Store, Table, TableReader, Texts, Type,
    Values, Widening, accounts, read_log, tables,
};
use common::{Folder, Row, ids, read, rows, table, texts, times};
use parquet::file::reader::{FileReader, SerializedFileReader};

const SECOND: i64 = 1_000_000;

fn open(folder: &Folder) -> Store {
    Store::open(&folder.0, 1, "test").unwrap()
}

fn notes() -> Table {
    table("notes", &["id"], PerKey::One, None)
}

fn monthly() -> Table {
    table("notes", &["id"], PerKey::One, Some("created_at"))
}

/// Commits rows to a table of the first account.
fn add(folder: &Folder, table: &Table, rows: Rows) -> Changes {
    let mut store = open(folder);
    store.upsert(table, rows).unwrap();
    store.commit(&table.name, "{}").unwrap()
}

fn row(cells: &[(&str, &str)]) -> Row {
    cells.iter().map(|(name, cell)| ((*name).to_owned(), (*cell).to_owned())).collect()
}

/// All rows as one piece.
fn whole(folder: &Folder, selection: &Selection) -> (Vec<Field>, Vec<Rows>) {
    let mut reader = TableReader::open(&folder.0, "notes", selection).unwrap();
    let mut pieces = Vec::new();
    while let Some(rows) = reader.next_rows().unwrap() {
        pieces.push(rows);
    }
    (reader.columns().fields.clone(), pieces)
}

/// A column of each type with extreme cells, one of them missing.
fn all_types() -> Vec<Column> {
    let column = |name: &str, values: Values| {
        Column::new(name, vec![true, false, true, true], values).unwrap()
    };
    let long = "\u{1f600}".repeat(100_000);
    vec![
        column("flag", Values::Bool(vec![true, false, true])),
        column("count", Values::Int32(vec![i32::MIN, 0, i32::MAX])),
        column("lead_id", Values::Int64(vec![i64::MIN, 0, i64::MAX])),
        column("price", Values::Double(vec![-0.0, f64::INFINITY, 0.1])),
        column("text", Values::Text(["", "\u{43f}\0\n\"", &long].iter().collect())),
        column("at", Values::Time(vec![-1, 1_700_000_000_123_456, 0])).in_zone("Europe/Moscow"),
        column("day", Values::Date(vec![-1, 19_000, 0])),
        Column::missing("nothing", Type::Text, 4),
    ]
}

#[test]
fn every_type_comes_back_with_its_missing_cells_and_zones() {
    let folder = Folder::new();
    let mut columns = vec![ids(&[1, 2, 3, 4])];
    columns.extend(all_types());
    add(&folder, &notes(), rows(columns.clone()));
    let (_, pieces) = whole(&folder, &Selection::default());
    assert_eq!(pieces, [rows(columns)]);
}

#[test]
fn numbers_that_are_none_come_back() {
    let folder = Folder::new();
    let price = Column::full("price", Values::Double(vec![f64::NAN]));
    add(&folder, &notes(), rows(vec![ids(&[1]), price]));
    assert_eq!(read(&folder, "notes").unwrap(), [row(&[("id", "1"), ("price", "NaN")])]);
}

#[test]
fn a_table_without_rows_has_its_columns_and_gets_rows_later() {
    for table in [notes(), monthly()] {
        let folder = Folder::new();
        let empty = || rows(vec![ids(&[]), times("created_at", &[]), texts("text", &[])]);
        let changes = add(&folder, &table, empty());
        assert_eq!(changes.columns, Widening::default());
        assert_eq!(read(&folder, "notes").unwrap(), [] as [Row; 0]);
        assert_eq!(folder.files("notes").len(), 1);
        let (columns, _) = whole(&folder, &Selection::default());
        assert_eq!(
            columns.iter().map(|field| field.of).collect::<Vec<_>>(),
            [Type::Int64, Type::Time, Type::Text]
        );

        let one = rows(vec![ids(&[1]), times("created_at", &[Some(0)]), texts("text", &[None])]);
        add(&folder, &table, one);
        assert_eq!(read(&folder, "notes").unwrap(), [row(&[("created_at", "0"), ("id", "1")])]);
        assert_eq!(folder.files("notes").len(), 1);

        let mut store = open(&folder);
        store.delete(&table, &rows(vec![ids(&[1])])).unwrap();
        let changes = store.commit("notes", "{}").unwrap();
        assert_eq!((changes.deleted, changes.inserted), (1, 0));
        assert_eq!(read(&folder, "notes").unwrap(), [] as [Row; 0]);
        assert_eq!(folder.files("notes").len(), 1);
    }
}

#[test]
fn many_rows_are_several_row_groups_and_none_is_lost() {
    let folder = Folder::new();
    let mut store = open(&folder);
    let count: i64 = 250_000;
    for start in (0..count).step_by(50_000) {
        let all: Vec<i64> = (start..start + 50_000).collect();
        let values: Texts = all.iter().map(i64::to_string).collect();
        let text = Column::full("text", Values::Text(values));
        store.upsert(&notes(), rows(vec![ids(&all), text])).unwrap();
    }
    let changes = store.commit("notes", "{}").unwrap();
    assert_eq!((changes.inserted, changes.updated, changes.files), (250_000, 0, 1));
    let (_, pieces) = whole(&folder, &Selection::default());
    assert!(pieces.len() > 2);
    let mut expected = 0;
    for piece in pieces {
        let [id, text] = piece.columns() else { panic!("two columns") };
        let (Values::Int64(id), Values::Text(text)) = (id.values(), text.values()) else {
            panic!("an id and a text");
        };
        for (id, text) in id.iter().zip(text.iter()) {
            assert_eq!((*id, text), (expected, &*expected.to_string()));
            expected += 1;
        }
    }
    assert_eq!(expected, count);
}

/// How many rows the row groups of the only file have.
fn groups(folder: &Folder) -> Vec<i64> {
    let file = folder.0.join("notes/account=1/data.parquet");
    let file = SerializedFileReader::new(std::fs::File::open(file).unwrap()).unwrap();
    file.metadata()
        .row_groups()
        .iter()
        .map(parquet::file::metadata::RowGroupMetaData::num_rows)
        .collect()
}

#[test]
fn row_groups_without_changes_are_taken_over_with_the_columns_that_they_have() {
    let folder = Folder::new();
    let all = |range: std::ops::Range<i64>| range.collect::<Vec<i64>>();
    let words = |ids: &[i64]| Values::Text(ids.iter().map(|id| format!("text {id}")).collect());
    let first = all(0..4000);
    let count = Column::full("count", Values::Int32((0..4000).collect()));
    let text = Column::full("text", words(&first));
    add(&folder, &notes(), rows(vec![ids(&first), count, text]));
    // The same columns in another order, longer numbers, and one column more.
    let second = all(4000..8000);
    let more = vec![
        Column::full("more", words(&second)),
        Column::full("text", words(&second)),
        Column::full("count", Values::Int64(second.iter().map(|id| id << 40).collect())),
        ids(&second),
    ];
    let changes = add(&folder, &notes(), rows(more));
    assert_eq!((changes.inserted, changes.updated), (4000, 0));
    assert_eq!(groups(&folder), [4000, 4000]);
    // One row changes, so the other row group stays as it is.
    let one = vec![ids(&[7]), Column::full("text", Values::Text(["new"].iter().collect()))];
    assert_eq!(add(&folder, &notes(), rows(one)).updated, 1);
    assert_eq!(groups(&folder), [4000, 4000]);

    let mut expected: Vec<Row> = (0..8000)
        .map(|id: i64| {
            let (number, text) = (id.to_string(), format!("text {id}"));
            match id {
                7 => row(&[("id", "7"), ("text", "new")]),
                0..4000 => row(&[("id", &number), ("count", &number), ("text", &text)]),
                _ => row(&[
                    ("id", &number),
                    ("count", &(id << 40).to_string()),
                    ("text", &text),
                    ("more", &text),
                ]),
            }
        })
        .collect();
    expected.sort();
    assert_eq!(read(&folder, "notes"), Some(expected));
}

#[test]
fn rows_are_in_the_files_of_their_months_and_only_months_with_changes_are_written() {
    let folder = Folder::new();
    let (may, june) = (1_714_600_000 * SECOND, 1_717_300_000 * SECOND);
    let created = times("created_at", &[Some(may), Some(june), None]);
    let texts_of_all = texts("text", &[None, Some("old"), None]);
    let changes = add(&folder, &monthly(), rows(vec![ids(&[1, 2, 3]), created, texts_of_all]));
    assert_eq!(changes.files, 3);
    assert_eq!(
        folder.files("notes"),
        [
            "account=1/month=2024-05/data.parquet",
            "account=1/month=2024-06/data.parquet",
            "account=1/month=__HIVE_DEFAULT_PARTITION__/data.parquet"
        ]
    );

    let created = times("created_at", &[Some(june), Some(june)]);
    let again = rows(vec![ids(&[2, 4]), created, texts("text", &[Some("new"), None])]);
    let mut store = open(&folder);
    store.upsert(&monthly(), again).unwrap();
    let changes = store.commit("notes", "{}").unwrap();
    assert_eq!((changes.inserted, changes.updated, changes.files), (1, 1, 1));
    store.delete(&monthly(), &rows(vec![ids(&[1, 99])])).unwrap();
    let changes = store.commit("notes", "{}").unwrap();
    assert_eq!((changes.deleted, changes.files), (1, 0));
    assert_eq!(folder.files("notes").len(), 2);
}

#[test]
fn rows_that_are_the_same_as_before_change_nothing() {
    let folder = Folder::new();
    let (may, june) = (Some(1_714_600_000 * SECOND), Some(1_717_300_000 * SECOND));
    let some = |cells: &[Option<&str>]| {
        rows(vec![ids(&[1, 2, 3]), times("created_at", &[may, june, june]), texts("text", cells)])
    };
    let before = some(&[Some("a"), None, Some("c")]);
    add(&folder, &monthly(), before.clone());
    assert_eq!(add(&folder, &monthly(), before), Changes::default());
    let changes = add(&folder, &monthly(), some(&[Some("a"), Some("b"), Some("c")]));
    assert_eq!((changes.inserted, changes.updated, changes.files), (0, 1, 1));
    // A cell that is gone is a change, too.
    let changes = add(&folder, &monthly(), some(&[None, Some("b"), Some("c")]));
    assert_eq!((changes.inserted, changes.updated, changes.files), (0, 1, 1));
}

#[test]
fn rows_of_one_key_are_the_same_in_any_order() {
    let folder = Folder::new();
    let tags = table("tags", &["id"], PerKey::Many, None);
    let some = |names: &[Option<&str>]| rows(vec![ids(&[1, 1, 2]), texts("name", names)]);
    add(&folder, &tags, some(&[Some("a"), Some("b"), Some("c")]));
    let turned = some(&[Some("b"), Some("a"), Some("c")]);
    assert_eq!(add(&folder, &tags, turned), Changes::default());
    let changes = add(&folder, &tags, some(&[Some("b"), Some("c"), Some("c")]));
    assert_eq!((changes.inserted, changes.updated, changes.deleted), (0, 2, 0));
    let one = rows(vec![ids(&[1]), texts("name", &[Some("b")])]);
    let changes = add(&folder, &tags, one);
    assert_eq!((changes.inserted, changes.updated, changes.deleted), (0, 1, 1));
}

#[test]
fn a_mark_is_kept_until_the_row_comes_back() {
    let folder = Folder::new();
    add(&folder, &notes(), rows(vec![ids(&[1, 2])]));
    let mark = |at| {
        let mut store = open(&folder);
        store.mark_deleted(&notes(), &rows(vec![ids(&[1])]), at).unwrap();
        store.commit("notes", "{}").unwrap()
    };
    assert_eq!(mark(5).marked, 1);
    let changes = mark(6);
    assert_eq!((changes.marked, changes.files), (0, 0));
    let marked = row(&[("deleted_at", "5"), ("id", "1")]);
    assert_eq!(read(&folder, "notes").unwrap(), [marked, row(&[("id", "2")])]);
    add(&folder, &notes(), rows(vec![ids(&[1])]));
    assert_eq!(read(&folder, "notes").unwrap(), [row(&[("id", "1")]), row(&[("id", "2")])]);
}

#[test]
fn new_columns_are_missing_in_rows_that_came_before() {
    let folder = Folder::new();
    add(&folder, &notes(), rows(vec![ids(&[1])]));
    let changes = add(&folder, &notes(), rows(vec![texts("b", &[Some("x")]), ids(&[2])]));
    assert_eq!(changes.columns.added, ["b"]);
    // A column that no longer comes stays.
    add(&folder, &notes(), rows(vec![ids(&[3])]));
    let expected = [row(&[("b", "x"), ("id", "2")]), row(&[("id", "1")]), row(&[("id", "3")])];
    assert_eq!(read(&folder, "notes").unwrap(), expected);
    let (columns, _) = whole(&folder, &Selection::default());
    assert_eq!(columns.iter().map(|field| &*field.name).collect::<Vec<_>>(), ["id", "b"]);
}

#[test]
fn a_table_has_the_same_columns_in_all_files() {
    let folder = Folder::new();
    let (may, june) = (Some(1_714_600_000 * SECOND), Some(1_717_300_000 * SECOND));
    let one = |id, month, more: Vec<Column>| {
        let mut columns = vec![ids(&[id]), times("created_at", &[month])];
        columns.extend(more);
        rows(columns)
    };
    add(&folder, &monthly(), one(1, may, Vec::new()));
    let mut store = open(&folder);
    let flag = || vec![Column::full("flag", Values::Bool(vec![true]))];
    store.upsert(&monthly(), one(2, june, flag())).unwrap();
    assert_eq!(store.commit("notes", "{}").unwrap().files, 2);
    assert_eq!(store.commit("notes", "{}").unwrap().files, 0);
}

#[test]
fn a_type_widens_and_its_cells_are_kept() {
    let cases = [
        (Values::Bool(vec![true]), Values::Int32(vec![7]), ["1", "7"], Type::Int32),
        (Values::Int32(vec![7]), Values::Int64(vec![1 << 40]), ["7", "1099511627776"], Type::Int64),
        (Values::Int32(vec![7]), Values::Double(vec![0.5]), ["7", "0.5"], Type::Double),
        (Values::Int64(vec![7]), Values::Double(vec![0.5]), ["7", "0.5"], Type::Double),
        (Values::Bool(vec![false]), texts_of("a"), ["FALSE", "a"], Type::Text),
        (Values::Double(vec![1.5]), texts_of("a"), ["1.5", "a"], Type::Text),
        (Values::Time(vec![0]), texts_of("a"), ["1970-01-01T00:00:00Z", "a"], Type::Text),
        (Values::Date(vec![-1]), Values::Int32(vec![7]), ["1969-12-31", "7"], Type::Text),
    ];
    for (before, after, expected, of) in cases {
        for turned in [false, true] {
            let folder = Folder::new();
            let values = if turned { [&after, &before] } else { [&before, &after] };
            let first = values[0].of();
            for (id, values) in [1, 2].into_iter().zip(values) {
                let value = Column::full("value", values.clone());
                let changes = add(&folder, &notes(), rows(vec![ids(&[id]), value]));
                let is_wider = id == 2 && first != of;
                assert_eq!(changes.columns.widened.len(), usize::from(is_wider));
            }
            let (columns, _) = whole(&folder, &Selection::default());
            assert_eq!(columns[1].of, of);
            let mut found: Vec<String> = read(&folder, "notes")
                .unwrap()
                .into_iter()
                .map(|mut row| row.remove("value").unwrap())
                .collect();
            found.sort();
            let mut expected = expected.map(str::to_owned).to_vec();
            expected.sort();
            assert_eq!(found, expected);
        }
    }
}

fn texts_of(text: &str) -> Values {
    Values::Text([text].iter().collect())
}

#[test]
fn names_that_differ_by_case_only_are_one_column() {
    let folder = Folder::new();
    let both = rows(vec![
        ids(&[1, 2, 3]),
        texts("params_text", &[Some("a"), None, Some("c")]),
        texts("params_TEXT", &[None, Some("b"), Some("C")]),
    ]);
    add(&folder, &notes(), both);
    add(&folder, &notes(), rows(vec![ids(&[4]), texts("PARAMS_TEXT", &[Some("d")])]));
    let text = |id: &str, text: &str| row(&[("id", id), ("params_text", text)]);
    let expected = [text("1", "a"), text("2", "b"), text("3", "c"), text("4", "d")];
    assert_eq!(read(&folder, "notes").unwrap(), expected);
}

#[test]
fn a_key_may_be_wider_in_new_rows() {
    let folder = Folder::new();
    let narrow = Column::full("id", Values::Int32(vec![1, 2]));
    add(&folder, &notes(), rows(vec![narrow]));
    let text = texts("text", &[Some("new"), None]);
    let changes = add(&folder, &notes(), rows(vec![ids(&[2, 1 << 40]), text]));
    assert_eq!((changes.inserted, changes.updated), (1, 1));
}

#[test]
fn accounts_are_read_together_or_alone() {
    let folder = Folder::new();
    for account in [2, 10, 1] {
        let mut store = Store::open(&folder.0, account, "test").unwrap();
        store.upsert(&notes(), rows(vec![ids(&[account])])).unwrap();
        store.commit("notes", "{}").unwrap();
    }
    let read = |wanted: Option<Vec<i64>>| {
        let selection = Selection { accounts: wanted, columns: None };
        let (_, pieces) = whole(&folder, &selection);
        pieces.into_iter().map(|rows| rows.columns()[0].values().clone()).collect::<Vec<_>>()
    };
    let one = |id| Values::Int64(vec![id]);
    assert_eq!(read(None), [one(1), one(2), one(10)]);
    assert_eq!(read(Some(vec![10])), [one(10)]);
    assert_eq!(accounts(&folder.0).unwrap(), [1, 2, 10]);
    assert_eq!(tables(&folder.0).unwrap(), ["notes"]);
}

/// The types of the columns of a file, as an engine sees them.
fn physical_types(file: &std::path::Path) -> Vec<parquet::basic::Type> {
    let file = SerializedFileReader::new(std::fs::File::open(file).unwrap()).unwrap();
    let columns = file.metadata().file_metadata().schema_descr().columns().to_vec();
    columns.iter().map(|column| column.physical_type()).collect()
}

#[test]
fn files_have_whole_numbers_of_one_width_whatever_the_ids_of_an_account() {
    let folder = Folder::new();
    let types = [(1, Values::Int32(vec![i32::MIN])), (2, Values::Int64(vec![1 << 40]))];
    let types = types.map(|(account, id)| {
        let mut store = Store::open(&folder.0, account, "test").unwrap();
        store.upsert(&notes(), rows(vec![Column::full("id", id)])).unwrap();
        store.commit("notes", "{}").unwrap();
        physical_types(&folder.0.join(format!("notes/account={account}/data.parquet")))
    });
    assert_eq!(types, [vec![parquet::basic::Type::INT64], vec![parquet::basic::Type::INT64]]);
    let selection = Selection { accounts: Some(vec![1]), columns: None };
    let (_, pieces) = whole(&folder, &selection);
    assert_eq!(pieces[0].columns()[0].values(), &Values::Int32(vec![i32::MIN]));
}

#[test]
fn chosen_columns_come_in_the_order_asked_for() {
    let folder = Folder::new();
    add(&folder, &notes(), rows(vec![ids(&[1]), texts("a", &[Some("x")]), texts("b", &[None])]));
    let chosen = |names: &[&str]| Selection {
        accounts: None,
        columns: Some(names.iter().map(|name| (*name).to_owned()).collect()),
    };
    let (columns, pieces) = whole(&folder, &chosen(&["b", "ID"]));
    assert_eq!(columns.iter().map(|field| &*field.name).collect::<Vec<_>>(), ["b", "id"]);
    assert_eq!(pieces, [rows(vec![texts("b", &[None]), ids(&[1])])]);
    let missing = TableReader::open(&folder.0, "notes", &chosen(&["c"]));
    assert!(matches!(missing, Err(Error::Input { .. })));
}

#[test]
fn whether_numbers_fit_integers_is_known_before_they_are_read() {
    let folder = Folder::new();
    let fits = || {
        let reader = TableReader::open(&folder.0, "notes", &Selection::default()).unwrap();
        reader.fits_32_bits(0)
    };
    add(&folder, &notes(), rows(vec![ids(&[1, i32::MAX.into()])]));
    assert!(fits());
    // R has no such integer: it stands for NA.
    add(&folder, &notes(), rows(vec![ids(&[i32::MIN.into()])]));
    assert!(!fits());
}

#[test]
fn a_reader_notices_that_a_file_was_replaced() {
    let folder = Folder::new();
    add(&folder, &notes(), rows(vec![ids(&[1])]));
    let mut reader = TableReader::open(&folder.0, "notes", &Selection::default()).unwrap();
    add(&folder, &notes(), rows(vec![ids(&[2, 3])]));
    assert!(matches!(reader.next_rows(), Err(Error::Changed { .. })));
}

#[test]
fn a_second_run_is_told_who_is_at_it_and_another_account_is_free() {
    let folder = Folder::new();
    let first = Store::open(&folder.0, 1, "process 7 on host").unwrap();
    match Store::open(&folder.0, 1, "me") {
        Err(Error::Locked { owner }) => assert_eq!(owner, "process 7 on host"),
        other => panic!("{:?}", other.map(drop)),
    }
    Store::open(&folder.0, 2, "me").unwrap();
    drop(first);
    Store::open(&folder.0, 1, "me").unwrap();
}

#[test]
fn the_lock_file_of_an_owner_that_died_does_not_lock() {
    let folder = Folder::new();
    drop(open(&folder));
    let own = folder.0.join("_amocrm").join("account=1");
    std::fs::write(own.join("owner"), "process 7, which was killed").unwrap();
    assert!(own.join("lock").exists());
    open(&folder);
}

#[test]
fn the_state_is_that_of_the_last_commit() {
    let folder = Folder::new();
    let mut store = open(&folder);
    assert_eq!(store.state().unwrap(), None);
    store.upsert(&notes(), rows(vec![ids(&[1])])).unwrap();
    store.commit("notes", "{\"notes\": 1}").unwrap();
    store.upsert(&notes(), rows(vec![ids(&[2])])).unwrap();
    drop(store);
    let mut store = open(&folder);
    assert_eq!(store.state().unwrap().unwrap(), "{\"notes\": 1}");
    assert_eq!(read(&folder, "notes").unwrap().len(), 1);
    // A table that the run does not know.
    store.commit("leads", "{}").unwrap();
    assert_eq!(store.state().unwrap().unwrap(), "{}");
    assert_eq!(tables(&folder.0).unwrap(), ["notes"]);
}

#[test]
fn the_log_passes_over_a_torn_line() {
    let folder = Folder::new();
    let store = open(&folder);
    store.log("{\"a\": 1}").unwrap();
    let path = folder.0.join("_amocrm").join("account=1").join("log.jsonl");
    let mut text = std::fs::read_to_string(&path).unwrap();
    text.push_str("{\"b\"");
    std::fs::write(&path, text).unwrap();
    store.log("{\"c\":\n3}").unwrap();
    assert_eq!(read_log(&folder.0, 1).unwrap(), ["{\"a\": 1}", "{\"c\": 3}"]);
}

#[test]
fn wrong_rows_are_refused_and_change_nothing() {
    let folder = Folder::new();
    let mut store = open(&folder);
    let text = || rows(vec![texts("text", &[Some("a")])]);
    let no_times = rows(vec![ids(&[1]), texts("created_at", &[Some("a")])]);
    for (table, rows) in [
        (notes(), text()),
        (monthly(), rows(vec![ids(&[1])])),
        (monthly(), no_times),
        (table("../notes", &["id"], PerKey::One, None), rows(vec![ids(&[1])])),
        (table("notes", &[], PerKey::One, None), rows(vec![ids(&[1])])),
    ] {
        assert!(matches!(store.upsert(&table, rows), Err(Error::Input { .. })));
    }
    assert!(matches!(store.delete(&notes(), &text()), Err(Error::Input { .. })));
    assert!(matches!(store.commit("notes", "{}"), Err(Error::Lost { .. })));
    assert_eq!((read(&folder, "notes"), store.state().unwrap()), (None, None));

    store.upsert(&notes(), rows(vec![ids(&[1])])).unwrap();
    store.commit("notes", "{}").unwrap();
    assert!(matches!(store.upsert(&monthly(), rows(vec![ids(&[1])])), Err(Error::Input { .. })));
}

#[test]
fn a_damaged_file_is_named() {
    let folder = Folder::new();
    add(&folder, &notes(), rows(vec![ids(&[1])]));
    let file = folder.0.join("notes").join("account=1").join("data.parquet");
    let bytes = std::fs::read(&file).unwrap();
    for damaged in [&bytes[..bytes.len() / 2], b"", b"PAR1", &[b'x'; 100]] {
        std::fs::write(&file, damaged).unwrap();
        match TableReader::open(&folder.0, "notes", &Selection::default()) {
            Err(Error::Damaged { path, .. }) => assert_eq!(path, file),
            other => panic!("{:?}", other.map(drop)),
        }
    }
}

#[test]
fn a_key_that_is_deleted_first_may_come_again_in_another_month() {
    let folder = Folder::new();
    let at = |months: &[i64]| -> Vec<Option<i64>> {
        months.iter().map(|month| Some(month * 31 * 86_400 * SECOND)).collect()
    };
    let notes =
        |all: &[i64], months: &[i64]| rows(vec![ids(all), times("created_at", &at(months))]);
    add(&folder, &monthly(), notes(&[1, 2], &[0, 0]));
    let mut store = open(&folder);
    let mut come_again = |all: &[i64], months: &[i64]| {
        store.delete(&monthly(), &rows(vec![ids(all)])).unwrap();
        store.upsert(&monthly(), notes(all, months)).unwrap();
        store.commit("notes", "{}").unwrap()
    };
    come_again(&[2], &[5]);
    assert_eq!(read(&folder, "notes").unwrap().len(), 2);
    assert_eq!(folder.files("notes").len(), 2);
    // A row that is the same is no change, although its key was deleted.
    let again = come_again(&[1, 2], &[0, 5]);
    assert_eq!((again.inserted, again.updated, again.deleted, again.files), (0, 0, 0, 0));
}

#[test]
fn tables_of_one_commit_are_lost_together() {
    let folder = Folder::new();
    let mut store = open(&folder);
    let tags = table("tags", &["id"], PerKey::Many, None);
    store.upsert(&notes(), rows(vec![ids(&[1])])).unwrap();
    let no_key = rows(vec![texts("name", &[None])]);
    assert!(matches!(store.upsert(&tags, no_key), Err(Error::Input { .. })));
    let both = store.commit_all(&["notes", "tags"], "{}");
    assert!(matches!(both, Err(Error::Lost { .. })));
    assert_eq!((read(&folder, "notes"), store.state().unwrap()), (None, None));
}

#[test]
fn moments_of_accounts_in_several_zones_are_shown_in_utc() {
    let folder = Folder::new();
    let zone = |accounts: &[i64]| {
        let selection = Selection { accounts: Some(accounts.to_vec()), columns: None };
        whole(&folder, &selection).0.pop().unwrap().zone
    };
    for (account, zone) in [(1, "Asia/Tomsk"), (2, "Asia/Tomsk"), (3, "Europe/Moscow")] {
        let mut store = Store::open(&folder.0, account, "test").unwrap();
        let at = times("at", &[Some(0)]).in_zone(zone);
        store.upsert(&notes(), rows(vec![ids(&[1]), at])).unwrap();
        store.commit("notes", "{}").unwrap();
    }
    assert_eq!(zone(&[1, 2]), "Asia/Tomsk");
    assert_eq!(zone(&[3]), "Europe/Moscow");
    assert_eq!(zone(&[1, 2, 3]), "UTC");
}
