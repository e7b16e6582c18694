//! What is made when it is first asked for.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, OnceLock};

use crate::data::Account;

/// Something that is made of the account when it is first looked at or changed.
pub struct Lazy<T> {
    value: OnceLock<T>,
    make: Box<dyn Fn() -> T + Send + Sync>,
}

impl<T> Lazy<T> {
    /// What this function makes.
    pub fn new(
        account: &Arc<Account>,
        make: impl Fn(&Account) -> T + Send + Sync + 'static,
    ) -> Self {
        let account = Arc::clone(account);
        Self { value: OnceLock::new(), make: Box::new(move || make(&account)) }
    }
}

impl<T> Deref for Lazy<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.value.get_or_init(&self.make)
    }
}

impl<T> DerefMut for Lazy<T> {
    #[allow(clippy::expect_used, reason = "the line before makes it")]
    fn deref_mut(&mut self) -> &mut T {
        self.value.get_or_init(&self.make);
        self.value.get_mut().expect("a value")
    }
}
