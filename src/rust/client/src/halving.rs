//! A page that the server is too slow to serve, asked for in halves.

use futures_util::future::{BoxFuture, FutureExt};

use crate::error::Error;
use crate::page::Page;
use crate::protocol::Slice;
use crate::transport::Answer;

/// A part of a list that is smaller than this is not halved any more.
const SMALLEST: u32 = 20;

/// The two halves of a slice, when it has any: an even number of rows, so that
/// both are pages of API v4, too.
pub fn halves(slice: Slice) -> Option<(Slice, Slice)> {
    if slice.limit < SMALLEST || slice.limit % 2 == 1 {
        return None;
    }
    let limit = slice.limit / 2;
    let second = Slice { offset: slice.offset + u64::from(limit), limit };
    Some((Slice { offset: slice.offset, limit }, second))
}

/// Fetches a slice; when the server is too slow, its halves one after the
/// other, and so on.
///
/// # Errors
/// What `fetch` fails with.
pub fn fetch_halving<'f, F>(
    slice: Slice,
    fetch: &'f F,
) -> BoxFuture<'f, Result<Answer<Page>, Error>>
where
    F: Fn(Slice) -> BoxFuture<'f, Result<Answer<Page>, Error>> + Send + Sync,
{
    async move {
        let error = match fetch(slice).await {
            Err(error) if is_too_slow(&error) => error,
            result => return result,
        };
        let Some((first, second)) = halves(slice) else { return Err(error) };
        let mut answer = fetch_halving(first, fetch).await?;
        let rest = fetch_halving(second, fetch).await?;
        answer.value.join(rest.value);
        Ok(answer)
    }
    .boxed()
}

fn is_too_slow(error: &Error) -> bool {
    match error {
        Error::Timeout { .. } => true,
        Error::Http { at, .. } => at.status == Some(504),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::halves;
    use crate::protocol::Slice;

    #[test]
    fn halves_cover_the_slice_and_are_pages_of_their_size() {
        let (first, second) = halves(Slice { offset: 500, limit: 250 }).unwrap_or_default();
        assert_eq!(first, Slice { offset: 500, limit: 125 });
        assert_eq!(second, Slice { offset: 625, limit: 125 });
        assert_eq!(second.offset % u64::from(second.limit), 0);
    }

    #[test]
    fn odd_and_small_slices_stay_whole() {
        assert_eq!(halves(Slice { offset: 0, limit: 125 }), None);
        assert_eq!(halves(Slice { offset: 0, limit: 18 }), None);
    }
}
