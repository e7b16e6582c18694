//! The tables of what belongs to records (docs/contract.md, Linked tables).

use crate::table::{Schema, Table};

/// What belongs to a record and has a table of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linked {
    /// A row for each value of a custom field.
    CustomFields,
    /// The same with the codes of fields and choices, and the numbers of values.
    CodedFields,
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
            Linked::CustomFields | Linked::CodedFields => "linked_custom_fields",
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
            Linked::CodedFields => &CODED_FIELDS,
            Linked::Tags => &TAGS,
            Linked::Contacts => &CONTACTS,
            Linked::Leads => &LEADS,
            Linked::Customers => &CUSTOMERS,
            Linked::Elements => &ELEMENTS,
        }
    }
}

/// A table, and those of what belongs to its rows.
pub fn with_linked(
    table: Table,
    linked: &[Linked],
    empty: fn(&'static Schema) -> Table,
) -> Vec<Table> {
    let linked = linked.iter().map(|linked| empty(linked.schema()));
    std::iter::once(table).chain(linked).collect()
}

#[rustfmt::skip]
const LINK: Schema = Schema {
    ids: &["id"],
    integers: &[
        "custom_field_id", "custom_field_value_id", "tag_id", "tag_idx", "contact_id",
        "contact_idx", "lead_id", "lead_idx", "customer_id", "customer_idx",
        "catalog_element_id", "catalog_id", "quantity", "price_id", "custom_field_value_idx",
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

#[rustfmt::skip]
static CODED_FIELDS: Schema = Schema {
    base: &[
        "id", "custom_field_id", "custom_field_name", "custom_field_is_system",
        "custom_field_value_id", "custom_field_value", "custom_field_value_subtype",
        "custom_field_code", "custom_field_value_code", "custom_field_value_idx",
    ],
    ..LINK
};

static TAGS: Schema = Schema { base: &["id", "tag_id", "tag_name", "tag_idx"], ..LINK };

static CONTACTS: Schema = Schema { base: &["id", "contact_id", "contact_idx"], ..LINK };

static LEADS: Schema = Schema { base: &["id", "lead_id", "lead_idx"], ..LINK };

static CUSTOMERS: Schema = Schema { base: &["id", "customer_id", "customer_idx"], ..LINK };

static ELEMENTS: Schema =
    Schema { base: &["id", "catalog_element_id", "catalog_id", "quantity", "price_id"], ..LINK };
