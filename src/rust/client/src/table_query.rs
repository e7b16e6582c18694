//! A call that gives one table, read from one or more lists.

use std::sync::OnceLock;

use futures_util::future::{BoxFuture, FutureExt, try_join};

use crate::account::Api;
use crate::error::Error;
use crate::paging::join_lists;
use crate::query::{Context, Notice, Query, Tables, all_of};
use crate::row_list::RowList;
use crate::table::{Schema, Table};

/// What one table is made of.
pub trait Plan: Send + Sync + 'static {
    /// The name of the table.
    const NAME: &'static str;

    /// Its columns.
    fn schema(&self) -> &'static Schema;

    /// Whether its times need the account's zone.
    fn has_times(&self) -> bool {
        !self.schema().times.is_empty()
    }

    /// The lists that together hold its rows.
    fn lists<'p>(&'p self, context: &'p Context) -> BoxFuture<'p, Result<Vec<RowList>, Error>>;

    /// The columns that rows of several lists are ordered by, ascending; none
    /// keeps the order of the lists.
    fn order(&self) -> &'static [&'static str] {
        &[]
    }

    /// Puts the table of an API in its final form.
    fn finish(&self, _api: Api, _table: &mut Table) {}

    /// What to tell of an error of the lists that only means that there are no
    /// rows; None for any other error.
    fn excuse(&self, _error: &Error, _lists: &[RowList]) -> Option<Notice> {
        None
    }

    /// What an error of the lists means here.
    fn explain(&self, error: Error) -> Error {
        error
    }
}

/// A plan, and what has come of it.
pub struct TableQuery<P> {
    plan: P,
    /// Set as soon as it is known which lists they are, and of which API.
    lists: OnceLock<(Api, Vec<RowList>)>,
    /// Why there are no rows.
    excuse: OnceLock<Notice>,
}

impl<P: Plan> TableQuery<P> {
    /// Nothing is read yet.
    pub fn new(plan: P) -> Self {
        TableQuery { plan, lists: OnceLock::new(), excuse: OnceLock::new() }
    }

    async fn read(&self, context: &Context) -> Result<(), Error> {
        let lists = self.plan.lists(context).await?;
        let (_, lists) = self.lists.get_or_init(|| (context.api, lists));
        let reading = self.read_lists(context, lists);
        let read = if self.plan.has_times() {
            try_join(context.zone(), reading).await.map(|_| ())
        } else {
            reading.await
        };
        read.map_err(|error| self.plan.explain(error))
    }

    async fn read_lists(&self, context: &Context, lists: &[RowList]) -> Result<(), Error> {
        let read = all_of(lists.iter().map(|list| list.read(context).boxed()).collect()).await;
        let excuse = read.as_ref().err().and_then(|error| self.plan.excuse(error, lists));
        let Some(excuse) = excuse else { return read };
        self.excuse.get_or_init(|| excuse);
        Ok(())
    }
}

impl<P: Plan> Query for TableQuery<P> {
    fn read<'q>(&'q self, context: &'q Context) -> BoxFuture<'q, Result<(), Error>> {
        self.read(context).boxed()
    }

    fn tables(&self) -> Tables {
        let known = self.lists.get();
        let lists = known.map(|(_, lists)| lists.as_slice()).unwrap_or_default();
        let table = join_lists(lists.iter().filter_map(RowList::take));
        let mut table = table.unwrap_or_else(|| Table::new(self.plan.schema()));
        if lists.len() > 1 && !lists.iter().any(RowList::is_by_ids) {
            table.sort_by(self.plan.order());
        }
        if let Some((api, _)) = known {
            self.plan.finish(*api, &mut table);
        }
        vec![(P::NAME.to_owned(), table)]
    }

    fn notices(&self) -> Vec<Notice> {
        self.excuse.get().cloned().into_iter().collect()
    }
}
