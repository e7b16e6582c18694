//! What kind of account to play, and how.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::data::kind::{Kind, OfKinds};
use crate::data::list::{List, ListCounts};
use crate::fault::Fault;

/// How many notes of each kind the account holds.
pub type NoteCounts = OfKinds<u64>;

/// What [`crate::Sandbox::start`] needs to know.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Config {
    /// Rows to make up, per kind; at most 80 million of each.
    pub notes: NoteCounts,
    /// Rows of the other lists; at most a million of each.
    pub lists: ListCounts,
    /// Recorded rows to serve instead of made-up ones. JSON text: an array of
    /// notes, or pages `{"_embedded":{"items":[…]}}`; several documents may
    /// follow one another. Rows are served as they stand, in the given order,
    /// by API v2; v4 spells rows otherwise and has none of such a kind.
    pub items: BTreeMap<Kind, String>,
    /// The same for the other lists: API v2 serves these rows as they stand
    /// and finds them by page and id only, API v4 keeps to made-up ones.
    pub list_items: BTreeMap<List, String>,
    /// The same seed makes the same account.
    pub seed: u64,
    /// Olson name of the account's time zone, such as `Europe/Moscow`.
    pub timezone: String,
    /// The present, in seconds since 1970: the account's history ends with
    /// the last midnight before. A fixed day by default, so that the same seed
    /// makes the same account for ever.
    pub now: u64,
    /// Added to every reply.
    pub latency: Duration,
    /// Requests allowed in any second; the others get 429. 0 is no limit, a
    /// value below one allows one request in `1 / rate` seconds.
    pub rate: f64,
    /// Whether requests that were refused count against the rate, too.
    pub strict_rate: bool,
    /// Life of a login session in seconds, counted from the login.
    pub session_seconds: u64,
    /// The account's number, from 1 on.
    pub account_id: u64,
    /// Life in seconds of the access tokens that OAuth gives out.
    pub token_seconds: u64,
    /// Whether API v2 and its login still exist. If not, their paths answer
    /// 404 as any other that there isn't.
    pub v2: bool,
    /// Plays kommo.com instead of amocrm.ru: no customers in API v4, 429 as
    /// JSON that says how long to wait, 250 events a page.
    pub kommo: bool,
    /// Whether API v4 obeys the filters of its lists of leads, contacts,
    /// companies and customers. If not, it passes them over in silence.
    pub api_filter: bool,
    /// Whether the token is an administrator's, who alone may list the users.
    pub admin: bool,
    /// What goes wrong, and when.
    pub faults: Vec<Fault>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            notes: NoteCounts::each(1000),
            lists: ListCounts::default(),
            items: BTreeMap::new(),
            list_items: BTreeMap::new(),
            seed: 1,
            timezone: "Europe/Moscow".to_owned(),
            now: 1_766_955_600,
            latency: Duration::ZERO,
            rate: 0.0,
            strict_rate: false,
            session_seconds: 900,
            account_id: 28_614_203,
            token_seconds: 86_400,
            v2: true,
            kommo: false,
            api_filter: false,
            admin: true,
            faults: Vec::new(),
        }
    }
}
