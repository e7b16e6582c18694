//! `GET /api/v4/talks`.

use super::list::{V4Request, V4Rows};
use super::parameters;
use super::problem::Invalid;
use crate::api::{Context, Filters, Json, object};
use crate::data::Kind;
use crate::data::talk::Talk;

impl V4Rows for Talk {
    const MISSING_IS_404: bool = true;

    fn filter<'a>(filters: &mut Filters<'a, Self>, asked: &V4Request<'a>) -> Result<(), Invalid> {
        let V4Request { query, store, .. } = *asked;
        filters.ids(parameters::numbers(query, "talk_id")?);
        filters.one_of(parameters::numbers(query, "contact_id")?, |talk| talk.contact);
        let entities = parameters::numbers(query, "entity_id")?;
        filters.one_of(entities, |talk| talk.about.map_or(0, |(_, id)| id.into()));
        let find = |name: &str| Kind::from_name(name).filter(|kind| store.plays(*kind));
        let kinds = parameters::known(query, "entity_type", find)?;
        filters
            .one_of(kinds.into_iter().map(Some).collect(), |talk| talk.about.map(|(kind, _)| kind));
        if matches!(query.value("filter[only_in_work]"), Some("1" | "true")) {
            let now = store.account.calendar.end();
            filters.add(move |talk| talk.is_in_work(now));
        }
        Ok(())
    }

    fn view(&self, context: &Context) -> Json {
        let now = context.store.account.calendar.end();
        let about = |wanted| {
            let about = self.about.filter(|(kind, _)| *kind == wanted);
            Json::list(about.map(|(kind, id)| context.reference(kind, id)))
        };
        object! {
            "talk_id": self.id, "created_at": self.created_at, "updated_at": self.updated_at,
            "rate": 0_u64, "contact_id": self.contact, "chat_id": self.chat_id(),
            "entity_id": self.about.map(|(_, id)| id),
            "entity_type": self.about.map(|(kind, _)| kind.name()),
            "is_in_work": self.is_in_work(now), "is_read": self.is_read(now),
            "origin": self.origin, "missed_at": self.missed_at(now), "account_id": context.account_id(),
            "_links": context.link(format!("talks/{}", self.id)),
            "_embedded": object! {
                "contacts": vec![context.reference(Kind::Contact, self.contact)],
                "leads": about(Kind::Lead), "customers": about(Kind::Customer),
            },
        }
    }
}
