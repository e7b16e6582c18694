//! Leads, contacts, companies and customers: a table with a row for each, and
//! tables of what belongs to them (docs/contract.md, Entities), over either API.

mod filter;
mod query;
mod records;
mod request;
mod schema;
mod sums;
mod v2;
mod v4;
mod with;

pub use filter::EntityFilter;
pub use query::EntityQuery;
pub use records::{EntitySink, read_entities};
pub use request::{Entity, EntityRequest, Moments};
