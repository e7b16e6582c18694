//! Who asks whom: credentials, the log-in or tokens that make a request the
//! user's, requests that are sent as that user, and what is known of an account
//! from call to call.
//!
//! May use: `http`, `json`, and the files that `lib.rs` lists first.

pub mod about;
#[allow(clippy::module_inception)]
mod account;
pub mod host;
pub mod key_login;
pub mod oauth;
mod private_file;
mod rate_file;
pub mod session;
pub mod time_zone;
pub mod token;
pub mod token_lock;
pub mod token_store;
pub mod transport;

pub use account::{Account, Api, Credentials, Integration, Login};
