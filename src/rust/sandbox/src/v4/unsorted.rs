//! `GET /api/v4/leads/unsorted`: latest first unless told otherwise.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::response::Response;
use serde::Serialize;

use super::filter::{self, Direction, within};
use super::paging::{self, Links, Page, Paging};
use super::problem::Invalid;
use super::site;
use crate::account::{self, Account};
use crate::app::App;
use crate::incoming::{Category, Incoming, News};
use crate::kind::Kind;
use crate::query::Query;

const MOST_ROWS: u64 = 250;
const CATEGORIES: [Category; 4] =
    [Category::Call, Category::Form, Category::Chat, Category::Letter];

/// What the list is asked for.
struct Filter {
    uids: Vec<String>,
    categories: Vec<Category>,
    pipelines: Vec<u64>,
    direction: Direction,
}

#[derive(Serialize)]
struct UnsortedView {
    uid: String,
    source_uid: Option<String>,
    source_name: &'static str,
    category: &'static str,
    pipeline_id: u64,
    created_at: u64,
    metadata: Metadata,
    account_id: u64,
    _links: Links,
    _embedded: Embedded,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Metadata {
    Call(CallMetadata),
    Form(FormMetadata),
    Chat(ChatMetadata),
    Letter(LetterMetadata),
}

#[derive(Serialize)]
struct CallMetadata {
    from: String,
    phone: &'static str,
    called_at: u64,
    duration: String,
    link: Option<String>,
    service_code: &'static str,
}

#[derive(Serialize)]
struct FormMetadata {
    form_id: &'static str,
    form_name: &'static str,
    form_page: String,
    ip: String,
    form_sent_at: u64,
    referer: Option<String>,
    visitor_uid: Option<String>,
}

#[derive(Serialize)]
struct ChatMetadata {
    from: String,
    received_at: u64,
    service: &'static str,
    last_message_text: String,
}

#[derive(Serialize)]
struct LetterMetadata {
    from: Writer,
    received_at: u64,
    subject: String,
    content_summary: String,
    message_id: u64,
}

#[derive(Serialize)]
struct Writer {
    email: String,
    name: String,
}

#[derive(Serialize)]
struct Embedded {
    contacts: Vec<Reference>,
    leads: [Reference; 1],
    companies: Vec<Reference>,
}

#[derive(Serialize)]
struct Reference {
    id: u64,
    _links: Links,
}

/// Answers with a page of waiting leads, or 204.
pub async fn list(State(app): State<Arc<App>>, request: Request) -> Result<Response, Invalid> {
    let query = Query::parse(request.uri().query().unwrap_or_default().as_bytes());
    let paging = Paging::read(&query, MOST_ROWS)?;
    let places = Filter::read(&query)?.page(&app, &paging);
    let next = places.len() == paging.limit();
    let site = site::of(request.headers());
    let rows = places.into_iter().map(|place| app.account.incoming(place));
    let items = rows.map(|row| UnsortedView::of(&app.account, row, &site)).collect();
    Ok(paging.answer(&request, Page { name: "unsorted", items, next, total: None }))
}

/// Answers with one waiting lead, or 204.
pub async fn show(
    State(app): State<Arc<App>>,
    Path(uid): Path<String>,
    request: Request,
) -> Response {
    let present = app.presence.now();
    let mut rows =
        present.places(app.account.lists.unsorted).map(|place| app.account.incoming(place));
    let site = site::of(request.headers());
    let row = rows.find(|row| row.uid == uid);
    paging::answer_one(row.map(|row| UnsortedView::of(&app.account, row, &site)))
}

impl Filter {
    fn read(query: &Query) -> Result<Self, Invalid> {
        // They came in as they were changed: both orders are the same.
        let order = filter::order(query, &["created_at", "updated_at"])?;
        Ok(Self {
            uids: filter::texts(query, "uid"),
            categories: categories(query)?,
            pipelines: filter::numbers(query, "pipeline_id")?,
            direction: order.map_or(Direction::Falling, |(_, direction)| direction),
        })
    }

    fn page(&self, app: &App, paging: &Paging) -> Vec<u64> {
        let account = &app.account;
        let wanted = |place: &u64| {
            within(&self.pipelines, &account.incoming_pipeline(*place))
                && within(&self.categories, &account.category(*place))
                && (self.uids.is_empty() || self.uids.contains(&account.incoming(*place).uid))
        };
        let present = app.presence.now();
        let mut places: Vec<u64> = present.places(account.lists.unsorted).filter(wanted).collect();
        if self.direction == Direction::Falling {
            places.reverse();
        }
        paging.cut(places.into_iter())
    }
}

fn categories(query: &Query) -> Result<Vec<Category>, Invalid> {
    let names = filter::texts(query, "category");
    let known = names.iter().map(|name| {
        let category = CATEGORIES.into_iter().find(|category| category_name(*category) == name);
        category.ok_or_else(|| Invalid::choice("filter.category"))
    });
    known.collect()
}

fn category_name(category: Category) -> &'static str {
    match category {
        Category::Call => "sip",
        Category::Form => "forms",
        Category::Chat => "chats",
        Category::Letter => "mail",
    }
}

impl UnsortedView {
    fn of(account: &Account, incoming: Incoming, site: &str) -> Self {
        let contact = incoming.contact.map(|place| account.card_id(Kind::Contact, place).into());
        Self {
            _links: Links::to(format!("{site}/api/v4/leads/unsorted/{}", incoming.uid)),
            uid: incoming.uid,
            source_uid: None,
            source_name: incoming.source,
            category: category_name(incoming.category),
            pipeline_id: incoming.pipeline,
            created_at: incoming.created_at,
            metadata: Metadata::of(incoming.news),
            account_id: account::ID,
            _embedded: Embedded {
                contacts: contact
                    .map(|id| Reference::to(Kind::Contact, id, site))
                    .into_iter()
                    .collect(),
                leads: [Reference::to(Kind::Lead, incoming.lead, site)],
                companies: Vec::new(),
            },
        }
    }
}

impl Reference {
    fn to(kind: Kind, id: u64, site: &str) -> Self {
        Self { id, _links: Links::to(format!("{site}/api/v4/{}/{id}", kind.plural())) }
    }
}

impl Metadata {
    fn of(news: News) -> Self {
        match news {
            News::Call { from, to, called_at, duration, link } => Self::Call(CallMetadata {
                from,
                phone: to,
                called_at,
                duration: duration.to_string(),
                link,
                service_code: "CkSandbox",
            }),
            News::Form { name, page, ip, sent_at, referer } => Self::Form(FormMetadata {
                form_id: "154613",
                form_name: name,
                form_page: page,
                ip,
                form_sent_at: sent_at,
                referer,
                visitor_uid: None,
            }),
            News::Chat { client, text, received_at } => Self::Chat(ChatMetadata {
                from: client,
                received_at,
                service: "telegram",
                last_message_text: text,
            }),
            News::Letter { email, name, subject, summary, message, received_at } => {
                Self::Letter(LetterMetadata {
                    from: Writer { email, name },
                    received_at,
                    subject,
                    content_summary: summary,
                    message_id: message,
                })
            }
        }
    }
}
