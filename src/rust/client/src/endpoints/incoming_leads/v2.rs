//! An incoming lead of API v2 as a row.

use super::cells::push;
use crate::json::flatten::Record;
use crate::table::row::Row;

/// An incoming lead of API v2 as a row.
pub fn write_v2<'r>(lead: &'r Record, row: &mut Row<'r>) {
    for field in lead.iter() {
        if !field.name().starts_with("incoming_entities") {
            push(row, field.name(), field);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::write_v2;
    use crate::json::flatten::{JsonType, NoLinks, Record, Value};
    use crate::table::row::Row;
    use serde::de::DeserializeSeed;

    #[test]
    fn entities_are_left_out_and_times_that_are_none_are_empty() {
        let (mut lead, mut row) = (Record::default(), Row::default());
        let mut parser = serde_json::Deserializer::from_str(
            r#"{"incoming_lead_info":{"date":"yesterday","form_send_at":"5"},
            "incoming_entities":{"leads":[{"name":"x"}]}}"#,
        );
        lead.seed(&mut NoLinks).deserialize(&mut parser).unwrap();
        write_v2(&lead, &mut row);
        let cells: Vec<_> = row.iter().collect();
        assert_eq!(
            cells,
            [
                ("incoming_lead_info.date", Value::ABSENT),
                ("incoming_lead_info.form_send_at", Value::Text("5", JsonType::Text))
            ]
        );
    }
}
