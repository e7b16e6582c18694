//! What is written about a thing in the course of its life.

use crate::data::note::NoteType::{
    Attachment, AutoCreated, CallIn, CallOut, CashierMessage, Chat, Common, CompanyCreated,
    ContactCreated, CustomerCreated, Dropbox, ExtendedService, ExternalFile, InvoicePaid,
    LeadCreated, LinkFollowed, Mail, OldCall, OldMail, OldMailFile, Place, Purchase,
    ResponsibleChanged, Service, SiteVisit, SmsIn, SmsOut, TagsAdded, TagsRemoved, TargetingIn,
    TargetingOut, TaskResult,
};
use crate::data::{Kind, NoteType};

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
    /// Whether it comes next after the step before, as an answer does.
    pub follows: bool,
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
    Step { role, after: 0, follows: false }
}

const fn moved(number: u8, after: u64) -> Step {
    let role = Role::Move(number);
    Step { role, after, follows: false }
}

const fn any(after: u64) -> Step {
    let role = Role::Any;
    Step { role, after, follows: false }
}

/// The next step, about whatever the one before at that time is about.
const fn next(after: u64) -> Step {
    let role = Role::Any;
    Step { role, after, follows: true }
}

#[rustfmt::skip]
static LEAD: Scenario = Scenario {
    steps: &[
        created(LeadCreated), any(30), moved(0, 4 * HOUR), any(8 * HOUR), any(DAY), next(DAY),
        moved(1, 4 * DAY), any(6 * DAY), next(6 * DAY), any(11 * DAY), moved(2, 14 * DAY),
        any(17 * DAY), next(17 * DAY), any(24 * DAY), moved(3, 28 * DAY), any(32 * DAY),
        next(32 * DAY), moved(4, 44 * DAY), any(50 * DAY), next(50 * DAY),
    ],
    chances: &[
        (Common, 200), (CallIn, 130), (CallOut, 200), (Mail, 110), (Service, 80), (SmsOut, 50),
        (SmsIn, 20), (Attachment, 40), (Chat, 40), (TagsAdded, 30), (ExtendedService, 20),
        (SiteVisit, 15), (LinkFollowed, 12), (ResponsibleChanged, 12), (TagsRemoved, 8),
        (InvoicePaid, 8), (CashierMessage, 6), (AutoCreated, 6), (TargetingIn, 6),
        (TargetingOut, 4), (Place, 4), (Dropbox, 4), (OldCall, 3), (OldMail, 3), (OldMailFile, 2),
        (ExternalFile, 2),
    ],
};

#[rustfmt::skip]
static CONTACT: Scenario = Scenario {
    steps: &[
        created(ContactCreated), any(20), any(2 * HOUR), any(8 * HOUR), any(DAY), next(DAY),
        any(6 * DAY), next(6 * DAY), any(12 * DAY), next(12 * DAY), any(20 * DAY), next(20 * DAY),
        any(31 * DAY), next(31 * DAY), any(47 * DAY), next(47 * DAY),
    ],
    chances: &[
        (CallIn, 220), (CallOut, 300), (Common, 120), (Mail, 120), (SmsOut, 60), (SmsIn, 25),
        (Chat, 60), (Service, 50), (Attachment, 25), (SiteVisit, 15), (LinkFollowed, 12),
        (ExtendedService, 12), (ResponsibleChanged, 8), (TagsAdded, 8), (TargetingIn, 6),
        (TargetingOut, 4), (Place, 4), (Dropbox, 3), (OldCall, 4), (OldMail, 3), (OldMailFile, 2),
        (ExternalFile, 2),
    ],
};

#[rustfmt::skip]
static COMPANY: Scenario = Scenario {
    steps: &[
        created(CompanyCreated), any(HOUR), any(DAY), any(3 * DAY), any(7 * DAY), any(12 * DAY),
        any(18 * DAY), any(25 * DAY), any(33 * DAY), any(42 * DAY), any(52 * DAY), any(63 * DAY),
    ],
    chances: &[
        (Common, 220), (CallOut, 200), (CallIn, 120), (Mail, 150), (Attachment, 70),
        (Service, 50), (ExtendedService, 15), (SmsOut, 15), (SmsIn, 6), (ResponsibleChanged, 10),
        (TagsAdded, 8), (LinkFollowed, 6), (Place, 6), (Dropbox, 4), (OldCall, 3), (OldMail, 3),
        (OldMailFile, 2),
    ],
};

#[rustfmt::skip]
static CUSTOMER: Scenario = Scenario {
    steps: &[
        created(CustomerCreated), any(DAY), any(5 * DAY), next(5 * DAY), any(16 * DAY),
        next(16 * DAY), any(29 * DAY), next(29 * DAY), any(44 * DAY), next(44 * DAY), any(62 * DAY),
        next(62 * DAY),
    ],
    chances: &[
        (Purchase, 160), (Common, 180), (CallOut, 150), (CallIn, 90), (Mail, 80), (Service, 60),
        (InvoicePaid, 40), (CashierMessage, 15), (SmsOut, 30), (SmsIn, 8), (Chat, 20),
        (TagsAdded, 12), (ExtendedService, 10), (LinkFollowed, 8), (Attachment, 10),
        (ResponsibleChanged, 6),
    ],
};

static TASK: Scenario = Scenario { steps: &[any(0)], chances: &[(TaskResult, 1)] };
