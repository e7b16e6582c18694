//! A call for what has changed. If no rows come, whoever asks will ask again for all that has
//! changed since the same moment, so there is no need to make sure that there are none: an
//! unchanged list takes one request instead of three.

use futures_util::future::BoxFuture;

use crate::account::Api;
use crate::error::Error;
use crate::query::{Context, Query, Tables, Warning};

/// A query of which an answer without rows says nothing.
pub struct ChangesQuery(pub Box<dyn Query>);

impl Query for ChangesQuery {
    fn is_increment(&self) -> bool {
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
