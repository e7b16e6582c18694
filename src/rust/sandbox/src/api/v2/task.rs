//! Tasks as API v2 spells them.

use super::link;
use super::list::{V2Request, V2Rows};
use crate::api::query::Query;
use crate::api::{Context, Filters, Json, object};
use crate::data::{Kind, Note, Row, Stage, Task};

impl V2Rows for Task {
    fn filter<'a>(filters: &mut Filters<'a, Self>, asked: &V2Request<'a>) {
        let V2Request { parameters, store, .. } = *asked;
        let numbers = |name| parameters.numbers(name);
        filters.ids(numbers("id"));
        filters.one_of(numbers("element_id"), |task| task.entity.map_or(0, |(_, id)| id.into()));
        // Unknown names find nothing.
        let kinds = parameters.query.list("type").map(Kind::from_name).collect::<Vec<_>>();
        let kinds = kinds.into_iter().map(|kind| kind.unwrap_or(Kind::Task)).map(Some);
        filters.one_of(kinds.collect(), |task| task.entity.map(|(kind, _)| kind));
        filters.one_of(numbers("responsible_user_id"), |task| task.responsible.id);
        filters.one_of(numbers("filter[created_by]"), |task| store.account.task_author(task));
        filters.one_of(numbers("filter[task_type]"), Task::type_id);
        filters.one_of(numbers("filter[status]"), |task| task.is_completed.into());
        filters.during(parameters.span("date_create"), |task| task.created_at.into());
        filters.during(parameters.span("date_modify"), |task| task.updated_at.into());
        filters.during(parameters.modified(), |task| task.updated_at.into());
        filters.one_of(stages(&parameters.query), |task| {
            let lead = task.entity.filter(|(kind, _)| *kind == Kind::Lead);
            let lead = lead.and_then(|(kind, id)| store.entities[kind].find(id.into()));
            lead.map(|lead| lead.state.stage)
        });
    }

    fn view(&self, context: &Context) -> Json {
        let store = context.store;
        let (kind, entity) = self.entity.unzip();
        let result = |note: &Note| {
            object! {
                "id": note.id(), "text": store.content(note).into_text(),
            }
        };
        object! {
            "id": self.id, "responsible_user_id": self.responsible.id,
            "created_by": store.account.task_author(self), "created_at": self.created_at,
            "updated_at": self.updated_at, "account_id": context.account_id(),
            "group_id": self.responsible.group_id,
            "element_type": kind.map_or(0, Kind::element_type),
            "element_id": entity.unwrap_or(0), "is_completed": self.is_completed,
            "task_type": self.type_id(), "complete_till_at": self.complete_till,
            "text": store.account.task_text(self),
            // An empty object is a list in PHP.
            "result": store.result(self).map_or(Json::List(Vec::new()), result),
            "_links": link(format!("/api/v2/tasks?id={}", self.id)),
        }
    }
}

/// `filter[pipe][PIPELINE][]=STATUS`, any number of times.
fn stages(query: &Query) -> Vec<Option<Stage>> {
    let pairs = query.members("filter[pipe]").filter_map(|(key, status)| {
        let pipeline = key.split_once(']').map_or(key, |(pipeline, _)| pipeline);
        Some(Stage { pipeline: pipeline.parse().ok()?, status: status.parse().ok()? })
    });
    pairs.map(Some).collect()
}
