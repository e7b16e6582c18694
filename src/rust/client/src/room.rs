//! Room for cells to come: the vectors of a page's columns are many and small,
//! and growing them costs more than filling them.

/// So many items are room for most columns of a page.
const FIRST: usize = 16;
/// As many items as the largest page has rows; beyond, vectors double.
const MANY: usize = 512;

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
        items.reserve_exact(FIRST.max(items.len() * 3));
    }
}
