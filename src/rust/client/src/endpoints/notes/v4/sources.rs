//! Where API v4 keeps what API v2 called notes (docs/api-v4.md, Where v4 keeps
//! notes of v2): the map from `note_type` codes to v4's notes and events.

use std::collections::HashMap;
use std::sync::LazyLock;

use foldhash::fast::FixedState;

use crate::endpoints::notes::types::{KeptAs, NOTE_TYPES};

/// An event that stands for a v2 note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventSource {
    /// The v2 code.
    pub code: u32,
    /// v4's event type.
    pub event: &'static str,
    /// The kinds of element that have it.
    pub kinds: &'static [&'static str],
}

const ALL_KINDS: &[&str] = &["contact", "lead", "company", "customer"];

/// Events that v2 showed as notes.
#[rustfmt::skip]
pub const EVENTS: [EventSource; 14] = [
    EventSource { code: 1, event: "lead_added", kinds: &["lead"] },
    EventSource { code: 2, event: "contact_added", kinds: &["contact"] },
    EventSource { code: 3, event: "lead_status_changed", kinds: &["lead"] },
    EventSource { code: 12, event: "company_added", kinds: &["company"] },
    EventSource { code: 13, event: "task_result_added", kinds: &["task"] },
    EventSource { code: 14, event: "entity_responsible_changed", kinds: ALL_KINDS },
    EventSource { code: 17, event: "incoming_chat_message", kinds: ALL_KINDS },
    EventSource { code: 17, event: "outgoing_chat_message", kinds: ALL_KINDS },
    EventSource { code: 22, event: "customer_added", kinds: &["customer"] },
    EventSource { code: 26, event: "entity_tag_added", kinds: ALL_KINDS },
    EventSource { code: 27, event: "entity_tag_deleted", kinds: ALL_KINDS },
    EventSource { code: 31, event: "intent_identified", kinds: ALL_KINDS },
    EventSource { code: 37, event: "key_action_completed", kinds: ALL_KINDS },
    EventSource { code: 57, event: "customer_status_changed", kinds: &["customer"] },
];

/// Types of v2 that v4 keeps nowhere: rows of old interfaces, and 99, which
/// is a border between types rather than a type.
const NOWHERE: [u32; 6] = [6, 7, 8, 9, 99, 104];

/// The largest code that v2 had.
const LAST_CODE: u32 = 104;

/// Names v4 has used besides those of [`NOTE_TYPES`].
const OTHER_NAMES: [(&str, u32); 1] = [("followed_link", 32)];

/// The sources of notes for one kind of element.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct NoteSources {
    /// v4's names of notes; Some(empty) for all, None to leave notes out.
    pub notes: Option<Vec<&'static str>>,
    /// v4's types of events.
    pub events: Vec<&'static str>,
}

/// The sources of the notes with these codes; of all notes without codes.
pub fn sources_of(kind: &str, codes: &[String]) -> NoteSources {
    let wanted = |code: u32| codes.is_empty() || codes.contains(&code.to_string());
    let events = EVENTS
        .iter()
        .filter(|source| source.kinds.contains(&kind) && wanted(source.code))
        .map(|source| source.event)
        .collect();
    let notes: Vec<&str> = NOTE_TYPES
        .iter()
        .filter(|note| is_v4_note(note.code) && codes.contains(&note.code.to_string()))
        .map(|note| note.name)
        .collect();
    let notes = (kind != "task" && (codes.is_empty() || !notes.is_empty())).then_some(notes);
    NoteSources { notes, events }
}

/// The codes among those asked for that v4 keeps nowhere.
pub fn without_source(codes: &[String]) -> Vec<String> {
    let has_source = |code: &String| {
        let known = code.parse::<u32>().ok();
        known.is_some_and(|code| is_v4_note(code) || EVENTS.iter().any(|event| event.code == code))
    };
    codes.iter().filter(|code| !has_source(code)).cloned().collect()
}

fn is_v4_note(code: u32) -> bool {
    NOTE_TYPES
        .iter()
        .any(|note| note.code == code && note.kept_as == KeptAs::Note && !NOWHERE.contains(&code))
}

/// The v2 code of a note type as v4 sends it: a name, or now and then the
/// code itself. None for names that v2 did not have.
pub fn code_of(note_type: &str) -> Option<u32> {
    static CODES: LazyLock<HashMap<&str, u32, FixedState>> = LazyLock::new(|| {
        let named = NOTE_TYPES.iter().map(|note| (note.name, note.code));
        OTHER_NAMES.into_iter().chain(named).collect()
    });
    CODES.get(note_type).copied().or_else(|| note_type.parse().ok())
}

/// A code as a cell has it, if v2 knew it.
pub fn code_text(code: u32) -> Option<&'static str> {
    static TEXTS: LazyLock<Vec<String>> =
        LazyLock::new(|| (0..=LAST_CODE).map(|code| code.to_string()).collect());
    TEXTS.get(code as usize).map(String::as_str)
}

/// The v2 code of an event.
pub fn code_of_event(event: &str) -> Option<u32> {
    EVENTS.iter().find(|source| source.event == event).map(|source| source.code)
}

#[cfg(test)]
mod tests {
    use super::{NoteSources, code_of, code_text, sources_of, without_source};

    fn codes(codes: &[&str]) -> Vec<String> {
        codes.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn each_code_is_looked_for_where_v4_keeps_it() {
        assert_eq!(sources_of("lead", &codes(&["3"])).events, ["lead_status_changed"]);
        assert_eq!(sources_of("lead", &codes(&["3"])).notes, None);
        assert_eq!(
            sources_of("contact", &codes(&["10", "11"])).notes,
            Some(vec!["call_in", "call_out"])
        );
        assert_eq!(
            sources_of("lead", &codes(&["17"])).events,
            ["incoming_chat_message", "outgoing_chat_message"]
        );
        assert_eq!(sources_of("contact", &codes(&["1"])), NoteSources::default());
    }

    #[test]
    fn without_codes_all_notes_and_the_events_of_the_kind_are_read() {
        let all = sources_of("company", &[]);
        assert_eq!(all.notes, Some(vec![]));
        assert!(all.events.contains(&"company_added") && !all.events.contains(&"lead_added"));
        assert_eq!(
            sources_of("task", &[]),
            NoteSources { notes: None, events: vec!["task_result_added"] }
        );
    }

    #[test]
    fn every_code_of_v2_has_its_source() {
        // docs/api-v4.md, Where v4 keeps notes of v2, row by row.
        for (code, kind, source) in [
            ("1", "lead", "lead_added"),
            ("2", "contact", "contact_added"),
            ("3", "lead", "lead_status_changed"),
            ("4", "lead", "common"),
            ("5", "lead", "attachment"),
            ("10", "contact", "call_in"),
            ("11", "contact", "call_out"),
            ("12", "company", "company_added"),
            ("13", "task", "task_result_added"),
            ("14", "lead", "entity_responsible_changed"),
            ("15", "lead", "amomail_message"),
            ("16", "contact", "site_visit"),
            ("17", "contact", "incoming_chat_message"),
            ("18", "lead", "targeting_in"),
            ("19", "lead", "targeting_out"),
            ("20", "lead", "lead_auto_created"),
            ("22", "customer", "customer_added"),
            ("23", "customer", "transaction"),
            ("24", "lead", "geolocation"),
            ("25", "lead", "service_message"),
            ("26", "lead", "entity_tag_added"),
            ("27", "lead", "entity_tag_deleted"),
            ("28", "customer", "message_cashier"),
            ("29", "lead", "invoice_paid"),
            ("31", "lead", "intent_identified"),
            ("32", "lead", "link_followed"),
            ("34", "lead", "extended_service_message"),
            ("35", "lead", "zoom_meeting"),
            ("36", "lead", "bill_paid"),
            ("37", "lead", "key_action_completed"),
            ("57", "customer", "customer_status_changed"),
            ("101", "lead", "dropbox_attachment"),
            ("102", "contact", "sms_in"),
            ("103", "contact", "sms_out"),
        ] {
            let NoteSources { notes, events } = sources_of(kind, &codes(&[code]));
            let sources = [notes.unwrap_or_default(), events].concat();
            assert_eq!(sources.first(), Some(&source), "{code}");
            assert!(without_source(&codes(&[code])).is_empty(), "{code}");
        }
        let nowhere = codes(&["6", "7", "8", "9", "99", "104"]);
        assert_eq!(without_source(&nowhere), nowhere);
    }

    #[test]
    fn codes_that_v4_keeps_nowhere_are_told() {
        assert_eq!(without_source(&codes(&["3", "6", "99", "777", "10"])), ["6", "99", "777"]);
    }

    #[test]
    fn every_code_has_its_digits_as_text() {
        for code in 0..=104 {
            assert_eq!(code_text(code), Some(&*code.to_string()));
        }
        assert_eq!(code_text(105), None);
    }

    #[test]
    fn names_numbers_and_old_names_have_codes_and_new_names_none() {
        assert_eq!(code_of("call_in"), Some(10));
        assert_eq!(code_of("followed_link"), Some(32));
        assert_eq!(code_of("11"), Some(11));
        assert_eq!(code_of("ai_result"), None);
    }
}
