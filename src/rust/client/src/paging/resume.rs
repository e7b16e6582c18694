//! Goes on with a list that another call has read up to a place.
//!
//! Rows in front of the place may have gone meanwhile, and the others have moved up. A page
//! that begins before the place, in the order of the list, has the rows behind the place, or
//! stands in front of them. So it is looked for further and further back. Rows that came in
//! front of the place are not looked for: who goes on asks for what has changed since the
//! first call.

use std::future::Future;
use std::time::Duration;

use super::fetch_all::{ListContext, Pages, is_too_slow};
use super::page_request::{PageRequest, Purpose};
use super::pager::Pager;
use super::range::Paging;
use crate::account::transport::Answer;
use crate::error::Error;
use crate::json::page::Page;
use crate::places::Place;
use crate::table::RowSink;

/// How far the parts of a list have settled.
#[derive(Default)]
pub(super) struct Reached {
    /// Where they end.
    pub place: Option<Place>,
    /// They do not rise, so that no place tells what is before it.
    is_unordered: bool,
}

/// Finds the first page to go on with, and takes it in. Without one the list is read from its
/// beginning.
///
/// # Errors
/// What `fetch` fails with, unless smaller requests may do.
pub async fn go_on<T, F, A>(
    list: &ListContext<'_>,
    pages: &Pages<T>,
    place: Place,
    fetch: F,
) -> Result<(), Error>
where
    T: RowSink,
    F: Fn(PageRequest) -> A,
    A: Future<Output = Result<Answer<Page<T>>, Error>> + Send,
{
    let limit = pages.first().limit;
    let mut back = u64::from(Paging::overlap(limit));
    while back < place.rows {
        let request = pages.lock().pager.ask_from(place.rows - back);
        match fetch(request.clone()).await {
            Ok(answer) if begins_before(&answer.value, place) => {
                list.take_in(pages, &request, answer);
                return Ok(());
            }
            Ok(_) => {}
            Err(error) if is_too_slow(&error) => {}
            Err(error) => return Err(error),
        }
        back = (2 * back).max(limit.into());
    }
    pages.lock().pager.parts.clear();
    Ok(())
}

fn begins_before<T>(page: &Page<T>, place: Place) -> bool {
    page.keys.bounds().is_some_and(|(first, _)| first < place.last)
}

impl<T> Pager<T> {
    /// The request for a page with a row, as the first one of the list.
    fn ask_from(&mut self, row: u64) -> PageRequest {
        self.parts.clear();
        let range = self.paging.from(row, self.limit);
        let part = self.new_part(range);
        self.parts.push(part);
        self.request(0, Purpose::Whole, Duration::ZERO)
    }

    /// Remembers the place of a part that has settled, as long as the list rises.
    pub(super) fn keep_place(&mut self, index: usize) {
        let (part, reached) = (&self.parts[index], &mut self.reached);
        let before = reached.place.map_or(i64::MIN, |place| place.last);
        match part.keys.bounds() {
            Some((_, last)) if !reached.is_unordered && before <= last => {
                reached.place = Some(Place { rows: part.end, last });
            }
            _ => *reached = Reached { place: None, is_unordered: true },
        }
    }
}
