//! What is asked for: a path of the account's own API v4, and parameters. Credentials go
//! with the request, so that whatever else a path may mean is refused here.

use url::form_urlencoded::{self, Serializer};
use url::{Position, Url};

use crate::account::host::account_url;
use crate::endpoints::arguments::Arguments;
use crate::error::Error;

/// The root of all paths.
pub const ROOT: &str = "/api/v4/";

/// The longest path, and the longest query once it is encoded. Servers refuse URLs of more
/// than 8 KB or so.
const MAX_PATH: usize = 300;
const MAX_QUERY: usize = 7500;

/// Roots of other things that an account's host serves.
const OTHER_ROOTS: [&str; 5] = ["ajax", "api", "oauth", "oauth2", "private"];

/// A list of the account.
#[derive(Debug, PartialEq, Eq)]
pub struct Asked {
    /// The path, such as `/api/v4/leads`.
    pub path: String,
    /// Parameters, but for those of paging.
    pub query: Vec<(String, String)>,
    /// Records of a page at most.
    pub limit: Option<u32>,
}

impl Asked {
    /// What the arguments of a call ask for.
    ///
    /// # Errors
    /// [`Error::Input`] for a path that is none of API v4 or not the account's own, and for
    /// parameters that can't be sent.
    pub fn new(arguments: &Arguments) -> Result<Self, Error> {
        let account = account_url(arguments.text("account").unwrap_or_default())?;
        let text = arguments.text("path").unwrap_or_default();
        let (path, in_address) = split(text, &account).ok_or_else(bad_path)?;
        let path = checked(path).ok_or_else(bad_path)?;
        let (names, values) = (arguments.texts("names"), arguments.texts("values"));
        let given = names.iter().cloned().zip(values.iter().cloned());
        let in_address = form_urlencoded::parse(in_address.as_bytes()).into_owned();
        let mut asked = Asked { path, query: Vec::new(), limit: None };
        for (name, value) in in_address.chain(given) {
            asked.add(name, value)?;
        }
        if encoded_length(&asked.query) > MAX_QUERY {
            return Err(bad_query("`query` is too long for one request: ask for less at once"));
        }
        Ok(asked)
    }

    fn add(&mut self, name: String, value: String) -> Result<(), Error> {
        if !is_parameter(&name) {
            return Err(bad_query(
                "names in `query` must be made of letters, digits, `_`, `-` and brackets",
            ));
        }
        match name.split('[').next() {
            Some("page") => {
                Err(bad_query("`query` can't have a `page`: all pages of a list are read"))
            }
            Some("limit") => {
                let limit = value.parse().ok().filter(|limit| *limit > 0 && name == "limit");
                let limit = limit.ok_or_else(|| bad_query("`limit` must be a whole number"))?;
                let is_second = self.limit.replace(limit).is_some();
                if is_second { Err(bad_query("`limit` can be given once")) } else { Ok(()) }
            }
            _ => {
                self.query.push((name, value));
                Ok(())
            }
        }
    }
}

/// The path without its leading slash, and the query of an address.
fn split<'t>(text: &'t str, account: &Url) -> Option<(&'t str, &'t str)> {
    let Some((scheme, rest)) = text.split_once("://") else {
        return Some((text.strip_prefix('/').unwrap_or(text), ""));
    };
    let (host, rest) = rest.split_once('/')?;
    let own_host = &account[Position::BeforeHost..Position::AfterPort];
    let is_own =
        scheme.eq_ignore_ascii_case(account.scheme()) && host.eq_ignore_ascii_case(own_host);
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    // Pages of the account for people have other addresses.
    let is_api = path.starts_with("api/v4/");
    (is_own && is_api && !query.contains('#')).then_some((path, query))
}

/// The path from the root on, if it can mean nothing else: its parts are words.
fn checked(path: &str) -> Option<String> {
    let path = path.strip_prefix("api/v4/").unwrap_or(path);
    let path = path.strip_suffix('/').unwrap_or(path);
    let first = path.split('/').next().unwrap_or_default();
    let is_other = OTHER_ROOTS.iter().any(|root| root.eq_ignore_ascii_case(first));
    let is_path = path.len() <= MAX_PATH && path.split('/').all(is_word) && !is_other;
    is_path.then(|| format!("{ROOT}{path}"))
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_letter)
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

/// Whether a parameter has a name as the API has them: `with`, `filter[created_at][from]`,
/// `filter[id][]`. PHP reads some others as if they were these.
fn is_parameter(name: &str) -> bool {
    let (stem, brackets) = name.split_at(name.find('[').unwrap_or(name.len()));
    let Some(inner) = brackets.strip_prefix('[') else { return is_word(stem) };
    let inner = inner.strip_suffix(']');
    is_word(stem)
        && inner.is_some_and(|inner| inner.split("][").all(|key| key.bytes().all(is_letter)))
}

fn encoded_length(query: &[(String, String)]) -> usize {
    Serializer::new(String::new()).extend_pairs(query).finish().len()
}

/// The path itself is not told: an address may have a token in it.
fn bad_path() -> Error {
    Error::Input {
        argument: "path",
        message: "`path` must be a path of the account's own API v4, such as \"webhooks\", \
                  \"leads/pipelines/11/statuses\" or \"/api/v4/leads\", without `?`: \
                  parameters belong in `query`"
            .to_owned(),
    }
}

fn bad_query(message: &str) -> Error {
    Error::Input { argument: "query", message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Arguments, Asked, Error};

    const OWN: &str = "sub.kommo.com";

    fn ask(account: &str, path: &str, query: &[(&str, &str)]) -> Result<Asked, Error> {
        let arguments = Arguments::default()
            .set("account", [account])
            .set("path", [path])
            .set("names", query.iter().map(|(name, _)| name))
            .set("values", query.iter().map(|(_, value)| value));
        Asked::new(&arguments)
    }

    /// The argument that is refused.
    fn refused(path: &str, query: &[(&str, &str)]) -> Option<&'static str> {
        match ask(OWN, path, query) {
            Err(Error::Input { argument, .. }) => Some(argument),
            _ => None,
        }
    }

    #[test]
    fn a_path_of_api_v4_can_be_spelt_in_several_ways() {
        for (path, expected) in [
            ("leads", "/api/v4/leads"),
            ("/leads", "/api/v4/leads"),
            ("leads/", "/api/v4/leads"),
            ("api/v4/leads", "/api/v4/leads"),
            ("/api/v4/leads", "/api/v4/leads"),
            ("https://sub.kommo.com/api/v4/leads", "/api/v4/leads"),
            ("HTTPS://Sub.Kommo.com/api/v4/leads/", "/api/v4/leads"),
            ("leads/pipelines/11/statuses", "/api/v4/leads/pipelines/11/statuses"),
            (
                "leads/custom_fields/groups/leads_12-a",
                "/api/v4/leads/custom_fields/groups/leads_12-a",
            ),
            ("events/01PZ58T6P436WT9ZSKXBMMHH56", "/api/v4/events/01PZ58T6P436WT9ZSKXBMMHH56"),
        ] {
            assert_eq!(ask(OWN, path, &[]).unwrap().path, expected, "{path}");
        }
        let local = ask("http://127.0.0.1:8080", "http://127.0.0.1:8080/api/v4/leads", &[]);
        assert_eq!(local.unwrap().path, "/api/v4/leads");
    }

    /// What a path might be taken for if it were not looked at closely.
    const HOSTILE: &[&str] = &[
        "",
        "/",
        "//",
        "/api/v4",
        "/api/v4/",
        "/api/v4//",
        // Other hosts.
        "//evil.com/api/v4/leads",
        "///evil.com/api/v4/leads",
        "https://evil.com/api/v4/leads",
        "https://sub.amocrm.ru/api/v4/leads",
        "https://other.kommo.com/api/v4/leads",
        "http://sub.kommo.com/api/v4/leads",
        "ftp://sub.kommo.com/api/v4/leads",
        "https://sub.kommo.com.evil.com/api/v4/leads",
        "https://sub.kommo.com@evil.com/api/v4/leads",
        "https://evil.com@sub.kommo.com/api/v4/leads",
        "https://user:word@sub.kommo.com/api/v4/leads",
        "https://sub.kommo.com:8443/api/v4/leads",
        "https://sub.kommo.com:443/api/v4/leads",
        "https://sub.kommo.com./api/v4/leads",
        "https://sub.kommo.com\\@evil.com/api/v4/leads",
        "https://sub.kommo.com%2eevil.com/api/v4/leads",
        "https://evil.com/https://sub.kommo.com/api/v4/leads",
        "https:sub.kommo.com/api/v4/leads",
        "https:///api/v4/leads",
        "https:/\\sub.kommo.com/api/v4/leads",
        "://sub.kommo.com/api/v4/leads",
        "\\\\evil.com\\api\\v4\\leads",
        "/\\evil.com/api/v4/leads",
        "@evil.com/leads",
        "javascript:alert",
        "file:///etc/passwd",
        // Other things of the account.
        "https://sub.kommo.com",
        "https://sub.kommo.com/",
        "https://sub.kommo.com/leads/list",
        "https://sub.kommo.com/api/v2/leads",
        "https://sub.kommo.com/api/v4/../v2/leads",
        "https://sub.kommo.com/oauth2/access_token",
        "https://sub.kommo.com//api/v4/leads",
        "/oauth2/access_token",
        "oauth2/access_token",
        "OAuth2/access_token",
        "api/v4/oauth2/access_token",
        "/api/v2/leads",
        "api/v2/account",
        "api/v4/api/v2/leads",
        "API/v4/leads",
        "/ajax/v1/notes",
        "Ajax/v3/leads",
        "/private/api/auth.php",
        "private/api/v2/json/leads",
        "index.php",
        // Ways out of the root.
        "..",
        ".",
        "../v2/leads",
        "leads/..",
        "leads/../../../oauth2/access_token",
        "leads/./notes",
        "leads/.../notes",
        "%2e%2e/v2/leads",
        "%2E%2E%2Fv2%2Fleads",
        "leads/%2e%2e/%2e%2e/v2/leads",
        "leads%2fnotes",
        "leads%252f..%252fv2",
        "leads%5c..%5cv2",
        "leads%00",
        "leads%0d%0aHost:%20evil.com",
        "leads\\..\\v2",
        "leads//notes",
        "leads;/../v2",
        "leads/\u{2024}\u{2024}/v2",
        "leads\u{ff0f}notes",
        "leads/\u{202e}seton",
        // Smuggled parameters, fragments, requests.
        "leads?page=2",
        "leads?",
        "?leads",
        "leads#top",
        "leads&page=2",
        "leads#?page=2",
        "https://sub.kommo.com/api/v4/leads#top",
        "https://sub.kommo.com/api/v4/leads?with=contacts#top",
        "https://sub.kommo.com/api/v4/leads?with=contacts#?with=x",
        "https://sub.kommo.com?x=/api/v4/leads",
        "https://sub.kommo.com#/api/v4/leads",
        "leads HTTP/1.1\r\nHost: evil.com",
        "leads\r\nAuthorization: x",
        "leads\n",
        "\nleads",
        "leads\0",
        "leads\u{7f}",
        "leads\t",
        " leads",
        "leads ",
        "le ads",
        "leads*",
        "leads:1",
        "{leads}",
        "leads|cat",
        "leads'",
        "leads\"",
        "leads<x>",
        "leads~1",
        "лиды",
    ];

    #[test]
    fn any_other_place_is_refused() {
        for path in HOSTILE {
            assert_eq!(refused(path, &[]), Some("path"), "{path:?}");
        }
        assert_eq!(refused(&"a".repeat(301), &[]), Some("path"));
    }

    #[test]
    fn a_refused_path_is_not_repeated_in_the_message() {
        let error = ask(OWN, "https://evil.com/api/v4/leads?access_token=secret", &[]).unwrap_err();
        assert!(!error.to_string().contains("secret") && !error.to_string().contains("evil"));
    }

    #[test]
    fn parameters_may_be_in_an_address_and_paging_is_taken_out() {
        let path = "https://sub.kommo.com/api/v4/leads?with=contacts%2Ctags&limit=50&filter%5Bid%5D%5B%5D=1&order[id]=asc";
        let asked = ask(OWN, path, &[("query", "a&page=3#x"), ("filter[x][from]", "")]).unwrap();
        let expected = [
            ("with", "contacts,tags"),
            ("filter[id][]", "1"),
            ("order[id]", "asc"),
            ("query", "a&page=3#x"),
            ("filter[x][from]", ""),
        ];
        let query: Vec<_> = asked.query.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(query, expected);
        assert_eq!(asked.limit, Some(50));
        assert_eq!(ask(OWN, "leads", &[("limit", "7")]).unwrap().limit, Some(7));
    }

    #[test]
    fn parameters_that_would_break_paging_are_refused() {
        for name in [
            "page",
            "page[]",
            "page[x]",
            "limit[]",
            " page",
            "+page",
            "pa\0ge",
            "page\n",
            "",
            "[]",
            "[page]",
            "a[",
            "a]",
            "a[b",
            "a[b]c",
            "a[b]]",
            "a[[b]]",
            "a.b",
            "a b",
            "a[б]",
            "a&page",
            "a=b",
            "filter%5Bid%5D",
        ] {
            assert_eq!(refused("leads", &[(name, "2")]), Some("query"), "{name:?}");
        }
        for limit in ["0", "-1", "many", "", "1e3", "99999999999"] {
            assert_eq!(refused("leads", &[("limit", limit)]), Some("query"), "{limit:?}");
        }
        let twice = [("limit", "5"), ("limit", "5")];
        let address = format!("https://{OWN}/api/v4/leads?limit=5");
        assert_eq!(refused("leads", &twice), Some("query"));
        assert_eq!(refused(&address, &twice[..1]), Some("query"));
        for query in ["page=2", "with=x&page=2", "%20page=2", "p%61ge=2", "page%5B%5D=2", "limit=0"]
        {
            let path = format!("https://{OWN}/api/v4/leads?{query}");
            assert_eq!(refused(&path, &[]), Some("query"), "{query}");
        }
    }

    #[test]
    fn a_query_that_no_url_can_hold_is_refused() {
        let ids: Vec<String> = (0..201).map(|id| (100_000_000 + id).to_string()).collect();
        let pairs: Vec<(&str, &str)> = ids.iter().map(|id| ("filter[id][]", id.as_str())).collect();
        assert_eq!(refused("leads", &pairs), None);
        assert_eq!(refused("leads", &[pairs.as_slice(), &pairs].concat()), Some("query"));
    }
}
