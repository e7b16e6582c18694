//! A column under construction, of one page or of many.

use std::cmp::Ordering;

use crate::json::flatten::{JsonType, Value};
use crate::json::number::write_double;
use crate::json::page::BadCell;
use crate::sanitize::sanitize;
use crate::table::column::{Column, Role, Unreadable, Values, bit};
use crate::table::indices::Indices;
use crate::table::interner::Interner;
use crate::table::seen_keys::Key;
use crate::table::unique_names::is_odd;

/// Up to here every whole number is exact as a double, and so in R.
const MAX_EXACT: u64 = 1 << 53;

/// In place of a row.
const ODD: u32 = u32::MAX;

/// How many unreadable values of a column are shown, and how long.
const MAX_EXAMPLES: usize = 3;
const MAX_EXAMPLE_CHARS: usize = 40;

/// A column that rows are sorted by, row by row. Rows without a cell come last.
pub enum SortKey<'c> {
    Numbers(Vec<f64>),
    Texts(Vec<Option<&'c str>>),
}

impl SortKey<'_> {
    /// Which of two rows comes first.
    pub fn compare(&self, a: u32, b: u32) -> Ordering {
        let (a, b) = (a as usize, b as usize);
        match self {
            SortKey::Numbers(numbers) => numbers[a].total_cmp(&numbers[b]),
            SortKey::Texts(texts) => {
                let lacks = |row: usize| texts[row].is_none();
                lacks(a).cmp(&lacks(b)).then_with(|| texts[a].cmp(&texts[b]))
            }
        }
    }
}

/// A column that takes in cells, in row order.
pub struct ColumnBuilder {
    pub(crate) name: Box<str>,
    /// 1 + the row that used the column last. It is [`ODD`] if the name looks like a
    /// repaired one, so that no cell finds the column by its own name.
    used: u32,
    rows: Indices,
    values: Values,
    role: Role,
    /// Whether a row may have the column but no cell.
    pub(crate) may_be_empty: bool,
    /// A bit for each JSON type that it holds.
    json_types: u8,
    /// Values that the type of the column can't hold, with their rows.
    unreadable: Vec<(u32, Box<str>)>,
}

impl ColumnBuilder {
    /// A column without cells.
    pub fn new(name: &str, role: Role) -> Self {
        let values = match role {
            Role::Text | Role::Inferred | Role::InferredTime => {
                Values::Text(Indices::default(), Interner::default())
            }
            Role::Id | Role::Time | Role::Number | Role::Flag => Values::Number(role, Vec::new()),
        };
        let (rows, unreadable) = (Indices::default(), Vec::new());
        let used = if is_odd(name) { ODD } else { 0 };
        let (name, may_be_empty) = (name.into(), false);
        ColumnBuilder { name, used, rows, values, role, may_be_empty, json_types: 0, unreadable }
    }

    /// Gives the column to a cell of a row. False if the name is odd, or if another
    /// cell of the row has the column.
    pub fn use_once(&mut self, row: u32) -> bool {
        let is_free = self.used <= row;
        if is_free {
            self.used = row + 1;
        }
        is_free
    }

    /// The rows that have a cell.
    pub fn rows(&self) -> &Indices {
        &self.rows
    }

    /// Adds a cell. An unreadable value leaves it empty.
    ///
    /// # Errors
    /// [`BadCell`] when an id is not a number.
    pub fn push(&mut self, row: u32, value: Value) -> Result<(), BadCell> {
        if value.json_type() == JsonType::Absent {
            self.may_be_empty = true;
            return Ok(());
        }
        self.json_types |= bit(value.json_type());
        match &mut self.values {
            Values::Text(codes, interner) => codes.push(match value {
                Value::Text(text, _) => interner.code(text),
                Value::Whole(whole) => interner.code_of_whole(whole),
            }),
            Values::Number(_, numbers) => match number(value, self.role) {
                Some(number) => numbers.push(number),
                None => return self.refuse(row, value),
            },
        }
        self.rows.push(row);
        Ok(())
    }

    fn refuse(&mut self, row: u32, value: Value) -> Result<(), BadCell> {
        let text = value.text();
        if self.role == Role::Id {
            return Err(BadCell { column: self.name.to_string() });
        }
        self.keep_unreadable(row, &text);
        Ok(())
    }

    fn keep_unreadable(&mut self, row: u32, text: &str) {
        // An empty text is no value.
        if !text.is_empty() {
            self.unreadable.push((row, text.into()));
        }
    }

    /// Makes the column double, even if all numbers are whole.
    pub fn make_double(&mut self) {
        self.json_types |= bit(JsonType::Double);
    }

    /// Reads the texts as what a role says; those that it does not allow leave their cells
    /// empty.
    pub fn set_role(&mut self, role: Role) {
        let Values::Text(codes, interner) = &self.values else { return };
        if role == Role::Text {
            return;
        }
        let mut typed = ColumnBuilder::new(&self.name, role);
        let read = |text| number(Value::Text(text, JsonType::Text), role);
        let numbers: Vec<Option<f64>> = interner.iter().map(read).collect();
        for (row, code) in self.rows.iter().zip(codes.iter()) {
            typed.push_read(row, numbers[code as usize], interner.get(code));
        }
        (typed.used, typed.may_be_empty) = (self.used, self.may_be_empty);
        *self = typed;
    }

    fn push_read(&mut self, row: u32, number: Option<f64>, text: &str) {
        if let (Some(number), Values::Number(_, numbers)) = (number, &mut self.values) {
            numbers.push(number);
            self.rows.push(row);
        } else {
            self.keep_unreadable(row, text);
        }
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

    /// The column with all its cells, under its name in R.
    pub fn finish(self, name: String) -> Column {
        let ColumnBuilder { rows, mut values, role, json_types, .. } = self;
        if let Values::Text(_, interner) = &mut values {
            interner.forget_index();
        }
        Column { name, rows, values, role, json_types }
    }

    /// Appends the cells of another column of the same name. `targets` has the new
    /// number of each row, or None for rows that are dropped.
    pub fn append(&mut self, other: ColumnBuilder, targets: &[Option<u32>]) {
        self.json_types |= other.json_types;
        self.may_be_empty |= other.may_be_empty;
        let unreadable = other.unreadable.into_iter();
        self.unreadable
            .extend(unreadable.filter_map(|(row, text)| Some((targets[row as usize]?, text))));
        let targets = other.rows.iter().map(|row| targets[row as usize]);
        match (&mut self.values, other.values) {
            (Values::Text(codes, interner), Values::Text(theirs, their_interner)) => {
                let known =
                    their_interner.iter().map(|text| interner.code(text)).collect::<Vec<u32>>();
                let theirs = theirs.iter().map(|code| known[code as usize]);
                add_kept(&mut self.rows, targets, theirs, |code| codes.push(code));
            }
            (Values::Number(_, numbers), Values::Number(_, theirs)) => {
                add_kept(&mut self.rows, targets, theirs, |number| numbers.push(number));
            }
            // A name has one role in a schema, so their cells never differ.
            _ => {}
        }
    }

    /// Replaces texts; `label` gives the new text or None.
    pub fn relabel(&mut self, label: impl Fn(&str) -> Option<&'static str>) {
        let Values::Text(codes, interner) = &mut self.values else { return };
        let mut labelled = Interner::default();
        let recoded: Vec<u32> =
            interner.iter().map(|text| labelled.code(label(text).unwrap_or(text))).collect();
        *codes = codes.iter().map(|code| recoded[code as usize]).collect();
        *interner = labelled;
    }

    /// The texts of a table of `rows` rows, numbers in digits; None where there
    /// is none.
    pub fn texts(&self, rows: usize) -> Vec<Option<String>> {
        let mut dense = vec![None; rows];
        self.for_each_text(|row, text| dense[row as usize] = Some(text.to_owned()));
        if let Values::Number(_, numbers) = &self.values {
            for (row, number) in self.rows.iter().zip(numbers) {
                write_double(*number, dense[row as usize].get_or_insert_default());
            }
        }
        dense
    }

    fn for_each_text(&self, mut use_text: impl FnMut(u32, &str)) {
        match &self.values {
            Values::Text(codes, interner) => {
                let cells = self.rows.iter().zip(codes.iter());
                cells.for_each(|(row, code)| use_text(row, interner.get(code)));
            }
            Values::Number(_, _) => {}
        }
    }

    /// Replaces the cells: a text for each row, or None.
    pub fn set_texts(&mut self, texts: &[Option<&str>]) {
        let mut codes = Indices::default();
        let mut interner = Interner::default();
        self.rows = Indices::default();
        for (row, text) in (0..).zip(texts) {
            if let Some(text) = text {
                self.rows.push(row);
                codes.push(interner.code(text));
            }
        }
        self.values = Values::Text(codes, interner);
    }

    /// The numbers of a table of `rows` rows, also those in texts; NaN where
    /// there is none.
    pub fn numbers(&self, rows: usize) -> Vec<f64> {
        let mut dense = vec![f64::NAN; rows];
        self.for_each_text(|row, text| dense[row as usize] = text.parse().unwrap_or(f64::NAN));
        if let Values::Number(_, numbers) = &self.values {
            for (row, number) in self.rows.iter().zip(numbers) {
                dense[row as usize] = *number;
            }
        }
        dense
    }

    /// What a table of `rows` rows is sorted by: numbers, or the texts of a column that
    /// holds nothing but texts.
    pub fn sort_key(&self, rows: usize) -> SortKey<'_> {
        match &self.values {
            Values::Text(codes, interner) if self.role == Role::Text => {
                let mut dense = vec![None; rows];
                for (row, code) in self.rows.iter().zip(codes.iter()) {
                    dense[row as usize] = Some(interner.get(code));
                }
                SortKey::Texts(dense)
            }
            _ => SortKey::Numbers(self.numbers(rows)),
        }
    }

    /// Keys of the rows that have a cell.
    pub fn for_each_key(&self, mut use_key: impl FnMut(u32, Key<'_>)) {
        if let Values::Number(_, numbers) = &self.values {
            let cells = self.rows.iter().zip(numbers);
            cells.for_each(|(row, number)| use_key(row, Key::Number(*number)));
        }
        self.for_each_text(|row, text| use_key(row, Key::Text(text)));
    }

    /// Moves each row to where it belongs.
    pub fn rearrange(&mut self, targets: &[u32]) {
        let mut moved: Vec<(u32, usize)> =
            self.rows.iter().enumerate().map(|(cell, row)| (targets[row as usize], cell)).collect();
        moved.sort_unstable();
        self.rows = moved.iter().map(|(row, _)| *row).collect();
        self.unreadable.iter_mut().for_each(|(row, _)| *row = targets[*row as usize]);
        match &mut self.values {
            Values::Text(codes, _) => {
                let listed: Vec<u32> = codes.iter().collect();
                *codes = moved.iter().map(|(_, cell)| listed[*cell]).collect();
            }
            Values::Number(_, numbers) => {
                *numbers = moved.iter().map(|(_, cell)| numbers[*cell]).collect();
            }
        }
    }
}

/// Adds those cells whose row is kept.
fn add_kept<T>(
    rows: &mut Indices,
    targets: impl Iterator<Item = Option<u32>>,
    cells: impl IntoIterator<Item = T>,
    mut add: impl FnMut(T),
) {
    for (target, cell) in targets.zip(cells) {
        if let Some(target) = target {
            add(cell);
            rows.push(target);
        }
    }
}

/// The value as a number, if the role allows it. A whole number has to be exact as
/// a double, unless JSON has it as a fraction or with an exponent.
fn number(value: Value, role: Role) -> Option<f64> {
    if role == Role::Flag {
        return flag(value).map(f64::from);
    }
    if let (Role::Number, JsonType::Double) = (role, value.json_type()) {
        return value.number();
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
