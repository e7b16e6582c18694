//! `GET /api/v2/incoming_leads`: pages by number, latest first unless told
//! otherwise.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use serde::Serialize;

use super::window::{Window, numbers, within};
use super::{page, recorded};
use crate::account::Account;
use crate::app::App;
use crate::incoming::{Category, Incoming, News};
use crate::kind::Kind;
use crate::list::List;
use crate::query::Query;

#[derive(Serialize)]
struct IncomingView {
    category: &'static str,
    uid: String,
    source_name: &'static str,
    created_at: u64,
    pipeline_id: u64,
    incoming_lead_info: Info,
    incoming_entities: Entities,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Info {
    Call(CallInfo),
    Form(FormInfo),
    Chat(ChatInfo),
    Letter(LetterInfo),
}

#[derive(Serialize)]
struct CallInfo {
    from: String,
    to: &'static str,
    date: u64,
    duration: String,
    link: Option<String>,
    service_code: &'static str,
}

#[derive(Serialize)]
struct FormInfo {
    form_id: &'static str,
    form_name: &'static str,
    form_page: String,
    ip: String,
    form_send_at: u64,
    referer: Option<String>,
}

#[derive(Serialize)]
struct ChatInfo {
    from: String,
    message: String,
    date: u64,
    service: &'static str,
}

#[derive(Serialize)]
struct LetterInfo {
    from: Writer,
    date: u64,
    subject: String,
    content_summary: String,
    message_id: String,
}

#[derive(Serialize)]
struct Writer {
    email: String,
    name: String,
}

#[derive(Serialize)]
struct Entities {
    leads: [Named; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    contacts: Vec<Named>,
}

#[derive(Serialize)]
struct Named {
    name: String,
}

/// Answers with a page of waiting leads, or 204.
pub async fn list(State(app): State<Arc<App>>, request: Request) -> Response {
    if let Some(reply) = recorded::answer(&app, List::IncomingLeads, &request) {
        return reply;
    }
    let account = &app.account;
    let places = places(&app, &page::query(&request)).into_iter();
    let rows = places.map(|place| IncomingView::of(account, account.incoming(place)));
    page::answer(&request, "/api/v2/incoming_leads", rows.collect())
}

fn places(app: &App, query: &Query) -> Vec<u64> {
    let account = &app.account;
    let categories: Vec<&str> = query.list("categories").collect();
    let pipelines = numbers(query, "pipeline_id");
    let wanted = |place: &u64| {
        (categories.is_empty() || categories.contains(&plural(account.category(*place))))
            && within(&pipelines, account.incoming_pipeline(*place))
    };
    let present = app.presence.now();
    let mut places: Vec<u64> = present.places(account.lists.unsorted).filter(wanted).collect();
    let order = query.value("order_by[created_at]").unwrap_or_default();
    if !order.eq_ignore_ascii_case("asc") {
        places.reverse();
    }
    Window::numbered(query).cut(places.into_iter())
}

/// What filters call a category; rows call it otherwise.
fn plural(category: Category) -> &'static str {
    match category {
        Category::Call => "sip",
        Category::Form => "forms",
        Category::Chat => "chats",
        Category::Letter => "mail",
    }
}

impl IncomingView {
    fn of(account: &Account, incoming: Incoming) -> Self {
        let contact = incoming.contact.map(|place| account.name(Kind::Contact, place));
        Self {
            category: match incoming.category {
                Category::Call => "sip",
                Category::Form => "form",
                Category::Chat => "chat",
                Category::Letter => "mail",
            },
            uid: incoming.uid,
            source_name: incoming.source,
            created_at: incoming.created_at,
            pipeline_id: incoming.pipeline,
            incoming_lead_info: Info::of(incoming.news),
            incoming_entities: Entities {
                leads: [Named { name: incoming.lead_name }],
                contacts: contact.into_iter().map(|name| Named { name }).collect(),
            },
        }
    }
}

impl Info {
    fn of(news: News) -> Self {
        match news {
            News::Call { from, to, called_at, duration, link } => Self::Call(CallInfo {
                from,
                to,
                date: called_at,
                duration: duration.to_string(),
                link,
                service_code: "CkSandbox",
            }),
            News::Form { name, page, ip, sent_at, referer } => Self::Form(FormInfo {
                form_id: "154613",
                form_name: name,
                form_page: page,
                ip,
                form_send_at: sent_at,
                referer,
            }),
            News::Chat { client, text, received_at } => Self::Chat(ChatInfo {
                from: client,
                message: text,
                date: received_at,
                service: "telegram",
            }),
            News::Letter { email, name, subject, summary, message, received_at } => {
                Self::Letter(LetterInfo {
                    from: Writer { email, name },
                    date: received_at,
                    subject,
                    content_summary: summary,
                    message_id: message.to_string(),
                })
            }
        }
    }
}
