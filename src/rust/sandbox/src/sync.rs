//! Locks.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// The guarded value. A panic elsewhere leaves our maps and lists whole, so a
/// poisoned lock is as good as any.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
