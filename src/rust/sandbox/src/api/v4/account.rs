//! `GET /api/v4/account`.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;

use crate::api::app::App;
use crate::api::reply;
use crate::api::{self, Context, Json, object};
use crate::data::account;
use crate::data::settings::INVOICES;
use crate::data::{Rng, SETTINGS, random};

const SALT: u64 = 0x00AC_C004;

/// Answers with the account and what `with` names.
pub async fn show(State(app): State<Arc<App>>, request: Request) -> Response {
    let store = app.store();
    let query = api::query(&request);
    let context = Context::new(&store, &request, &query);
    let parts = object! {
        "amojo_rights": context.part("amojo_rights", || object! {
            "can_direct": true, "can_create_groups": true,
        }),
        "users_groups": context.part("users_groups", groups),
        "task_types": context.part("task_types", task_types),
        "datetime_settings": context.part("datetime_settings", || object! {
            "date_pattern": "d.m.Y H:i", "short_date_pattern": "d.m.Y",
            // So spelt by the service.
            "short_time_pattern": "H:i", "date_formant": "d.m.Y", "time_format": "H:i:s",
            "timezone": app.account.timezone_name().to_owned(),
            "timezone_offset": app.account.offset_now(),
        }),
    };
    let (boss, made_at) = (SETTINGS.users[0].id, context.made_at());
    let view = object! {
        "id": app.account.id, "name": account::NAME, "subdomain": account::SUBDOMAIN,
        "created_at": made_at, "created_by": boss, "updated_at": made_at,
        "updated_by": boss, "current_user_id": app.current_user().id, "country": "RU",
        "currency": account::CURRENCY, "currency_symbol": account::CURRENCY_SYMBOL,
        "language": account::LANGUAGE,
        "customers_mode": if app.kommo { "unavailable" } else { "dynamic" },
        "is_unsorted_on": true, "is_loss_reason_enabled": true, "is_helpbot_enabled": false,
        "is_technical_account": false, "mobile_feature_version": 0_u64, "contact_name_display_order": 1_u64,
        "is_api_filter_enabled": context.part("is_api_filter_enabled", || app.api_filter),
        "amojo_id": context.part("amojo_id", || uuid(app.account.seed)),
        "uuid": context.part("uuid", || uuid(app.account.id)),
        "entity_names": context.part("entity_names", entity_names),
        "invoices_settings": context.part("invoices_settings", || object! {
            "lang": account::LANGUAGE, "invoices_catalog_id": INVOICES,
        }),
        "drive_url": context.part("drive_url", || "https://drive.sandbox.example"),
        "version": context.part("version", || 16_u64),
        "_links": context.link("account"),
        "_embedded": parts.unless_bare(),
    };
    reply::plain_json(StatusCode::OK, reply::HAL, &view)
}

/// What leads are called: deals, unless an account has another word.
fn entity_names() -> Json {
    let singular = object! {
        "default": "сделка", "genitive": "сделки", "dative": "сделке", "accusative": "сделку",
        "instrumental": "сделкой", "prepositional": "сделке",
    };
    let plural = object! {
        "default": "сделки", "genitive": "сделок", "dative": "сделкам", "accusative": "сделки",
        "instrumental": "сделками", "prepositional": "сделках",
    };
    object! { "leads": object! {
        "ru": object! { "gender": "f", "singular_form": singular, "plural_form": plural },
        "en": object! {
            "gender": "f", "singular_form": object! { "default": "lead" },
            "plural_form": object! { "default": "leads" },
        },
    } }
}

fn uuid(key: u64) -> String {
    random::uuid(&mut Rng::of(&[SALT, key]))
}

/// Only groups that the account made have an id of the long kind.
fn groups() -> Json {
    Json::list(SETTINGS.groups.iter().map(|group| {
        object! {
            "id": group.id, "name": group.name, "uuid": (group.id != 0).then(|| uuid(group.id)),
        }
    }))
}

fn task_types() -> Json {
    Json::list(SETTINGS.task_types.iter().map(|task_type| {
        object! {
            "id": task_type.id, "name": task_type.name, "color": Json::Null, "icon_id": Json::Null,
            "code": task_type.code,
        }
    }))
}
