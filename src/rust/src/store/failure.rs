//! What can go wrong with a copy, as the package's errors.

use amocrm_client::error::Error;
use amocrm_store as folder;

pub type Outcome<T> = std::result::Result<T, Error>;

/// What the folder refuses.
pub fn failed(error: &folder::Error) -> Error {
    Error::System(format!("can't use the copy: {error}"))
}

/// The error for columns that no table has: a defect of the package. It is no input
/// error, after which a run would go on with the next table.
pub fn misfit() -> Error {
    Error::System("rows of the copy are of unexpected types".to_owned())
}
