//! A table of one kind of record, declared as data: where each API lists the
//! records, how arguments are sent, how a record becomes a row.

use crate::account::Api;
use crate::account::time_zone::Bound;
use crate::bad_body::BadBody;
use crate::endpoints::element_names::singular;
use crate::endpoints::linked::{Linked, Related};
use crate::endpoints::paged_list::Pagination;
use crate::endpoints::parameters::{IDS_A_REQUEST, V2_LIMIT, V4_LIMIT};
use crate::json::flatten::{Record, Value, form_of};
use crate::json::page::Page;
use crate::table::row::Row;
use crate::table::{Schema, Table};

/// A table, and the lists that hold its rows.
pub struct Endpoint {
    /// The name of the table, by which it is asked for.
    pub name: &'static str,
    /// Its records in words, for messages.
    pub label: &'static str,
    /// What the table is made of.
    pub schema: &'static Schema,
    /// The member that tells records apart; several that do together, joined by `+`.
    pub id: &'static str,
    /// What belongs to the records and has tables of its own.
    pub linked: &'static [Linked],
    /// Its lists over API v2, if that has it. Otherwise v4 is asked.
    pub v2: Option<ListSpec>,
    /// Its lists over API v4.
    pub v4: ListSpec,
    /// Whether v4 tells more than v2, so that a token asks v4.
    pub is_better_in_v4: bool,
    /// Filters that are applied again to the rows received.
    pub filters: &'static [Filter],
    /// An argument whose values have lists of their own, and the first column, which says of
    /// which one a row is.
    pub list_column: Option<(&'static str, &'static str)>,
    /// The columns that rows of several lists are ordered by, ascending; none keeps the
    /// order of the lists. So do records that have linked tables.
    pub order: &'static [&'static str],
    /// Columns beyond those of API v2, which come last.
    pub last: &'static [&'static str],
}

/// The lists of one API.
pub struct ListSpec {
    /// Path of the list. An argument that it names in braces makes a list for each value;
    /// kinds of elements stand there in the plural.
    pub path: &'static str,
    /// Path of the list of what the path names. Then values that are not there have no
    /// rows; otherwise the server's refusal is an error.
    pub parent: Option<&'static str>,
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
    Columns(Renamed),
    /// The base columns of the table, and behind them all other fields but some.
    Base {
        /// Members whose columns have other names.
        renamed: Renamed,
        /// Members that are left out.
        without: &'static [&'static str],
    },
    /// The body itself is the one record: the base columns of the table, and nothing else.
    Only(Renamed),
    /// The body itself is the one record: a function writes it.
    OnlyFunction(WriteRow),
    /// A function writes it.
    Function(WriteRow),
    /// A function writes it, and sees `_embedded`, too.
    WithEmbedded(WriteRow),
    /// A function writes it, and sees what belongs to the record and has tables.
    WithRelated(WriteRelatedRow),
    /// Rows are no records: a function reads the whole body.
    Body(ReadBody),
}

/// Members, each with the column that it becomes.
pub type Renamed = &'static [(&'static str, &'static str)];

/// Writes the row of a record; false drops it.
pub type WriteRow = for<'r> fn(&'r Record, &mut Row<'r>) -> bool;

/// The same, of a record and what belongs to it.
pub type WriteRelatedRow = for<'r> fn(&'r Record, &'r Related, &mut Row<'r>) -> bool;

/// Makes rows of the body of an answer.
pub type ReadBody = fn(Option<&[u8]>) -> Result<Page<Table>, BadBody>;

/// An argument of a call, the parameter that it becomes, and how.
pub type Parameter = (&'static str, &'static str, Sent);

/// How an argument is sent.
#[derive(Clone, Copy)]
pub enum Sent {
    /// A parameter for each value.
    Each,
    /// One parameter for all values, separated by commas. Unlike filters it is sent beside
    /// ids, too.
    Joined,
    /// A parameter for each value in the words of the API.
    Translated(fn(&str) -> &str),
    /// A parameter if there is just one value.
    Only,
    /// A first moment, sent a second earlier: the server may exclude it.
    From,
    /// A last moment, sent a second later.
    To,
    /// An end of a span as it is: rows do not say whether they are within.
    Moment(Bound),
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

/// A filter that is applied again to the rows received.
pub enum Filter {
    /// Of an argument, a column holds one of the values.
    In(&'static str, &'static str),
    /// The same; rows without the column pass.
    InOrAbsent(&'static str, &'static str),
    /// The same in words of the APIs: the value itself where the function has none.
    Written(&'static str, &'static str, fn(&str) -> &'static [&'static str]),
    /// Of two arguments, the time in a column is not before the first, nor after the second.
    Between(&'static str, &'static str, &'static str),
}

impl Endpoint {
    /// No lists yet: what most declarations leave as it is.
    pub const DEFAULT: Endpoint = Endpoint {
        name: "",
        label: "",
        schema: &Schema::TEXT,
        id: "id",
        linked: &[],
        v2: None,
        v4: ListSpec::V4,
        is_better_in_v4: false,
        filters: &[],
        list_column: None,
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

    /// The arguments that are moments, and which end of a span each is.
    pub fn moments(&self) -> Vec<(&'static str, Bound)> {
        let bounds = self.filters.iter().flat_map(|filter| match *filter {
            Filter::Between(from, to, _) => vec![(from, Bound::From), (to, Bound::To)],
            _ => vec![],
        });
        let sent = self.v4.parameters.iter().filter_map(|(argument, _, sent)| match *sent {
            Sent::Moment(bound) => Some((*argument, bound)),
            _ => None,
        });
        bounds.chain(sent).collect()
    }
}

impl ListSpec {
    /// A list of API v2.
    pub const V2: ListSpec = ListSpec {
        path: "",
        parent: None,
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

    /// The row of a record; false drops it.
    pub fn write<'r>(&self, schema: &Schema, record: &'r Record, row: &mut Row<'r>) -> bool {
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
            RowOf::Base { renamed, without } => {
                write_base(schema, renamed, record, row);
                write_rest(schema, renamed, without, record, row);
                true
            }
            RowOf::Only(renamed) => {
                write_base(schema, renamed, record, row);
                true
            }
            RowOf::OnlyFunction(write) | RowOf::Function(write) | RowOf::WithEmbedded(write) => {
                write(record, row)
            }
            // They need more than the record.
            RowOf::WithRelated(_) | RowOf::Body(_) => false,
        }
    }
}

/// Adds the base columns that a row does not have yet, empty where a member is missing. Kinds
/// of elements, which some lists have in the plural, are singular.
pub(super) fn write_base<'r>(
    schema: &Schema,
    renamed: Renamed,
    record: &'r Record,
    row: &mut Row<'r>,
) {
    for column in schema.base {
        let other = renamed.iter().find(|(_, name)| name == column).map(|(member, _)| *member);
        if row.get(column).is_none() {
            let value = record.get(other.unwrap_or(column)).unwrap_or(Value::ABSENT);
            let is_kind = *column == "entity_type";
            row.push_value(column, if is_kind { value.with_text(singular) } else { value });
        }
    }
}

/// Adds the fields that are no base columns, but some.
fn write_rest<'r>(
    schema: &Schema,
    renamed: Renamed,
    without: &[&str],
    record: &'r Record,
    row: &mut Row<'r>,
) {
    for field in record.iter() {
        let name = field.name();
        let is_base =
            schema.base.contains(&name) || renamed.iter().any(|(member, _)| *member == name);
        if !is_base && without.iter().all(|member| form_of(name, member).is_none()) {
            row.push_field(field);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{ListSpec, RowOf, Schema};
    use crate::endpoints::testing::cells;

    #[test]
    fn base_columns_come_first_whatever_a_record_has_and_the_rest_behind_them() {
        let schema = Schema { base: &["id", "name", "kind"], ..Schema::TEXT };
        let row = RowOf::Base { renamed: &[("type", "kind")], without: &["parts"] };
        let spec = ListSpec { row, ..ListSpec::V4 };
        let json = r#"{"new":1,"type":"a","parts":[{"x":1},{"x":2}],"id":7,"partsman":2}"#;
        let cells = cells(|record, row| spec.write(&schema, record, row), json).unwrap();
        let cells: Vec<(&str, &str)> =
            cells.iter().map(|(name, text)| (&**name, &**text)).collect();
        assert_eq!(
            cells,
            [("id", "7"), ("name", ""), ("kind", "a"), ("new", "1"), ("partsman", "2")]
        );
    }
}
