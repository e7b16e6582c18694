//! The HTTP server: who is let in, how fast, what goes wrong and what was asked.
//! It asks the APIs for the rows of a reply and may use all that they use;
//! neither they nor the data know of it.

mod answer;
mod auth;
mod expiring;
mod faults;
mod form;
mod listener;
mod log;
mod oauth;
mod rate;
mod routes;
mod state;

pub use listener::Sandbox;
pub use log::Request;
