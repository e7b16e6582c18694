//! From `domain` to the only URL that credentials may be sent to.

use url::Url;

use crate::error::Error;
use crate::http::connections::is_loopback;

/// Zones that amoCRM and Kommo accounts live in (docs/api-v4.md, Hosts and
/// zones).
const ZONES: [&str; 3] = ["amocrm.ru", "amocrm.com", "kommo.com"];

/// The address of an account, without a path.
///
/// `domain` is a subdomain (`sub` means `sub.amocrm.ru`), a full host in one of
/// the three zones, a URL from a browser (only its host is used), or `http://`
/// with a loopback host and a port.
///
/// # Errors
/// [`Error::Input`] for anything else.
pub fn account_url(domain: &str) -> Result<Url, Error> {
    let domain = domain.trim();
    if domain.starts_with("http://") {
        return loopback_url(domain);
    }
    let host = if is_label(domain) { format!("{domain}.amocrm.ru") } else { host_of(domain) };
    let known = host.split_once('.').is_some_and(|(sub, zone)| {
        is_label(sub) && ZONES.contains(&zone.to_ascii_lowercase().as_str())
    });
    if !known {
        return Err(refused());
    }
    Url::parse(&format!("https://{host}")).map_err(|_| refused())
}

/// The host of a URL with `https://`, else the text itself.
fn host_of(text: &str) -> String {
    let host = text.strip_prefix("https://").map(|rest| rest.split(['/', '?', '#']).next());
    host.flatten().unwrap_or(text).to_owned()
}

fn loopback_url(text: &str) -> Result<Url, Error> {
    let url = Url::parse(text).map_err(|_| refused())?;
    let bare = url.username().is_empty()
        && url.password().is_none()
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none();
    if bare && is_loopback(&url) { Ok(url) } else { Err(refused()) }
}

/// One part of a host name: letters, digits and inner hyphens.
fn is_label(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 63
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn refused() -> Error {
    Error::Input {
        argument: "domain",
        message: "`domain` must be the account's subdomain (\"mycompany\"), its full host \
                  (\"mycompany.amocrm.ru\", \"mycompany.amocrm.com\", \"mycompany.kommo.com\") \
                  or its address in the browser (\"https://mycompany.amocrm.ru/\")"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::account_url;

    #[test]
    fn subdomains_and_hosts_of_the_three_zones_are_accepted() {
        for (domain, url) in [
            ("sub", "https://sub.amocrm.ru/"),
            ("My-Co2", "https://my-co2.amocrm.ru/"),
            ("sub.amocrm.ru", "https://sub.amocrm.ru/"),
            ("sub.amocrm.com", "https://sub.amocrm.com/"),
            ("sub.kommo.com", "https://sub.kommo.com/"),
            ("https://sub.amocrm.ru", "https://sub.amocrm.ru/"),
            ("https://sub.amocrm.ru/", "https://sub.amocrm.ru/"),
            (" https://My-Co2.kommo.com/leads/list/?page=2#top ", "https://my-co2.kommo.com/"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/"),
            ("http://localhost:8080", "http://localhost:8080/"),
        ] {
            assert_eq!(account_url(domain).map(String::from), Ok(url.to_owned()), "{domain}");
        }
    }

    #[test]
    fn any_other_place_is_refused() {
        for domain in [
            "",
            "-sub",
            "sub.example.com",
            "sub.amocrm.ru.evil.com",
            "evil.com/.amocrm.ru",
            "a.b.amocrm.ru",
            "amocrm.ru",
            "sub.amocrm.ru:8443",
            "sub.amocrm.ru/path",
            "user@sub.amocrm.ru",
            "sub.amocrm.ru?x=1",
            "sub.amocrm.ru#x",
            "https://sub",
            "https://sub/",
            "https://sub.example.com/",
            "https://sub.example.com/.amocrm.ru",
            "https://sub.amocrm.ru.evil.com/",
            "https://sub.amocrm.ru@evil.com/",
            "https://evil.com@sub.amocrm.ru/",
            "https://sub.amocrm.ru:8443/",
            "https://evil.com\\.amocrm.ru",
            "https://https://sub.amocrm.ru",
            "https://",
            "sub/",
            "sub.amocrm.ru\\@evil.com",
            "http://sub.amocrm.ru",
            "http://sub.amocrm.ru/",
            "http://10.0.0.1:80",
            "http://user@127.0.0.1:80",
            "http://127.0.0.1:80/path",
            "http://127.0.0.1.evil.com:80",
            "http://localhost.evil.com",
            "ftp://127.0.0.1",
            "sub\n.amocrm.ru",
            "суб",
        ] {
            assert!(account_url(domain).is_err(), "{domain}");
        }
    }
}
