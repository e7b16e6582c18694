//! The file by which processes share the speed limit of an integration in an account.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::Duration;

use url::Url;

use crate::account::private_file;
use crate::error::{Error, FileProblem};

/// All of them are called so, with a number.
const PREFIX: &str = "rate-";

/// A file that nobody has used for so long is removed.
const UNUSED: Duration = Duration::from_secs(24 * 60 * 60);

/// The file for an account and an integration. Its name tells neither.
pub fn path(folder: &Path, base: &Url, integration: &str) -> PathBuf {
    // Without keys of its own, so that it is the same in all processes.
    let mut hasher = DefaultHasher::new();
    (base.as_str(), integration).hash(&mut hasher);
    folder.join(format!("{PREFIX}{:016x}", hasher.finish()))
}

/// Opens the file at `path`, a new one if there is none.
///
/// # Errors
/// Why it can't be used.
pub fn open(path: &Path) -> Result<File, String> {
    let opened = private_file::make_folder(path).and_then(|()| private_file::open_or_create(path));
    remove_unused(path);
    opened.map_err(|error| match error {
        Error::TokenFile { problem: FileProblem::System, detail, .. } => detail,
        _ => "the file or its folder is not the user's own".to_owned(),
    })
}

/// Removes the other files in the folder that are not in use.
fn remove_unused(path: &Path) {
    let files = path.parent().and_then(|folder| fs::read_dir(folder).ok());
    for file in files.into_iter().flatten().flatten() {
        let is_one = file.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        let age =
            file.metadata().ok().and_then(|metadata| metadata.modified().ok()?.elapsed().ok());
        if is_one && file.path() != path && age.is_some_and(|age| age > UNUSED) {
            let _ = fs::remove_file(file.path());
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{UNUSED, open, path};
    use std::fs::{self, File};
    use std::path::Path;
    use std::time::SystemTime;
    use url::Url;

    #[test]
    fn each_integration_of_each_host_has_a_file_whose_name_tells_neither() {
        let name = |host: &str, integration: &str| {
            let base = Url::parse(host).unwrap();
            path(Path::new(""), &base, integration).display().to_string()
        };
        let first = name("https://firm.amocrm.ru", "me@example.com");
        assert_eq!(first, name("https://firm.amocrm.ru", "me@example.com"));
        assert_ne!(first, name("https://other.amocrm.ru", "me@example.com"));
        assert_ne!(first, name("https://firm.amocrm.ru", "2a3b"));
        assert_ne!(name("http://127.0.0.1:1", ""), name("http://127.0.0.1:2", ""));
        assert!(first.len() == 21 && !first.contains("firm") && !first.contains("me"), "{first}");
    }

    #[test]
    fn files_that_nobody_uses_are_removed() {
        let folder = std::env::temp_dir().join(format!("amocrm-rate-{}", std::process::id()));
        let [ours, unused, used, other] =
            ["rate-1", "rate-2", "rate-3", "tokens"].map(|name| folder.join(name));
        fs::create_dir_all(&folder).unwrap();
        for (file, is_old) in [(&ours, true), (&unused, true), (&used, false), (&other, true)] {
            let file = File::create(file).unwrap();
            if is_old {
                file.set_modified(SystemTime::now() - 2 * UNUSED).unwrap();
            }
        }
        assert!(open(&ours).is_ok());
        let left = [ours, unused, used, other].map(|file| file.exists());
        assert_eq!(left, [true, false, true, true]);
        assert!(open(Path::new("/dev/null/rate-1")).is_err());
        fs::remove_dir_all(folder).unwrap();
    }
}
