//! Which lists hold what a call asks of a declared endpoint.

use std::sync::Arc;

use serde::de::MapAccess;

use crate::account::Api;
use crate::account::time_zone::Zone;
use crate::bad_body::BadBody;
use crate::endpoints::arguments::Arguments;
use crate::endpoints::customers;
use crate::endpoints::element_names::{in_path, static_kind};
use crate::endpoints::endpoint::{Endpoint, Filter, ListSpec, Parameter, RowOf, Sent};
use crate::endpoints::linked::{LinkedTables, with_linked};
use crate::endpoints::paged_list::PagedList;
use crate::error::Error;
use crate::http::Request;
use crate::json::flatten::{FieldReader, JsonType, Record, Value};
use crate::json::page::{BadCell, Page, PageShape, RecordSink, read_records};
use crate::table::row::Row;
use crate::table::row_filter::{RowFilter, Span};
use crate::table::{Format, Map, RowMap, Table, read_page, read_row};

/// The lists that hold what a call asks for.
pub struct Lists {
    /// The whole list, which may be read in place of the parts.
    pub whole: Option<PagedList<Vec<Table>>>,
    /// Lists that together have all rows.
    pub parts: Vec<PagedList<Vec<Table>>>,
    /// Whether rows are put in the order of the endpoint.
    pub is_sorted: bool,
}

impl Endpoint {
    /// The lists of a call; moments are seconds since 1970. The zone is that of the account,
    /// in which linked tables hold times.
    ///
    /// # Errors
    /// [`Error::Input`] for arguments that can't be read.
    pub fn lists(
        &'static self,
        api: Api,
        arguments: &Arguments,
        zone: &Zone,
    ) -> Result<Lists, Error> {
        let list = self.list_of(api, arguments, zone)?;
        let (_, spec) = self.spec(api);
        let list = |request, arguments: &Arguments| {
            let list = list(request, arguments);
            match spec.parent {
                Some(parent) => list.part_of(Request::get(parent)),
                None => list,
            }
        };
        let lists = spec.paths(arguments).into_iter();
        let lists = lists.map(|(path, arguments)| spec.lists_at(&path, &arguments, list));
        let mut lists = lists.collect::<Result<Vec<_>, _>>()?;
        if lists.len() == 1 {
            let mut only = lists.remove(0);
            // API v4 may have in one list what v2 has in several. The order is the same.
            let is_several = |spec: &ListSpec| spec.asks_for_several(arguments);
            let has_ids = !arguments.ids("id")?.is_empty();
            only.is_sorted |= !has_ids && self.v2.as_ref().is_some_and(is_several);
            return Ok(only);
        }
        let parts = lists.into_iter().flat_map(|lists| lists.parts).collect();
        Ok(Lists { whole: None, parts, is_sorted: false })
    }

    /// Its tables without rows.
    pub(super) fn empty(&self) -> Vec<Table> {
        with_linked(Table::new(self.schema), self.linked, Table::with_base)
    }

    /// The filter of a call; moments are seconds since 1970.
    pub(super) fn filter<'a>(&self, arguments: &'a Arguments) -> RowFilter {
        let second = |name| arguments.text(name).and_then(|second| second.parse().ok());
        self.filters.iter().fold(RowFilter::default(), |filter, one| match *one {
            Filter::In(argument, column) => filter.is_in(column, arguments.texts(argument)),
            Filter::InOrAbsent(argument, column) => {
                filter.is_in_or_absent(column, arguments.texts(argument))
            }
            Filter::Written(argument, column, forms) => {
                let forms = |text: &'a String| match forms(text) {
                    [] => vec![text.as_str()],
                    forms => forms.to_vec(),
                };
                let texts: Vec<&str> = arguments.texts(argument).iter().flat_map(forms).collect();
                filter.is_in(column, &texts)
            }
            Filter::Between(from, to, column) => {
                filter.between(column, Span { from: second(from), to: second(to) })
            }
        })
    }

    /// Makes lists of requests, each with the arguments that it answers.
    fn list_of(
        &'static self,
        api: Api,
        arguments: &Arguments,
        zone: &Zone,
    ) -> Result<impl Fn(Request, &Arguments) -> PagedList<Vec<Table>> + use<>, Error> {
        let (api, spec) = self.spec(api);
        let limit = limit(spec, arguments)?;
        let (filter, zone) = (Arc::new(self.filter(arguments)), zone.clone());
        // Where there are no customers, a filter does not know them.
        let absence = match arguments.texts("entity") {
            [only] if only == "customer" => customers::is_unknown_filter,
            _ => customers::are_missing,
        };
        Ok(move |request, arguments: &Arguments| {
            let (filter, zone) = (Arc::clone(&filter), zone.clone());
            let of = self.list_column.map(|(name, column)| (column, only_value(arguments, name)));
            let rows = Rows { endpoint: self, api, spec, filter, zone, of };
            let read = Box::new(move |body: Option<&[u8]>| rows.read_page(body));
            let list =
                PagedList::new(self.label, request, spec.pagination, limit, self.empty(), read)
                    .unless(absence);
            list.in_batches()
        })
    }
}

/// The value of an argument that has just one: an id, or a kind of element.
fn only_value(arguments: &Arguments, name: &str) -> Value<'static> {
    let [text] = arguments.texts(name) else { return Value::ABSENT };
    let kind = || Value::Text(static_kind(text), JsonType::Text);
    text.parse().map_or_else(|_| kind(), Value::Whole)
}

/// Makes rows of the records of a call.
struct Rows {
    endpoint: &'static Endpoint,
    api: Api,
    spec: &'static ListSpec,
    filter: Arc<RowFilter>,
    zone: Zone,
    /// The column that says of which list the rows are, and what it says.
    of: Option<(&'static str, Value<'static>)>,
}

impl Rows {
    /// A page of records; no body is a page without rows.
    fn read_page(&self, body: Option<&[u8]>) -> Result<Page<Vec<Table>>, BadBody> {
        let Endpoint { schema, id, linked, .. } = self.endpoint;
        let write: &RowMap = &|record, row| self.write(record, row);
        let map = match self.spec.row {
            RowOf::Body(read) => return read(body).map(Page::into_list),
            RowOf::WithEmbedded(_) | RowOf::Only(_) => Map::FunctionWithEmbedded(write),
            _ => Map::Function(write),
        };
        let Some(body) = body else { return Ok(Page::empty(self.sink().into_rows())) };
        let list = self.spec.member;
        if linked.is_empty() {
            let format = Format { list, schema, id, order: None, map };
            let is_record = matches!(self.spec.row, RowOf::Only(_) | RowOf::OnlyFunction(_));
            let read = if is_record { read_row } else { read_page };
            return read(body, &format).map(Page::into_list);
        }
        read_records(body, PageShape { list, id, order: None }, || self.sink())
    }

    fn write<'r>(&self, record: &'r Record, row: &mut Row<'r>) -> bool {
        if let Some((column, value)) = self.of {
            row.push_value(column, value);
        }
        self.spec.write(self.endpoint.schema, record, row) && self.filter.matches(row)
    }

    fn sink(&self) -> Sink<'_> {
        let Endpoint { schema, linked, .. } = self.endpoint;
        Sink { rows: self, tables: LinkedTables::new(self.api, &self.zone, schema, linked) }
    }
}

/// Takes the records of a page in, and what belongs to them.
struct Sink<'r> {
    rows: &'r Rows,
    tables: LinkedTables<'r>,
}

impl FieldReader for Sink<'_> {
    fn read<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        self.tables.read(name, map)
    }
}

impl RecordSink for Sink<'_> {
    type Rows = Vec<Table>;

    fn keep(&mut self, record: &Record) -> Result<(), BadCell> {
        let rows = self.rows;
        self.tables.push(record, |record, related, row| match rows.spec.row {
            RowOf::WithRelated(write) => write(record, related, row) && rows.filter.matches(row),
            _ => rows.write(record, row),
        })
    }

    fn count_broken_texts(&mut self) {
        self.tables.count_broken_texts();
    }

    fn into_rows(self) -> Vec<Table> {
        self.tables.into_tables()
    }
}

impl ListSpec {
    /// The lists at one path.
    fn lists_at(
        &self,
        path: &str,
        arguments: &Arguments,
        list: impl Fn(Request, &Arguments) -> PagedList<Vec<Table>>,
    ) -> Result<Lists, Error> {
        let ids = arguments.ids("id")?;
        if !ids.is_empty() {
            // Filters are not sent: they are applied to the rows received.
            let beside = |(_, _, sent): &&Parameter| matches!(sent, Sent::Joined);
            let parameters = self.parameters.iter().filter(beside);
            let request = self.with_parameters(path.to_owned(), parameters, arguments);
            let by_ids = || list(request.clone(), arguments);
            let limit = limit(self, arguments)?;
            let parts = PagedList::by_ids(&ids, self.ids, limit, by_ids);
            return Ok(Lists { whole: None, parts, is_sorted: false });
        }
        let whole = self.sent(path.to_owned(), arguments);
        let count = |argument| arguments.texts(argument).len();
        let is_sorted = self.asks_for_several(arguments);
        let splits = |(argument, _, sent): &&Parameter| sent.makes_lists() && count(argument) > 0;
        let Some((argument, name, sent)) = self.parameters.iter().find(splits) else {
            return Ok(Lists { whole: None, parts: vec![list(whole, arguments)], is_sorted });
        };
        let values = arguments.texts(argument);
        let parts: Vec<_> = match sent {
            Sent::Chunks(most) => {
                let chunks = values.chunks(*most);
                chunks.map(|some| list(whole.clone().queries(name, some), arguments)).collect()
            }
            Sent::InPath => {
                let own = |value: &String| name.replace("{}", value);
                let part = |value| list(self.sent(own(value), arguments), arguments);
                values.iter().map(|value| part(value).part_of(whole.clone())).collect()
            }
            _ => {
                let one = |value| arguments.clone().set(argument, [value]);
                let part = |one: &Arguments| list(self.sent(path.to_owned(), one), one);
                values.iter().map(|value| part(&one(value))).collect()
            }
        };
        let is_sorted = is_sorted || parts.len() > 1;
        Ok(Lists { whole: sent.may_be_whole().then(|| list(whole, arguments)), parts, is_sorted })
    }

    /// Whether it asks for several values of what has a list for each.
    fn asks_for_several(&self, arguments: &Arguments) -> bool {
        self.parameters
            .iter()
            .any(|(argument, _, sent)| sent.may_be_whole() && arguments.texts(argument).len() > 1)
    }

    /// The path of each list, and the arguments that it answers.
    fn paths(&self, arguments: &Arguments) -> Vec<(String, Arguments)> {
        let named = self.path.split_once('{').and_then(|(before, rest)| {
            let (name, after) = rest.split_once('}')?;
            Some((before, name, after))
        });
        let Some((before, name, after)) = named else {
            return vec![(self.path.to_owned(), arguments.clone())];
        };
        let path = |value| format!("{before}{}{after}", in_path(value));
        let values = arguments.texts(name).iter();
        values.map(|value| (path(value), arguments.clone().set(name, [value]))).collect()
    }

    fn request(&self, path: String) -> Request {
        let always = self.always.iter();
        always.fold(Request::get(path), |request, (name, value)| request.query(name, value))
    }

    fn sent(&self, path: String, arguments: &Arguments) -> Request {
        self.with_parameters(path, self.parameters.iter(), arguments)
    }

    fn with_parameters<'p>(
        &self,
        path: String,
        parameters: impl Iterator<Item = &'p Parameter>,
        arguments: &Arguments,
    ) -> Request {
        parameters.fold(self.request(path), |request, (argument, name, sent)| {
            sent.add(request, name, arguments.texts(argument))
        })
    }
}

impl Sent {
    fn makes_lists(self) -> bool {
        matches!(self, Sent::Apart | Sent::ApartOrWhole | Sent::InPath | Sent::Chunks(_))
    }

    fn may_be_whole(self) -> bool {
        matches!(self, Sent::ApartOrWhole | Sent::InPath)
    }

    /// Adds the values to a request for one list.
    fn add(self, request: Request, name: &str, values: &[String]) -> Request {
        let moved = |seconds: i64| {
            let moments = values.iter().filter_map(|value| value.parse::<i64>().ok());
            moments.map(|moment| moment + seconds).collect::<Vec<_>>()
        };
        match self {
            Sent::Each | Sent::Moment(_) => request.queries(name, values),
            Sent::Joined if !values.is_empty() => request.query(name, &values.join(",")),
            Sent::Translated(word) => {
                let words: Vec<&str> = values.iter().map(|value| word(value)).collect();
                request.queries(name, &words)
            }
            Sent::From => request.queries(name, &moved(-1)),
            Sent::To => request.queries(name, &moved(1)),
            Sent::Only | Sent::Apart | Sent::ApartOrWhole if values.len() == 1 => {
                request.queries(name, values)
            }
            _ => request,
        }
    }
}

/// Records of a page at most: what the call asks for, if it says so, and the API serves.
fn limit(spec: &ListSpec, arguments: &Arguments) -> Result<u32, Error> {
    match arguments.text("limit") {
        Some(_) => Ok(arguments.limit()?.min(spec.limit)),
        None => Ok(spec.limit),
    }
}

#[cfg(test)]
mod tests {
    use crate::account::Api;
    use crate::endpoints::arguments::Arguments;
    use crate::endpoints::incoming_summary::INCOMING_SUMMARY;
    use crate::endpoints::tags::TAGS;
    use crate::endpoints::talks::TALKS;
    use crate::endpoints::testing::requests;

    #[test]
    fn kinds_stand_in_paths_in_the_plural_and_each_name_has_a_list() {
        let tags = Arguments::default().set("type", ["lead", "company"]);
        let named = tags.clone().set("name", ["a", "b"]);
        let paged = "tags?page=1&limit=250";
        let expected = ["leads", "companies"].map(|kind| {
            ["a", "b"].map(|name| format!("/api/v4/{kind}/{paged}&filter[name]={name}"))
        });
        assert_eq!(requests(&TAGS, Api::V4, &named), expected.concat());
        let ids = "tags?page=1&limit=2&filter[id][]=7&filter[id][]=8";
        let expected = ["leads", "companies"].map(|kind| format!("/api/v4/{kind}/{ids}"));
        assert_eq!(requests(&TAGS, Api::V4, &tags.set("id", [7, 8])), expected);
    }

    #[test]
    fn moments_that_rows_do_not_have_are_sent_as_they_are() {
        let summary = Arguments::default().set("from", [10]).set("pipeline_id", [3, 4]);
        let path = "/api/v4/leads/unsorted/summary?";
        let expected = [3, 4].map(|pipeline| {
            format!("{path}filter[created_at][from]=10&filter[pipeline_id]={pipeline}")
        });
        assert_eq!(requests(&INCOMING_SUMMARY, Api::V4, &summary), expected);
    }

    #[test]
    fn of_several_filters_of_talks_one_makes_lists_and_others_are_sent_if_they_are_one() {
        let talks = Arguments::default()
            .set("contact_id", [5, 6])
            .set("entity", ["lead"])
            .set("entity_id", [7, 8]);
        let expected = [5, 6].map(|contact| {
            format!("/api/v4/talks?page=1&limit=250&filter[contact_id]={contact}&filter[entity_type]=lead")
        });
        assert_eq!(requests(&TALKS, Api::V4, &talks), expected);
    }
}
