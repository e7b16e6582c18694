//! Contacts, leads, companies and customers as API v2 spells them.

use std::collections::BTreeMap;

use super::link;
use super::list::{V2Request, V2Rows};
use super::parameters::Parameters;
use crate::api::{Context, Filters, Json, entity, object};
use crate::data::names::LastName;
use crate::data::values::FieldValue;
use crate::data::{Entity, Filled, Kind, List, Rng, SETTINGS, Store};

const SALT: u64 = 0x0000_2E47;
const DEADLINE_SALT: u64 = 0x0000_C107;
/// Midnight of 00.00.0000 in Moscow's local mean time: what the service makes of a deadline that
/// was never set.
const NEVER: i64 = -62_169_993_017;

impl V2Rows for Entity {
    fn filter<'a>(filters: &mut Filters<'a, Self>, asked: &V2Request<'a>) {
        let V2Request { parameters, list, .. } = *asked;
        let asks = |part: &str| parameters.query.list("with").any(|name| name == part);
        let trash = list == List::Leads && asks("only_deleted");
        filters.add(move |entity| entity.is_deleted == trash);
        filters.ids(parameters.numbers("id"));
        filters.during(parameters.modified(), |entity| entity.updated_at.into());
        match list {
            List::Leads => filter_leads(filters, asked),
            List::Customers => filter_customers(filters, parameters),
            _ => {}
        }
        let users =
            if list == List::Customers { "filter[main_user]" } else { "responsible_user_id" };
        filters.one_of(parameters.numbers(users), |entity| entity.responsible.id);
        if let Some(words) = parameters.query.value("query").map(str::to_owned) {
            filters.add(move |entity| entity.mentions(&words));
        }
    }

    fn view(&self, context: &Context) -> Json {
        let spell = &mut Spelling::of(context.store, self);
        Json::shaped(shape(self.kind), |name| member(name, context, spell))
    }
}

fn filter_leads<'a>(filters: &mut Filters<'a, Entity>, asked: &V2Request<'a>) {
    let V2Request { parameters, store, .. } = *asked;
    filters.one_of(parameters.numbers("status"), |lead| lead.state.stage.status);
    filters.during(parameters.span("date_create"), |lead| lead.created_at.into());
    filters.during(parameters.span("date_modify"), |lead| lead.updated_at.into());
    if parameters.number("filter[active]") == Some(1) {
        filters.add(|lead| !lead.state.stage.is_closed());
    }
    // 1 is without tasks, 2 with open ones.
    if let Some(tasks @ 1..=2) = parameters.number("filter[tasks]") {
        filters.add(move |lead| store.closest_task(lead).is_some() == (tasks == 2));
    }
}

fn filter_customers<'a>(filters: &mut Filters<'a, Entity>, parameters: &Parameters<'a>) {
    if parameters.query.value("filter[date][type]") == Some("modify") {
        filters.during(parameters.span("date"), |customer| customer.updated_at.into());
    } else {
        filters.during(parameters.span("date"), |customer| customer.created_at.into());
    }
    filters.during(parameters.span("next_date"), |customer| customer.expectation.next_date);
}

/// The members of each kind in the order of the service.
fn shape(kind: Kind) -> &'static str {
    match kind {
        Kind::Lead => {
            "id name responsible_user_id created_by created_at updated_at account_id pipeline_id \
             status_id updated_by is_deleted main_contact group_id company closed_at \
             closest_task_at is_price_modified_by_robot tags custom_fields contacts sale \
             loss_reason_id loss_reason_name pipeline _links _embedded"
        }
        Kind::Company => {
            "id name responsible_user_id created_by created_at updated_at account_id updated_by \
             group_id contacts leads closest_task_at tags custom_fields customers _links"
        }
        Kind::Customer => {
            "id name responsible_user_id created_by created_at updated_at account_id updated_by \
             is_deleted main_contact tags custom_fields contacts company next_price \
             closest_task_at period_id periodicity next_date _links _embedded"
        }
        Kind::Contact | Kind::Task => {
            "id name first_name last_name responsible_user_id created_by created_at updated_at \
             account_id updated_by group_id company leads closest_task_at tags custom_fields \
             customers _links"
        }
    }
}

fn member(name: &'static str, context: &Context, spell: &mut Spelling) -> Json {
    let entity = spell.entity;
    let (lead, stage) = (&entity.state, entity.state.stage);
    match name {
        "last_name" => match &entity.name.last {
            LastName::Absent => Json::Absent,
            LastName::Empty => "".into(),
            LastName::Known(last) => last.clone().into(),
        },
        "status_id" => stage.status.into(),
        "main_contact" => spell.main_contact(),
        "company" => spell.company(),
        "contacts" => spell.linked(Kind::Contact),
        "leads" => spell.linked(Kind::Lead),
        "customers" => spell.linked(Kind::Customer),
        "tags" => spell.tags(),
        "custom_fields" => spell.fields(),
        "closed_at" => lead.closed_at.into(),
        "closest_task_at" => match context.store.closest_task(entity) {
            Some(at) => at.into(),
            None => no_deadline(context.store, entity).into(),
        },
        "is_price_modified_by_robot" => context.part(name, || entity.deal.is_set_by_robot),
        "sale" => entity.deal.price.into(),
        "loss_reason_id" => lead.loss_reason.into(),
        "loss_reason_name" => match SETTINGS.loss_reason(lead.loss_reason) {
            Some(reason) => context.part(name, || reason.name),
            None => Json::Absent,
        },
        "pipeline" => object! {
            "id": stage.pipeline,
            "_links": link(format!("/api/v2/pipelines?id={}", stage.pipeline)),
        },
        "period_id" => entity.expectation.period.into(),
        "_links" => reference(entity.kind, &[entity.id]),
        "_embedded" => elements(entity, context),
        "account_id" => context.account_id().into(),
        _ => entity::member(entity, name).unwrap_or(Json::Null),
    }
}

/// What belongs to it out of catalogs, if that is asked for: by catalog, then by element.
fn elements(entity: &Entity, context: &Context) -> Json {
    let part = context.part("catalog_elements_links", || {
        let mut catalogs = BTreeMap::<u64, Vec<(u64, Json)>>::new();
        for link in context.store.element_links(entity) {
            let view = object! {
                "catalog_element_id": link.element, "catalog_id": link.catalog,
                "quantity": link.quantity,
            };
            catalogs.entry(link.catalog).or_default().push((link.element, view));
        }
        Json::numbered(catalogs.into_iter().map(|(id, links)| (id, Json::numbered(links))))
    });
    object! { "catalog_elements_links": part }.unless_bare()
}

/// Contacts have several ways of having no deadline.
fn no_deadline(store: &Store, entity: &Entity) -> i64 {
    let mut rng = store.account.rng(DEADLINE_SALT, entity.kind, entity.id.into());
    if entity.kind == Kind::Contact && rng.percent(6) { NEVER } else { 0 }
}

/// Spells the parts that entities have in common: links, tags and fields. Where there is nothing
/// PHP makes `{}` of it and now and then `[]`.
struct Spelling<'a> {
    store: &'a Store,
    entity: &'a Entity,
    rng: Rng,
}

impl<'a> Spelling<'a> {
    fn of(store: &'a Store, entity: &'a Entity) -> Self {
        let rng = Rng::of(&[SALT, entity.kind.element_type(), entity.id.into()]);
        Self { store, entity, rng }
    }

    fn linked(&mut self, kind: Kind) -> Json {
        let ids = self.store.linked(self.entity, kind);
        let linked =
            object! { "id": Json::list(ids.iter().copied()), "_links": reference(kind, &ids) };
        self.maybe((!ids.is_empty()).then_some(linked))
    }

    fn main_contact(&mut self) -> Json {
        let main = self.store.linked(self.entity, Kind::Contact).into_iter().next();
        let main = main.map(|id| object! { "id": id, "_links": reference(Kind::Contact, &[id]) });
        self.maybe(main)
    }

    fn company(&mut self) -> Json {
        let id = self.store.linked(self.entity, Kind::Company).into_iter().next();
        let company = id.and_then(|id| self.store.entities[Kind::Company].find(id.into()));
        let company = company.map(|company| {
            object! {
                "id": company.id, "name": company.name.full.clone(),
                "_links": reference(Kind::Company, &[company.id]),
            }
        });
        self.maybe(company)
    }

    fn tags(&mut self) -> Json {
        let tags = self.entity.tags.iter();
        let tags = tags.map(|tag| object! { "id": SETTINGS.tag_id(tag), "name": *tag });
        self.list(tags.collect())
    }

    fn fields(&mut self) -> Json {
        self.list(self.entity.fields.iter().map(field).collect())
    }

    fn list(&mut self, items: Vec<Json>) -> Json {
        self.maybe((!items.is_empty()).then_some(Json::List(items)))
    }

    fn maybe(&mut self, part: Option<Json>) -> Json {
        match part {
            Some(part) => part,
            None if self.rng.percent(12) => Json::List(Vec::new()),
            None => Json::Object(Vec::new()),
        }
    }
}

fn reference(kind: Kind, ids: &[u32]) -> Json {
    let ids: Vec<String> = ids.iter().map(u32::to_string).collect();
    link(format!("/api/v2/{}?id={}", kind.plural(), ids.join(",")))
}

fn field(filled: &Filled) -> Json {
    let field = filled.field;
    object! {
        "id": field.id, "name": field.name,
        "code": if field.is_system() { field.code.into() } else { Json::Absent },
        "values": Json::list(filled.values.iter().map(value)), "is_system": field.is_system(),
    }
}

fn value(value: &FieldValue) -> Json {
    match value.clone() {
        FieldValue::Text(text) => object! { "value": text },
        FieldValue::Choice(choice) => object! { "value": choice.name, "enum": choice.id },
        FieldValue::Contact(text, purpose) => object! { "value": text, "enum": purpose.id },
        FieldValue::Ticked => object! { "value": "1" },
        FieldValue::Day(day) => object! { "value": format!("{day} 00:00:00") },
        FieldValue::AddressLine(text, what) => object! { "value": text, "subtype": what },
        FieldValue::Firm(firm) => object! { "value": *firm },
        // Of elements only, which API v2 does not list.
        FieldValue::Supplier(_) | FieldValue::Payer(_) | FieldValue::Item(_) => Json::Absent,
    }
}
