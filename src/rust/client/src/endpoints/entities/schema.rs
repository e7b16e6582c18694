//! The columns of the tables (docs/contract.md, The main table, Linked tables).

use super::request::Entity;
use crate::endpoints::linked::{Linked, with_linked};
use crate::table::{Schema, Table};

/// What belongs to the records of an entity, in the order of the tables. The
/// elements of catalogs are there if they are asked for.
pub fn linked(entity: Entity, with_elements: bool) -> &'static [Linked] {
    use Linked::{Contacts, CustomFields, Customers, Elements, Leads, Tags};
    match entity {
        Entity::Lead | Entity::Customer if with_elements => {
            &[CustomFields, Tags, Contacts, Elements]
        }
        Entity::Lead | Entity::Customer => &[CustomFields, Tags, Contacts],
        Entity::Contact => &[CustomFields, Tags, Leads, Customers],
        Entity::Company => &[CustomFields, Tags, Leads, Contacts, Customers],
    }
}

/// The columns that the records of an entity always have.
pub fn columns(entity: Entity) -> &'static [&'static str] {
    schema(entity).base
}

/// Empty tables for all entities of an account. API v4 knows less than v2: its
/// entities have the columns of v2 in any case.
pub fn tables(linked: &[Linked], entity: Entity, with_base: bool) -> Vec<Table> {
    let table = if with_base { Table::with_base } else { Table::new };
    with_linked(table(schema(entity)), linked, Table::with_base)
}

/// What the table of an entity is made of.
pub fn schema(entity: Entity) -> &'static Schema {
    match entity {
        Entity::Lead => &LEAD,
        Entity::Contact => &CONTACT,
        Entity::Company => &COMPANY,
        Entity::Customer => &CUSTOMER,
    }
}

#[rustfmt::skip]
const CARD: Schema = Schema {
    keys: &["id"],
    ids: &["id"],
    times: &["created_at", "updated_at", "closed_at", "closest_task_at", "next_date"],
    inferred: true,
    integers: &[
        "responsible_user_id", "created_by", "account_id", "pipeline_id", "status_id",
        "updated_by", "main_contact", "group_id", "sale", "loss_reason_id", "pipeline",
        "company_id", "source_id", "next_price", "period_id", "periodicity",
    ],
    logicals: &["is_deleted", "is_price_modified_by_robot"],
    ..Schema::TEXT
};

#[rustfmt::skip]
static LEAD: Schema = Schema {
    base: &[
        "id", "name", "responsible_user_id", "created_by", "created_at", "updated_at",
        "account_id", "pipeline_id", "status_id", "updated_by", "is_deleted", "main_contact",
        "group_id", "closed_at", "closest_task_at", "is_price_modified_by_robot", "sale",
        "loss_reason_id", "pipeline", "company_id", "company_name", "loss_reason_name",
    ],
    ..CARD
};

#[rustfmt::skip]
static CONTACT: Schema = Schema {
    base: &[
        "id", "name", "first_name", "last_name", "responsible_user_id", "created_by",
        "created_at", "updated_at", "account_id", "updated_by", "group_id", "closest_task_at",
        "company_id", "company_name",
    ],
    ..CARD
};

#[rustfmt::skip]
static COMPANY: Schema = Schema {
    base: &[
        "id", "name", "responsible_user_id", "created_by", "created_at", "updated_at",
        "account_id", "updated_by", "group_id", "closest_task_at",
    ],
    ..CARD
};

#[rustfmt::skip]
static CUSTOMER: Schema = Schema {
    base: &[
        "id", "name", "responsible_user_id", "created_by", "created_at", "updated_at",
        "account_id", "updated_by", "is_deleted", "main_contact", "next_price",
        "closest_task_at", "period_id", "periodicity", "next_date", "company_id", "company_name",
    ],
    ..CARD
};
