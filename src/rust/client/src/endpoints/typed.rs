//! Tables that are text as in amocrm 0.1.0, with a type for each column where a call asks
//! for it (docs/contract.md, Typed columns). Which type is a matter of the column's name,
//! not of its values.

use futures_util::future::BoxFuture;

use crate::account::Api;
use crate::endpoints::arguments::Arguments;
use crate::endpoints::notes::NOTES;
use crate::endpoints::{incoming_leads, transactions};
use crate::error::Error;
use crate::query::{Context, Query, Tables, Warning};
use crate::table::Schema;

#[rustfmt::skip]
static TYPED_NOTES: Schema = Schema {
    base: NOTES.base,
    keys: NOTES.keys,
    ids: NOTES.ids,
    times: &["created_at", "updated_at", "params.delivery.time"],
    integers: &[
        "responsible_user_id", "created_by", "account_id", "group_id", "element_id",
        "linked_talk_contact_id", "params.STATUS_OLD", "params.STATUS_NEW",
        "params.PIPELINE_ID_OLD", "params.PIPELINE_ID_NEW", "params.LOSS_REASON_ID",
        "params.MAIN_USER_ID_OLD", "params.MAIN_USER_ID_NEW", "params.DURATION",
        "params.attach_cnt", "params.lead_id", "params.link.id", "params.transaction_id",
        "params.talk_id", "params.longitude", "params.latitude",
    ],
    logicals: &[
        "is_editable", "params.private", "params.income", "params.is_drive_attachment",
        "params.is_error",
    ],
    ..Schema::TEXT
};

static TYPED_TRANSACTIONS: Schema = Schema {
    base: transactions::SCHEMA.base,
    keys: transactions::SCHEMA.keys,
    times: &["created_at", "updated_at", "date"],
    time_endings: transactions::SCHEMA.time_endings,
    integers: &["id", "created_by", "account_id", "updated_by", "price", "customer_id"],
    logicals: &["is_deleted"],
    ..Schema::TEXT
};

static TYPED_INCOMING_LEADS: Schema = Schema {
    base: incoming_leads::SCHEMA.base,
    keys: incoming_leads::SCHEMA.keys,
    times: incoming_leads::SCHEMA.times,
    time_endings: incoming_leads::SCHEMA.time_endings,
    integers: &["pipeline_id", "account_id", "incoming_lead_info.duration"],
    ..Schema::TEXT
};

/// A query whose tables get types.
pub struct TypedQuery {
    /// The query of the tables.
    pub query: Box<dyn Query>,
    /// The types.
    pub schema: &'static Schema,
}

/// The types of the tables that a call asks for.
///
/// # Errors
/// [`Error::Input`] for tables that have types in any case.
pub fn schema(arguments: &Arguments) -> Result<&'static Schema, Error> {
    match arguments.text("what") {
        Some("notes") => Ok(&TYPED_NOTES),
        Some("transactions") => Ok(&TYPED_TRANSACTIONS),
        Some("incoming_leads") => Ok(&TYPED_INCOMING_LEADS),
        _ => Err(arguments.unknown("typed")),
    }
}

impl TypedQuery {
    fn with_types(&self, mut tables: Tables) -> Tables {
        for (_, table) in &mut tables {
            table.set_types(self.schema);
        }
        tables
    }
}

impl Query for TypedQuery {
    fn read<'q>(&'q self, context: &'q Context) -> BoxFuture<'q, Result<(), Error>> {
        self.query.read(context)
    }

    fn tables(&self) -> Tables {
        self.with_types(self.query.tables())
    }

    fn batch(&self) -> Tables {
        self.with_types(self.query.batch())
    }

    fn believes_ends(&self) -> bool {
        self.query.believes_ends()
    }

    fn only_api(&self) -> Option<Api> {
        self.query.only_api()
    }

    fn better_api(&self) -> Option<Api> {
        self.query.better_api()
    }

    fn warnings(&self) -> Vec<Warning> {
        self.query.warnings()
    }
}
