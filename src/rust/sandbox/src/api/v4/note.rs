//! Notes as API v4 spells them.

use super::list::{Key, V4Request, V4Rows};
use super::parameters;
use super::problem::Invalid;
use crate::api::{self, Context, Filters, Json, object};
use crate::data::content::Call;
use crate::data::random;
use crate::data::{Content, Kind, Note, Rng, Row, User};

const SALT: u64 = 0x0000_5E04;

impl V4Rows for Note {
    fn orders(_: Kind) -> (&'static [Key<Self>], bool) {
        (&[("updated_at", |note| note.updated_at.into()), ("id", Row::id)], true)
    }

    fn filter<'a>(filters: &mut Filters<'a, Self>, asked: &V4Request<'a>) -> Result<(), Invalid> {
        filters.ids(parameters::numbers(asked.query, "id")?);
        filters.one_of(parameters::numbers(asked.query, "entity_id")?, V4Rows::owner);
        // Unknown names find none.
        let names = parameters::texts(asked.query, "note_type");
        filters.one_of(names, |note: &Note| note.note_type.name().unwrap_or_default().to_owned());
        filters.during(parameters::span(asked.query, "updated_at")?, |note| note.updated_at.into());
        Ok(())
    }

    fn owner(&self) -> u64 {
        self.entity.into()
    }

    fn is_listed(&self, _: &Context) -> bool {
        self.note_type.name().is_some()
    }

    fn view(&self, context: &Context) -> Json {
        let edited = self.updated_at > self.created_at;
        let (entities, owner) = (self.kind.plural(), self.entity);
        object! {
            "id": self.id, "entity_id": owner, "created_by": self.created_by,
            "updated_by": if edited { self.responsible.id } else { self.created_by.into() },
            "created_at": self.created_at, "updated_at": self.updated_at,
            "responsible_user_id": self.responsible.id, "group_id": self.responsible.group_id,
            "note_type": self.note_type.name(),
            "params": params(context.store.content(self), self), "account_id": context.account_id(),
            "_links": context.link(format!("{entities}/{owner}/notes/{}", self.id)),
        }
    }
}

fn params(content: Content, note: &Note) -> Json {
    let mut rng = Rng::of(&[SALT, note.id()]);
    match content {
        Content::Text(text) => object! { "text": text },
        Content::File { name, stored } => file(name, stored, &mut rng),
        Content::LinkedFile { name, link } => object! { "link": link, "filename": name },
        Content::Call(call) => call_params(call, note.responsible, &mut rng),
        Content::Email(email) => api::note::email(email, Json::Absent),
        Content::Targeting { service, campaign } => object! {
            "contacts": Json::List(Vec::new()), "campaign": campaign, "service": service,
        },
        Content::AutoCreated { parent } => object! {
            "type": "parent", "lead_type": "parent", "lead_id": parent,
            "link": object! { "id": parent, "type": 2_u64 },
        },
        Content::Service { service, text } => object! { "service": service, "text": text },
        Content::Sms { text, phone } => object! { "text": text, "phone": phone },
        other => api::note::params(other),
    }
}

fn file(name: String, stored: String, rng: &mut Rng) -> Json {
    // As notes had files before there was a file store.
    if rng.percent(40) {
        return object! { "original_name": name, "attachment": stored };
    }
    object! {
        "is_drive_attachment": true, "text": name.clone(), "original_name": name,
        "file_uuid": random::uuid(rng), "version_uuid": random::uuid(rng), "file_name": stored,
    }
}

fn call_params(call: Call, responsible: &User, rng: &mut Rng) -> Json {
    object! {
        "uniq": call.uniq, "duration": call.duration, "source": call.source, "link": call.link,
        "phone": call.phone, "call_result": call.result, "call_status": call.status,
        // As the telephone system knew him.
        "call_responsible": match rng.below(3) {
            0 => Json::Absent,
            1 => responsible.name.into(),
            _ => responsible.id.into(),
        },
    }
}
