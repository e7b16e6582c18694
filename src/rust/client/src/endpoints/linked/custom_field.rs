//! Values of custom fields, in the JSON of either API.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, NaiveTime};

use super::parts::{parts, scalar};
use crate::account::time_zone::Zone;
use crate::json::flatten::Value;
use crate::json::tree::Node;
use crate::table::column_builder::flag;
use crate::table::row::Row;

/// Members of a value that are no parts of it.
const KNOWN: [&str; 5] = ["value", "enum", "enum_id", "enum_code", "subtype"];

/// A value of a custom field.
pub struct FieldValue<'f> {
    field: &'f Node,
    value: &'f Node,
    /// Its parts. Only those of values that are objects have names, as the details of a
    /// firm.
    pub parts: Vec<(String, Cow<'f, str>)>,
}

/// The values of a custom field as in v2: days are texts in the account's zone, ticks 1
/// and 0.
pub fn values<'f>(
    field: &'f Node,
    zone: &'f Zone,
) -> impl Iterator<Item = FieldValue<'f>> + use<'f> {
    let values = match field.get("values") {
        Some(value @ Node::Scalar(..)) => vec![value],
        values => values.map(Node::values).unwrap_or_default(),
    };
    let present = values.into_iter().filter(|value| **value != Node::Null);
    present.map(move |value| {
        // A value may be no object: then it is all there is.
        let whole = if value.members().is_empty() { Some(value) } else { value.get("value") };
        let content = whole.map(|node| parts(node, "")).unwrap_or_default();
        let content = content.into_iter().map(|(name, part)| (name, as_v2(field, part, zone)));
        // A chained list has no member `value`.
        let others = value.members().iter().filter(|(name, _)| !KNOWN.contains(&name.as_str()));
        let others = others.flat_map(|(name, node)| parts(node, name));
        let others = others.map(|(name, part)| (name, part.text()));
        FieldValue { field, value, parts: content.chain(others).collect() }
    })
}

impl<'f> FieldValue<'f> {
    /// Writes the row of a part: its name is the subtype.
    pub fn write(&'f self, part: &'f str, text: &'f str, row: &mut Row<'f>) {
        let FieldValue { field, value, .. } = self;
        let (id, name) = (field.get("field_id"), field.get("field_name"));
        row.push_value("custom_field_id", scalar(id.or(field.get("id"))));
        push_text(row, "custom_field_name", scalar(name.or(field.get("name"))));
        row.push_value("custom_field_is_system", scalar(field.get("is_system")));
        // API v4 names the parts of an address by the code of a choice.
        let is_address = kind(field) == Some("smart_address");
        let (of_v4, of_v2) = (scalar(value.get("enum_id")), scalar(value.get("enum")));
        let choice = match of_v4 {
            _ if is_address => Value::ABSENT,
            Value::ABSENT => of_v2,
            of_v4 => of_v4,
        };
        // An enum of old interfaces may be a word.
        if choice.text().bytes().all(|byte| byte.is_ascii_digit()) {
            row.push_value("custom_field_value_id", choice);
        }
        row.push("custom_field_value", text);
        if part.is_empty() {
            let subtype = value.get(if is_address { "enum_code" } else { "subtype" });
            push_text(row, "custom_field_value_subtype", scalar(subtype));
        } else {
            row.push("custom_field_value_subtype", part);
        }
    }

    /// Writes what tells fields, choices and values apart in every language: their codes,
    /// and the number of the value.
    pub fn write_codes(&'f self, position: i64, row: &mut Row<'f>) {
        push_text(row, "custom_field_code", scalar(self.field.get("field_code")));
        push_text(row, "custom_field_value_code", scalar(self.value.get("enum_code")));
        row.push_value("custom_field_value_idx", Value::Whole(position));
    }
}

/// API v4: `date` and so on.
fn kind(field: &Node) -> Option<&str> {
    field.get("field_type").and_then(Node::text)
}

/// Adds a value as a text; none makes no cell.
pub fn push_text<'r>(row: &mut Row<'r>, name: &'static str, value: Value<'r>) {
    match value {
        Value::ABSENT => {}
        Value::Text(text, _) => row.push(name, text),
        Value::Whole(_) => row.push_value(name, value),
    }
}

/// The text of a part as in v2; an unreadable one stays as it is.
fn as_v2<'f>(field: &Node, part: Value<'f>, zone: &Zone) -> Cow<'f, str> {
    let text = part.text();
    let written = match kind(field) {
        Some("date" | "birthday") => wall_time(&text, zone, "%Y-%m-%d 00:00:00"),
        Some("date_time") => wall_time(&text, zone, "%Y-%m-%d %H:%M:%S"),
        Some("checkbox") => flag(part).map(|is_ticked| u8::from(is_ticked).to_string()),
        _ => None,
    };
    written.map_or(text, Cow::Owned)
}

/// A moment as local time. It comes as seconds, also quoted, as RFC 3339, or as a local
/// date.
fn wall_time(text: &str, zone: &Zone, format: &str) -> Option<String> {
    let moment = || DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.timestamp());
    if let Some(seconds) = text.parse().ok().or_else(moment) {
        return zone.local_time(seconds, format);
    }
    let date = ["%Y-%m-%d", "%d.%m.%Y"]
        .into_iter()
        .find_map(|format| NaiveDate::parse_from_str(text, format).ok())?;
    Some(date.and_time(NaiveTime::MIN).format(format).to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{FieldValue, Zone, values};
    use crate::json::tree::Node;
    use crate::table::row::Row;

    fn moscow() -> Zone {
        Zone::new("Europe/Moscow", None)
    }

    fn field(json: &str) -> Node {
        Node::read(Some(json.as_bytes())).unwrap()
    }

    /// Names and texts of the parts of each value.
    fn values_of(json: &str) -> Vec<Vec<(String, String)>> {
        let text = |(name, text): (String, std::borrow::Cow<str>)| (name, text.into_owned());
        let (field, zone) = (field(json), moscow());
        values(&field, &zone).map(|value| value.parts.into_iter().map(text).collect()).collect()
    }

    fn parts(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    /// The cells of the first part of the first value.
    fn cells(json: &str) -> Vec<(String, String)> {
        let (field, zone) = (field(json), moscow());
        let value = values(&field, &zone).next().unwrap();
        let mut row = Row::default();
        value.write(&value.parts[0].0, &value.parts[0].1, &mut row);
        row.texts().map(|(name, text)| (name.to_owned(), text.into_owned())).collect()
    }

    fn as_v2(kind: &str, value: &str) -> String {
        let json = format!(r#"{{"field_type":"{kind}","values":[{{"value":{value}}}]}}"#);
        values_of(&json).remove(0).remove(0).1
    }

    #[test]
    fn a_value_that_is_an_object_has_named_parts() {
        let json =
            r#"{"id":1,"name":"x","values":[{"value":{"name":"y","vat_id":"7","kpp":null}}]}"#;
        assert_eq!(values_of(json), [parts(&[("name", "y"), ("vat_id", "7")])]);
    }

    #[test]
    fn values_that_are_no_objects_are_kept() {
        let text = |text| parts(&[("", text)]);
        for (values, expected) in [
            (r#"[{"value":"z"},"a",null,5]"#, vec![text("z"), text("a"), text("5")]),
            (r#""a""#, vec![text("a")]),
            (r#"{"7":"a","8":{"value":"b"}}"#, vec![text("a"), text("b")]),
            ("[]", vec![]),
            ("null", vec![]),
        ] {
            assert_eq!(
                values_of(&format!(r#"{{"id":1,"values":{values}}}"#)),
                expected,
                "{values}"
            );
        }
    }

    #[test]
    fn members_that_are_not_known_are_kept_under_their_names() {
        let json = r#"{"id":1,"values":[{"catalog_id":1001,"catalog_element_id":5},null,
            {"value":"a","new":{"b":[1,2],"c":"d"},"list":[3],"none":null}]}"#;
        let chained = parts(&[("catalog_id", "1001"), ("catalog_element_id", "5")]);
        let others = [("", "a"), ("new.b1", "1"), ("new.b2", "2"), ("new.c", "d"), ("list", "3")];
        assert_eq!(values_of(json), [chained, parts(&others)]);
    }

    #[test]
    fn both_apis_name_the_parts_of_a_field_in_their_way() {
        let v2 = cells(r#"{"id":1,"name":"f","values":[{"value":"a","enum":5}]}"#);
        let v4 = cells(r#"{"field_id":1,"field_name":"f","values":[{"value":"a","enum_id":"5"}]}"#);
        assert_eq!(v2, v4);
        assert!(v2.contains(&("custom_field_value_id".to_owned(), "5".to_owned())), "{v2:?}");
    }

    #[test]
    fn the_parts_of_an_address_have_the_names_that_v2_has_and_words_are_no_choices() {
        let subtype = |json: &str| {
            let cells = cells(json);
            let find = |name: &str| cells.iter().find(|(found, _)| found == name).cloned();
            (find("custom_field_value_subtype"), find("custom_field_value_id"))
        };
        let (address, choice) = subtype(
            r#"{"field_type":"smart_address","values":[{"value":"a","enum_id":1,"enum_code":"city"}]}"#,
        );
        assert_eq!((&*address.unwrap().1, &*choice.unwrap().1), ("city", ""));
        let (word, choice) = subtype(r#"{"values":[{"value":"a","enum":"WORK","subtype":"s"}]}"#);
        assert_eq!((&*word.unwrap().1, choice), ("s", None));
    }

    #[test]
    fn codes_and_numbers_of_values_are_told() {
        let zone = moscow();
        let field = field(
            r#"{"field_code":"BILL_STATUS","values":[{"value":"x","enum_code":"paid"},{"value":"y"}]}"#,
        );
        let of_value = |(position, value): (i64, FieldValue)| {
            let mut row = Row::default();
            value.write_codes(position, &mut row);
            row.texts().map(|(_, text)| text.into_owned()).collect::<Vec<_>>()
        };
        let rows: Vec<_> = (1..).zip(values(&field, &zone)).map(of_value).collect();
        assert_eq!(rows, [vec!["BILL_STATUS", "paid", "1"], vec!["BILL_STATUS", "2"]]);
    }

    #[test]
    fn days_and_times_are_those_of_the_office_in_whatever_form_they_come() {
        for (kind, value, expected) in [
            ("date", "1588885200", "2020-05-08 00:00:00"),
            ("date", "1588885200.0", "2020-05-08 00:00:00"),
            ("date", "\"1588885200\"", "2020-05-08 00:00:00"),
            ("date", "\"2020-05-08\"", "2020-05-08 00:00:00"),
            ("date", "\"2020-05-08T00:00:00+03:00\"", "2020-05-08 00:00:00"),
            ("date_time", "\"2020-05-08T12:30:00+00:00\"", "2020-05-08 15:30:00"),
            ("date_time", "\"2020-05-08\"", "2020-05-08 00:00:00"),
            ("birthday", "\"08.05.1980\"", "1980-05-08 00:00:00"),
            ("birthday", "-2208988800", "1900-01-01 00:00:00"),
            ("date", "\"soon\"", "soon"),
        ] {
            assert_eq!(as_v2(kind, value), expected, "{kind} {value}");
        }
    }

    #[test]
    fn a_tick_is_1_in_whatever_form_it_comes_and_what_is_none_stays() {
        for (value, expected) in [
            ("true", "1"),
            ("1", "1"),
            ("\"1\"", "1"),
            ("\"true\"", "1"),
            ("false", "0"),
            ("0", "0"),
            ("\"\"", ""),
            ("\"maybe\"", "maybe"),
            ("7", "7"),
        ] {
            assert_eq!(as_v2("checkbox", value), expected, "{value}");
        }
    }
}
