//! Contacts, leads, companies and customers as API v4 spells them.

use super::list::{Asked, Key, Rows};
use super::problem::Invalid;
use super::{element, field, parameters, settings};
use crate::api::query::Query;
use crate::api::{Context, Filters, Json, object};
use crate::data::names::LastName;
use crate::data::{Entity, Kind, Row, SETTINGS, Stage, Store, Table, account};

const UPDATED: Key<Entity> = ("updated_at", |entity| u64::from(entity.updated_at));
const ID: Key<Entity> = ("id", Row::id);
const CREATED: Key<Entity> = ("created_at", |entity| u64::from(entity.created_at));

impl Rows for Entity {
    fn name(kind: Kind) -> &'static str {
        kind.plural()
    }

    fn table(store: &Store, kind: Kind) -> &Table<Self> {
        store.entities(kind)
    }

    fn orders(kind: Kind) -> (&'static [Key<Self>], bool) {
        match kind {
            Kind::Lead => (&[UPDATED, ID, CREATED], true),
            Kind::Customer => (&[], false),
            _ => (&[UPDATED, ID], true),
        }
    }

    fn filter<'a>(filters: &mut Filters<'a, Self>, asked: &Asked<'a>) -> Result<(), Invalid> {
        let query = asked.query;
        if asked.is_paid {
            filter_paid(filters, query, asked.kind)?;
        }
        if let Some(words) = query.value("query").map(str::to_owned) {
            filters.add(move |entity| entity.mentions(&words));
        }
        Ok(())
    }

    /// The trash is a list of its own.
    fn is_listed(&self, context: &Context) -> bool {
        self.is_deleted == context.asks("only_deleted")
    }

    fn view(&self, context: &Context) -> Json {
        let json = match self.kind {
            Kind::Lead => lead(self, context),
            Kind::Company => company(self, context),
            Kind::Customer => customer(self, context),
            Kind::Contact | Kind::Task => contact(self, context),
        };
        if self.is_deleted { emptied(json) } else { json }
    }
}

fn filter_paid(filters: &mut Filters<Entity>, query: &Query, kind: Kind) -> Result<(), Invalid> {
    let numbers = |name| parameters::numbers(query, name);
    let span = |name| parameters::span(query, name);
    filters.ids(numbers("id")?);
    filters.one_of(numbers("responsible_user_id")?, |entity| entity.responsible.id);
    filters.one_of(numbers("created_by")?, |entity| entity.created_by);
    filters.one_of(numbers("updated_by")?, |entity| entity.updated_by);
    filters.one_of(parameters::texts(query, "name"), |entity| entity.name.full.clone());
    filters.during(span("created_at")?, |entity| entity.created_at.into());
    filters.during(span("updated_at")?, |entity| entity.updated_at.into());
    if kind == Kind::Lead {
        filters.one_of(numbers("pipeline_id")?, |lead| lead.state.stage.pipeline);
        filters.during(span("closed_at")?, |lead| lead.state.closed_at.into());
        let stages = stages(query);
        if !stages.is_empty() {
            filters.add(move |lead| stages.iter().any(|stage| covers(stage, &lead.state.stage)));
        }
    }
    Ok(())
}

/// `filter[statuses][0][pipeline_id]` and `[status_id]`, any number of pairs.
fn stages(query: &Query) -> Vec<Stage> {
    let mut stages: Vec<(&str, Stage)> = Vec::new();
    for (key, value) in query.members("filter[statuses]") {
        let Some((pair, name)) = key.split_once("][") else {
            continue;
        };
        if !stages.iter().any(|(known, _)| *known == pair) {
            stages.push((pair, Stage::default()));
        }
        let number = value.parse().unwrap_or(0);
        let stage = stages.iter_mut().find(|(known, _)| *known == pair);
        match (stage, name) {
            (Some((_, stage)), "pipeline_id") => stage.pipeline = number,
            (Some((_, stage)), "status_id") => stage.status = number,
            _ => {}
        }
    }
    stages.into_iter().map(|(_, stage)| stage).collect()
}

/// 0 is any status of a pipeline, or any pipeline.
fn covers(wanted: &Stage, stage: &Stage) -> bool {
    (wanted.pipeline == 0 || wanted.pipeline == stage.pipeline)
        && (wanted.status == 0 || wanted.status == stage.status)
}

fn contact(contact: &Entity, context: &Context) -> Json {
    object! {
        "id": contact.id, "name": contact.name.full.clone(),
        "first_name": contact.name.first.clone(),
        "last_name": match &contact.name.last {
            LastName::Known(last) => last.clone(),
            LastName::Absent | LastName::Empty => String::new(),
        },
        "responsible_user_id": contact.responsible.id, "group_id": contact.responsible.group_id,
        "created_by": contact.created_by, "updated_by": contact.updated_by,
        "created_at": contact.created_at, "updated_at": contact.updated_at,
        "is_deleted": contact.is_deleted, "closest_task_at": context.store.closest_task(contact),
        "custom_fields_values": fields(contact, context), "account_id": account::ID,
        "_links": own_link(contact, context),
        "_embedded": object! {
            "tags": tags(contact), "companies": linked(contact, Kind::Company, context),
            "leads": context.part("leads", || linked(contact, Kind::Lead, context)),
            "customers": context.part("customers", || linked(contact, Kind::Customer, context)),
            "catalog_elements": catalog_elements(contact, context),
        },
    }
}

fn lead(lead: &Entity, context: &Context) -> Json {
    let (state, value) = (&lead.state, &lead.value);
    object! {
        "id": lead.id, "name": lead.name.full.clone(), "price": value.price,
        "responsible_user_id": lead.responsible.id, "group_id": lead.responsible.group_id,
        "status_id": state.stage.status, "pipeline_id": state.stage.pipeline,
        "loss_reason_id": Some(state.loss_reason).filter(|id| *id != 0),
        "source_id": value.source.filter(|_| context.asks("source_id")),
        "created_by": lead.created_by, "updated_by": lead.updated_by,
        "created_at": lead.created_at, "updated_at": lead.updated_at,
        "closed_at": Some(state.closed_at).filter(|at| *at > 0),
        "closest_task_at": context.store.closest_task(lead), "is_deleted": lead.is_deleted,
        "custom_fields_values": fields(lead, context), "score": Json::Null,
        "account_id": account::ID,
        "is_price_modified_by_robot":
            context.part("is_price_modified_by_robot", || value.is_set_by_robot),
        "_links": own_link(lead, context),
        "_embedded": object! {
            "tags": tags(lead), "companies": linked(lead, Kind::Company, context),
            "contacts": context.part("contacts", || contacts(lead, context)),
            "loss_reason": context.part("loss_reason", || loss_reason(state.loss_reason, context)),
            "catalog_elements": catalog_elements(lead, context),
            "source": source(value.source, context),
        },
    }
}

fn company(company: &Entity, context: &Context) -> Json {
    let part = |name, kind| context.part(name, || linked(company, kind, context));
    object! {
        "id": company.id, "name": company.name.full.clone(),
        "responsible_user_id": company.responsible.id, "group_id": company.responsible.group_id,
        "created_by": company.created_by, "updated_by": company.updated_by,
        "created_at": company.created_at, "updated_at": company.updated_at,
        "is_deleted": company.is_deleted, "closest_task_at": context.store.closest_task(company),
        "custom_fields_values": fields(company, context), "account_id": account::ID,
        "_links": own_link(company, context),
        "_embedded": object! {
            "tags": tags(company), "contacts": part("contacts", Kind::Contact),
            "leads": part("leads", Kind::Lead), "customers": part("customers", Kind::Customer),
            "catalog_elements": catalog_elements(company, context),
        },
    }
}

fn customer(customer: &Entity, context: &Context) -> Json {
    let expectation = &customer.expectation;
    let bought = context.store.transactions().rows().iter();
    let bought = bought.filter(|purchase| purchase.customer == customer.id);
    let (purchases, sum) =
        bought.fold((0_u64, 0), |(count, sum), purchase| (count + 1, sum + purchase.price));
    object! {
        "id": customer.id, "name": customer.name.full.clone(),
        "next_price": expectation.next_price, "next_date": expectation.next_date,
        "responsible_user_id": customer.responsible.id, "status_id": expectation.status,
        "periodicity": expectation.periodicity, "created_by": customer.created_by,
        "updated_by": customer.updated_by, "created_at": customer.created_at,
        "updated_at": customer.updated_at,
        "closest_task_at": context.store.closest_task(customer),
        "is_deleted": customer.is_deleted, "custom_fields_values": fields(customer, context),
        "ltv": sum, "purchases_count": purchases,
        "average_check": sum.checked_div(purchases).unwrap_or(0), "account_id": account::ID,
        "_links": own_link(customer, context),
        "_embedded": object! {
            "segments": segments(customer, context), "tags": tags(customer),
            "contacts": context.part("contacts", || contacts(customer, context)),
            "companies": context.part("companies", || linked(customer, Kind::Company, context)),
            "catalog_elements": catalog_elements(customer, context),
        },
    }
}

/// What is left of an entity in the trash: the rest is `null`.
fn emptied(json: Json) -> Json {
    const LEFT: [&str; 6] =
        ["id", "updated_at", "updated_by", "is_deleted", "account_id", "_links"];
    let Json::Object(members) = json else { return json };
    let shown = members.into_iter().filter(|(name, _)| name != "_embedded");
    let emptied = shown.map(|(name, value)| {
        let is_left = LEFT.contains(&name.as_ref()) || matches!(value, Json::Absent);
        (name, if is_left { value } else { Json::Null })
    });
    Json::Object(emptied.collect())
}

/// The products and the invoice, of those that have them.
fn catalog_elements(entity: &Entity, context: &Context) -> Json {
    context.part("catalog_elements", || {
        let links = context.store.element_links(entity);
        Json::list(links.iter().map(|link| {
            object! { "id": link.element, "metadata": element::metadata(link) }
        }))
    })
}

/// The reason as a list, which is empty without one.
fn loss_reason(id: u64, context: &Context) -> Json {
    Json::list(SETTINGS.loss_reason(id).map(|reason| settings::loss_reason(reason, context)))
}

/// Where a lead came from, if that is known.
fn source(id: Option<u64>, context: &Context) -> Json {
    let source = id.and_then(|id| SETTINGS.sources.iter().find(|source| source.id == id));
    source.map_or(Json::Absent, |source| {
        context.part("source", || object! { "id": source.id, "name": source.name })
    })
}

fn own_link(entity: &Entity, context: &Context) -> Json {
    context.link(format!("{}/{}", entity.kind.plural(), entity.id))
}

fn linked(entity: &Entity, kind: Kind, context: &Context) -> Json {
    let ids = context.store.linked(entity, kind).into_iter();
    Json::list(ids.map(|id| context.reference(kind, id)))
}

/// The contacts of a lead or customer, of which the first is the main one.
fn contacts(entity: &Entity, context: &Context) -> Json {
    let ids = context.store.linked(entity, Kind::Contact).into_iter().enumerate();
    Json::list(ids.map(|(rank, id)| {
        let link = context.link(format!("contacts/{id}"));
        object! { "id": id, "is_main": rank == 0, "_links": link }
    }))
}

fn segments(customer: &Entity, context: &Context) -> Json {
    let segments = context.store.account.segments(customer.number);
    Json::list(segments.map(|segment| {
        let link = context.link(format!("customers/segments/{}", segment.id));
        object! { "id": segment.id, "_links": link }
    }))
}

fn tags(entity: &Entity) -> Json {
    Json::list(entity.tags.iter().map(|name| settings::tag(name)))
}

/// The fields that hold something; `null` if none does.
fn fields(entity: &Entity, context: &Context) -> Json {
    (!entity.fields.is_empty()).then(|| field::views(&entity.fields, context)).into()
}
