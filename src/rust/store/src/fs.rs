//! What changes a folder. Tests put a disk in its place that fills up or dies.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::error::Error;

/// A file that is being written.
pub trait Output: Write + Send {
    /// Returns when what was written is safe from a power cut.
    fn sync(&mut self) -> io::Result<()>;
}

/// All operations that change a folder.
pub trait Fs: Send + Sync {
    /// Makes a folder and those that it is in.
    fn make_folder(&self, path: &Path) -> io::Result<()>;
    /// Opens a new file, or an old one of no bytes.
    fn create(&self, path: &Path) -> io::Result<Box<dyn Output>>;
    /// Opens a file, new or old, to write at its end.
    fn append(&self, path: &Path) -> io::Result<Box<dyn Output>>;
    /// Gives a file another name, that of another file if there is one.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Removes a folder with all that is in it.
    fn remove_folder(&self, path: &Path) -> io::Result<()>;
    /// Returns when names in a folder are safe from a power cut.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;
    /// Whether an error says that a reader has the file open.
    fn is_busy(&self, error: &io::Error) -> bool;
    /// Waits before the next try.
    fn pause(&self);
}

/// The file system.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Output for File {
    fn sync(&mut self) -> io::Result<()> {
        self.sync_all()
    }
}

impl Fs for Disk {
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn Output>> {
        Ok(Box::new(File::create(path)?))
    }

    fn append(&self, path: &Path) -> io::Result<Box<dyn Output>> {
        Ok(Box::new(OpenOptions::new().create(true).append(true).open(path)?))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir_all(path)
    }

    /// Windows has no way to ask for it, and needs none.
    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
    }

    /// Only Windows refuses to rename or remove a file that is open: "access denied",
    /// "sharing violation" or, if it is mapped into memory, "user mapped file".
    fn is_busy(&self, error: &io::Error) -> bool {
        cfg!(windows) && matches!(error.raw_os_error(), Some(5 | 32 | 1224))
    }

    fn pause(&self) {
        thread::sleep(Duration::from_millis(100));
    }
}

/// How often a change that is refused because of a reader is tried.
const TRIES: usize = 30;

/// Renames or removes a file, which Windows refuses while another program has it open,
/// be it a virus scanner that looks at each new file: it is tried for some time.
pub fn patiently(fs: &dyn Fs, change: impl Fn() -> io::Result<()>) -> io::Result<()> {
    for _ in 1..TRIES {
        match change() {
            Err(error) if fs.is_busy(&error) => fs.pause(),
            done => return done,
        }
    }
    change()
}

/// Turns the refusal of a file that is not there into nothing.
pub fn unless_missing<T>(result: io::Result<T>, path: &Path) -> Result<Option<T>, Error> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io(path, error)),
    }
}

/// The text of a file, None if there is no file.
pub fn read_text(path: &Path) -> Result<Option<String>, Error> {
    unless_missing(fs::read_to_string(path), path)
}

/// Writes a whole file that is safe when this returns, but for its name.
pub fn write(fs: &dyn Fs, path: &Path, text: &str) -> Result<(), Error> {
    let written = fs.create(path).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync()
    });
    written.map_err(|error| Error::io(path, error))
}

/// Names in a folder that begin so and end so, sorted; none if there is no folder.
pub fn names(folder: &Path, prefix: &str, suffix: &str) -> Result<Vec<String>, Error> {
    let Some(entries) = unless_missing(fs::read_dir(folder), folder)? else {
        return Ok(Vec::new());
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| Error::io(folder, error))?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name.starts_with(prefix) && name.ends_with(suffix) {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}
