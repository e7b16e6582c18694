//! The lock beside a token file: one process at a time refreshes tokens.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fs4::TryLockError;

use crate::account::private_file;
use crate::error::{Error, FileProblem};
use crate::progress::Progress;

/// How long another process may hold the lock: longer than an exchange of tokens
/// with a slow server.
pub const PATIENCE: Duration = Duration::from_secs(180);
/// Time between two tries.
const PAUSE: Duration = Duration::from_millis(50);

/// Held while tokens are read, refreshed and written; released when dropped.
#[derive(Debug)]
pub struct TokenLock(#[allow(dead_code)] File);

/// Waits for the lock at `path`, `patience` at most.
///
/// # Errors
/// [`Error::TokenFile`] when the file can't be used, or stays locked.
pub async fn acquire(
    path: PathBuf,
    patience: Duration,
    progress: &Progress,
) -> Result<TokenLock, Error> {
    let file = open(&path)?;
    let until = Instant::now() + patience;
    let mut told = None;
    while !try_lock(&path, &file)? {
        let left = until.saturating_duration_since(Instant::now());
        let holder = holder(&path);
        if left.is_zero() {
            return Err(private_file::error_at(&path, FileProblem::Locked, holder));
        }
        if told.as_ref() != Some(&holder) {
            progress.pausing(&format!("token_file:{holder}"), left);
            told = Some(holder);
        }
        tokio::time::sleep(PAUSE.min(left)).await;
    }
    if told.is_some() {
        progress.pausing("", Duration::ZERO);
    }
    Ok(TokenLock(sign(file)))
}

/// Takes the lock at `path` if nobody holds it.
///
/// # Errors
/// [`Error::TokenFile`] when the file can't be used.
pub fn try_acquire(path: &Path) -> Result<Option<TokenLock>, Error> {
    let file = open(path)?;
    Ok(try_lock(path, &file)?.then(|| TokenLock(sign(file))))
}

fn open(path: &Path) -> Result<File, Error> {
    private_file::make_folder(path)?;
    private_file::open_or_create(path)
}

fn try_lock(path: &Path, file: &File) -> Result<bool, Error> {
    match fs4::FileExt::try_lock(file) {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(private_file::failed(path, &error)),
    }
}

/// Says in the file who holds it. Nothing depends on it.
fn sign(mut file: File) -> File {
    let _ = file.set_len(0);
    let _ = write!(file, "{}", std::process::id());
    file
}

/// The number of the process that holds the lock, `?` if the file does not say.
fn holder(path: &Path) -> String {
    let mut text = String::new();
    let file = private_file::open(path).ok().flatten();
    let read = file.and_then(|file| file.take(20).read_to_string(&mut text).ok());
    match read.and_then(|_| text.parse::<u32>().ok()) {
        Some(id) => id.to_string(),
        None => "?".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{acquire, try_acquire};
    use crate::progress::Progress;
    use std::time::Duration;

    const LONG: Duration = Duration::from_secs(100);

    fn run<T>(work: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.unwrap().block_on(work)
    }

    #[test]
    fn the_wait_for_a_lock_tells_who_holds_it_and_ends() {
        let folder = std::env::temp_dir().join(format!("amocrm-lock-{}", std::process::id()));
        let path = folder.join("t.json.lock");
        let progress = Progress::default();
        let held = try_acquire(&path).unwrap().unwrap();
        assert!(try_acquire(&path).unwrap().is_none());

        let waited = run(acquire(path.clone(), Duration::from_millis(1), &progress));
        let error = waited.unwrap_err().to_string();
        // Windows lets nobody read a file that is locked.
        let signed = std::fs::read_to_string(&path);
        assert!(signed.is_ok() || cfg!(windows), "{signed:?}");
        let us = signed.map_or("?".to_owned(), |_| std::process::id().to_string());
        assert!(error.contains("locked"), "{error}");
        assert!(error.ends_with(&us), "{error}");

        run(async {
            tokio::join!(async { acquire(path.clone(), LONG, &progress).await.unwrap() }, async {
                // The other side has looked by now.
                let (reason, left) = progress.snapshot().pause.unwrap();
                assert_eq!(reason, format!("token_file:{us}"));
                assert!(left > 1.0);
                drop(held);
            })
        });
        assert_eq!(progress.snapshot().pause, None);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
