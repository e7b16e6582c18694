//! The sandbox behind an external pointer: it lives as long as R holds it.

use std::time::Duration;

use amocrm_client::error::Error;
use amocrm_sandbox::{Change, Changed, Config, Kind, List as Listed, Request, Sandbox, Subject};
use extendr_api::prelude::*;

use crate::faults;
use crate::spec::{Spec, misshapen};

type Outcome<T> = std::result::Result<T, Error>;

/// `list(domain, email, apikey, access_token, ..., sandbox = <pointer>)`.
pub fn start(spec: &List) -> Outcome<List> {
    let sandbox = Sandbox::start(config(&Spec(spec))?)
        .map_err(|error| Error::Input { argument: "sandbox", message: error.to_string() })?;
    Ok(list!(
        domain = sandbox.url(),
        email = sandbox.email(),
        apikey = sandbox.apikey(),
        access_token = sandbox.access_token(),
        client_id = sandbox.client_id(),
        client_secret = sandbox.client_secret(),
        redirect_uri = sandbox.redirect_uri(),
        code = sandbox.code(),
        sandbox = ExternalPtr::new(sandbox)
    ))
}

/// Stops the server at once rather than when R collects garbage.
pub fn stop(sandbox: Robj) -> Outcome<List> {
    let mut sandbox = pointer(sandbox)?;
    sandbox.try_addr_mut().map_err(|_| gone())?.stop();
    Ok(list!(ok = true))
}

/// Ends sessions or tokens now; `what` is `sessions`, `access_tokens` (those
/// of OAuth, which can be renewed) or `tokens` (all, for good).
pub fn expire(sandbox: Robj, what: &str) -> Outcome<List> {
    let sandbox = pointer(sandbox)?;
    let sandbox = sandbox.try_addr().map_err(|_| gone())?;
    match what {
        "sessions" => sandbox.expire_sessions(),
        "access_tokens" => sandbox.expire_access_tokens(),
        _ => sandbox.revoke_tokens(),
    }
    Ok(list!(ok = true))
}

/// The log, column by column.
pub fn requests(sandbox: Robj) -> Outcome<List> {
    let log = pointer(sandbox)?.try_addr().map_err(|_| gone())?.requests();
    let numbers = |number: fn(&Request) -> u64| -> Vec<f64> {
        log.iter().map(|request| number(request) as f64).collect()
    };
    let texts = |text: fn(&Request) -> Option<String>| -> Vec<Option<String>> {
        log.iter().map(text).collect()
    };
    Ok(list!(
        at_ms = numbers(|request| request.at_ms),
        method = texts(|request| Some(request.method.clone())),
        path = texts(|request| Some(request.path.clone())),
        query = texts(|request| Some(request.query.clone())),
        status = numbers(|request| u64::from(request.status)),
        rows = numbers(|request| request.rows),
        if_modified_since = texts(|request| request.if_modified_since.clone()),
        user_agent = texts(|request| request.user_agent.clone())
    ))
}

/// The ids of the rows that faults have deleted.
pub fn gone_rows(sandbox: Robj) -> Outcome<List> {
    let ids = pointer(sandbox)?.try_addr().map_err(|_| gone())?.gone_rows();
    Ok(list!(id = ids.into_iter().collect::<Vec<_>>()))
}

/// Lets something happen, and tells what, column by column; `list(refused = "5")`
/// for an id to which it can't happen.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub fn change(sandbox: Robj, spec: &List) -> Outcome<List> {
    let (sandbox, spec) = (pointer(sandbox)?, Spec(spec));
    let sandbox = sandbox.try_addr().map_err(|_| gone())?;
    let subject = Subject::from_name(&spec.text("type")?).ok_or_else(|| misshapen("type"))?;
    let (change, many, seed) = (spec.text("change")?, spec.count("n")?, spec.count("seed")?);
    let ids: Vec<u64> = spec.numbers("id")?.into_iter().map(|id| id as u64).collect();
    let changed = match Change::from_name(&change) {
        None => sandbox.random_changes(many, seed),
        Some(change) if ids.is_empty() => sandbox.change(change, subject, many, seed),
        Some(change) => match sandbox.change_each(change, subject, &ids, seed) {
            Ok(changed) => changed,
            Err(amocrm_sandbox::Error::Change { id, .. }) => {
                return Ok(list!(refused = id.to_string()));
            }
            Err(_) => return Err(misshapen("change")),
        },
    };
    let texts =
        |text: fn(&Changed) -> &'static str| -> Vec<&str> { changed.iter().map(text).collect() };
    let numbers = |number: fn(&Changed) -> u32| -> Vec<f64> {
        changed.iter().map(|changed| f64::from(number(changed))).collect()
    };
    Ok(list!(
        change = texts(|changed| changed.change.name()),
        kind = texts(|changed| changed.subject.name()),
        id = numbers(|changed| changed.id),
        at = numbers(|changed| changed.at)
    ))
}

fn config(spec: &Spec) -> Outcome<Config> {
    let [notes_of, lists_of, items_of] =
        [spec.list("notes")?, spec.list("lists")?, spec.list("items")?];
    let mut config = Config::default();
    for kind in Kind::ALL {
        config.notes[kind] = Spec(&notes_of).count(kind.name())?;
        let json = Spec(&items_of).optional_text(kind.name())?;
        config.items.extend(json.map(|json| (kind, json)));
    }
    for list in Listed::ALL {
        config.lists[list] = Spec(&lists_of).count(list.name())?;
        let json = Spec(&items_of).optional_text(list.name())?;
        config.list_items.extend(json.map(|json| (list, json)));
    }
    Ok(Config {
        seed: spec.count("seed")?,
        timezone: spec.text("timezone")?,
        now: spec.count("now")?,
        latency: Duration::from_secs_f64(spec.number("latency")?.max(0.0)),
        rate: spec.number("rate")?,
        strict_rate: spec.flag("strict_rate")?,
        account_id: spec.count("account_id")?,
        session_seconds: spec.count("session_seconds")?,
        token_seconds: spec.count("token_seconds")?,
        v2: spec.flag("v2")?,
        kommo: spec.flag("kommo")?,
        api_filter: spec.flag("api_filter")?,
        admin: spec.flag("admin")?,
        faults: faults::read(&spec.list("faults")?)?,
        ..config
    })
}

fn pointer(sandbox: Robj) -> Outcome<ExternalPtr<Sandbox>> {
    sandbox.try_into().map_err(|_| gone())
}

fn gone() -> Error {
    Error::Input {
        argument: "auth_list",
        message: "this sandbox has ended: start another with AmoSandbox()".to_owned(),
    }
}
