//! `GET /api/v4/events`.
//!
//! The list begins with the latest event unless told otherwise. It is not
//! counted: every page that has rows points to a next one.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::response::Response;

use super::event::{self, EventView};
use super::event_type::EventType;
use super::extra;
use super::feed::Key;
use super::filter::{self, Direction, Span};
use super::paging::{self, Page, Paging};
use super::plays;
use super::problem::Invalid;
use super::site;
use crate::app::App;
use crate::kind::Kind;
use crate::query::Query;

/// What the list of events is asked for.
struct Filter {
    ids: Vec<String>,
    created: Span,
    authors: Vec<u64>,
    /// Nothing for all of them; names of other things find none.
    kinds: Option<Vec<Kind>>,
    entities: Vec<u64>,
    /// One bit for each type; nothing for all of them.
    types: Option<u64>,
    direction: Direction,
}

/// Answers with a page of events, or 204.
pub async fn list(State(app): State<Arc<App>>, request: Request) -> Result<Response, Invalid> {
    let query = Query::parse(request.uri().query().unwrap_or_default().as_bytes());
    let paging = Paging::read(&query, if app.kommo { 250 } else { 100 })?;
    let filter = Filter::read(&app, &query)?;
    let site = site::of(request.headers());
    let keys = filter.page(&app, &paging);
    let items = keys.into_iter().filter_map(|key| EventView::of(&app, key, &site)).collect();
    Ok(paging.answer(&request, Page { name: "events", items, next: true, total: None }))
}

/// Answers with one event, or 204.
pub async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let site = site::of(request.headers());
    let key = Key::from_id(app.account.seed, &id);
    let key = key.filter(|key| app.presence.now().has(key.place()));
    paging::answer_one(key.and_then(|key| EventView::of(&app, key, &site)))
}

impl Filter {
    fn read(app: &App, query: &Query) -> Result<Self, Invalid> {
        let kinds = kinds(app, query)?;
        let entities = filter::few(query, "entity_id")?;
        if !entities.is_empty() && kinds.as_ref().is_none_or(|kinds| kinds.len() != 1) {
            let detail = "This value needs exactly one filter[entity].";
            return Err(Invalid::shape("filter.entity_id", detail));
        }
        let order = filter::order(query, &["created_at"])?;
        Ok(Self {
            ids: filter::texts(query, "id"),
            created: Span::read(query, "created_at")?,
            authors: filter::few(query, "created_by")?,
            kinds,
            entities,
            types: types(query),
            direction: order.map_or(Direction::Falling, |(_, direction)| direction),
        })
    }

    fn page(&self, app: &App, paging: &Paging) -> Vec<Key> {
        if !self.ids.is_empty() {
            return self.cut(app, self.by_id(app).into_iter(), paging);
        }
        let (from, to) = self.created.ends();
        self.cut(app, app.feed().during(from, to), paging)
    }

    /// Events in order of time.
    fn by_id(&self, app: &App) -> Vec<(Key, EventType)> {
        let keys = self.ids.iter().filter_map(|id| Key::from_id(app.account.seed, id));
        let mut keys: Vec<Key> = keys.filter(|key| self.created.holds(key.created_at())).collect();
        keys.sort_unstable();
        keys.dedup();
        keys.into_iter().filter_map(|key| Some((key, app.event_type(key)?))).collect()
    }

    /// The page of these events, which are in order of time.
    fn cut(
        &self,
        app: &App,
        rising: impl DoubleEndedIterator<Item = (Key, EventType)>,
        paging: &Paging,
    ) -> Vec<Key> {
        let present = app.presence.now();
        let there = rising.filter(|(key, _)| present.has(key.place()));
        let matching = there.filter(|(key, event_type)| self.matches(app, *key, *event_type));
        let keys = matching.map(|(key, _)| key);
        match self.direction {
            Direction::Rising => paging.cut(keys),
            Direction::Falling => paging.cut(keys.rev()),
        }
    }

    fn matches(&self, app: &App, key: Key, event_type: EventType) -> bool {
        self.types.is_none_or(|types| types & bit(event_type) != 0)
            && self.is_filed(app, key, event_type)
            && (self.authors.is_empty() || self.authors.contains(&author(app, key)))
    }

    fn is_filed(&self, app: &App, key: Key, event_type: EventType) -> bool {
        let Some(kinds) = &self.kinds else {
            return true;
        };
        let (kind, entity) = filed_under(app, key, event_type);
        kinds.contains(&kind) && filter::within(&self.entities, &entity)
    }
}

/// The thing by which a filter finds an event. Messages are found by the
/// contact who writes them, though they come as those of a lead.
fn filed_under(app: &App, key: Key, event_type: EventType) -> (Kind, u64) {
    let kind = key.kind();
    let entity = app.line_of(key).map_or(0, |line| line.element_id.into());
    if event_type.is_chat() {
        return (Kind::Contact, event::talk_contact(app, kind, entity));
    }
    (kind, entity)
}

fn author(app: &App, key: Key) -> u64 {
    if key.is_extra() {
        return extra::author(app.account.seed, key.kind(), key.place());
    }
    app.account.author(&app.account.row(key.kind(), key.place()))
}

/// The kinds that are asked for; those of catalogs, of which there are none,
/// are understood.
fn kinds(app: &App, query: &Query) -> Result<Option<Vec<Kind>>, Invalid> {
    let names = filter::texts(query, "entity");
    let mut kinds = Vec::new();
    for name in &names {
        match Kind::from_name(name).filter(|kind| plays(app, *kind)) {
            Some(kind) => kinds.push(kind),
            None if name.starts_with("catalog_") => {}
            None => return Err(Invalid::choice("filter.entity")),
        }
    }
    Ok((!names.is_empty()).then_some(kinds))
}

fn types(query: &Query) -> Option<u64> {
    let names = filter::texts(query, "type");
    let known = names.iter().filter_map(|name| EventType::from_key(name));
    (!names.is_empty()).then(|| known.fold(0, |types, known| types | bit(known)))
}

fn bit(event_type: EventType) -> u64 {
    1 << event_type as u32
}
