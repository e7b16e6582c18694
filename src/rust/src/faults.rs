//! The faults of a sandbox as R describes them: one vector for each property.

use std::time::Duration;

use amocrm_client::error::Error;
use amocrm_sandbox::{Action, Fault};

use crate::spec::{Spec, misshapen};

type Outcome<T> = std::result::Result<T, Error>;

/// The vectors, an element for each fault.
struct Columns {
    paths: Vec<String>,
    /// First and last of the requests meant, counted from 1.
    first: Vec<f64>,
    last: Vec<f64>,
    actions: Vec<String>,
    /// Status, rows or seconds, as the action needs.
    numbers: Vec<f64>,
    /// Body or place.
    texts: Vec<String>,
    /// `Name: value`, one a line.
    headers: Vec<String>,
}

/// Reads all faults.
pub fn read(spec: &Spec) -> Outcome<Vec<Fault>> {
    let columns = Columns {
        paths: spec.texts("fault_path")?,
        first: spec.numbers("fault_first")?,
        last: spec.numbers("fault_last")?,
        actions: spec.texts("fault_action")?,
        numbers: spec.numbers("fault_number")?,
        texts: spec.texts("fault_text")?,
        headers: spec.texts("fault_headers")?,
    };
    (0..columns.paths.len()).map(|index| columns.fault(index)).collect()
}

impl Columns {
    fn fault(&self, index: usize) -> Outcome<Fault> {
        let first = whole(*at(&self.first, index)?);
        let last = whole(*at(&self.last, index)?);
        Ok(Fault {
            path: at(&self.paths, index)?.clone(),
            nth: first.saturating_sub(1)..last,
            action: self.action(index)?,
        })
    }

    fn action(&self, index: usize) -> Outcome<Action> {
        let number = *at(&self.numbers, index)?;
        let text = at(&self.texts, index)?.clone();
        Ok(match at(&self.actions, index)?.as_str() {
            "status" => Action::Status(status(number), self.headers(index)?, text),
            "empty" => Action::EmptyPage,
            "short" => Action::ShortPage(whole(number)),
            "body" => Action::Body(text),
            "cut" => Action::CutBody,
            "close" => Action::Close,
            "delay" => Action::Delay(Duration::try_from_secs_f64(number).unwrap_or(Duration::MAX)),
            "expire" => Action::ExpireSession,
            "redirect" => Action::Redirect(text),
            "remove" => Action::RemoveRows(whole(number)),
            "insert" => Action::InsertRows(whole(number)),
            _ => return Err(misshapen("faults")),
        })
    }

    fn headers(&self, index: usize) -> Outcome<Vec<(String, String)>> {
        let lines = at(&self.headers, index)?.lines();
        let pairs = lines.filter_map(|line| line.split_once(": "));
        Ok(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }
}

fn at<T>(values: &[T], index: usize) -> Outcome<&T> {
    values.get(index).ok_or_else(|| misshapen("faults"))
}

/// A number that R has checked; infinity becomes the largest there is.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn whole(number: f64) -> u64 {
    number as u64
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn status(number: f64) -> u16 {
    number as u16
}
