//! `AmoIncomingLeads()`: leads that came in by themselves and that nobody has
//! accepted yet (docs/contract.md, Table of incoming leads).

mod metadata;

use std::borrow::Cow;

use futures_util::future::{BoxFuture, FutureExt};

use crate::account::Api;
use crate::endpoints::endpoint::Plan;
use crate::endpoints::paged_list::{Cut, RowList, RowOf, Source};
use crate::endpoints::parameters::LIST_LIMIT;
use crate::endpoints::parameters::optional;
use crate::error::Error;
use crate::http::Request;
use crate::json::flatten::{Leaf, Leaves, Value};
use crate::query::Context;
use crate::table::row::Row;
use crate::table::row_filter::RowFilter;
use crate::table::{Schema, Table};

pub use metadata::write_v4;

/// What a table of incoming leads is made of. A dot is `_` in R.
pub static INCOMING: Schema = Schema {
    base: &["category", "uid", "source_name", "created_at", "pipeline_id"],
    keys: &["uid"],
    times: &["created_at"],
    time_endings: &["send_at", "_date", ".date"],
    ..Schema::TEXT
};

/// What incoming leads to read.
#[derive(Clone, Debug, Default)]
pub struct IncomingRequest {
    /// Rows a request, 1 to 500; API v4 gives fewer.
    pub limit: u32,
    /// Only these categories, as filters name them: sip, mail, forms, chats;
    /// empty for all.
    pub categories: Vec<String>,
    /// `asc` or `desc`, by time of creation; None leaves it to the server.
    pub order: Option<String>,
    /// Only incoming leads of these pipelines; empty for all.
    pub pipelines: Vec<u64>,
}

impl Plan for IncomingRequest {
    const NAME: &'static str = "incoming_leads";

    fn schema(&self) -> &'static Schema {
        &INCOMING
    }

    fn lists<'p>(&'p self, context: &'p Context) -> BoxFuture<'p, Result<Vec<RowList>, Error>> {
        async { Ok(self.lists_of(context.api)) }.boxed()
    }

    fn finish(&self, api: Api, table: &mut Table) {
        if api == Api::V4 {
            for column in metadata::BEYOND_V2 {
                table.move_last(column);
            }
        }
    }
}

impl IncomingRequest {
    /// One list for each pipeline, or one for all.
    fn lists_of(&self, api: Api) -> Vec<RowList> {
        let pipelines = optional(&self.pipelines).into_iter();
        let request = |pipeline| match api {
            Api::V2 => self.v2_request(pipeline),
            Api::V4 => self.v4_request(pipeline),
        };
        pipelines.map(|pipeline| self.list(api, request(pipeline))).collect()
    }

    fn v2_request(&self, pipeline: Option<&u64>) -> Request {
        Request::get("/api/v2/incoming_leads")
            .queries("categories[]", &self.categories)
            .queries("order_by[created_at]", self.order.as_slice())
            .queries("pipeline_id", pipeline.as_slice())
    }

    fn v4_request(&self, pipeline: Option<&u64>) -> Request {
        Request::get("/api/v4/leads/unsorted")
            .queries("filter[category][]", &self.categories)
            .queries("order[created_at]", self.order.as_slice())
            .queries("filter[pipeline_id]", pipeline.as_slice())
    }

    fn list(&self, api: Api, request: Request) -> RowList {
        let (cut, member, limit) = match api {
            Api::V2 => (Cut::SizedPages, "items", self.limit),
            Api::V4 => (Cut::Pages, "unsorted", self.limit.min(LIST_LIMIT)),
        };
        let source = Source {
            name: "incoming leads",
            request,
            cut,
            member,
            id: "uid",
            schema: &INCOMING,
            row: self.row(if api == Api::V2 { write_v2 } else { write_v4 }),
        };
        RowList::new(source, limit)
    }

    fn row(&self, write: for<'r> fn(&'r Leaves, &mut Row<'r>)) -> RowOf {
        let categories: Vec<&str> = self.categories.iter().map(|name| category(name)).collect();
        let categories = RowFilter::default().among("category", &categories);
        let pipelines = RowFilter::default().among("pipeline_id", &self.pipelines);
        Box::new(move |lead, row| {
            write(lead, row);
            // API v2 does not always say which pipeline it is.
            let is_there = row.get("pipeline_id").is_none() || pipelines.lets_through(row);
            is_there && categories.lets_through(row)
        })
    }
}

/// What rows call a category that filters name otherwise.
fn category(filter: &str) -> &str {
    match filter {
        "forms" => "form",
        "chats" => "chat",
        other => other,
    }
}

/// An incoming lead of API v2 as a row.
pub fn write_v2<'r>(lead: &'r Leaves, row: &mut Row<'r>) {
    for leaf in lead.iter() {
        if !leaf.name().starts_with("incoming_entities") {
            push(row, leaf.name(), leaf);
        }
    }
}

/// Adds a cell. A name that ends as those of times do may hold anything else:
/// that is no value then, as in amocrm 0.1.0.
fn push<'r>(row: &mut Row<'r>, name: impl Into<Cow<'r, str>>, leaf: Leaf<'r>) {
    let (name, value) = (name.into(), leaf.value());
    let is_time = || value.number().is_some_and(f64::is_finite);
    let is_value = !INCOMING.ends_as_time(&name) || is_time();
    row.push_named(name, if is_value { value } else { Value::ABSENT });
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{IncomingRequest, write_v2};
    use crate::account::Api;
    use crate::json::flatten::{Kind, Leaves, NoLinks, Value};
    use crate::table::row::Row;
    use serde::de::DeserializeSeed;

    #[test]
    fn filters_and_order_are_sent() {
        let request = IncomingRequest {
            limit: 500,
            categories: vec!["sip".to_owned(), "forms".to_owned()],
            order: Some("asc".to_owned()),
            pipelines: vec![3],
        };
        let query = |api| request.lists_of(api)[0].request().shown_query();
        assert_eq!(
            query(Api::V2),
            "categories[]=sip&categories[]=forms&order_by[created_at]=asc&pipeline_id=3\
             &page_size=500&page=1"
        );
        assert_eq!(
            query(Api::V4),
            "filter[category][]=sip&filter[category][]=forms&order[created_at]=asc\
             &filter[pipeline_id]=3&page=1&limit=250"
        );
    }

    #[test]
    fn entities_are_left_out_and_times_that_are_none_are_empty() {
        let (mut lead, mut row) = (Leaves::default(), Row::default());
        let mut parser = serde_json::Deserializer::from_str(
            r#"{"incoming_lead_info":{"date":"yesterday","form_send_at":"5"},
            "incoming_entities":{"leads":[{"name":"x"}]}}"#,
        );
        lead.record(&mut NoLinks).deserialize(&mut parser).unwrap();
        write_v2(&lead, &mut row);
        let cells: Vec<_> = row.iter().collect();
        assert_eq!(
            cells,
            [
                ("incoming_lead_info.date", Value::ABSENT),
                ("incoming_lead_info.form_send_at", Value::Text("5", Kind::Text))
            ]
        );
    }
}
