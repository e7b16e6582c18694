//! Which contacts, leads, companies or customers a request means.

use super::filter::{self, Direction, Span, within};
use super::paging::Paging;
use super::problem::Invalid;
use crate::app::App;
use crate::card::Card;
use crate::funnel::Stage;
use crate::kind::Kind;
use crate::query::Query;

/// What a list of cards is asked for.
pub struct CardFilter {
    kind: Kind,
    words: Option<String>,
    /// Whether it is the bin that is asked for, which is empty.
    only_deleted: bool,
    by_update: bool,
    direction: Direction,
    /// Nothing in an account whose filters are not paid for.
    paid: Option<Paid>,
}

/// `filter`, which has its price.
struct Paid {
    ids: Vec<u64>,
    users: Vec<u64>,
    authors: Vec<u64>,
    editors: Vec<u64>,
    names: Vec<String>,
    pipelines: Vec<u64>,
    /// Statuses of a pipeline; 0 is any of them.
    stages: Vec<Stage>,
    created: Span,
    updated: Span,
    closed: Span,
}

impl CardFilter {
    /// Reads the parameters that the list of this kind knows.
    pub fn read(app: &App, kind: Kind, query: &Query) -> Result<Self, Invalid> {
        let keys: &[&str] = match kind {
            Kind::Lead => &["created_at", "updated_at", "id"],
            Kind::Customer => &[],
            _ => &["updated_at", "id"],
        };
        // Customers come by id, whatever order is asked for.
        let order = if keys.is_empty() { None } else { filter::order(query, keys)? };
        let usual = if keys.is_empty() {
            ("id", Direction::Rising)
        } else {
            ("updated_at", Direction::Falling)
        };
        let (key, direction) = order.unwrap_or(usual);
        Ok(Self {
            kind,
            words: query.value("query").map(str::to_owned),
            only_deleted: query.list("with").any(|name| name == "only_deleted"),
            by_update: key == "updated_at",
            direction,
            paid: if app.api_filter { Some(Paid::read(kind, query)?) } else { None },
        })
    }

    /// The cards of a page.
    pub fn page(&self, app: &App, paging: &Paging) -> Vec<Card> {
        if self.only_deleted {
            return Vec::new();
        }
        let present = app.presence.now();
        let places = self.places(app).filter(|place| present.has(*place));
        if self.words.is_none() && self.paid.is_none() {
            let places = paging.cut(places).into_iter();
            return places.map(|place| app.account.card(self.kind, place)).collect();
        }
        let cards = app.cards(self.kind);
        let at = |place| usize::try_from(place).ok().and_then(|place| cards.get(place));
        paging.cut(places.filter_map(at).filter(|card| self.matches(app, card)).copied())
    }

    /// All places of the list, in order. Cards were made in the order of
    /// their ids.
    fn places<'a>(&self, app: &'a App) -> Box<dyn Iterator<Item = u64> + 'a> {
        if self.by_update {
            self.direction.walk(app.by_update(self.kind).iter().map(|place| u64::from(*place)))
        } else {
            self.direction.walk(0..app.account.cards(self.kind))
        }
    }

    fn matches(&self, app: &App, card: &Card) -> bool {
        self.paid.as_ref().is_none_or(|paid| paid.matches(app, card))
            && self.words.as_ref().is_none_or(|words| app.account.mentions(card, words))
    }
}

impl Paid {
    fn read(kind: Kind, query: &Query) -> Result<Self, Invalid> {
        let is_lead = kind == Kind::Lead;
        let of_leads = |name| if is_lead { filter::numbers(query, name) } else { Ok(Vec::new()) };
        Ok(Self {
            ids: filter::numbers(query, "id")?,
            users: filter::numbers(query, "responsible_user_id")?,
            authors: filter::numbers(query, "created_by")?,
            editors: filter::numbers(query, "updated_by")?,
            names: filter::texts(query, "name"),
            pipelines: of_leads("pipeline_id")?,
            stages: if is_lead { stages(query) } else { Vec::new() },
            created: Span::read(query, "created_at")?,
            updated: Span::read(query, "updated_at")?,
            closed: if is_lead { Span::read(query, "closed_at")? } else { Span::default() },
        })
    }

    fn matches(&self, app: &App, card: &Card) -> bool {
        let standing = &card.standing;
        within(&self.ids, &card.id.into())
            && within(&self.users, &card.responsible.id)
            && within(&self.authors, &card.created_by)
            && within(&self.editors, &card.updated_by)
            && within(&self.pipelines, &standing.stage.pipeline)
            && (self.stages.is_empty() || self.stages.iter().any(|s| covers(s, &standing.stage)))
            && self.created.holds(card.created_at.into())
            && self.updated.holds(card.updated_at.into())
            && self.closed.holds(standing.closed_at.into())
            && (self.names.is_empty()
                || self.names.contains(&app.account.name(card.kind, card.place)))
    }
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

fn covers(wanted: &Stage, stage: &Stage) -> bool {
    (wanted.pipeline == 0 || wanted.pipeline == stage.pipeline)
        && (wanted.status == 0 || wanted.status == stage.status)
}
