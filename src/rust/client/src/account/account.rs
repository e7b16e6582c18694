//! An account, and what is kept of it from call to call: its rate limiter, its
//! session, its time zone.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::cookie::Jar;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::account::time_zone::Zone;
use crate::account::token_store::Tokens;
use crate::account::{rate_file, token};
use crate::error::Error;
use crate::http::Http;
use crate::http::connections::Connections;
use crate::http::rate_limiter::RateLimiter;
use crate::progress::{JobWarning, Progress};
use crate::sync::lock;

/// A session lasts 15 minutes (docs/api-v2.md, Session). It is renewed a little
/// earlier.
const SESSION_LIFE: Duration = Duration::from_secs(14 * 60);

/// Credentials. Secrets can't be printed.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// A user's e-mail and API key: `USER_LOGIN` and `USER_HASH`.
    Key {
        /// The e-mail.
        email: String,
        /// The API key.
        apikey: SecretString,
    },
    /// A long-lived token.
    Token(SecretString),
    /// An OAuth integration, with its tokens in a file.
    OAuth(Integration),
}

/// An OAuth integration (docs/api-v4.md, OAuth).
#[derive(Clone, Debug)]
pub struct Integration {
    /// The integration's id.
    pub client_id: String,
    /// Its secret key.
    pub client_secret: SecretString,
    /// Its redirect URI, exactly as set in amoCRM.
    pub redirect_uri: String,
    /// An authorization code that has not been used yet.
    pub code: Option<SecretString>,
    /// Where the tokens are kept.
    pub token_file: PathBuf,
}

impl Credentials {
    /// Refuses texts that can't be sent in a header or a form, such as a token with
    /// a line break.
    ///
    /// # Errors
    /// [`Error::Input`].
    pub fn check(&self) -> Result<(), Error> {
        let texts: Vec<(&'static str, &str)> = match self {
            Credentials::Key { email, apikey } => {
                vec![("email", email), ("apikey", apikey.expose_secret())]
            }
            Credentials::Token(token) => vec![("access_token", token.expose_secret())],
            Credentials::OAuth(ours) => {
                let code = ours.code.as_ref().map_or("", ExposeSecret::expose_secret);
                vec![
                    ("client_id", &ours.client_id),
                    ("client_secret", ours.client_secret.expose_secret()),
                    ("redirect_uri", &ours.redirect_uri),
                    ("code", code),
                ]
            }
        };
        match texts.into_iter().find(|(_, text)| text.contains(char::is_control)) {
            None => Ok(()),
            Some((argument, _)) => Err(Error::Input {
                argument,
                message: format!("`{argument}` has a control character in it"),
            }),
        }
    }

    /// What the speed limit is for: the integration or, with a key, the user.
    fn integration(&self) -> String {
        match self {
            Credentials::Key { email, .. } => email.clone(),
            Credentials::Token(token) => {
                token::integration(token.expose_secret()).unwrap_or_default()
            }
            Credentials::OAuth(ours) => ours.client_id.clone(),
        }
    }

    fn equal(&self, other: &Credentials) -> bool {
        let same = |ours: &SecretString, theirs: &SecretString| {
            ours.expose_secret() == theirs.expose_secret()
        };
        match (self, other) {
            (
                Credentials::Key { email, apikey },
                Credentials::Key { email: their_email, apikey: their_apikey },
            ) => email == their_email && same(apikey, their_apikey),
            (Credentials::Token(ours), Credentials::Token(theirs)) => same(ours, theirs),
            (Credentials::OAuth(ours), Credentials::OAuth(theirs)) => {
                ours.client_id == theirs.client_id
                    && ours.token_file == theirs.token_file
                    && same(&ours.client_secret, &theirs.client_secret)
                    && ours.code.as_ref().map(ExposeSecret::expose_secret)
                        == theirs.code.as_ref().map(ExposeSecret::expose_secret)
            }
            _ => false,
        }
    }
}

/// Which of amoCRM's APIs a call uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Api {
    /// The old one. Tables have the shape of its rows.
    V2,
    /// Today's.
    V4,
}

impl Api {
    /// `v2` or `v4`.
    pub fn name(self) -> &'static str {
        match self {
            Api::V2 => "v2",
            Api::V4 => "v4",
        }
    }
}

/// One account, used with one set of credentials.
pub struct Account {
    /// Its URL.
    pub base: Url,
    /// The credentials.
    pub credentials: Credentials,
    /// Session cookies.
    pub jar: Arc<Jar>,
    /// Shared by all calls to this account.
    pub limiter: Arc<RateLimiter>,
    /// Held while logging in, so that many requests log in once.
    pub login: tokio::sync::Mutex<Login>,
    connections: Mutex<Option<Connections>>,
    zone: Mutex<Option<Zone>>,
    api: Mutex<Option<Api>>,
}

/// The session that the cookies in the jar belong to, or the OAuth tokens.
#[derive(Debug, Default)]
pub struct Login {
    /// Counts log-ins and refreshes: a request sees whether there was one since it
    /// was signed.
    pub number: u64,
    /// The OAuth tokens in use.
    pub tokens: Option<Tokens>,
    at: Option<Instant>,
}

impl Login {
    /// Whether the session is expected to be valid still.
    pub fn is_fresh(&self) -> bool {
        self.at.is_some_and(|at| at.elapsed() < SESSION_LIFE)
    }

    /// A log-in succeeded just now.
    pub fn succeeded(&mut self) {
        self.number += 1;
        self.at = Some(Instant::now());
    }
}

impl Account {
    /// The account at `base`, with what earlier calls of this process with the same
    /// credentials learnt.
    pub fn shared(base: Url, credentials: Credentials) -> Arc<Account> {
        let mut known = lock(&KNOWN);
        let accounts = known.get_or_insert_with(HashMap::new);
        // A forked child starts afresh: locks may have been held by threads
        // that it does not have.
        let key = (std::process::id(), base.to_string());
        let earlier = accounts.get(&key);
        if let Some(account) = earlier.filter(|account| account.credentials.equal(&credentials)) {
            return Arc::clone(account);
        }
        let limiter = earlier.map_or_else(
            || Arc::new(RateLimiter::new(crate::http::rate_limiter::ALLOWED)),
            |account| Arc::clone(&account.limiter),
        );
        let account = Arc::new(Account {
            base,
            credentials,
            jar: Arc::new(Jar::default()),
            limiter,
            login: tokio::sync::Mutex::default(),
            connections: Mutex::new(None),
            zone: Mutex::new(None),
            api: Mutex::new(None),
        });
        accounts.insert(key, Arc::clone(&account));
        account
    }

    /// Shares the speed limit with other processes, by a file in `folder`, or no longer.
    pub fn share_rate(&self, folder: Option<&Path>, progress: &Progress) {
        let path = folder
            .map(|folder| rate_file::path(folder, &self.base, &self.credentials.integration()));
        if let Err(why) = self.limiter.share(path, rate_file::open) {
            progress.warn(JobWarning::Unshared(why));
        }
    }

    /// The connections to it, which all calls share.
    ///
    /// # Errors
    /// [`Error::System`] when TLS can't be set up or there are no threads.
    fn connections(&self) -> Result<Connections, Error> {
        let mut known = lock(&self.connections);
        let connections = Connections::renewed(known.as_ref(), &self.base, &self.jar)?;
        *known = Some(connections.clone());
        Ok(connections)
    }

    /// Sends the requests of one job to the account. The server may be silent for
    /// `timeout`.
    ///
    /// # Errors
    /// [`Error::System`] when TLS can't be set up or there are no threads.
    pub fn http(&self, timeout: Duration, progress: Arc<Progress>) -> Result<Http, Error> {
        let connections = self.connections()?;
        let limiter = Arc::clone(&self.limiter);
        Ok(Http::new(connections, self.base.clone(), limiter, timeout, progress))
    }

    /// The time zone, once a call has learnt it.
    pub fn zone(&self) -> Option<Zone> {
        lock(&self.zone).clone()
    }

    /// The API that answers, once a call has found out.
    pub fn api(&self) -> Option<Api> {
        *lock(&self.api)
    }

    /// Remembers which API answers.
    pub fn learn_api(&self, api: Api) {
        *lock(&self.api) = Some(api);
    }

    /// Remembers the time zone.
    pub fn learn_zone(&self, zone: &Zone) {
        *lock(&self.zone) = Some(zone.clone());
    }
}

type Known = HashMap<(u32, String), Arc<Account>>;

/// Accounts that this process has asked. Only the thread that starts jobs
/// takes the lock, and only for a moment.
static KNOWN: Mutex<Option<Known>> = Mutex::new(None);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Account, Credentials, Integration};
    use crate::error::Error;
    use std::sync::Arc;
    use url::Url;

    fn account(host: &str, key: &str) -> Arc<Account> {
        let credentials =
            Credentials::Key { email: "a@b.ru".to_owned(), apikey: key.to_owned().into() };
        Account::shared(Url::parse(host).unwrap(), credentials)
    }

    #[test]
    fn a_session_is_shared_only_by_equal_credentials_and_the_speed_limit_by_all() {
        let first = account("http://127.0.0.1:1", "right");
        assert!(Arc::ptr_eq(&first, &account("http://127.0.0.1:1", "right")));
        let other = account("http://127.0.0.1:1", "wrong");
        assert!(!Arc::ptr_eq(&first, &other));
        assert!(Arc::ptr_eq(&first.limiter, &other.limiter));
        assert!(!Arc::ptr_eq(&first.limiter, &account("http://127.0.0.1:2", "right").limiter));
    }

    #[test]
    fn credentials_with_control_characters_are_refused_by_the_name_of_the_piece() {
        let refused = |credentials: Credentials| match credentials.check() {
            Err(Error::Input { argument, message }) => {
                assert!(!message.contains("s3cr3t"), "{message}");
                Some(argument)
            }
            _ => None,
        };
        let key = |email: &str, apikey: &str| Credentials::Key {
            email: email.to_owned(),
            apikey: apikey.to_owned().into(),
        };
        let oauth = |secret: &str, code: Option<&str>| {
            Credentials::OAuth(Integration {
                client_id: "id".to_owned(),
                client_secret: secret.to_owned().into(),
                redirect_uri: "https://example.com".to_owned(),
                code: code.map(|code| code.to_owned().into()),
                token_file: "tokens.json".into(),
            })
        };
        assert_eq!(refused(Credentials::Token("s3cr3t".to_owned().into())), None);
        for bad in ["s3cr3t\n", "s3c\r3t", "\u{1b}s3cr3t", "s3cr3t\u{7f}", "s3\u{85}cr3t"] {
            assert_eq!(refused(Credentials::Token(bad.to_owned().into())), Some("access_token"));
            assert_eq!(refused(key("a@b.ru", bad)), Some("apikey"));
            assert_eq!(refused(key(bad, "key")), Some("email"));
            assert_eq!(refused(oauth(bad, None)), Some("client_secret"));
            assert_eq!(refused(oauth("secret", Some(bad))), Some("code"));
        }
    }

    #[test]
    fn debug_output_of_credentials_hides_the_key() {
        let shown = format!("{:?}", account("http://127.0.0.1:3", "s3cr3t-key").credentials);
        assert!(!shown.contains("s3cr3t"), "{shown}");
    }
}
