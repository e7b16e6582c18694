//! One handler for all lists of API v4.
//!
//! Unless told otherwise, some lists go by the time of the last change, latest
//! first, so that a client that forgets to ask for an order is found out.

use std::num::ParseIntError;
use std::sync::Arc;

use axum::Router;
use axum::extract::{RawPathParams, Request, State};
use axum::response::Response;
use axum::routing::get;

use super::paging::{self, Page, Paging};
use super::problem::{self, Invalid};
use super::{ROOT, parameters};
use crate::api::app::App;
use crate::api::query::Query;
use crate::api::{self, Context, Filters, Getter, Json, Order};
use crate::data::{Kind, Row, Store, Table};

/// A name by which a list can be ordered, and what that is.
pub type Key<T> = (&'static str, Getter<T>);

/// When a page points to a next one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// If it is full, be it the last or not.
    IfFull,
    /// If there is one.
    IfMore,
    /// Whatever it holds.
    Always,
}

/// What a list of API v4 is made of.
pub trait V4Rows: Row + Sized + 'static {
    /// When its pages point to a next one.
    const NEXT: Next = Next::IfFull;

    /// Whether one that there is not is a 404 rather than a 204.
    const MISSING_IS_404: bool = false;

    /// By what the list can be ordered, the usual one first, and whether it
    /// usually falls. Without any it comes by id.
    fn orders(_: Kind) -> (&'static [Key<Self>], bool) {
        (&[], false)
    }

    /// What the parameters ask for.
    fn filter<'a>(_: &mut Filters<'a, Self>, _: &V4Request<'a>) -> Result<(), Invalid> {
        Ok(())
    }

    /// Whether it is in the list at all.
    fn is_listed(&self, _: &Context) -> bool {
        true
    }

    /// One row.
    fn view(&self, context: &Context) -> Json;

    /// The largest page.
    fn most(_: &App) -> u64 {
        250
    }

    /// The id that a path spells.
    fn id_of(_: &Store, text: &str) -> Result<u64, ParseIntError> {
        text.parse()
    }

    /// Id of the entity it belongs to.
    fn owner(&self) -> u64 {
        0
    }

    /// Whether there is a list of what belongs to this.
    fn has_owner(_: &Store, _: Kind, _: u64) -> bool {
        true
    }
}

/// What is asked of a list.
pub struct V4Request<'a> {
    pub query: &'a Query,
    pub store: &'a Store,
    pub kind: Kind,
    /// Whether filters that have their price are paid for.
    pub is_paid: bool,
}

/// Adds the list at a path, of what belongs to one entity if that has an `{id}` in it, and its
/// rows one by one.
pub fn add<T: V4Rows>(
    router: Router<Arc<App>>,
    path: &str,
    kind: Kind,
    table: impl Fn(&Store) -> &Table<T> + Copy + Send + Sync + 'static,
) -> Router<Arc<App>> {
    let all = async move |State(app): State<Arc<App>>, ids: RawPathParams, request: Request| {
        let owner = ids.iter().next().map(|(_, id)| id);
        page(&app, kind, table, owner, &request)
    };
    let one =
        async move |State(app): State<Arc<App>>, ids: RawPathParams, request: Request| match ids
            .iter()
            .map(|(_, id)| id)
            .collect::<Vec<_>>()[..]
        {
            [owner, id] => show(&app, table, Some(owner), id, &request),
            [id] => show(&app, table, None, id, &request),
            _ => problem::no_page(&request),
        };
    let id = if path.contains("{id}") { "{row}" } else { "{id}" };
    let path = format!("{ROOT}{path}");
    router.route(&path, get(all)).route(&format!("{path}/{id}"), get(one))
}

/// Answers with a page of rows, or 204.
fn page<T: V4Rows>(
    app: &App,
    kind: Kind,
    table: impl Fn(&Store) -> &Table<T>,
    owner: Option<&str>,
    request: &Request,
) -> Result<Response, Invalid> {
    let query = &api::query(request);
    let paging = Paging::read(request, query, T::most(app))?;
    let store = &*app.store();
    let order = order::<T>(query, kind)?;
    let context = &Context::new(store, request, query);
    let mut filters = Filters::default();
    filters.add(|row: &T| row.is_listed(context));
    T::filter(&mut filters, &V4Request { query, store, kind, is_paid: app.api_filter })?;
    if let Some(owner) = owner {
        let id = owner.parse::<u64>().ok();
        let Some(id) = id.filter(|id| T::has_owner(store, kind, *id)) else {
            return Ok(problem::no_page(request));
        };
        filters.add(move |row: &T| row.owner() == id);
    }
    let (rows, is_more) = paging.cut(filters.select(table(store), &order));
    let next = match T::NEXT {
        Next::IfFull => rows.len() == paging.limit(),
        Next::IfMore => is_more,
        Next::Always => true,
    };
    let items = rows.into_iter().map(|row| row.view(context)).collect();
    // Lists have the name that their path ends in.
    let name = context.path.rsplit('/').next().unwrap_or_default();
    Ok(paging.answer(request, Page { name, items, next, total: None }))
}

/// Answers with one row, or 204.
fn show<T: V4Rows>(
    app: &App,
    table: impl Fn(&Store) -> &Table<T>,
    owner: Option<&str>,
    id: &str,
    request: &Request,
) -> Response {
    let store = &*app.store();
    let owner = owner.map(str::parse::<u64>).transpose();
    let (Ok(id), Ok(owner)) = (T::id_of(store, id), owner) else {
        return problem::no_page(request);
    };
    let query = api::query(request);
    let context = &Context::new(store, request, &query);
    let mut filters = Filters::default();
    filters.ids(vec![id]);
    filters.add(|row: &T| row.is_listed(context));
    if let Some(owner) = owner {
        filters.add(move |row: &T| row.owner() == owner);
    }
    let row = filters.select(table(store), &Order::BY_ID).next();
    if row.is_none() && T::MISSING_IS_404 {
        return problem::no_page(request);
    }
    paging::answer_one(row.map(|row| row.view(context)))
}

fn order<T: V4Rows>(query: &Query, kind: Kind) -> Result<Order<T>, Invalid> {
    let (keys, usually_falls) = T::orders(kind);
    let names: Vec<_> = keys.iter().map(|(name, _)| *name).collect();
    let asked = if keys.is_empty() { None } else { parameters::order(query, &names)? };
    let (number, falling) = asked.unwrap_or((0, usually_falls));
    let by = keys.get(number).filter(|(name, _)| *name != "id");
    Ok(Order { by: by.map(|(_, key)| (number, *key)), falling })
}
