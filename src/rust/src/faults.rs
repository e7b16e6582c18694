//! The faults of a sandbox as R describes them: a list for each.

use std::time::Duration;

use amocrm_client::error::Error;
use amocrm_sandbox::{Action, Fault, ListFault, Place, When};
use extendr_api::prelude::*;

use crate::spec::{Spec, misshapen};

type Outcome<T> = std::result::Result<T, Error>;

/// Reads all faults.
pub fn read(faults: &List) -> Outcome<Vec<Fault>> {
    let lists = faults.values().map(|fault| fault.as_list().ok_or_else(|| misshapen("faults")));
    lists.map(|list| fault(&Spec(&list?))).collect()
}

fn fault(spec: &Spec) -> Outcome<Fault> {
    let [first, last] = pair(spec, "nth")?.map(whole);
    Ok(Fault {
        path: spec.text("path")?,
        nth: first.saturating_sub(1)..last,
        action: Action::When(when(spec)?, Box::new(action(spec)?)),
    })
}

fn when(spec: &Spec) -> Outcome<When> {
    let [from, to] = pair(spec, "during")?.map(seconds);
    let [first, last] = pair(spec, "holding")?.map(whole);
    Ok(When {
        share: spec.number("share")?,
        seed: spec.count("seed")?,
        every: spec.count("every")?,
        each_page: spec.count("each_page")? > 0,
        during: from..to,
        over: spec.count("over")?,
        holding: first.saturating_sub(1)..last,
    })
}

fn action(spec: &Spec) -> Outcome<Action> {
    let rows = || spec.count("rows");
    let pause = || spec.number("seconds").map(seconds);
    Ok(match spec.text("action")?.as_str() {
        "status" => {
            let status = spec.count("status")?.try_into().map_err(|_| misshapen("status"))?;
            let body = spec.optional_text("body")?.unwrap_or_default();
            Action::Status(status, headers(&spec.list("headers")?)?, body)
        }
        "empty" => Action::EmptyPage,
        "short" => Action::ShortPage(rows()?),
        "body" => Action::Body(spec.text("body")?),
        "cut" => Action::CutBody,
        "close" => Action::Close,
        "delay" => Action::Delay(pause()?),
        "expire" => Action::ExpireSession,
        "redirect" => Action::Redirect(spec.text("to")?),
        "remove" => Action::RemoveRows(rows()?),
        "insert" => Action::InsertRows(rows()?),
        "change" => Action::RandomChanges(rows()?),
        "drip" => Action::Drip(pause()?),
        "lose" => Action::Lose,
        "replace" => Action::Replace(spec.text("text")?, spec.text("by")?),
        "spare" => Action::Spare,
        name => Action::List(list_fault(name, spec)?),
    })
}

fn list_fault(name: &str, spec: &Spec) -> Outcome<ListFault> {
    let rows = || spec.count("rows");
    let at = || place(&spec.text("at")?);
    Ok(match name {
        "add" => ListFault::Add(rows()?, at()?),
        "grow" => ListFault::Grow(spec.number("rows")?, at()?),
        "delete" => ListFault::Delete(rows()?, at()?),
        "move" => ListFault::Move(rows()?, at()?),
        "keep" => ListFault::Keep(rows()?),
        "shuffle" => ListFault::Shuffle(spec.optional_count("rows")?.unwrap_or(0)),
        "skip" => ListFault::Skip(rows()?),
        "view" => ListFault::View(rows()?),
        "repeat" => ListFault::Repeat,
        "cap" => ListFault::Cap(rows()?),
        "longer" => ListFault::Longer(rows()?),
        "gap" => ListFault::Gap(rows()?),
        "double" => ListFault::Double,
        "reverse" => ListFault::Reverse,
        "no_id" => ListFault::NoId,
        "new" => ListFault::New,
        "next" => ListFault::Next,
        "last" => ListFault::Last,
        _ => return Err(misshapen("action")),
    })
}

fn place(name: &str) -> Outcome<Place> {
    match name {
        "front" => Ok(Place::Front),
        "end" => Ok(Place::End),
        "anywhere" => Ok(Place::Anywhere),
        _ => Err(misshapen("at")),
    }
}

fn headers(headers: &List) -> Outcome<Vec<(String, String)>> {
    let text = |(name, value): (&str, Robj)| {
        Ok((name.to_owned(), value.as_str().ok_or_else(|| misshapen("headers"))?.to_owned()))
    };
    headers.iter().map(text).collect()
}

fn pair(spec: &Spec, name: &'static str) -> Outcome<[f64; 2]> {
    spec.numbers(name)?.try_into().map_err(|_| misshapen(name))
}

/// A number that R has checked; infinity becomes the largest there is.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn whole(number: f64) -> u64 {
    number as u64
}

fn seconds(number: f64) -> Duration {
    Duration::try_from_secs_f64(number).unwrap_or(Duration::MAX)
}
