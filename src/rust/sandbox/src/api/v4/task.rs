//! Tasks as API v4 spells them: by the time when they are due, unless told
//! otherwise.

use super::list::{Key, Next, V4Request, V4Rows};
use super::parameters;
use super::problem::Invalid;
use crate::api::{Context, Filters, Json, object};
use crate::data::entity::KINDS;
use crate::data::{Kind, Row, Task};

impl V4Rows for Task {
    const NEXT: Next = Next::IfMore;

    fn orders(_: Kind) -> (&'static [Key<Self>], bool) {
        let keys: &[Key<Self>] = &[
            ("complete_till", |task| task.complete_till.into()),
            ("created_at", |task| task.created_at.into()),
            ("id", Row::id),
        ];
        (keys, false)
    }

    fn filter<'a>(filters: &mut Filters<'a, Self>, asked: &V4Request<'a>) -> Result<(), Invalid> {
        let numbers = |name| parameters::numbers(asked.query, name);
        let kind = |name: &str| KINDS.into_iter().find(|kind| kind.plural() == name);
        filters.ids(numbers("id")?);
        filters.one_of(numbers("responsible_user_id")?, |task| task.responsible.id);
        let entities = numbers("entity_id")?.into_iter().map(Some);
        filters.one_of(entities.collect(), |task| task.entity.map(|(_, id)| u64::from(id)));
        let kinds = parameters::known(asked.query, "entity_type", kind)?.into_iter().map(Some);
        filters.one_of(kinds.collect(), |task| task.entity.map(|(kind, _)| kind));
        filters.one_of(numbers("task_type")?, Task::type_id);
        filters.one_of(numbers("is_completed")?, |task| task.is_completed.into());
        filters.during(parameters::span(asked.query, "updated_at")?, |task| task.updated_at.into());
        Ok(())
    }

    fn view(&self, context: &Context) -> Json {
        let store = context.store;
        let (kind, entity) = self.entity.unzip();
        let created_by = store.account.task_author(self);
        let note = store.result(self);
        let result = note.map(|note| result(self.id, store.content(note).into_text()));
        object! {
            "id": self.id, "created_by": created_by,
            "updated_by": note.map_or(created_by, |note| note.created_by.into()),
            "created_at": self.created_at, "updated_at": self.updated_at,
            "responsible_user_id": self.responsible.id, "group_id": self.responsible.group_id,
            "entity_id": entity, "entity_type": kind.map(Kind::plural), "duration": 0_u64,
            "is_completed": self.is_completed, "task_type_id": self.type_id(),
            "text": store.account.task_text(self),
            // An empty object is a list in PHP.
            "result": result.unwrap_or(Json::List(Vec::new())),
            "complete_till": self.complete_till, "account_id": context.account_id(),
            "_links": context.link(format!("tasks/{}", self.id)),
        }
    }
}

/// Mostly an object; some tasks have other forms.
fn result(task: u32, text: String) -> Json {
    match task % 8 {
        0 => vec![object! { "text": text }].into(),
        1 => text.into(),
        _ => object! { "text": text },
    }
}
