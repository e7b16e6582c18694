//! Parameters that several lists of API v4 share.

use super::problem::Invalid;
use crate::query::Query;

/// A span of time in epoch seconds, both ends within.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    from: Option<u64>,
    to: Option<u64>,
}

/// Which way round a list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Rising,
    Falling,
}

impl Direction {
    /// What rises, in this direction.
    pub fn walk<'a, T>(
        self,
        rising: impl DoubleEndedIterator<Item = T> + 'a,
    ) -> Box<dyn Iterator<Item = T> + 'a> {
        match self {
            Self::Rising => Box::new(rising),
            Self::Falling => Box::new(rising.rev()),
        }
    }
}

impl Span {
    /// Reads `filter[name][from]` and `[to]`, a single value, which is where
    /// the span begins, or the old spelling `from,to`.
    pub fn read(query: &Query, name: &str) -> Result<Self, Invalid> {
        let whole = format!("filter[{name}]");
        let wrong =
            || Invalid::shape(format!("filter.{name}"), "This value should be of type int.");
        let time = |text: Option<&str>| match text.map(str::trim) {
            None | Some("") => Ok(None),
            Some(text) => text.parse().map(Some).map_err(|_| wrong()),
        };
        let single = query.value(&whole);
        let (first, second) = match single.and_then(|text| text.split_once(',')) {
            Some((first, second)) => (Some(first), Some(second)),
            None => (single, None),
        };
        let from = query.value(&format!("{whole}[from]")).or(first);
        let to = query.value(&format!("{whole}[to]")).or(second);
        Ok(Self { from: time(from)?, to: time(to)? })
    }

    /// The first and the last moment.
    pub fn ends(&self) -> (u64, u64) {
        (self.from.unwrap_or(0), self.to.unwrap_or(u64::MAX))
    }

    /// Whether it is all of time.
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a moment lies within.
    pub fn holds(&self, moment: u64) -> bool {
        let (from, to) = self.ends();
        (from..=to).contains(&moment)
    }
}

/// The numbers of `filter[name]`, in any spelling of a list.
pub fn numbers(query: &Query, name: &str) -> Result<Vec<u64>, Invalid> {
    let key = format!("filter[{name}]");
    let numbers = query.list(&key).map(|text| {
        text.parse().map_err(|_| {
            Invalid::shape(format!("filter.{name}"), "This value should be of type int.")
        })
    });
    numbers.collect()
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

/// The texts of `filter[name]`, in any spelling of a list.
pub fn texts(query: &Query, name: &str) -> Vec<String> {
    query.list(&format!("filter[{name}]")).map(str::to_owned).collect()
}

/// Whether a value passes a filter, which it does if there is none.
pub fn within<T: PartialEq>(list: &[T], value: &T) -> bool {
    list.is_empty() || list.contains(value)
}

/// Reads `order[key]=asc` or `desc`, where `key` is one of `keys`.
pub fn order(
    query: &Query,
    keys: &[&'static str],
) -> Result<Option<(&'static str, Direction)>, Invalid> {
    let Some((key, direction)) = query.members("order").next() else {
        return Ok(None);
    };
    let path = || Invalid::choice(format!("order.{key}"));
    let key = keys.iter().find(|known| **known == key).ok_or_else(path)?;
    match direction.to_ascii_lowercase().as_str() {
        "asc" => Ok(Some((key, Direction::Rising))),
        "desc" => Ok(Some((key, Direction::Falling))),
        _ => Err(path()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn query(raw: &str) -> Query {
        Query::parse(raw.as_bytes())
    }

    fn held(raw: &str) -> Vec<u64> {
        let span = Span::read(&query(raw), "at").unwrap();
        (0..6).filter(|moment| span.holds(*moment)).collect()
    }

    #[test]
    fn a_span_has_its_ends_within_and_may_lack_either() {
        assert_eq!(held("filter[at][from]=2&filter[at][to]=4"), [2, 3, 4]);
        assert_eq!(held("filter%5Bat%5D%5Bto%5D=1"), [0, 1]);
        assert_eq!(held("filter[at]=4"), [4, 5]);
        assert_eq!(held("filter[at]=1,2"), [1, 2]);
        assert_eq!(held("filter[at]=").len(), 6);
    }

    #[test]
    fn what_is_no_number_is_refused() {
        assert!(Span::read(&query("filter[at][from]=monday"), "at").is_err());
        assert!(numbers(&query("filter[id][]=1&filter[id][]=x"), "id").is_err());
        assert_eq!(numbers(&query("filter[id]=1,2"), "id").unwrap(), [1, 2]);
    }

    #[test]
    fn eleven_are_too_many_where_few_are_allowed() {
        assert!(few(&query("filter[id]=1,2,3,4,5,6,7,8,9,10"), "id").is_ok());
        assert!(few(&query("filter[id]=1,2,3,4,5,6,7,8,9,10,11"), "id").is_err());
    }

    #[test]
    fn only_known_orders_in_known_directions_are_taken() {
        let read = |raw| order(&query(raw), &["id"]);
        assert_eq!(read("").unwrap(), None);
        assert_eq!(read("order[id]=ASC").unwrap(), Some(("id", Direction::Rising)));
        assert_eq!(read("order[id]=desc").unwrap(), Some(("id", Direction::Falling)));
        assert!(read("order[id]=up").is_err() && read("order[name]=asc").is_err());
    }
}
