//! `GET /api/v2/notes`, and a note as API v2 spells it.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::parameters::{Parameters, Window};
use super::{link, page};
use crate::api::app::App;
use crate::api::recorded::{self, Meta};
use crate::api::reply;
use crate::api::{self, Context, Json, object};
use crate::data::content::Call;
use crate::data::{Content, Kind, List, Note, NoteType, Rng, Row, Stage};

const SALT: u64 = 0x0000_5E02;
const PATH: &str = "/api/v2/notes";

/// Answers with a page of rows, 204 when there are none, or 400 when the type
/// is missing or unknown.
pub async fn list(State(app): State<Arc<App>>, request: Request) -> Response {
    let parameters = Parameters::read(&request, &app.account.timezone);
    let Some(kind) = parameters.query.value("type").and_then(Kind::from_name) else {
        return type_required();
    };
    let (window, wanted) = (window(&parameters), wanted(&parameters));
    let rows = if let Some(rows) = app.recorded_notes.get(&kind) {
        let rows = rows.iter().filter(|row| wanted(&row.meta));
        window.cut(rows).into_iter().map(recorded::json).collect()
    } else {
        let store = app.store();
        let notes = store.notes[kind].there().filter(|note| wanted(&meta(note)));
        let context = Context::new(&store, &request, &parameters.query);
        window.cut(notes).into_iter().map(|note| view(note, &context)).collect()
    };
    page::answer(&request, PATH, rows)
}

/// Which notes are asked for: those with the ids, whatever the other parameters say, or those
/// that pass.
fn wanted(parameters: &Parameters) -> impl Fn(&Meta) -> bool {
    let [ids, elements, types] =
        ["id", "element_id", "note_type"].map(|name| parameters.numbers(name));
    let since = parameters.modified();
    let within = |list: &[u64], value| list.is_empty() || list.contains(&value);
    move |note| {
        let passes = within(&elements, note.element_id)
            && within(&types, note.note_type)
            && since.holds(note.updated_at);
        if ids.is_empty() { passes } else { ids.contains(&note.id) }
    }
}

fn meta(note: &Note) -> Meta {
    Meta {
        id: note.id.into(),
        element_id: note.entity.into(),
        note_type: note.note_type.code(),
        updated_at: note.updated_at.into(),
    }
}

/// Notes by their ids come all at once.
fn window(parameters: &Parameters) -> Window {
    let is_any = parameters.numbers("id").is_empty();
    if is_any { parameters.window(List::Leads) } else { Window::WHOLE }
}

fn type_required() -> Response {
    let failure = object! { "response": object! {
        "error": "Не указан или неизвестен тип примечаний (type)", "error_code": "221",
        "server_time": reply::server_time(),
    } };
    reply::json(StatusCode::BAD_REQUEST, "application/json; charset=utf-8", &failure)
}

fn view(note: &Note, context: &Context) -> Json {
    let kind = note.kind;
    let parts = parts(context.store.content(note), note);
    object! {
        "id": note.id, "responsible_user_id": note.responsible.id,
        "created_by": note.created_by, "created_at": note.created_at,
        "updated_at": note.updated_at, "account_id": context.account_id(),
        "group_id": note.responsible.group_id,
        "is_editable": note.is_own(), "element_id": note.entity,
        "element_type": kind.element_type(), "attachment": parts.attachment,
        "note_type": note.note_type.code(), "text": parts.text, "params": parts.params,
        "_links": link(format!("{PATH}?id={}&type={}", note.id, kind.name())),
    }
}

/// The parts of a row that depend on what it says.
struct Parts {
    attachment: String,
    text: Json,
    params: Json,
}

fn parts(content: Content, note: &Note) -> Parts {
    // The spelling differs from row to row as the senders did.
    let mut rng = Rng::of(&[SALT, note.id()]);
    let said =
        |text: String, params| Parts { attachment: String::new(), text: text.into(), params };
    let silent = |params| Parts { attachment: String::new(), text: Json::Absent, params };
    match content {
        Content::Created => said("Добавлен новый объект".to_owned(), Json::Absent),
        Content::Text(text) | Content::OldMail(text) | Content::Chat { text, .. } => {
            said(text, nothing(note, &mut rng))
        }
        Content::File { name, stored } => {
            Parts { attachment: stored, ..said(name, nothing(note, &mut rng)) }
        }
        Content::Service { service, text } => silent(object! { "text": text, "service": service }),
        // An integration that shouts.
        Content::Sms { text, phone } if rng.percent(35) => {
            silent(object! { "TEXT": text, "PHONE": phone })
        }
        Content::Sms { text, phone } => silent(object! { "text": text, "phone": phone }),
        other => said(String::new(), params(other, note, &mut rng)),
    }
}

/// The ways of having no params: no field, `null` and `[]`. Task results and
/// plain notes have no field.
fn nothing(note: &Note, rng: &mut Rng) -> Json {
    match (note.note_type, rng.below(12)) {
        (NoteType::TaskResult, _) => Json::Absent,
        (_, 0) => Json::Null,
        (_, 1) => Json::List(Vec::new()),
        _ => Json::Absent,
    }
}

fn params(content: Content, note: &Note, rng: &mut Rng) -> Json {
    match content {
        Content::StageChanged { from, to, loss_reason } => stage_change(from, to, loss_reason),
        Content::Call(call) if note.note_type == NoteType::OldCall => {
            object! { "PHONE": call.phone, "DURATION": call.duration }
        }
        Content::Call(call) => call_params(call, rng),
        Content::Email(email) => api::note::email(email, 2_u64.into()),
        Content::LinkedFile { name, link } => object! { "FILE_NAME": name, "LINK": link },
        Content::ResponsibleChanged { from, to } => {
            object! { "MAIN_USER_ID_OLD": from, "MAIN_USER_ID_NEW": to }
        }
        Content::Targeting { service, campaign } => object! {
            "service": service, "campaign": campaign, "contacts": Json::List(Vec::new()),
        },
        Content::AutoCreated { parent } => object! {
            "lead_type": "parent", "lead_id": parent,
            "link": object! { "id": parent, "type": 2_u64 },
        },
        Content::Tags(tags) => object! { "tags": tags },
        other => api::note::params(other),
    }
}

fn stage_change(from: Stage, to: Stage, loss_reason: u64) -> Json {
    object! {
        "STATUS_NEW": to.status.to_string(), "STATUS_OLD": from.status.to_string(), "TEXT": "",
        "PIPELINE_ID_OLD": from.pipeline, "PIPELINE_ID_NEW": to.pipeline,
        "LOSS_REASON_ID": loss_reason,
    }
}

fn call_params(call: Call, rng: &mut Rng) -> Json {
    let modern = call.source == "sip_trunk";
    let extension = object! { "ext": rng.between(101, 112), "queue": "sales" };
    let (from_small, from) = if modern {
        (call.from.into(), Json::Absent)
    } else {
        (Json::Absent, Json::from(call.from))
    };
    object! {
        "UNIQ": call.uniq, "LINK": call.link, "PHONE": call.phone,
        // Some telephone systems send text.
        "DURATION": if rng.percent(5) {
            Json::from(call.duration.to_string())
        } else {
            call.duration.into()
        },
        "SRC": call.source, "FROM": from, "from": from_small, "call_status": call.status,
        "call_result": call.result, "text": "",
        "extinfo": if modern && rng.percent(30) { extension } else { Json::Absent },
    }
}
