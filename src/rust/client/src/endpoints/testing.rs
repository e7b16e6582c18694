//! What the tests of endpoints have in common.
#![allow(clippy::unwrap_used)]

use serde::de::{DeserializeSeed, MapAccess};

use crate::account::Api;
use crate::account::time_zone::Zone;
use crate::endpoints::arguments::Arguments;
use crate::endpoints::endpoint::Endpoint;
use crate::endpoints::paged_list::PagedList;
use crate::json::flatten::{FieldReader, Record};
use crate::table::row::Row;

/// Reads records with what they embed.
struct All;

impl FieldReader for All {
    fn read<'de, A: MapAccess<'de>>(&mut self, _: &str, _: &mut A) -> Result<bool, A::Error> {
        Ok(false)
    }
}

/// Names and texts of the cells that a record becomes; None if it is dropped.
pub fn cells(
    write: impl for<'r> Fn(&'r Record, &mut Row<'r>) -> bool,
    json: &str,
) -> Option<Vec<(String, String)>> {
    let (mut record, mut row) = (Record::default(), Row::default());
    let mut parser = serde_json::Deserializer::from_str(json);
    record.seed(&mut All).deserialize(&mut parser).unwrap();
    let cells =
        |row: &Row| row.texts().map(|(name, text)| (name.to_owned(), text.into())).collect();
    write(&record, &mut row).then(|| cells(&row))
}

/// The text of the first cell with this name.
pub fn cell(cells: &[(String, String)], name: &str) -> Option<String> {
    cells.iter().find(|(found, _)| found == name).map(|(_, text)| text.clone())
}

/// Path and query of the first request to each list of a call.
pub fn requests(endpoint: &'static Endpoint, api: Api, arguments: &Arguments) -> Vec<String> {
    let lists = endpoint.lists(api, arguments, &Zone::new("UTC", None)).unwrap().parts;
    let requests = lists.iter().map(PagedList::first_request);
    requests.map(|request| format!("{}?{}", request.path(), request.shown_query())).collect()
}
