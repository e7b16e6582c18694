//! API v4.

mod account;
mod errors;
mod events;
mod kommo;
mod notes;
mod same;
mod settings;
mod tasks;
