//! What each run did: a line of JSON each, whose meaning is the caller's.

use std::path::Path;

use crate::error::Error;
use crate::fs::{Fs, read_text};

const FILE: &str = "log.jsonl";

/// Adds a line. What a crash left of an earlier one ends before it.
pub fn append(fs: &dyn Fs, folder: &Path, line: &str) -> Result<(), Error> {
    let path = folder.join(FILE);
    let is_torn = read_text(&path)?.is_some_and(|text| !text.is_empty() && !text.ends_with('\n'));
    let line = format!("{}{}\n", if is_torn { "\n" } else { "" }, line.replace(['\r', '\n'], " "));
    let written = fs.append(&path).and_then(|mut file| {
        file.write_all(line.as_bytes())?;
        file.sync()
    });
    written.map_err(|error| Error::io(&path, error))
}

/// All lines that are whole JSON, oldest first.
pub fn read(folder: &Path) -> Result<Vec<String>, Error> {
    let text = read_text(&folder.join(FILE))?.unwrap_or_default();
    let is_whole = |line: &&str| serde_json::from_str::<serde::de::IgnoredAny>(line).is_ok();
    Ok(text.lines().filter(is_whole).map(str::to_owned).collect())
}
