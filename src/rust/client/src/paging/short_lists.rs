//! Many lists that are parts of one, such as those of single customers. If the whole list
//! takes fewer requests than its parts, it is read instead.
//!
//! No API tells how long a list is, but one request does tell whether it reaches
//! beyond a row.

use crate::account::transport::Answer;
use crate::error::Error;
use crate::json::page::Page;
use crate::paging::{PageRange, Paging, is_too_slow};

/// Up to so many parts are always read one by one.
const FEW: u64 = 3;

/// A range of the whole list that is empty if the list is cheaper to read than so many
/// `parts`. None if that is not worth a request.
pub fn beyond(parts: usize, paging: Paging, limit: u32) -> Option<PageRange> {
    let parts = parts as u64;
    if parts <= FEW {
        return None;
    }
    // A part takes its page and another look at its end.
    let requests = 2 * parts;
    // Numbered pages begin at multiples of their length only.
    let size = if paging.tells_next() { limit } else { 1 };
    // This request and the one for the end of the whole list are two.
    Some(PageRange { offset: (requests - 2) * u64::from(limit), limit: size })
}

/// Whether the range is empty. If that is wrong, because the server lags, it costs time
/// but no rows.
///
/// # Errors
/// That of the answer. A server that is too slow for it has a long list.
pub fn is_empty<T>(answer: Result<Answer<Page<T>>, Error>) -> Result<bool, Error> {
    match answer {
        Ok(answer) => Ok(answer.value.records == 0),
        Err(error) if is_too_slow(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::{beyond, is_empty};
    use crate::error::{At, Error};
    use crate::paging::{PageRange, Paging};

    #[test]
    fn the_question_is_whether_the_list_has_as_many_pages_as_its_parts_take_requests() {
        for parts in 0..4 {
            assert_eq!(beyond(parts, Paging::Offset, 500), None);
        }
        let range = |offset, limit| Some(PageRange { offset, limit });
        assert_eq!(beyond(4, Paging::Offset, 500), range(3000, 1));
        assert_eq!(beyond(108, Paging::Offset, 500), range(107_000, 1));
        assert_eq!(beyond(108, Paging::Numbered, 250), range(53_500, 250));
    }

    #[test]
    fn a_server_too_slow_to_tell_has_a_long_list_and_one_that_refuses_ends_the_call() {
        let at = |status| Box::new(At { status: Some(status), ..At::default() });
        let slow = Error::Http { detail: String::new(), at: at(504) };
        assert_eq!(is_empty::<()>(Err(slow)), Ok(false));
        let blocked = Error::Blocked { detail: String::new(), at: at(403) };
        assert_eq!(is_empty::<()>(Err(blocked.clone())), Err(blocked));
    }
}
