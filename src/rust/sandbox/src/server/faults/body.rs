//! Bodies that do not come as they should.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_LENGTH;
use axum::http::response::Parts;
use axum::response::Response;
use hyper::body::Frame;
use tokio::time::{Sleep, sleep};

/// The same reply with a body that stops half way.
pub async fn cut(response: Response) -> Response {
    let (parts, whole) = announced(response).await;
    let half = whole.slice(..whole.len() / 2);
    Response::from_parts(parts, Body::new(CutBody::Half(half)))
}

/// The same reply, a byte at a time with a pause before each.
pub async fn drip(response: Response, pause: Duration) -> Response {
    let (parts, rest) = announced(response).await;
    let body = DrippingBody { rest, pause, timer: Box::pin(sleep(pause)) };
    Response::from_parts(parts, Body::new(body))
}

/// The same reply with one text for another in its body.
pub async fn replace(response: Response, text: &str, by: &str) -> Response {
    let (mut parts, whole) = announced(response).await;
    let body = String::from_utf8_lossy(&whole).replace(text, by);
    parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    Response::from_parts(parts, Body::from(body))
}

/// The head of a reply, which says how long its body is, and the body.
async fn announced(response: Response) -> (Parts, Bytes) {
    let (mut parts, body) = response.into_parts();
    let whole = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(whole.len()));
    (parts, whole)
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

/// A body that takes its time.
struct DrippingBody {
    rest: Bytes,
    pause: Duration,
    timer: Pin<Box<Sleep>>,
}

impl hyper::body::Body for DrippingBody {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        std::task::ready!(self.timer.as_mut().poll(context));
        let pause = self.pause;
        self.timer.set(sleep(pause));
        let byte = self.rest.split_to(1);
        Poll::Ready(Some(Ok(Frame::data(byte))))
    }
}
