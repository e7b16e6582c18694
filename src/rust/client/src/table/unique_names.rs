//! Names that repeat inside one row, made unique the way vctrs does it.

use std::collections::HashMap;

/// Whether a name needs [`make_unique`] even if it occurs once: it is empty or
/// looks like a repaired name.
pub fn is_odd(name: &str) -> bool {
    let dots = |bytes: &[u8]| bytes == b"...";
    name.is_empty() || name.starts_with("..") || name.as_bytes().windows(3).any(dots)
}

/// Makes the names of one row unique (docs/contract.md, Flattening a record):
/// a `...<number>` ending is taken off, then every name that is empty or occurs
/// more than once gets `...<position>`, positions counted from 1 over all
/// names of the row.
pub fn make_unique(names: &mut [String]) {
    for name in names.iter_mut() {
        let stem = strip_suffix(name);
        let stem = if is_placeholder(stem) { 0 } else { stem.len() };
        name.truncate(stem);
    }
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for name in names.iter() {
        *counts.entry(name.as_str()).or_default() += 1;
    }
    let repeated: Vec<bool> = names
        .iter()
        .map(|name| name.is_empty() || counts.get(name.as_str()).is_some_and(|n| *n > 1))
        .collect();
    for (position, (name, repeated)) in names.iter_mut().zip(repeated).enumerate() {
        if repeated {
            name.push_str("...");
            name.push_str(&(position + 1).to_string());
        }
    }
}

fn strip_suffix(mut name: &str) -> &str {
    loop {
        let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
        match stem.strip_suffix("...") {
            Some(shorter) if stem.len() < name.len() => name = shorter,
            _ => return name,
        }
    }
}

/// `...` and `..1` are R's names for arguments without one.
fn is_placeholder(name: &str) -> bool {
    name == "..."
        || name
            .strip_prefix("..")
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::make_unique;

    #[test]
    fn repeated_and_empty_names_get_their_position() {
        // The right-hand sides are those of vctrs::vec_as_names(repair = "unique").
        let cases: [(&[&str], &[&str]); 4] = [
            (&["a", "b", "a"], &["a...1", "b", "a...3"]),
            (&["a...3", "b"], &["a", "b"]),
            (
                &["a...3", "b", "b", "", "..1", "...", "c...2...4"],
                &["a", "b...2", "b...3", "...4", "...5", "...6", "c"],
            ),
            (&["x", "x...1"], &["x...1", "x...2"]),
        ];
        for (given, expected) in cases {
            let mut names: Vec<String> = given.iter().map(ToString::to_string).collect();
            make_unique(&mut names);
            assert_eq!(names, expected);
        }
    }
}
