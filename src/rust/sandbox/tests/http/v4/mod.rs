//! API v4.

mod account;
mod catalogs;
mod errors;
mod event_types;
mod events;
mod kommo;
mod links;
mod notes;
mod same;
mod settings;
mod talks;
mod tasks;
