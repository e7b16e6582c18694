//! What can go wrong, as data. R turns it into conditions (R/conditions.R).

use std::time::Duration;

/// The request that failed, and its answer. Never holds a query string.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct At {
    /// Method and path, such as `GET /api/v2/notes`.
    pub endpoint: String,
    /// HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// The answer's `X-Request-Id`, to quote to amoCRM's support.
    pub request_id: Option<String>,
}

/// Every failure of this crate.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum Error {
    /// An argument is wrong; nothing was sent.
    #[error("{message}")]
    Input {
        /// The R argument.
        argument: &'static str,
        /// What is wrong with it.
        message: String,
    },
    /// The server does not accept the credentials.
    #[error("Auth error. Error code: {code}. {detail}")]
    Auth {
        /// amoCRM's error code, `110` for a wrong login or key (docs/api-v2.md,
        /// Error codes).
        code: String,
        /// The server's own words.
        detail: String,
        /// Where.
        at: Box<At>,
    },
    /// 403 that says so: the user or the token lacks a right.
    #[error("a right is missing: {detail}")]
    Forbidden {
        /// The server's own words.
        detail: String,
        /// Where.
        at: Box<At>,
    },
    /// Any other 403: the account or the address is blocked.
    #[error("access is blocked: {detail}")]
    Blocked {
        /// The server's own words.
        detail: String,
        /// Where.
        at: Box<At>,
    },
    /// 429 to every try.
    #[error("too many requests, {tries} tries")]
    RateLimited {
        /// How often it was tried.
        tries: u32,
        /// How long the server asked to wait, if it did.
        asked: Option<Duration>,
        /// Where.
        at: Box<At>,
    },
    /// Any other status that is not success.
    #[error("HTTP {}: {detail}", at.status.unwrap_or_default())]
    Http {
        /// The server's own words.
        detail: String,
        /// Where.
        at: Box<At>,
    },
    /// No answer in time.
    #[error("no answer within {} s, {tries} tries", allowed.as_secs_f64())]
    Timeout {
        /// The time allowed.
        allowed: Duration,
        /// Whether that is the time of a whole answer, of which a part had come.
        is_begun: bool,
        /// How often it was tried.
        tries: u32,
        /// Where.
        at: Box<At>,
    },
    /// The server can't be reached or hung up.
    #[error("{detail}, {tries} tries")]
    Network {
        /// The cause, without any URL.
        detail: String,
        /// How often it was tried.
        tries: u32,
        /// Where.
        at: Box<At>,
    },
    /// The server's certificate is not trusted; nothing was sent.
    #[error("the certificate is not trusted: {detail}")]
    Certificate {
        /// The cause.
        detail: String,
        /// Where.
        at: Box<At>,
    },
    /// The answer is not what it should be.
    #[error("{page}: {detail} (at {path})")]
    Parse {
        /// Which page, in words.
        page: String,
        /// Where in the JSON.
        path: String,
        /// What is wrong.
        detail: String,
        /// Where.
        at: Box<At>,
    },
    /// Pages are missing although everything was tried.
    #[error("missing: {}", pages.join("; "))]
    Incomplete {
        /// The pages, in words.
        pages: Vec<String>,
        /// Where.
        at: Box<At>,
    },
    /// The token file, or one beside it, can't be used.
    #[error("can't use the token file {file}: {} {detail}", problem.name())]
    TokenFile {
        /// Which file.
        file: String,
        /// Why not.
        problem: FileProblem,
        /// The message of the system, or who holds the lock.
        detail: String,
    },
    /// A table has more columns than R can hold for all of its rows.
    #[error("the table `{table}` has more than {most} columns")]
    TooWide {
        /// Its name.
        table: String,
        /// The most columns of a table.
        most: usize,
    },
    /// The machine refused something (threads, certificates).
    #[error("{0}")]
    System(String),
}

/// What is wrong with a token file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileProblem {
    /// The system refuses it.
    System,
    /// It is a link, a pipe, a folder ...
    NotRegular,
    /// It is another user's.
    NotOwn,
    /// Others can write to its folder.
    OpenFolder,
    /// Its content is something else.
    NoTokens,
    /// It is for another account.
    OtherAccount,
    /// It is for another integration.
    OtherIntegration,
    /// Another process keeps it locked.
    Locked,
}

impl FileProblem {
    /// Its name for R, which has the words.
    pub fn name(self) -> &'static str {
        match self {
            FileProblem::System => "system",
            FileProblem::NotRegular => "not_regular",
            FileProblem::NotOwn => "not_own",
            FileProblem::OpenFolder => "open_folder",
            FileProblem::NoTokens => "no_tokens",
            FileProblem::OtherAccount => "other_account",
            FileProblem::OtherIntegration => "other_integration",
            FileProblem::Locked => "locked",
        }
    }
}

impl Error {
    /// The last part of the R condition's class: `amocrm_error_<kind>`.
    pub fn kind(&self) -> &'static str {
        match self {
            Error::Input { .. } => "input",
            Error::Auth { .. } => "auth",
            Error::Forbidden { .. } => "forbidden",
            Error::Blocked { .. } => "blocked",
            Error::RateLimited { .. } => "rate_limited",
            Error::Http { .. } => "http",
            Error::Timeout { .. } => "timeout",
            Error::Network { .. } | Error::Certificate { .. } => "network",
            Error::Parse { .. } => "parse",
            Error::Incomplete { .. } => "incomplete",
            Error::TooWide { .. } => "too_wide",
            Error::TokenFile { .. } | Error::System(_) => "system",
        }
    }

    /// Where it happened, if it was on the wire.
    pub fn at(&self) -> Option<&At> {
        match self {
            Error::Input { .. }
            | Error::TokenFile { .. }
            | Error::TooWide { .. }
            | Error::System(_) => None,
            Error::Auth { at, .. }
            | Error::Forbidden { at, .. }
            | Error::Blocked { at, .. }
            | Error::RateLimited { at, .. }
            | Error::Http { at, .. }
            | Error::Timeout { at, .. }
            | Error::Network { at, .. }
            | Error::Certificate { at, .. }
            | Error::Parse { at, .. }
            | Error::Incomplete { at, .. } => Some(at),
        }
    }
}
