//! A loopback HTTP server that plays an amoCRM account.
//!
//! [`Sandbox::start`] makes an account up out of a seed, listens on
//! 127.0.0.1 and answers as the real service does: login, sessions, tokens,
//! pages, empty answers, rate limits and, on request, its faults ([`Fault`]).
//! API v2 and API v4 show the same rows, each in its own way, so that what a
//! client makes of both can be compared. The same [`Config`] always gives the
//! same account.
//!
//! ```
//! use amocrm_sandbox::{Config, NoteCounts, Sandbox};
//!
//! let config = Config { notes: NoteCounts::each(100), ..Config::default() };
//! let sandbox = Sandbox::start(config)?;
//! assert!(sandbox.url().starts_with("http://127.0.0.1:"));
//! # Ok::<(), amocrm_sandbox::Error>(())
//! ```
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod api;
mod config;
mod data;
mod error;
mod fault;
mod server;
mod sync;

pub use config::{Config, NoteCounts};
pub use data::change::{Change, Changed, Subject};
pub use data::kind::{Kind, OfKinds};
pub use data::list::{List, ListCounts};
pub use error::Error;
pub use fault::{Action, Fault, ListFault, Place, When};
pub use server::{Request, Sandbox};
