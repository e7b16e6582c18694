//! A note of API v4 as a row of API v2 (docs/api-v4.md, A note as a row of v2).

use crate::endpoints::notes::v4::sources::{code_of, code_text};
use crate::json::flatten::{Field, JsonType, Record, Value, form_of};
use crate::table::row::Row;

/// Codes whose rows are special.
const COMMON: Option<u32> = Some(4);
const FILE: Option<u32> = Some(5);
const CALL_IN: Option<u32> = Some(10);
const CALL_OUT: Option<u32> = Some(11);
const DROPBOX: Option<u32> = Some(101);

/// Members that have a column for all types of notes, or another column than in v2.
const MEMBERS: [&str; 13] = [
    "id",
    "responsible_user_id",
    "created_by",
    "created_at",
    "updated_at",
    "account_id",
    "group_id",
    "entity_id",
    "note_type",
    "params.text",
    "params.original_name",
    "params.file_name",
    "params.attachment",
];
const ENTITY_ID: usize = 7;
const NOTE_TYPE: usize = 8;
const TEXT: usize = 9;
const ORIGINAL_NAME: usize = 10;
const FILE_NAME: usize = 11;
const ATTACHMENT: usize = 12;

/// The index of a name among [`MEMBERS`].
fn member(name: &str) -> Option<usize> {
    MEMBERS.iter().position(|member| *member == name)
}

/// The fields that are [`MEMBERS`]. Of equal names the first counts.
struct Found<'r>([Option<Field<'r>>; MEMBERS.len()]);

impl<'r> Found<'r> {
    fn of(note: &'r Record) -> Self {
        let mut found = [None; MEMBERS.len()];
        for field in note.iter() {
            if let Some(member) = member(field.name()) {
                found[member].get_or_insert(field);
            }
        }
        Found(found)
    }

    fn value(&self, member: usize) -> Option<Value<'r>> {
        self.0[member].map(Field::value)
    }

    /// What v2 has in the column `text`.
    fn text(&self, code: Option<u32>) -> Option<Value<'r>> {
        match code {
            COMMON => self.value(TEXT),
            FILE => self.value(ORIGINAL_NAME).or(self.value(TEXT)),
            _ => None,
        }
    }

    /// What v2 has in the column `attachment`: old files have one name, new
    /// ones another.
    fn attachment(&self, code: Option<u32>) -> Option<Value<'r>> {
        self.value(ATTACHMENT).or(self.value(FILE_NAME)).filter(|_| code == FILE)
    }
}

/// Writes the row of a note that belongs to a `kind` of element, `lead` and so on.
pub fn write_row<'r>(note: &'r Record, kind: &'static str, row: &mut Row<'r>) {
    const EMPTY: Value = Value::Text("", JsonType::Text);
    let found = Found::of(note);
    let note_type = found.value(NOTE_TYPE);
    let code = note_type.and_then(|name| code_of(&name.text()));
    for (index, name) in MEMBERS.iter().enumerate().take(ENTITY_ID) {
        push_some(row, name, found.value(index));
    }
    row.push("is_editable", if code == COMMON { "TRUE" } else { "FALSE" });
    push_some(row, "element_id", found.value(ENTITY_ID));
    row.push("element_type", kind);
    row.push_value("attachment", found.attachment(code).unwrap_or(EMPTY));
    // A type that v2 did not have keeps the name that v4 has for it.
    row.push_value("note_type", code.map(code_cell).or(note_type).unwrap_or(EMPTY));
    push_some(row, "text", found.text(code));
    for field in note.iter().filter(|field| is_param(code, field.name())) {
        match old_name(code, field.name()) {
            Some((name, "")) => row.push_field_as(name, field),
            Some((name, form)) => row.push_named(format!("{name}{form}"), field.value()),
            None => row.push_field(field),
        }
    }
}

/// A code as v2 has it; v4 may send others as digits.
fn code_cell(code: u32) -> Value<'static> {
    code_text(code).map_or(Value::Whole(code.into()), |text| Value::Text(text, JsonType::Text))
}

fn push_some<'r>(row: &mut Row<'r>, name: &'static str, value: Option<Value<'r>>) {
    if let Some(value) = value {
        row.push_value(name, value);
    }
}

/// Whether v2 has a field in `params`: some it has elsewhere.
fn is_param(code: Option<u32>, name: &str) -> bool {
    name.starts_with("params.")
        && match member(name) {
            Some(TEXT) => !matches!(code, COMMON | FILE),
            Some(ORIGINAL_NAME | FILE_NAME | ATTACHMENT) => code != FILE,
            _ => true,
        }
}

/// Members of `params` of calls that had other names in v2 (docs/api-v4.md, A
/// note as a row of v2).
const OF_CALLS: [(&str, &str); 5] = [
    ("params.uniq", "params.UNIQ"),
    ("params.link", "params.LINK"),
    ("params.phone", "params.PHONE"),
    ("params.duration", "params.DURATION"),
    ("params.source", "params.SRC"),
];

/// The same of files in Dropbox.
const OF_DROPBOX: [(&str, &str); 2] =
    [("params.link", "params.LINK"), ("params.filename", "params.FILE_NAME")];

/// The name that a member of `params` had in v2, if it was another one, and
/// what follows it where there are several values or parts of one.
fn old_name(code: Option<u32>, name: &str) -> Option<(&'static str, &str)> {
    let names: &[_] = match code {
        CALL_IN | CALL_OUT => &OF_CALLS,
        DROPBOX => &OF_DROPBOX,
        _ => return None,
    };
    names.iter().find_map(|(new, old)| Some((*old, form_of(name, new)?)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::write_row;
    use crate::endpoints::notes::NOTES;
    use crate::endpoints::testing::{cell as value, cells};

    fn row(json: &str) -> Vec<(String, String)> {
        cells(
            |note, row| {
                write_row(note, "lead", row);
                true
            },
            json,
        )
        .unwrap()
    }

    #[test]
    fn base_columns_stand_in_the_order_of_v2() {
        let row = row(r#"{"id":1,"entity_id":5,"created_by":2,"updated_by":9,"created_at":3,
            "updated_at":4,"responsible_user_id":6,"group_id":0,"note_type":"common",
            "params":{"text":"hello"},"account_id":7}"#);
        let names: Vec<&str> = row.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, NOTES.base);
        assert_eq!(value(&row, "is_editable").as_deref(), Some("TRUE"));
        assert_eq!(value(&row, "text").as_deref(), Some("hello"));
        assert_eq!(value(&row, "note_type").as_deref(), Some("4"));
    }

    #[test]
    fn params_of_calls_have_their_old_names() {
        let row = row(r#"{"id":1,"note_type":"call_in","params":{"uniq":"u","duration":58,
            "source":"s","link":"l","phone":"p","call_status":4,"call_responsible":"x"}}"#);
        let found: Vec<&str> =
            row.iter().filter_map(|(name, _)| name.strip_prefix("params.")).collect();
        let names = ["UNIQ", "DURATION", "SRC", "LINK", "PHONE", "call_status", "call_responsible"];
        assert_eq!(found, names);
        assert_eq!(value(&row, "text"), None);
    }

    #[test]
    fn several_values_and_parts_of_a_param_have_its_old_name() {
        let row = row(r#"{"id":1,"note_type":"call_in","params":{"uniq":["u","v"],"linked":"x",
            "link":{"id":"l"},"phone":["p"],"duration":[],"source":[{"id":1},{"id":2}]}}"#);
        let found: Vec<&str> =
            row.iter().filter_map(|(name, _)| name.strip_prefix("params.")).collect();
        assert_eq!(found, ["UNIQ1", "UNIQ2", "linked", "LINK.id", "PHONE", "SRC.id", "SRC.id"]);
        assert_eq!(value(&row, "params.UNIQ2").as_deref(), Some("v"));
    }

    #[test]
    fn files_of_both_shapes_have_their_name_in_attachment() {
        let old = row(r#"{"id":1,"note_type":"attachment",
            "params":{"original_name":"a.pdf","attachment":"x_a.pdf"}}"#);
        assert_eq!(value(&old, "attachment").as_deref(), Some("x_a.pdf"));
        assert_eq!(value(&old, "text").as_deref(), Some("a.pdf"));
        let new = row(r#"{"id":1,"note_type":"attachment","params":{"version_uuid":"v",
            "file_name":"b.pdf","original_name":"b.pdf","text":"b"}}"#);
        assert_eq!(value(&new, "attachment").as_deref(), Some("b.pdf"));
        assert_eq!(value(&new, "params.version_uuid").as_deref(), Some("v"));
    }

    #[test]
    fn of_a_repeated_member_the_first_counts_and_of_params_each_stays() {
        let row = row(r#"{"id":1,"id":2,"note_type":"common","note_type":"call_in",
            "params":{"text":"a","text":"b","link":"l","link":"m"},"entity_id":5,"entity_id":6}"#);
        let column = |name: &str| -> Vec<&str> {
            row.iter().filter(|(found, _)| found == name).map(|(_, text)| text.as_str()).collect()
        };
        assert_eq!(column("id"), ["1"]);
        assert_eq!(column("element_id"), ["5"]);
        assert_eq!(column("text"), ["a"]);
        assert_eq!(column("note_type"), ["4"]);
        assert_eq!(column("params.text").len(), 0);
        assert_eq!(column("params.link"), ["l", "m"]);
    }

    #[test]
    fn what_a_note_lacks_makes_no_cell() {
        let row = row("{}");
        let names: Vec<&str> = row.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["is_editable", "element_type", "attachment", "note_type"]);
        assert_eq!(value(&row, "note_type").as_deref(), Some(""));
    }

    #[test]
    fn a_type_may_be_sent_as_its_code() {
        for (sent, code, editable) in [
            ("4", "4", "TRUE"),
            ("011", "11", "FALSE"),
            ("+0777", "777", "FALSE"),
            ("-1", "-1", "FALSE"),
        ] {
            let row = row(&format!(r#"{{"note_type":"{sent}","params":{{"link":"l"}}}}"#));
            assert_eq!(value(&row, "note_type").as_deref(), Some(code));
            assert_eq!(value(&row, "is_editable").as_deref(), Some(editable));
            assert_eq!(value(&row, "params.LINK").is_some(), sent == "011");
        }
    }

    #[test]
    fn a_type_that_v2_did_not_have_keeps_its_name() {
        let row = row(r#"{"id":1,"note_type":"ai_result","params":{"text":"t"}}"#);
        assert_eq!(value(&row, "note_type").as_deref(), Some("ai_result"));
        assert_eq!(value(&row, "params.text").as_deref(), Some("t"));
    }
}
