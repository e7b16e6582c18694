//! Why a sandbox can't start.

/// What can go wrong while a sandbox starts.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The socket or the threads could not be had.
    #[error("the sandbox can't listen: {0}")]
    Io(#[from] std::io::Error),
    /// `Config::timezone` is not an Olson name.
    #[error("unknown time zone \"{0}\"")]
    Timezone(String),
    /// `Config::now` is too long ago or too far away for ids and times.
    #[error("now must be in the years 2000 to 2100, not at {0} seconds since 1970")]
    Now(u64),
    /// `Config::rate` is negative or not a number.
    #[error("the rate must be 0 or more requests a second, not {0}")]
    Rate(f64),
    /// `Config::notes` asks for more rows than ids can number.
    #[error("at most {most} notes of a kind, not {asked}")]
    TooManyNotes {
        /// Rows asked for.
        asked: u64,
        /// Rows that are possible.
        most: u64,
    },
    /// `Config::lists` asks for more rows than ids can number.
    #[error("at most {most} rows of a list, not {asked}")]
    TooManyRows {
        /// Rows asked for.
        asked: u64,
        /// Rows that are possible.
        most: u64,
    },
    /// `Config::items` or `Config::list_items` holds something other than rows.
    #[error("the recorded {name} can't be read: {source}")]
    Items {
        /// Which rows are meant, such as `lead notes` or `leads`.
        name: String,
        /// What the JSON reader found.
        source: serde_json::Error,
    },
    /// Something can't happen to an entity or another thing.
    #[error("{change} can't happen to the {subject} {id}")]
    Change {
        /// Name of the change.
        change: &'static str,
        /// Name of what it is.
        subject: &'static str,
        /// Its id, which there may not be.
        id: u64,
    },
}
