//! A disk that fills up, or whose power is cut: names and bytes that were not flushed
//! are lost, as far as chance has it.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use amocrm_store::{Disk, Fs, Output};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// Nothing works from then on.
    PowerCut,
    /// Nothing can be written from then on; names can be changed.
    Full,
}

#[derive(Clone)]
pub struct Faulty(Arc<Mutex<State>>);

struct State {
    fault: Fault,
    /// Operations before the fault.
    left: usize,
    done: usize,
    /// Files with bytes that are not flushed.
    dirty: BTreeSet<PathBuf>,
    /// Changes of names that are not flushed, the oldest first.
    names: Vec<Change>,
}

/// A change of names, and how it is undone.
struct Change {
    /// The folder whose flush makes it last.
    folder: PathBuf,
    moved: Option<(PathBuf, PathBuf)>,
    /// Files as they were before; None: not there.
    before: Vec<(PathBuf, Option<Vec<u8>>)>,
}

impl Faulty {
    /// A disk that has its fault after so many operations.
    pub fn after(operations: usize, fault: Fault) -> Faulty {
        let (dirty, names) = (BTreeSet::new(), Vec::new());
        Faulty(Arc::new(Mutex::new(State { fault, left: operations, done: 0, dirty, names })))
    }

    /// A disk without a fault. It flushes nothing, which takes time.
    pub fn sound() -> Faulty {
        Faulty::after(usize::MAX, Fault::PowerCut)
    }

    /// Makes the disk work again.
    pub fn mend(&self) {
        self.0.lock().unwrap().left = usize::MAX;
    }

    /// How many operations there were.
    pub fn operations(&self) -> usize {
        self.0.lock().unwrap().done
    }

    /// Loses what was not flushed: some of the bytes, the latest of the names.
    pub fn lose(&self, random: &mut fastrand::Rng) {
        let mut state = self.0.lock().unwrap();
        for path in std::mem::take(&mut state.dirty) {
            if let Ok(bytes) = fs::read(&path) {
                fs::write(&path, &bytes[..random.usize(..=bytes.len())]).unwrap();
            }
        }
        let kept = random.usize(..=state.names.len());
        for change in state.names.drain(kept..).rev() {
            change.undo();
        }
        state.names.clear();
    }

    /// Counts an operation; an error if it is beyond the fault.
    fn count(&self, needs_room: bool) -> io::Result<()> {
        let mut state = self.0.lock().unwrap();
        if state.left > 0 {
            state.left -= 1;
            state.done += 1;
            return Ok(());
        }
        match state.fault {
            Fault::PowerCut => Err(io::Error::other("the power is cut")),
            Fault::Full if needs_room => Err(ErrorKind::StorageFull.into()),
            Fault::Full => Ok(()),
        }
    }

    fn note(&self, folder: &Path, moved: Option<(&Path, &Path)>, paths: &[&Path]) {
        let before = paths.iter().map(|path| ((*path).to_owned(), fs::read(path).ok())).collect();
        let moved = moved.map(|(from, to)| (from.to_owned(), to.to_owned()));
        let folder = folder.to_owned();
        self.0.lock().unwrap().names.push(Change { folder, moved, before });
    }

    fn open(&self, path: &Path, file: Box<dyn Output>) -> Box<dyn Output> {
        self.0.lock().unwrap().dirty.insert(path.to_owned());
        Box::new(FaultyFile { disk: self.clone(), path: path.to_owned(), file })
    }
}

impl Change {
    fn undo(self) {
        if let Some((from, to)) = self.moved {
            let _ = fs::rename(to, from);
        }
        for (path, bytes) in self.before {
            let _ = match bytes {
                Some(bytes) => fs::write(path, bytes),
                None => fs::remove_file(path),
            };
        }
    }
}

fn parent(path: &Path) -> &Path {
    path.parent().unwrap()
}

impl Fs for Faulty {
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        self.count(true)?;
        Disk.make_folder(path)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn Output>> {
        self.count(true)?;
        self.note(parent(path), None, &[path]);
        Ok(self.open(path, Disk.create(path)?))
    }

    fn append(&self, path: &Path) -> io::Result<Box<dyn Output>> {
        self.count(true)?;
        if !path.exists() {
            self.note(parent(path), None, &[path]);
        }
        Ok(self.open(path, Disk.append(path)?))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.count(false)?;
        let replaced = [to];
        let replaced = if to.exists() { &replaced[..] } else { &[] };
        self.note(parent(to), Some((from, to)), replaced);
        Disk.rename(from, to)?;
        let mut state = self.0.lock().unwrap();
        if state.dirty.remove(from) {
            state.dirty.insert(to.to_owned());
        }
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.count(false)?;
        if path.exists() {
            self.note(parent(path), None, &[path]);
        }
        Disk.remove(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.count(false)?;
        Disk.remove_folder(path)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        self.count(false)?;
        self.0.lock().unwrap().names.retain(|change| change.folder != path);
        Ok(())
    }

    fn is_busy(&self, _error: &io::Error) -> bool {
        false
    }

    fn pause(&self) {}
}

struct FaultyFile {
    disk: Faulty,
    path: PathBuf,
    file: Box<dyn Output>,
}

impl Write for FaultyFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.disk.count(true) {
            Ok(()) => {
                self.file.write_all(bytes)?;
                Ok(bytes.len())
            }
            Err(error) => {
                // Half of it is there.
                self.file.write_all(&bytes[..bytes.len() / 2])?;
                Err(error)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Output for FaultyFile {
    fn sync(&mut self) -> io::Result<()> {
        self.disk.count(true)?;
        self.disk.0.lock().unwrap().dirty.remove(&self.path);
        Ok(())
    }
}
