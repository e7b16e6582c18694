//! JSON whose members keep the order in which they were written.

use std::borrow::Cow;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use crate::data::values::Firm;

/// A value to be sent.
#[derive(Clone, Debug)]
pub enum Json {
    /// A member of an object that is not there.
    Absent,
    Null,
    Bool(bool),
    Number(u64),
    Signed(i64),
    Text(Cow<'static, str>),
    List(Vec<Json>),
    Object(Vec<(Cow<'static, str>, Json)>),
    /// Text that is JSON already.
    Raw(Box<RawValue>),
}

/// An object with these members, as in `object! { "id": 5, "name": "x" }`.
macro_rules! object {
    ($($name:literal: $value:expr),* $(,)?) => {
        $crate::api::value::Json::Object(vec![
            $((::std::borrow::Cow::Borrowed($name), $crate::api::value::Json::from($value))),*
        ])
    };
}
pub(crate) use object;

impl Json {
    /// The list of these.
    pub fn list<T: Into<Self>>(items: impl IntoIterator<Item = T>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }

    /// The object whose members have these names, spaces between them.
    pub fn shaped(names: &'static str, mut member: impl FnMut(&'static str) -> Self) -> Self {
        Self::Object(names.split(' ').map(|name| (name.into(), member(name))).collect())
    }

    /// The object with these members, whose names are numbers.
    pub fn numbered(members: impl IntoIterator<Item = (u64, Self)>) -> Self {
        let members = members.into_iter().map(|(name, value)| (name.to_string().into(), value));
        Self::Object(members.collect())
    }

    /// The object with this one member.
    pub fn member(name: &str, value: impl Into<Self>) -> Self {
        Self::Object(vec![(name.to_owned().into(), value.into())])
    }

    /// An object with one more member.
    pub fn with(mut self, name: &'static str, value: Self) -> Self {
        if let Self::Object(members) = &mut self {
            members.push((name.into(), value));
        }
        self
    }

    /// A member of an object, to be changed.
    pub fn member_mut(&mut self, name: &str) -> Option<&mut Self> {
        let Self::Object(members) = self else { return None };
        members.iter_mut().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// A member of an object, spelt as a text, if it is a number or a text.
    pub fn text(&self, name: &str) -> Option<String> {
        let Self::Object(members) = self else { return None };
        match members.iter().find(|(known, _)| known == name)? {
            (_, Self::Text(text)) => Some(text.to_string()),
            (_, Self::Number(number)) => Some(number.to_string()),
            _ => None,
        }
    }

    /// Whether it is an object all of whose members are absent.
    fn is_bare(&self) -> bool {
        match self {
            Self::Object(members) => members.iter().all(|(_, value)| matches!(value, Self::Absent)),
            _ => false,
        }
    }

    /// The same, absent if it is an object without members.
    pub fn unless_bare(self) -> Self {
        if self.is_bare() { Self::Absent } else { self }
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent | Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(value) => serializer.serialize_u64(*value),
            Self::Signed(value) => serializer.serialize_i64(*value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(members) => {
                let mut map = serializer.serialize_map(None)?;
                for (name, value) in members.iter().filter(|(_, v)| !matches!(v, Self::Absent)) {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
            Self::Raw(text) => text.serialize(serializer),
        }
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<u64> for Json {
    fn from(value: u64) -> Self {
        Self::Number(value)
    }
}

impl From<u32> for Json {
    fn from(value: u32) -> Self {
        Self::Number(value.into())
    }
}

impl From<i64> for Json {
    fn from(value: i64) -> Self {
        Self::Signed(value)
    }
}

impl From<String> for Json {
    fn from(value: String) -> Self {
        Self::Text(value.into())
    }
}

impl From<&'static str> for Json {
    fn from(value: &'static str) -> Self {
        Self::Text(value.into())
    }
}

impl<T: Into<Self>> From<Option<T>> for Json {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<T: Into<Self>> From<Vec<T>> for Json {
    fn from(items: Vec<T>) -> Self {
        Self::list(items)
    }
}

impl From<&RawValue> for Json {
    fn from(text: &RawValue) -> Self {
        Self::Raw(text.to_owned())
    }
}

/// As both APIs spell it.
impl From<Firm> for Json {
    fn from(Firm { name, vat_id }: Firm) -> Self {
        let null = || Self::Null;
        object! {
            "name": name, "entity_type": null(), "vat_id": vat_id,
            "tax_registration_reason_code": null(), "address": null(), "kpp": null(),
            "external_uid": null(), "line1": null(), "line2": null(), "city": null(),
            "state": null(), "zip": null(), "country": null(),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order_and_absent_ones_are_left_out() {
        let json = object! {
            "b": 1_u64, "a": Json::Absent, "c": None::<u64>, "d": vec!["x"],
            "e": object! { "f": -1_i64 },
        };
        let text = r#"{"b":1,"c":null,"d":["x"],"e":{"f":-1}}"#;
        assert_eq!(serde_json::to_string(&json).unwrap(), text);
        assert!(matches!(object! { "a": Json::Absent }.unless_bare(), Json::Absent));
    }

    #[test]
    fn numbers_as_names_stand_in_the_given_order() {
        let json = Json::numbered([(142, true.into()), (7, "x".into())]);
        assert_eq!(serde_json::to_string(&json).unwrap(), r#"{"142":true,"7":"x"}"#);
    }
}
