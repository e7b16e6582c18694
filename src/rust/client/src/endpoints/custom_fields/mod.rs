//! `AmoCustomFields()`: the custom fields of each kind of entity, and the
//! choices of those that have some (docs/contract.md, Tables of custom fields).

mod tables;
mod v2;
mod v4;

use futures_util::future::{BoxFuture, FutureExt};

use crate::account::Api;
use crate::endpoints::parameters::V4_LIMIT;
use crate::error::Error;
use crate::paging::{Pages, Paging};
use crate::query::{Context, Query, Tables};

pub use tables::{ENTITIES, ENUMS, FIELDS, FieldTables};
pub use v2::read_document;
pub use v4::{field_type, read_fields};

/// The custom fields of an account.
pub struct CustomFieldsQuery {
    /// What has come of each of [`ENTITIES`].
    pages: [Pages<FieldTables>; 4],
}

impl Default for CustomFieldsQuery {
    fn default() -> Self {
        CustomFieldsQuery {
            pages: ENTITIES.map(|_| Pages::new(Paging::Numbered, V4_LIMIT, FieldTables::default())),
        }
    }
}

impl Query for CustomFieldsQuery {
    fn read<'q>(&'q self, context: &'q Context) -> BoxFuture<'q, Result<(), Error>> {
        match context.api {
            Api::V2 => v2::read(&self.pages, context).boxed(),
            Api::V4 => v4::read(&self.pages, context).boxed(),
        }
    }

    /// Two tables for each kind of entity that has fields.
    fn tables(&self) -> Tables {
        let mut tables = Tables::new();
        for (entity, pages) in ENTITIES.iter().zip(&self.pages) {
            let FieldTables { fields, enums } = pages.take().unwrap_or_default();
            if fields.rows() > 0 {
                tables.push((format!("custom_fields_{entity}"), fields));
                tables.push((format!("custom_fields_{entity}_enum"), enums));
            }
        }
        tables
    }
}
