//! The names of kinds of elements: in tables, in paths of API v4, and the
//! numbers of API v2.

/// The name of an `element_type` number (docs/contract.md, Names of element
/// types).
pub fn element_type(number: &str) -> Option<&'static str> {
    match number {
        "1" => Some("contact"),
        "2" => Some("lead"),
        "3" => Some("company"),
        "12" => Some("customer"),
        _ => None,
    }
}

/// The plural of a kind of element, as paths have it.
pub fn plural(kind: &str) -> &'static str {
    match kind {
        "contact" => "contacts",
        "lead" => "leads",
        "company" => "companies",
        _ => "customers",
    }
}

/// A value as paths have it: a kind of element in the plural; ids stay.
pub fn in_path(value: &str) -> &str {
    match value {
        "contact" | "lead" | "company" | "customer" => plural(value),
        other => other,
    }
}

/// A kind of element as a `'static` text.
pub fn static_kind(kind: &str) -> &'static str {
    singular(plural(kind))
}

/// The kind of element that a plural stands for. Unknown names are kept.
pub fn singular(plural: &str) -> &str {
    match plural {
        "contacts" => "contact",
        "leads" => "lead",
        "companies" => "company",
        "customers" => "customer",
        "tasks" => "task",
        "catalog_elements" => "catalog_element",
        other => other,
    }
}
