//! What goes wrong, and for which request.

use std::ops::Range;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use hyper::body::Frame;

use crate::query;
use crate::reply;

/// A rule that spoils some of the replies.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Matches requests whose path and query, as sent or with percent signs
    /// decoded, contain this text: `/api/v2/notes`, or `limit_offset=500` for
    /// one page, or `filter[id]`.
    pub path: String,
    /// Which of the matching requests are meant, counted from 0.
    pub nth: Range<u64>,
    /// What happens to them.
    pub action: Action,
}

/// What happens to a request that a [`Fault`] picks.
#[derive(Clone, Debug)]
pub enum Action {
    /// This status, these headers and this body.
    Status(u16, Vec<(String, String)>, String),
    /// 204, as if there were no rows.
    EmptyPage,
    /// Only the first rows of the page, at most so many. With 0 it is a page
    /// with an empty list, which the real service does not send.
    ShortPage(u64),
    /// Status 200 with this body.
    Body(String),
    /// The whole reply is announced, half of it sent, the connection closed.
    /// A reply without a body, such as a 204, comes as it is.
    CutBody,
    /// The connection is closed without a reply.
    Close,
    /// The reply comes so much later. Adds up with other faults.
    Delay(Duration),
    /// Every session and every access token of OAuth ends, and the reply says
    /// so: 401, as the API that was asked spells it.
    ExpireSession,
    /// 302 to this place.
    Redirect(String),
    /// From now on, this reply included, the lists lack so many of their first
    /// rows, as when somebody deletes them: the others move to earlier pages.
    /// Of each kind of note, and of each other list, the same number goes,
    /// counted as API v2 lists them; v4 has neither these rows nor the events
    /// of these notes any more.
    RemoveRows(u64),
    /// From now on, this reply included, so many rows stand before the first
    /// of every list: the others move to later pages. The account has these
    /// rows from the beginning and holds them back until then.
    InsertRows(u64),
}

/// What the faults have in store for one request.
#[derive(Debug, Default)]
pub struct Plan {
    /// Time to let pass before the reply.
    pub delay: Duration,
    /// The first action that applies, delays aside.
    pub action: Option<Action>,
}

/// A mark on a request: serve only the first rows of the page.
#[derive(Clone, Copy)]
pub struct RowCap(pub u64);

/// All rules, with a count of the requests each has matched.
pub struct Faults(Vec<(Fault, AtomicU64)>);

impl Faults {
    /// Rules in order of precedence.
    pub fn new(faults: Vec<Fault>) -> Self {
        Self(faults.into_iter().map(|fault| (fault, AtomicU64::new(0))).collect())
    }

    /// Counts a request for `target` (path and query) and plans its reply.
    pub fn plan(&self, target: &str) -> Plan {
        let decoded = query::decoded(target);
        let mut plan = Plan::default();
        for (fault, seen) in &self.0 {
            if !target.contains(&fault.path) && !decoded.contains(&fault.path) {
                continue;
            }
            let number = seen.fetch_add(1, Ordering::Relaxed);
            if fault.nth.contains(&number) {
                plan.add(&fault.action);
            }
        }
        plan
    }
}

impl Plan {
    fn add(&mut self, action: &Action) {
        match action {
            Action::Delay(time) => self.delay += *time,
            other if self.action.is_none() => self.action = Some(other.clone()),
            _ => {}
        }
    }
}

/// The reply that [`Action::Status`] asks for; 500 if HTTP can't say it.
pub fn status(code: u16, headers: &[(String, String)], body: String) -> Response {
    let mut builder = Response::builder().status(code);
    for (name, value) in headers {
        builder = builder.header(name, value);
    }
    builder
        .body(Body::from(body))
        .unwrap_or_else(|_| reply::empty(StatusCode::INTERNAL_SERVER_ERROR))
}

/// The same reply with a body that stops half way.
pub async fn cut(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let whole = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(whole.len()));
    let half = whole.slice(..whole.len() / 2);
    Response::from_parts(parts, Body::new(CutBody::Half(half)))
}

/// A body that sends what it has and then fails.
enum CutBody {
    Half(Bytes),
    Pause,
    Failed,
}

impl hyper::body::Body for CutBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match std::mem::replace(&mut *self, Self::Failed) {
            Self::Half(bytes) => {
                *self = Self::Pause;
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            // The server sends what it holds while it waits for more. Failing
            // at once would throw the first half away.
            Self::Pause => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Self::Failed => Poll::Ready(Some(Err(std::io::ErrorKind::ConnectionAborted.into()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(path: &str, nth: Range<u64>, action: Action) -> Fault {
        Fault { path: path.to_owned(), nth, action }
    }

    #[test]
    fn only_the_chosen_ones_of_the_matching_requests_are_spoilt() {
        let faults = Faults::new(vec![fault("type=lead", 1..2, Action::EmptyPage)]);
        let spoilt = |target| faults.plan(target).action.is_some();
        assert!(!spoilt("/api/v2/notes?type=contact"));
        assert!(!spoilt("/api/v2/notes?type=lead"));
        assert!(spoilt("/api/v2/notes?type=lead"));
        assert!(!spoilt("/api/v2/notes?type=lead"));
    }

    #[test]
    fn brackets_match_however_they_were_sent() {
        for path in ["filter[id]", "filter%5Bid%5D"] {
            let faults = Faults::new(vec![fault(path, 0..9, Action::EmptyPage)]);
            assert!(faults.plan("/api/v4/leads/notes?filter%5Bid%5D=1").action.is_some());
        }
    }

    #[test]
    fn delays_add_up_and_the_first_other_action_wins() {
        let second = Duration::from_secs(1);
        let faults = Faults::new(vec![
            fault("/a", 0..9, Action::Delay(second)),
            fault("/a", 0..9, Action::Close),
            fault("/a", 0..9, Action::EmptyPage),
            fault("/a", 0..9, Action::Delay(second)),
        ]);
        let plan = faults.plan("/a");
        assert_eq!(plan.delay, 2 * second);
        assert!(matches!(plan.action, Some(Action::Close)));
    }

    #[test]
    fn a_status_that_http_does_not_know_is_500() {
        assert_eq!(status(9999, &[], String::new()).status(), 500);
    }
}
