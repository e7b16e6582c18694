//! A table of one kind of record, declared as data: where each API lists the
//! records, how arguments are sent, how a record becomes a row.

use std::sync::Arc;

use crate::account::Api;
use crate::bad_body::BadBody;
use crate::endpoints::arguments::Arguments;
use crate::endpoints::paged_list::{PagedList, Pagination};
use crate::endpoints::parameters::{IDS_A_REQUEST, V2_LIMIT, V4_LIMIT};
use crate::error::Error;
use crate::http::Request;
use crate::json::flatten::Record;
use crate::json::page::Page;
use crate::table::row::Row;
use crate::table::row_filter::{RowFilter, Span};
use crate::table::{Format, Map, RowMap, Schema, Table, read_page};

/// A table, and the lists that hold its rows.
pub struct Endpoint {
    /// The name of the table, by which it is asked for.
    pub name: &'static str,
    /// Its records in words, for messages.
    pub label: &'static str,
    /// What the table is made of.
    pub schema: &'static Schema,
    /// The member that tells records apart.
    pub id: &'static str,
    /// Its lists over API v2, if that has it. Otherwise v4 is asked.
    pub v2: Option<ListSpec>,
    /// Its lists over API v4.
    pub v4: ListSpec,
    /// Filters that are applied again to the rows received.
    pub filters: &'static [Filter],
    /// The columns that rows of several lists are ordered by, ascending; none keeps the
    /// order of the lists.
    pub order: &'static [&'static str],
    /// Columns beyond those of API v2, which come last.
    pub last: &'static [&'static str],
}

/// The lists of one API.
pub struct ListSpec {
    /// Path of the list. An argument that it names in braces makes a list for each value.
    pub path: &'static str,
    /// The member of `_embedded` that holds the records.
    pub member: &'static str,
    /// Parameters that are always sent.
    pub always: &'static [(&'static str, &'static str)],
    /// How the arguments are sent.
    pub parameters: &'static [Parameter],
    /// How it is paged.
    pub pagination: Pagination,
    /// Records of a page at most.
    pub limit: u32,
    /// Ids that one request may name.
    pub ids: usize,
    /// How a record becomes a row.
    pub row: RowOf,
    /// Whether only administrators may read it: a 403 is then about rights.
    pub is_for_admins: bool,
}

/// How a record becomes a row.
pub enum RowOf {
    /// All its fields but these.
    AllBut(&'static [&'static str]),
    /// Members, each with the column that it becomes; empty where one is missing.
    Columns(&'static [(&'static str, &'static str)]),
    /// A function writes it.
    Function(WriteRow),
    /// A function writes it, and sees `_embedded`, too.
    WithEmbedded(WriteRow),
    /// Rows are no records: a function reads the whole body.
    Body(ReadBody),
}

/// Writes the row of a record; false drops it.
pub type WriteRow = for<'r> fn(&'r Record, &mut Row<'r>) -> bool;

/// Makes rows of the body of an answer.
pub type ReadBody = fn(Option<&[u8]>) -> Result<Page<Table>, BadBody>;

/// An argument of a call, the parameter that it becomes, and how.
pub type Parameter = (&'static str, &'static str, Sent);

/// How an argument is sent.
#[derive(Clone, Copy)]
pub enum Sent {
    /// A parameter for each value.
    Each,
    /// The same in the words of the API.
    Translated(fn(&str) -> &str),
    /// A parameter if there is just one value.
    Only,
    /// A first moment, sent a second earlier: the server may exclude it.
    From,
    /// A last moment, sent a second later.
    To,
    /// A list for each value. Of several such arguments the first one that has values
    /// makes lists; another one is sent if there is just one value.
    Apart,
    /// The same, or one list for all where that takes fewer requests.
    ApartOrWhole,
    /// The same with a path of its own for each value, which has `{}` in the value's place.
    /// Unknown values have no rows.
    InPath,
    /// A list for as many values as one request may name.
    Chunks(usize),
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
            Sent::Each => request.queries(name, values),
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

/// A filter that is applied again to the rows received.
pub enum Filter {
    /// A column holds one of the values of an argument.
    In(&'static str, &'static str),
    /// The same; rows without the column pass.
    InOrAbsent(&'static str, &'static str),
    /// A column holds what the APIs write for one of the values: the value itself where
    /// the function has nothing for it.
    Written(&'static str, &'static str, fn(&str) -> &'static [&'static str]),
    /// The time in a column is not before the first argument, nor after the second.
    Between(&'static str, &'static str, &'static str),
}

impl Endpoint {
    /// No lists yet: what most declarations leave as it is.
    pub const DEFAULT: Endpoint = Endpoint {
        name: "",
        label: "",
        schema: &Schema::TEXT,
        id: "id",
        v2: None,
        v4: ListSpec::V4,
        filters: &[],
        order: &[],
        last: &[],
    };

    /// The API that lists the table where `api` is in use, and its lists.
    pub fn spec(&self, api: Api) -> (Api, &ListSpec) {
        match (api, &self.v2) {
            (Api::V2, Some(v2)) => (Api::V2, v2),
            _ => (Api::V4, &self.v4),
        }
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
}

impl ListSpec {
    /// A list of API v2.
    pub const V2: ListSpec = ListSpec {
        path: "",
        member: "items",
        always: &[],
        parameters: &[],
        pagination: Pagination::Rows,
        limit: V2_LIMIT,
        ids: IDS_A_REQUEST,
        row: RowOf::AllBut(&[]),
        is_for_admins: false,
    };

    /// A list of API v4.
    pub const V4: ListSpec =
        ListSpec { pagination: Pagination::Pages, limit: V4_LIMIT, ..ListSpec::V2 };

    fn paths(&self, arguments: &Arguments) -> Vec<String> {
        let named = self.path.split_once('{').and_then(|(before, rest)| {
            let (name, after) = rest.split_once('}')?;
            Some((before, name, after))
        });
        let Some((before, name, after)) = named else { return vec![self.path.to_owned()] };
        let values = arguments.texts(name).iter();
        values.map(|value| format!("{before}{value}{after}")).collect()
    }

    fn request(&self, path: String) -> Request {
        let always = self.always.iter();
        always.fold(Request::get(path), |request, (name, value)| request.query(name, value))
    }

    fn sent(&self, path: String, arguments: &Arguments) -> Request {
        self.parameters.iter().fold(self.request(path), |request, (argument, name, sent)| {
            sent.add(request, name, arguments.texts(argument))
        })
    }

    /// The row of a record; false drops it.
    pub fn write<'r>(&self, record: &'r Record, row: &mut Row<'r>) -> bool {
        match &self.row {
            RowOf::AllBut(names) => {
                let fields = record.iter().filter(|field| !names.contains(&field.name()));
                fields.for_each(|field| row.push_field(field));
                true
            }
            RowOf::Columns(columns) => {
                columns.iter().for_each(|(name, column)| row.copy_as(record, name, column));
                true
            }
            RowOf::Function(write) | RowOf::WithEmbedded(write) => write(record, row),
            RowOf::Body(_) => false,
        }
    }
}

/// The lists that hold what a call asks for.
pub struct Lists {
    /// The whole list, which may be read in place of the parts.
    pub whole: Option<PagedList<Table>>,
    /// Lists that together have all rows.
    pub parts: Vec<PagedList<Table>>,
    /// Whether rows are put in the order of the endpoint.
    pub is_sorted: bool,
}

impl Endpoint {
    /// The lists of a call; moments are seconds since 1970.
    ///
    /// # Errors
    /// [`Error::Input`] for arguments that can't be read.
    pub fn lists(&'static self, api: Api, arguments: &Arguments) -> Result<Lists, Error> {
        let (_, spec) = self.spec(api);
        let lists =
            spec.paths(arguments).into_iter().map(|path| self.lists_at(&path, spec, arguments));
        let mut lists = lists.collect::<Result<Vec<_>, _>>()?;
        if lists.len() == 1 {
            return Ok(lists.remove(0));
        }
        let parts = lists.into_iter().flat_map(|lists| lists.parts).collect();
        Ok(Lists { whole: None, parts, is_sorted: false })
    }

    fn lists_at(
        &'static self,
        path: &str,
        spec: &'static ListSpec,
        arguments: &Arguments,
    ) -> Result<Lists, Error> {
        let list = self.list_of(spec, arguments)?;
        let ids = arguments.ids("id")?;
        if !ids.is_empty() {
            // Filters are not sent: they are applied to the rows received.
            let by_ids = || list(spec.request(path.to_owned()));
            let limit = limit(spec, arguments)?;
            let parts = PagedList::by_ids(&ids, spec.ids, limit, by_ids);
            return Ok(Lists { whole: None, parts, is_sorted: false });
        }
        let whole = spec.sent(path.to_owned(), arguments);
        let count = |argument| arguments.texts(argument).len();
        let is_several =
            |(argument, _, sent): &Parameter| sent.may_be_whole() && count(argument) > 1;
        let is_sorted = spec.parameters.iter().any(is_several);
        let splits = |(argument, _, sent): &&Parameter| sent.makes_lists() && count(argument) > 0;
        let Some((argument, name, sent)) = spec.parameters.iter().find(splits) else {
            return Ok(Lists { whole: None, parts: vec![list(whole)], is_sorted });
        };
        let values = arguments.texts(argument);
        let parts: Vec<_> = match sent {
            Sent::Chunks(most) => {
                let chunks = values.chunks(*most);
                chunks.map(|some| list(whole.clone().queries(name, some))).collect()
            }
            Sent::InPath => {
                let own = |value: &String| name.replace("{}", value);
                let part = |value| list(spec.sent(own(value), arguments)).part_of(whole.clone());
                values.iter().map(part).collect()
            }
            _ => {
                let one = |value| arguments.clone().set(argument, [value]);
                let part = |value| list(spec.sent(path.to_owned(), &one(value)));
                values.iter().map(part).collect()
            }
        };
        let is_sorted = is_sorted || parts.len() > 1;
        Ok(Lists { whole: sent.may_be_whole().then(|| list(whole)), parts, is_sorted })
    }

    /// Makes lists of requests.
    fn list_of(
        &'static self,
        spec: &'static ListSpec,
        arguments: &Arguments,
    ) -> Result<impl Fn(Request) -> PagedList<Table>, Error> {
        let (limit, filter) = (limit(spec, arguments)?, Arc::new(self.filter(arguments)));
        Ok(move |request| {
            let filter = Arc::clone(&filter);
            let read = move |body: Option<&[u8]>| self.read_page(spec, &filter, body);
            let (empty, read) = (Table::new(self.schema), Box::new(read));
            PagedList::new(self.label, request, spec.pagination, limit, empty, read)
        })
    }

    /// A page of records; no body is a page without rows.
    fn read_page(
        &self,
        spec: &ListSpec,
        filter: &RowFilter,
        body: Option<&[u8]>,
    ) -> Result<Page<Table>, BadBody> {
        let write: &RowMap = &|record, row| spec.write(record, row) && filter.matches(row);
        let map = match spec.row {
            RowOf::Body(read) => return read(body),
            RowOf::WithEmbedded(_) => Map::FunctionWithEmbedded(write),
            _ => Map::Function(write),
        };
        let Some(body) = body else { return Ok(Page::empty(Table::new(self.schema))) };
        let (schema, id) = (self.schema, self.id);
        read_page(body, &Format { list: spec.member, schema, id, order: None, map })
    }
}

/// Records of a page at most: what the call asks for, if it says so, and the API serves.
fn limit(spec: &ListSpec, arguments: &Arguments) -> Result<u32, Error> {
    match arguments.text("limit") {
        Some(_) => Ok(arguments.limit()?.min(spec.limit)),
        None => Ok(spec.limit),
    }
}
