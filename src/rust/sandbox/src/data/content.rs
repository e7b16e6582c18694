//! What the notes say, free of how any API version spells it.

use crate::data::funnel::{LOST, Path};
use crate::data::{Account, Kind, Note, NoteType, Rng, SETTINGS, Stage, User, text};

const PHONE_SALT: u64 = 0x0007_0E15;

/// A call by telephone.
#[derive(Clone, Debug)]
pub struct Call {
    pub uniq: String,
    /// Where the recording is; empty without one.
    pub link: String,
    pub phone: String,
    /// Seconds of talk.
    pub duration: u64,
    /// The telephone system that reported it.
    pub source: &'static str,
    /// The number that called.
    pub from: String,
    /// 1 left a voice mail, 2 call back later, 3 not in, 4 talked, 5 wrong
    /// number, 6 no answer, 7 busy.
    pub status: u64,
    pub result: &'static str,
}

/// An email.
#[derive(Clone, Debug)]
pub struct Email {
    pub thread: String,
    pub message: String,
    pub private: bool,
    pub income: bool,
    pub from: Address,
    pub to: Address,
    pub subject: String,
    pub summary: String,
    pub files: u64,
    /// Epoch seconds of delivery.
    pub delivered_at: u64,
}

/// One end of an email.
#[derive(Clone, Debug)]
pub struct Address {
    pub email: String,
    pub name: String,
}

/// What a note holds beside its owner and its times.
#[derive(Clone, Debug)]
#[rustfmt::skip]
pub enum Content {
    /// The owner came into being.
    Created,
    /// A lead moved through the funnel; the reason is 0 without one.
    StageChanged { from: Stage, to: Stage, loss_reason: u64 },
    /// Somebody wrote something: a plain note or the result of a task.
    Text(String),
    /// A file: what it is called, and the name under which it is kept.
    File { name: String, stored: String },
    /// A file that is kept elsewhere.
    LinkedFile { name: String, link: String },
    Call(Call),
    /// An email of the old mail integration: its subject.
    OldMail(String),
    Email(Email),
    /// The owner went from one user (by id) to another.
    ResponsibleChanged { from: u64, to: u64 },
    /// A page was looked at.
    Visit { url: String },
    /// A message in a messenger; income if the client wrote it.
    Chat { text: String, income: bool },
    /// Put into or taken out of an advertising audience.
    Targeting { service: &'static str, campaign: String },
    /// A lead made by a robot out of another lead.
    AutoCreated { parent: u64 },
    Purchase { transaction: u64 },
    Place { text: String, latitude: String, longitude: String },
    /// A message of some integration.
    Service { service: &'static str, text: String },
    Tags(Vec<&'static str>),
    CashierMessage { status: &'static str, text: String },
    InvoicePaid { service: &'static str, text: String, icon: &'static str },
    Sms { text: String, phone: String },
}

impl Content {
    /// The text of a plain note or of the result of a task.
    pub fn into_text(self) -> String {
        if let Self::Text(text) = self { text } else { String::new() }
    }
}

/// What this note says.
pub fn of(account: &Account, note: &Note, responsible: &User, rng: &mut Rng) -> Content {
    match note.note_type {
        NoteType::LeadCreated
        | NoteType::ContactCreated
        | NoteType::CompanyCreated
        | NoteType::CustomerCreated => Content::Created,
        NoteType::StageChanged => stage_change(account, note),
        NoteType::Common => Content::Text(text::write("remark", rng)),
        NoteType::TaskResult => Content::Text(text::write("task_result", rng)),
        NoteType::Attachment | NoteType::OldMailFile => file(rng),
        NoteType::ExternalFile | NoteType::Dropbox => linked_file(rng),
        NoteType::OldCall | NoteType::CallIn | NoteType::CallOut => {
            Content::Call(call(account, note, responsible, rng))
        }
        NoteType::OldMail => Content::OldMail(text::write("subject", rng)),
        NoteType::Mail => Content::Email(email(account, note, responsible, rng)),
        NoteType::ResponsibleChanged => handed_over(responsible, rng),
        NoteType::SiteVisit | NoteType::LinkFollowed => {
            Content::Visit { url: text::write("url", rng) }
        }
        NoteType::Chat => {
            // Users write outgoing messages, clients are none.
            Content::Chat { text: text::write("message", rng), income: note.created_by == 0 }
        }
        NoteType::TargetingIn | NoteType::TargetingOut => targeting(rng),
        NoteType::AutoCreated => Content::AutoCreated {
            parent: account.entity_id(Kind::Lead, u64::from(note.owner) - 1 - rng.below(9)),
        },
        NoteType::Purchase => Content::Purchase {
            transaction: account.purchase_in_note(note.owner.into(), rng.below(400_000)),
        },
        NoteType::Place => place(rng),
        NoteType::Service | NoteType::ExtendedService => Content::Service {
            service: text::pick("service", rng),
            text: text::write("service_message", rng),
        },
        NoteType::TagsAdded | NoteType::TagsRemoved => Content::Tags(text::tags(rng)),
        NoteType::CashierMessage => Content::CashierMessage {
            status: rng.pick(&["created", "shown", "canceled"]),
            text: text::write("cashier_message", rng),
        },
        NoteType::InvoicePaid => Content::InvoicePaid {
            service: text::pick("service", rng),
            text: format!("Счёт № {} оплачен", 100 + rng.below(9000)),
            icon: "https://pay.sandbox.example/icon.png",
        },
        NoteType::SmsIn | NoteType::SmsOut => {
            Content::Sms { text: text::write("message", rng), phone: phone(account, note) }
        }
    }
}

fn stage_change(account: &Account, note: &Note) -> Content {
    let path = Path::of(account.seed, note.owner.into());
    let step = note.move_number.and_then(|number| path.step(number));
    let (from, to) = step.unwrap_or_default();
    let loss_reason = if to.status == LOST { path.loss_reason } else { 0 };
    Content::StageChanged { from, to, loss_reason }
}

fn handed_over(responsible: &User, rng: &mut Rng) -> Content {
    let others: Vec<&User> =
        SETTINGS.users.iter().filter(|user| user.id != responsible.id).collect();
    Content::ResponsibleChanged { from: rng.pick(&others).id, to: responsible.id }
}

fn file(rng: &mut Rng) -> Content {
    let name = text::write("file_name", rng);
    let extension = name.rsplit('.').next().unwrap_or_default();
    let stored = format!("{:08x}_{:04x}.{extension}", rng.below(1 << 32), rng.below(1 << 16));
    Content::File { name, stored }
}

fn linked_file(rng: &mut Rng) -> Content {
    Content::LinkedFile {
        name: text::write("file_name", rng),
        link: format!("https://files.sandbox.example/s/{:010x}", rng.below(1 << 40)),
    }
}

fn targeting(rng: &mut Rng) -> Content {
    Content::Targeting {
        service: rng.pick(&["vk", "yandex"]),
        campaign: format!("Ретаргетинг {}", rng.between(1, 30)),
    }
}

fn place(rng: &mut Rng) -> Content {
    Content::Place {
        text: text::write("address", rng),
        latitude: format!("55.{:06}", rng.between(600_000, 880_000)),
        longitude: format!("37.{:06}", rng.between(400_000, 840_000)),
    }
}

/// Owners keep their number: all of their calls and messages show the same.
fn phone(account: &Account, note: &Note) -> String {
    account.phone(note.kind, note.owner.into())
}

impl Account {
    /// The telephone number of the thing with this number.
    pub fn phone(&self, kind: Kind, owner: u64) -> String {
        text::write("phone", &mut Rng::of(&[self.seed, PHONE_SALT, kind.element_type(), owner]))
    }

    /// Who writes the emails of the thing with this number.
    pub fn correspondent(&self, kind: Kind, owner: u64) -> Address {
        text::correspondent(&mut Rng::of(&[self.seed, kind.element_type(), owner]))
    }
}

fn call(account: &Account, note: &Note, responsible: &User, rng: &mut Rng) -> Call {
    let status = call_status(responsible, rng);
    let duration = call_duration(status, rng);
    let uniq = format!("{:08x}-{:06x}", rng.below(1 << 32), rng.below(1 << 24));
    let recorded = duration > 0 && rng.percent(92);
    let client = phone(account, note);
    let caller = if note.note_type == NoteType::CallIn { &client } else { responsible.phone };
    Call {
        from: caller.chars().filter(char::is_ascii_digit).collect(),
        link: if recorded { text::recording(&uniq) } else { String::new() },
        uniq,
        phone: client,
        duration,
        source: rng.weighted(&[("asterisk", 60), ("sip_trunk", 25), ("mobile_app", 15)]),
        status,
        result: text::call_result(status, rng),
    }
}

fn call_status(responsible: &User, rng: &mut Rng) -> u64 {
    if rng.percent(responsible.talks) {
        return 4;
    }
    rng.weighted(&[(6, 50), (7, 16), (3, 10), (2, 12), (1, 8), (5, 4)])
}

/// Seconds: most talks are short and few are very long.
fn call_duration(status: u64, rng: &mut Rng) -> u64 {
    match status {
        4 => {
            let long = rng.weighted(&[(120, 55), (420, 35), (1800, 10)]);
            15 + rng.below(long)
        }
        1 | 2 | 5 => rng.between(4, 40),
        _ => 0,
    }
}

fn email(account: &Account, note: &Note, responsible: &User, rng: &mut Rng) -> Email {
    let own = Address { email: responsible.login.to_owned(), name: responsible.name.to_owned() };
    let client = account.correspondent(note.kind, note.owner.into());
    let income = rng.percent(55);
    let (from, to) = if income { (client, own) } else { (own, client) };
    Email {
        thread: rng.between(10_000, 99_999).to_string(),
        message: rng.between(1_000_000, 9_999_999).to_string(),
        private: rng.percent(3),
        income,
        from,
        to,
        subject: text::write("subject", rng),
        summary: text::write("summary", rng),
        files: rng.weighted(&[(0, 70), (1, 22), (2, 6), (3, 2)]),
        delivered_at: u64::from(note.created_at) + rng.below(20),
    }
}
