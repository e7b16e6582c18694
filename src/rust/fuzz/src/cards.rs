//! Pages of cards: what belongs to them stands in tables of its own.

use amocrm_client::account::Api;
use amocrm_client::account::time_zone::Zone;
use amocrm_client::bad_body::BadBody;
use amocrm_client::endpoints::entities::{Entity, EntityFilter, EntitySink, read_entities};
use amocrm_client::json::page::Page;
use amocrm_client::table::{RowSink, SeenKeys, Table};

use crate::assert_showable_error;
use crate::model::shown;

const ENTITIES: [Entity; 4] = [Entity::Lead, Entity::Contact, Entity::Company, Entity::Customer];

/// Checks what is made of one page, as cards of every kind in both APIs.
pub fn check(input: &[u8]) {
    let zone = Zone::new("Europe/Moscow", None);
    for entity in ENTITIES {
        for api in [Api::V2, Api::V4] {
            check_page(|| {
                let filter = EntityFilter::default();
                read_entities(Some(input), || EntitySink::new(entity, api, &zone, &filter, &[]))
            });
        }
    }
}

fn check_page(read: impl Fn() -> Result<Page<Vec<Table>>, BadBody>) {
    let page = match read() {
        Ok(page) => page,
        Err(bad) => return assert_showable_error(&bad),
    };
    assert!(page.rows[0].rows() <= page.records);
    assert!(page.keys.count() <= page.records as usize);
    let rows: Vec<u32> = page.rows.iter().map(Table::rows).collect();
    let mut joined = page.rows;
    let mut seen = SeenKeys::default();
    joined.keys_into(&mut seen);
    let ids = seen.len();
    // A page that came before adds only cards without an id.
    if let Ok(again) = read() {
        RowSink::append(&mut joined, again.rows, &mut seen);
    }
    assert!(joined[0].rows() - rows[0] <= rows[0] - u32::try_from(ids).unwrap_or(u32::MAX));
    assert_eq!(joined[1..].iter().map(Table::rows).collect::<Vec<u32>>(), rows[1..]);
    for table in joined {
        shown(table);
    }
}
