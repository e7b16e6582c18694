//! When a request leaves: at once over a connection that is open already, else
//! when one has been opened for it.
//!
//! reqwest does not say which of the two it does. But it opens a connection within
//! the task of the request, so the task tells for which request it is.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::http::rate_limiter::Slot;

tokio::task_local! {
    static SENT: Arc<Departure>;
}

struct Departure {
    slot: Arc<Slot>,
    opens: AtomicBool,
}

/// Runs `sending`, and tells `slot` when the request leaves.
pub async fn noted<F: Future>(slot: Arc<Slot>, sending: F) -> F::Output {
    let departure = Arc::new(Departure { slot, opens: AtomicBool::new(false) });
    let mut sending = pin!(sending);
    let noting = poll_fn(|context| {
        let polled = sending.as_mut().poll(context);
        SENT.with(|departure| {
            if !departure.opens.load(Ordering::Relaxed) {
                departure.slot.record();
            }
        });
        polled
    });
    SENT.scope(departure, noting).await
}

/// Runs `opening`, which opens a connection. Then the request leaves for which it was
/// opened.
pub fn opening<F: Future>(opening: F) -> impl Future<Output = F::Output> {
    let departure = SENT.try_with(Arc::clone).ok();
    if let Some(departure) = &departure {
        departure.opens.store(true, Ordering::Relaxed);
        departure.slot.opens();
    }
    let mut opening = Box::pin(opening);
    poll_fn(move |context| {
        let polled = opening.as_mut().poll(context);
        // The request took a connection that became free. The new one is opened by
        // another task.
        let is_left_behind = SENT.try_with(|_| ()).is_err();
        if let Some(departure) = departure.as_ref().filter(|_| polled.is_ready() || is_left_behind)
        {
            departure.slot.record();
        }
        polled
    })
}

#[cfg(test)]
mod tests {
    use super::{noted, opening};
    use crate::http::rate_limiter::RateLimiter;
    use futures_util::FutureExt;
    use std::future::pending;
    use std::sync::Arc;
    use tokio::sync::oneshot;

    /// Whether it would be known when the next request may start.
    fn is_known(limiter: &RateLimiter) -> bool {
        limiter.next_start().is_some()
    }

    #[tokio::test]
    async fn over_an_open_connection_a_request_leaves_at_once() {
        let limiter = Arc::new(RateLimiter::new(1.0));
        let slot = Arc::new(limiter.acquire("/").await);
        assert!(!is_known(&limiter));
        assert!(noted(Arc::clone(&slot), pending::<()>()).now_or_never().is_none());
        assert!(is_known(&limiter));
    }

    #[tokio::test]
    async fn a_request_leaves_when_its_connection_is_open() {
        let limiter = Arc::new(RateLimiter::new(1.0));
        let slot = Arc::new(limiter.acquire("/").await);
        let (open, opened) = oneshot::channel::<()>();
        let sending = async {
            let _ = opening(opened).await;
            pending::<()>().await;
        };
        let mut sent = Box::pin(noted(Arc::clone(&slot), sending));
        assert!((&mut sent).now_or_never().is_none());
        assert!(!is_known(&limiter));
        assert!(open.send(()).is_ok());
        assert!((&mut sent).now_or_never().is_none());
        assert!(is_known(&limiter));
    }

    #[tokio::test]
    async fn a_request_that_another_connection_became_free_for_has_left() {
        let limiter = Arc::new(RateLimiter::new(1.0));
        let slot = Arc::new(limiter.acquire("/").await);
        let (hand_over, handed_over) = oneshot::channel();
        let sending = async {
            let mut opening = Box::pin(opening(pending::<()>()));
            assert!((&mut opening).now_or_never().is_none());
            assert!(hand_over.send(opening).is_ok());
            pending::<()>().await;
        };
        let mut sent = Box::pin(noted(Arc::clone(&slot), sending));
        assert!((&mut sent).now_or_never().is_none());
        assert!(!is_known(&limiter));
        assert!(handed_over.await.is_ok_and(|opening| opening.now_or_never().is_none()));
        assert!(is_known(&limiter));
    }
}
