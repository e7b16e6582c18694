//! Accounts without customers.

use crate::error::Error;
use crate::paging::Pages;
use crate::table::{RowSink, SeenKeys};

/// Whether a list of customers ended in such an error before any row came.
pub fn are_missing_in<'p, T: RowSink + 'p>(
    error: &Error,
    lists: impl IntoIterator<Item = &'p Pages<T>>,
) -> bool {
    let mut rows = SeenKeys::default();
    lists.into_iter().for_each(|list| list.keys_into(&mut rows));
    are_missing(error) && rows.is_empty()
}

/// Whether an error says that the account has no customers: they are switched
/// off, not in its tariff, or it is on Kommo (docs/api-v2.md, Accounts without
/// customers; docs/api-v4.md, Customers' modules and statuses).
fn are_missing(error: &Error) -> bool {
    let Some(at) = error.at() else { return false };
    let of_customers =
        at.endpoint.contains("/customers") || at.endpoint.ends_with("/v2/transactions");
    of_customers && matches!(at.status, Some(402 | 404 | 426))
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
