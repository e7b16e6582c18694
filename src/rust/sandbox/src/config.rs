//! What kind of account to play, and how.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::fault::Fault;
use crate::kind::Kind;

/// How many notes of each kind the account holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoteCounts {
    /// Notes about contacts, in rows.
    pub contact: u64,
    /// Notes about leads, in rows.
    pub lead: u64,
    /// Notes about companies, in rows.
    pub company: u64,
    /// Results of tasks, in rows.
    pub task: u64,
    /// Notes about customers, in rows.
    pub customer: u64,
}

impl NoteCounts {
    /// The same number of rows for every kind.
    pub fn each(rows: u64) -> Self {
        Self { contact: rows, lead: rows, company: rows, task: rows, customer: rows }
    }

    /// The rows of one kind.
    pub fn get(&self, kind: Kind) -> u64 {
        match kind {
            Kind::Contact => self.contact,
            Kind::Lead => self.lead,
            Kind::Company => self.company,
            Kind::Task => self.task,
            Kind::Customer => self.customer,
        }
    }

    /// Sets the rows of one kind.
    pub fn set(&mut self, kind: Kind, rows: u64) {
        match kind {
            Kind::Contact => self.contact = rows,
            Kind::Lead => self.lead = rows,
            Kind::Company => self.company = rows,
            Kind::Task => self.task = rows,
            Kind::Customer => self.customer = rows,
        }
    }
}

/// What [`crate::Sandbox::start`] needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// Rows to make up, per kind; at most 80 million of each.
    pub notes: NoteCounts,
    /// Recorded rows to serve instead of made-up ones. JSON text: an array of
    /// notes, or pages `{"_embedded":{"items":[…]}}`; several documents may
    /// follow one another. Rows are served as they stand, in the given order,
    /// by API v2; v4 spells rows otherwise and has none of such a kind.
    pub items: BTreeMap<Kind, String>,
    /// The same seed makes the same account.
    pub seed: u64,
    /// Olson name of the account's time zone, such as `Europe/Moscow`.
    pub timezone: String,
    /// Added to every reply.
    pub latency: Duration,
    /// Requests allowed in any second; the others get 429. 0 is no limit, a
    /// value below one allows one request in `1 / rate` seconds.
    pub rate: f64,
    /// Life of a login session in seconds, counted from the login.
    pub session_seconds: u64,
    /// TCP port on 127.0.0.1; 0 takes any free one.
    pub port: u16,
    /// The e-mail that logs in.
    pub email: String,
    /// The API key that logs in; empty makes a random one.
    pub apikey: String,
    /// The account's subdomain, which its answers mention.
    pub subdomain: String,
    /// A long-lived token that is let in; empty makes a random one.
    pub access_token: String,
    /// The integration's id; empty makes a random one.
    pub client_id: String,
    /// The integration's secret; empty makes a random one.
    pub client_secret: String,
    /// The integration's redirect URI, which has to be repeated exactly.
    pub redirect_uri: String,
    /// The authorization code, which works once; empty makes a random one.
    pub code: String,
    /// Life in seconds of the access tokens that OAuth gives out.
    pub token_seconds: u64,
    /// Whether API v2 and its login still exist. If not, their paths answer
    /// 404 as any other that there isn't.
    pub v2: bool,
    /// Plays kommo.com instead of amocrm.ru: no customers in API v4, 429 as
    /// JSON that says how long to wait, 250 events a page.
    pub kommo: bool,
    /// What goes wrong, and when.
    pub faults: Vec<Fault>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            notes: NoteCounts::each(1000),
            items: BTreeMap::new(),
            seed: 1,
            timezone: "Europe/Moscow".to_owned(),
            latency: Duration::ZERO,
            rate: 0.0,
            session_seconds: 900,
            port: 0,
            email: "boss@sandbox.example".to_owned(),
            apikey: String::new(),
            subdomain: "sandbox".to_owned(),
            access_token: String::new(),
            client_id: String::new(),
            client_secret: String::new(),
            redirect_uri: "https://sandbox.example/oauth".to_owned(),
            code: String::new(),
            token_seconds: 86_400,
            v2: true,
            kommo: false,
            faults: Vec::new(),
        }
    }
}
