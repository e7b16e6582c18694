//! API v4.

mod account;
mod catalogs;
mod errors;
mod events;
mod kommo;
mod notes;
mod same;
mod settings;
mod tasks;
