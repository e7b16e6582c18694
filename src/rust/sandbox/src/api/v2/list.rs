//! One handler for all lists of API v2.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::page;
use super::parameters::Parameters;
use crate::api::app::App;
use crate::api::recorded::{self, RecordedRow};
use crate::api::reply;
use crate::api::{Context, Filters, Json, Order};
use crate::data::{List, Row, Store, Table};

/// What a list of API v2 is made of.
pub trait V2Rows: Row + Sized + 'static {
    /// What the parameters ask for.
    fn filter<'a>(filters: &mut Filters<'a, Self>, asked: &V2Request<'a>);

    /// Whether the list begins with the latest row.
    fn falls(_: &Parameters) -> bool {
        false
    }

    /// One row, its members in the order of the service.
    fn view(&self, context: &Context) -> Json;
}

/// What is asked of a list.
pub struct V2Request<'a> {
    pub parameters: &'a Parameters<'a>,
    pub store: &'a Store,
    pub list: List,
}

/// Adds a list, whose path may end in a slash.
pub fn add<T: V2Rows>(
    mut router: Router<Arc<App>>,
    list: List,
    table: impl Fn(&Store) -> &Table<T> + Copy + Send + Sync + 'static,
) -> Router<Arc<App>> {
    let path = format!("/api/v2/{}", list.name());
    for path in [format!("{path}/"), path] {
        let handler = async move |State(app): State<Arc<App>>, request: Request| {
            answer(&app, list, table, &request)
        };
        router = router.route(&path, get(handler));
    }
    router
}

/// Answers with a page of rows, or 204.
fn answer<T: V2Rows>(
    app: &App,
    list: List,
    table: impl Fn(&Store) -> &Table<T>,
    request: &Request,
) -> Response {
    if app.kommo && matches!(list, List::Customers | List::Transactions) {
        return switched_off();
    }
    let path = format!("/api/v2/{}", list.name());
    let parameters = Parameters::read(request, &app.account.timezone);
    if let Some(rows) = app.recorded.get(&list) {
        let ids = parameters.numbers("id");
        let wanted = |row: &&RecordedRow| ids.is_empty() || ids.contains(&row.meta.id);
        let rows = parameters.window(list).cut(rows.iter().filter(wanted));
        return page::answer(request, &path, rows.into_iter().map(recorded::json).collect());
    }
    let store = &*app.store();
    let mut filters = Filters::default();
    let asked = V2Request { parameters: &parameters, store, list };
    T::filter(&mut filters, &asked);
    let order = Order { by: None, falling: T::falls(&parameters) };
    let rows = parameters.window(list).cut(filters.select(table(store), &order));
    let context = Context::new(store, request, &parameters.query);
    page::answer(request, &path, rows.into_iter().map(|row| row.view(&context)).collect())
}

/// What an account without customers says.
fn switched_off() -> Response {
    let status = StatusCode::UPGRADE_REQUIRED;
    reply::problem(status, "Error", "Functional disabled by administrator")
}
