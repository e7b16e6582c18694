//! A note of API v4 as a row of API v2 (v4.md 6.3).

use crate::flatten::Leaves;
use crate::v4::sources::code_of;

/// Names that a member of `params` had in v2 (v4.md 6.3).
const CALL_NAMES: [(&str, &str); 5] = [
    ("uniq", "UNIQ"),
    ("link", "LINK"),
    ("phone", "PHONE"),
    ("duration", "DURATION"),
    ("source", "SRC"),
];
const DROPBOX_NAMES: [(&str, &str); 2] = [("filename", "FILE_NAME"), ("link", "LINK")];

/// Members of `params` that v2 had outside of it.
const COMMON_MOVED: [&str; 1] = ["text"];
const FILE_MOVED: [&str; 4] = ["text", "original_name", "file_name", "attachment"];

/// Writes the row of a note that belongs to a `kind` of element.
pub fn write_row(note: &Leaves, kind: &str, row: &mut Leaves) {
    let note_type = note.get("note_type").unwrap_or_default();
    let code = code_of(note_type).map_or_else(|| note_type.to_owned(), |code| code.to_string());
    copy(note, row, &["id", "responsible_user_id", "created_by", "created_at", "updated_at"]);
    copy(note, row, &["account_id", "group_id"]);
    row.push("is_editable", if code == "4" { "TRUE" } else { "FALSE" });
    if let Some(element) = note.get("entity_id") {
        row.push("element_id", element);
    }
    row.push("element_type", kind);
    row.push("attachment", if code == "5" { attachment(note) } else { "" });
    row.push("note_type", &code);
    match code.as_str() {
        "4" => write_text(row, note.get("params.text")),
        "5" => write_text(row, note.get("params.original_name").or(note.get("params.text"))),
        _ => {}
    }
    write_params(note, &code, row);
}

fn copy(note: &Leaves, row: &mut Leaves, names: &[&str]) {
    for name in names {
        if let Some(text) = note.get(name) {
            row.push(name, text);
        }
    }
}

fn write_text(row: &mut Leaves, text: Option<&str>) {
    if let Some(text) = text {
        row.push("text", text);
    }
}

/// Old files have one name, new ones another.
fn attachment(note: &Leaves) -> &str {
    note.get("params.attachment").or(note.get("params.file_name")).unwrap_or_default()
}

fn write_params(note: &Leaves, code: &str, row: &mut Leaves) {
    let (names, moved): (&[(&str, &str)], &[&str]) = match code {
        "4" => (&[], &COMMON_MOVED),
        "5" => (&[], &FILE_MOVED),
        "10" | "11" => (&CALL_NAMES, &[]),
        "101" => (&DROPBOX_NAMES, &[]),
        _ => (&[], &[]),
    };
    for (name, text) in note.iter() {
        let Some(member) = name.strip_prefix("params.") else { continue };
        if moved.contains(&member) {
            continue;
        }
        match names.iter().find(|(v4, _)| *v4 == member) {
            Some((_, v2)) => row.push(&format!("params.{v2}"), text),
            None => row.push(name, text),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::write_row;
    use crate::flatten::Leaves;
    use serde::de::DeserializeSeed;

    fn row(json: &str) -> Vec<(String, String)> {
        let (mut note, mut row) = (Leaves::default(), Leaves::default());
        note.record(&mut crate::flatten::NoLinks)
            .deserialize(&mut serde_json::Deserializer::from_str(json))
            .unwrap();
        write_row(&note, "lead", &mut row);
        row.iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect()
    }

    fn value(row: &[(String, String)], name: &str) -> Option<String> {
        row.iter().find(|(found, _)| found == name).map(|(_, text)| text.clone())
    }

    #[test]
    fn base_columns_stand_in_the_order_of_v2() {
        let row = row(r#"{"id":1,"entity_id":5,"created_by":2,"updated_by":9,"created_at":3,
            "updated_at":4,"responsible_user_id":6,"group_id":0,"note_type":"common",
            "params":{"text":"hello"},"account_id":7}"#);
        let names: Vec<&str> = row.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            [
                "id",
                "responsible_user_id",
                "created_by",
                "created_at",
                "updated_at",
                "account_id",
                "group_id",
                "is_editable",
                "element_id",
                "element_type",
                "attachment",
                "note_type",
                "text"
            ]
        );
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
    fn a_type_that_v2_did_not_have_keeps_its_name() {
        let row = row(r#"{"id":1,"note_type":"ai_result","params":{"text":"t"}}"#);
        assert_eq!(value(&row, "note_type").as_deref(), Some("ai_result"));
        assert_eq!(value(&row, "params.text").as_deref(), Some("t"));
    }
}
