//! Runs a sandbox from the command line until it is killed.
#![forbid(unsafe_code)]

use std::error::Error;
use std::fmt::Display;
use std::process::ExitCode;
use std::str::FromStr;
use std::time::Duration;

use amocrm_sandbox::{Config, Kind, List, ListCounts, NoteCounts, Sandbox};
use jiff::Timestamp;
use pico_args::Arguments;

type Outcome = Result<(), Box<dyn Error>>;

/// An option: its name, its value, if it has one, what it means, and what it sets.
type Setting = (&'static str, &'static str, &'static str, fn(&mut Config, &str) -> Outcome);

#[rustfmt::skip]
const OPTIONS: [Setting; 26] = [
    ("--port", "N", "port on 127.0.0.1 [any free one]", |c, text| put(&mut c.port, text)),
    ("--notes", "N", "rows of every kind, or lead=1000,contact=50 [1000]", set_notes),
    ("--lists", "N", "rows of every other list, or leads=1000,tasks=50 with\nthe usual number of the others", set_lists),
    ("--items", "KIND=FILE", "serve the recorded rows of FILE as notes of KIND, or as\nthe list of that name; may be given once for each", set_items),
    ("--seed", "N", "the same seed makes the same account [1]", |c, text| put(&mut c.seed, text)),
    ("--timezone", "NAME", "Olson name [Europe/Moscow]", |c, text| put(&mut c.timezone, text)),
    ("--now", "TIME", "the present, with whose last midnight the account's\nhistory ends, as in 2025-12-29T00:00:00Z [the clock's]", set_now),
    ("--latency", "SECONDS", "added to every reply [0]", set_latency),
    ("--rate", "N", "requests allowed in any second, 0 = no limit [0]", |c, text| put(&mut c.rate, text)),
    ("--strict-rate", "", "refused requests count, too", |c, _| flag(&mut c.strict_rate, true)),
    ("--session", "SECONDS", "life of a login [900]", |c, text| put(&mut c.session_seconds, text)),
    ("--email", "TEXT", "[boss@sandbox.example]", |c, text| put(&mut c.email, text)),
    ("--apikey", "TEXT", "[a random one]", |c, text| put(&mut c.apikey, text)),
    ("--account-id", "N", "[28614203]", |c, text| put(&mut c.account_id, text)),
    ("--subdomain", "TEXT", "[sandbox]", |c, text| put(&mut c.subdomain, text)),
    ("--token", "TEXT", "long-lived token [a random one]", |c, text| put(&mut c.access_token, text)),
    ("--client-id", "TEXT", "of the integration [a random one]", |c, text| put(&mut c.client_id, text)),
    ("--client-secret", "TEXT", "of the integration [a random one]", |c, text| put(&mut c.client_secret, text)),
    ("--redirect-uri", "TEXT", "[https://sandbox.example/oauth]", |c, text| put(&mut c.redirect_uri, text)),
    ("--code", "TEXT", "authorization code, works once [a random one]", |c, text| put(&mut c.code, text)),
    ("--token-seconds", "N", "life of OAuth's access tokens [86400]", |c, text| put(&mut c.token_seconds, text)),
    ("--no-v2", "", "API v2 and its login are gone", |c, _| flag(&mut c.v2, false)),
    ("--kommo", "", "play kommo.com instead of amocrm.ru", |c, _| flag(&mut c.kommo, true)),
    ("--api-filter", "", "filters of lists in API v4 are paid for", |c, _| flag(&mut c.api_filter, true)),
    ("--no-admin", "", "the token is not an administrator's", |c, _| flag(&mut c.admin, false)),
    ("--help", "", "this text", |_, _| Ok(())),
];

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("amocrm-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Outcome {
    let mut arguments = Arguments::from_env();
    if arguments.contains("--help") {
        println!("Plays an amoCRM account on this computer.\n\nUSAGE: amocrm-sandbox [OPTIONS]\n");
        for (name, value, help, _) in OPTIONS {
            println!(
                "  {:<24}{}",
                format!("{name} {value}"),
                help.replace('\n', &format!("\n{:26}", ""))
            );
        }
        return Ok(());
    }
    let now = u64::try_from(Timestamp::now().as_second())?;
    let mut config = Config { now, ..Config::default() };
    for (name, value, _, set) in OPTIONS {
        if value.is_empty() && arguments.contains(name) {
            set(&mut config, "")?;
        }
        while let Some(text) = given(&mut arguments, name, value)? {
            set(&mut config, &text).map_err(|error| format!("{name} {text}: {error}"))?;
        }
    }
    if let Some(unknown) = arguments.finish().first() {
        return Err(format!("unknown argument {}; see --help", unknown.to_string_lossy()).into());
    }
    let sandbox = Sandbox::start(config)?;
    for (name, value) in [
        ("url", sandbox.url().as_str()),
        ("email", sandbox.email()),
        ("apikey", sandbox.apikey()),
        ("token", sandbox.access_token()),
        ("client_id", sandbox.client_id()),
        ("client_secret", sandbox.client_secret()),
        ("redirect_uri", sandbox.redirect_uri()),
        ("code", sandbox.code()),
    ] {
        println!("{name:<14} {value}");
    }
    loop {
        std::thread::park();
    }
}

/// The next value of an option that has one.
fn given(
    arguments: &mut Arguments,
    name: &'static str,
    value: &str,
) -> Result<Option<String>, pico_args::Error> {
    if value.is_empty() { Ok(None) } else { arguments.opt_value_from_str(name) }
}

fn put<T: FromStr<Err: Error + 'static>>(value: &mut T, text: &str) -> Outcome {
    *value = text.parse()?;
    Ok(())
}

#[allow(clippy::unnecessary_wraps, reason = "options are set by functions of one type")]
fn flag(value: &mut bool, to: bool) -> Outcome {
    *value = to;
    Ok(())
}

fn set_now(config: &mut Config, text: &str) -> Outcome {
    config.now = u64::try_from(text.parse::<Timestamp>()?.as_second())?;
    Ok(())
}

fn set_latency(config: &mut Config, text: &str) -> Outcome {
    config.latency = Duration::try_from_secs_f64(text.parse()?)?;
    Ok(())
}

/// Reads `1000`, or `lead=1000,contact=50` with none of the other kinds.
fn set_notes(config: &mut Config, text: &str) -> Outcome {
    config.notes = NoteCounts::each(text.parse().unwrap_or(0));
    for (name, rows) in pairs(text)? {
        *config.notes.of(known(Kind::from_name(name), name, "kind of record")?) = rows;
    }
    Ok(())
}

/// Reads `1000`, or `leads=1000,tasks=50` with the usual number of the others.
fn set_lists(config: &mut Config, text: &str) -> Outcome {
    config.lists = text.parse().map_or_else(|_| ListCounts::default(), ListCounts::each);
    for (name, rows) in pairs(text)? {
        *config.lists.of(known(List::from_name(name), name, "list")?) = rows;
    }
    Ok(())
}

fn set_items(config: &mut Config, text: &str) -> Outcome {
    let (name, file) = pair(text)?;
    let list = List::from_name(name);
    let kind =
        if list.is_none() { Some(known(Kind::from_name(name), name, "list")?) } else { None };
    let text = std::fs::read_to_string(file)?;
    config.list_items.extend(list.map(|list| (list, text.clone())));
    config.items.extend(kind.map(|kind| (kind, text)));
    Ok(())
}

/// The pairs of `lead=1000,contact=50`; a number alone has none.
fn pairs(text: &str) -> Result<Vec<(&str, u64)>, Box<dyn Error>> {
    if text.parse::<u64>().is_ok() {
        return Ok(Vec::new());
    }
    let pairs = text.split(',').map(|part| {
        let (name, rows) = pair(part)?;
        Ok((name, rows.parse()?))
    });
    pairs.collect()
}

fn pair(text: &str) -> Result<(&str, &str), String> {
    text.split_once('=').ok_or_else(|| format!("\"{text}\" is not NAME=VALUE"))
}

fn known<T>(found: Option<T>, name: impl Display, what: &str) -> Result<T, String> {
    found.ok_or_else(|| format!("\"{name}\" is no {what}"))
}
