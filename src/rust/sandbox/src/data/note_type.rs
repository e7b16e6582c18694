//! The types of notes, and what API v4 calls them and their events.

use serde::Deserialize;

/// What a note is about. The numbers are those of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum NoteType {
    LeadCreated = 1,
    ContactCreated = 2,
    StageChanged = 3,
    Common = 4,
    Attachment = 5,
    OldCall = 6,
    OldMail = 7,
    OldMailFile = 8,
    ExternalFile = 9,
    CallIn = 10,
    CallOut = 11,
    CompanyCreated = 12,
    TaskResult = 13,
    ResponsibleChanged = 14,
    Mail = 15,
    SiteVisit = 16,
    Chat = 17,
    TargetingIn = 18,
    TargetingOut = 19,
    AutoCreated = 20,
    CustomerCreated = 22,
    Purchase = 23,
    Place = 24,
    Service = 25,
    TagsAdded = 26,
    TagsRemoved = 27,
    CashierMessage = 28,
    InvoicePaid = 29,
    LinkFollowed = 32,
    ExtendedService = 34,
    Dropbox = 101,
    SmsIn = 102,
    SmsOut = 103,
}

impl NoteType {
    /// The number that the service calls `note_type`.
    pub fn code(self) -> u64 {
        self as u64
    }

    #[rustfmt::skip]
    fn facts(self) -> Facts {
        let (name, event, robots) = match self {
            Self::LeadCreated => (None, Some("lead_added"), 55),
            Self::ContactCreated => (None, Some("contact_added"), 55),
            Self::StageChanged => (None, Some("lead_status_changed"), 15),
            Self::Common => (Some("common"), Some("common_note_added"), 0),
            Self::Attachment => (Some("attachment"), Some("attachment_note_added"), 0),
            Self::OldCall | Self::OldMail | Self::OldMailFile | Self::ExternalFile => (None, None, 0),
            Self::CallIn => (Some("call_in"), Some("incoming_call"), 15),
            Self::CallOut => (Some("call_out"), Some("outgoing_call"), 0),
            Self::CompanyCreated => (None, Some("company_added"), 0),
            Self::TaskResult => (None, Some("task_result_added"), 0),
            Self::ResponsibleChanged => (None, Some("entity_responsible_changed"), 0),
            Self::Mail => (Some("amomail_message"), Some("outgoing_mail"), 0),
            Self::SiteVisit => (Some("site_visit"), Some("site_visit_note_added"), 100),
            Self::Chat => (None, Some("outgoing_chat_message"), 85),
            Self::TargetingIn => (Some("targeting_in"), Some("targeting_in_note_added"), 100),
            Self::TargetingOut => (Some("targeting_out"), Some("targeting_out_note_added"), 100),
            Self::AutoCreated => (Some("lead_auto_created"), None, 100),
            Self::CustomerCreated => (None, Some("customer_added"), 0),
            Self::Purchase => (Some("transaction"), Some("transaction_added"), 0),
            Self::Place => (Some("geolocation"), Some("geo_note_added"), 0),
            Self::Service => (Some("service_message"), Some("service_note_added"), 100),
            Self::TagsAdded => (None, Some("entity_tag_added"), 100),
            Self::TagsRemoved => (None, Some("entity_tag_deleted"), 100),
            Self::CashierMessage => (Some("message_cashier"), Some("message_to_cashier_note_added"), 100),
            Self::InvoicePaid => (Some("invoice_paid"), None, 100),
            Self::LinkFollowed => (Some("link_followed"), Some("link_followed"), 100),
            Self::ExtendedService => (Some("extended_service_message"), None, 100),
            Self::Dropbox => (Some("dropbox_attachment"), None, 0),
            Self::SmsIn => (Some("sms_in"), Some("incoming_sms"), 100),
            Self::SmsOut => (Some("sms_out"), Some("outgoing_sms"), 0),
        };
        Facts { name, event, robots }
    }

    /// What API v4 calls such notes; the others are events only, or nothing at all.
    pub fn name(self) -> Option<&'static str> {
        self.facts().name
    }

    /// How many of 100 a robot writes.
    pub fn robots(self) -> u64 {
        self.facts().robots
    }

    /// The event that comes with such a note, if any does; `income` says whether a client
    /// wrote it.
    pub fn event(self, income: impl Fn() -> bool) -> Option<&'static str> {
        match self {
            Self::Mail if income() => Some("incoming_mail"),
            Self::Chat if income() => Some("incoming_chat_message"),
            _ => self.facts().event,
        }
    }
}

/// What is known of a type of notes.
struct Facts {
    /// What API v4 calls them, if they are notes there.
    name: Option<&'static str>,
    /// The event that comes with one that no client wrote, if any does.
    event: Option<&'static str>,
    /// How many of 100 a robot writes.
    robots: u64,
}
