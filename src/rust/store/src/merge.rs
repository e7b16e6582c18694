//! The rows of a partition and the changes to them, as a new file. Rows stream from
//! file to file; only the keys of changed rows are in memory.

use std::path::Path;

use crate::column::{Column, Type, Values};
use crate::error::Error;
use crate::format::{Reader, Writer};
use crate::fs::Fs;
use crate::keys::{Key, KeyMaker, KeyMap};
use crate::rows::Rows;
use crate::schema::Schema;
use crate::stage::{BEFORE_ALL, Fate, Stage, StagedFile};
use crate::table::DELETED_AT;

/// What is merged.
pub struct Merge<'a> {
    pub fs: &'a dyn Fs,
    pub keys: &'a KeyMaker,
    pub stage: &'a Stage,
    /// The columns of the table.
    pub schema: &'a Schema,
}

/// How many rows it concerned.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Rows of the new file.
    pub rows: usize,
    /// Those of them that the run brought.
    pub brought: usize,
    /// Old rows in whose place rows with their keys were brought.
    pub replaced: usize,
    /// Old rows that were removed.
    pub removed: usize,
    /// Rows that were marked as deleted.
    pub marked: usize,
}

/// The rank of the rows that win, by key.
type Winners = KeyMap<u64>;

impl Merge<'_> {
    /// Whether rows of a file are to be deleted or marked.
    pub fn touches(&self, old: &Path) -> Result<bool, Error> {
        let reader = Reader::open(old)?;
        let mut places = self.key_places(&reader);
        places.extend(reader.schema().position(DELETED_AT));
        for group in 0..reader.groups() {
            let rows = reader.read(group, &places)?;
            let mark = rows.column(DELETED_AT).map(Column::present);
            let keys = self.keys_of(&rows)?;
            let is_touched = |(row, key)| match self.stage.fate(key, BEFORE_ALL) {
                Fate::Kept => false,
                Fate::Removed => true,
                Fate::Marked(_) => !mark.is_some_and(|mark| mark[row]),
            };
            if keys.into_iter().enumerate().any(is_touched) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Writes the new file; what it holds is on the disk when this returns.
    pub fn write(
        &self,
        old: Option<&Path>,
        staged: &[StagedFile],
        new: &Path,
    ) -> Result<Counts, Error> {
        let winners = self.winners(staged)?;
        let mut writer = Writer::create(self.fs, new, self.schema)?;
        let mut counts = Counts::default();
        if let Some(old) = old {
            self.copy_old(&Reader::open(old)?, &winners, &mut writer, &mut counts)?;
        }
        for file in staged {
            self.copy_staged(file, &winners, &mut writer, &mut counts)?;
        }
        counts.rows = writer.finish_safely()?;
        Ok(counts)
    }

    fn winners(&self, staged: &[StagedFile]) -> Result<Winners, Error> {
        let mut winners = Winners::default();
        for file in staged {
            let reader = Reader::open(&file.path)?;
            let places = self.key_places(&reader);
            let mut row = 0;
            for group in 0..reader.groups() {
                for key in self.keys_of(&reader.read(group, &places)?)? {
                    winners.insert(key, self.stage.rank(file.operation, row));
                    row += 1;
                }
            }
        }
        Ok(winners)
    }

    fn copy_old(
        &self,
        reader: &Reader,
        winners: &Winners,
        writer: &mut Writer,
        counts: &mut Counts,
    ) -> Result<(), Error> {
        if self.stage.replaces {
            counts.replaced += reader.rows();
            return Ok(());
        }
        self.copy(reader, writer, counts, |counts, _, key| {
            if winners.contains_key(&key) {
                counts.replaced += 1;
                return Fate::Removed;
            }
            let fate = self.stage.fate(key, BEFORE_ALL);
            counts.removed += usize::from(fate == Fate::Removed);
            fate
        })
    }

    fn copy_staged(
        &self,
        file: &StagedFile,
        winners: &Winners,
        writer: &mut Writer,
        counts: &mut Counts,
    ) -> Result<(), Error> {
        self.copy(&Reader::open(&file.path)?, writer, counts, |counts, row, key| {
            if winners.get(&key) != Some(&self.stage.rank(file.operation, row)) {
                return Fate::Removed;
            }
            let fate = self.stage.fate(key, file.operation);
            counts.brought += usize::from(fate != Fate::Removed);
            fate
        })
    }

    /// Copies the rows of a file, each as its fate is.
    fn copy(
        &self,
        reader: &Reader,
        writer: &mut Writer,
        counts: &mut Counts,
        mut fate: impl FnMut(&mut Counts, usize, Key) -> Fate,
    ) -> Result<(), Error> {
        if !self.schema.holds(reader.schema()) {
            return Err(reader.damaged("it has columns that its table lacks"));
        }
        let all: Vec<usize> = (0..reader.schema().fields.len()).collect();
        let mut row = 0;
        for group in 0..reader.groups() {
            let mut rows = self.schema.conform(reader.read(group, &all)?);
            let keys = self.keys_of(&rows)?;
            let fates: Vec<Fate> =
                (row..).zip(keys).map(|(row, key)| fate(counts, row, key)).collect();
            row += rows.count();
            counts.marked += self.mark(&mut rows, &fates);
            let keep: Vec<bool> = fates.iter().map(|fate| *fate != Fate::Removed).collect();
            writer.write(rows.filter(&keep))?;
        }
        Ok(())
    }

    /// Marks rows, but those that are marked: how many.
    fn mark(&self, rows: &mut Rows, fates: &[Fate]) -> usize {
        let Some(place) = self.schema.position(DELETED_AT) else { return 0 };
        let old = &rows.columns()[place];
        if old.of() != Type::Time {
            return 0;
        }
        let is_new = |(fate, has_mark): (&Fate, &bool)| match fate {
            Fate::Marked(at) if !has_mark => Some(*at),
            _ => None,
        };
        let marks: Vec<Option<i64>> = fates.iter().zip(old.present()).map(is_new).collect();
        let present: Vec<bool> = marks.iter().map(Option::is_some).collect();
        let values = Values::Time(marks.into_iter().flatten().collect());
        let count = values.len();
        if let Some(marks) = Column::new(DELETED_AT, present, values) {
            rows.overlay(place, &marks);
        }
        count
    }

    fn key_places(&self, reader: &Reader) -> Vec<usize> {
        let key = self.stage.table.key.iter();
        key.filter_map(|name| reader.schema().position(name)).collect()
    }

    fn keys_of(&self, rows: &Rows) -> Result<Vec<Key>, Error> {
        self.keys.keys(&self.stage.table.name, rows, &self.stage.table.key)
    }
}
