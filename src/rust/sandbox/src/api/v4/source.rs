//! `GET /api/v4/sources`: those of the integration, for administrators only.

use super::list::{Asked, Cut, Rows};
use super::problem::Invalid;
use super::{link, parameters};
use crate::api::{Context, Filters, Json, object};
use crate::data::settings::{SOURCES, Source};
use crate::data::{Kind, Store, Table};

impl Rows for Source {
    const CUT: Cut = Cut::Whole;
    const FOR_ADMINS: bool = true;

    fn name(_: Kind) -> &'static str {
        "sources"
    }

    fn table(_: &Store, _: Kind) -> (&Table<Self>, usize) {
        (&SOURCES, 0)
    }

    fn filter<'a>(filters: &mut Filters<'a, Self>, asked: &Asked<'a>) -> Result<(), Invalid> {
        let ids = parameters::texts(asked.query, "external_id");
        filters.one_of(ids, |source| source.external_id.to_owned());
        Ok(())
    }

    fn view(&self, context: &Context) -> Json {
        object! {
            "id": self.id, "name": self.name, "pipeline_id": self.pipeline,
            "external_id": self.external_id,
            "default": SOURCES.place(self.id) == Some(0), "origin_code": Json::Null,
            "services": Json::List(Vec::new()),
            "_links": link(format!("{}/api/v4/sources/{}", context.site, self.id)),
        }
    }
}
