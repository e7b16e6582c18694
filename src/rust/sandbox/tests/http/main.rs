//! What the sandbox says over HTTP, asked with an ordinary client.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "these are tests")]

mod account;
mod changes;
mod client;
mod faults;
mod limits;
mod lists;
mod login;
mod notes;
mod oauth;
mod recorded;
mod rows;
mod server;
mod v4;
