//! Contacts, leads, companies and customers as API v4 spells them.

use super::list::{Key, V4Request, V4Rows};
use super::problem::Invalid;
use super::{element, field, parameters, settings};
use crate::api::query::Query;
use crate::api::{Context, Filters, Json, entity, object};
use crate::data::names::LastName;
use crate::data::{Entity, Kind, Row, SETTINGS, Stage};

const UPDATED: Key<Entity> = ("updated_at", |entity| u64::from(entity.updated_at));
const ID: Key<Entity> = ("id", Row::id);
const CREATED: Key<Entity> = ("created_at", |entity| u64::from(entity.created_at));

impl V4Rows for Entity {
    fn orders(kind: Kind) -> (&'static [Key<Self>], bool) {
        match kind {
            Kind::Lead => (&[UPDATED, ID, CREATED], true),
            Kind::Customer => (&[], false),
            _ => (&[UPDATED, ID], true),
        }
    }

    fn filter<'a>(filters: &mut Filters<'a, Self>, asked: &V4Request<'a>) -> Result<(), Invalid> {
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
        let json = Json::shaped(shape(self.kind)[0], |name| member(self, name, context));
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

/// The members of each kind, and those of its `_embedded`, in the order of the service.
fn shape(kind: Kind) -> [&'static str; 2] {
    match kind {
        Kind::Lead => [
            "id name price responsible_user_id group_id status_id pipeline_id loss_reason_id \
             source_id created_by updated_by created_at updated_at closed_at closest_task_at \
             is_deleted custom_fields_values score account_id is_price_modified_by_robot _links \
             _embedded",
            "tags companies contacts loss_reason catalog_elements source",
        ],
        Kind::Company => [
            "id name responsible_user_id group_id created_by updated_by created_at updated_at \
             is_deleted closest_task_at custom_fields_values account_id _links _embedded",
            "tags contacts leads customers catalog_elements",
        ],
        Kind::Customer => [
            "id name next_price next_date responsible_user_id status_id periodicity created_by \
             updated_by created_at updated_at closest_task_at is_deleted custom_fields_values \
             ltv purchases_count average_check account_id _links _embedded",
            "segments tags contacts companies catalog_elements",
        ],
        Kind::Contact | Kind::Task => [
            "id name first_name last_name responsible_user_id group_id created_by updated_by \
             created_at updated_at is_deleted closest_task_at custom_fields_values account_id \
             _links _embedded",
            "tags companies leads customers catalog_elements",
        ],
    }
}

fn member(entity: &Entity, name: &'static str, context: &Context) -> Json {
    let (state, deal) = (&entity.state, &entity.deal);
    match name {
        "last_name" => match &entity.name.last {
            LastName::Known(last) => last.clone().into(),
            LastName::Absent | LastName::Empty => "".into(),
        },
        "price" => deal.price.into(),
        "status_id" if entity.kind == Kind::Customer => entity.expectation.status.into(),
        "status_id" => state.stage.status.into(),
        "loss_reason_id" => Some(state.loss_reason).filter(|id| *id != 0).into(),
        "source_id" => deal.source.filter(|_| context.asks(name)).into(),
        "closed_at" => Some(state.closed_at).filter(|at| *at > 0).into(),
        "closest_task_at" => context.store.closest_task(entity).into(),
        "is_price_modified_by_robot" => context.part(name, || deal.is_set_by_robot),
        // `null` if no field holds anything.
        "custom_fields_values" => {
            (!entity.fields.is_empty()).then(|| field::views(&entity.fields, context)).into()
        }
        "ltv" => bought(entity, context).1.into(),
        "purchases_count" => bought(entity, context).0.into(),
        "average_check" => {
            let (purchases, sum) = bought(entity, context);
            sum.checked_div(purchases).unwrap_or(0).into()
        }
        "_links" => context.link(format!("{}/{}", entity.kind.plural(), entity.id)),
        "_embedded" => Json::shaped(shape(entity.kind)[1], |name| embedded(entity, name, context)),
        "account_id" => context.account_id().into(),
        _ => entity::member(entity, name).unwrap_or(Json::Null),
    }
}

/// How many purchases a customer has made, and for how much.
fn bought(customer: &Entity, context: &Context) -> (u64, u64) {
    let bought = context.store.transactions.there();
    let bought = bought.filter(|purchase| purchase.customer == customer.id);
    bought.fold((0, 0), |(count, sum), purchase| (count + 1, sum + purchase.price))
}

fn embedded(entity: &Entity, name: &'static str, context: &Context) -> Json {
    let of_kind = |kind| Json::list(linked(entity, kind, context));
    match name {
        "tags" => Json::list(entity.tags.iter().map(|name| settings::tag(name))),
        "segments" => segments(entity, context),
        "companies" if entity.kind != Kind::Customer => of_kind(Kind::Company),
        "companies" => context.part(name, || of_kind(Kind::Company)),
        "contacts" if entity.kind == Kind::Company => context.part(name, || of_kind(Kind::Contact)),
        "contacts" => context.part(name, || contacts(entity, context)),
        "leads" => context.part(name, || of_kind(Kind::Lead)),
        "customers" => context.part(name, || of_kind(Kind::Customer)),
        "loss_reason" => context.part(name, || loss_reason(entity.state.loss_reason, context)),
        "source" => source(entity.deal.source, context),
        // The products and the invoice, of those that have them.
        _ => context.part(name, || {
            Json::list(context.store.element_links(entity).iter().map(|link| {
                object! { "id": link.element, "metadata": element::metadata(link) }
            }))
        }),
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

fn linked(entity: &Entity, kind: Kind, context: &Context) -> Vec<Json> {
    let ids = context.store.linked(entity, kind).into_iter();
    ids.map(|id| context.reference(kind, id)).collect()
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
