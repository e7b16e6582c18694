//! What an account says of itself: whether API v2 has it, its name, its time
//! zone (docs/api-v2.md, Account; docs/api-v4.md, Account over v4).

use serde::Deserialize;

use crate::account::Credentials;
use crate::account::key_login::log_in;
use crate::account::time_zone::Zone;
use crate::account::transport::Transport;
use crate::bad_body::BadBody;
use crate::error::Error;
use crate::http::Request;
use crate::json::broken_text::read_document;
use crate::json::tree::Node;
use crate::sanitize::sanitize;

#[derive(Deserialize)]
struct AccountId {
    #[serde(rename = "id")]
    _id: u64,
}

/// Whether API v2 has the account. Where v2 is gone, the server may refuse, send
/// an empty answer, or send a web page with status 200.
///
/// # Errors
/// When there is no answer, or no log-in.
pub async fn answers_v2(transport: &Transport) -> Result<bool, Error> {
    let request = Request::get("/api/v2/account");
    let is_account = |body: Option<&[u8]>| {
        Ok(body.is_some_and(|body| serde_json::from_slice::<AccountId>(body).is_ok()))
    };
    match transport.get(&request, "the account", is_account).await {
        Ok(answer) => Ok(answer.value),
        Err(
            Error::Http { .. }
            | Error::Blocked { .. }
            | Error::Forbidden { .. }
            | Error::Auth { .. },
        ) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The zone that an account names, without characters that were lost.
fn zone_of(timezone: &Node, offset: Option<&Node>) -> Zone {
    let name = timezone.text().unwrap_or_default().replace(char::REPLACEMENT_CHARACTER, "");
    Zone::new(&name, offset.and_then(Node::text))
}

#[derive(Deserialize)]
struct BodyV2 {
    timezone: Node,
    timezone_offset: Option<Node>,
}

/// Asks the account for its time zone.
///
/// # Errors
/// As [`Transport::get`].
pub async fn time_zone_v2(transport: &Transport) -> Result<Zone, Error> {
    let request = Request::get("/api/v2/account");
    let answer = transport.get(&request, "the account", |body| {
        let account: BodyV2 = read_document(body)?;
        Ok(zone_of(&account.timezone, account.timezone_offset.as_ref()))
    });
    Ok(answer.await?.value)
}

/// What the account says of itself.
pub struct About {
    /// Its name, in a form that is safe to show.
    pub name: String,
    /// Its time zone.
    pub zone: Zone,
}

#[derive(Deserialize)]
struct BodyV4 {
    name: Option<String>,
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
pub async fn about_v4(transport: &Transport) -> Result<About, Error> {
    let request = Request::get("/api/v4/account").query("with", "datetime_settings");
    Ok(transport.get(&request, "the account", read_about_v4).await?.value)
}

/// Reads the account.
///
/// # Errors
/// [`BadBody`] when the body is not an account.
pub fn read_about_v4(body: Option<&[u8]>) -> Result<About, BadBody> {
    let account: BodyV4 = read_document(body)?;
    let settings = account.embedded.datetime_settings;
    let zone = zone_of(&settings.timezone, settings.timezone_offset.as_ref());
    Ok(About { name: sanitize(&account.name.unwrap_or_default()), zone })
}

/// Tries the credentials; gives the account's name.
///
/// # Errors
/// [`Error::Auth`] when they are refused, else what the network says.
pub async fn check_credentials(transport: &Transport) -> Result<String, Error> {
    match &transport.account.credentials {
        Credentials::Key { email, apikey } => {
            let mut login = transport.account.login.lock().await;
            let name = log_in(&transport.http, email, apikey).await?;
            login.succeeded();
            Ok(name)
        }
        Credentials::Token(_) | Credentials::OAuth(_) => {
            about_v4(transport).await.map(|account| account.name)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::read_about_v4;

    #[test]
    fn the_name_of_an_account_comes_out_printable() {
        let body = br#"{"name":"a\u0000b\u001b[31m","_embedded":{"datetime_settings":
            {"timezone":"Europe/Moscow","timezone_offset":"+03:00"}}}"#;
        assert_eq!(read_about_v4(Some(body)).unwrap().name, "a<U+0000>b<U+001B>[31m");
    }

    #[test]
    fn an_account_needs_no_name() {
        let zone = r#""_embedded":{"datetime_settings":{"timezone":"Europe/Moscow"}}"#;
        for body in [format!(r#"{{"name":null,{zone}}}"#), format!("{{{zone}}}")] {
            let about = read_about_v4(Some(body.as_bytes())).unwrap();
            assert_eq!((about.name.as_str(), about.zone.name.as_str()), ("", "Europe/Moscow"));
        }
    }

    #[test]
    fn an_account_may_name_its_zone_in_any_way() {
        for (timezone, expected) in
            [("\"Europe/Mos\\u0000cow\"", "Europe/Moscow"), ("null", ""), ("3", "3"), ("\"\"", "")]
        {
            let body =
                format!(r#"{{"_embedded":{{"datetime_settings":{{"timezone":{timezone}}}}}}}"#);
            assert_eq!(read_about_v4(Some(body.as_bytes())).unwrap().zone.name, expected);
        }
    }
}
