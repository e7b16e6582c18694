//! Waiting leads as API v2 spells them: pages by number, latest first unless
//! told otherwise.

use super::list::{V2Request, V2Rows};
use super::parameters::Parameters;
use crate::api::{Context, Filters, Json, object};
use crate::data::Incoming;
use crate::data::incoming::{Category, News};

impl V2Rows for Incoming {
    fn filter<'a>(filters: &mut Filters<'a, Self>, asked: &V2Request<'a>) {
        let parameters = asked.parameters;
        filters.add(|row| row.decided.is_none());
        let categories: Vec<String> =
            parameters.query.list("categories").map(str::to_owned).collect();
        filters.one_of(categories, |row| row.category.name().to_owned());
        filters.one_of(parameters.numbers("pipeline_id"), |row| row.pipeline);
    }

    fn falls(parameters: &Parameters) -> bool {
        let order = parameters.query.value("order_by[created_at]").unwrap_or_default();
        !order.eq_ignore_ascii_case("asc")
    }

    fn view(&self, context: &Context) -> Json {
        let contact = context.store.contact(self).map(|contact| vec![named(&contact.name.full)]);
        object! {
            "category": match self.category {
                Category::Call => "sip",
                Category::Form => "form",
                Category::Chat => "chat",
                Category::Email => "mail",
            },
            "uid": self.uid.clone(), "source_name": self.source, "created_at": self.created_at,
            "pipeline_id": self.pipeline, "incoming_lead_info": info(&self.news),
            "incoming_entities": object! {
                "leads": vec![named(&self.lead_name)],
                "contacts": contact.map_or(Json::Absent, Json::from),
            },
        }
    }
}

fn named(name: &str) -> Json {
    object! { "name": name.to_owned() }
}

fn info(news: &News) -> Json {
    match news.clone() {
        News::Call { from, to, called_at, duration, link } => object! {
            "from": from, "to": to, "date": called_at, "duration": duration.to_string(),
            "link": link, "service_code": "CkSandbox",
        },
        News::Form { name, page, ip, sent_at, referer } => object! {
            "form_id": "154613", "form_name": name, "form_page": page, "ip": ip,
            "form_send_at": sent_at, "referer": referer,
        },
        News::Chat { client, text, received_at } => object! {
            "from": client, "message": text, "date": received_at, "service": "telegram",
        },
        News::Email { email, name, subject, summary, message, received_at } => object! {
            "from": object! { "email": email, "name": name }, "date": received_at,
            "subject": subject, "content_summary": summary, "message_id": message.to_string(),
        },
    }
}
