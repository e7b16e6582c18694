//! `GET /api/v4/{entity}/notes` and the like.
//!
//! Unless told otherwise, the list goes by the time of the last change, latest
//! first, so that a client that forgets to ask for an order is found out. A
//! page points to the next one if it is full, be it the last or not.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use axum::routing::get;

use super::filter::{self, Direction, Span};
use super::note::NoteView;
use super::paging::{self, Page, Paging};
use super::problem::{self, Invalid};
use super::shelf::Key;
use super::{ROOT, note_type, site};
use crate::app::App;
use crate::index::Line;
use crate::kind::Kind;
use crate::notes::NoteType;
use crate::query::Query;

const MOST_ROWS: u64 = 250;

type Shared = State<Arc<App>>;

/// What a list of notes is asked for.
struct Filter {
    kind: Kind,
    ids: Vec<u64>,
    owners: Vec<u64>,
    /// Nothing for all of them; unknown names find none.
    note_types: Option<Vec<NoteType>>,
    updated: Span,
    key: Key,
    direction: Direction,
}

/// Adds the paths of one kind.
pub fn add(router: Router<Arc<App>>, kind: Kind) -> Router<Arc<App>> {
    let root = format!("{ROOT}{}", kind.plural());
    let all = async move |app: Shared, request: Request| list(&app, kind, None, &request);
    let of_one = async move |app: Shared, owner: Path<String>, request: Request| {
        list(&app, kind, Some(&owner), &request)
    };
    let one = async move |app: Shared, id: Path<String>, request: Request| {
        show(&app, kind, None, &id, &request)
    };
    let one_of_one = async move |app: Shared, path: Path<(String, String)>, request: Request| {
        show(&app, kind, Some(&path.0.0), &path.0.1, &request)
    };
    router
        .route(&format!("{root}/notes"), get(all))
        .route(&format!("{root}/notes/{{id}}"), get(one))
        .route(&format!("{root}/{{owner}}/notes"), get(of_one))
        .route(&format!("{root}/{{owner}}/notes/{{id}}"), get(one_of_one))
}

fn list(
    app: &App,
    kind: Kind,
    owner: Option<&str>,
    request: &Request,
) -> Result<Response, Invalid> {
    let query = Query::parse(request.uri().query().unwrap_or_default().as_bytes());
    let paging = Paging::read(&query, MOST_ROWS)?;
    let mut filter = Filter::read(kind, &query)?;
    if let Some(owner) = owner {
        let Ok(owner) = owner.parse() else {
            return Ok(problem::no_page(request));
        };
        filter.owners = vec![owner];
    }
    let site = site::of(request.headers());
    let places = filter.page(app, &paging);
    let next = places.len() == paging.limit();
    let notes = places.iter().map(|place| app.account.note(kind, u64::from(*place)));
    let items = notes.filter_map(|note| NoteView::of(note, &site)).collect();
    Ok(paging.answer(request, Page { name: "notes", items, next, total: None }))
}

fn show(app: &App, kind: Kind, owner: Option<&str>, id: &str, request: &Request) -> Response {
    let owner = owner.map(str::parse::<u64>).transpose();
    let (Ok(id), Ok(owner)) = (id.parse(), owner) else {
        return problem::no_page(request);
    };
    let place = app.place(kind, id);
    let place = place.map(u64::from).filter(|place| app.presence.now().has(*place));
    let note = place.map(|place| app.account.note(kind, place));
    let note = note.filter(|note| owner.is_none_or(|owner| owner == note.row.element_id));
    let view = note.and_then(|note| NoteView::of(note, &site::of(request.headers())));
    paging::answer_one(view)
}

impl Filter {
    fn read(kind: Kind, query: &Query) -> Result<Self, Invalid> {
        let names = filter::texts(query, "note_type");
        let known = names.iter().filter_map(|name| note_type::from_name(name)).collect();
        let order = filter::order(query, &["id", "updated_at"])?;
        let (key, direction) = order.unwrap_or(("updated_at", Direction::Falling));
        Ok(Self {
            kind,
            ids: filter::numbers(query, "id")?,
            owners: filter::numbers(query, "entity_id")?,
            note_types: (!names.is_empty()).then_some(known),
            updated: Span::read(query, "updated_at")?,
            key: if key == "id" { Key::Id } else { Key::Update },
            direction,
        })
    }

    /// Places of the notes of a page in the list of the kind.
    fn page(&self, app: &App, paging: &Paging) -> Vec<u32> {
        let present = app.presence.now();
        let is_there = |place: &u32| present.has(u64::from(*place));
        if !self.ids.is_empty() {
            return paging.cut(self.by_id(app).into_iter().filter(is_there));
        }
        let places = app.shelf(self.kind).places(self.key, self.direction).filter(is_there);
        if self.takes_all() {
            return paging.cut(places);
        }
        let lines = app.lines(self.kind);
        paging.cut(places.filter(|place| self.matches(&lines[*place as usize])))
    }

    fn by_id(&self, app: &App) -> Vec<u32> {
        let lines = app.lines(self.kind);
        let line = |place: &u32| &lines[*place as usize];
        let places = self.ids.iter().filter_map(|id| app.place(self.kind, *id));
        let is_note = |place: &u32| note_type::name(line(place).note_type).is_some();
        let mut places: Vec<u32> =
            places.filter(is_note).filter(|place| self.matches(line(place))).collect();
        places.sort_unstable();
        places.dedup();
        if self.key == Key::Update {
            places.sort_by_key(|place| line(place).updated_at);
        }
        if self.direction == Direction::Falling {
            places.reverse();
        }
        places
    }

    fn takes_all(&self) -> bool {
        self.owners.is_empty() && self.note_types.is_none() && self.updated.is_all()
    }

    fn matches(&self, line: &Line) -> bool {
        filter::within(&self.owners, &line.element_id.into())
            && self.note_types.as_ref().is_none_or(|types| types.contains(&line.note_type))
            && self.updated.holds(line.updated_at.into())
    }
}
