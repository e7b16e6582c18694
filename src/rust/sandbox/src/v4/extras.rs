//! What lists of cards show only if `with` asks for it.

use crate::query::Query;

/// The parts that are asked for.
#[derive(Clone, Copy)]
#[allow(clippy::struct_excessive_bools, reason = "each is asked for by itself")]
pub struct Extras {
    pub contacts: bool,
    pub leads: bool,
    pub companies: bool,
    pub customers: bool,
    pub catalog_elements: bool,
    pub loss_reason: bool,
    pub is_price_modified_by_robot: bool,
    pub source_id: bool,
    pub source: bool,
}

impl Extras {
    /// Reads `with`.
    pub fn read(query: &Query) -> Self {
        let asked = |part| query.list("with").any(|name| name == part);
        Self {
            contacts: asked("contacts"),
            leads: asked("leads"),
            companies: asked("companies"),
            customers: asked("customers"),
            catalog_elements: asked("catalog_elements"),
            loss_reason: asked("loss_reason"),
            is_price_modified_by_robot: asked("is_price_modified_by_robot"),
            source_id: asked("source_id"),
            source: asked("source"),
        }
    }
}
