//! Locks.

use std::sync::{LockResult, Mutex, MutexGuard, PoisonError};

/// The guarded value. A panic elsewhere leaves our maps and lists whole, so a
/// poisoned lock is as good as any.
pub fn unpoisoned<G>(guard: LockResult<G>) -> G {
    guard.unwrap_or_else(PoisonError::into_inner)
}

/// The value that a mutex guards.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    unpoisoned(mutex.lock())
}
