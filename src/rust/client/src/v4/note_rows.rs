//! A note of API v4 as a row of API v2 (v4.md 6.3).

use crate::flatten::Leaves;
use crate::row::Row;
use crate::v4::sources::{code_of, code_text};

/// Codes that a row is not made as others are.
const COMMON: Option<u32> = Some(4);
const FILE: Option<u32> = Some(5);
const CALL_IN: Option<u32> = Some(10);
const CALL_OUT: Option<u32> = Some(11);
const DROPBOX: Option<u32> = Some(101);

/// The members of a note that have a column whatever its type.
#[derive(Default)]
struct Found<'n> {
    id: Option<&'n str>,
    responsible_user_id: Option<&'n str>,
    created_by: Option<&'n str>,
    created_at: Option<&'n str>,
    updated_at: Option<&'n str>,
    account_id: Option<&'n str>,
    group_id: Option<&'n str>,
    entity_id: Option<&'n str>,
    note_type: Option<&'n str>,
    text: Option<&'n str>,
    original_name: Option<&'n str>,
    file_name: Option<&'n str>,
    attachment: Option<&'n str>,
}

impl<'n> Found<'n> {
    /// Finds them all in one pass; the first one of a name counts.
    fn of(leaves: &'n Leaves) -> Self {
        let mut note = Found::default();
        for (name, text) in leaves.iter() {
            if let Some(member) = note.member(name) {
                member.get_or_insert(text);
            }
        }
        note
    }

    fn member(&mut self, name: &str) -> Option<&mut Option<&'n str>> {
        Some(match name {
            "id" => &mut self.id,
            "responsible_user_id" => &mut self.responsible_user_id,
            "created_by" => &mut self.created_by,
            "created_at" => &mut self.created_at,
            "updated_at" => &mut self.updated_at,
            "account_id" => &mut self.account_id,
            "group_id" => &mut self.group_id,
            "entity_id" => &mut self.entity_id,
            "note_type" => &mut self.note_type,
            "params.text" => &mut self.text,
            "params.original_name" => &mut self.original_name,
            "params.file_name" => &mut self.file_name,
            "params.attachment" => &mut self.attachment,
            _ => return None,
        })
    }

    /// What v2 has in the column `text`.
    fn text(&self, code: Option<u32>) -> Option<&'n str> {
        match code {
            COMMON => self.text,
            FILE => self.original_name.or(self.text),
            _ => None,
        }
    }

    /// What v2 has in the column `attachment`: old files have one name, new
    /// ones another.
    fn attachment(&self, code: Option<u32>) -> &'n str {
        let name = self.attachment.or(self.file_name).filter(|_| code == FILE);
        name.unwrap_or_default()
    }
}

/// Writes the row of a note that belongs to a `kind` of element.
pub fn write_row<'r>(leaves: &'r Leaves, kind: &'static str, row: &mut Row<'r>) {
    let note = Found::of(leaves);
    let note_type = note.note_type.unwrap_or_default();
    let code = code_of(note_type);
    copy(row, "id", note.id);
    copy(row, "responsible_user_id", note.responsible_user_id);
    copy(row, "created_by", note.created_by);
    copy(row, "created_at", note.created_at);
    copy(row, "updated_at", note.updated_at);
    copy(row, "account_id", note.account_id);
    copy(row, "group_id", note.group_id);
    row.push("is_editable", if code == COMMON { "TRUE" } else { "FALSE" });
    copy(row, "element_id", note.entity_id);
    row.push("element_type", kind);
    row.push("attachment", note.attachment(code));
    row.push("note_type", code_cell(note_type, code));
    copy(row, "text", note.text(code));
    for (name, text) in leaves.iter().filter(|(name, _)| name.starts_with("params.")) {
        if !is_moved(code, name) {
            row.push(param_name(code, name), text);
        }
    }
}

/// A code as v2 has it. One that v2 did not know was sent as digits, which
/// may have a sign and zeros before them; without one, v4's name stands.
fn code_cell(note_type: &str, code: Option<u32>) -> &str {
    let digits = || note_type.trim_start_matches(['+', '0']);
    code.map_or(note_type, |code| code_text(code).unwrap_or_else(digits))
}

fn copy<'r>(row: &mut Row<'r>, name: &'r str, text: Option<&'r str>) {
    if let Some(text) = text {
        row.push(name, text);
    }
}

/// Whether v2 had a member of `params` outside of it.
fn is_moved(code: Option<u32>, name: &str) -> bool {
    match name {
        "params.text" => matches!(code, COMMON | FILE),
        "params.original_name" | "params.file_name" | "params.attachment" => code == FILE,
        _ => false,
    }
}

/// The name that a member of `params` had in v2 (v4.md 6.3).
fn param_name(code: Option<u32>, name: &str) -> &str {
    match (code, name) {
        (CALL_IN | CALL_OUT, "params.uniq") => "params.UNIQ",
        (CALL_IN | CALL_OUT | DROPBOX, "params.link") => "params.LINK",
        (CALL_IN | CALL_OUT, "params.phone") => "params.PHONE",
        (CALL_IN | CALL_OUT, "params.duration") => "params.DURATION",
        (CALL_IN | CALL_OUT, "params.source") => "params.SRC",
        (DROPBOX, "params.filename") => "params.FILE_NAME",
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::write_row;
    use crate::flatten::Leaves;
    use crate::row::Row;
    use serde::de::DeserializeSeed;

    fn row(json: &str) -> Vec<(String, String)> {
        let (mut note, mut row) = (Leaves::default(), Row::default());
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
