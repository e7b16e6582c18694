//! The columns of the tables (docs/contract.md, The main table, Linked tables).

use super::request::Entity;
use crate::table::{Schema, Table};

/// What belongs to an entity and has a table of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linked {
    /// A row for each value of a custom field.
    CustomFields,
    /// A row for each tag.
    Tags,
    /// A row for each contact.
    Contacts,
    /// A row for each lead.
    Leads,
    /// A row for each customer.
    Customers,
    /// A row for each element of a catalog.
    Elements,
}

impl Linked {
    /// The table's name in R.
    pub fn table_name(self) -> &'static str {
        match self {
            Linked::CustomFields => "linked_custom_fields",
            Linked::Tags => "linked_tags",
            Linked::Contacts => "linked_contacts",
            Linked::Leads => "linked_leads",
            Linked::Customers => "linked_customers",
            Linked::Elements => "linked_catalog_elements",
        }
    }

    fn schema(self) -> &'static Schema {
        match self {
            Linked::CustomFields => &CUSTOM_FIELDS,
            Linked::Tags => &TAGS,
            Linked::Contacts => &CONTACTS,
            Linked::Leads => &LEADS,
            Linked::Customers => &CUSTOMERS,
            Linked::Elements => &ELEMENTS,
        }
    }
}

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
    let linked = linked.iter().map(|linked| Table::with_base(linked.schema()));
    std::iter::once(table(schema(entity))).chain(linked).collect()
}

/// Empty tables for a page.
pub fn page_tables(linked: &[Linked], entity: Entity) -> Vec<Table> {
    let linked = linked.iter().map(|linked| Table::new(linked.schema()));
    std::iter::once(Table::new(schema(entity))).chain(linked).collect()
}

fn schema(entity: Entity) -> &'static Schema {
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

#[rustfmt::skip]
const LINK: Schema = Schema {
    ids: &["id"],
    integers: &[
        "custom_field_id", "custom_field_value_id", "tag_id", "tag_idx", "contact_id",
        "contact_idx", "lead_id", "lead_idx", "customer_id", "customer_idx",
        "catalog_element_id", "catalog_id", "quantity", "price_id",
    ],
    logicals: &["custom_field_is_system"],
    ..Schema::TEXT
};

#[rustfmt::skip]
static CUSTOM_FIELDS: Schema = Schema {
    base: &[
        "id", "custom_field_id", "custom_field_name", "custom_field_is_system",
        "custom_field_value_id", "custom_field_value", "custom_field_value_subtype",
    ],
    ..LINK
};

static TAGS: Schema = Schema { base: &["id", "tag_id", "tag_name", "tag_idx"], ..LINK };

static CONTACTS: Schema = Schema { base: &["id", "contact_id", "contact_idx"], ..LINK };

static LEADS: Schema = Schema { base: &["id", "lead_id", "lead_idx"], ..LINK };

static CUSTOMERS: Schema = Schema { base: &["id", "customer_id", "customer_idx"], ..LINK };

static ELEMENTS: Schema =
    Schema { base: &["id", "catalog_element_id", "catalog_id", "quantity", "price_id"], ..LINK };
