//! One exchange with a server: a request goes out when the speed limit allows,
//! and its answer is read to its end.
//!
//! May use: the files beside the folders.

mod client;
pub mod connections;
mod departure;
pub mod error_body;
pub mod rate_limiter;
pub mod retry;

pub use client::{Http, NoReply, Reply, Request, WHOLE_ANSWER};
