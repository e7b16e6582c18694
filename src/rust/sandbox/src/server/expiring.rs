//! What works for a while: the cookies of sessions and access tokens.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::sync::lock;

/// Secrets that were given out, each with the time of that.
pub struct Expiring {
    life: Duration,
    issued: Mutex<HashMap<String, Instant>>,
}

impl Expiring {
    /// Secrets that end so long after they were given out. Use does not
    /// prolong them.
    pub fn new(life_seconds: u64) -> Self {
        Self { life: Duration::from_secs(life_seconds), issued: Mutex::default() }
    }

    /// How long they work.
    pub fn life_seconds(&self) -> u64 {
        self.life.as_secs()
    }

    /// Lets in whoever has this secret.
    pub fn issue(&self, secret: &str) {
        let mut issued = lock(&self.issued);
        issued.retain(|_, since| since.elapsed() < self.life);
        issued.insert(secret.to_owned(), Instant::now());
    }

    /// Whether it was given out, is still alive and was not revoked.
    pub fn admits(&self, secret: &str) -> bool {
        lock(&self.issued).get(secret).is_some_and(|since| since.elapsed() < self.life)
    }

    /// Ends all of them.
    pub fn expire_all(&self) {
        lock(&self.issued).clear();
    }
}
