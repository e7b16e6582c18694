//! One list, from its first page to its end: what to ask for ([`pager`],
//! [`next_request`]), whether pages fit together ([`overlap`], [`drift`]), how much
//! of it is wanted ([`until`]), where to go on with it ([`resume`]), and the loop that reads
//! it ([`fetch_all`]). Or, of a list, the records with some ids ([`ids`]).
//!
//! It is told how to fetch a page, and knows nothing of what rows are made of.
//!
//! May use: `table` (`RowSink`), `json` (`Page`), `account`, `http`, and the
//! files that `lib.rs` lists first.

mod answers;
mod chain;
mod drift;
mod fetch_all;
mod ids;
mod next_request;
mod overlap;
mod page_request;
mod pager;
mod part;
mod range;
mod resume;
pub mod short_lists;
#[cfg(test)]
mod tests;
mod until;

pub use fetch_all::{ListContext, Pages, is_too_slow, join_lists, read_list};
pub use ids::read_ids;
pub use page_request::PageRequest;
pub use pager::Emptiness;
pub use range::{PageRange, Paging};
pub use resume::go_on;
