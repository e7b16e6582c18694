//! The names of the notes that are notes in API v4.

use crate::notes::NoteType;

const NAMES: [(NoteType, &str); 19] = [
    (NoteType::Common, "common"),
    (NoteType::Attachment, "attachment"),
    (NoteType::CallIn, "call_in"),
    (NoteType::CallOut, "call_out"),
    (NoteType::Mail, "amomail_message"),
    (NoteType::SiteVisit, "site_visit"),
    (NoteType::TargetingIn, "targeting_in"),
    (NoteType::TargetingOut, "targeting_out"),
    (NoteType::AutoCreated, "lead_auto_created"),
    (NoteType::Purchase, "transaction"),
    (NoteType::Place, "geolocation"),
    (NoteType::Service, "service_message"),
    (NoteType::CashierMessage, "message_cashier"),
    (NoteType::InvoicePaid, "invoice_paid"),
    (NoteType::LinkFollowed, "link_followed"),
    (NoteType::ExtendedService, "extended_service_message"),
    (NoteType::Dropbox, "dropbox_attachment"),
    (NoteType::SmsIn, "sms_in"),
    (NoteType::SmsOut, "sms_out"),
];

/// The name, unless v4 shows this as an event only, or not at all.
pub fn name(note_type: NoteType) -> Option<&'static str> {
    NAMES.into_iter().find(|(known, _)| *known == note_type).map(|(_, name)| name)
}

/// The type of that name.
pub fn from_name(name: &str) -> Option<NoteType> {
    NAMES.into_iter().find(|(_, known)| *known == name).map(|(note_type, _)| note_type)
}
