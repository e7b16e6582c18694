//! `AmoTasks()`: what is asked for, and the table, over either API
//! (docs/contract.md, Table of tasks).

mod request;
mod result;
mod v2;
mod v4;

use futures_util::future::{BoxFuture, FutureExt};

use crate::account::Api;
use crate::endpoints::endpoint::Endpoint;
use crate::endpoints::paged_list::PagedList;
use crate::error::Error;
use crate::query::Context;
use crate::table::Schema;

pub use request::{TASKS, TasksRequest};
pub use v2::write_row as write_v2;
pub use v4::write_row as write_v4;

impl Endpoint for TasksRequest {
    const NAME: &'static str = "tasks";

    fn schema(&self) -> &'static Schema {
        &TASKS
    }

    fn lists<'e>(&'e self, context: &'e Context) -> BoxFuture<'e, Result<Vec<PagedList>, Error>> {
        async {
            let spans = self.spans(context).await?;
            match context.api {
                Api::V4 => Ok(v4::lists(self, spans)),
                Api::V2 if !self.ids.is_empty() => Ok(v2::by_ids(self, spans)),
                Api::V2 => v2::whole(self, spans).or_parts(v2::parts(self, spans), context).await,
            }
        }
        .boxed()
    }

    fn order(&self) -> &'static [&'static str] {
        &["created_at", "id"]
    }
}
