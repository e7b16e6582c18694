//! The file that OAuth tokens live in.
//!
//! A refresh token works once, so that two processes must not refresh at the
//! same time, and a new pair must be on disk before it is used
//! (v4.md 1.3): a lock beside the file, and a rename that can't be half done.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use fs4::FileExt;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// Tokens are renewed this long before they end.
const MARGIN: Duration = Duration::from_secs(5 * 60);

/// A pair of tokens.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// Sent as the bearer.
    pub access_token: SecretString,
    /// Buys the next pair, once.
    pub refresh_token: SecretString,
    /// When the access token ends, seconds since 1970.
    pub expires_at: u64,
}

/// What the file holds.
#[derive(Serialize, Deserialize)]
struct Stored {
    /// The account's address: tokens go to no other.
    account: String,
    client_id: String,
    access_token: String,
    refresh_token: String,
    expires_at: u64,
}

/// Where the tokens of one integration and account are kept.
#[derive(Clone, Debug)]
pub struct TokenStore {
    path: PathBuf,
    account: String,
    client_id: String,
}

/// Held while tokens are read, renewed and written; let go when dropped.
#[derive(Debug)]
pub struct StoreLock(#[allow(dead_code)] File);

impl Tokens {
    /// Tokens that end `seconds` from now.
    pub fn lasting(access_token: String, refresh_token: String, seconds: u64) -> Self {
        Tokens {
            access_token: access_token.into(),
            refresh_token: refresh_token.into(),
            expires_at: now().saturating_add(seconds),
        }
    }

    /// Whether the access token lasts a while yet.
    pub fn are_fresh(&self) -> bool {
        self.expires_at > now() + MARGIN.as_secs()
    }
}

impl TokenStore {
    /// The store at `path` for an account (its address) and an integration.
    pub fn new(path: PathBuf, account: String, client_id: String) -> Self {
        TokenStore { path, account, client_id }
    }

    /// Waits until no other process holds the store. Blocks.
    ///
    /// # Errors
    /// When the folder can't be made or written to.
    pub fn lock(&self) -> io::Result<StoreLock> {
        if let Some(folder) = self.path.parent() {
            make_private_folder(folder)?;
        }
        let file = private_file().create(true).truncate(false).open(self.beside("lock"))?;
        FileExt::lock(&file)?;
        Ok(StoreLock(file))
    }

    /// The tokens in the file; None when there is no file.
    ///
    /// # Errors
    /// When the file can't be read, is not one of these, or belongs to
    /// another account or integration.
    pub fn read(&self) -> io::Result<Option<Tokens>> {
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        // The parser's words may quote the file, and so a token.
        let stored: Stored =
            serde_json::from_slice(&bytes).map_err(|_| invalid("it does not hold tokens"))?;
        if stored.account != self.account {
            return Err(invalid("its tokens are for another account"));
        }
        if stored.client_id != self.client_id {
            return Err(invalid("its tokens are for another integration"));
        }
        Ok(Some(Tokens {
            access_token: stored.access_token.into(),
            refresh_token: stored.refresh_token.into(),
            expires_at: stored.expires_at,
        }))
    }

    /// Puts `tokens` in place of what the file holds, at once or not at all.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn write(&self, tokens: &Tokens) -> io::Result<()> {
        let stored = Stored {
            account: self.account.clone(),
            client_id: self.client_id.clone(),
            access_token: tokens.access_token.expose_secret().to_owned(),
            refresh_token: tokens.refresh_token.expose_secret().to_owned(),
            expires_at: tokens.expires_at,
        };
        let new = self.beside("new");
        let mut file = private_file().create(true).truncate(true).open(&new)?;
        file.write_all(serde_json::to_string(&stored)?.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, &self.path)
    }

    /// A file in the same folder, its name the store's with an ending.
    fn beside(&self, ending: &str) -> PathBuf {
        let mut name = self.path.file_name().unwrap_or_default().to_os_string();
        name.push(".");
        name.push(ending);
        self.path.with_file_name(name)
    }
}

fn invalid(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// For the user's eyes only: mode 0600.
fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Mode 0700, for folders that are not there yet.
fn make_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{TokenStore, Tokens};
    use secrecy::ExposeSecret;
    use std::path::PathBuf;

    fn folder(name: &str) -> PathBuf {
        let unique = format!("amocrm-store-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(unique);
        let _ = std::fs::remove_dir_all(&folder);
        folder
    }

    fn store(folder: &std::path::Path) -> TokenStore {
        TokenStore::new(folder.join("a").join("t.json"), "https://x".to_owned(), "id".to_owned())
    }

    #[test]
    fn what_was_written_is_read_and_no_file_is_no_tokens() {
        let folder = folder("roundtrip");
        let store = store(&folder);
        assert!(store.read().unwrap().is_none());
        let _lock = store.lock().unwrap();
        store.write(&Tokens::lasting("acc".to_owned(), "ref".to_owned(), 86400)).unwrap();
        let tokens = store.read().unwrap().unwrap();
        assert_eq!(tokens.access_token.expose_secret(), "acc");
        assert_eq!(tokens.refresh_token.expose_secret(), "ref");
        assert!(tokens.are_fresh());
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn tokens_are_renewed_five_minutes_before_they_end() {
        let lasting = |seconds| Tokens::lasting(String::new(), String::new(), seconds);
        assert!(lasting(310).are_fresh());
        assert!(!lasting(290).are_fresh());
    }

    #[cfg(unix)]
    #[test]
    fn only_the_user_may_look() {
        use std::os::unix::fs::PermissionsExt;
        let folder = folder("mode");
        let store = store(&folder);
        let _lock = store.lock().unwrap();
        store.write(&Tokens::lasting("acc".to_owned(), "ref".to_owned(), 1)).unwrap();
        let mode =
            |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder.join("a")), 0o700);
        assert_eq!(mode(&folder.join("a").join("t.json")), 0o600);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_file_of_another_account_or_of_something_else_is_refused() {
        let folder = folder("foreign");
        let ours = store(&folder);
        let _lock = ours.lock().unwrap();
        ours.write(&Tokens::lasting("acc".to_owned(), "ref".to_owned(), 1)).unwrap();
        let path = folder.join("a").join("t.json");
        let other = TokenStore::new(path.clone(), "https://y".to_owned(), "id".to_owned());
        assert!(other.read().unwrap_err().to_string().contains("another account"));
        std::fs::write(&path, "secret-token").unwrap();
        let error = ours.read().unwrap_err().to_string();
        assert!(!error.contains("secret-token"), "{error}");
        std::fs::remove_dir_all(folder).unwrap();
    }
}
