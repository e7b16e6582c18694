//! The note types of API v2 (docs/api-v2.md, Types of notes; docs/api-v4.md,
//! Where v4 keeps notes of v2).

/// Where today's API keeps records of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptAs {
    /// Written by people and integrations.
    Note,
    /// Written by the system when something happens.
    Event,
}

/// A kind of note.
#[derive(Clone, Copy, Debug)]
pub struct NoteType {
    /// The number that `note_type` holds.
    pub code: u32,
    /// Name, as API v4 writes it.
    pub name: &'static str,
    /// What it is, in English.
    pub label_en: &'static str,
    /// What it is, in Russian.
    pub label_ru: &'static str,
    /// Where v4 keeps it.
    pub kept_as: KeptAs,
}

const fn row(
    code: u32,
    name: &'static str,
    kept_as: KeptAs,
    label_en: &'static str,
    label_ru: &'static str,
) -> NoteType {
    NoteType { code, name, label_en, label_ru, kept_as }
}

use KeptAs::{Event, Note};

/// All known types, by code. Accounts may hold others: amoCRM never published
/// a full list, and unknown codes are passed through.
#[rustfmt::skip]
pub const NOTE_TYPES: [NoteType; 39] = [
    row(1, "lead_created", Event, "Lead created", "Сделка создана"),
    row(2, "contact_created", Event, "Contact created", "Контакт создан"),
    row(3, "lead_status_changed", Event, "Lead moved to another stage", "Этап сделки изменён"),
    row(4, "common", Note, "Plain note", "Обычное примечание"),
    row(5, "attachment", Note, "File", "Файл"),
    row(6, "call", Note, "Call from the mobile app (old)", "Звонок из мобильного приложения (старый)"),
    row(7, "mail_message", Note, "Email (old mail)", "Письмо (старая почта)"),
    row(8, "mail_message_attachment", Note, "File of an email (old mail)", "Файл письма (старая почта)"),
    row(9, "external_attach", Note, "File of an external service", "Файл внешнего сервиса"),
    row(10, "call_in", Note, "Incoming call", "Входящий звонок"),
    row(11, "call_out", Note, "Outgoing call", "Исходящий звонок"),
    row(12, "company_created", Event, "Company created", "Компания создана"),
    row(13, "task_result", Event, "Task result", "Результат задачи"),
    row(14, "main_user_changed", Event, "Responsible user changed", "Ответственный изменён"),
    row(15, "amomail_message", Note, "Email", "Письмо"),
    row(16, "site_visit", Note, "Site visit", "Посещение сайта"),
    row(17, "chat", Event, "Chat message", "Сообщение чата"),
    row(18, "targeting_in", Note, "Added to retargeting", "Добавлен в ретаргетинг"),
    row(19, "targeting_out", Note, "Removed from retargeting", "Удалён из ретаргетинга"),
    row(20, "lead_auto_created", Note, "Lead created automatically", "Сделка создана автоматически"),
    row(22, "customer_created", Event, "Customer created", "Покупатель создан"),
    row(23, "transaction", Note, "Purchase", "Покупка"),
    row(24, "geolocation", Note, "Geolocation", "Геолокация"),
    row(25, "service_message", Note, "Service message", "Системное сообщение"),
    row(26, "dp_tags_added", Event, "Tags added", "Теги добавлены"),
    row(27, "dp_tags_removed", Event, "Tags removed", "Теги удалены"),
    row(28, "message_cashier", Note, "Message to the cashier", "Сообщение кассиру"),
    row(29, "invoice_paid", Note, "Invoice paid", "Счёт оплачен"),
    row(31, "intent", Event, "Intent recognised by a robot", "Намерение распознано роботом"),
    row(32, "link_followed", Note, "Link followed", "Переход по ссылке"),
    row(34, "extended_service_message", Note, "Extended service message", "Расширенное системное сообщение"),
    row(35, "zoom_meeting", Note, "Zoom meeting", "Встреча в Zoom"),
    row(36, "bill_paid", Note, "Bill paid", "Счёт оплачен"),
    row(37, "key_action_completed", Event, "Key action completed", "Ключевое действие выполнено"),
    row(99, "max_system", Note, "Border of the system types", "Граница системных типов"),
    row(101, "dropbox_attachment", Note, "File in Dropbox", "Файл в Dropbox"),
    row(102, "sms_in", Note, "Incoming SMS", "Входящее SMS"),
    row(103, "sms_out", Note, "Outgoing SMS", "Исходящее SMS"),
    row(104, "mention", Note, "Mention", "Упоминание"),
];

#[cfg(test)]
mod tests {
    use super::NOTE_TYPES;

    #[test]
    fn codes_ascend_and_names_are_distinct() {
        assert!(NOTE_TYPES.windows(2).all(|pair| pair[0].code < pair[1].code));
        let names: std::collections::HashSet<_> = NOTE_TYPES.iter().map(|t| t.name).collect();
        assert_eq!(names.len(), NOTE_TYPES.len());
    }
}
