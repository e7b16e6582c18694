//! What is staged of tables, put aside for the next run: a first read that takes hours goes on
//! when its run was killed. Nobody who reads the tables sees it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::commit::Commit;
use crate::error::Error;
use crate::fs::{names, read_text, unless_missing};
use crate::home::{Home, STAGE};
use crate::partition::Partition;
use crate::schema::Schema;
use crate::stage::{Operation, Stage, StagedFile};
use crate::table::Table;

const FILE: &str = "aside.json";
const VERSION: u32 = 1;

/// Tables that were put aside together. Its file is in the stage folder of the first one.
#[derive(Serialize, Deserialize)]
struct Record {
    version: u32,
    note: String,
    tables: Vec<Staged>,
}

/// What is staged of a table.
#[derive(Serialize, Deserialize)]
struct Staged {
    table: Table,
    columns: Schema,
    operations: Operation,
    files: usize,
    /// Names of files, each with its operation.
    rows: BTreeMap<Partition, Vec<(String, Operation)>>,
}

/// What a run before has put aside.
pub struct Aside {
    /// The caller's text about it.
    pub note: String,
    /// The tables, the first one first.
    pub tables: Vec<String>,
}

impl Home {
    fn aside_path(&self, first: &str) -> PathBuf {
        self.stage_folder(first).join(FILE)
    }

    /// Puts stages aside, in the place of those that were before: all or nothing.
    pub fn put_aside(&self, stages: &mut [&mut Stage], note: &str) -> Result<(), Error> {
        let Some(first) = stages.first().map(|stage| stage.table.name.clone()) else {
            return Ok(());
        };
        for stage in &mut *stages {
            stage.flush(&*self.fs)?;
        }
        let tables = stages.iter().map(|stage| Staged::of(stage)).collect();
        let record = Record { version: VERSION, note: note.to_owned(), tables };
        let text = serde_json::to_string(&record).unwrap_or_default();
        let to = format!("{STAGE}/{first}/{FILE}");
        let mut commit = Commit::new();
        self.add_text(&mut commit, &to, &format!("{STAGE}/{first}/aside.new"), &text)?;
        self.make(&commit)
    }

    /// All that was put aside. What can't be used any more is left out: it is read again.
    pub fn all_aside(&self) -> Result<Vec<(Aside, Vec<Stage>)>, Error> {
        let firsts = names(&self.own.join(STAGE), "", "")?;
        let found = firsts.iter().map(|first| self.aside(first));
        Ok(found.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    fn aside(&self, first: &str) -> Result<Option<(Aside, Vec<Stage>)>, Error> {
        let Some(text) = read_text(&self.aside_path(first))? else { return Ok(None) };
        let record = serde_json::from_str(&text).ok();
        let Some(record) = record.filter(|record: &Record| record.version == VERSION) else {
            return Ok(None);
        };
        let tables = record.tables.iter().map(|staged| staged.table.name.clone()).collect();
        let stages = record.tables.into_iter().map(|staged| staged.stage(self));
        let stages = stages.collect::<Result<Vec<Stage>, Error>>()?;
        let are_there = stages.iter().flat_map(Stage::files).all(|file| file.path.is_file());
        Ok(are_there.then_some((Aside { note: record.note, tables }, stages)))
    }

    /// Removes what is staged, but for what was put aside. A file that a reader has open may
    /// stay.
    pub fn tidy_stage(&self) -> Result<(), Error> {
        let mut kept = BTreeSet::new();
        for (aside, stages) in self.all_aside()? {
            kept.extend(aside.tables.first().map(|first| self.aside_path(first)));
            kept.extend(stages.iter().flat_map(Stage::files).map(|file| file.path.clone()));
        }
        let stage = self.own.join(STAGE);
        for folder in names(&stage, "", "")?.iter().map(|name| stage.join(name)) {
            if !kept.iter().any(|path| path.starts_with(&folder)) {
                let _ = self.fs.remove_folder(&folder);
                continue;
            }
            for path in names(&folder, "", "")?.iter().map(|name| folder.join(name)) {
                if !kept.contains(&path) {
                    let _ = self.fs.remove(&path);
                }
            }
        }
        Ok(())
    }

    /// Lets a commit remove what was put aside with a table as the first one.
    pub fn use_aside(&self, first: &str, commit: &mut Commit) {
        if self.aside_path(first).exists() {
            commit.removals.push(self.own_path(&format!("{STAGE}/{first}/{FILE}")));
        }
    }

    /// Forgets what was put aside with a table as the first one.
    pub fn forget_aside(&self, first: &str) -> Result<(), Error> {
        let path = self.aside_path(first);
        unless_missing(self.fs.remove(&path), &path).map(drop)
    }
}

impl Staged {
    fn of(stage: &Stage) -> Staged {
        let name = |file: &StagedFile| {
            let name = file.path.file_name().unwrap_or_default();
            (name.to_string_lossy().into_owned(), file.operation)
        };
        let rows = stage.rows.iter();
        Staged {
            table: stage.table.clone(),
            columns: stage.schema.clone(),
            operations: stage.last,
            files: stage.count,
            rows: rows
                .map(|(month, files)| (month.clone(), files.iter().map(name).collect()))
                .collect(),
        }
    }

    fn stage(self, home: &Home) -> Result<Stage, Error> {
        let folder = home.stage_folder(&self.table.name);
        let file =
            |(name, operation)| StagedFile { path: folder.join(name), operation, is_flushed: true };
        let rows = self.rows.into_iter();
        let rows =
            rows.map(|(month, files)| (month, files.into_iter().map(file).collect())).collect();
        let mut stage = Stage::new(&*home.fs, &self.table, folder)?;
        (stage.last, stage.count) = (self.operations, self.files);
        (stage.schema, stage.rows) = (self.columns, rows);
        Ok(stage)
    }
}
