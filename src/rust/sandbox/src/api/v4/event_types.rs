//! `GET /api/v4/events/types`: all of them at once.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;

use super::paging;
use crate::api::app::App;
use crate::api::{self, object};
use crate::data::account::LANGUAGE;
use crate::data::entity::KINDS;
use crate::data::fields;

/// A type: its key, its number, and what it is called.
type Type = (&'static str, u64, &'static str);

/// The numbers by which a type that is listed only is known do not matter to
/// anybody; those of `lead_added` and `lead_deleted` are the real ones.
#[rustfmt::skip]
const LISTED: [Type; 62] = [
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
    ("customer_linked", 56, "Прикрепление покупателя"),
    ("customer_unlinked", 57, "Открепление покупателя"),
    ("entity_direct_message", 58, "Сообщение внутреннего чата"),
    ("ltv_field_changed", 59, "Сумма покупок изменена"), ("robot_replied", 60, "Ответ робота"),
    ("intent_identified", 61, "Тема вопроса определена"), ("nps_rate_added", 62, "Новая оценка NPS"),
    ("key_action_completed", 63, "Ключевое действие"),
];

/// Those that Kommo has besides.
#[rustfmt::skip]
const KOMMO: [Type; 9] = [
    ("talk_created", 64, "Беседа создана"), ("talk_closed", 65, "Беседа закрыта"),
    ("conversation_answered", 66, "Беседа отвечена"),
    ("talk_missed_event", 67, "Беседа пропущена"), ("ai_result", 68, "Ответ Kommo AI"),
    ("page_mention", 69, "Упоминание страницы"), ("zoom_conference", 70, "Встреча в Zoom"),
    ("dropbox_attachment", 71, "Файл из Dropbox"),
    ("meta_chat_subscription_added", 72, "Подписка на рассылку"),
];

/// Numbers of the changes of single fields begin here.
const FIRST_OF_FIELDS: u64 = 1001;

/// Answers with every type, those included that the sandbox never plays.
pub async fn list(State(app): State<Arc<App>>, request: Request) -> Response {
    let query = api::query(&request);
    let is_local = query.value("language_code").is_none_or(|language| language == LANGUAGE);
    let items = types(app.kommo).into_iter().map(|(key, code, text)| {
        let lang = if is_local { text } else { key.replace('_', " ") };
        object! { "key": key, "type": code, "lang": lang }
    });
    paging::whole_list(&request, "events_types", items.collect())
}

/// The types of all accounts of the zone, and one for each field of this one.
fn types(is_kommo: bool) -> Vec<(String, u64, String)> {
    let others = if is_kommo { &KOMMO[..] } else { &[] };
    let listed = LISTED.iter().filter(|(key, ..)| !(is_kommo && is_about_customers(key)));
    let common = listed
        .chain(others)
        .map(|(key, code, text)| ((*key).to_owned(), *code, (*text).to_owned()));
    let mut all = KINDS.into_iter().flat_map(fields::of).collect::<Vec<_>>();
    // Contacts and companies share some.
    all.sort_by_key(|field| field.id);
    all.dedup_by_key(|field| field.id);
    let changes = (FIRST_OF_FIELDS..).zip(all).map(|(code, field)| {
        let key = format!("custom_field_{}_value_changed", field.id);
        (key, code, format!("Изменение поля «{}»", field.name))
    });
    common.chain(changes).collect()
}

/// Kommo has no customers, whatever they do.
fn is_about_customers(key: &str) -> bool {
    key.starts_with("customer_") || matches!(key, "transaction_added" | "ltv_field_changed")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::config::{Config, NoteCounts};
    use crate::data::account::Account;
    use crate::data::store::Store;
    use std::collections::HashSet;

    #[test]
    fn every_type_that_is_played_is_listed_under_a_number_of_its_own() {
        for kommo in [false, true] {
            let types = types(kommo);
            let listed: HashSet<_> = types.iter().map(|(key, ..)| key.as_str()).collect();
            let codes: HashSet<_> = types.iter().map(|(_, code, _)| *code).collect();
            assert_eq!((listed.len(), codes.len()), (types.len(), types.len()));
            let config = Config { notes: NoteCounts::each(3000), kommo, ..Config::default() };
            let store = Store::new(Arc::new(Account::new(&config).unwrap()), &config);
            let played: HashSet<_> =
                store.events().rows().iter().map(|event| event.event_type).collect();
            assert_eq!(played.len(), if kommo { 30 } else { 32 });
            assert!(played.is_subset(&listed), "{played:?}");
        }
    }
}
