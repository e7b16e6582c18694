//! What events are called. `GET /api/v4/events/types`.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use super::paging::Links;
use super::site;
use crate::index::Line;
use crate::notes::NoteType;
use crate::query::Query;
use crate::reply;

/// A type of event that the sandbox has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventType {
    LeadAdded,
    ContactAdded,
    CompanyAdded,
    CustomerAdded,
    LeadStatusChanged,
    EntityResponsibleChanged,
    EntityTagAdded,
    EntityTagDeleted,
    CommonNoteAdded,
    AttachmentNoteAdded,
    TargetingInNoteAdded,
    TargetingOutNoteAdded,
    GeoNoteAdded,
    ServiceNoteAdded,
    SiteVisitNoteAdded,
    MessageToCashierNoteAdded,
    IncomingCall,
    OutgoingCall,
    IncomingSms,
    OutgoingSms,
    IncomingMail,
    OutgoingMail,
    IncomingChatMessage,
    OutgoingChatMessage,
    LinkFollowed,
    TransactionAdded,
    TaskResultAdded,
    TaskCompleted,
    NameFieldChanged,
    SaleFieldChanged,
    CustomFieldValueChanged,
}

/// The numbers by which a type that is listed only is known do not matter to
/// anybody; those of `lead_added` and `lead_deleted` are the real ones.
const LISTED: [(&str, u64, &str); 53] = [
    ("lead_added", 1, "Новая сделка"),
    ("lead_deleted", 7, "Сделка удалена"),
    ("lead_restored", 8, "Сделка восстановлена"),
    ("lead_status_changed", 9, "Изменение этапа продажи"),
    ("lead_linked", 10, "Прикрепление сделки"),
    ("lead_unlinked", 11, "Открепление сделки"),
    ("contact_added", 2, "Новый контакт"),
    ("contact_deleted", 12, "Контакт удалён"),
    ("contact_restored", 13, "Контакт восстановлен"),
    ("contact_linked", 14, "Прикрепление контакта"),
    ("contact_unlinked", 15, "Открепление контакта"),
    ("company_added", 3, "Новая компания"),
    ("company_deleted", 16, "Компания удалена"),
    ("company_restored", 17, "Компания восстановлена"),
    ("company_linked", 18, "Прикрепление компании"),
    ("company_unlinked", 19, "Открепление компании"),
    ("customer_added", 4, "Новый покупатель"),
    ("customer_deleted", 20, "Покупатель удалён"),
    ("customer_status_changed", 21, "Изменение этапа покупателя"),
    ("task_added", 5, "Новая задача"),
    ("task_deleted", 22, "Задача удалена"),
    ("task_completed", 23, "Завершение задачи"),
    ("task_type_changed", 24, "Изменение типа задачи"),
    ("task_text_changed", 25, "Изменение текста задачи"),
    ("task_deadline_changed", 26, "Изменение даты исполнения задачи"),
    ("task_result_added", 27, "Результат по задаче"),
    ("incoming_call", 28, "Входящий звонок"),
    ("outgoing_call", 29, "Исходящий звонок"),
    ("incoming_chat_message", 30, "Входящее сообщение"),
    ("outgoing_chat_message", 31, "Исходящее сообщение"),
    ("incoming_sms", 32, "Входящее SMS"),
    ("outgoing_sms", 33, "Исходящее SMS"),
    ("incoming_mail", 34, "Входящее письмо"),
    ("outgoing_mail", 35, "Исходящее письмо"),
    ("entity_tag_added", 36, "Теги добавлены"),
    ("entity_tag_deleted", 37, "Теги убраны"),
    ("entity_linked", 38, "Прикрепление"),
    ("entity_unlinked", 39, "Открепление"),
    ("sale_field_changed", 40, "Изменение поля «Бюджет»"),
    ("name_field_changed", 41, "Изменение поля «Название»"),
    ("custom_field_value_changed", 42, "Изменение поля"),
    ("entity_responsible_changed", 43, "Ответственный изменён"),
    ("link_followed", 44, "Переход по ссылке"),
    ("transaction_added", 45, "Добавлена покупка"),
    ("common_note_added", 46, "Новое примечание"),
    ("common_note_deleted", 47, "Примечание удалено"),
    ("attachment_note_added", 48, "Добавлен новый файл"),
    ("targeting_in_note_added", 49, "Добавление в ретаргетинг"),
    ("targeting_out_note_added", 50, "Удаление из ретаргетинга"),
    ("geo_note_added", 51, "Новое примечание с геометкой"),
    ("service_note_added", 52, "Новое системное примечание"),
    ("site_visit_note_added", 53, "Заход на сайт"),
    ("message_to_cashier_note_added", 54, "Сообщение кассиру"),
];

const ALL: [EventType; 31] = [
    EventType::LeadAdded,
    EventType::ContactAdded,
    EventType::CompanyAdded,
    EventType::CustomerAdded,
    EventType::LeadStatusChanged,
    EventType::EntityResponsibleChanged,
    EventType::EntityTagAdded,
    EventType::EntityTagDeleted,
    EventType::CommonNoteAdded,
    EventType::AttachmentNoteAdded,
    EventType::TargetingInNoteAdded,
    EventType::TargetingOutNoteAdded,
    EventType::GeoNoteAdded,
    EventType::ServiceNoteAdded,
    EventType::SiteVisitNoteAdded,
    EventType::MessageToCashierNoteAdded,
    EventType::IncomingCall,
    EventType::OutgoingCall,
    EventType::IncomingSms,
    EventType::OutgoingSms,
    EventType::IncomingMail,
    EventType::OutgoingMail,
    EventType::IncomingChatMessage,
    EventType::OutgoingChatMessage,
    EventType::LinkFollowed,
    EventType::TransactionAdded,
    EventType::TaskResultAdded,
    EventType::TaskCompleted,
    EventType::NameFieldChanged,
    EventType::SaleFieldChanged,
    EventType::CustomFieldValueChanged,
];

impl EventType {
    /// The type of that name.
    pub fn from_key(key: &str) -> Option<Self> {
        ALL.into_iter().find(|event_type| event_type.key() == key)
    }

    /// Its name.
    pub fn key(self) -> &'static str {
        match self {
            Self::LeadAdded => "lead_added",
            Self::ContactAdded => "contact_added",
            Self::CompanyAdded => "company_added",
            Self::CustomerAdded => "customer_added",
            Self::LeadStatusChanged => "lead_status_changed",
            Self::EntityResponsibleChanged => "entity_responsible_changed",
            Self::EntityTagAdded => "entity_tag_added",
            Self::EntityTagDeleted => "entity_tag_deleted",
            Self::CommonNoteAdded => "common_note_added",
            Self::AttachmentNoteAdded => "attachment_note_added",
            Self::TargetingInNoteAdded => "targeting_in_note_added",
            Self::TargetingOutNoteAdded => "targeting_out_note_added",
            Self::GeoNoteAdded => "geo_note_added",
            Self::ServiceNoteAdded => "service_note_added",
            Self::SiteVisitNoteAdded => "site_visit_note_added",
            Self::MessageToCashierNoteAdded => "message_to_cashier_note_added",
            Self::IncomingCall => "incoming_call",
            Self::OutgoingCall => "outgoing_call",
            Self::IncomingSms => "incoming_sms",
            Self::OutgoingSms => "outgoing_sms",
            Self::IncomingMail => "incoming_mail",
            Self::OutgoingMail => "outgoing_mail",
            Self::IncomingChatMessage => "incoming_chat_message",
            Self::OutgoingChatMessage => "outgoing_chat_message",
            Self::LinkFollowed => "link_followed",
            Self::TransactionAdded => "transaction_added",
            Self::TaskResultAdded => "task_result_added",
            Self::TaskCompleted => "task_completed",
            Self::NameFieldChanged => "name_field_changed",
            Self::SaleFieldChanged => "sale_field_changed",
            Self::CustomFieldValueChanged => "custom_field_value_changed",
        }
    }

    /// Whether it is about a message in a messenger.
    pub fn is_chat(self) -> bool {
        matches!(self, Self::IncomingChatMessage | Self::OutgoingChatMessage)
    }
}

/// The event that comes with a note, if any does.
pub fn of_note(line: &Line) -> Option<EventType> {
    let by_direction = |incoming, outgoing| if line.income { incoming } else { outgoing };
    Some(match line.note_type {
        NoteType::LeadCreated => EventType::LeadAdded,
        NoteType::ContactCreated => EventType::ContactAdded,
        NoteType::CompanyCreated => EventType::CompanyAdded,
        NoteType::CustomerCreated => EventType::CustomerAdded,
        NoteType::StageChanged => EventType::LeadStatusChanged,
        NoteType::Common => EventType::CommonNoteAdded,
        NoteType::Attachment => EventType::AttachmentNoteAdded,
        NoteType::CallIn => EventType::IncomingCall,
        NoteType::CallOut => EventType::OutgoingCall,
        NoteType::TaskResult => EventType::TaskResultAdded,
        NoteType::ResponsibleChanged => EventType::EntityResponsibleChanged,
        NoteType::Mail => by_direction(EventType::IncomingMail, EventType::OutgoingMail),
        NoteType::SiteVisit => EventType::SiteVisitNoteAdded,
        NoteType::Chat => {
            by_direction(EventType::IncomingChatMessage, EventType::OutgoingChatMessage)
        }
        NoteType::TargetingIn => EventType::TargetingInNoteAdded,
        NoteType::TargetingOut => EventType::TargetingOutNoteAdded,
        NoteType::Purchase => EventType::TransactionAdded,
        NoteType::Place => EventType::GeoNoteAdded,
        NoteType::Service => EventType::ServiceNoteAdded,
        NoteType::TagsAdded => EventType::EntityTagAdded,
        NoteType::TagsRemoved => EventType::EntityTagDeleted,
        NoteType::CashierMessage => EventType::MessageToCashierNoteAdded,
        NoteType::LinkFollowed => EventType::LinkFollowed,
        NoteType::SmsIn => EventType::IncomingSms,
        NoteType::SmsOut => EventType::OutgoingSms,
        NoteType::OldCall
        | NoteType::OldMail
        | NoteType::OldMailFile
        | NoteType::ExternalFile
        | NoteType::AutoCreated
        | NoteType::InvoicePaid
        | NoteType::ExtendedService
        | NoteType::Dropbox => return None,
    })
}

#[derive(Serialize)]
struct TypeList {
    _total_items: usize,
    _links: Links,
    _embedded: Types,
}

#[derive(Serialize)]
struct Types {
    events_types: Vec<TypeView>,
}

#[derive(Serialize)]
struct TypeView {
    key: &'static str,
    #[serde(rename = "type")]
    code: u64,
    lang: String,
}

/// Answers with every type, those included that the sandbox never plays.
pub async fn list(request: Request) -> Response {
    let query = Query::parse(request.uri().query().unwrap_or_default().as_bytes());
    let russian = query.value("language_code").is_none_or(|language| language == "ru");
    let lang =
        |key: &str, text: &str| if russian { text.to_owned() } else { key.replace('_', " ") };
    let view = |(key, code, text)| TypeView { key, code, lang: lang(key, text) };
    let body = TypeList {
        _total_items: LISTED.len(),
        _links: Links::to(site::of(request.headers()) + "/api/v4/events/types"),
        _embedded: Types { events_types: LISTED.into_iter().map(view).collect() },
    };
    reply::plain_json(StatusCode::OK, reply::HAL, &body)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_type_that_is_played_is_listed_under_a_number_of_its_own() {
        let listed: HashSet<_> = LISTED.iter().map(|(key, _, _)| *key).collect();
        let codes: HashSet<_> = LISTED.iter().map(|(_, code, _)| *code).collect();
        assert_eq!((listed.len(), codes.len()), (LISTED.len(), LISTED.len()));
        for event_type in ALL {
            assert!(listed.contains(event_type.key()), "{event_type:?}");
            assert_eq!(EventType::from_key(event_type.key()), Some(event_type));
        }
    }
}
