//! Request parameters, read the way PHP reads them.

use form_urlencoded::Serializer;

/// Parameters that are nobody else's business.
const SECRET: [&str; 8] = [
    "USER_LOGIN",
    "USER_HASH",
    "login",
    "api_key",
    "access_token",
    "refresh_token",
    "client_secret",
    "code",
];

/// Decoded parameters in the order sent.
#[derive(Debug, Default)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads `a=1&b%5B%5D=2`, percent signs and plus signs decoded.
    pub fn parse(raw: &[u8]) -> Self {
        form_urlencoded::parse(raw).into_owned().collect()
    }

    /// The value of `name`, unless it is missing or empty. Of several the last one counts.
    pub fn value(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().rfind(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The parameters `name[key]=value`, with their keys.
    pub fn members<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().filter_map(move |(key, value)| {
            let key = key.strip_prefix(name)?.strip_prefix('[')?.strip_suffix(']')?;
            Some((key, value.as_str()))
        })
    }

    /// The values of `name=1,2`, `name[]=1` and `name[0]=1` alike, commas split, empty ones
    /// dropped.
    pub fn list<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(key, _)| is_element_of(key, name))
            .flat_map(|(_, value)| value.split(','))
            .map(str::trim)
            .filter(|value| !value.is_empty())
    }
}

/// The text with its percent signs decoded, plus signs left as they are.
pub fn decoded(raw: &str) -> String {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let escaped = if *first == b'%' { hex(tail) } else { None };
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The byte that the first two characters spell.
fn hex(digits: &[u8]) -> Option<u8> {
    let digit = |place: usize| char::from(*digits.get(place)?).to_digit(16);
    u8::try_from(digit(0)? * 16 + digit(1)?).ok()
}

impl FromIterator<(String, String)> for Query {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

fn is_element_of(key: &str, name: &str) -> bool {
    let rest = key.strip_prefix(name);
    rest.is_some_and(|rest| rest.is_empty() || (rest.starts_with('[') && rest.ends_with(']')))
}

/// The raw query as sent, with the values of credentials blotted out.
pub fn redact(raw: &str) -> String {
    let parts: Vec<String> = raw.split('&').map(redact_part).collect();
    parts.join("&")
}

fn redact_part(part: &str) -> String {
    let name = form_urlencoded::parse(part.as_bytes()).next().map(|(name, _)| name);
    match name {
        Some(name) if SECRET.contains(&name.as_ref()) => {
            Serializer::new(String::new()).append_pair(&name, "REDACTED").finish()
        }
        _ => part.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(raw: &str, name: &str) -> Vec<String> {
        Query::parse(raw.as_bytes()).list(name).map(str::to_owned).collect()
    }

    #[test]
    fn members_are_named_within_brackets() {
        let query = Query::parse(b"order[id]=asc&order%5Bupdated_at%5D=desc&orders[x]=1&order=2");
        let members: Vec<_> = query.members("order").collect();
        assert_eq!(members, [("id", "asc"), ("updated_at", "desc")]);
    }

    #[test]
    fn percent_signs_are_decoded_where_they_escape_something() {
        assert_eq!(decoded("a%5Bb%5d=%D0%96+1%zz%4"), "a[b]=Ж+1%zz%4");
    }

    #[test]
    fn names_that_only_begin_alike_are_other_names() {
        assert!(list("idx=1&id_more=2", "id").is_empty());
    }

    #[test]
    fn an_empty_value_is_no_value_and_the_last_one_wins() {
        let query = Query::parse(b"type=&limit=1&limit=2");
        assert_eq!(query.value("type"), None);
        assert_eq!(query.value("limit"), Some("2"));
    }

    #[test]
    fn credentials_are_blotted_out_and_the_rest_stays_as_sent() {
        let raw = "type=lead&USER_LOGIN=a%40b&USER%5FHASH=c&id=1%2C2&api_key=d&";
        let clean = "type=lead&USER_LOGIN=REDACTED&USER_HASH=REDACTED&id=1%2C2&api_key=REDACTED&";
        assert_eq!(redact(raw), clean);
    }
}
