//! The account: made up out of a seed, kept in tables, changed by what
//! happens in it. Nothing here knows of HTTP or of how an API spells things.

pub mod account;
pub mod calendar;
pub mod change;
pub mod content;
pub mod deals;
pub mod element;
pub mod entity;
pub mod event;
pub mod funnel;
pub mod incoming;
pub mod kind;
pub mod lazy;
pub mod links;
pub mod list;
pub mod names;
pub mod note;
pub mod note_type;
pub mod products;
pub mod random;
pub mod scenario;
pub mod schedule;
pub mod settings;
pub mod store;
pub mod table;
pub mod talk;
pub mod task;
#[cfg(test)]
mod tests;
pub mod text;
pub mod transaction;
pub mod values;

pub use account::Account;
pub use content::Content;
pub use entity::Entity;
pub use event::Event;
pub use funnel::Stage;
pub use incoming::Incoming;
pub use kind::Kind;
pub use list::List;
pub use note::Note;
pub use note_type::NoteType;
pub use random::Rng;
pub use settings::{Field, SETTINGS, User};
pub use store::Store;
pub use table::{Row, Table, clamped};
pub use task::Task;
pub use transaction::Transaction;
pub use values::Filled;
