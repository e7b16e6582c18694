//! What notes say, where both APIs spell it alike.

use crate::api::{Json, object};
use crate::data::Content;
use crate::data::content::{Address, Email};

/// The params of a note; `null` if they are spelt in each API's own way.
pub fn params(content: Content) -> Json {
    match content {
        Content::Visit { url } => object! { "url": url },
        Content::Purchase { transaction } => object! { "transaction_id": transaction },
        Content::Place { text, latitude, longitude } => object! {
            "text": text.clone(), "address": text, "longitude": longitude, "latitude": latitude,
        },
        Content::CashierMessage { status, text } => object! { "status": status, "text": text },
        Content::InvoicePaid { service, text, icon } => {
            object! { "service": service, "text": text, "icon_url": icon }
        }
        _ => Json::Null,
    }
}

/// The params of an email. Those of API v2 have a version of their own.
pub fn email(email: Email, version: Json) -> Json {
    let address = |Address { email, name }| object! { "email": email, "name": name };
    object! {
        "thread_id": email.thread, "message_id": email.message, "private": email.private,
        "income": email.income, "from": address(email.from), "to": address(email.to),
        "version": version, "subject": email.subject, "content_summary": email.summary,
        "attach_cnt": email.files,
        "delivery": object! { "status": "sent", "time": email.delivered_at },
    }
}
