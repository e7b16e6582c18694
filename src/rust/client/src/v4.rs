//! API v4 on the wire: paths, parameters, and the account (docs/api-v4.md).

pub mod events;
pub mod note_rows;
pub mod sources;
pub mod tasks;

use serde::Deserialize;

use crate::broken_text::read_document;
use crate::error::Error;
use crate::http::Request;
use crate::page::BadPage;
use crate::server_text::shown;
use crate::transport::Transport;
use crate::tree::Node;
use crate::v2;
use crate::zone::Zone;

/// Records of a page of notes at most; more would silently give 50.
pub const NOTES_LIMIT: u32 = 250;
/// Records of a page of events at most.
pub const EVENTS_LIMIT: u32 = 100;

/// Records of a page of any other list at most.
pub const LIST_LIMIT: u32 = 250;

/// What the account says of itself.
pub struct Account {
    /// Its name, in a form that is safe to show.
    pub name: String,
    /// Its time zone.
    pub zone: Zone,
}

#[derive(Deserialize)]
struct AccountBody {
    #[serde(default)]
    name: String,
    #[serde(rename = "_embedded")]
    embedded: Embedded,
}

#[derive(Deserialize)]
struct Embedded {
    datetime_settings: DatetimeSettings,
}

#[derive(Deserialize)]
struct DatetimeSettings {
    timezone: Node,
    timezone_offset: Option<Node>,
}

/// Asks the account for its name and time zone.
///
/// # Errors
/// As [`Transport::get`].
pub async fn account(transport: &Transport) -> Result<Account, Error> {
    let request = Request::get("/api/v4/account").query("with", "datetime_settings");
    Ok(transport.get(&request, "the account", read_account).await?.value)
}

/// Reads the account's own words.
///
/// # Errors
/// [`BadPage`] when the body is no account.
pub fn read_account(body: Option<&[u8]>) -> Result<Account, BadPage> {
    let account: AccountBody = read_document(body)?;
    let settings = account.embedded.datetime_settings;
    let zone = v2::zone_of(&settings.timezone, settings.timezone_offset.as_ref());
    Ok(Account { name: shown(&account.name), zone })
}

/// The name in paths of a kind of element.
pub fn plural(kind: &str) -> &'static str {
    match kind {
        "contact" => "contacts",
        "lead" => "leads",
        "company" => "companies",
        _ => "customers",
    }
}

/// The same kind of element, in a text that outlives the request.
pub fn kind(kind: &str) -> &'static str {
    singular(plural(kind))
}

/// The kind of element that a name in paths means; an unknown one stays.
pub fn singular(plural: &str) -> &str {
    match plural {
        "contacts" => "contact",
        "leads" => "lead",
        "companies" => "company",
        "customers" => "customer",
        "tasks" => "task",
        other => other,
    }
}

/// What follows `stem` in a name that is just that (nothing), a numbered form
/// of it (`2`) or a member of it (`.id`). None for any other name.
pub fn form_of<'n>(name: &'n str, stem: &str) -> Option<&'n str> {
    let rest = name.strip_prefix(stem)?;
    let nested = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    (nested.is_empty() || nested.starts_with('.')).then_some(rest)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::read_account;

    #[test]
    fn the_name_of_an_account_comes_out_printable() {
        let body = br#"{"name":"a\u0000b\u001b[31m","_embedded":{"datetime_settings":
            {"timezone":"Europe/Moscow","timezone_offset":"+03:00"}}}"#;
        assert_eq!(read_account(Some(body)).unwrap().name, "a<U+0000>b<U+001B>[31m");
    }

    #[test]
    fn an_account_may_name_its_zone_in_any_way() {
        for (timezone, expected) in
            [("\"Europe/Mos\\u0000cow\"", "Europe/Moscow"), ("null", ""), ("3", "3"), ("\"\"", "")]
        {
            let body =
                format!(r#"{{"_embedded":{{"datetime_settings":{{"timezone":{timezone}}}}}}}"#);
            assert_eq!(read_account(Some(body.as_bytes())).unwrap().zone.name, expected);
        }
    }
}
