//! Rows whose cells depend on nothing but the names in a record and a key:
//! records with equal names and an equal key are laid out once, and the row of
//! each further one is written without a look at names.

use crate::json::field_names::NameId;
use crate::json::flatten::{Field, JsonType, Record, Value};
use crate::table::row::Row;
use crate::table::row_filter::RowFilter;

/// What a cell of a laid out row holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellSource {
    /// A field of the record, by its place.
    Field(usize),
    /// Always this text.
    Text(&'static str),
    /// Always this number.
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

/// A cell of a laid out row.
#[derive(Debug, PartialEq, Eq)]
enum Cell {
    /// One with a name of the template's.
    Named(&'static str, CellSource),
    /// A field of the record, by its place, under a name that was made for it.
    Renamed(Box<str>, usize),
    /// A field of the record under its own name, by its place.
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

/// The cells of a row.
#[derive(Debug, PartialEq, Eq)]
pub struct Template(Vec<Cell>);

/// Room for the cells of most rows.
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

    /// Adds a field under a name that was made for it.
    pub fn push_renamed(&mut self, name: String, index: usize) {
        self.0.push(Cell::Renamed(name.into(), index));
    }

    /// Writes the row of a record that it is the template of.
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

/// How records of a kind are laid out.
pub trait RowTemplate: Sync {
    /// The member of the record that the template depends on besides names.
    fn key_member(&self) -> &'static str;
    /// What the template depends on, by what that member holds.
    fn key(&self, value: Option<Value>) -> u32;
    /// The template of the records with these names and this key.
    fn template(&self, record: &Record, key: u32) -> Template;
    /// Which rows are wanted.
    fn filter(&self) -> &RowFilter;
}

/// Templates that are kept: a page has records of few kinds.
const MOST: usize = 64;

/// The templates of a page whose columns are known.
#[derive(Default)]
pub struct Templates {
    kept: Vec<PlacedTemplate>,
    /// The number of the name of the member that they depend on.
    key_name: Option<NameId>,
}

/// A template, and where its cells go.
pub struct PlacedTemplate {
    key: u32,
    names: Vec<NameId>,
    template: Template,
    /// The column of each cell.
    slots: Vec<usize>,
}

impl Templates {
    /// The key of a record, all of which must be of one page.
    pub fn key(&mut self, how: &dyn RowTemplate, record: &Record) -> u32 {
        let named =
            self.key_name.and_then(|name| record.iter().find(|field| field.name_id() == name));
        let field = named.or_else(|| record.find(how.key_member()));
        self.key_name = field.map(Field::name_id).or(self.key_name);
        how.key(field.map(Field::value))
    }

    /// The template of a record, if it is here.
    #[inline]
    pub fn find(&self, record: &Record, key: u32) -> Option<&PlacedTemplate> {
        self.kept.iter().find(|kept| kept.key == key && record.has_names(&kept.names))
    }

    /// Adds the template of a record; its cells go to the columns `slots`.
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
