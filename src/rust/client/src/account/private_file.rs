//! Files that belong to the user and that nobody else can read or replace.
//! Checks are made on the opened file, so that nobody can swap it in between.
//! On Windows a user's folders are private by themselves.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::{Error, FileProblem};

/// How often a file is tried to be replaced.
const TRIES: usize = 20;

/// Creates the folder of a file, for the user only, or checks the existing one.
///
/// # Errors
/// [`Error::TokenFile`] when others can write to it or it can't be made.
pub fn make_folder(path: &Path) -> Result<(), Error> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        _ => PathBuf::from("."),
    };
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let made = builder.create(&folder).and_then(|()| fs::metadata(&folder));
    let folder = made.map_err(|error| failed(path, &error))?;
    check_folder(path, &folder)
}

/// Opens a file for reading; None when there is none.
///
/// # Errors
/// [`Error::TokenFile`] when it is not the user's own.
pub fn open(path: &Path) -> Result<Option<File>, Error> {
    match hardened().read(true).open(path) {
        Ok(file) => checked(path, file).map(Some),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(path, &error)),
    }
}

/// Opens a file for reading and writing, an empty new one if there is none.
///
/// # Errors
/// As [`open`].
pub fn open_or_create(path: &Path) -> Result<File, Error> {
    let opened = hardened().read(true).write(true).create(true).truncate(false).open(path);
    checked(path, opened.map_err(|error| failed(path, &error))?)
}

/// Creates a file, which must not exist.
///
/// # Errors
/// As [`open`].
pub fn create(path: &Path) -> Result<File, Error> {
    let created = hardened().write(true).create_new(true).open(path);
    checked(path, created.map_err(|error| failed(path, &error))?)
}

/// Gives a file the name of another one, at once for all who look. Windows refuses that
/// while another program, such as a virus scanner, has one of them open: it is tried for
/// a second.
///
/// # Errors
/// When the system refuses.
pub fn replace(from: &Path, to: &Path) -> io::Result<()> {
    patiently(Duration::from_millis(50), is_busy, || fs::rename(from, to))
}

fn patiently(
    pause: Duration,
    is_busy: fn(&io::Error) -> bool,
    change: impl Fn() -> io::Result<()>,
) -> io::Result<()> {
    for _ in 1..TRIES {
        match change() {
            Err(error) if is_busy(&error) => std::thread::sleep(pause),
            done => return done,
        }
    }
    change()
}

/// "Access denied" or "sharing violation".
fn is_busy(error: &io::Error) -> bool {
    cfg!(windows) && matches!(error.raw_os_error(), Some(5 | 32))
}

/// Removes other users' right to read a file; true if they had it.
///
/// # Errors
/// When the system refuses.
#[cfg(unix)]
pub fn tighten(path: &Path, file: &File) -> Result<bool, Error> {
    use std::os::unix::fs::PermissionsExt;
    let tightened = file.metadata().and_then(|metadata| {
        let mut permissions = metadata.permissions();
        let private = permissions.mode() & !0o077;
        if permissions.mode() == private {
            return Ok(false);
        }
        permissions.set_mode(private);
        file.set_permissions(permissions).map(|()| true)
    });
    tightened.map_err(|error| failed(path, &error))
}

#[cfg(not(unix))]
pub fn tighten(_path: &Path, _file: &File) -> Result<bool, Error> {
    Ok(false)
}

/// The error for a refusal of the system.
pub fn failed(path: &Path, error: &io::Error) -> Error {
    // The message for a link or a pipe would not help.
    match fs::symlink_metadata(path) {
        Ok(metadata) if !metadata.is_file() => refused(path, FileProblem::NotRegular),
        _ => error_at(path, FileProblem::System, error.to_string()),
    }
}

/// The error for a file that must not be used.
pub fn refused(path: &Path, problem: FileProblem) -> Error {
    error_at(path, problem, String::new())
}

/// The error for a file, with a detail.
pub fn error_at(path: &Path, problem: FileProblem, detail: String) -> Error {
    Error::TokenFile { file: path.display().to_string(), problem, detail }
}

fn checked(path: &Path, file: File) -> Result<File, Error> {
    let metadata = file.metadata().map_err(|error| failed(path, &error))?;
    if !metadata.is_file() {
        return Err(refused(path, FileProblem::NotRegular));
    }
    check_owner(path, &metadata)?;
    Ok(file)
}

/// Options that follow no link, do not block on a pipe, and create files for the
/// user only.
fn hardened() -> OpenOptions {
    #[allow(unused_mut)]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
        options.mode(0o600).custom_flags(i32::try_from(flags).unwrap_or_default());
    }
    options
}

#[cfg(unix)]
fn check_owner(path: &Path, metadata: &Metadata) -> Result<(), Error> {
    use std::os::unix::fs::MetadataExt;
    if metadata.uid() == user() { Ok(()) } else { Err(refused(path, FileProblem::NotOwn)) }
}

#[cfg(not(unix))]
fn check_owner(_path: &Path, _metadata: &Metadata) -> Result<(), Error> {
    Ok(())
}

#[cfg(unix)]
fn check_folder(path: &Path, folder: &Metadata) -> Result<(), Error> {
    use std::os::unix::fs::MetadataExt;
    let (owner, group) = (folder.uid(), folder.gid());
    if is_private(folder.mode(), owner, group, user()) {
        Ok(())
    } else {
        Err(refused(path, FileProblem::OpenFolder))
    }
}

#[cfg(not(unix))]
fn check_folder(_path: &Path, _folder: &Metadata) -> Result<(), Error> {
    Ok(())
}

#[cfg(unix)]
fn user() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Whether nobody but `user` and root can replace the user's files in a folder
/// of this mode, owner and group.
#[cfg(unix)]
fn is_private(mode: u32, owner: u32, group: u32, user: u32) -> bool {
    let is_sticky = mode & 0o1000 != 0;
    // Many systems give each user a group of the same number and let it write.
    let others = if group == user { 0o002 } else { 0o022 };
    (owner == user || owner == 0) && (is_sticky || mode & others == 0)
}

#[cfg(test)]
mod tests {
    use super::{TRIES, patiently};
    use std::cell::Cell;
    use std::io::{Error, ErrorKind};
    use std::time::Duration;

    #[test]
    fn what_is_busy_is_tried_again_and_what_fails_is_not() {
        let is_busy = |error: &Error| error.kind() == ErrorKind::ResourceBusy;
        for (kind, refusals, tries, is_done) in [
            (ErrorKind::ResourceBusy, 0, 1, true),
            (ErrorKind::ResourceBusy, TRIES - 1, TRIES, true),
            (ErrorKind::ResourceBusy, TRIES, TRIES, false),
            (ErrorKind::NotFound, 1, 1, false),
        ] {
            let tried = Cell::new(0);
            let done = patiently(Duration::ZERO, is_busy, || {
                tried.set(tried.get() + 1);
                if tried.get() > refusals { Ok(()) } else { Err(kind.into()) }
            });
            assert_eq!((tried.get(), done.is_ok()), (tries, is_done), "{kind} {refusals}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_is_private_when_nobody_else_can_replace_files_in_it() {
        const USER: u32 = 1000;
        const OTHER: u32 = 1001;
        for (mode, owner, group, expected) in [
            (0o700, USER, USER, true),
            (0o755, USER, OTHER, true),
            // The user's own group.
            (0o775, USER, USER, true),
            (0o775, USER, OTHER, false),
            (0o777, USER, USER, false),
            (0o702, USER, USER, false),
            // Like /tmp.
            (0o1777, 0, 0, true),
            (0o777, 0, 0, false),
            (0o755, 0, 0, true),
            (0o755, OTHER, USER, false),
            (0o1777, OTHER, OTHER, false),
        ] {
            let found = super::is_private(0o40_000 | mode, owner, group, USER);
            assert_eq!(found, expected, "{mode:o} of {owner}:{group}");
        }
    }
}
