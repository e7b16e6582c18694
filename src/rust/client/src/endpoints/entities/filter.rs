//! The filters of a call. They are sent to the server and applied again to the rows of
//! API v4, where filters are a paid option and silently ignored if it is off
//! (docs/api-v4.md, Paid filters).

use super::request::{Entity, EntityRequest, Moments};
use crate::account::time_zone::{Bound, Moment, Zone};
use crate::json::flatten::{JsonType, Value};
use crate::table::row::Row;
use crate::table::row_filter::{RowFilter, Span};

/// Only entities that pass all of these.
#[derive(Clone, Debug, Default)]
pub struct EntityFilter {
    /// Only these ids; empty for all.
    pub ids: Vec<u64>,
    /// Only those of these users; empty for all.
    pub users: Vec<u64>,
    /// Only those with these statuses; empty for all.
    pub statuses: Vec<u64>,
    /// When they were created.
    pub created: Span,
    /// When they were changed last.
    pub updated: Span,
    /// Only those that changed at this moment or later.
    pub since: Option<i64>,
    /// When the next purchase is due.
    pub next: Span,
    /// 1: only those without tasks; 2: only those with open tasks.
    pub tasks: Option<u8>,
    /// Only those that are not closed.
    pub active: bool,
    /// Only those in the trash.
    pub only_deleted: bool,
}

impl EntityFilter {
    /// The filters of a call on an account in `zone`.
    pub fn new(request: &EntityRequest, zone: &Zone) -> Self {
        let is_customer = request.entity == Entity::Customer;
        let span = |(from, to): Moments| {
            let epoch = |moment: Option<Moment>, bound| moment.map(|it| it.epoch(zone, bound));
            let span = Span { from: epoch(from, Bound::From), to: epoch(to, Bound::To) };
            if is_customer { whole_days(span, zone) } else { span }
        };
        let mut updated = span(request.updated);
        if is_customer && request.updated_since.is_some() {
            let since = span((request.updated_since.map(Moment::Epoch), None));
            updated.from = updated.from.max(since.from);
        }
        EntityFilter {
            ids: request.ids.clone(),
            users: request.users.clone(),
            statuses: request.statuses.clone(),
            created: span(request.created),
            updated,
            since: request.updated_since,
            next: span(request.next),
            tasks: request.tasks,
            active: request.active,
            only_deleted: request.only_deleted,
        }
    }

    /// Whether all entities pass, apart from the moment since which they changed: it
    /// needs no paid filter.
    pub fn is_empty(&self) -> bool {
        let spans = [self.created, self.updated, self.next];
        self.ids.is_empty()
            && self.users.is_empty()
            && self.statuses.is_empty()
            && spans.iter().all(|span| *span == Span::default())
            && self.tasks.is_none()
            && !self.active
    }

    /// The filter that is applied again to rows.
    pub fn of_rows(&self) -> RowFilter {
        RowFilter::default()
            .is_in("id", &self.ids)
            .is_in("responsible_user_id", &self.users)
            .is_in("status_id", &self.statuses)
            .between("created_at", self.created)
            .between("updated_at", self.updated)
            .between("next_date", self.next)
    }

    /// The filter for what changed since a moment, which no API may apply to the second.
    pub fn of_changes(&self) -> RowFilter {
        RowFilter::default().between("updated_at", Span { from: self.since, to: None })
    }

    /// Whether a row has the times that are asked for.
    pub fn suits(&self, row: &Row) -> bool {
        let is_time = |value: Value| {
            value.json_type() != JsonType::Absent && !value.text().starts_with(['-', '0'])
        };
        let has = |name: &str| row.get(name).is_some_and(is_time);
        let tasks = match self.tasks {
            Some(1) => !has("closest_task_at"),
            Some(_) => has("closest_task_at"),
            None => true,
        };
        // Where the server does not know of the trash it shows the other rows: those have
        // members that are empty in the trash.
        let is_deleted = || {
            let told = row.get("is_deleted").is_some_and(|value| value.text() == "true");
            told || !has("created_at")
        };
        tasks && !(self.active && has("closed_at")) && (!self.only_deleted || is_deleted())
    }
}

/// From the first second of the first day to the last one of the last: API v2
/// knows the customers' days only (docs/contract.md, Filters of entities).
fn whole_days(span: Span, zone: &Zone) -> Span {
    let on_that_day = |seconds: i64, format, bound| {
        let local = zone.local_time(seconds, format)?;
        Some(Moment::local_time(&local)?.epoch(zone, bound))
    };
    let first = |from| on_that_day(from, "%Y-%m-%d 00:00:00", Bound::From).unwrap_or(from);
    let last = |to| on_that_day(to, "%Y-%m-%d 23:59:59", Bound::To).unwrap_or(to);
    Span { from: span.from.map(first), to: span.to.map(last) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{EntityFilter, Span, whole_days};
    use crate::account::time_zone::Zone;
    use crate::json::flatten::JsonType;
    use crate::table::row::Row;

    fn row<'r>(values: &[(&'static str, &'r str)]) -> Row<'r> {
        let mut row = Row::default();
        for (name, text) in values {
            row.push_as(name, text, JsonType::Int);
        }
        row
    }

    #[test]
    fn each_filter_looks_at_its_own_column() {
        let open = row(&[("id", "1"), ("responsible_user_id", "7"), ("created_at", "100")]);
        let closed = row(&[("id", "2"), ("closed_at", "50"), ("closest_task_at", "60")]);
        let lets =
            |filter: &EntityFilter, row: &Row| filter.of_rows().matches(row) && filter.suits(row);
        let none = EntityFilter::default();
        assert!(none.is_empty() && lets(&none, &open) && lets(&none, &closed));
        let passes = |filter: &EntityFilter| {
            assert!(!filter.is_empty());
            (lets(filter, &open), lets(filter, &closed))
        };
        let default = EntityFilter::default;
        assert_eq!(passes(&EntityFilter { ids: vec![2], ..default() }), (false, true));
        assert_eq!(passes(&EntityFilter { users: vec![7], ..default() }), (true, false));
        assert_eq!(passes(&EntityFilter { active: true, ..default() }), (true, false));
        let in_trash = EntityFilter { only_deleted: true, ..default() };
        assert_eq!((lets(&in_trash, &open), lets(&in_trash, &closed)), (false, true));
        let told = row(&[("id", "3"), ("created_at", "100"), ("is_deleted", "true")]);
        assert!(lets(&in_trash, &told));
        assert_eq!(passes(&EntityFilter { tasks: Some(1), ..default() }), (true, false));
        assert_eq!(passes(&EntityFilter { tasks: Some(2), ..default() }), (false, true));
        let until = |to| {
            let created = Span { from: Some(1), to: Some(to) };
            EntityFilter { created, ..default() }
        };
        assert_eq!((passes(&until(100)), passes(&until(99))), ((true, false), (false, false)));
    }

    #[test]
    fn days_are_whole_in_the_zone_of_the_account() {
        let moscow = Zone::new("Europe/Moscow", None);
        // 2021-01-02 12:00:00 there.
        let noon = 1_609_578_000;
        let days = whole_days(Span { from: Some(noon), to: Some(noon) }, &moscow);
        assert_eq!(days, Span { from: Some(noon - 43_200), to: Some(noon + 43_199) });
        assert_eq!(whole_days(Span::default(), &moscow), Span::default());
    }

    #[test]
    fn a_day_on_which_clocks_are_put_back_or_forward_has_all_its_hours() {
        let santiago = Zone::new("America/Santiago", None);
        let hours = |noon| {
            let day = whole_days(Span { from: Some(noon), to: Some(noon) }, &santiago);
            (day.from.unwrap() - noon, day.to.unwrap() - noon)
        };
        // 2025-04-05 12:00:00 there, and 2025-09-07, whose first hour there is not.
        assert_eq!(hours(1_743_865_200), (-12 * 3600, 13 * 3600 - 1));
        assert_eq!(hours(1_757_257_200), (-11 * 3600, 12 * 3600 - 1));
    }
}
