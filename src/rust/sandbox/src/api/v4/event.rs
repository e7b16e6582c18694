//! Events as API v4 spells them. The list begins with the latest event unless
//! told otherwise. It is not counted: every page that has rows points to a
//! next one.

use std::num::ParseIntError;

use super::list::{Key, Next, V4Request, V4Rows};
use super::problem::Invalid;
use super::{event_id, event_values, parameters};
use crate::api::app::App;
use crate::api::{Context, Filters, Json, object};
use crate::data::event::EventValue;
use crate::data::{Event, Kind, Store};

impl V4Rows for Event {
    const NEXT: Next = Next::Always;

    fn orders(_: Kind) -> (&'static [Key<Self>], bool) {
        (&[("created_at", |event| event.key.created_at())], true)
    }

    fn most(app: &App) -> u64 {
        if app.kommo { 250 } else { 100 }
    }

    fn id_of(store: &Store, text: &str) -> Result<u64, ParseIntError> {
        Ok(event_id::decode(store.account.seed, text).map_or(0, |key| key.0))
    }

    fn filter<'a>(filters: &mut Filters<'a, Self>, asked: &V4Request<'a>) -> Result<(), Invalid> {
        let V4Request { query, store, .. } = *asked;
        let kinds = kinds(asked)?;
        let entities = parameters::few(query, "entity_id")?;
        if !entities.is_empty() && kinds.as_ref().is_none_or(|kinds| kinds.len() != 1) {
            let detail = "This value needs exactly one filter[entity].";
            return Err(Invalid::shape("filter.entity_id", detail));
        }
        let ids = parameters::texts(query, "id");
        let key = |id: &String| event_id::decode(store.account.seed, id).map_or(0, |key| key.0);
        filters.ids(ids.iter().map(key).collect());
        filters.during(parameters::span(query, "created_at")?, |event| event.key.created_at());
        let types = parameters::texts(query, "type");
        event_values::filter(filters, asked, &types)?;
        if !types.is_empty() {
            filters.add(move |event| types.iter().any(|name| is_of_type(event, name, store)));
        }
        if let Some(kinds) = kinds {
            filters.add(move |event| {
                let (kind, entity) = filed_under(event, store);
                kinds.contains(&kind) && (entities.is_empty() || entities.contains(&entity))
            });
        }
        filters.one_of(parameters::few(query, "created_by")?, |event| store.author(event));
        Ok(())
    }

    fn view(&self, context: &Context) -> Json {
        let store = context.store;
        let id = event_id::encode(store.account.seed, self.key);
        let particulars = store.particulars(self);
        let contact = || store.talk_contact(self).into();
        object! {
            "id": id.clone(), "type": self.event_type, "entity_id": self.entity,
            "entity_type": self.kind.name(), "created_by": particulars.created_by,
            "created_at": self.key.created_at(),
            "value_after": Json::list(particulars.after.into_iter().map(value)),
            "value_before": Json::list(particulars.before.into_iter().map(value)),
            "account_id": context.account_id(), "_links": context.link(format!("events/{id}")),
            "_embedded": object! { "entity": object! {
                "id": self.entity,
                // Who it is that writes messages.
                "linked_talk_contact_id": if self.is_chat() { contact() } else { Json::Absent },
                "_links": context.link(format!("{}/{}", self.kind.plural(), self.entity)),
            } },
        }
    }
}

/// Whether an event has a type, which may be that of the changes of one field.
fn is_of_type(event: &Event, name: &str, store: &Store) -> bool {
    let is_any_field = |name| name == event_values::ANY_FIELD;
    let is_of_field =
        is_any_field(event.event_type) || event_values::field_of(event.event_type).is_some();
    match event_values::field_of(name) {
        None if is_any_field(name) => is_of_field,
        None => name == event.event_type,
        Some(wanted) => {
            is_of_field && {
                let particulars = store.particulars(event);
                let mut values = particulars.after.iter().chain(&particulars.before);
                values.any(|value| matches!(value, EventValue::Field { id, .. } if *id == wanted))
            }
        }
    }
}

/// The thing by which a filter finds an event. Messages are found by the
/// contact who writes them, though they come as those of a lead.
fn filed_under(event: &Event, store: &Store) -> (Kind, u64) {
    if event.is_chat() {
        (Kind::Contact, store.talk_contact(event))
    } else {
        (event.kind, event.entity.into())
    }
}

/// The kinds that are asked for, if any are; catalogs, to whose elements
/// nothing happens, are understood.
fn kinds(asked: &V4Request) -> Result<Option<Vec<Kind>>, Invalid> {
    let kinds = parameters::known(asked.query, "entity", |name| {
        let kind = Kind::from_name(name).filter(|kind| asked.store.plays(*kind));
        (kind.is_some() || name.starts_with("catalog_")).then_some(kind)
    })?;
    Ok((!kinds.is_empty()).then(|| kinds.into_iter().flatten().collect()))
}

fn value(value: EventValue) -> Json {
    match value {
        EventValue::Note(id) => object! { "note": object! { "id": id } },
        EventValue::Stage(stage) => object! { "lead_status": object! {
            "id": stage.status, "pipeline_id": stage.pipeline,
        } },
        EventValue::Responsible(id) => object! { "responsible_user": object! { "id": id } },
        EventValue::Tag(name) => object! { "tag": object! { "name": name } },
        EventValue::Message { id, talk, origin } => object! { "message": object! {
            "id": id, "talk_id": talk, "origin": origin,
        } },
        EventValue::Transaction(id) => object! { "transaction": object! { "id": id } },
        EventValue::Deadline(at) => object! { "task_deadline": object! { "timestamp": at } },
        EventValue::Name(name) => object! { "name_field_value": object! { "name": name } },
        EventValue::Sale(sale) => object! { "sale_field_value": object! { "sale": sale } },
        EventValue::Link { to, id } => object! { "link": object! {
            "entity": object! { "type": to, "id": id },
        } },
        EventValue::Field { id, shape, choice, text } => object! { "custom_field_value": object! {
            "field_id": id, "field_type": shape, "enum_id": choice, "text": text,
        } },
    }
}
