//! What the values of events have to be: `filter[value_after][...]` and
//! `filter[value_before][...]`. Each way of asking goes with types of its own.

use std::collections::BTreeMap;

use super::list::V4Request;
use super::problem::Invalid;
use crate::api::Filters;
use crate::api::query::Query;
use crate::data::Event;
use crate::data::event::EventValue;

/// The name of the changes of all fields together.
pub const ANY_FIELD: &str = "custom_field_value_changed";

/// A pipeline and a status, as far as they are told.
type StageIds = (Option<u64>, Option<u64>);

/// What a value has to be.
enum Wanted {
    Stages(Vec<StageIds>),
    Responsible(Vec<u64>),
    Choices(Vec<u64>),
    Text(String),
}

/// The field that the name of a type has in it.
pub fn field_of(event_type: &str) -> Option<u64> {
    event_type.strip_prefix("custom_field_")?.strip_suffix("_value_changed")?.parse().ok()
}

/// Only events whose values are as asked for.
pub fn filter<'a>(
    filters: &mut Filters<'a, Event>,
    asked: &V4Request<'a>,
    types: &[String],
) -> Result<(), Invalid> {
    let store = asked.store;
    for side in ["value_after", "value_before"] {
        for wanted in wanted(asked.query, side, types)? {
            filters.add(move |event| {
                let particulars = store.particulars(event);
                let is_after = side == "value_after";
                let values = if is_after { particulars.after } else { particulars.before };
                values.iter().any(|value| wanted.fits(value))
            });
        }
    }
    Ok(())
}

fn wanted(query: &Query, side: &str, types: &[String]) -> Result<Vec<Wanted>, Invalid> {
    let name = format!("filter[{side}]");
    let mut all = Vec::new();
    for (list, goes_with) in [
        ("leads_statuses", "lead_status_changed"),
        ("customers_statuses", "customer_status_changed"),
    ] {
        let stages = stages(query, &format!("{name}[{list}]"))?;
        if !stages.is_empty() {
            needs(types, side, |one| one == goes_with)?;
            all.push(Wanted::Stages(stages));
        }
    }
    let users = ids(query, &format!("{name}[responsible_user_id]"))?;
    if !users.is_empty() {
        needs(types, side, |one| one == "entity_responsible_changed")?;
        all.push(Wanted::Responsible(users));
    }
    let choices = ids(query, &format!("{name}[custom_field_values]"))?;
    if !choices.is_empty() {
        needs(types, side, |one| one == ANY_FIELD || field_of(one).is_some())?;
        all.push(Wanted::Choices(choices));
    }
    if let Some(text) = query.value(&format!("{name}[value]")) {
        needs(types, side, |one| {
            one == ANY_FIELD || one.ends_with("_field_changed") || one == "nps_rate_added"
        })?;
        all.push(Wanted::Text(text.to_owned()));
    }
    Ok(all)
}

/// Reads `[0][pipeline_id]` and `[0][status_id]`.
fn stages(query: &Query, name: &str) -> Result<Vec<StageIds>, Invalid> {
    let mut stages: BTreeMap<&str, StageIds> = BTreeMap::new();
    for (path, text) in query.members(name) {
        let id = Some(text.parse().map_err(|_| no_number(name))?);
        match path.split_once("][") {
            Some((number, "pipeline_id")) => stages.entry(number).or_default().0 = id,
            Some((number, "status_id")) => stages.entry(number).or_default().1 = id,
            _ => return Err(Invalid::choice(name)),
        }
    }
    Ok(stages.into_values().collect())
}

fn ids(query: &Query, name: &str) -> Result<Vec<u64>, Invalid> {
    query.list(name).map(|text| text.parse().map_err(|_| no_number(name))).collect()
}

fn no_number(name: &str) -> Invalid {
    Invalid::shape(name, "This value should be of type int.")
}

fn needs(types: &[String], side: &str, goes_with: impl Fn(&str) -> bool) -> Result<(), Invalid> {
    if types.is_empty() || !types.iter().all(|name| goes_with(name)) {
        let detail = "This value does not go with filter[type].";
        return Err(Invalid::shape(format!("filter.{side}"), detail));
    }
    Ok(())
}

impl Wanted {
    fn fits(&self, value: &EventValue) -> bool {
        match (self, value) {
            (Wanted::Stages(stages), EventValue::Stage(stage)) => {
                stages.iter().any(|(pipeline, status)| {
                    pipeline.is_none_or(|pipeline| pipeline == stage.pipeline)
                        && status.is_none_or(|status| status == stage.status)
                })
            }
            (Wanted::Responsible(users), EventValue::Responsible(user)) => users.contains(user),
            (Wanted::Choices(choices), EventValue::Field { choice, .. }) => {
                choice.is_some_and(|choice| choices.contains(&choice))
            }
            (Wanted::Text(text), EventValue::Field { text: held, .. } | EventValue::Name(held)) => {
                text == held
            }
            (Wanted::Text(text), EventValue::Sale(sale)) => *text == sale.to_string(),
            _ => false,
        }
    }
}
