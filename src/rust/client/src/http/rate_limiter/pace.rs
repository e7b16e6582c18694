//! The window, and what a 429 leads to.

use std::time::{Duration, Instant};

use super::window::Window;

/// By how much the time between requests grows after a 429.
const CAUTION: f64 = 0.07;

/// The most that it grows, after several.
const MOST_CAUTION: f64 = 0.28;

/// How long it takes to return to normal.
pub(super) const CALM: Duration = Duration::from_secs(20);

/// When another request may start.
#[derive(Debug)]
pub(super) struct Pace {
    pub(super) window: Window,
    /// Nothing starts before: the server asked for a pause.
    paused_until: Option<Instant>,
    /// How much further apart requests were at the end of the last pause.
    caution: f64,
}

impl Pace {
    pub(super) fn new(rate: f64) -> Self {
        Pace { window: Window::new(rate), paused_until: None, caution: 0.0 }
    }

    pub(super) fn pause(&mut self, now: Instant, pause: Duration) {
        let until = now + pause;
        // Requests that were refused together are one reason for caution.
        if self.paused_until.is_none_or(|paused| paused <= now) {
            self.caution = (self.caution_at(now) + CAUTION).min(MOST_CAUTION);
        }
        self.paused_until = self.paused_until.max(Some(until));
    }

    /// What is left of the caution.
    pub(super) fn caution_at(&self, now: Instant) -> f64 {
        let calm = self
            .paused_until
            .map_or(CALM, |paused| now.saturating_duration_since(paused))
            .min(CALM);
        self.caution * (1.0 - calm.div_duration_f64(CALM))
    }

    /// How long from `now` until another request may start; None as long as it
    /// depends on requests that have not left.
    pub(super) fn wait(&mut self, now: Instant) -> Option<Duration> {
        let pause =
            self.paused_until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now));
        let stretch = 1.0 + self.caution_at(now);
        Some(self.window.wait(now, stretch)?.max(pause))
    }
}
