//! How vectors of cells grow. A page has many small ones, and to grow them costs
//! more than to fill them.

/// First capacity: enough for most columns of a page.
const FIRST: usize = 32;
/// Second capacity: the rows of the largest page. Beyond it vectors double.
pub const MANY: usize = 512;

/// Adds an item to a vector that is small at first but may become large.
#[inline]
pub fn push<T>(items: &mut Vec<T>, item: T) {
    if items.len() == items.capacity() {
        make_room(items);
    }
    items.push(item);
}

#[cold]
#[inline(never)]
fn make_room<T>(items: &mut Vec<T>) {
    if items.len() < MANY {
        let room = if items.is_empty() { FIRST } else { MANY };
        items.reserve_exact(room - items.len());
    }
}

/// First capacity for strings: enough for most columns of a page.
const FIRST_BYTES: usize = 64;

/// The bytes that most pages have in a column. Up to there capacity is
/// quadrupled, beyond it doubles.
const MANY_BYTES: usize = 1 << 16;

/// Reserves capacity for a string that will be appended.
#[inline]
pub fn make_for_bytes(bytes: &mut String, more: usize) {
    let capacity = bytes.capacity();
    if bytes.len() + more > capacity && capacity < MANY_BYTES {
        bytes.reserve(FIRST_BYTES.max(3 * capacity).max(more));
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_vector_grows_in_few_steps() {
        let (mut items, mut steps) = (Vec::new(), Vec::new());
        for item in 0..2000 {
            super::push(&mut items, item);
            if steps.last() != Some(&items.capacity()) {
                steps.push(items.capacity());
            }
        }
        assert_eq!(steps, [32, 512, 1024, 2048]);
        assert!(items.iter().copied().eq(0..2000));
    }
}
