//! Which contacts, leads, companies or customers a request means.

use axum::http::HeaderMap;
use axum::http::header::IF_MODIFIED_SINCE;

use super::dates;
use super::span::Span;
use super::window::{Window, number, numbers, within};
use crate::app::App;
use crate::card::Card;
use crate::kind::Kind;
use crate::query::Query;

/// What a list of cards is asked for.
pub struct CardFilter {
    kind: Kind,
    ids: Vec<u64>,
    users: Vec<u64>,
    statuses: Vec<u64>,
    words: Option<String>,
    created: Span,
    updated: Span,
    next_date: Span,
    /// Epoch seconds of `If-Modified-Since`.
    since: Option<i64>,
    /// Whether there have to be open tasks; nothing if it does not matter.
    has_tasks: Option<bool>,
    is_open: bool,
    /// Whether it is the bin that is asked for, which is empty.
    only_deleted: bool,
    window: Window,
}

impl CardFilter {
    /// Reads the parameters that the list of this kind knows.
    pub fn read(app: &App, kind: Kind, query: &Query, headers: &HeaderMap) -> Self {
        let is_lead = kind == Kind::Lead;
        let span = |name| Span::read(query, name, &app.account.timezone);
        let since = headers.get(IF_MODIFIED_SINCE).and_then(|value| value.to_str().ok());
        let (created, updated) = match kind {
            Kind::Lead => (span("date_create"), span("date_modify")),
            Kind::Customer if query.value("filter[date][type]") == Some("modify") => {
                (Span::default(), span("date"))
            }
            Kind::Customer => (span("date"), Span::default()),
            _ => (Span::default(), Span::default()),
        };
        let users =
            if kind == Kind::Customer { "filter[main_user]" } else { "responsible_user_id" };
        Self {
            kind,
            ids: numbers(query, "id"),
            users: numbers(query, users),
            statuses: if is_lead { numbers(query, "status") } else { Vec::new() },
            words: query.value("query").map(str::to_owned),
            created,
            updated,
            next_date: if kind == Kind::Customer { span("next_date") } else { Span::default() },
            since: since.and_then(dates::parse),
            has_tasks: has_tasks(query).filter(|_| is_lead),
            is_open: is_lead && number(query, "filter[active]") == Some(1),
            only_deleted: is_lead && query.list("with").any(|name| name == "only_deleted"),
            window: Window::read(query),
        }
    }

    /// The cards of a page, in the order of the list.
    pub fn page(&self, app: &App) -> Vec<Card> {
        let present = app.presence.now();
        let account = &app.account;
        let places = present.places(account.cards(self.kind));
        if self.takes_all() {
            let places = self.window.cut(places).into_iter();
            return places.map(|place| account.card(self.kind, place)).collect();
        }
        let cards = app.cards(self.kind);
        let at = |place| usize::try_from(place).ok().and_then(|place| cards.get(place));
        let matching = places.filter_map(at).filter(|card| self.matches(app, card));
        self.window.cut(matching.copied())
    }

    fn takes_all(&self) -> bool {
        let lists = [&self.ids, &self.users, &self.statuses];
        let spans = [&self.created, &self.updated, &self.next_date];
        lists.iter().all(|list| list.is_empty())
            && spans.iter().all(|span| span.is_all())
            && self.words.is_none()
            && self.since.is_none()
            && self.has_tasks.is_none()
            && !self.is_open
            && !self.only_deleted
    }

    /// Whether a card passes. What costs most is asked last.
    fn matches(&self, app: &App, card: &Card) -> bool {
        within(&self.ids, card.id.into())
            && !self.only_deleted
            && within(&self.users, card.responsible.id)
            && self.is_in_time(card)
            && self.stands_right(card)
            && self.has_tasks.is_none_or(|wanted| wanted == app.closest_task(card).is_some())
            && (self.next_date.is_all()
                || self.next_date.holds(app.account.expectation(card).next_date))
            && self.words.as_ref().is_none_or(|words| app.account.mentions(card, words))
    }

    /// One that changed in the very second asked for counts as changed since.
    fn is_in_time(&self, card: &Card) -> bool {
        self.created.holds(card.created_at.into())
            && self.updated.holds(card.updated_at.into())
            && self.since.is_none_or(|since| i64::from(card.updated_at) >= since)
    }

    fn stands_right(&self, card: &Card) -> bool {
        let stage = card.standing.stage;
        within(&self.statuses, stage.status) && !(self.is_open && stage.is_closed())
    }
}

/// `filter[tasks]`: 1 is without tasks, 2 with open ones.
fn has_tasks(query: &Query) -> Option<bool> {
    match number(query, "filter[tasks]") {
        Some(1) => Some(false),
        Some(2) => Some(true),
        _ => None,
    }
}
