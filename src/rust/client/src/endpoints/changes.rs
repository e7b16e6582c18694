//! A call for what has changed, by somebody who will ask again later for what has changed
//! since some time before this call. A server that lags hides a row for a moment only, so
//! there is no need to make sure of the ends of lists. An unchanged list takes one request.

use futures_util::future::BoxFuture;

use crate::account::Api;
use crate::error::Error;
use crate::query::{Context, Query, Tables, Warning};

/// A query that takes what looks like the end of a list for its end.
pub struct ChangesQuery(pub Box<dyn Query>);

impl Query for ChangesQuery {
    fn believes_ends(&self) -> bool {
        true
    }

    fn read<'q>(&'q self, context: &'q Context) -> BoxFuture<'q, Result<(), Error>> {
        self.0.read(context)
    }

    fn tables(&self) -> Tables {
        self.0.tables()
    }

    fn batch(&self) -> Tables {
        self.0.batch()
    }

    fn only_api(&self) -> Option<Api> {
        self.0.only_api()
    }

    fn better_api(&self) -> Option<Api> {
        self.0.better_api()
    }

    fn warnings(&self) -> Vec<Warning> {
        self.0.warnings()
    }
}
