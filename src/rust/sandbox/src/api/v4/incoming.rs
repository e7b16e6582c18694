//! Waiting leads as API v4 spells them: latest first unless told otherwise.

use std::num::ParseIntError;

use super::list::{Key, V4Request, V4Rows};
use super::parameters;
use super::problem::Invalid;
use crate::api::query::Query;
use crate::api::{Context, Filters, Json, object};
use crate::data::incoming::{Category, News};
use crate::data::{Incoming, Kind, Row, Store};

impl V4Rows for Incoming {
    /// They came in as they were changed: both orders are the same.
    fn orders(_: Kind) -> (&'static [Key<Self>], bool) {
        (&[("created_at", |row| row.created_at), ("updated_at", |row| row.created_at)], true)
    }

    fn filter<'a>(filters: &mut Filters<'a, Self>, asked: &V4Request<'a>) -> Result<(), Invalid> {
        filter(filters, asked.query)
    }

    fn is_listed(&self, _: &Context) -> bool {
        self.decided.is_none()
    }

    /// Its place in the list, beyond which there is none.
    fn id_of(store: &Store, uid: &str) -> Result<u64, ParseIntError> {
        let row = store.incoming.rows().iter().find(|row| row.uid == uid);
        Ok(row.map_or(u64::MAX, Row::id))
    }

    fn view(&self, context: &Context) -> Json {
        let contact = context.store.contact(self);
        let contact = contact.map(|contact| context.reference(Kind::Contact, contact.id()));
        object! {
            "uid": self.uid.clone(), "source_uid": Json::Null, "source_name": self.source,
            "category": self.category.name(), "pipeline_id": self.pipeline,
            "created_at": self.created_at, "metadata": metadata(&self.news),
            "account_id": context.account_id(),
            "_links": context.link(format!("leads/unsorted/{}", self.uid)),
            "_embedded": object! {
                "contacts": Json::list(contact),
                "leads": vec![context.reference(Kind::Lead, self.lead)],
                "companies": Json::List(Vec::new()),
            },
        }
    }
}

/// What the parameters of the list ask for, and of its summary.
pub fn filter(filters: &mut Filters<Incoming>, query: &Query) -> Result<(), Invalid> {
    let category = |name: &str| Category::ALL.into_iter().find(|known| known.name() == name);
    filters.one_of(parameters::texts(query, "uid"), |row| row.uid.clone());
    filters.one_of(parameters::known(query, "category", category)?, |row| row.category);
    filters.one_of(parameters::numbers(query, "pipeline_id")?, |row| row.pipeline);
    Ok(())
}

fn metadata(news: &News) -> Json {
    match news.clone() {
        News::Call { from, to, called_at, duration, link } => object! {
            "from": from, "phone": to, "called_at": called_at, "duration": duration.to_string(),
            "link": link, "service_code": "CkSandbox",
        },
        News::Form { name, page, ip, sent_at, referer } => object! {
            "form_id": "154613", "form_name": name, "form_page": page, "ip": ip,
            "form_sent_at": sent_at, "referer": referer, "visitor_uid": Json::Null,
        },
        News::Chat { client, text, received_at } => object! {
            "from": client, "received_at": received_at, "service": "telegram",
            "last_message_text": text,
        },
        News::Email { email, name, subject, summary, message, received_at } => object! {
            "from": object! { "email": email, "name": name }, "received_at": received_at,
            "subject": subject, "content_summary": summary, "message_id": message,
        },
    }
}
