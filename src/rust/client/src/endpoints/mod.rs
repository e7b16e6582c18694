//! What can be asked for: each table, over either API.
//!
//! May use: `query`, `paging`, `table`, `json`, `account`, `http`, and the files
//! that `lib.rs` lists first.

pub mod arguments;
mod batches;
pub mod custom_fields;
mod customers;
mod element_names;
pub mod endpoint;
pub mod entities;
pub mod groups;
pub mod incoming_leads;
pub mod linked;
pub mod list_query;
mod lists;
pub mod notes;
pub mod paged_list;
mod parameters;
pub mod pipelines;
pub mod task_types;
pub mod tasks;
#[cfg(test)]
mod testing;
pub mod transactions;
pub mod users;

use crate::error::Error;
use crate::query::{AccountQuery, Query};
use arguments::Arguments;
use endpoint::Endpoint;
use list_query::ListQuery;

pub use element_names::element_type;

/// The tables that are declared as data.
pub static ENDPOINTS: &[&Endpoint] = &[
    &groups::GROUPS,
    &incoming_leads::INCOMING_LEADS,
    &pipelines::PIPELINES,
    &task_types::TASK_TYPES,
    &tasks::TASKS,
    &transactions::TRANSACTIONS,
    &users::USERS,
];

/// The query that the argument `what` names.
///
/// # Errors
/// [`Error::Input`] for arguments that can't be read.
pub fn query(arguments: Arguments) -> Result<Box<dyn Query>, Error> {
    let what = arguments.text("what").unwrap_or_default();
    if let Some(endpoint) = ENDPOINTS.iter().find(|endpoint| endpoint.name == what) {
        return Ok(Box::new(ListQuery::new(endpoint, arguments)?));
    }
    Ok(match what {
        "account" => Box::new(AccountQuery),
        "custom_fields" => Box::<custom_fields::CustomFieldsQuery>::default(),
        "entity" => Box::new(entities::EntityQuery::new(entities::EntityRequest::new(&arguments)?)),
        "notes" => Box::new(notes::NotesQuery::new(notes::NotesRequest::new(&arguments)?)),
        _ => return Err(arguments.unknown("what")),
    })
}
