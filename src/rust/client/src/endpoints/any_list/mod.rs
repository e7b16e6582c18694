//! `AmoGet()`: any list of API v4 that can be read, by its path (docs/contract.md, Table
//! of any list).

mod asked;
mod place;
mod records;

use std::sync::{Arc, OnceLock};

use futures_util::future::{BoxFuture, FutureExt, try_join};

use crate::account::Api;
use crate::endpoints::arguments::Arguments;
use crate::endpoints::customers;
use crate::endpoints::paged_list::{PagedList, Pagination, read_all};
use crate::endpoints::parameters::{EVENTS_LIMIT, V4_LIMIT};
use crate::error::Error;
use crate::http::Request;
use crate::query::{Context, Query, Tables, Warning};
use crate::sanitize::sanitize;
use crate::table::Table;
use asked::{Asked, ROOT};
use records::{HASH, Reader, SCHEMA};

/// Lists that only administrators may read (docs/api-v4.md, Rights).
const FOR_ADMINS: [&str; 4] = ["users", "roles", "sources", "webhooks"];

/// A call for one list by its path.
pub struct AnyListQuery {
    path: String,
    reader: Arc<Reader>,
    list: PagedList<Table>,
    /// Records of a page at most, if more were asked for.
    lower_limit: Option<u32>,
    /// Set when the account turns out to have no customers.
    no_customers: OnceLock<()>,
}

impl AnyListQuery {
    /// Nothing is read yet.
    ///
    /// # Errors
    /// [`Error::Input`] for a path or parameters that must not be sent.
    pub fn new(arguments: &Arguments) -> Result<Self, Error> {
        let Asked { path, query, limit } = Asked::new(arguments)?;
        let name = path.strip_prefix(ROOT).unwrap_or(&path).to_owned();
        let most = if name == "events" { EVENTS_LIMIT } else { V4_LIMIT };
        let lower_limit = limit.filter(|limit| *limit > most).map(|_| most);
        let limit = limit.unwrap_or(most).min(most);
        let member = arguments.text("member").map(str::to_owned);
        let order = if is_ordered(&query) { None } else { steady_order(&name) };
        // Events of one second may change places.
        let tied = order.filter(|order| *order == "created_at");
        let reader = Arc::new(Reader::new(name.clone(), member, limit, tied));
        let order = order.map(|order| (format!("order[{order}]"), "asc".to_owned()));
        let request = (query.iter().chain(&order))
            .fold(Request::get(path), |request, (name, value)| request.query(name, value));
        let read = Arc::clone(&reader);
        let list = PagedList::new(
            name.as_str(),
            request,
            Pagination::Pages,
            limit,
            Table::new(&SCHEMA),
            Box::new(move |body| read.read(body)),
        )
        .told_by_first();
        Ok(AnyListQuery { path: name, reader, list, lower_limit, no_customers: OnceLock::new() })
    }

    /// Where it is not known which list is meant, an error that tells which there are.
    fn check_choice(&self) -> Result<(), Error> {
        let Some(names) = self.reader.choices() else { return Ok(()) };
        let names: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
        let message = if names.is_empty() {
            "`member` can't be used: the answer has no lists".to_owned()
        } else {
            format!("`member` must be one of {}", sanitize(&names.join(", ")))
        };
        Err(Error::Input { argument: "member", message })
    }

    fn explain(&self, error: Error) -> Error {
        let first = self.path.split('/').next().unwrap_or_default();
        match error {
            Error::Blocked { detail, at } if FOR_ADMINS.contains(&first) => {
                Error::Forbidden { detail, at }
            }
            error => error,
        }
    }

    /// Whether an error says that the account has no customers. Below their list it may say
    /// that there is no such path.
    fn lacks_customers(&self, error: &Error) -> bool {
        let is_unknown = error.at().is_some_and(|at| at.status == Some(404));
        customers::are_missing_in(error, [&self.list]) && (!is_unknown || self.path == "customers")
    }
}

fn is_ordered(query: &[(String, String)]) -> bool {
    query.iter().any(|(name, _)| name.starts_with("order"))
}

/// An order in which changes don't move rows, where the API has one (docs/api-v4.md,
/// Orders).
fn steady_order(path: &str) -> Option<&'static str> {
    match path {
        "leads" | "contacts" | "companies" | "tasks" => Some("id"),
        "events" => Some("created_at"),
        _ => path.ends_with("/notes").then_some("id"),
    }
}

impl Query for AnyListQuery {
    fn only_api(&self) -> Option<Api> {
        Some(Api::V4)
    }

    fn read<'q>(&'q self, context: &'q Context) -> BoxFuture<'q, Result<(), Error>> {
        async {
            match try_join(context.zone(), read_all([&self.list], context)).await {
                Err(error) if self.lacks_customers(&error) => {
                    self.no_customers.get_or_init(|| ());
                    Ok(())
                }
                read => read.map_err(|error| self.explain(error)).and_then(|_| self.check_choice()),
            }
        }
        .boxed()
    }

    fn tables(&self) -> Tables {
        let mut table = self.list.take().unwrap_or_else(|| Table::new(&SCHEMA));
        table.drop_column(HASH);
        vec![("records".to_owned(), table)]
    }

    fn warnings(&self) -> Vec<Warning> {
        let lower_limit = self.lower_limit.map(Warning::LowerLimit);
        let no_customers = self.no_customers.get().map(|()| Warning::NoCustomers);
        lower_limit.into_iter().chain(no_customers).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::AnyListQuery;
    use crate::endpoints::arguments::Arguments;

    /// The first request for a list.
    fn asked(path: &str, name: &str, value: &str) -> String {
        let arguments = Arguments::default()
            .set("account", ["sub"])
            .set("path", [path])
            .set("names", [name])
            .set("values", [value]);
        let request = AnyListQuery::new(&arguments).unwrap().list.first_request();
        format!("{}?{}", request.path(), request.shown_query())
    }

    #[test]
    fn lists_come_in_an_order_that_changes_leave_alone_unless_another_one_is_asked_for() {
        for (path, order) in [
            ("leads", "&order[id]=asc"),
            ("leads/notes", "&order[id]=asc"),
            ("contacts/5/notes", "&order[id]=asc"),
            ("leads/pipelines", ""),
            ("customers", ""),
        ] {
            let expected = format!("/api/v4/{path}?page=1&limit=250&with=x{order}");
            assert_eq!(asked(path, "with", "x"), expected);
        }
        assert_eq!(
            asked("events", "limit", "250"),
            "/api/v4/events?page=1&limit=100&order[created_at]=asc"
        );
        assert_eq!(
            asked("leads", "order[updated_at]", "desc"),
            "/api/v4/leads?page=1&limit=250&order[updated_at]=desc"
        );
    }
}
