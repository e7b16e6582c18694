//! A call that asks for no rows, such as for the links of no leads.

use futures_util::future::{BoxFuture, FutureExt};

use crate::account::Api;
use crate::error::Error;
use crate::query::{Context, Query, Tables};

/// The empty tables of a query. Only the account's time zone is asked for.
pub struct NoRowsQuery(pub Box<dyn Query>);

impl Query for NoRowsQuery {
    fn read<'q>(&'q self, context: &'q Context) -> BoxFuture<'q, Result<(), Error>> {
        async { context.zone().await.map(drop) }.boxed()
    }

    fn tables(&self) -> Tables {
        self.0.tables()
    }

    fn only_api(&self) -> Option<Api> {
        self.0.only_api()
    }
}
