//! Reads the plain lists that R passes in.

use amocrm_client::endpoints::arguments::Arguments;
use amocrm_client::error::Error;
use extendr_api::prelude::*;

/// A named list from R, where a missing element is NULL. R has checked the
/// values; a misshapen one is a defect of the package, and an error all the same.
pub struct Spec<'l>(pub &'l List);

impl Spec<'_> {
    fn find(&self, name: &'static str) -> Robj {
        let found = self.0.iter().find(|(key, _)| *key == name);
        found.map_or_else(|| ().into(), |(_, value)| value)
    }

    /// A text.
    pub fn text(&self, name: &'static str) -> std::result::Result<String, Error> {
        let value = self.find(name);
        value.as_str().map(str::to_owned).ok_or_else(|| misshapen(name))
    }

    /// A text, or None for NULL.
    pub fn optional_text(&self, name: &'static str) -> std::result::Result<Option<String>, Error> {
        if self.find(name).is_null() { Ok(None) } else { self.text(name).map(Some) }
    }

    /// A vector of texts; NULL is empty.
    pub fn texts(&self, name: &'static str) -> std::result::Result<Vec<String>, Error> {
        let value = self.find(name);
        if value.is_null() {
            return Ok(Vec::new());
        }
        value.as_string_vector().ok_or_else(|| misshapen(name))
    }

    /// A list.
    pub fn list(&self, name: &'static str) -> std::result::Result<List, Error> {
        self.find(name).as_list().ok_or_else(|| misshapen(name))
    }

    /// All elements but some, as texts.
    pub fn arguments(&self, without: &[&str]) -> std::result::Result<Arguments, Error> {
        let mut arguments = self.0.iter().filter(|(name, _)| !without.contains(name));
        arguments.try_fold(Arguments::default(), |arguments, (name, value)| {
            let texts = texts_of(&value).ok_or_else(|| misshapen("arguments"))?;
            Ok(arguments.set(name, texts))
        })
    }

    /// A number.
    pub fn number(&self, name: &'static str) -> std::result::Result<f64, Error> {
        self.find(name).as_real().ok_or_else(|| misshapen(name))
    }

    /// A vector of numbers; NULL is empty.
    pub fn numbers(&self, name: &'static str) -> std::result::Result<Vec<f64>, Error> {
        let value = self.find(name);
        if value.is_null() {
            return Ok(Vec::new());
        }
        value.as_real_vector().ok_or_else(|| misshapen(name))
    }

    /// TRUE or FALSE.
    pub fn flag(&self, name: &'static str) -> std::result::Result<bool, Error> {
        self.find(name).as_bool().ok_or_else(|| misshapen(name))
    }

    /// A whole number that is not negative.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub fn count(&self, name: &'static str) -> std::result::Result<u64, Error> {
        let value = self.number(name)?;
        if value >= 0.0 { Ok(value as u64) } else { Err(misshapen(name)) }
    }

    /// The same, or None for NULL.
    pub fn optional_count(&self, name: &'static str) -> std::result::Result<Option<u64>, Error> {
        if self.find(name).is_null() { Ok(None) } else { self.count(name).map(Some) }
    }
}

/// Texts, one number, or TRUE or FALSE, as texts; NULL is empty.
fn texts_of(value: &Robj) -> Option<Vec<String>> {
    if value.is_null() {
        return Some(Vec::new());
    }
    let flag = || value.as_bool().map(|flag| if flag { "TRUE" } else { "FALSE" }.to_owned());
    let number = || value.as_real().map(|number| number.to_string());
    value.as_string_vector().or_else(|| flag().or_else(number).map(|text| vec![text]))
}

/// The error for what R should not have passed.
pub fn misshapen(argument: &'static str) -> Error {
    Error::Input { argument, message: format!("`{argument}` is not of the expected type") }
}
