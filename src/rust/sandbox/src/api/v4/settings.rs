//! What administrators set up, as API v4 spells it: users, funnels, fields, catalogs and the
//! like.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use axum::routing::get;

use super::short::{Cut, Short};
use super::{link, problem};
use crate::api::app::App;
use crate::api::{Context, Json, object, reply};
use crate::data::account::LANGUAGE;
use crate::data::entity::KINDS;
use crate::data::settings::{
    Catalog, Item, PRODUCTS, Pipeline, RETAIL, SUPPLIERS, Segment, Source,
};
use crate::data::{Field, Kind, SETTINGS, User};

/// Numbers of the changes of single fields begin here.
const FIRST_OF_FIELDS: u64 = 1001;

/// What makes the rows of a list.
type View = fn(&Context) -> Vec<Json>;

/// Adds all of their lists.
pub fn add(mut router: Router<Arc<App>>, app: &App) -> Router<Arc<App>> {
    let list = |name| Short { name, ..Short::DEFAULT };
    let paged = |name| Short { cut: Cut::Pages, ..list(name) };
    let counted = |name| Short { cut: Cut::CountedPages, ..list(name) };
    let single = |name| Short { has_rows: false, ..list(name) };
    let for_admins = |short, filters| Short { is_for_admins: true, filters, ..short };
    let lists: [(_, _, View); 8] = [
        ("events/types", single("events_types"), types),
        ("users", for_admins(counted("users"), &[]), users),
        ("roles", for_admins(counted("roles"), &[]), roles),
        ("sources", for_admins(list("sources"), &["external_id"]), sources),
        ("webhooks", for_admins(single("webhooks"), &["destination"]), webhooks),
        ("leads/loss_reasons", paged("loss_reasons"), loss_reasons),
        ("leads/pipelines", list("pipelines"), pipelines),
        ("catalogs", paged("catalogs"), catalogs),
    ];
    for (path, short, rows) in lists {
        router = short.add(router, path, rows);
    }
    let nowhere = async |Path(id): Path<String>, request: Request| match id.parse::<u64>() {
        Ok(_) => reply::empty(StatusCode::NO_CONTENT),
        Err(_) => problem::no_page(&request),
    };
    router = router.route("/api/v4/leads/pipelines/{id}/statuses", get(nowhere));
    for pipeline in &SETTINGS.pipelines {
        let path = format!("leads/pipelines/{}/statuses", pipeline.id);
        router = single("statuses").add(router, &path, |context| statuses(pipeline, context));
    }
    let groups = Short { missing_is_404: true, ..list("custom_field_groups") };
    let custom_fields = counted("custom_fields");
    for catalog in &SETTINGS.catalogs {
        let path = format!("catalogs/{}/custom_fields", catalog.id);
        let tabs = |context: &Context| field_groups("catalogs", context);
        router = groups.add(router, &format!("{path}/groups"), tabs);
        router = custom_fields.add(router, &path, |context| catalog_fields(catalog, context));
    }
    for kind in KINDS.into_iter().filter(|kind| app.store().plays(*kind)) {
        let entities = kind.plural();
        let tag_list = Short { filters: &["id", "name"], has_rows: false, ..paged("tags") };
        router = tag_list.add(router, &format!("{entities}/tags"), tags);
        let path = format!("{entities}/custom_fields");
        let tabs = move |context: &Context| field_groups(entities, context);
        router = groups.add(router, &format!("{path}/groups"), tabs);
        router = custom_fields.add(router, &path, move |context| fields(kind, context));
        if kind == Kind::Customer {
            router = list("statuses").add(router, "customers/statuses", customer_statuses);
            router = counted("segments").add(router, "customers/segments", segments);
        }
    }
    router
}

/// The types of all accounts of the zone, and one for each field of this one.
fn types(context: &Context) -> Vec<Json> {
    let is_kommo = !context.store.plays(Kind::Customer);
    let others = if is_kommo { &SETTINGS.kommo_event_types[..] } else { &[] };
    let common =
        SETTINGS.event_types.iter().filter(|one| !(is_kommo && is_about_customers(one.key)));
    let common =
        common.chain(others).map(|one| (one.key.to_owned(), one.code, one.name.to_owned()));
    let mut fields: Vec<&Field> =
        KINDS.into_iter().flat_map(|kind| SETTINGS.fields(kind)).collect();
    // Contacts and companies share some.
    fields.sort_by_key(|field| field.id);
    fields.dedup_by_key(|field| field.id);
    let changes = (FIRST_OF_FIELDS..).zip(fields).map(|(code, field)| {
        (field.event_type().to_owned(), code, format!("Изменение поля «{}»", field.name))
    });
    let is_local = context.query.value("language_code").is_none_or(|language| language == LANGUAGE);
    let view = |(key, code, text): (String, u64, String)| {
        let lang = if is_local { text } else { key.replace('_', " ") };
        object! { "key": key, "type": code, "lang": lang }
    };
    common.chain(changes).map(view).collect()
}

/// Kommo has no customers, whatever they do.
fn is_about_customers(key: &str) -> bool {
    key.starts_with("customer_") || matches!(key, "transaction_added" | "ltv_field_changed")
}

fn users(context: &Context) -> Vec<Json> {
    SETTINGS.users.iter().map(|user| view_user(user, context)).collect()
}

fn view_user(user: &User, context: &Context) -> Json {
    // The group that every account has is none.
    let groups = SETTINGS.groups.iter().filter(|group| group.id == user.group_id && group.id != 0);
    let groups = groups.map(|group| object! { "id": group.id, "name": group.name });
    let role = SETTINGS.role(user);
    let embedded = object! {
        "roles": context.part("role", || Json::list(role.map(|role| view_role(role, context)))),
        "groups": context.part("group", || Json::list(groups)),
    };
    let rights = rights(user.is_admin)
        .with("is_admin", user.is_admin.into())
        .with("is_free", user.is_free.into())
        .with("is_active", user.is_active.into())
        .with("group_id", Some(user.group_id).filter(|id| *id != 0).into())
        .with("role_id", role.map(|role| role.id).into());
    object! {
        "id": user.id, "name": user.name, "email": user.login, "lang": LANGUAGE,
        "rights": rights, "phone_number": context.part("phone_number", || user.phone),
        "_embedded": embedded.unless_bare(), "_links": context.link(format!("users/{}", user.id)),
    }
}

/// Administrators may do all; others see all, and change what is theirs (M)
/// or their group's (G).
fn rights(is_admin: bool) -> Json {
    let or = |other| if is_admin { "A" } else { other };
    let entity = |edit| {
        object! {
            "view": "A", "edit": or(edit), "add": "A", "delete": or("D"), "export": or("D"),
        }
    };
    object! {
        "leads": entity("G"), "contacts": entity("M"), "companies": entity("M"),
        "tasks": object! { "edit": or("M"), "delete": or("M") }, "mail_access": true,
        "catalog_access": true,
        // An administrator needs none.
        "status_rights": (!is_admin).then(|| Json::list(SETTINGS.pipelines.iter().flat_map(status_rights))),
    }
}

/// Rights are kept for the unsorted pile of each funnel.
fn status_rights(pipeline: &'static Pipeline) -> impl Iterator<Item = Json> {
    let unsorted = pipeline.statuses.iter().filter(|status| status.is_unsorted());
    unsorted.map(|status| {
        object! {
            "entity_type": "leads", "pipeline_id": pipeline.id, "status_id": status.id,
            "rights": object! { "view": "G", "edit": "G", "delete": "G", "export": "G" },
        }
    })
}

fn roles(context: &Context) -> Vec<Json> {
    let view = |role: &'static Item| {
        let has = |user: &&User| SETTINGS.role(user).is_some_and(|own| own.id == role.id);
        let users = || Json::list(SETTINGS.users.iter().filter(has).map(|user| user.id));
        view_role(role, context)
            .with("rights", rights(false))
            .with("_embedded", object! { "users": context.part("users", users) }.unless_bare())
    };
    SETTINGS.roles.iter().map(view).collect()
}

/// A role as the users who have it show it.
fn view_role(role: &Item, context: &Context) -> Json {
    object! {
        "id": role.id, "name": role.name, "_links": context.link(format!("roles/{}", role.id)),
    }
}

fn sources(context: &Context) -> Vec<Json> {
    let view = |(place, source): (usize, &'static Source)| {
        object! {
            "id": source.id, "name": source.name, "pipeline_id": source.pipeline_id,
            "external_id": source.external_id, "default": place == 0, "origin_code": Json::Null,
            "services": Json::List(Vec::new()),
            "_links": context.link(format!("sources/{}", source.id)),
        }
    };
    SETTINGS.sources.iter().enumerate().map(view).collect()
}

fn webhooks(context: &Context) -> Vec<Json> {
    let hooks = (1_u64..).zip(&SETTINGS.webhooks).map(|(sort, hook)| {
        object! {
            "id": hook.id, "destination": hook.destination, "created_at": context.made_at(),
            "updated_at": context.made_at(), "account_id": context.account_id(),
            "created_by": SETTINGS.users[0].id, "sort": sort, "disabled": hook.is_disabled,
            "settings": Json::list(hook.settings.iter().copied()),
        }
    });
    hooks.collect()
}

fn loss_reasons(context: &Context) -> Vec<Json> {
    SETTINGS.loss_reasons.iter().map(|reason| loss_reason(reason, context)).collect()
}

/// A reason for a loss, as leads show it, too.
pub fn loss_reason(reason: &'static Item, context: &Context) -> Json {
    object! {
        "id": reason.id, "name": reason.name, "sort": 100_000_u64,
        "created_at": context.made_at(), "updated_at": context.made_at(),
        "_links": context.link(format!("leads/loss_reasons/{}", reason.id)),
    }
}

fn pipelines(context: &Context) -> Vec<Json> {
    SETTINGS.pipelines.iter().map(|pipeline| view_pipeline(pipeline, context)).collect()
}

fn view_pipeline(pipeline: &'static Pipeline, context: &Context) -> Json {
    object! {
        "id": pipeline.id, "name": pipeline.name, "sort": pipeline.sort,
        "is_main": pipeline.is_main, "is_unsorted_on": true, "is_archive": false,
        "account_id": context.account_id(),
        "_links": context.link(format!("leads/pipelines/{}", pipeline.id)),
        "_embedded": object! { "statuses": statuses(pipeline, context) },
    }
}

fn statuses(pipeline: &'static Pipeline, context: &Context) -> Vec<Json> {
    let path = format!("leads/pipelines/{}/statuses", pipeline.id);
    let statuses = pipeline.in_order().into_iter().map(|status| {
        object! {
            "id": status.id, "name": status.name, "sort": status.sort,
            "is_editable": status.is_editable, "pipeline_id": pipeline.id, "color": status.color,
            // 1 for the unsorted pile.
            "type": u64::from(status.is_unsorted()), "account_id": context.account_id(),
            "_links": context.link(format!("{path}/{}", status.id)),
        }
    });
    statuses.collect()
}

fn catalogs(context: &Context) -> Vec<Json> {
    let (boss, made_at) = (SETTINGS.users[0].id, context.made_at());
    let catalogs = (1_u64..).zip(&SETTINGS.catalogs).map(|(rank, catalog)| {
        object! {
            "id": catalog.id, "name": catalog.name, "created_by": boss, "updated_by": boss,
            "created_at": made_at, "updated_at": made_at, "sort": 10 * rank,
            "type": catalog.shape, "can_add_elements": catalog.is_open,
            "can_show_in_cards": false,
            // Invoices belong to one deal each.
            "can_link_multiple": catalog.is_open, "can_be_deleted": catalog.id == SUPPLIERS,
            "sdk_widget_code": Json::Null, "account_id": context.account_id(),
            "_links": context.link(format!("catalogs/{}", catalog.id)),
        }
    });
    catalogs.collect()
}

fn catalog_fields(catalog: &'static Catalog, context: &Context) -> Vec<Json> {
    let fields = (500_u64..).zip(&catalog.fields).map(|(sort, field)| {
        let is_category = field.shape == "category";
        let nested = || {
            (0_u64..).zip(&field.choices).map(|(sort, choice)| {
                object! {
                    "id": choice.id, "parent_id": Json::Null, "value": choice.name, "sort": sort,
                }
            })
        };
        let path = format!("catalogs/{}/custom_fields/{}", catalog.id, field.id);
        object! {
            "id": field.id, "name": field.name, "type": field.shape, "account_id": context.account_id(),
            "code": field.code, "sort": sort, "is_api_only": false,
            "enums": if is_category { Json::Null } else { enums(field, |choice| choice.code.into()) },
            "catalog_id": catalog.id, "is_visible": !field.is_hidden, "is_deletable": false,
            "is_required": field.id == RETAIL, "settings": Json::Null,
            "nested": is_category.then(|| Json::list(nested())), "entity_type": "catalogs",
            "_links": context.link(path),
        }
    });
    fields.collect()
}

fn fields(kind: Kind, context: &Context) -> Vec<Json> {
    let fields = SETTINGS.fields(kind).iter().map(|field| {
        let (entity, id, is_system) = (kind.plural(), field.id, field.is_system());
        object! {
            "id": id, "name": field.name, "type": field.shape, "account_id": context.account_id(),
            "code": is_system.then_some(field.code), "sort": field.sort, "is_api_only": false,
            // Choices of system fields have a code, which is their text.
            "enums": enums(field, |choice| is_system.then_some(choice.name).into()),
            "group_id": Json::Null, "required_statuses": Json::List(Vec::new()),
            "is_deletable": !is_system, "is_predefined": is_system, "entity_type": entity,
            "remind": Json::Null, "settings": Json::Null,
            "_links": context.link(format!("{entity}/custom_fields/{id}")),
        }
    });
    fields.collect()
}

/// The choices of a field; `null` without any.
fn enums(field: &'static Field, code: impl Fn(&'static Item) -> Json) -> Json {
    let choices = (0_u64..).zip(&field.choices).map(|(rank, choice)| {
        object! {
            "id": choice.id, "value": choice.name, "sort": rank * 10, "code": code(choice),
        }
    });
    (!field.choices.is_empty()).then(|| Json::list(choices)).into()
}

/// The tabs of a card. Fields that name no group are in the first.
fn field_groups(entity: &'static str, context: &Context) -> Vec<Json> {
    let mut tabs = vec![("default".to_owned(), "Основное", "custom_field_group")];
    if matches!(entity, "leads" | "customers") {
        tabs.push((PRODUCTS.to_string(), "Товары", "linked_group"));
    }
    if entity == "leads" {
        tabs.push(("statistic".to_owned(), "Статистика", "linked_group"));
    }
    let end = context.path.find("/groups").unwrap_or(context.path.len());
    let href = format!("{}{}/groups", context.site, &context.path[..end]);
    let tabs = (0_u64..).zip(tabs).map(|(sort, (id, name, shape))| {
        let link = link(format!("{href}/{id}"));
        object! {
            "id": id, "name": name, "is_predefined": true, "type": shape, "entity_type": entity,
            "sort": sort, "_links": link,
        }
    });
    tabs.collect()
}

fn tags(_: &Context) -> Vec<Json> {
    SETTINGS.tags.iter().map(|one| tag(one.name)).collect()
}

/// A tag, as entities show it, too.
pub fn tag(name: &'static str) -> Json {
    object! { "id": SETTINGS.tag_id(name), "name": name, "color": Json::Null }
}

fn customer_statuses(context: &Context) -> Vec<Json> {
    let statuses = (0_u64..).zip(&SETTINGS.customer_statuses).map(|(sort, status)| {
        object! {
            "id": status.id, "name": status.name, "sort": sort, "is_default": true,
            "conditions": Json::List(Vec::new()), "color": status.color, "type": status.shape,
            "account_id": context.account_id(),
            "_links": context.link(format!("customers/statuses/{}", status.id)),
        }
    });
    statuses.collect()
}

fn segments(context: &Context) -> Vec<Json> {
    let (store, made_at) = (context.store, context.made_at());
    let view = |segment: &'static Segment| {
        let customers = store.entities[Kind::Customer].there();
        let members = customers.filter(|customer| {
            let mut segments = store.account.segments(customer.number);
            !customer.is_deleted && segments.any(|one| one.id == segment.id)
        });
        object! {
            "id": segment.id, "created_at": made_at, "updated_at": made_at,
            "account_id": context.account_id(), "name": segment.name, "color": segment.color,
            "available_products_price_types": vec![segment.price_field],
            "customers_count": members.count() as u64,
            "custom_fields_values": Json::List(Vec::new()),
            "_links": context.link(format!("customers/segments/{}", segment.id)),
        }
    };
    SETTINGS.segments.iter().map(view).collect()
}
