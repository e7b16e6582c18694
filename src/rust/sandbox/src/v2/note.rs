//! A note as API v2 spells it.

use serde::Serialize;

use super::Links;
use crate::account;
use crate::content::{Address, Call, Content, Letter};
use crate::funnel::Stage;
use crate::notes::{Note, NoteType, Row};
use crate::random::Rng;

const SALT: u64 = 0x0000_5E02;

/// One row of the list, its fields in the order of the service.
#[derive(Serialize)]
pub struct NoteView {
    id: u64,
    responsible_user_id: u64,
    created_by: u64,
    created_at: u64,
    updated_at: u64,
    account_id: u64,
    group_id: u64,
    is_editable: bool,
    element_id: u64,
    element_type: u64,
    attachment: String,
    note_type: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    params: Option<Params>,
    _links: Links,
}

/// The `params` of the types that have any.
#[derive(Serialize)]
#[serde(untagged)]
enum Params {
    /// `null`.
    Null,
    /// `[]`, which is how PHP spells an empty object.
    Empty([(); 0]),
    Move(Move),
    Call(Box<CallParams>),
    OldCall {
        #[serde(rename = "PHONE")]
        phone: String,
        #[serde(rename = "DURATION")]
        duration: u64,
    },
    Letter(Box<LetterParams>),
    Users {
        #[serde(rename = "MAIN_USER_ID_OLD")]
        from: u64,
        #[serde(rename = "MAIN_USER_ID_NEW")]
        to: u64,
    },
    Url {
        url: String,
    },
    Targeting {
        service: &'static str,
        campaign: String,
        contacts: [(); 0],
    },
    AutoCreated {
        lead_type: &'static str,
        lead_id: u64,
        link: LeadLink,
    },
    Purchase {
        transaction_id: u64,
    },
    Place {
        text: String,
        address: String,
        longitude: String,
        latitude: String,
    },
    Service {
        text: String,
        service: &'static str,
    },
    Tags {
        tags: Vec<&'static str>,
    },
    Cashier {
        status: &'static str,
        text: String,
    },
    Invoice {
        service: &'static str,
        text: String,
        icon_url: &'static str,
    },
    File {
        #[serde(rename = "FILE_NAME")]
        name: String,
        #[serde(rename = "LINK")]
        link: String,
    },
    Sms {
        text: String,
        phone: String,
    },
    /// The same from an integration that shouts.
    LoudSms {
        #[serde(rename = "TEXT")]
        text: String,
        #[serde(rename = "PHONE")]
        phone: String,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
struct Move {
    status_new: String,
    status_old: String,
    text: &'static str,
    pipeline_id_old: u64,
    pipeline_id_new: u64,
    loss_reason_id: u64,
}

#[derive(Serialize)]
struct CallParams {
    #[serde(rename = "UNIQ")]
    uniq: String,
    #[serde(rename = "LINK")]
    link: String,
    #[serde(rename = "PHONE")]
    phone: String,
    #[serde(rename = "DURATION")]
    duration: Duration,
    #[serde(rename = "SRC")]
    source: &'static str,
    #[serde(rename = "FROM", skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(rename = "from", skip_serializing_if = "Option::is_none")]
    from_small: Option<String>,
    call_status: u64,
    call_result: &'static str,
    text: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    extinfo: Option<Extension>,
}

/// Seconds, as text where the telephone system sent text.
#[derive(Serialize)]
#[serde(untagged)]
enum Duration {
    Number(u64),
    Text(String),
}

#[derive(Serialize)]
struct Extension {
    ext: u64,
    queue: &'static str,
}

#[derive(Serialize)]
struct LetterParams {
    thread_id: String,
    message_id: String,
    private: bool,
    income: bool,
    from: Correspondent,
    to: Correspondent,
    version: u64,
    subject: String,
    content_summary: String,
    attach_cnt: u64,
    delivery: Delivery,
}

#[derive(Serialize)]
struct Correspondent {
    email: String,
    name: String,
}

#[derive(Serialize)]
struct Delivery {
    status: &'static str,
    time: u64,
}

#[derive(Serialize)]
struct LeadLink {
    id: u64,
    #[serde(rename = "type")]
    element_type: u64,
}

/// The parts of a row that depend on what it says.
#[derive(Default)]
struct Parts {
    attachment: String,
    text: Option<String>,
    params: Option<Params>,
}

impl NoteView {
    /// Spells a note out.
    pub fn of(note: Note) -> Self {
        let Note { row, responsible, created_by, content } = note;
        let parts = parts(content, &row);
        let kind = row.kind.name();
        Self {
            id: row.id,
            responsible_user_id: responsible.id,
            created_by,
            created_at: row.created_at,
            updated_at: row.updated_at,
            account_id: account::ID,
            group_id: responsible.group_id,
            is_editable: row.note_type == NoteType::Common,
            element_id: row.element_id,
            element_type: row.kind.element_type(),
            attachment: parts.attachment,
            note_type: row.note_type.code(),
            text: parts.text,
            params: parts.params,
            _links: Links::to(format!("/api/v2/notes?id={}&type={kind}", row.id)),
        }
    }
}

fn parts(content: Content, row: &Row) -> Parts {
    // The spelling differs from row to row as the senders did.
    let mut rng = Rng::of(&[SALT, row.id]);
    match content {
        Content::Created => said("Добавлен новый объект".to_owned(), None),
        Content::Text(text) | Content::OldMail(text) | Content::Chat { text, .. } => {
            said(text, nothing(row, &mut rng))
        }
        Content::File { name, stored } => {
            Parts { attachment: stored, ..said(name, nothing(row, &mut rng)) }
        }
        Content::Service { service, text } => silent(Params::Service { text, service }),
        Content::Sms { text, phone } if rng.percent(35) => silent(Params::LoudSms { text, phone }),
        Content::Sms { text, phone } => silent(Params::Sms { text, phone }),
        other => said(String::new(), Some(params(other, row, &mut rng))),
    }
}

fn said(text: String, params: Option<Params>) -> Parts {
    Parts { text: Some(text), params, ..Parts::default() }
}

/// A row without the field `text`.
fn silent(params: Params) -> Parts {
    Parts { params: Some(params), ..Parts::default() }
}

/// The ways of having no params: no field, `null` and `[]`. Task results and
/// plain notes have no field.
fn nothing(row: &Row, rng: &mut Rng) -> Option<Params> {
    match (row.note_type, rng.below(12)) {
        (NoteType::TaskResult, _) => None,
        (_, 0) => Some(Params::Null),
        (_, 1) => Some(Params::Empty([])),
        _ => None,
    }
}

fn params(content: Content, row: &Row, rng: &mut Rng) -> Params {
    match content {
        Content::StageChanged { from, to, loss_reason } => {
            Params::Move(stage_change(from, to, loss_reason))
        }
        Content::Call(call) if row.note_type == NoteType::OldCall => {
            Params::OldCall { phone: call.phone, duration: call.duration }
        }
        Content::Call(call) => Params::Call(Box::new(call_params(call, rng))),
        Content::Letter(letter) => Params::Letter(Box::new(letter_params(letter))),
        Content::LinkedFile { name, link } => Params::File { name, link },
        Content::ResponsibleChanged { from, to } => Params::Users { from, to },
        Content::Visit { url } => Params::Url { url },
        Content::Targeting { service, campaign } => {
            Params::Targeting { service, campaign, contacts: [] }
        }
        Content::AutoCreated { parent } => Params::AutoCreated {
            lead_type: "parent",
            lead_id: parent,
            link: LeadLink { id: parent, element_type: 2 },
        },
        Content::Purchase { transaction } => Params::Purchase { transaction_id: transaction },
        Content::Place { text, latitude, longitude } => {
            Params::Place { address: text.clone(), text, longitude, latitude }
        }
        Content::Tags(tags) => Params::Tags { tags },
        Content::CashierMessage { status, text } => Params::Cashier { status, text },
        Content::InvoicePaid { service, text, icon } => {
            Params::Invoice { service, text, icon_url: icon }
        }
        // The rest has no params and was dealt with by the caller.
        _ => Params::Null,
    }
}

fn stage_change(from: Stage, to: Stage, loss_reason: u64) -> Move {
    Move {
        status_new: to.status.to_string(),
        status_old: from.status.to_string(),
        text: "",
        pipeline_id_old: from.pipeline,
        pipeline_id_new: to.pipeline,
        loss_reason_id: loss_reason,
    }
}

fn call_params(call: Call, rng: &mut Rng) -> CallParams {
    let modern = call.source == "sip_trunk";
    let number = Duration::Number(call.duration);
    let text = Duration::Text(call.duration.to_string());
    let extension = Extension { ext: rng.between(101, 112), queue: "sales" };
    CallParams {
        uniq: call.uniq,
        link: call.link,
        phone: call.phone,
        duration: if rng.percent(5) { text } else { number },
        source: call.source,
        from_small: modern.then(|| call.from.clone()),
        from: (!modern).then_some(call.from),
        call_status: call.status,
        call_result: call.result,
        text: "",
        extinfo: (modern && rng.percent(30)).then_some(extension),
    }
}

fn letter_params(letter: Letter) -> LetterParams {
    LetterParams {
        thread_id: letter.thread,
        message_id: letter.message,
        private: letter.private,
        income: letter.income,
        from: correspondent(letter.from),
        to: correspondent(letter.to),
        version: 2,
        subject: letter.subject,
        content_summary: letter.summary,
        attach_cnt: letter.files,
        delivery: Delivery { status: "sent", time: letter.delivered_at },
    }
}

fn correspondent(address: Address) -> Correspondent {
    Correspondent { email: address.email, name: address.name }
}
