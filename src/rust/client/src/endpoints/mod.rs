//! What can be asked for: each table, over either API.
//!
//! May use: `query`, `paging`, `table`, `json`, `account`, `http`, and the files
//! that `lib.rs` lists first.

pub mod account;
pub mod any_list;
pub mod arguments;
mod batches;
pub mod catalog_elements;
mod catalogs;
mod changes;
pub mod custom_fields;
pub mod customer_statuses;
mod customers;
mod element_names;
pub mod endpoint;
pub mod entities;
mod event_types;
pub mod events;
pub mod field_groups;
pub mod groups;
pub mod incoming_leads;
pub mod incoming_summary;
pub mod linked;
mod links;
pub mod list_query;
mod lists;
pub mod loss_reasons;
mod no_rows;
pub mod notes;
pub mod paged_list;
mod parameters;
pub mod pipelines;
pub mod roles;
pub mod segments;
pub mod sources;
pub mod tags;
pub mod talks;
pub mod task_types;
pub mod tasks;
#[cfg(test)]
mod testing;
pub mod transactions;
mod typed;
pub mod users;

use crate::error::Error;
use crate::query::{AccountQuery, Query};
use arguments::Arguments;
use changes::ChangesQuery;
use endpoint::Endpoint;
use list_query::ListQuery;
use no_rows::NoRowsQuery;
use typed::TypedQuery;

pub use element_names::element_type;

/// The tables that are declared as data.
pub static ENDPOINTS: &[&Endpoint] = &[
    &account::ACCOUNT,
    &catalog_elements::CATALOG_ELEMENTS,
    &catalogs::CATALOGS,
    &customer_statuses::CUSTOMER_STATUSES,
    &event_types::EVENT_TYPES,
    &field_groups::FIELD_GROUPS,
    &groups::GROUPS,
    &incoming_leads::INCOMING_LEADS,
    &incoming_summary::INCOMING_SUMMARY,
    &loss_reasons::LOSS_REASONS,
    &pipelines::PIPELINES,
    &roles::ROLES,
    &segments::SEGMENTS,
    &sources::SOURCES,
    &tags::TAGS,
    &talks::TALKS,
    &task_types::TASK_TYPES,
    &tasks::TASKS,
    &transactions::TRANSACTIONS,
    &users::USERS,
];

/// The query that the argument `what` names, with types where `typed` is TRUE.
///
/// # Errors
/// [`Error::Input`] for arguments that can't be read.
pub fn query(arguments: Arguments) -> Result<Box<dyn Query>, Error> {
    if arguments.flag("none") {
        return Ok(Box::new(NoRowsQuery(query(arguments.set("none", ["FALSE"]))?)));
    }
    if arguments.flag("believes_ends") {
        return Ok(Box::new(ChangesQuery(query(arguments.set("believes_ends", ["FALSE"]))?)));
    }
    if arguments.flag("typed") {
        let schema = typed::schema(&arguments)?;
        let query = query(arguments.set("typed", ["FALSE"]))?;
        return Ok(Box::new(TypedQuery { query, schema }));
    }
    let what = arguments.text("what").unwrap_or_default();
    if let Some(endpoint) = ENDPOINTS.iter().find(|endpoint| endpoint.name == what) {
        return Ok(Box::new(ListQuery::new(endpoint, arguments)?));
    }
    Ok(match what {
        "any_list" => Box::new(any_list::AnyListQuery::new(&arguments)?),
        "connection" => Box::new(AccountQuery),
        "custom_fields" => Box::<custom_fields::CustomFieldsQuery>::default(),
        "entity" => Box::new(entities::EntityQuery::new(entities::EntityRequest::new(&arguments)?)),
        "events" => {
            Box::new(events::EventsQuery::new(events::request::EventsRequest::new(&arguments)?))
        }
        "links" => Box::new(links::LinksQuery::new(arguments)?),
        "notes" => Box::new(notes::NotesQuery::new(notes::NotesRequest::new(&arguments)?)),
        _ => return Err(arguments.unknown("what")),
    })
}
