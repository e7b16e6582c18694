//! `AmoIncomingLeads()`: leads that came in by themselves and that nobody has
//! accepted yet (docs/contract.md, Table of incoming leads).

mod cells;
mod v2;
mod v4;

use futures_util::future::{BoxFuture, FutureExt};

use crate::account::Api;
use crate::endpoints::endpoint::Endpoint;
use crate::endpoints::paged_list::{EndpointSpec, PagedList, Pagination, RowOf};
use crate::endpoints::parameters::{V4_LIMIT, optional};
use crate::error::Error;
use crate::http::Request;
use crate::json::flatten::Record;
use crate::query::Context;
use crate::table::row::Row;
use crate::table::row_filter::RowFilter;
use crate::table::{Schema, Table};

use cells::category;

pub use cells::INCOMING;
pub use v2::write_v2;
pub use v4::write_v4;

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

impl Endpoint for IncomingRequest {
    const NAME: &'static str = "incoming_leads";

    fn schema(&self) -> &'static Schema {
        &INCOMING
    }

    fn lists<'e>(&'e self, context: &'e Context) -> BoxFuture<'e, Result<Vec<PagedList>, Error>> {
        async { Ok(self.lists_of(context.api)) }.boxed()
    }

    fn finish(&self, api: Api, table: &mut Table) {
        if api == Api::V4 {
            for column in v4::BEYOND_V2 {
                table.move_last(column);
            }
        }
    }
}

impl IncomingRequest {
    /// One list for each pipeline, or one for all.
    fn lists_of(&self, api: Api) -> Vec<PagedList> {
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

    fn list(&self, api: Api, request: Request) -> PagedList {
        let (pagination, member, limit) = match api {
            Api::V2 => (Pagination::SizedPages, "items", self.limit),
            Api::V4 => (Pagination::Pages, "unsorted", self.limit.min(V4_LIMIT)),
        };
        let spec = EndpointSpec {
            name: "incoming leads",
            request,
            pagination,
            member,
            id: "uid",
            schema: &INCOMING,
            row: self.row(if api == Api::V2 { write_v2 } else { write_v4 }),
        };
        PagedList::new(spec, limit)
    }

    fn row(&self, write: for<'r> fn(&'r Record, &mut Row<'r>)) -> RowOf {
        let categories: Vec<&str> = self.categories.iter().map(|name| category(name)).collect();
        let categories = RowFilter::default().is_in("category", &categories);
        let pipelines = RowFilter::default().is_in("pipeline_id", &self.pipelines);
        Box::new(move |lead, row| {
            write(lead, row);
            // API v2 does not always say which pipeline it is.
            let is_there = row.get("pipeline_id").is_none() || pipelines.matches(row);
            is_there && categories.matches(row)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::IncomingRequest;
    use crate::account::Api;

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
}
