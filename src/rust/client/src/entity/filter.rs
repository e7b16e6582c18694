//! The filters of a call, as numbers: sent to the server and, for API v4,
//! looked at again here. There they are a paid option that is ignored in
//! silence when it is off (v4.md 4.2).

use super::{EntityRequest, Span};
use crate::flatten::Leaves;
use crate::zone::Zone;

/// Only cards that pass all of these.
#[derive(Clone, Debug, Default)]
pub struct EntityFilter {
    /// Only these ids; empty for all.
    pub ids: Vec<u64>,
    /// Only those of these users; empty for all.
    pub users: Vec<u64>,
    /// Only those with these statuses; empty for all.
    pub statuses: Vec<u64>,
    /// Seconds since 1970, from and to.
    pub created: Seconds,
    /// Seconds since 1970, from and to.
    pub updated: Seconds,
    /// Seconds since 1970, from and to.
    pub next: Seconds,
    /// 1: only those without tasks; 2: only those with open tasks.
    pub tasks: Option<u8>,
    /// Only those that are not closed.
    pub active: bool,
}

/// A span of time in seconds since 1970, both ends included.
pub type Seconds = (Option<i64>, Option<i64>);

impl EntityFilter {
    /// The filters of a call on an account in `zone`.
    pub fn new(request: &EntityRequest, zone: &Zone) -> Self {
        let seconds = |(from, to): Span| {
            (from.map(|moment| moment.epoch(zone)), to.map(|moment| moment.epoch(zone)))
        };
        EntityFilter {
            ids: request.ids.clone(),
            users: request.users.clone(),
            statuses: request.statuses.clone(),
            created: seconds(request.created),
            updated: seconds(request.updated),
            next: seconds(request.next),
            tasks: request.tasks,
            active: request.active,
        }
    }

    /// Whether all cards pass.
    pub fn is_empty(&self) -> bool {
        let spans = [self.created, self.updated, self.next];
        self.ids.is_empty()
            && self.users.is_empty()
            && self.statuses.is_empty()
            && spans.iter().all(|span| *span == (None, None))
            && self.tasks.is_none()
            && !self.active
    }

    /// Whether a row passes.
    pub fn lets_through(&self, row: &Leaves) -> bool {
        let number = |name: &str| row.get(name).and_then(|text| text.parse::<i64>().ok());
        let among = |wanted: &[u64], name: &str| {
            let is_wanted = |number: i64| wanted.iter().any(|id| i64::try_from(*id) == Ok(number));
            wanted.is_empty() || number(name).is_some_and(is_wanted)
        };
        let within = |(from, to): Seconds, name: &str| {
            let is_within =
                |time: i64| from.is_none_or(|from| time >= from) && to.is_none_or(|to| time <= to);
            (from, to) == (None, None) || number(name).is_some_and(is_within)
        };
        let has = |name: &str| number(name).is_some_and(|time| time > 0);
        let tasks = match self.tasks {
            Some(1) => !has("closest_task_at"),
            Some(_) => has("closest_task_at"),
            None => true,
        };
        among(&self.ids, "id")
            && among(&self.users, "responsible_user_id")
            && among(&self.statuses, "status_id")
            && within(self.created, "created_at")
            && within(self.updated, "updated_at")
            && within(self.next, "next_date")
            && tasks
            && !(self.active && has("closed_at"))
    }
}

#[cfg(test)]
mod tests {
    use super::EntityFilter;
    use crate::flatten::{Kind, Leaves};

    fn row(values: &[(&str, &str)]) -> Leaves {
        let mut row = Leaves::default();
        for (name, text) in values {
            row.push_as(name, text, Kind::Int);
        }
        row
    }

    #[test]
    fn each_filter_looks_at_its_own_column() {
        let open = row(&[("id", "1"), ("responsible_user_id", "7"), ("created_at", "100")]);
        let closed = row(&[("id", "2"), ("closed_at", "50"), ("closest_task_at", "60")]);
        let none = EntityFilter::default();
        assert!(none.is_empty() && none.lets_through(&open) && none.lets_through(&closed));
        let passes = |filter: &EntityFilter| {
            assert!(!filter.is_empty());
            (filter.lets_through(&open), filter.lets_through(&closed))
        };
        let default = EntityFilter::default;
        assert_eq!(passes(&EntityFilter { ids: vec![2], ..default() }), (false, true));
        assert_eq!(passes(&EntityFilter { users: vec![7], ..default() }), (true, false));
        assert_eq!(passes(&EntityFilter { active: true, ..default() }), (true, false));
        assert_eq!(passes(&EntityFilter { tasks: Some(1), ..default() }), (true, false));
        assert_eq!(passes(&EntityFilter { tasks: Some(2), ..default() }), (false, true));
        let until = |time| EntityFilter { created: (Some(1), Some(time)), ..default() };
        assert_eq!((passes(&until(100)), passes(&until(99))), ((true, false), (false, false)));
    }
}
