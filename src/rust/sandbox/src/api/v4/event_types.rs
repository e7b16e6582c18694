//! `GET /api/v4/events/types`.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;

use super::link;
use crate::api::reply;
use crate::api::{self, Json, object};

/// The numbers by which a type that is listed only is known do not matter to
/// anybody; those of `lead_added` and `lead_deleted` are the real ones.
#[rustfmt::skip]
const LISTED: [(&str, u64, &str); 54] = [
    ("lead_added", 1, "Новая сделка"), ("lead_deleted", 7, "Сделка удалена"),
    ("lead_restored", 8, "Сделка восстановлена"),
    ("lead_status_changed", 9, "Изменение этапа продажи"),
    ("lead_linked", 10, "Прикрепление сделки"), ("lead_unlinked", 11, "Открепление сделки"),
    ("contact_added", 2, "Новый контакт"), ("contact_deleted", 12, "Контакт удалён"),
    ("contact_restored", 13, "Контакт восстановлен"),
    ("contact_linked", 14, "Прикрепление контакта"),
    ("contact_unlinked", 15, "Открепление контакта"), ("company_added", 3, "Новая компания"),
    ("company_deleted", 16, "Компания удалена"),
    ("company_restored", 17, "Компания восстановлена"),
    ("company_linked", 18, "Прикрепление компании"),
    ("company_unlinked", 19, "Открепление компании"), ("customer_added", 4, "Новый покупатель"),
    ("customer_deleted", 20, "Покупатель удалён"),
    ("customer_status_changed", 21, "Изменение этапа покупателя"),
    ("task_added", 5, "Новая задача"), ("task_deleted", 22, "Задача удалена"),
    ("task_completed", 23, "Завершение задачи"),
    ("task_type_changed", 24, "Изменение типа задачи"),
    ("task_text_changed", 25, "Изменение текста задачи"),
    ("task_deadline_changed", 26, "Изменение даты исполнения задачи"),
    ("task_result_added", 27, "Результат по задаче"), ("incoming_call", 28, "Входящий звонок"),
    ("outgoing_call", 29, "Исходящий звонок"),
    ("incoming_chat_message", 30, "Входящее сообщение"),
    ("outgoing_chat_message", 31, "Исходящее сообщение"), ("incoming_sms", 32, "Входящее SMS"),
    ("outgoing_sms", 33, "Исходящее SMS"), ("incoming_mail", 34, "Входящее письмо"),
    ("outgoing_mail", 35, "Исходящее письмо"), ("entity_tag_added", 36, "Теги добавлены"),
    ("entity_tag_deleted", 37, "Теги убраны"), ("entity_linked", 38, "Прикрепление"),
    ("entity_unlinked", 39, "Открепление"), ("sale_field_changed", 40, "Изменение поля «Бюджет»"),
    ("name_field_changed", 41, "Изменение поля «Название»"),
    ("custom_field_value_changed", 42, "Изменение поля"),
    ("entity_responsible_changed", 43, "Ответственный изменён"),
    ("link_followed", 44, "Переход по ссылке"), ("transaction_added", 45, "Добавлена покупка"),
    ("common_note_added", 46, "Новое примечание"),
    ("common_note_deleted", 47, "Примечание удалено"),
    ("attachment_note_added", 48, "Добавлен новый файл"),
    ("targeting_in_note_added", 49, "Добавление в ретаргетинг"),
    ("targeting_out_note_added", 50, "Удаление из ретаргетинга"),
    ("geo_note_added", 51, "Новое примечание с геометкой"),
    ("service_note_added", 52, "Новое системное примечание"),
    ("site_visit_note_added", 53, "Заход на сайт"),
    ("message_to_cashier_note_added", 54, "Сообщение кассиру"),
    ("entity_merged", 55, "Объединение"),
];

/// Answers with every type, those included that the sandbox never plays.
pub async fn list(request: Request) -> Response {
    let query = api::query(&request);
    let russian = query.value("language_code").is_none_or(|language| language == "ru");
    let types = LISTED.into_iter().map(|(key, code, text)| {
        let lang = if russian { text.to_owned() } else { key.replace('_', " ") };
        object! { "key": key, "type": code, "lang": lang }
    });
    let body = object! {
        "_total_items": LISTED.len() as u64,
        "_links": link(api::site(&request) + "/api/v4/events/types"),
        "_embedded": object! { "events_types": Json::list(types) },
    };
    reply::plain_json(StatusCode::OK, reply::HAL, &body)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::HashSet;
    use std::sync::Arc;

    use super::*;
    use crate::config::{Config, NoteCounts};
    use crate::data::account::Account;
    use crate::data::store::Store;

    #[test]
    fn every_type_that_is_played_is_listed_under_a_number_of_its_own() {
        let listed: HashSet<_> = LISTED.iter().map(|(key, _, _)| *key).collect();
        let codes: HashSet<_> = LISTED.iter().map(|(_, code, _)| *code).collect();
        assert_eq!((listed.len(), codes.len()), (LISTED.len(), LISTED.len()));
        let config = Config { notes: NoteCounts::each(3000), ..Config::default() };
        let store = Store::new(Arc::new(Account::new(&config).unwrap()), &config);
        let played: HashSet<_> =
            store.events().rows().iter().map(|event| event.event_type).collect();
        assert_eq!(played.len(), 31);
        assert!(played.is_subset(&listed), "{played:?}");
    }
}
