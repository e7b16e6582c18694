//! What is written about a thing in the course of its life, as `scenario.json` has it.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::data::{Kind, NoteType};

/// The life of one thing: as many notes as there are steps.
#[derive(Deserialize)]
pub struct Scenario {
    pub steps: Vec<Step>,
    /// What the steps of no fixed meaning are about, and how often.
    pub chances: Vec<(NoteType, u64)>,
}

/// A note to come, so many minutes after the first.
#[derive(Deserialize)]
pub struct Step(pub Role, pub u64);

/// What a step is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Role {
    /// The thing comes into being.
    Created(NoteType),
    /// The move with this number through the funnel, if it comes to that.
    Move(u8),
    /// Whatever chance brings.
    Any,
    /// As well, next after the step before, which is as late, and about the same thing: so it
    /// may be an answer.
    Next,
}

impl Role {
    /// Whether it has no fixed meaning.
    pub fn is_free(self) -> bool {
        matches!(self, Self::Any | Self::Next)
    }
}

static SCENARIOS: LazyLock<HashMap<String, Scenario>> = LazyLock::new(|| {
    #[allow(clippy::expect_used, reason = "the file is a part of the program")]
    serde_json::from_str(include_str!("scenario.json")).expect("scenarios that can be read")
});

impl Scenario {
    /// The scenario of things of this kind.
    pub fn of(kind: Kind) -> &'static Self {
        &SCENARIOS[kind.name()]
    }
}
