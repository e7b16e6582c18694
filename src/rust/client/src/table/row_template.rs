//! Rows whose cells depend on nothing but the names in a record and a key:
//! records with equal names and an equal key are laid out once, and the row of
//! each further one is written without a look at names.

use crate::json::field_names::NameId;
use crate::json::flatten::{Kind, Leaf, Leaves, Value};
use crate::table::row::Row;
use crate::table::row_filter::RowFilter;

/// What a cell of a laid out row holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A leaf of the record, by its place.
    Leaf(usize),
    /// Always this text.
    Text(&'static str),
    /// Always this number.
    Whole(i64),
}

impl Source {
    #[inline]
    fn value<'l>(self, record: &'l Leaves) -> Value<'l> {
        match self {
            Source::Leaf(place) => record.at(place).map_or(Value::ABSENT, Leaf::value),
            Source::Text(text) => Value::Text(text, Kind::Text),
            Source::Whole(whole) => Value::Whole(whole),
        }
    }
}

/// A cell of a laid out row.
#[derive(Debug, PartialEq, Eq)]
enum Cell {
    /// One with a name of the layout's.
    Named(&'static str, Source),
    /// A leaf of the record, by its place, under a name that was made for it.
    Renamed(Box<str>, usize),
    /// A leaf of the record under its own name, by its place.
    Own(usize),
}

impl Cell {
    #[inline]
    fn value<'l>(&self, record: &'l Leaves) -> Value<'l> {
        match self {
            Cell::Named(_, source) => source.value(record),
            Cell::Renamed(_, place) | Cell::Own(place) => Source::Leaf(*place).value(record),
        }
    }
}

/// The cells of a row.
#[derive(Debug, PartialEq, Eq)]
pub struct Layout(Vec<Cell>);

/// Room for the cells of most rows.
const USUAL_CELLS: usize = 24;

impl Default for Layout {
    fn default() -> Self {
        Layout(Vec::with_capacity(USUAL_CELLS))
    }
}

impl Layout {
    /// Adds a cell.
    pub fn push(&mut self, name: &'static str, source: Source) {
        self.0.push(Cell::Named(name, source));
    }

    /// Adds a leaf under its own name.
    pub fn push_leaf(&mut self, place: usize) {
        self.0.push(Cell::Own(place));
    }

    /// Adds a leaf under a name that was made for it.
    pub fn push_renamed(&mut self, name: String, place: usize) {
        self.0.push(Cell::Renamed(name.into(), place));
    }

    /// Writes the row of a record that it is the layout of.
    pub fn write<'r>(&self, record: &'r Leaves, row: &mut Row<'r>) {
        for cell in &self.0 {
            match cell {
                Cell::Named(name, source) => row.push_value(name, source.value(record)),
                Cell::Renamed(name, _) => row.push_named(name.to_string(), cell.value(record)),
                Cell::Own(place) => record.at(*place).into_iter().for_each(|leaf| {
                    row.push_leaf(leaf);
                }),
            }
        }
    }
}

/// How records of a kind are laid out.
pub trait LayOut: Sync {
    /// The member of the record that the layout depends on besides names.
    fn key_member(&self) -> &'static str;
    /// What the layout depends on, by what that member holds.
    fn key(&self, value: Option<Value>) -> u32;
    /// The layout of the records with these names and this key.
    fn layout(&self, record: &Leaves, key: u32) -> Layout;
    /// Which rows are wanted.
    fn filter(&self) -> &RowFilter;
}

/// Layouts that are kept: a page has records of few kinds.
const MOST: usize = 64;

/// The layouts of a page whose columns are known.
#[derive(Default)]
pub struct Layouts {
    placed: Vec<Placed>,
    /// The number of the name of the member that they depend on.
    key_name: Option<NameId>,
}

/// A layout, and where its cells go.
pub struct Placed {
    key: u32,
    names: Vec<NameId>,
    layout: Layout,
    /// The column of each cell.
    slots: Vec<usize>,
}

impl Layouts {
    /// The key of a record, all of which must be of one page.
    pub fn key(&mut self, how: &dyn LayOut, record: &Leaves) -> u32 {
        let named =
            self.key_name.and_then(|name| record.iter().find(|leaf| leaf.name_id() == name));
        let leaf = named.or_else(|| record.find(how.key_member()));
        self.key_name = leaf.map(Leaf::name_id).or(self.key_name);
        how.key(leaf.map(Leaf::value))
    }

    /// The layout of a record, if it is here.
    #[inline]
    pub fn find(&self, record: &Leaves, key: u32) -> Option<&Placed> {
        self.placed.iter().find(|placed| placed.key == key && record.has_names(&placed.names))
    }

    /// Adds the layout of a record; its cells go to the columns `slots`.
    pub fn add(&mut self, record: &Leaves, key: u32, layout: Layout, slots: &[usize]) {
        if self.placed.len() < MOST {
            let names = record.iter().map(Leaf::name_id).collect();
            self.placed.push(Placed { key, names, layout, slots: slots.to_vec() });
        }
    }
}

impl Placed {
    /// The layout.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The columns and values of the row of a record.
    #[inline]
    pub fn cells<'l>(&'l self, record: &'l Leaves) -> impl Iterator<Item = (usize, Value<'l>)> {
        let cells = self.slots.iter().zip(&self.layout.0);
        cells.map(|(slot, cell)| (*slot, cell.value(record)))
    }
}
