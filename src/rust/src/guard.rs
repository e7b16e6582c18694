//! The last line before R: whatever happens, R gets a list.

use std::panic::{AssertUnwindSafe, catch_unwind};

use amocrm_client::error::Error;
use extendr_api::prelude::*;

use crate::error::error_list;

/// Runs `work`; a failure, or a panic, becomes `list(error = ...)`.
pub fn guarded(work: impl FnOnce() -> std::result::Result<List, Error>) -> List {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(list)) => list,
        Ok(Err(error)) => list!(error = error_list(&error)),
        // The panic's own text may hold anything, so it is not passed on.
        Err(_) => {
            let error = Error::System("an internal error in the amocrm library".to_owned());
            list!(error = error_list(&error))
        }
    }
}
