//! A note as API v4 spells it.

use serde::Serialize;

use super::note_type;
use super::paging::Links;
use crate::account::{self, User};
use crate::content::{Address, Call, Content, Letter};
use crate::notes::{Note, Row};
use crate::random::{self, Rng};

const SALT: u64 = 0x0000_5E04;

/// One row of the list.
#[derive(Serialize)]
pub struct NoteView {
    id: u64,
    entity_id: u64,
    created_by: u64,
    updated_by: u64,
    created_at: u64,
    updated_at: u64,
    responsible_user_id: u64,
    group_id: u64,
    note_type: &'static str,
    params: Params,
    account_id: u64,
    _links: Links,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Params {
    /// There is nothing to say.
    Empty([(); 0]),
    Text {
        text: String,
    },
    /// A file as notes had them before there was a file store.
    OldFile {
        original_name: String,
        attachment: String,
    },
    File(Box<FileParams>),
    Call(Box<CallParams>),
    Letter(Box<LetterParams>),
    Url {
        url: String,
    },
    Targeting {
        contacts: [(); 0],
        campaign: String,
        service: &'static str,
    },
    AutoCreated {
        #[serde(rename = "type")]
        role: &'static str,
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
        service: &'static str,
        text: String,
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
    LinkedFile {
        link: String,
        filename: String,
    },
    Sms {
        text: String,
        phone: String,
    },
}

#[derive(Serialize)]
struct FileParams {
    is_drive_attachment: bool,
    text: String,
    original_name: String,
    file_uuid: String,
    version_uuid: String,
    file_name: String,
}

#[derive(Serialize)]
struct CallParams {
    uniq: String,
    duration: u64,
    source: &'static str,
    link: String,
    phone: String,
    call_result: &'static str,
    call_status: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    call_responsible: Option<Person>,
}

/// A user, by name or by id as the telephone system knew him.
#[derive(Serialize)]
#[serde(untagged)]
enum Person {
    Name(&'static str),
    Id(u64),
}

#[derive(Serialize)]
struct LetterParams {
    thread_id: String,
    message_id: String,
    private: bool,
    income: bool,
    from: Correspondent,
    to: Correspondent,
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

impl NoteView {
    /// Spells a note out for a client that knows us as `site`; none if v4
    /// does not have it as a note.
    pub fn of(note: Note, site: &str) -> Option<Self> {
        let Note { row, responsible, created_by, content } = note;
        let edited = row.updated_at > row.created_at;
        let (entity, owner) = (row.kind.plural(), row.element_id);
        Some(Self {
            id: row.id,
            entity_id: owner,
            created_by,
            updated_by: if edited { responsible.id } else { created_by },
            created_at: row.created_at,
            updated_at: row.updated_at,
            responsible_user_id: responsible.id,
            group_id: responsible.group_id,
            note_type: note_type::name(row.note_type)?,
            params: params(content, &row, responsible),
            account_id: account::ID,
            _links: Links::to(format!("{site}/api/v4/{entity}/{owner}/notes/{}", row.id)),
        })
    }
}

fn params(content: Content, row: &Row, responsible: &User) -> Params {
    let mut rng = Rng::of(&[SALT, row.id]);
    match content {
        Content::Text(text) => Params::Text { text },
        Content::File { name, stored } => file(name, stored, &mut rng),
        Content::LinkedFile { name, link } => Params::LinkedFile { link, filename: name },
        Content::Call(call) => Params::Call(Box::new(call_params(call, responsible, &mut rng))),
        Content::Letter(letter) => Params::Letter(Box::new(letter_params(letter))),
        Content::Visit { url } => Params::Url { url },
        Content::Targeting { service, campaign } => {
            Params::Targeting { contacts: [], campaign, service }
        }
        Content::AutoCreated { parent } => Params::AutoCreated {
            role: "parent",
            lead_type: "parent",
            lead_id: parent,
            link: LeadLink { id: parent, element_type: 2 },
        },
        Content::Purchase { transaction } => Params::Purchase { transaction_id: transaction },
        Content::Place { text, latitude, longitude } => {
            Params::Place { address: text.clone(), text, longitude, latitude }
        }
        Content::Service { service, text } => Params::Service { service, text },
        Content::CashierMessage { status, text } => Params::Cashier { status, text },
        Content::InvoicePaid { service, text, icon } => {
            Params::Invoice { service, text, icon_url: icon }
        }
        Content::Sms { text, phone } => Params::Sms { text, phone },
        // The rest is no note in v4.
        Content::Created
        | Content::StageChanged { .. }
        | Content::OldMail(_)
        | Content::ResponsibleChanged { .. }
        | Content::Chat { .. }
        | Content::Tags(_) => Params::Empty([]),
    }
}

fn file(name: String, stored: String, rng: &mut Rng) -> Params {
    if rng.percent(40) {
        return Params::OldFile { original_name: name, attachment: stored };
    }
    Params::File(Box::new(FileParams {
        is_drive_attachment: true,
        text: name.clone(),
        original_name: name,
        file_uuid: random::uuid(rng),
        version_uuid: random::uuid(rng),
        file_name: stored,
    }))
}

fn call_params(call: Call, responsible: &User, rng: &mut Rng) -> CallParams {
    let name = Person::Name(responsible.name);
    let id = Person::Id(responsible.id);
    CallParams {
        uniq: call.uniq,
        duration: call.duration,
        source: call.source,
        link: call.link,
        phone: call.phone,
        call_result: call.result,
        call_status: call.status,
        call_responsible: match rng.below(3) {
            0 => None,
            1 => Some(name),
            _ => Some(id),
        },
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
        subject: letter.subject,
        content_summary: letter.summary,
        attach_cnt: letter.files,
        delivery: Delivery { status: "sent", time: letter.delivered_at },
    }
}

fn correspondent(address: Address) -> Correspondent {
    Correspondent { email: address.email, name: address.name }
}
