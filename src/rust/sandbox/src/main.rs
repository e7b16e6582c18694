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

const HELP: &str = "\
Plays an amoCRM account on this computer.

USAGE: amocrm-sandbox [OPTIONS]

  --port N            port on 127.0.0.1 [any free one]
  --notes N           rows of every kind, or lead=1000,contact=50 [1000]
  --lists N           rows of every other list, or leads=1000,tasks=50 with
                      the usual number of the others
  --items KIND=FILE   serve the recorded rows of FILE as notes of KIND, or as
                      the list of that name; may be given once for each
  --seed N            the same seed makes the same account [1]
  --timezone NAME     Olson name [Europe/Moscow]
  --now TIME          the present, with whose last midnight the account's
                      history ends, as in 2025-12-29T00:00:00Z [the clock's]
  --latency SECONDS   added to every reply [0]
  --rate N            requests allowed in any second, 0 = no limit [0]
  --strict-rate       refused requests count, too
  --session SECONDS   life of a login [900]
  --email TEXT        [boss@sandbox.example]
  --apikey TEXT       [a random one]
  --subdomain TEXT    [sandbox]
  --token TEXT        long-lived token [a random one]
  --client-id TEXT    of the integration [a random one]
  --client-secret TEXT  of the integration [a random one]
  --redirect-uri TEXT [https://sandbox.example/oauth]
  --code TEXT         authorization code, works once [a random one]
  --token-seconds N   life of OAuth's access tokens [86400]
  --no-v2             API v2 and its login are gone
  --kommo             play kommo.com instead of amocrm.ru
  --api-filter        filters of lists in API v4 are paid for
  --no-admin          the token is not an administrator's
  --help              this text
";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("amocrm-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let mut arguments = Arguments::from_env();
    if arguments.contains("--help") {
        print!("{HELP}");
        return Ok(());
    }
    let config = read(&mut arguments)?;
    let rest = arguments.finish();
    if let Some(unknown) = rest.first() {
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

fn read(arguments: &mut Arguments) -> Result<Config, Box<dyn Error>> {
    let mut config = Config::default();
    set(arguments, "--port", &mut config.port)?;
    set(arguments, "--seed", &mut config.seed)?;
    set(arguments, "--timezone", &mut config.timezone)?;
    let now = arguments.opt_value_from_str("--now")?.unwrap_or_else(Timestamp::now);
    config.now = u64::try_from(now.as_second())?;
    set(arguments, "--rate", &mut config.rate)?;
    set(arguments, "--session", &mut config.session_seconds)?;
    set(arguments, "--email", &mut config.email)?;
    set(arguments, "--apikey", &mut config.apikey)?;
    set(arguments, "--subdomain", &mut config.subdomain)?;
    set(arguments, "--token", &mut config.access_token)?;
    set(arguments, "--client-id", &mut config.client_id)?;
    set(arguments, "--client-secret", &mut config.client_secret)?;
    set(arguments, "--redirect-uri", &mut config.redirect_uri)?;
    set(arguments, "--code", &mut config.code)?;
    set(arguments, "--token-seconds", &mut config.token_seconds)?;
    config.strict_rate = arguments.contains("--strict-rate");
    config.v2 = !arguments.contains("--no-v2");
    config.kommo = arguments.contains("--kommo");
    config.api_filter = arguments.contains("--api-filter");
    config.admin = !arguments.contains("--no-admin");
    if let Some(seconds) = arguments.opt_value_from_str("--latency")? {
        config.latency = Duration::try_from_secs_f64(seconds)?;
    }
    if let Some(notes) = arguments.opt_value_from_fn("--notes", counts)? {
        config.notes = notes;
    }
    if let Some(lists) = arguments.opt_value_from_fn("--lists", list_counts)? {
        config.lists = lists;
    }
    while let Some((name, file)) = arguments.opt_value_from_fn("--items", items)? {
        let text = std::fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))?;
        match name {
            Name::Kind(kind) => config.items.insert(kind, text),
            Name::List(list) => config.list_items.insert(list, text),
        };
    }
    Ok(config)
}

/// Overwrites `value` if the argument is there.
fn set<T: FromStr<Err: Display>>(
    arguments: &mut Arguments,
    name: &'static str,
    value: &mut T,
) -> Result<(), pico_args::Error> {
    if let Some(given) = arguments.opt_value_from_str(name)? {
        *value = given;
    }
    Ok(())
}

/// Reads `1000`, or `lead=1000,contact=50` with none of the other kinds.
fn counts(text: &str) -> Result<NoteCounts, String> {
    let mut counts = NoteCounts::each(text.parse().unwrap_or(0));
    for (name, rows) in pairs(text)? {
        *counts.of(kind(name)?) = rows;
    }
    Ok(counts)
}

/// Reads `1000`, or `leads=1000,tasks=50` with the usual number of the others.
fn list_counts(text: &str) -> Result<ListCounts, String> {
    let mut counts = text.parse().map_or_else(|_| ListCounts::default(), ListCounts::each);
    for (name, rows) in pairs(text)? {
        let list = List::from_name(name).ok_or_else(|| format!("\"{name}\" is no list"))?;
        *counts.of(list) = rows;
    }
    Ok(counts)
}

/// The pairs of `lead=1000,contact=50`; a number alone has none.
fn pairs(text: &str) -> Result<Vec<(&str, u64)>, String> {
    if text.parse::<u64>().is_ok() {
        return Ok(Vec::new());
    }
    let parts = text.split(',').map(|part| {
        let (name, rows) = pair(part)?;
        let rows = rows.parse().map_err(|_| format!("\"{rows}\" is no number of rows"))?;
        Ok((name, rows))
    });
    parts.collect()
}

/// What rows can be recorded of.
enum Name {
    Kind(Kind),
    List(List),
}

fn items(text: &str) -> Result<(Name, String), String> {
    let (name, file) = pair(text)?;
    let name = match List::from_name(name) {
        Some(list) => Name::List(list),
        None => Name::Kind(kind(name)?),
    };
    Ok((name, file.to_owned()))
}

fn kind(name: &str) -> Result<Kind, String> {
    Kind::from_name(name).ok_or_else(|| format!("\"{name}\" is no kind of record"))
}

fn pair(text: &str) -> Result<(&str, &str), String> {
    text.split_once('=').ok_or_else(|| format!("\"{text}\" is not NAME=VALUE"))
}
