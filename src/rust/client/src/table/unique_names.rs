//! Names that repeat inside one row, made unique the way vctrs does it; and names of
//! columns as R has them.

use std::collections::{HashMap, HashSet};

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

/// The names of columns in R (docs/contract.md, Flattening a record): every `.` is `_`.
/// Those that are taken then get `_1`, `_2` and so on, as `make.unique(sep = "_")` does
/// it. A name without a `.` stays as it is.
pub fn names_in_r(dotted: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = dotted.iter().map(|name| name.replace('.', "_")).collect();
    let known: HashSet<String> = names.iter().cloned().collect();
    if known.len() == names.len() {
        return names;
    }
    let mut taken = known.clone();
    let mut used: HashSet<&str> = dotted.iter().copied().filter(|n| !n.contains('.')).collect();
    for (name, dotted) in names.iter_mut().zip(dotted) {
        let Some(plain) = known.get(name.as_str()).filter(|_| dotted.contains('.')) else {
            continue;
        };
        if used.insert(plain) {
            continue;
        }
        let numbered = |number: usize| format!("{plain}_{number}");
        let mut free = (1..=taken.len() + 1).map(numbered).filter(|name| !taken.contains(name));
        *name = free.next().unwrap_or_default();
        taken.insert(name.clone());
    }
    names
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
    use super::{make_unique, names_in_r};

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

    #[test]
    fn columns_of_one_name_in_r_are_numbered_and_one_without_dots_keeps_it() {
        // The right-hand sides are those of make.unique(sep = "_"), where the names
        // without dots come first.
        let cases: [(&[&str], &[&str]); 5] = [
            (&["a.b", "c", "x.y"], &["a_b", "c", "x_y"]),
            (&["a.b", "a_b"], &["a_b_1", "a_b"]),
            (&["a.b.c", "a.b_c", "a_b.c"], &["a_b_c", "a_b_c_1", "a_b_c_2"]),
            (&["a_b", "a.b", "a_b_1"], &["a_b", "a_b_2", "a_b_1"]),
            (&["a_b", "a.b", "a.b_1"], &["a_b", "a_b_2", "a_b_1"]),
        ];
        for (dotted, expected) in cases {
            assert_eq!(names_in_r(dotted), expected);
        }
    }
}
