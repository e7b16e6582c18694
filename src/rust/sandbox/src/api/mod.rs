//! What the two APIs show of the account: their lists, filters and spelling.
//! May use the data; knows nothing of the server.

pub mod app;
pub mod entity;
pub mod filter;
pub mod json;
pub mod note;
pub mod query;
pub mod recorded;
pub mod reply;
pub mod rows;
pub mod v2;
pub mod v4;
pub mod value;

pub use filter::{Filters, Getter, Order, Span};
pub(crate) use value::{Json, object};

use axum::extract::Request;
use axum::http::header::HOST;

use crate::data::Store;
use query::Query;

/// What the views of one request need to know.
pub struct Context<'a> {
    pub store: &'a Store,
    pub query: &'a Query,
    /// The path that was asked for.
    pub path: &'a str,
    /// Scheme and host as the request named them. The real service links to the
    /// account's own host; here that would lead out of this computer.
    pub site: String,
}

impl<'a> Context<'a> {
    /// For the answer to a request.
    pub fn new(store: &'a Store, request: &'a Request, query: &'a Query) -> Self {
        Self { store, query, path: request.uri().path(), site: site(request) }
    }

    /// Whether `with` asks for this part.
    pub fn asks(&self, part: &str) -> bool {
        self.query.list("with").any(|asked| asked == part)
    }

    /// What is shown only if `with` asks for it.
    pub fn part<T: Into<Json>>(&self, part: &str, value: impl FnOnce() -> T) -> Json {
        if self.asks(part) { value().into() } else { Json::Absent }
    }

    /// The account's number, which most rows repeat.
    pub fn account_id(&self) -> u64 {
        self.store.account.id
    }

    /// When the account was set up.
    pub fn made_at(&self) -> u64 {
        self.store.account.calendar.start()
    }
}

/// The parameters of a request.
pub fn query(request: &Request) -> Query {
    Query::parse(request.uri().query().unwrap_or_default().as_bytes())
}

/// The address under which the client knows us, for links.
pub fn site(request: &Request) -> String {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    format!("http://{}", host.unwrap_or("127.0.0.1"))
}
