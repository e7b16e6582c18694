//! A call for one table that is declared as an [`Endpoint`].

use std::sync::OnceLock;

use futures_util::future::{BoxFuture, FutureExt, try_join};

use crate::account::Api;
use crate::account::time_zone::Zone;
use crate::endpoints::arguments::Arguments;
use crate::endpoints::batches::Batches;
use crate::endpoints::endpoint::{Endpoint, Filter};
use crate::endpoints::paged_list::{PagedList, read_all};
use crate::error::Error;
use crate::query::{Context, Query, Tables, Warning};
use crate::table::Table;

/// What is asked of an endpoint, and what was received.
pub struct ListQuery {
    endpoint: &'static Endpoint,
    arguments: Arguments,
    /// Set as soon as it is known which lists they are.
    reading: OnceLock<Reading>,
    batches: Batches,
}

struct Reading {
    api: Api,
    lists: Vec<PagedList<Vec<Table>>>,
    is_sorted: bool,
}

impl ListQuery {
    /// Nothing is read yet.
    ///
    /// # Errors
    /// [`Error::Input`] for arguments that can't be read.
    pub fn new(endpoint: &'static Endpoint, mut arguments: Arguments) -> Result<Self, Error> {
        arguments.ids("id")?;
        for (moment, _) in endpoint.moments() {
            arguments.moment(moment)?;
        }
        for filter in endpoint.filters {
            if let Filter::In(name, _) | Filter::InOrAbsent(name, _) = *filter {
                arguments = without_zeros(arguments, name);
            }
        }
        let (reading, batches) = (OnceLock::new(), Batches::default());
        Ok(ListQuery { endpoint, arguments, reading, batches })
    }

    /// The arguments with moments as seconds since 1970.
    async fn in_seconds(&self, context: &Context) -> Result<Arguments, Error> {
        let mut arguments = self.arguments.clone();
        // The ends of a span, which has to be one.
        context.span([arguments.moment("from")?, arguments.moment("to")?]).await?;
        for (name, bound) in self.endpoint.moments() {
            let seconds = context.epoch(arguments.moment(name)?, bound).await?;
            arguments = arguments.set(name, seconds);
        }
        Ok(arguments)
    }

    async fn read_lists(&self, context: &Context) -> Result<(), Error> {
        let arguments = self.in_seconds(context).await?;
        let (api, _) = self.endpoint.spec(context.api);
        let zone = match self.endpoint.linked {
            [] => Zone::new("UTC", None),
            _ => context.zone().await?,
        };
        let found = self.endpoint.lists(api, &arguments, &zone)?;
        let lists = match found.whole {
            Some(whole) => whole.or_parts(found.parts, context).await?,
            None => found.parts,
        };
        let reading = Reading { api, lists, is_sorted: found.is_sorted };
        let reading = self.reading.get_or_init(|| reading);
        let read = read_all(&reading.lists, context);
        if self.has_times() { try_join(context.zone(), read).await.map(drop) } else { read.await }
    }

    /// Whether times need the account's zone.
    fn has_times(&self) -> bool {
        !self.endpoint.schema.times.is_empty()
    }

    /// The rows of all lists that were not given in batches.
    fn joined(&self) -> Option<Vec<Table>> {
        let Endpoint { linked, order, .. } = self.endpoint;
        let is_sorted = self.reading.get().is_some_and(|reading| reading.is_sorted);
        let rows = || self.lists().iter().filter_map(PagedList::take);
        if is_sorted && !order.is_empty() && linked.is_empty() && !self.batches.is_begun() {
            Table::in_order(rows().flatten().collect(), order).map(|table| vec![table])
        } else {
            self.batches.rest(self.lists())
        }
    }

    /// The tables with these rows.
    fn named(&self, rows: Option<Vec<Table>>) -> Tables {
        let Endpoint { name, linked, last, .. } = self.endpoint;
        let mut tables = rows.unwrap_or_else(|| self.endpoint.empty());
        if self.reading.get().is_some_and(|reading| reading.api == Api::V4) {
            last.iter().for_each(|column| tables[0].move_last(column));
        }
        let names = std::iter::once(*name).chain(linked.iter().map(|linked| linked.table_name()));
        names.map(str::to_owned).zip(tables).collect()
    }

    /// The texts of a column of the rows received, row by row.
    pub fn texts(&self, column: &str) -> Vec<Option<String>> {
        self.lists().iter().flat_map(|list| list.texts(column)).collect()
    }

    fn lists(&self) -> &[PagedList<Vec<Table>>] {
        self.reading.get().map(|reading| reading.lists.as_slice()).unwrap_or_default()
    }

    /// A 403 for what only administrators may read is about rights (docs/api-v4.md,
    /// Rights).
    fn explain(&self, error: Error, api: Api) -> Error {
        let (_, spec) = self.endpoint.spec(api);
        match error {
            Error::Blocked { detail, at }
                if spec.is_for_admins && at.endpoint.ends_with(spec.path) =>
            {
                Error::Forbidden { detail, at }
            }
            error => error,
        }
    }
}

/// Ids as the APIs write them, so that rows have the same texts.
fn without_zeros(arguments: Arguments, name: &str) -> Arguments {
    let plain =
        |text: &String| text.parse().map_or_else(|_| text.clone(), |id: u64| id.to_string());
    let texts: Vec<String> = arguments.texts(name).iter().map(plain).collect();
    arguments.set(name, texts)
}

impl Query for ListQuery {
    fn only_api(&self) -> Option<Api> {
        self.endpoint.v2.is_none().then_some(Api::V4)
    }

    fn better_api(&self) -> Option<Api> {
        self.endpoint.is_better_in_v4.then_some(Api::V4)
    }

    fn read<'q>(&'q self, context: &'q Context) -> BoxFuture<'q, Result<(), Error>> {
        async { self.read_lists(context).await.map_err(|error| self.explain(error, context.api)) }
            .boxed()
    }

    fn tables(&self) -> Tables {
        self.named(self.joined())
    }

    fn batch(&self) -> Tables {
        self.named(self.batches.next(self.lists()))
    }

    fn warnings(&self) -> Vec<Warning> {
        let are_missing = self.lists().iter().any(PagedList::is_absent);
        are_missing.then_some(Warning::NoCustomers).into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Arguments, ListQuery};
    use crate::endpoints::tasks::TASKS;

    #[test]
    fn ids_lose_zeros_in_front_and_words_stay() {
        let asked = Arguments::default().set("element_id", ["007", "12"]).set("type", ["lead"]);
        let query = ListQuery::new(&TASKS, asked).unwrap();
        assert_eq!(query.arguments.texts("element_id"), ["7", "12"]);
        assert_eq!(query.arguments.texts("type"), ["lead"]);
    }

    #[test]
    fn what_can_not_be_read_is_told_before_anything_is_asked_for() {
        for name in ["id", "date_create_to"] {
            let told = ListQuery::new(&TASKS, Arguments::default().set(name, ["soon"])).err();
            assert!(told.unwrap().to_string().contains(name), "{name}");
        }
    }
}
