//! Several files change at once, or none.
//!
//! 1. The new files are written aside, in the account's `stage` folder, and flushed.
//! 2. `commit.json` says where they belong. Its appearance, by one rename, is the
//!    commit.
//! 3. Each new file is renamed to its place, and `commit.json` is removed.
//!
//! A run that finds a `commit.json` does step 3 again: what is in its place already
//! is passed over. Only when a file is not as long as the commit says, which no
//! crash but a disk that lies can bring about, the commit is given up. The state is
//! the last file to be renamed, so it is never newer than the rows.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::fs::{patiently, read_text, unless_missing, write};
use crate::home::Home;
use crate::partition::inside;

const FILE: &str = "commit.json";
const VERSION: u32 = 1;

/// What a commit does. All paths are from the top folder, with slashes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    version: u32,
    /// Files to move, the state last.
    pub moves: Vec<Move>,
    /// Files to remove.
    pub removals: Vec<String>,
}

/// A new file and its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// Where it was written.
    pub from: String,
    /// Where it belongs.
    pub to: String,
    /// Its length.
    pub bytes: u64,
}

impl Commit {
    /// A commit of nothing.
    pub fn new() -> Commit {
        Commit { version: VERSION, moves: Vec::new(), removals: Vec::new() }
    }
}

/// The commit in a folder that is not finished.
pub fn unfinished(own: &Path) -> Result<Option<Commit>, Error> {
    let path = own.join(FILE);
    let Some(text) = read_text(&path)? else { return Ok(None) };
    let commit: Commit =
        serde_json::from_str(&text).map_err(|error| Error::damaged(&path, error))?;
    if commit.version == VERSION {
        Ok(Some(commit))
    } else {
        Err(Error::damaged(&path, format!("version {} is not known here", commit.version)))
    }
}

impl Home {
    /// Writes a text of the own folder that takes its place with a commit.
    pub fn add_text(
        &self,
        commit: &mut Commit,
        to: &str,
        new: &str,
        text: &str,
    ) -> Result<(), Error> {
        write(&*self.fs, &self.own.join(new), text)?;
        let bytes = u64::try_from(text.len()).unwrap_or_default();
        commit.moves.push(Move { from: self.own_path(new), to: self.own_path(to), bytes });
        Ok(())
    }

    /// Makes a commit; its files are written and flushed.
    pub fn make(&self, commit: &Commit) -> Result<(), Error> {
        let written = commit.moves.iter().map(|file| self.path(&file.from));
        self.sync_folders(&written.collect::<Result<Vec<_>, _>>()?)?;
        let text = serde_json::to_string(commit).unwrap_or_default();
        let (new, path) = (self.own.join("commit.new"), self.own.join(FILE));
        write(&*self.fs, &new, &text)?;
        patiently(&*self.fs, || self.fs.rename(&new, &path))
            .map_err(|error| Error::io(&path, error))?;
        self.sync(&self.own)?;
        self.finish(commit)
    }

    /// Finishes the commit that an earlier run left, or gives it up.
    pub fn recover(&self) -> Result<(), Error> {
        let Some(commit) = unfinished(&self.own)? else { return Ok(()) };
        let mut is_whole = true;
        for file in &commit.moves {
            is_whole &= self.is_whole(file)?;
        }
        if is_whole { self.finish(&commit) } else { self.close() }
    }

    /// Whether a file is there, in its old or its new place.
    fn is_whole(&self, file: &Move) -> Result<bool, Error> {
        for path in [self.path(&file.from)?, self.path(&file.to)?] {
            if let Some(metadata) = unless_missing(fs::metadata(&path), &path)? {
                return Ok(metadata.len() == file.bytes);
            }
        }
        Ok(false)
    }

    fn finish(&self, commit: &Commit) -> Result<(), Error> {
        let mut changed = Vec::new();
        for (number, file) in commit.moves.iter().enumerate() {
            let (from, to) = (self.path(&file.from)?, self.path(&file.to)?);
            if let Some(folder) = to.parent() {
                self.fs.make_folder(folder).map_err(|error| Error::io(folder, error))?;
            }
            if unless_missing(fs::metadata(&from), &from)?.is_some() {
                self.replace(&from, &to, number)?;
            }
            changed.push(to);
        }
        for file in &commit.removals {
            let path = self.path(file)?;
            unless_missing(patiently(&*self.fs, || self.fs.remove(&path)), &path)?;
            changed.push(path);
        }
        self.sync_folders(&changed)?;
        self.close()
    }

    fn close(&self) -> Result<(), Error> {
        let path = self.own.join(FILE);
        patiently(&*self.fs, || self.fs.remove(&path)).map_err(|error| Error::io(&path, error))?;
        self.sync(&self.own)
    }

    /// Renames a file to the name of another one. If a reader keeps the other one open,
    /// that is moved out of the way, which Windows allows in more cases.
    fn replace(&self, from: &Path, to: &Path, number: usize) -> Result<(), Error> {
        let replaced = match patiently(&*self.fs, || self.fs.rename(from, to)) {
            Err(error) if self.fs.is_busy(&error) => self.replace_aside(from, to, number),
            replaced => replaced,
        };
        replaced.map_err(|error| Error::io(to, error))
    }

    fn replace_aside(&self, from: &Path, to: &Path, number: usize) -> io::Result<()> {
        let aside = self.own.join("old");
        self.fs.make_folder(&aside)?;
        let old = aside.join(format!("{}-{number}", std::process::id()));
        self.fs.rename(to, &old)?;
        self.fs.rename(from, to)
    }

    /// Flushes the folders that files are in, up to the top: they may be new.
    fn sync_folders(&self, files: &[PathBuf]) -> Result<(), Error> {
        let ancestors = files.iter().flat_map(|file| file.ancestors().skip(1));
        let folders: BTreeSet<&Path> =
            ancestors.filter(|folder| folder.starts_with(&self.root)).collect();
        folders.into_iter().rev().try_for_each(|folder| self.sync(folder))
    }

    fn sync(&self, folder: &Path) -> Result<(), Error> {
        self.fs.sync_folder(folder).map_err(|error| Error::io(folder, error))
    }

    fn path(&self, path: &str) -> Result<PathBuf, Error> {
        inside(&self.root, path)
            .ok_or_else(|| Error::damaged(&self.own.join(FILE), format!("{path} leads elsewhere")))
    }
}
