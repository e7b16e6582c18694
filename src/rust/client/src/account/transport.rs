//! Sends a request as the account's user until it has an answer: authorized, and
//! repeated as long as that can help. Else there is an [`Error`].

use std::sync::Arc;
use std::time::Duration;

use crate::account::{Account, session};
use crate::bad_body::BadBody;
use crate::error::Error;
use crate::http::attempts::Attempts;
use crate::http::{Http, Request};

/// Sends requests to an account as its user.
pub struct Transport {
    /// The exchange with the server.
    pub http: Http,
    /// The account and its session.
    pub account: Arc<Account>,
}

/// What a request asked for.
pub struct Answer<T> {
    /// The parsed body.
    pub value: T,
    /// How long the server took.
    pub elapsed: Duration,
}

impl Transport {
    /// GETs `request` and parses the body of a 200; `parse` gets None for a
    /// 204. `what` names the request in messages, such as `lead notes from
    /// row 500`.
    ///
    /// # Errors
    /// Every kind but `Input` and `Incomplete`.
    pub async fn get<T>(
        &self,
        request: &Request,
        what: &str,
        parse: impl Fn(Option<&[u8]>) -> Result<T, BadBody>,
    ) -> Result<Answer<T>, Error> {
        let mut attempts = Attempts::new(request);
        let mut renewed = false;
        loop {
            let authorization = session::ensure(&self.http, &self.account).await?;
            let reply = match self.http.send(request, |builder| authorization.sign(builder)).await {
                Ok(reply) => reply,
                Err(no_reply) => {
                    attempts.after_no_reply(&self.http, no_reply).await?;
                    continue;
                }
            };
            match reply.status {
                status if status == 200 || request.is_answered_by_nothing(status) => {
                    let body = (reply.status == 200).then_some(reply.body.as_slice());
                    match parse(body) {
                        Ok(value) => {
                            return Ok(Answer { value, elapsed: reply.elapsed });
                        }
                        Err(bad) => {
                            attempts.after_bad_body(&self.http, &reply, what, bad).await?;
                        }
                    }
                }
                401 if !renewed
                    && session::renew(&self.http, &self.account, &authorization).await? =>
                {
                    renewed = true;
                }
                _ => attempts.after_refusal(&self.http, &reply).await?,
            }
        }
    }
}
