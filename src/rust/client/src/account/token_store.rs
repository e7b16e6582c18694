//! The file with the OAuth tokens.
//!
//! A refresh token works once (docs/api-v4.md, Refreshing tokens), so a new pair
//! must not get lost. Its file is created before the exchange and replaces the old
//! one by an atomic rename. A pair that can't be written is kept in memory.

use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::account::private_file;
use crate::error::{Error, FileProblem};
use crate::sync::lock;

/// Tokens are refreshed this long before they expire.
const MARGIN: Duration = Duration::from_secs(5 * 60);
/// More bytes than a pair takes.
const ROOM: usize = 16 << 10;

/// A pair of tokens.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// The bearer token.
    pub access_token: SecretString,
    /// Exchanged for the next pair, once.
    pub refresh_token: SecretString,
    /// When the access token expires, seconds since 1970; None if the server did not
    /// say.
    pub expires_at: Option<u64>,
}

/// What the file holds.
#[derive(Serialize, Deserialize)]
struct Stored {
    /// The account's address: tokens go to no other.
    account: String,
    client_id: String,
    access_token: String,
    refresh_token: String,
    expires_at: Option<u64>,
}

/// Where the tokens of one integration and account are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenStore {
    path: PathBuf,
    account: String,
    client_id: String,
}

/// The file for the next pair, created in advance; deleted when dropped.
pub struct NewFile<'s> {
    store: &'s TokenStore,
    path: PathBuf,
    file: File,
}

/// A pair that could not be written.
struct Unsaved {
    store: TokenStore,
    /// The refresh token in the file, which is spent. If the file has another one,
    /// that is newer.
    instead_of: Option<SecretString>,
    tokens: Tokens,
}

/// Pairs that live in this process only.
static UNSAVED: Mutex<Vec<Unsaved>> = Mutex::new(Vec::new());

impl Tokens {
    /// Tokens that expire `seconds` from now, if that is known.
    pub fn lasting(access_token: String, refresh_token: String, seconds: Option<u64>) -> Self {
        Tokens {
            access_token: access_token.into(),
            refresh_token: refresh_token.into(),
            expires_at: seconds.map(|seconds| now().saturating_add(seconds)),
        }
    }

    /// Whether the access token will be valid for a while. One of unknown expiry is
    /// used until the server refuses it.
    pub fn are_fresh(&self) -> bool {
        self.expires_at.is_none_or(|end| end > now() + MARGIN.as_secs())
    }
}

impl TokenStore {
    /// The store at `path` for an account (its address) and an integration.
    pub fn new(path: PathBuf, account: String, client_id: String) -> Self {
        TokenStore { path, account, client_id }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file whose lock is held while this store is used.
    pub fn lock_path(&self) -> PathBuf {
        self.beside("lock")
    }

    /// Removes other users' right to read the file; true if they had it.
    ///
    /// # Errors
    /// As [`TokenStore::read`].
    pub fn tighten(&self) -> Result<bool, Error> {
        let file = private_file::open(&self.path)?;
        file.map_or(Ok(false), |file| private_file::tighten(&self.path, &file))
    }

    /// The latest tokens; None when there are none yet.
    ///
    /// # Errors
    /// [`Error::TokenFile`] when the file can't be used, is not one of these,
    /// or belongs to another account or integration.
    pub fn read(&self) -> Result<Option<Tokens>, Error> {
        let taken_over = self.take_over_leftover();
        let stored = self.read_file(&self.path)?;
        if let Some(unsaved) = self.unsaved(stored.as_ref()) {
            return Ok(Some(unsaved));
        }
        taken_over.map(|()| stored)
    }

    /// Creates the file for the next pair.
    ///
    /// # Errors
    /// [`Error::TokenFile`] when a pair could not be written.
    pub fn create_next(&self) -> Result<NewFile<'_>, Error> {
        let path = self.beside("new");
        let file = private_file::create(&path)?;
        let mut new = NewFile { store: self, path, file };
        new.fill(&" ".repeat(ROOM)).map_err(|error| private_file::failed(&new.path, &error))?;
        Ok(new)
    }

    /// Keeps a pair in this process, since it could not be written. `read` is
    /// what [`TokenStore::read`] gave before.
    pub fn keep_unsaved(&self, tokens: &Tokens, read: Option<&Tokens>) {
        let mut all = unsaved();
        let earlier = all.iter().position(|unsaved| unsaved.store == *self);
        let instead_of = match earlier {
            Some(index) => all.swap_remove(index).instead_of,
            None => read.map(|read| read.refresh_token.clone()),
        };
        all.push(Unsaved { store: self.clone(), instead_of, tokens: tokens.clone() });
    }

    /// Whether there is a pair in this process that is not in the file.
    pub fn has_unsaved(&self) -> bool {
        unsaved().iter().any(|unsaved| unsaved.store == *self)
    }

    /// Writes the pair that is in this process only.
    ///
    /// # Errors
    /// [`Error::TokenFile`] when that can't be.
    pub fn save_unsaved(&self) -> Result<(), Error> {
        match self.read()? {
            Some(tokens) if self.has_unsaved() => self.create_next()?.write(&tokens),
            _ => Ok(()),
        }
    }

    fn forget_unsaved(&self) {
        unsaved().retain(|unsaved| unsaved.store != *self);
    }

    /// The pair that is newer than what the file holds.
    fn unsaved(&self, stored: Option<&Tokens>) -> Option<Tokens> {
        let refresh = |token: &SecretString| token.expose_secret().to_owned();
        let stored = stored.map(|stored| refresh(&stored.refresh_token));
        let mut all = unsaved();
        all.retain(|unsaved| {
            unsaved.store != *self || unsaved.instead_of.as_ref().map(refresh) == stored
        });
        all.iter().find(|unsaved| unsaved.store == *self).map(|unsaved| unsaved.tokens.clone())
    }

    /// What a killed process has left: a whole pair, newer than that of the file, or
    /// nothing useful.
    fn take_over_leftover(&self) -> Result<(), Error> {
        let path = self.beside("new");
        if private_file::open(&path)?.is_none() {
            return Ok(());
        }
        let settled = match self.read_file(&path) {
            Ok(_) => private_file::replace(&path, &self.path),
            Err(_) => fs::remove_file(&path),
        };
        settled.map_err(|error| private_file::failed(&path, &error))
    }

    fn read_file(&self, path: &Path) -> Result<Option<Tokens>, Error> {
        let Some(mut file) = private_file::open(path)? else { return Ok(None) };
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|error| private_file::failed(path, &error))?;
        // The parser's message may quote a token.
        let stored: Stored = serde_json::from_slice(&bytes)
            .map_err(|_| private_file::refused(path, FileProblem::NoTokens))?;
        if stored.account != self.account {
            return Err(private_file::refused(path, FileProblem::OtherAccount));
        }
        if stored.client_id != self.client_id {
            return Err(private_file::refused(path, FileProblem::OtherIntegration));
        }
        Ok(Some(Tokens {
            access_token: stored.access_token.into(),
            refresh_token: stored.refresh_token.into(),
            expires_at: stored.expires_at,
        }))
    }

    fn to_json(&self, tokens: &Tokens) -> io::Result<String> {
        Ok(serde_json::to_string(&Stored {
            account: self.account.clone(),
            client_id: self.client_id.clone(),
            access_token: tokens.access_token.expose_secret().to_owned(),
            refresh_token: tokens.refresh_token.expose_secret().to_owned(),
            expires_at: tokens.expires_at,
        })?)
    }

    /// A file in the same folder, with a suffix to the name.
    fn beside(&self, ending: &str) -> PathBuf {
        let mut name = self.path.file_name().unwrap_or_default().to_os_string();
        name.push(".");
        name.push(ending);
        self.path.with_file_name(name)
    }
}

impl NewFile<'_> {
    /// Replaces the content of the store's file by `tokens`, atomically.
    ///
    /// # Errors
    /// [`Error::TokenFile`] when that can't be.
    pub fn write(mut self, tokens: &Tokens) -> Result<(), Error> {
        let target = &self.store.path;
        let written = self.store.to_json(tokens).and_then(|json| self.fill(&json));
        let placed = written.and_then(|()| private_file::replace(&self.path, target));
        placed.map_err(|error| private_file::failed(target, &error))?;
        self.store.forget_unsaved();
        Ok(())
    }

    /// Overwrites the content. Until the file is truncated blanks may follow, which
    /// JSON allows.
    fn fill(&mut self, text: &str) -> io::Result<()> {
        self.file.rewind()?;
        self.file.write_all(text.as_bytes())?;
        self.file.set_len(text.len() as u64)?;
        self.file.sync_all()
    }
}

impl Drop for NewFile<'_> {
    fn drop(&mut self) {
        // After a write it no longer exists.
        let _ = fs::remove_file(&self.path);
    }
}

fn unsaved() -> MutexGuard<'static, Vec<Unsaved>> {
    lock(&UNSAVED)
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{TokenStore, Tokens};
    use crate::account::token_lock;
    use secrecy::ExposeSecret;
    use std::fs;
    use std::path::{Path, PathBuf};

    /// A folder that goes away with the test.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            // Blanks and Cyrillic letters, as in the folders of many users.
            let unique =
                format!("amocrm \u{43a}\u{43b}\u{44e}\u{447} {}-{name}", std::process::id());
            let folder = std::env::temp_dir().join(unique);
            let _ = fs::remove_dir_all(&folder);
            Folder(folder)
        }

        fn file(&self) -> PathBuf {
            self.0.join("t.json")
        }

        fn store(&self) -> TokenStore {
            TokenStore::new(self.file(), "https://x".to_owned(), "id".to_owned())
        }

        /// With the folder there and the lock held.
        fn locked_store(&self) -> (TokenStore, token_lock::TokenLock) {
            let store = self.store();
            let lock = token_lock::try_acquire(&store.lock_path()).unwrap().unwrap();
            (store, lock)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn pair(refresh: &str) -> Tokens {
        Tokens::lasting("acc".to_owned(), refresh.to_owned(), Some(86400))
    }

    fn refresh_token(store: &TokenStore) -> String {
        store.read().unwrap().unwrap().refresh_token.expose_secret().to_owned()
    }

    fn write(store: &TokenStore, refresh: &str) {
        store.create_next().unwrap().write(&pair(refresh)).unwrap();
    }

    fn left_in(folder: &Path) -> Vec<String> {
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn what_was_written_is_read_and_no_file_is_no_tokens() {
        let folder = Folder::new("roundtrip");
        let (store, _lock) = folder.locked_store();
        assert!(store.read().unwrap().is_none());
        write(&store, "ref");
        let tokens = store.read().unwrap().unwrap();
        assert_eq!(tokens.access_token.expose_secret(), "acc");
        assert_eq!(tokens.refresh_token.expose_secret(), "ref");
        assert!(tokens.are_fresh());
        assert_eq!(left_in(&folder.0), ["t.json", "t.json.lock"]);
    }

    #[test]
    fn tokens_are_renewed_five_minutes_before_they_end() {
        let lasting = |seconds| Tokens::lasting(String::new(), String::new(), Some(seconds));
        assert!(lasting(310).are_fresh());
        assert!(!lasting(290).are_fresh());
    }

    #[test]
    fn a_pair_whose_end_is_not_known_stays_so_in_the_file() {
        let folder = Folder::new("endless");
        let (store, _lock) = folder.locked_store();
        let tokens = Tokens::lasting("acc".to_owned(), "ref".to_owned(), None);
        store.create_next().unwrap().write(&tokens).unwrap();
        assert_eq!(store.read().unwrap().unwrap().expires_at, None);
    }

    #[test]
    fn room_that_was_not_needed_is_given_back() {
        let folder = Folder::new("room");
        let (store, _lock) = folder.locked_store();
        drop(store.create_next().unwrap());
        assert_eq!(left_in(&folder.0), ["t.json.lock"]);
    }

    #[test]
    fn a_pair_that_a_killed_process_has_left_is_taken_over() {
        let folder = Folder::new("leftover");
        let (store, _lock) = folder.locked_store();
        write(&store, "new");
        fs::rename(folder.file(), folder.0.join("t.json.new")).unwrap();
        fs::write(folder.file(), "{}").unwrap();
        assert_eq!(refresh_token(&store), "new");
        assert_eq!(left_in(&folder.0), ["t.json", "t.json.lock"]);
    }

    #[test]
    fn half_a_pair_that_a_killed_process_has_left_is_put_away() {
        let folder = Folder::new("half");
        let (store, _lock) = folder.locked_store();
        write(&store, "old");
        for left in ["", "   ", "{\"account\":\"https://x\",\"client_"] {
            fs::write(folder.0.join("t.json.new"), left).unwrap();
            assert_eq!(refresh_token(&store), "old");
            write(&store, "old");
        }
    }

    #[test]
    fn what_can_not_be_written_is_kept_in_memory_until_it_can() {
        let folder = Folder::new("unsaved");
        let (store, _lock) = folder.locked_store();
        write(&store, "old");
        let away = folder.0.join("away");
        fs::rename(folder.file(), &away).unwrap();
        fs::create_dir(folder.file()).unwrap();
        assert!(store.create_next().unwrap().write(&pair("new")).is_err());
        fs::remove_dir(folder.file()).unwrap();
        fs::rename(&away, folder.file()).unwrap();

        store.keep_unsaved(&pair("new"), Some(&pair("old")));
        store.keep_unsaved(&pair("newer"), Some(&pair("new")));
        assert_eq!(refresh_token(&store), "newer");
        store.save_unsaved().unwrap();
        assert!(!store.has_unsaved());
        assert_eq!(refresh_token(&store), "newer");
    }

    #[test]
    fn a_pair_in_memory_gives_way_to_a_file_that_was_renewed_since() {
        let folder = Folder::new("gives-way");
        let (store, _lock) = folder.locked_store();
        write(&store, "old");
        store.keep_unsaved(&pair("ours"), Some(&pair("old")));
        let theirs = fs::read_to_string(folder.file()).unwrap().replace("old", "theirs");
        fs::write(folder.file(), theirs).unwrap();
        assert_eq!(refresh_token(&store), "theirs");
        assert!(!store.has_unsaved());
    }

    #[test]
    fn a_file_of_another_account_or_of_something_else_is_refused() {
        let folder = Folder::new("foreign");
        let (ours, _lock) = folder.locked_store();
        write(&ours, "ref");
        let store = |account: &str, id: &str| {
            TokenStore::new(folder.file(), account.to_owned(), id.to_owned())
        };
        let refusal = |store: TokenStore| store.read().unwrap_err().to_string();
        assert!(refusal(store("https://y", "id")).contains("other_account"));
        assert!(refusal(store("https://x", "other")).contains("other_integration"));
        fs::write(folder.file(), "secret-token").unwrap();
        let error = refusal(ours);
        assert!(error.contains("no_tokens"), "{error}");
        assert!(!error.contains("secret-token"), "{error}");
    }

    #[cfg(windows)]
    #[test]
    fn a_pair_waits_in_memory_while_a_program_lets_others_only_read_the_file() {
        use std::os::windows::fs::OpenOptionsExt;
        const FILE_SHARE_READ: u32 = 1;
        let folder = Folder::new("held");
        let (store, _lock) = folder.locked_store();
        write(&store, "old");
        let mut options = fs::OpenOptions::new();
        let program = options.read(true).share_mode(FILE_SHARE_READ).open(folder.file()).unwrap();
        assert!(store.create_next().unwrap().write(&pair("new")).is_err());
        store.keep_unsaved(&pair("new"), Some(&pair("old")));
        assert_eq!(refresh_token(&store), "new");
        drop(program);
        store.save_unsaved().unwrap();
        assert_eq!(refresh_token(&store), "new");
        assert_eq!(left_in(&folder.0), ["t.json", "t.json.lock"]);
    }

    #[cfg(unix)]
    mod on_unix {
        use super::{Folder, fs, pair, token_lock, write};
        use std::os::unix::fs::PermissionsExt;
        use std::path::Path;

        fn mode(path: &Path) -> u32 {
            fs::metadata(path).unwrap().permissions().mode() & 0o777
        }

        fn set_mode(path: &Path, mode: u32) {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }

        #[test]
        fn only_the_user_may_look_from_the_start() {
            let folder = Folder::new("mode");
            let (store, _lock) = folder.locked_store();
            let next_file = store.create_next().unwrap();
            assert_eq!(mode(&folder.0.join("t.json.new")), 0o600);
            next_file.write(&pair("ref")).unwrap();
            assert_eq!(mode(&folder.0), 0o700);
            assert_eq!(mode(&folder.file()), 0o600);
            assert_eq!(mode(&folder.0.join("t.json.lock")), 0o600);
        }

        #[test]
        fn a_file_that_others_could_read_is_tightened_once() {
            let folder = Folder::new("tighten");
            let (store, _lock) = folder.locked_store();
            assert!(!store.tighten().unwrap());
            write(&store, "ref");
            set_mode(&folder.file(), 0o644);
            assert!(store.tighten().unwrap());
            assert_eq!(mode(&folder.file()), 0o600);
            assert!(!store.tighten().unwrap());
        }

        #[test]
        fn a_folder_that_others_can_write_to_is_refused() {
            let folder = Folder::new("open-folder");
            fs::create_dir(&folder.0).unwrap();
            set_mode(&folder.0, 0o777);
            let error = token_lock::try_acquire(&folder.store().lock_path()).unwrap_err();
            assert!(error.to_string().contains("open_folder"), "{error}");
            // As in /tmp, where nobody can replace what is another's.
            set_mode(&folder.0, 0o1777);
            assert!(token_lock::try_acquire(&folder.store().lock_path()).is_ok());
        }

        /// Puts something in the place of a file.
        type Plant = fn(&Path);

        #[test]
        fn a_link_a_pipe_or_a_folder_in_the_place_of_a_file_is_refused_at_once() {
            let plants: [Plant; 4] = [
                |path| std::os::unix::fs::symlink("/etc/passwd", path).unwrap(),
                |path| std::os::unix::fs::symlink("/nowhere", path).unwrap(),
                |path| fs::create_dir(path).unwrap(),
                |path| {
                    let made = std::process::Command::new("mkfifo").arg(path).status();
                    assert!(made.unwrap().success());
                },
            ];
            for (number, plant) in plants.into_iter().enumerate() {
                for name in ["t.json", "t.json.new", "t.json.lock"] {
                    let folder = Folder::new(&format!("planted-{number}-{name}"));
                    fs::create_dir(&folder.0).unwrap();
                    set_mode(&folder.0, 0o700);
                    plant(&folder.0.join(name));
                    let store = folder.store();
                    let lock = token_lock::try_acquire(&store.lock_path());
                    let used = lock.and_then(|_lock| store.read()).map(drop);
                    let error = used.unwrap_err().to_string();
                    assert!(error.contains("not_regular"), "{number} {name}: {error}");
                }
            }
        }

        #[test]
        fn a_file_of_another_user_is_refused() {
            let folder = Folder::new("owner");
            let (store, _lock) = folder.locked_store();
            write(&store, "ref");
            // Root can give a file away; everybody else meets root's.
            let foreign = match std::os::unix::fs::chown(folder.file(), Some(65534), None) {
                Ok(()) => folder.file(),
                Err(_) => Path::new("/etc/passwd").to_path_buf(),
            };
            let store = super::TokenStore::new(foreign, "https://x".to_owned(), "id".to_owned());
            let error = store.tighten().unwrap_err().to_string();
            assert!(error.contains("not_own"), "{error}");
        }
    }
}
