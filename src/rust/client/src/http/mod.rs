//! A request goes out when the rate limit allows, its answer is read to its end,
//! and it is said whether to try again.
//!
//! May use: the files that `lib.rs` lists first.

pub mod attempts;
mod client;
pub mod connections;
mod departure;
pub mod error_body;
pub mod rate_limiter;
pub mod retry;
pub mod shared_budget;

pub use client::{Http, NoReply, Reply, Request, WHOLE_ANSWER};
