//! Work on threads of its own, which another thread polls.
//!
//! Each job has its own runtime. One that was made before a `fork()` (mclapply)
//! would hang in the child, so nothing of a job outlives it. The runtime of the
//! connections does; a child makes a new one (`connections`).

use std::future::Future;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use crate::error::Error;
use crate::progress::Progress;
use crate::sync::lock;

/// CRAN allows two cores; I/O needs no more.
const THREADS: usize = 2;

/// Running or finished work that gives a `T`.
pub struct Job<T> {
    runtime: Option<Runtime>,
    /// The process that it runs in.
    process: u32,
    slot: Arc<Slot<T>>,
    /// Counters, to be read while it runs.
    pub progress: Arc<Progress>,
}

/// Where the result is put.
struct Slot<T> {
    result: Mutex<Option<Result<T, Error>>>,
    filled: Condvar,
}

impl<T> Slot<T> {
    fn lock(&self) -> MutexGuard<'_, Option<Result<T, Error>>> {
        lock(&self.result)
    }
}

impl<T: Send + 'static> Job<T> {
    /// Starts `work`, which counts in `progress`.
    ///
    /// # Errors
    /// [`Error::System`] when there are no threads to be had.
    pub fn start<F>(progress: Arc<Progress>, work: F) -> Result<Self, Error>
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let runtime = Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name("amocrm")
            .enable_all()
            .build()
            .map_err(|error| Error::System(format!("can't start threads: {error}")))?;
        let slot = Arc::new(Slot { result: Mutex::new(None), filled: Condvar::new() });
        let filled = Arc::clone(&slot);
        let task = runtime.spawn(work);
        runtime.spawn(async move {
            let result = task.await.unwrap_or_else(|_| {
                Err(Error::System("an internal error stopped the work".to_owned()))
            });
            *filled.lock() = Some(result);
            filled.filled.notify_all();
        });
        Ok(Job { runtime: Some(runtime), process: std::process::id(), slot, progress })
    }

    /// Waits for the end, `patience` at most; whether it has come.
    pub fn is_done(&self, patience: Duration) -> bool {
        let waited = self
            .slot
            .filled
            .wait_timeout_while(self.slot.lock(), patience, |result| result.is_none());
        waited.map_or_else(
            |poisoned| poisoned.into_inner().0.is_some(),
            |(result, _)| result.is_some(),
        )
    }

    /// The result, once; ends the job's threads.
    pub fn take(&mut self) -> Option<Result<T, Error>> {
        self.cancel();
        self.slot.lock().take()
    }
}

impl<T> Job<T> {
    /// Stops the work without waiting for its threads to end. Waits only for
    /// critical work.
    pub fn cancel(&mut self) {
        let Some(runtime) = self.runtime.take() else { return };
        if self.process == std::process::id() {
            runtime.shutdown_background();
            self.progress.critical.close();
        } else {
            // A fork has a copy of this, but not the threads.
            std::mem::forget(runtime);
        }
    }
}

impl<T> Drop for Job<T> {
    fn drop(&mut self) {
        self.cancel();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::Job;
    use crate::error::Error;
    use std::future::pending;
    use std::sync::Arc;
    use std::time::Duration;

    #[test]
    fn a_finished_job_gives_its_result_once() {
        let mut job = Job::start(Arc::default(), async { Ok(7) }).unwrap();
        assert!(job.is_done(Duration::from_secs(60)));
        assert_eq!(job.take(), Some(Ok(7)));
        assert_eq!(job.take(), None);
    }

    #[test]
    fn a_cancelled_job_gives_nothing() {
        let mut job: Job<()> = Job::start(Arc::default(), pending()).unwrap();
        assert!(!job.is_done(Duration::ZERO));
        job.cancel();
        assert_eq!(job.take(), None);
    }

    #[test]
    fn a_panic_inside_is_an_error_outside() {
        let mut job: Job<()> = Job::start(Arc::default(), async { panic!("boom") }).unwrap();
        assert!(job.is_done(Duration::from_secs(60)));
        assert!(matches!(job.take(), Some(Err(Error::System(_)))));
    }
}
