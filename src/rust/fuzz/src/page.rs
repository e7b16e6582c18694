//! Pages of records: what is read from one, and from several in a row.

use std::collections::HashSet;
use std::sync::Mutex;

use amocrm_client::bad_body::BadBody;
use amocrm_client::endpoints::element_type;
use amocrm_client::endpoints::notes::v4::{events, notes};
use amocrm_client::endpoints::notes::{NOTES, v2};
use amocrm_client::json::flatten::Record;
use amocrm_client::json::page::Page;
use amocrm_client::table::{Format, Map, RowMap, RowSink, SeenKeys, Table, read_page, row};

use crate::assert_showable_error;
use crate::model::{Model, shown};
use crate::tree::{self, Node, Row};

/// Stands between the two pages of an input. JSON never holds it.
const SEPARATOR: u8 = 0x1e;

/// A kind of page.
struct Shape {
    list: &'static str,
    map: for<'r> fn(&'r Record, &mut row::Row<'r>) -> bool,
    is_v4: bool,
}

const SHAPES: [Shape; 3] = [
    Shape { list: "items", map: copy, is_v4: false },
    Shape { list: "notes", map: write_note, is_v4: true },
    Shape { list: "events", map: write_event, is_v4: true },
];

fn copy<'r>(record: &'r Record, row: &mut row::Row<'r>) -> bool {
    record.iter().for_each(|field| row.push_field(field));
    true
}

fn write_note<'r>(record: &'r Record, row: &mut row::Row<'r>) -> bool {
    notes::write_row(record, "lead", row);
    true
}

fn write_event<'r>(record: &'r Record, row: &mut row::Row<'r>) -> bool {
    let written = events::write_row(record, false, row);
    if written {
        // Rows are told apart by it: one that is made up would be taken for
        // the same row as another.
        assert_eq!(record.get("id"), row.get("event_id"));
    }
    written
}

/// A page as bytes, and as a tree if it is JSON.
struct Body<'b> {
    bytes: &'b [u8],
    tree: Option<Node>,
}

/// Checks what is made of one page, or of two with [`SEPARATOR`] between.
pub fn check(input: &[u8]) {
    let bodies = input.splitn(2, |byte| *byte == SEPARATOR);
    let bodies: Vec<Body> = bodies.map(|bytes| Body { bytes, tree: tree::read(bytes) }).collect();
    for shape in &SHAPES {
        let pages: Vec<(&Body, Model)> = bodies
            .iter()
            .filter_map(|body| check_page(shape, body).map(|model| (body, model)))
            .collect();
        check_joined(shape, &pages);
    }
    for body in &bodies {
        check_without_map(body.bytes);
    }
}

/// Checks one page; None when it is refused.
fn check_page(shape: &Shape, body: &Body) -> Option<Model> {
    let copies = Copies::default();
    let read = read(body.bytes, shape, &|record, row| copies.keep(shape, record, row));
    let (records, rows) = copies.into_inner();
    let tree = body.tree.as_ref();
    let expected = tree.and_then(|tree| tree::records(tree, shape.list));
    let model = Model::of(&NOTES, &rows);
    let page = match read {
        Ok(page) => page,
        Err(bad) => {
            assert_showable_error(&bad);
            assert!(expected.is_none() || model.is_none(), "refused without a reason: {bad}");
            return None;
        }
    };
    // Of a page with broken texts the map may have seen some records twice.
    tree?;
    assert_eq!(page.records as usize, records.len());
    assert_eq!(page.rows.rows() as usize, rows.len());
    assert!(rows.len() <= records.len());
    if let Some(tree) = tree {
        let expected = expected.map(|records| records.into_iter().map(tree::fields).collect());
        assert_eq!(Some(records), expected);
        assert_eq!(page.has_next, tree::has_next(tree));
    }
    let model = model.unwrap_or_else(|| panic!("a bad number came through: {rows:?}"));
    assert_eq!(shown(page.rows), model.shown());
    Some(model)
}

fn read(bytes: &[u8], shape: &Shape, map: &RowMap) -> Result<Page<Table>, BadBody> {
    let map = Map::Function(map);
    read_page(bytes, &Format { list: shape.list, schema: &NOTES, id: "id", order: None, map })
}

/// What a page's map saw and wrote.
#[derive(Default)]
struct Copies(Mutex<(Vec<Row>, Vec<Row>)>);

impl Copies {
    fn keep<'r>(&self, shape: &Shape, record: &'r Record, row: &mut row::Row<'r>) -> bool {
        let written = (shape.map)(record, row);
        if let Ok((records, rows)) = self.0.lock().as_deref_mut() {
            records.push(record.iter().map(|field| owned(field.name(), &field.text())).collect());
            if written {
                rows.push(row.texts().map(|(name, text)| owned(name, &text)).collect());
            }
        }
        written
    }

    fn into_inner(self) -> (Vec<Row>, Vec<Row>) {
        self.0.into_inner().unwrap_or_default()
    }
}

fn owned(name: &str, text: &str) -> (String, String) {
    (name.to_owned(), text.to_owned())
}

/// Joins pages as a call does, each of them twice.
fn check_joined(shape: &Shape, pages: &[(&Body, Model)]) {
    if pages.iter().all(|(_, model)| model.rows() == 0) {
        return;
    }
    let (mut table, mut model) = if shape.is_v4 {
        (Table::with_base(&NOTES), Model::with_base(&NOTES))
    } else {
        (Table::new(&NOTES), Model::new(&NOTES))
    };
    let (mut keys, mut seen) = (SeenKeys::default(), HashSet::new());
    for (body, page_model) in pages.iter().flat_map(|page| [page, page]) {
        if let Ok(page) = read(body.bytes, shape, &shape.map) {
            let before = table.rows();
            table.append(page.rows, &mut keys);
            let added = table.rows() - before;
            assert_eq!(added as usize, model.append(page_model, &mut seen));
        }
    }
    assert_eq!(table.rows() as usize, model.rows());
    table.sort_by(&["created_at", "id"]);
    model.sort_by(&["created_at", "id"]);
    if shape.is_v4 {
        let tasks = table.texts("element_id");
        assert_eq!(tasks, model.texts("element_id"));
        let texts: Vec<Option<&str>> = tasks.iter().map(Option::as_deref).collect();
        table.set_texts("text", &texts);
        model.set_texts("text", &texts);
        table.move_last("event_id");
        model.move_last("event_id");
    } else {
        table.relabel("element_type", element_type);
        model.relabel("element_type", element_type);
    }
    assert_eq!(shown(table), model.shown());
}

/// Records that are taken as they are give what a map that copies gives.
fn check_without_map(bytes: &[u8]) {
    let copied = read(bytes, &SHAPES[0], &copy);
    match (v2::read_notes(Some(bytes)), copied) {
        (Ok(page), Ok(copied)) => {
            assert_eq!((page.records, page.has_next), (copied.records, copied.has_next));
            assert_eq!(page.keys, copied.keys);
            assert_eq!(shown(page.rows), shown(copied.rows));
        }
        (Err(bad), Err(copied)) => assert_eq!(bad.to_string(), copied.to_string()),
        _ => panic!("a map that changes nothing changes whether a page can be read"),
    }
}
