//! The rows of a partition and the changes to them, as a new file. Rows stream from
//! file to file; only the keys of changed rows are in memory.

use std::path::Path;

use crate::column::{Column, Type, Values};
use crate::error::Error;
use crate::format::{Reader, Writer};
use crate::fs::Fs;
use crate::keys::{Key, KeyMaker, KeyMap, KeySet};
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
    /// Those of them that the run brought and that were not the same before.
    pub brought: usize,
    /// Old rows in whose place others with their keys were brought.
    pub replaced: usize,
    /// Old rows that were removed.
    pub removed: usize,
    /// Rows that were marked as deleted.
    pub marked: usize,
}

/// The keys that the run brought.
#[derive(Default)]
struct Winners {
    /// The rank of the rows that win over the others of their key.
    ranks: KeyMap<u64>,
    /// The sum of what stands for their cells, if they are to be compared.
    digests: KeyMap<u64>,
    /// Those of them whose old rows are the same.
    same: KeySet,
}

impl Merge<'_> {
    /// Whether rows of a file are to be deleted or marked, and did not come again as
    /// they are.
    fn touches(&self, old: &Path, same: &KeySet) -> Result<bool, Error> {
        if self.stage.gone.is_empty() {
            return Ok(false);
        }
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
            let others = keys.into_iter().enumerate().filter(|(_, key)| !same.contains(key));
            if others.into_iter().any(is_touched) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Writes the new file; what it holds is on the disk when this returns. None, and
    /// no file, when it would hold the same rows, unless it is to be written anyway.
    pub fn write(
        &self,
        old: Option<&Path>,
        staged: &[StagedFile],
        new: &Path,
        anyway: bool,
    ) -> Result<Option<Counts>, Error> {
        let compares = old.is_some() && !self.stage.replaces;
        let mut winners = self.winners(staged, compares)?;
        if let Some(old) = old {
            if compares {
                self.compare(&Reader::open(old)?, &mut winners)?;
            }
            let is_same = winners.same.len() == winners.ranks.len();
            if is_same && !anyway && !self.touches(old, &winners.same)? {
                return Ok(None);
            }
        }
        let mut writer = Writer::create(self.fs, new, self.schema)?;
        let mut counts = Counts::default();
        if let Some(old) = old {
            self.copy_old(&Reader::open(old)?, &winners, &mut writer, &mut counts)?;
        }
        for file in staged {
            self.copy_staged(file, &winners, &mut writer, &mut counts)?;
        }
        counts.rows = writer.finish_safely()?;
        Ok(Some(counts))
    }

    fn winners(&self, staged: &[StagedFile], compares: bool) -> Result<Winners, Error> {
        let Winners { mut ranks, mut digests, same } = Winners::default();
        for file in staged {
            let mut row = 0;
            self.each(&Reader::open(&file.path)?, compares, |key, digest| {
                let rank = self.stage.rank(file.operation, row);
                let is_one_of_many = ranks.insert(key, rank) == Some(rank);
                if compares {
                    let sum = digests.entry(key).or_default();
                    *sum = if is_one_of_many { sum.wrapping_add(digest) } else { digest };
                }
                row += 1;
            })?;
        }
        Ok(Winners { ranks, digests, same })
    }

    /// Finds out which winners are the same as the old rows of their keys.
    fn compare(&self, old: &Reader, winners: &mut Winners) -> Result<(), Error> {
        if winners.ranks.is_empty() {
            return Ok(());
        }
        let mut olds: KeyMap<u64> = KeyMap::default();
        self.each(old, true, |key, digest| {
            if winners.ranks.contains_key(&key) {
                let sum = olds.entry(key).or_default();
                *sum = sum.wrapping_add(digest);
            }
        })?;
        for (key, rank) in &winners.ranks {
            let is_kept = self.stage.fate(*key, Stage::operation(*rank)) == Fate::Kept;
            if is_kept && olds.contains_key(key) && olds.get(key) == winners.digests.get(key) {
                winners.same.insert(*key);
            }
        }
        Ok(())
    }

    /// Looks at each row of a file: its key and, if it is to be compared, what stands
    /// for its cells.
    fn each(
        &self,
        reader: &Reader,
        compares: bool,
        mut look: impl FnMut(Key, u64),
    ) -> Result<(), Error> {
        for group in 0..reader.groups() {
            let (rows, digests) = if compares {
                let rows = self.read(reader, group)?;
                let digests = self.keys.digests(&rows);
                (rows, digests)
            } else {
                let rows = reader.read(group, &self.key_places(reader))?;
                let digests = vec![0; rows.count()];
                (rows, digests)
            };
            for (key, digest) in self.keys_of(&rows)?.into_iter().zip(digests) {
                look(key, digest);
            }
        }
        Ok(())
    }

    /// The rows of a row group, with the columns of the table.
    fn read(&self, reader: &Reader, group: usize) -> Result<Rows, Error> {
        if !self.schema.holds(reader.schema()) {
            return Err(reader.damaged("it has columns that its table lacks"));
        }
        let all: Vec<usize> = (0..reader.schema().fields.len()).collect();
        Ok(self.schema.conform(reader.read(group, &all)?))
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
            if winners.ranks.contains_key(&key) {
                counts.replaced += usize::from(!winners.same.contains(&key));
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
            if winners.ranks.get(&key) != Some(&self.stage.rank(file.operation, row)) {
                return Fate::Removed;
            }
            let fate = self.stage.fate(key, file.operation);
            let is_new = fate != Fate::Removed && !winners.same.contains(&key);
            counts.brought += usize::from(is_new);
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
        let mut row = 0;
        for group in 0..reader.groups() {
            let keys = self.keys_of(&reader.read(group, &self.key_places(reader))?)?;
            let fates: Vec<Fate> =
                (row..).zip(keys).map(|(row, key)| fate(counts, row, key)).collect();
            row += fates.len();
            let are_kept = fates.iter().all(|fate| *fate == Fate::Kept);
            if are_kept && writer.take_over(reader, group)? {
                continue;
            }
            let mut rows = self.read(reader, group)?;
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
