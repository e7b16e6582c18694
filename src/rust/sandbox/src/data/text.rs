//! Texts, drawn from the lists of `text.txt`, which says how they are written.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::data::content::Address;
use crate::data::{Rng, SETTINGS};

struct Lines {
    /// The lists that are drawn from first.
    first: Vec<&'static str>,
    lines: Vec<String>,
}

static LISTS: LazyLock<HashMap<&str, Lines>> = LazyLock::new(|| {
    let text = include_str!("text.txt").lines();
    let mut lists = HashMap::new();
    let mut last = "";
    for line in text.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(head) = line.strip_prefix("= ") {
            let mut names = head.split(' ');
            last = names.next().unwrap_or_default();
            lists.insert(last, Lines { first: names.collect(), lines: Vec::new() });
        } else if let Some(list) = lists.get_mut(last) {
            let escapes = [("\\n", "\n"), ("\\r", "\r"), ("\\t", "\t")];
            let line =
                escapes.iter().fold(line.to_owned(), |line, (from, to)| line.replace(from, to));
            list.lines.push(line);
        }
    }
    lists
});

/// A text of the list with this name; none if there is no such list.
pub fn write(name: &str, rng: &mut Rng) -> String {
    let Some(list) = LISTS.get(name) else { return String::new() };
    let first: Vec<(&str, String)> =
        list.first.iter().map(|name| (*name, part(name, rng))).collect();
    fill(pick(name, rng), &first, rng)
}

/// One of the lines of a list, as it stands; the only one without chance.
pub fn pick(name: &str, rng: &mut Rng) -> &'static str {
    match LISTS.get(name).map_or(&[][..], |list| &list.lines) {
        [] => "",
        [only] => only,
        lines => &lines[rng.index(lines.len())],
    }
}

/// Puts what the braces stand for in their places.
fn fill(mut line: &str, first: &[(&str, String)], rng: &mut Rng) -> String {
    let mut text = String::new();
    while let Some((before, rest)) = line.split_once('{') {
        let (name, rest) = rest.split_once('}').unwrap_or((rest, ""));
        let (name, width) = name.split_once(':').unwrap_or((name, "0"));
        let drawn = first.iter().find(|(known, _)| *known == name);
        let filled = drawn.map_or_else(|| part(name, rng), |(_, text)| text.clone());
        text.push_str(before);
        let missing = width.parse::<usize>().unwrap_or(0).saturating_sub(filled.len());
        text.extend(std::iter::repeat_n('0', missing));
        text.push_str(&filled);
        line = rest;
    }
    text + line
}

/// What a name in braces stands for.
fn part(name: &str, rng: &mut Rng) -> String {
    if name == "points" {
        return points(rng);
    }
    let is_number = name.starts_with(|first: char| first.is_ascii_digit());
    match name.split_once('-').filter(|_| is_number) {
        Some((low, high)) => {
            let bound = |text: &str| text.parse().unwrap_or(0);
            rng.between(bound(low), bound(high)).to_string()
        }
        None => write(name, rng),
    }
}

/// A numbered list of things to do.
fn points(rng: &mut Rng) -> String {
    let many = rng.between(3, 9);
    let points = (1..=many).map(|number| format!("{number}. {};", pick("point", rng)));
    points.collect::<Vec<_>>().join("\n")
}

/// A client's name and address.
pub fn correspondent(rng: &mut Rng) -> Address {
    let mailbox = pick("mailbox", &mut rng.clone());
    let first = pick("first", rng);
    Address {
        email: format!("{mailbox}{}@{}", rng.below(90), pick("domain", rng)),
        name: format!("{first} {}", pick("family", rng)),
    }
}

/// One to three tags.
pub fn tags(rng: &mut Rng) -> Vec<&'static str> {
    let tags = &SETTINGS.tags;
    let first = rng.index(tags.len());
    let many = 1 + rng.index(3);
    tags.iter().cycle().skip(first).take(many).map(|tag| tag.name).collect()
}

/// The outcome of a call in words; most managers write none.
pub fn call_result(status: u64, rng: &mut Rng) -> &'static str {
    if rng.percent(60) {
        return "";
    }
    match pick(&format!("call_{status}"), rng) {
        "" => "Не дозвонился",
        result => result,
    }
}

/// The address of a recording.
pub fn recording(uniq: &str) -> String {
    format!("https://pbx.sandbox.example/rec/{uniq}.mp3")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_in_braces_is_that_of_a_list_or_a_number() {
        let names = LISTS.values().flat_map(|list| {
            let in_braces = list.lines.iter().flat_map(|line| line.split('{').skip(1));
            let in_braces = in_braces.filter_map(|rest| rest.split_once('}'));
            in_braces
                .map(|(name, _)| name.split(':').next().unwrap_or(name))
                .chain(list.first.iter().copied())
        });
        for name in names {
            let is_number = name
                .split_once('-')
                .is_some_and(|(low, high)| low.parse::<u64>().ok() < high.parse().ok());
            assert!(
                name.is_empty() || is_number || name == "points" || LISTS.contains_key(name),
                "{name}"
            );
        }
    }
}
