//! Parameters that several lists of API v4 share.

use super::problem::Invalid;
use crate::api::Span;
use crate::api::query::Query;

/// The texts of `filter[name]`, in any spelling of a list.
pub fn texts(query: &Query, name: &str) -> Vec<String> {
    query.list(&format!("filter[{name}]")).map(str::to_owned).collect()
}

/// The numbers of `filter[name]`, in any spelling of a list.
pub fn numbers(query: &Query, name: &str) -> Result<Vec<u64>, Invalid> {
    texts(query, name).iter().map(|text| text.parse().map_err(|_| no_number(name))).collect()
}

/// At most ten of them.
pub fn few(query: &Query, name: &str) -> Result<Vec<u64>, Invalid> {
    let numbers = numbers(query, name)?;
    if numbers.len() > 10 {
        let detail = "This collection should contain 10 elements or less.";
        return Err(Invalid::excess(format!("filter.{name}"), detail));
    }
    Ok(numbers)
}

/// What the texts of `filter[name]` stand for, all of which have to be known.
pub fn known<T>(
    query: &Query,
    name: &str,
    find: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, Invalid> {
    let texts = texts(query, name);
    let found = texts.iter().map(|text| find(text));
    found.map(|found| found.ok_or_else(|| Invalid::choice(format!("filter.{name}")))).collect()
}

/// Reads `filter[name][from]` and `[to]`, a single value, which is where the
/// span begins, or the old spelling `from,to`.
pub fn span(query: &Query, name: &str) -> Result<Span, Invalid> {
    let whole = format!("filter[{name}]");
    let time = |text: Option<&str>| match text.map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) => text
            .parse::<u64>()
            .map_err(|_| no_number(name))
            .map(|moment| i64::try_from(moment).ok()),
    };
    let single = query.value(&whole);
    let (first, second) = match single.and_then(|text| text.split_once(',')) {
        Some((first, second)) => (Some(first), Some(second)),
        None => (single, None),
    };
    let from = query.value(&format!("{whole}[from]")).or(first);
    let to = query.value(&format!("{whole}[to]")).or(second);
    Ok(Span { from: time(from)?, to: time(to)? })
}

/// Reads `order[key]=asc` or `desc`, where `key` is one of `keys`: its place
/// among them, and whether the order falls.
pub fn order(query: &Query, keys: &[&str]) -> Result<Option<(usize, bool)>, Invalid> {
    let Some((key, direction)) = query.members("order").next() else {
        return Ok(None);
    };
    let wrong = || Invalid::choice(format!("order.{key}"));
    let place = keys.iter().position(|known| *known == key).ok_or_else(wrong)?;
    match direction.to_ascii_lowercase().as_str() {
        "asc" => Ok(Some((place, false))),
        "desc" => Ok(Some((place, true))),
        _ => Err(wrong()),
    }
}

fn no_number(name: &str) -> Invalid {
    Invalid::shape(format!("filter.{name}"), "This value should be of type int.")
}
