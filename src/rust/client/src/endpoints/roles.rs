//! `AmoRoles()`: what the users of a role may do (docs/api-v4.md, Lists that administrators
//! keep).

use crate::endpoints::endpoint::{Endpoint, ListSpec, RowOf};
use crate::table::Schema;

/// The roles of users.
pub static ROLES: Endpoint = Endpoint {
    name: "roles",
    label: "roles",
    schema: &SCHEMA,
    v4: ListSpec {
        path: "/api/v4/roles",
        member: "roles",
        // Rights to single stages are a list.
        row: RowOf::Base { renamed: &[], without: &["rights.status_rights"] },
        is_for_admins: true,
        ..ListSpec::V4
    },
    ..Endpoint::DEFAULT
};

#[rustfmt::skip]
static SCHEMA: Schema = Schema {
    base: &[
        "id", "name", "rights.leads.view", "rights.leads.edit", "rights.leads.add",
        "rights.leads.delete", "rights.leads.export", "rights.contacts.view",
        "rights.contacts.edit", "rights.contacts.add", "rights.contacts.delete",
        "rights.contacts.export", "rights.companies.view", "rights.companies.edit",
        "rights.companies.add", "rights.companies.delete", "rights.companies.export",
        "rights.tasks.edit", "rights.tasks.delete", "rights.mail_access", "rights.catalog_access",
    ],
    keys: &["id"],
    ids: &["id"],
    inferred: true,
    logicals: &["rights.mail_access", "rights.catalog_access"],
    ..Schema::TEXT
};
