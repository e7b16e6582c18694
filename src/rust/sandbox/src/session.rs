//! Login sessions: cookies that work for a while.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::data::random;
use crate::sync::lock;

/// The sessions that logins have opened.
pub struct Sessions {
    life: Duration,
    opened: Mutex<HashMap<String, Instant>>,
}

impl Sessions {
    /// Sessions that end `life` after their login. Use does not prolong them.
    pub fn new(life: Duration) -> Self {
        Self { life, opened: Mutex::default() }
    }

    /// Opens a session and gives the value of its cookie.
    pub fn open(&self) -> String {
        let id = random::secret();
        let mut opened = lock(&self.opened);
        opened.retain(|_, since| since.elapsed() < self.life);
        opened.insert(id.clone(), Instant::now());
        id
    }

    /// Whether `id` was given out, is still alive and was not revoked.
    pub fn is_open(&self, id: &str) -> bool {
        lock(&self.opened).get(id).is_some_and(|since| since.elapsed() < self.life)
    }

    /// Ends every session.
    pub fn expire_all(&self) {
        lock(&self.opened).clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_open_until_all_expire() {
        let sessions = Sessions::new(Duration::from_secs(900));
        let id = sessions.open();
        assert!(sessions.is_open(&id));
        assert!(!sessions.is_open("made up"));
        sessions.expire_all();
        assert!(!sessions.is_open(&id));
    }

    #[test]
    fn a_session_without_life_is_over_at_once() {
        let sessions = Sessions::new(Duration::ZERO);
        assert!(!sessions.is_open(&sessions.open()));
    }
}
