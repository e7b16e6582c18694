//! What is written about a thing in the course of its life.

use crate::data::kind::Kind;
use crate::data::note::NoteType;

const HOUR: u64 = 60;
const DAY: u64 = 24 * HOUR;

/// The life of one thing: as many notes as there are steps.
pub struct Scenario {
    pub steps: &'static [Step],
    /// What the steps of no fixed meaning are about, and how often.
    pub chances: &'static [(NoteType, u64)],
}

/// A note to come, so many minutes after the first.
pub struct Step {
    pub role: Role,
    pub after: u64,
}

/// What a step is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The thing comes into being.
    Created(NoteType),
    /// The move with this number through the funnel, if it comes to that.
    Move(u8),
    /// Whatever chance brings.
    Any,
}

impl Scenario {
    /// The scenario of things of this kind.
    pub fn of(kind: Kind) -> &'static Self {
        match kind {
            Kind::Contact => &CONTACT,
            Kind::Lead => &LEAD,
            Kind::Company => &COMPANY,
            Kind::Task => &TASK,
            Kind::Customer => &CUSTOMER,
        }
    }
}

const fn created(note_type: NoteType) -> Step {
    let role = Role::Created(note_type);
    Step { role, after: 0 }
}

const fn moved(number: u8, after: u64) -> Step {
    let role = Role::Move(number);
    Step { role, after }
}

const fn any(after: u64) -> Step {
    let role = Role::Any;
    Step { role, after }
}

static LEAD: Scenario = Scenario {
    steps: &[
        created(NoteType::LeadCreated),
        any(30),
        moved(0, 4 * HOUR),
        any(8 * HOUR),
        any(DAY),
        any(2 * DAY),
        moved(1, 4 * DAY),
        any(6 * DAY),
        any(8 * DAY),
        any(11 * DAY),
        moved(2, 14 * DAY),
        any(17 * DAY),
        any(20 * DAY),
        any(24 * DAY),
        moved(3, 28 * DAY),
        any(32 * DAY),
        any(37 * DAY),
        moved(4, 44 * DAY),
        any(50 * DAY),
        any(60 * DAY),
    ],
    chances: &[
        (NoteType::Common, 200),
        (NoteType::CallIn, 130),
        (NoteType::CallOut, 200),
        (NoteType::Mail, 110),
        (NoteType::Service, 80),
        (NoteType::SmsOut, 50),
        (NoteType::SmsIn, 20),
        (NoteType::Attachment, 40),
        (NoteType::Chat, 40),
        (NoteType::TagsAdded, 30),
        (NoteType::ExtendedService, 20),
        (NoteType::SiteVisit, 15),
        (NoteType::LinkFollowed, 12),
        (NoteType::ResponsibleChanged, 12),
        (NoteType::TagsRemoved, 8),
        (NoteType::InvoicePaid, 8),
        (NoteType::CashierMessage, 6),
        (NoteType::AutoCreated, 6),
        (NoteType::TargetingIn, 6),
        (NoteType::TargetingOut, 4),
        (NoteType::Place, 4),
        (NoteType::Dropbox, 4),
        (NoteType::OldCall, 3),
        (NoteType::OldMail, 3),
        (NoteType::OldMailFile, 2),
        (NoteType::ExternalFile, 2),
    ],
};

static CONTACT: Scenario = Scenario {
    steps: &[
        created(NoteType::ContactCreated),
        any(20),
        any(2 * HOUR),
        any(8 * HOUR),
        any(DAY),
        any(3 * DAY),
        any(6 * DAY),
        any(9 * DAY),
        any(12 * DAY),
        any(16 * DAY),
        any(20 * DAY),
        any(25 * DAY),
        any(31 * DAY),
        any(38 * DAY),
        any(47 * DAY),
        any(58 * DAY),
    ],
    chances: &[
        (NoteType::CallIn, 220),
        (NoteType::CallOut, 300),
        (NoteType::Common, 120),
        (NoteType::Mail, 120),
        (NoteType::SmsOut, 60),
        (NoteType::SmsIn, 25),
        (NoteType::Chat, 60),
        (NoteType::Service, 50),
        (NoteType::Attachment, 25),
        (NoteType::SiteVisit, 15),
        (NoteType::LinkFollowed, 12),
        (NoteType::ExtendedService, 12),
        (NoteType::ResponsibleChanged, 8),
        (NoteType::TagsAdded, 8),
        (NoteType::TargetingIn, 6),
        (NoteType::TargetingOut, 4),
        (NoteType::Place, 4),
        (NoteType::Dropbox, 3),
        (NoteType::OldCall, 4),
        (NoteType::OldMail, 3),
        (NoteType::OldMailFile, 2),
        (NoteType::ExternalFile, 2),
    ],
};

static COMPANY: Scenario = Scenario {
    steps: &[
        created(NoteType::CompanyCreated),
        any(HOUR),
        any(DAY),
        any(3 * DAY),
        any(7 * DAY),
        any(12 * DAY),
        any(18 * DAY),
        any(25 * DAY),
        any(33 * DAY),
        any(42 * DAY),
        any(52 * DAY),
        any(63 * DAY),
    ],
    chances: &[
        (NoteType::Common, 220),
        (NoteType::CallOut, 200),
        (NoteType::CallIn, 120),
        (NoteType::Mail, 150),
        (NoteType::Attachment, 70),
        (NoteType::Service, 50),
        (NoteType::ExtendedService, 15),
        (NoteType::SmsOut, 15),
        (NoteType::SmsIn, 6),
        (NoteType::ResponsibleChanged, 10),
        (NoteType::TagsAdded, 8),
        (NoteType::LinkFollowed, 6),
        (NoteType::Place, 6),
        (NoteType::Dropbox, 4),
        (NoteType::OldCall, 3),
        (NoteType::OldMail, 3),
        (NoteType::OldMailFile, 2),
    ],
};

static CUSTOMER: Scenario = Scenario {
    steps: &[
        created(NoteType::CustomerCreated),
        any(DAY),
        any(5 * DAY),
        any(10 * DAY),
        any(16 * DAY),
        any(22 * DAY),
        any(29 * DAY),
        any(36 * DAY),
        any(44 * DAY),
        any(53 * DAY),
        any(62 * DAY),
        any(72 * DAY),
    ],
    chances: &[
        (NoteType::Purchase, 160),
        (NoteType::Common, 180),
        (NoteType::CallOut, 150),
        (NoteType::CallIn, 90),
        (NoteType::Mail, 80),
        (NoteType::Service, 60),
        (NoteType::InvoicePaid, 40),
        (NoteType::CashierMessage, 15),
        (NoteType::SmsOut, 30),
        (NoteType::SmsIn, 8),
        (NoteType::Chat, 20),
        (NoteType::TagsAdded, 12),
        (NoteType::ExtendedService, 10),
        (NoteType::LinkFollowed, 8),
        (NoteType::Attachment, 10),
        (NoteType::ResponsibleChanged, 6),
    ],
};

static TASK: Scenario = Scenario { steps: &[any(0)], chances: &[(NoteType::TaskResult, 1)] };
