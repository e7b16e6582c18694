//! Accounts without customers.

use crate::endpoints::paged_list::{PagedList, has_no_rows};
use crate::error::Error;
use crate::table::RowSink;

/// Whether a list of customers ended in such an error before any row came.
pub fn are_missing_in<'l, T: RowSink + 'l>(
    error: &Error,
    lists: impl IntoIterator<Item = &'l PagedList<T>>,
) -> bool {
    are_missing(error) && has_no_rows(lists)
}

/// Whether an error says that the account has no customers: they are switched
/// off, not in its tariff, or it is on Kommo (docs/api-v2.md, Accounts without
/// customers; docs/api-v4.md, Customers' modules and statuses). Their statuses and
/// segments may be missing alone.
pub fn are_missing(error: &Error) -> bool {
    let Some(at) = error.at() else { return false };
    let ends_with = |path| at.endpoint.ends_with(path);
    let of_customers = at.endpoint.contains("/customers") || ends_with("/v2/transactions");
    let is_mode = ends_with("/customers/statuses") || ends_with("/customers/segments");
    match at.status {
        Some(402 | 404 | 426) => of_customers,
        Some(422) => is_mode,
        _ => false,
    }
}

/// Whether an error of other lists says so: customers are then what a filter does not
/// know.
pub fn is_unknown_filter(error: &Error) -> bool {
    matches!(error.at().and_then(|at| at.status), Some(400 | 402 | 404))
}

#[cfg(test)]
mod tests {
    use super::are_missing;
    use crate::error::{At, Error};

    #[test]
    fn only_a_refusal_of_customers_says_that_there_are_none() {
        for (endpoint, status, expected) in [
            ("GET /api/v4/customers", 402, true),
            ("GET /api/v4/customers/transactions", 404, true),
            ("GET /api/v2/customers", 426, true),
            ("GET /api/v2/transactions", 426, true),
            ("GET /api/v4/customers", 403, false),
            ("GET /api/v4/customers/statuses", 422, true),
            ("GET /api/v4/customers/segments", 422, true),
            ("GET /api/v4/customers", 422, false),
            ("GET /api/v4/account", 402, false),
            ("GET /api/v4/leads", 404, false),
        ] {
            let at = At { endpoint: endpoint.to_owned(), status: Some(status), ..At::default() };
            let error = Error::Http { detail: String::new(), at: Box::new(at) };
            assert_eq!(are_missing(&error), expected, "{endpoint} {status}");
        }
        assert!(!are_missing(&Error::System(String::new())));
    }
}
