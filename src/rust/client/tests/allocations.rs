//! Rows cost no allocations of their own: only columns do, as they grow.
//! Counted rather than timed, so that it holds on any computer. One test
//! alone, since others at the same time would count, too.
#![allow(clippy::unwrap_used)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering};

use amocrm_client::endpoints::notes::v2::read_notes;

struct Counting;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

// SAFETY: all is done by the system's allocator. What `GlobalAlloc` does by
// itself for growing calls `alloc`, so that it counts.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// Notes of three shapes in turn, with texts of their own.
fn page(rows: u32) -> String {
    let mut page = r#"{"_embedded":{"items":["#.to_owned();
    for row in 0..rows {
        let comma = if row == 0 { "" } else { "," };
        let params = match row % 3 {
            0 => format!(r#"{{"PHONE":"+7{row}","DURATION":{row},"SRC":"\u0430\u0442\u0441"}}"#),
            1 => format!(r#"{{"STATUS_OLD":{row},"STATUS_NEW":142,"LOSS_REASON_ID":[1,2]}}"#),
            _ => "[]".to_owned(),
        };
        let _ = write!(
            page,
            r#"{comma}{{"id":{row},"created_at":1600000000,"text":"note {row}","params":{params},
            "_links":{{"self":{{"href":"/api/v2/notes?id={row}","method":"get"}}}}}}"#
        );
    }
    page + "]}}"
}

fn allocations(page: &str) -> usize {
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    let read = read_notes(Some(page.as_bytes())).unwrap();
    let made = ALLOCATIONS.load(Ordering::Relaxed) - before;
    drop(read);
    made
}

#[test]
fn twice_the_rows_take_hardly_more_allocations() {
    let (half, whole) = (allocations(&page(2000)), allocations(&page(4000)));
    // Each of a dozen columns has five buffers that grow once more.
    assert!(whole - half < 100, "{half} for 2000 rows, {whole} for 4000");
}
