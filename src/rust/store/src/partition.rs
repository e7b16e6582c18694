//! Where rows are: `<table>/account=<id>/month=<YYYY-MM>/data.parquet`.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Datelike};

use crate::column::{Column, Values};
use crate::error::Error;
use crate::fs;

/// The folder of the store's own files; Spark and Hive pass over it.
pub const OWN: &str = "_amocrm";
/// The file of a partition.
pub const DATA: &str = "data.parquet";

/// The folder of a month in that of an account, nothing if the table has no months.
pub type Partition = String;

/// Rows without a time, as Hive calls it.
const NO_MONTH: &str = "month=__HIVE_DEFAULT_PARTITION__";
const MONTH: &str = "month=";

/// The folder name of an account.
pub fn account_folder(account: i64) -> String {
    format!("account={account}")
}

/// The partition that holds rows when no other does.
pub fn default_partition(has_months: bool) -> Partition {
    if has_months { NO_MONTH.to_owned() } else { String::new() }
}

/// The file of a partition, from the top folder; with slashes on any system.
pub fn data_file(table: &str, account: i64, partition: &str) -> String {
    let account = account_folder(account);
    match partition {
        "" => format!("{table}/{account}/{DATA}"),
        month => format!("{table}/{account}/{month}/{DATA}"),
    }
}

/// The partitions of a table that have a file.
pub fn partitions(root: &Path, table: &str, account: i64) -> Result<Vec<Partition>, Error> {
    let folder = root.join(table).join(account_folder(account));
    let mut found = fs::names(&folder, MONTH, "")?;
    found.push(String::new());
    found.retain(|partition| folder.join(partition).join(DATA).is_file());
    Ok(found)
}

/// The accounts that a table has, in the order of their numbers.
pub fn accounts(root: &Path, table: &str) -> Result<Vec<i64>, Error> {
    let prefix = account_folder(0).trim_end_matches('0').to_owned();
    let names = fs::names(&root.join(table), &prefix, "")?;
    let mut accounts: Vec<i64> =
        names.iter().filter_map(|name| name[prefix.len()..].parse().ok()).collect();
    accounts.sort_unstable();
    Ok(accounts)
}

/// The number of a month since the year 0.
pub type Month = i32;

/// The month of each row, by a column of times, UTC.
pub fn months(times: &Column) -> Option<Vec<Option<Month>>> {
    let Values::Time(moments) = times.values() else { return None };
    let mut moments = moments.iter();
    let month =
        |has_time: &bool| has_time.then(|| moments.next()).flatten().copied().and_then(month_of);
    Some(times.present().iter().map(month).collect())
}

#[allow(clippy::cast_possible_wrap)]
fn month_of(micros: i64) -> Option<Month> {
    let moment = DateTime::from_timestamp_micros(micros)?;
    Some(moment.year() * 12 + moment.month0() as i32)
}

/// The partition of a month.
pub fn of_month(month: Option<Month>) -> Partition {
    match month {
        Some(month) => {
            format!("{MONTH}{:04}-{:02}", month.div_euclid(12), month.rem_euclid(12) + 1)
        }
        None => NO_MONTH.to_owned(),
    }
}

/// A table's name is a folder's, and none of the store's own or of a hidden one.
pub fn is_table_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

/// A path from the top folder as this system writes it. None if it leaves the folder.
pub fn inside(root: &Path, path: &str) -> Option<PathBuf> {
    let parts = path.split('/');
    let is_name = |part: &str| !part.is_empty() && part != ".." && !part.contains(['\\', ':']);
    parts.clone().all(is_name).then(|| root.join(parts.collect::<PathBuf>()))
}

#[cfg(test)]
mod tests {
    use super::{inside, is_table_name, months, of_month};
    use crate::column::{Column, Values};
    use std::path::Path;

    #[test]
    fn a_row_is_in_the_month_of_its_time_in_utc() {
        let moments = vec![-1, 0, 1_709_251_199_999_999, 1_709_251_200_000_000, i64::MAX];
        let present = vec![true, true, false, true, true, true];
        let column = Column::new("created_at", present, Values::Time(moments));
        let none = "month=__HIVE_DEFAULT_PARTITION__".to_owned();
        let month = |month: &str| format!("month={month}");
        let expected = [
            month("1969-12"),
            month("1970-01"),
            none.clone(),
            month("2024-02"),
            month("2024-03"),
            none,
        ];
        let found = column.and_then(|column| months(&column)).unwrap_or_default();
        let found: Vec<_> = found.into_iter().map(of_month).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_path_of_a_commit_stays_in_the_folder() {
        let root = Path::new("root");
        assert_eq!(inside(root, "leads/data"), Some(root.join("leads").join("data")));
        for path in ["../x", "leads/../../x", "/etc/passwd", "", "leads//x", "c:/x", "a\\..\\b"] {
            assert_eq!(inside(root, path), None, "{path}");
        }
    }

    #[test]
    fn names_of_tables_are_plain() {
        for (name, expected) in
            [("leads_tags", true), ("_amocrm", false), ("", false), ("a/b", false), ("..", false)]
        {
            assert_eq!(is_table_name(name), expected, "{name}");
        }
    }
}
