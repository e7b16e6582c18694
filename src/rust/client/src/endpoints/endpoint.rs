//! A call that gives one table, read from one or more lists.

use std::sync::OnceLock;

use futures_util::future::{BoxFuture, FutureExt, try_join};

use crate::account::Api;
use crate::endpoints::paged_list::PagedList;
use crate::error::Error;
use crate::paging::join_lists;
use crate::query::{Context, Query, Tables, Warning, all_of};
use crate::table::{Schema, Table};

/// An endpoint: a table and the lists that hold its rows, over either API.
pub trait Endpoint: Send + Sync + 'static {
    /// The name of the table.
    const NAME: &'static str;

    /// Its columns.
    fn schema(&self) -> &'static Schema;

    /// Whether its times need the account's zone.
    fn has_times(&self) -> bool {
        !self.schema().times.is_empty()
    }

    /// The lists that together hold its rows.
    fn lists<'e>(&'e self, context: &'e Context) -> BoxFuture<'e, Result<Vec<PagedList>, Error>>;

    /// The columns that rows of several lists are ordered by, ascending; none
    /// keeps the order of the lists.
    fn order(&self) -> &'static [&'static str] {
        &[]
    }

    /// Puts the table of an API in its final form.
    fn finish(&self, _api: Api, _table: &mut Table) {}

    /// The warning in place of an error which only means that there are no rows. None
    /// for any other error.
    fn excuse(&self, _error: &Error, _lists: &[PagedList]) -> Option<Warning> {
        None
    }

    /// The error that an error of the lists means here.
    fn explain(&self, error: Error) -> Error {
        error
    }
}

/// The query of an endpoint, and what was received.
pub struct TableQuery<E> {
    endpoint: E,
    /// Set as soon as it is known which lists they are, and of which API.
    lists: OnceLock<(Api, Vec<PagedList>)>,
    /// Why there are no rows.
    excuse: OnceLock<Warning>,
}

impl<E: Endpoint> TableQuery<E> {
    /// Nothing is read yet.
    pub fn new(endpoint: E) -> Self {
        TableQuery { endpoint, lists: OnceLock::new(), excuse: OnceLock::new() }
    }

    async fn read(&self, context: &Context) -> Result<(), Error> {
        let read = self.read_lists(context).await;
        let excuse =
            read.as_ref().err().and_then(|error| self.endpoint.excuse(error, self.known()));
        if let Some(excuse) = excuse {
            self.excuse.get_or_init(|| excuse);
            if self.endpoint.has_times() {
                // The refusal may have come first. An empty table has a zone too.
                context.zone().await?;
            }
            return Ok(());
        }
        read.map_err(|error| self.endpoint.explain(error))
    }

    async fn read_lists(&self, context: &Context) -> Result<(), Error> {
        let lists = self.endpoint.lists(context).await?;
        let (_, lists) = self.lists.get_or_init(|| (context.api, lists));
        let readings = lists.iter().map(|list| list.read(context).boxed()).collect();
        let reading = all_of(&context.transport.http.progress, readings);
        if self.endpoint.has_times() {
            try_join(context.zone(), reading).await.map(|_| ())
        } else {
            reading.await
        }
    }

    fn known(&self) -> &[PagedList] {
        self.lists.get().map(|(_, lists)| lists.as_slice()).unwrap_or_default()
    }
}

impl<E: Endpoint> Query for TableQuery<E> {
    fn read<'q>(&'q self, context: &'q Context) -> BoxFuture<'q, Result<(), Error>> {
        self.read(context).boxed()
    }

    fn tables(&self) -> Tables {
        let (lists, order) = (self.known(), self.endpoint.order());
        let are_several = lists.len() > 1 || lists.iter().any(PagedList::is_joint);
        let rows = lists.iter().filter_map(PagedList::take);
        let table = if are_several && !order.is_empty() && !lists.iter().any(PagedList::is_by_ids) {
            Table::in_order(rows.collect(), order)
        } else {
            join_lists(rows)
        };
        let mut table = table.unwrap_or_else(|| Table::new(self.endpoint.schema()));
        if let Some((api, _)) = self.lists.get() {
            self.endpoint.finish(*api, &mut table);
        }
        vec![(E::NAME.to_owned(), table)]
    }

    fn warnings(&self) -> Vec<Warning> {
        self.excuse.get().cloned().into_iter().collect()
    }
}
