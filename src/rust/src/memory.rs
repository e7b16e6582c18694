//! Memory that nothing uses any more.

/// Gives it back to the system. It lies in heaps of threads that have ended,
/// where R can't use it.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub fn give_back() {
    extern "C" {
        fn malloc_trim(keep: usize) -> std::ffi::c_int;
    }
    // SAFETY: glibc allows it at any time, from any thread.
    unsafe { malloc_trim(0) };
}

/// Other systems do so themselves, or can't be asked to.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn give_back() {}
