//! Templates of rows, for rows whose cells depend only on the names of a record
//! and on a key. A template is made once for records with equal names and an
//! equal key; their rows are then written without looking at names.

use crate::json::field_names::NameId;
use crate::json::flatten::{Field, JsonType, Record, Value};
use crate::table::row::Row;
use crate::table::row_filter::RowFilter;

/// Where the value of a cell comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellSource {
    /// A field of the record, by its index.
    Field(usize),
    /// A constant text.
    Text(&'static str),
    /// A constant number.
    Whole(i64),
}

impl CellSource {
    #[inline]
    fn value<'l>(self, record: &'l Record) -> Value<'l> {
        match self {
            CellSource::Field(index) => record.at(index).map_or(Value::ABSENT, Field::value),
            CellSource::Text(text) => Value::Text(text, JsonType::Text),
            CellSource::Whole(whole) => Value::Whole(whole),
        }
    }
}

/// A cell of a template.
#[derive(Debug, PartialEq, Eq)]
enum Cell {
    /// A cell with a fixed name.
    Named(&'static str, CellSource),
    /// A field of the record, by its index, under a made-up name.
    Renamed(Box<str>, usize),
    /// A field of the record, by its index, under its own name.
    Own(usize),
}

impl Cell {
    #[inline]
    fn value<'l>(&self, record: &'l Record) -> Value<'l> {
        match self {
            Cell::Named(_, source) => source.value(record),
            Cell::Renamed(_, index) | Cell::Own(index) => CellSource::Field(*index).value(record),
        }
    }
}

/// The template of a row.
#[derive(Debug, PartialEq, Eq)]
pub struct Template(Vec<Cell>);

/// Capacity for the cells of most rows.
const USUAL_CELLS: usize = 24;

impl Default for Template {
    fn default() -> Self {
        Template(Vec::with_capacity(USUAL_CELLS))
    }
}

impl Template {
    /// Adds a cell.
    pub fn push(&mut self, name: &'static str, source: CellSource) {
        self.0.push(Cell::Named(name, source));
    }

    /// Adds a field under its own name.
    pub fn push_field(&mut self, index: usize) {
        self.0.push(Cell::Own(index));
    }

    /// Adds a field under a made-up name.
    pub fn push_renamed(&mut self, name: String, index: usize) {
        self.0.push(Cell::Renamed(name.into(), index));
    }

    /// Writes the row of a record that has this template.
    pub fn write<'r>(&self, record: &'r Record, row: &mut Row<'r>) {
        for cell in &self.0 {
            match cell {
                Cell::Named(name, source) => row.push_value(name, source.value(record)),
                Cell::Renamed(name, _) => row.push_named(name.to_string(), cell.value(record)),
                Cell::Own(index) => record.at(*index).into_iter().for_each(|field| {
                    row.push_field(field);
                }),
            }
        }
    }
}

/// Makes the templates of records.
pub trait RowTemplate: Sync {
    /// The member whose value the template depends on, besides the names.
    fn key_member(&self) -> &'static str;
    /// The key that stands for that value.
    fn key(&self, value: Option<Value>) -> u32;
    /// The template of records with the names of this one and this key.
    fn template(&self, record: &Record, key: u32) -> Template;
    /// Which rows are wanted.
    fn filter(&self) -> &RowFilter;
}

/// The most templates that are kept.
const MOST: usize = 64;

/// The templates of a page, with their columns.
#[derive(Default)]
pub struct Templates {
    kept: Vec<PlacedTemplate>,
    /// The id of the name of the key member.
    key_name: Option<NameId>,
}

/// A template and the columns of its cells.
pub struct PlacedTemplate {
    key: u32,
    names: Vec<NameId>,
    template: Template,
    /// The column of each cell.
    slots: Vec<usize>,
}

impl Templates {
    /// The key of a record. All records must be of one page.
    pub fn key(&mut self, how: &dyn RowTemplate, record: &Record) -> u32 {
        let named =
            self.key_name.and_then(|name| record.iter().find(|field| field.name_id() == name));
        let field = named.or_else(|| record.find(how.key_member()));
        self.key_name = field.map(Field::name_id).or(self.key_name);
        how.key(field.map(Field::value))
    }

    /// The template of a record, if there is one.
    #[inline]
    pub fn find(&self, record: &Record, key: u32) -> Option<&PlacedTemplate> {
        self.kept.iter().find(|kept| kept.key == key && record.has_names(&kept.names))
    }

    /// Adds the template of a record. `slots` are the columns of its cells.
    pub fn add(&mut self, record: &Record, key: u32, template: Template, slots: &[usize]) {
        if self.kept.len() < MOST {
            let names = record.iter().map(Field::name_id).collect();
            self.kept.push(PlacedTemplate { key, names, template, slots: slots.to_vec() });
        }
    }
}

impl PlacedTemplate {
    /// The template.
    pub fn template(&self) -> &Template {
        &self.template
    }

    /// The columns and values of the row of a record.
    #[inline]
    pub fn cells<'l>(&'l self, record: &'l Record) -> impl Iterator<Item = (usize, Value<'l>)> {
        let cells = self.slots.iter().zip(&self.template.0);
        cells.map(|(slot, cell)| (*slot, cell.value(record)))
    }
}
