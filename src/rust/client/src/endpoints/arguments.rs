//! What a call asks for, as R writes it: texts by name.

use std::collections::HashMap;

use crate::account::time_zone::Moment;
use crate::error::Error;

/// The arguments of a call. One that is not set has no values.
#[derive(Clone, Debug, Default)]
pub struct Arguments(HashMap<String, Vec<String>>);

impl Arguments {
    /// Gives an argument these values.
    #[must_use]
    pub fn set<T: ToString>(mut self, name: &str, values: impl IntoIterator<Item = T>) -> Self {
        let values = values.into_iter().map(|value| value.to_string()).collect();
        self.0.insert(name.to_owned(), values);
        self
    }

    /// The values of an argument.
    pub fn texts(&self, name: &str) -> &[String] {
        self.0.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// Its first value.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.texts(name).first().map(String::as_str)
    }

    /// Whether it is TRUE.
    pub fn flag(&self, name: &str) -> bool {
        self.text(name) == Some("TRUE")
    }

    /// Its values as ids.
    ///
    /// # Errors
    /// [`Error::Input`] for what is no whole number.
    pub fn ids(&self, name: &'static str) -> Result<Vec<u64>, Error> {
        let unreadable = |text: &String| bad(name, &format!("is not a whole number: {text}"));
        self.texts(name).iter().map(|text| text.parse().map_err(|_| unreadable(text))).collect()
    }

    /// Its first value as a moment: a wall-clock text, or seconds since 1970 after `@`.
    ///
    /// # Errors
    /// [`Error::Input`] for what is no time.
    pub fn moment(&self, name: &'static str) -> Result<Option<Moment>, Error> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let moment = match text.strip_prefix('@') {
            Some(epoch) => epoch.parse().ok().map(Moment::Epoch),
            None => Moment::local_time(text),
        };
        moment.map(Some).ok_or_else(|| bad(name, &format!("is not a time: {text}")))
    }

    /// Its first value as seconds since 1970; parts of a second are left out.
    ///
    /// # Errors
    /// [`Error::Input`] for what is no number.
    #[allow(clippy::cast_possible_truncation)]
    pub fn seconds(&self, name: &'static str) -> Result<Option<i64>, Error> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let seconds = text.parse().ok().filter(|seconds: &f64| seconds.is_finite());
        let unreadable = || bad(name, &format!("is not a number of seconds: {text}"));
        seconds.map(|seconds| Some(seconds.floor() as i64)).ok_or_else(unreadable)
    }

    /// Rows that one request asks for at most.
    ///
    /// # Errors
    /// [`Error::Input`] for what is no count.
    pub fn limit(&self) -> Result<u32, Error> {
        let text = self.text("limit").unwrap_or_default();
        text.parse().map_err(|_| bad("limit", &format!("is not a count: {text}")))
    }

    /// The error for an argument with a value that does not exist.
    pub fn unknown(&self, name: &'static str) -> Error {
        bad(name, &format!("is unknown: {}", self.text(name).unwrap_or_default()))
    }
}

fn bad(argument: &'static str, problem: &str) -> Error {
    Error::Input { argument, message: format!("`{argument}` {problem}") }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::Arguments;
    use crate::account::time_zone::Moment;

    #[test]
    fn what_is_not_set_has_no_values() {
        let none = Arguments::default();
        assert!(none.texts("id").is_empty() && none.ids("id").unwrap().is_empty());
        assert!(none.text("query").is_none() && none.moment("from").unwrap().is_none());
        assert!(!none.flag("active") && none.limit().is_err());
    }

    #[test]
    fn values_are_read_and_unreadable_ones_are_told() {
        let set = Arguments::default()
            .set("limit", [500])
            .set("id", ["7", "007"])
            .set("active", ["TRUE"])
            .set("from", ["@10"])
            .set("to", ["soon"]);
        assert_eq!((set.limit().unwrap(), set.ids("id").unwrap()), (500, vec![7, 7]));
        assert!(set.flag("active"));
        let seconds = |text| Arguments::default().set("since", [text]).seconds("since");
        assert_eq!((seconds("10").unwrap(), seconds("10.9").unwrap()), (Some(10), Some(10)));
        assert!(seconds("NaN").is_err() && seconds("soon").is_err());
        assert!(matches!(set.moment("from").unwrap(), Some(Moment::Epoch(10))));
        for told in [set.moment("to").unwrap_err(), set.ids("to").unwrap_err()] {
            assert!(told.to_string().contains("soon"), "{told}");
        }
    }
}
