//! One column under construction, of one page or of many.

use crate::json::flatten::{Kind, Value};
use crate::json::number::write_double;
use crate::json::page::BadCell;
use crate::sanitize::sanitize;
use crate::table::column::{Column, Role, Unreadable, Values, bit};
use crate::table::growth;
use crate::table::indices::Counting;
use crate::table::interner::Dictionary;
use crate::table::seen_ids::Key;
use crate::table::text_buffer::Plain;

/// The largest whole number below which a double, and so R, holds all.
const MAX_EXACT: u64 = 1 << 53;

/// So many unreadable values of a column are shown, and so much of each.
const MAX_EXAMPLES: usize = 3;
const MAX_EXAMPLE_CHARS: usize = 40;

/// A column that takes in cells, in row order.
pub struct ColumnBuilder {
    pub(crate) name: Box<str>,
    rows: Counting,
    cells: Cells,
    role: Role,
    /// A row may have it without a cell.
    pub(crate) may_be_empty: bool,
    /// A bit for each kind of value that it holds.
    kinds: u8,
    /// Values that are not what the column holds, with their rows.
    unreadable: Vec<(u32, Box<str>)>,
}

/// The cells of those rows.
enum Cells {
    /// Texts of a page that are mostly different, or few.
    Plain(Plain),
    /// Numbers of texts in a dictionary.
    Distinct(Counting, Dictionary),
    /// Ids, times, numbers, or 1 and 0.
    Number(Vec<f64>),
}

impl ColumnBuilder {
    /// A column without cells.
    pub fn new(name: &str, role: Role) -> Self {
        let cells = match role {
            Role::Text | Role::Natural => Cells::Plain(Plain::default()),
            Role::Id | Role::Time | Role::Number | Role::Flag => Cells::Number(Vec::new()),
        };
        let (rows, unreadable) = (Counting::default(), Vec::new());
        let (name, may_be_empty) = (name.into(), false);
        ColumnBuilder { name, rows, cells, role, may_be_empty, kinds: 0, unreadable }
    }

    /// The rows that have a cell.
    pub fn rows(&self) -> &Counting {
        &self.rows
    }

    /// Adds a cell; one that can't be read stays empty.
    ///
    /// # Errors
    /// [`BadCell`] when an id is not a number.
    #[expect(clippy::inline_always, reason = "as a call it takes 3 % of a page more")]
    #[inline(always)]
    pub fn push(&mut self, row: u32, value: Value) -> Result<(), BadCell> {
        if value.kind() == Kind::Absent {
            self.may_be_empty = true;
            return Ok(());
        }
        self.kinds |= bit(value.kind());
        match &mut self.cells {
            Cells::Plain(texts) => {
                push_plain(texts, value);
                if texts.should_be_distinct() {
                    self.distinct();
                }
            }
            Cells::Distinct(numbers, dictionary) => numbers.push(match value {
                Value::Text(text, _) => dictionary.number(text),
                Value::Whole(whole) => dictionary.number_of_whole(whole),
            }),
            Cells::Number(numbers) => match number(value, self.role) {
                Some(number) => growth::push(numbers, number),
                None => return self.refuse(row, value),
            },
        }
        self.rows.push(row);
        Ok(())
    }

    #[cold]
    #[inline(never)]
    fn refuse(&mut self, row: u32, value: Value) -> Result<(), BadCell> {
        let text = value.text();
        if self.role == Role::Id {
            return Err(BadCell { column: self.name.to_string() });
        }
        // An empty text is no value.
        if !text.is_empty() {
            self.unreadable.push((row, text.into()));
        }
        Ok(())
    }

    /// Makes numbers double, whole as they may be.
    pub fn make_double(&mut self) {
        self.kinds |= bit(Kind::Double);
    }

    /// The values that can't be read, if there are any.
    pub fn unreadable(&self) -> Option<Unreadable> {
        let mut examples: Vec<String> = Vec::new();
        for (_, text) in &self.unreadable {
            let head: String = text.chars().take(MAX_EXAMPLE_CHARS).collect();
            let example = sanitize(&head);
            if examples.len() < MAX_EXAMPLES && !examples.contains(&example) {
                examples.push(example);
            }
        }
        let (column, count) = (self.name.replace('.', "_"), self.unreadable.len());
        (count > 0).then_some(Unreadable { column, count, examples })
    }

    /// Stores each text once from now on: the numbers of the cells' texts, and
    /// those. None for numbers.
    fn distinct(&mut self) -> Option<(&mut Counting, &mut Dictionary)> {
        if let Cells::Plain(texts) = &self.cells {
            let (numbers, dictionary) = distinct(texts);
            self.cells = Cells::Distinct(numbers, dictionary);
        }
        match &mut self.cells {
            Cells::Distinct(numbers, dictionary) => Some((numbers, dictionary)),
            Cells::Plain(_) | Cells::Number(_) => None,
        }
    }

    /// The column with all its cells.
    pub fn finish(self) -> Column {
        let ColumnBuilder { name, rows, cells, role, kinds, .. } = self;
        let values = match cells {
            Cells::Number(numbers) => Values::Number(role, numbers),
            Cells::Plain(texts) => text_values(distinct(&texts)),
            Cells::Distinct(numbers, dictionary) => text_values((numbers, dictionary)),
        };
        Column { name, rows, values, role, kinds }
    }

    /// Adds the cells of another column of that name; `places` tells where
    /// each row goes, below all others, None leaves it out.
    pub fn append(&mut self, other: ColumnBuilder, places: &[Option<u32>]) {
        self.distinct();
        self.kinds |= other.kinds;
        self.may_be_empty |= other.may_be_empty;
        let unreadable = other.unreadable.into_iter();
        self.unreadable
            .extend(unreadable.filter_map(|(row, text)| Some((places[row as usize]?, text))));
        let places = other.rows.iter().map(|row| places[row as usize]);
        match (&mut self.cells, other.cells) {
            (Cells::Distinct(numbers, dictionary), Cells::Plain(theirs)) => {
                let known = dictionary.numbers_of_texts(&theirs);
                add_placed(&mut self.rows, places, known, |number| numbers.push(number));
            }
            (Cells::Distinct(numbers, dictionary), Cells::Distinct(theirs, their_dictionary)) => {
                let known = dictionary.numbers_of(&their_dictionary);
                let theirs = theirs.iter().map(|number| known[number as usize]);
                add_placed(&mut self.rows, places, theirs, |number| numbers.push(number));
            }
            (Cells::Number(numbers), Cells::Number(theirs)) => {
                add_placed(&mut self.rows, places, theirs, |number| numbers.push(number));
            }
            // A name has one role in a schema, so the kinds never differ.
            _ => {}
        }
    }

    /// Replaces texts; `label` gives the new text or None.
    pub fn relabel(&mut self, label: impl Fn(&str) -> Option<&'static str>) {
        let Some((numbers, dictionary)) = self.distinct() else { return };
        let mut labelled = Dictionary::default();
        let renumbered: Vec<u32> =
            dictionary.iter().map(|text| labelled.number(label(text).unwrap_or(text))).collect();
        *numbers = numbers.iter().map(|number| renumbered[number as usize]).collect();
        *dictionary = labelled;
    }

    /// The texts of a table of `rows` rows, numbers in digits; None where there
    /// is none.
    pub fn texts(&self, rows: usize) -> Vec<Option<String>> {
        let mut dense = vec![None; rows];
        self.for_each_text(|row, text| dense[row as usize] = Some(text.to_owned()));
        if let Cells::Number(numbers) = &self.cells {
            for (row, number) in self.rows.iter().zip(numbers) {
                write_double(*number, dense[row as usize].get_or_insert_default());
            }
        }
        dense
    }

    fn for_each_text(&self, mut use_text: impl FnMut(u32, &str)) {
        match &self.cells {
            Cells::Plain(texts) => {
                self.rows.iter().zip(texts.iter()).for_each(|(row, text)| use_text(row, text));
            }
            Cells::Distinct(numbers, dictionary) => {
                let cells = self.rows.iter().zip(numbers.iter());
                cells.for_each(|(row, number)| use_text(row, dictionary.get(number)));
            }
            Cells::Number(_) => {}
        }
    }

    /// Takes texts in place of the cells, one for each row or None.
    pub fn set_texts(&mut self, texts: &[Option<&str>]) {
        let mut numbers = Counting::default();
        let mut dictionary = Dictionary::default();
        self.rows = Counting::default();
        for (row, text) in (0..).zip(texts) {
            if let Some(text) = text {
                self.rows.push(row);
                numbers.push(dictionary.number(text));
            }
        }
        self.cells = Cells::Distinct(numbers, dictionary);
    }

    /// The numbers of a table of `rows` rows, also those in texts; NaN where
    /// there is none.
    pub fn numbers(&self, rows: usize) -> Vec<f64> {
        let mut dense = vec![f64::NAN; rows];
        self.for_each_text(|row, text| dense[row as usize] = text.parse().unwrap_or(f64::NAN));
        if let Cells::Number(numbers) = &self.cells {
            for (row, number) in self.rows.iter().zip(numbers) {
                dense[row as usize] = *number;
            }
        }
        dense
    }

    /// Keys of the rows that have a cell.
    pub fn for_each_key(&self, mut use_key: impl FnMut(u32, Key<'_>)) {
        if let Cells::Number(numbers) = &self.cells {
            let cells = self.rows.iter().zip(numbers);
            cells.for_each(|(row, number)| use_key(row, Key::Number(*number)));
        }
        self.for_each_text(|row, text| use_key(row, Key::Text(text)));
    }

    /// Moves each row to its place.
    pub fn rearrange(&mut self, places: &[u32]) {
        let mut moved: Vec<(u32, usize)> =
            self.rows.iter().enumerate().map(|(cell, row)| (places[row as usize], cell)).collect();
        moved.sort_unstable();
        self.rows = moved.iter().map(|(row, _)| *row).collect();
        self.unreadable.iter_mut().for_each(|(row, _)| *row = places[*row as usize]);
        if let Some((numbers, _)) = self.distinct() {
            let listed: Vec<u32> = numbers.iter().collect();
            *numbers = moved.iter().map(|(_, cell)| listed[*cell]).collect();
        } else if let Cells::Number(numbers) = &mut self.cells {
            *numbers = moved.iter().map(|(_, cell)| numbers[*cell]).collect();
        }
    }
}

/// A call, so that what is inlined stays small.
#[inline(never)]
fn push_plain(texts: &mut Plain, value: Value) {
    match value {
        Value::Text(text, _) => texts.push(text),
        Value::Whole(whole) => texts.push(itoa::Buffer::new().format(whole)),
    }
}

/// Texts by number, each stored once.
#[cold]
fn distinct(texts: &Plain) -> (Counting, Dictionary) {
    let mut dictionary = Dictionary::default();
    let numbers = texts.iter().map(|text| dictionary.number(text)).collect();
    (numbers, dictionary)
}

fn text_values((numbers, mut dictionary): (Counting, Dictionary)) -> Values {
    dictionary.forget_index();
    Values::Text(numbers, dictionary)
}

/// Adds those cells that have a place.
fn add_placed<T>(
    rows: &mut Counting,
    places: impl Iterator<Item = Option<u32>>,
    cells: impl IntoIterator<Item = T>,
    mut add: impl FnMut(T),
) {
    for (place, cell) in places.zip(cells) {
        if let Some(place) = place {
            add(cell);
            rows.push(place);
        }
    }
}

/// The number that a value is, if it is one that the role allows. A whole one
/// must be one that a double holds exactly: digits beyond would change.
fn number(value: Value, role: Role) -> Option<f64> {
    if role == Role::Flag {
        return flag(value).map(f64::from);
    }
    let whole = match value {
        Value::Text(text, _) => text.parse().ok(),
        Value::Whole(whole) => Some(whole),
    };
    if let Some(whole) = whole {
        return (whole.unsigned_abs() <= MAX_EXACT).then_some(whole as f64);
    }
    // Digits alone are a whole number, here one that is too large.
    match value {
        Value::Text(text, _) if role != Role::Id && text.contains(['.', 'e', 'E']) => {
            text.parse().ok().filter(|number: &f64| number.is_finite())
        }
        _ => None,
    }
}

/// Yes or no in each form that servers write.
pub fn flag(value: Value) -> Option<bool> {
    match value {
        Value::Whole(1) => Some(true),
        Value::Whole(0) => Some(false),
        Value::Whole(_) => None,
        Value::Text(text, _) => match text.to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        },
    }
}
