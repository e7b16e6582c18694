//! `GET /api/v4/{entity}/tags`.

use super::list::{Asked, Rows};
use super::parameters;
use super::problem::Invalid;
use crate::api::{Context, Filters, Json, object};
use crate::data::settings::TAG_LIST;
use crate::data::tags::Tag;
use crate::data::{Kind, Row, Store, Table};

impl Rows for Tag {
    fn name(_: Kind) -> &'static str {
        "tags"
    }

    fn table(_: &Store, _: Kind) -> (&Table<Self>, usize) {
        (&TAG_LIST, 0)
    }

    fn filter<'a>(filters: &mut Filters<'a, Self>, asked: &Asked<'a>) -> Result<(), Invalid> {
        filters.ids(parameters::numbers(asked.query, "id")?);
        if let Some(name) = asked.query.value("filter[name]") {
            filters.add(move |tag| tag.0 == name);
        }
        if let Some(words) = asked.query.value("query").map(str::to_lowercase) {
            filters.add(move |tag| tag.0.to_lowercase().contains(&words));
        }
        Ok(())
    }

    fn view(&self, _: &Context) -> Json {
        object! { "id": self.id(), "name": self.0, "color": Json::Null }
    }
}
