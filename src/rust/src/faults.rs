//! The faults of a sandbox as R describes them: one vector for each property.

use std::time::Duration;

use amocrm_client::error::Error;
use amocrm_sandbox::{Action, Fault, ListFault, Place, When};

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
    /// What a text is replaced by.
    by: Vec<String>,
    /// `Name: value`, one a line.
    headers: Vec<String>,
    share: Vec<f64>,
    seed: Vec<f64>,
    every: Vec<f64>,
    each_page: Vec<f64>,
    /// A pair for each fault, as the next but one.
    during: Vec<f64>,
    over: Vec<f64>,
    holding: Vec<f64>,
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
        by: spec.texts("fault_by")?,
        headers: spec.texts("fault_headers")?,
        share: spec.numbers("fault_share")?,
        seed: spec.numbers("fault_seed")?,
        every: spec.numbers("fault_every")?,
        each_page: spec.numbers("fault_each_page")?,
        during: spec.numbers("fault_during")?,
        over: spec.numbers("fault_over")?,
        holding: spec.numbers("fault_holding")?,
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
            action: Action::When(self.when(index)?, Box::new(self.action(index)?)),
        })
    }

    fn when(&self, index: usize) -> Outcome<When> {
        let pair = |values, place| at(values, 2 * index + place).copied();
        Ok(When {
            share: *at(&self.share, index)?,
            seed: whole(*at(&self.seed, index)?),
            every: whole(*at(&self.every, index)?),
            each_page: *at(&self.each_page, index)? > 0.0,
            during: seconds(pair(&self.during, 0)?)..seconds(pair(&self.during, 1)?),
            over: whole(*at(&self.over, index)?),
            holding: whole(pair(&self.holding, 0)?).saturating_sub(1)
                ..whole(pair(&self.holding, 1)?),
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
            "delay" => Action::Delay(seconds(number)),
            "expire" => Action::ExpireSession,
            "redirect" => Action::Redirect(text),
            "remove" => Action::RemoveRows(whole(number)),
            "insert" => Action::InsertRows(whole(number)),
            "change" => Action::RandomChanges(whole(number)),
            "drip" => Action::Drip(seconds(number)),
            "lose" => Action::Lose,
            "replace" => Action::Replace(text, at(&self.by, index)?.clone()),
            "spare" => Action::Spare,
            name => Action::List(list_fault(name, number, &text)?),
        })
    }

    fn headers(&self, index: usize) -> Outcome<Vec<(String, String)>> {
        let lines = at(&self.headers, index)?.lines();
        let pairs = lines.filter_map(|line| line.split_once(": "));
        Ok(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }
}

fn list_fault(name: &str, number: f64, place_name: &str) -> Outcome<ListFault> {
    let rows = whole(number);
    let place = match place_name {
        "front" => Place::Front,
        "end" => Place::End,
        _ => Place::Anywhere,
    };
    Ok(match name {
        "add" => ListFault::Add(rows, place),
        "grow" => ListFault::Grow(number, place),
        "delete" => ListFault::Delete(rows, place),
        "move" => ListFault::Move(rows, place),
        "keep" => ListFault::Keep(rows),
        "shuffle" => ListFault::Shuffle(rows),
        "skip" => ListFault::Skip(rows),
        "view" => ListFault::View(rows),
        "repeat" => ListFault::Repeat,
        "cap" => ListFault::Cap(rows),
        "longer" => ListFault::Longer(rows),
        "gap" => ListFault::Gap(rows),
        "double" => ListFault::Double,
        "reverse" => ListFault::Reverse,
        "no_id" => ListFault::NoId,
        "new" => ListFault::New,
        "next" => ListFault::Next,
        "last" => ListFault::Last,
        _ => return Err(misshapen("faults")),
    })
}

fn at<T>(values: &[T], index: usize) -> Outcome<&T> {
    values.get(index).ok_or_else(|| misshapen("faults"))
}

/// A number that R has checked; infinity becomes the largest there is.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn whole(number: f64) -> u64 {
    number as u64
}

fn seconds(number: f64) -> Duration {
    Duration::try_from_secs_f64(number).unwrap_or(Duration::MAX)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn status(number: f64) -> u16 {
    number as u16
}
