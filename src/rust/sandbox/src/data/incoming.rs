//! Leads that came in by themselves and that nobody has accepted yet.
//!
//! They are numbered behind the leads of the list, to which they are added
//! when somebody accepts them.

use crate::data::schedule::FIRST_OWNER;
use crate::data::{Account, Kind, List, Rng, Row, SETTINGS, text};

const SALT: u64 = 0x0012_C031;
const SPAN: u64 = 30 * 24 * 3600;

/// How a lead came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    Call,
    Form,
    Chat,
    Email,
}

impl Category {
    /// Every category.
    pub const ALL: [Self; 4] = [Self::Call, Self::Form, Self::Chat, Self::Email];

    /// What filters call it.
    pub fn name(self) -> &'static str {
        ["sip", "forms", "chats", "mail"][self as usize]
    }

    /// Where such leads come from.
    fn source(self) -> &'static str {
        let sources = [
            "АТС / многоканальный",
            "Форма \"Обратный звонок\"",
            "Telegram",
            "info@sandbox.example",
        ];
        sources[self as usize]
    }
}

/// A lead that is waiting.
#[derive(Debug)]
pub struct Incoming {
    /// Its place in the list, which rises by time.
    pub place: u64,
    pub uid: String,
    pub category: Category,
    pub source: &'static str,
    /// Epoch seconds.
    pub created_at: u64,
    pub pipeline: u64,
    /// Id that the lead has already.
    pub lead: u64,
    /// By which all that is made up about the lead is found.
    pub number: u64,
    pub lead_name: String,
    /// Id of the contact who wrote or called, if that is known.
    pub contact: Option<u32>,
    pub news: News,
    /// What somebody has decided, and when.
    pub decided: Option<(Decision, u32)>,
}

/// What becomes of a lead that has waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Accepted,
    Declined,
}

/// What is known about how it came in.
#[derive(Clone, Debug)]
#[rustfmt::skip]
pub enum News {
    Call { from: String, to: &'static str, called_at: u64, duration: u64, link: Option<String> },
    Form { name: &'static str, page: String, ip: String, sent_at: u64, referer: Option<String> },
    Chat { client: String, text: String, received_at: u64 },
    Email {
        email: String, name: String, subject: String, summary: String, message: u64,
        received_at: u64,
    },
}

impl Row for Incoming {
    fn id(&self) -> u64 {
        self.place
    }
}

impl Account {
    /// The waiting lead at a place of the list, which rises by time.
    pub fn incoming(&self, place: u64) -> Incoming {
        let number = FIRST_OWNER + self.schedule(Kind::Lead).turns() + place;
        self.new_incoming(place, number, self.came_in_at(place))
    }

    /// A lead with this number that comes in at a time.
    pub fn new_incoming(&self, place: u64, number: u64, created_at: u64) -> Incoming {
        let mut rng = Rng::of(&[self.seed, SALT, place]);
        let [a, b, c, d] = [rng.next(), rng.next(), rng.next(), rng.below(1 << 48)];
        let category = self.category(place);
        let contacts = self.entities(Kind::Contact);
        Incoming {
            place,
            uid: format!("{a:016x}{b:016x}{c:016x}{d:012x}"),
            category,
            source: category.source(),
            created_at,
            pipeline: self.incoming_pipeline(place),
            lead: self.entity_id(Kind::Lead, number),
            number,
            lead_name: self.lead_name(number),
            contact: (contacts > 0 && rng.percent(40))
                .then(|| self.id_at(Kind::Contact, rng.below(contacts))),
            news: news(category, created_at, &mut rng),
            decided: None,
        }
    }

    /// How the lead at a place came in.
    fn category(&self, place: u64) -> Category {
        let mut rng = Rng::of(&[SALT, self.seed, place]);
        rng.weighted(&[
            (Category::Call, 30),
            (Category::Form, 40),
            (Category::Chat, 15),
            (Category::Email, 15),
        ])
    }

    /// The pipeline in which the lead at a place waits.
    fn incoming_pipeline(&self, place: u64) -> u64 {
        let second = Rng::of(&[place, self.seed, SALT]).percent(25);
        SETTINGS.pipelines[usize::from(second)].id
    }

    /// In the last month, one after the other.
    fn came_in_at(&self, place: u64) -> u64 {
        let each = SPAN / self.lists[List::IncomingLeads].max(1);
        self.calendar.end() - SPAN
            + place * SPAN / self.lists[List::IncomingLeads].max(1)
            + each / 2
    }
}

fn news(category: Category, at: u64, rng: &mut Rng) -> News {
    match category {
        Category::Call => {
            let duration = rng.below(240);
            let uniq = format!("{:08x}", rng.below(1 << 32));
            News::Call {
                from: text::write("phone", rng),
                to: "74950001122",
                called_at: at - rng.below(60),
                duration,
                link: (duration > 0).then(|| text::recording(&uniq)),
            }
        }
        Category::Form => News::Form {
            name: "Обратный звонок",
            page: text::write("url", rng),
            ip: format!("192.0.2.{}", rng.below(256)),
            sent_at: at - rng.below(5),
            referer: rng.percent(60).then(|| text::write("url", rng)),
        },
        Category::Chat => News::Chat {
            client: text::write("nickname", rng),
            text: text::write("message", rng),
            received_at: at,
        },
        Category::Email => {
            let writer = text::correspondent(rng);
            News::Email {
                email: writer.email,
                name: writer.name,
                subject: text::write("subject", rng),
                summary: text::write("summary", rng),
                message: rng.between(1_000_000, 9_999_999),
                received_at: at,
            }
        }
    }
}
