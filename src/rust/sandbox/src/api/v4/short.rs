//! One handler for the short lists of API v4, whose rows are all at hand.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use axum::routing::get;

use super::paging::{self, Page, Paging};
use super::problem::{self, Invalid};
use super::{ROOT, parameters};
use crate::api::app::App;
use crate::api::query::Query;
use crate::api::{self, Context, Json};

/// How a list is cut.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Into pages.
    Pages,
    /// Into pages that say how many there are; these point to a next one if
    /// there is one.
    CountedPages,
    /// Not at all.
    Whole,
}

/// What a short list is.
#[derive(Clone, Copy)]
pub struct Short {
    /// What it is called in `_embedded`.
    pub name: &'static str,
    pub cut: Cut,
    pub is_for_admins: bool,
    /// Whether rows can be asked for one by one.
    pub has_rows: bool,
    /// Whether one that there is not is a 404 rather than a 204.
    pub missing_is_404: bool,
    /// The members that filters of these names look at.
    pub filters: &'static [&'static str],
}

impl Short {
    pub const DEFAULT: Self = Self {
        name: "",
        cut: Cut::Whole,
        is_for_admins: false,
        has_rows: true,
        missing_is_404: false,
        filters: &[],
    };

    /// Adds the list with these rows, and its rows one by one.
    pub fn add(
        self,
        router: Router<Arc<App>>,
        path: &str,
        rows: impl Fn(&Context) -> Vec<Json> + Clone + Send + Sync + 'static,
    ) -> Router<Arc<App>> {
        let path = format!("{ROOT}{path}");
        let of_one = rows.clone();
        let all = async move |State(app): State<Arc<App>>, request: Request| {
            self.page(&app, &request, &rows)
        };
        let one = async move |State(app): State<Arc<App>>, id: Path<String>, request: Request| {
            self.show(&app, &request, &id, &of_one)
        };
        let router = router.route(&path, get(all));
        if self.has_rows { router.route(&format!("{path}/{{id}}"), get(one)) } else { router }
    }

    fn page(
        self,
        app: &App,
        request: &Request,
        rows: &impl Fn(&Context) -> Vec<Json>,
    ) -> Result<Response, Invalid> {
        if self.is_for_admins && !app.admin {
            return Ok(problem::forbidden());
        }
        let query = api::query(request);
        let mut items = rows(&Context::new(&app.store(), request, &query));
        self.filter(&mut items, &query)?;
        match self.cut {
            Cut::Whole => Ok(paging::whole_list(request, self.name, items)),
            Cut::CountedPages => paging::counted_page(request, self.name, items),
            Cut::Pages => {
                let paging = Paging::read(request, &query, 250)?;
                let (items, _) = paging.cut(items.into_iter());
                let next = items.len() == paging.limit();
                Ok(paging.answer(request, Page { name: self.name, items, next, total: None }))
            }
        }
    }

    fn filter(self, items: &mut Vec<Json>, query: &Query) -> Result<(), Invalid> {
        for name in self.filters {
            let wanted = parameters::texts(query, name);
            if *name == "id" {
                parameters::numbers(query, name)?;
            }
            items.retain(|row| {
                wanted.is_empty() || row.text(name).is_some_and(|text| wanted.contains(&text))
            });
        }
        if let Some(words) = query.value("query").map(str::to_lowercase) {
            items.retain(|row| {
                row.text("name").is_some_and(|name| name.to_lowercase().contains(&words))
            });
        }
        Ok(())
    }

    fn show(
        self,
        app: &App,
        request: &Request,
        id: &str,
        rows: &impl Fn(&Context) -> Vec<Json>,
    ) -> Response {
        if self.is_for_admins && !app.admin {
            return problem::forbidden();
        }
        let rows = rows(&Context::new(&app.store(), request, &api::query(request)));
        match rows.into_iter().find(|row| row.text("id").as_deref() == Some(id)) {
            None if self.missing_is_404 || id.parse::<u64>().is_err() => problem::no_page(request),
            row => paging::answer_one(row),
        }
    }
}
