//! Members of contacts, leads, companies and customers that both APIs call the same.

use crate::api::Json;
use crate::data::Entity;

/// The member with this name, if it is one of them.
pub fn member(entity: &Entity, name: &str) -> Option<Json> {
    Some(match name {
        "id" => entity.id.into(),
        "name" => entity.name.full.clone().into(),
        "first_name" => entity.name.first.clone().into(),
        "responsible_user_id" => entity.responsible.id.into(),
        "group_id" => entity.responsible.group_id.into(),
        "created_by" => entity.created_by.into(),
        "updated_by" => entity.updated_by.into(),
        "created_at" => entity.created_at.into(),
        "updated_at" => entity.updated_at.into(),
        "is_deleted" => entity.is_deleted.into(),
        "pipeline_id" => entity.state.stage.pipeline.into(),
        "next_price" => entity.expectation.next_price.into(),
        "next_date" => entity.expectation.next_date.into(),
        "periodicity" => entity.expectation.periodicity.into(),
        _ => return None,
    })
}
