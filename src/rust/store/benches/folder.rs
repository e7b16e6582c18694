//! What a folder costs: `cargo bench -p amocrm-store -- [rows]`. Notes as accounts
//! have them, five years of them, in batches as they arrive; beside it the same rows
//! as CSV.
#![allow(clippy::unwrap_used, clippy::cast_sign_loss)]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Instant;

use amocrm_store::{Column, PerKey, Rows, Selection, Store, Table, TableReader, Texts, Values};
use fastrand::Rng;

const SECOND: i64 = 1_000_000;
const START: i64 = 1_577_836_800;
const YEARS: i64 = 5 * 365 * 86_400;
const BATCH: usize = 50_000;

/// A note: its cells in the order of [`NAMES`].
struct Note {
    id: i64,
    lead_id: i64,
    user: i32,
    created_at: i64,
    updated_at: i64,
    kind: &'static str,
    text: Option<String>,
    phone: Option<String>,
    duration: Option<i32>,
    link: Option<String>,
}

const NAMES: [&str; 11] = [
    "account_id",
    "id",
    "lead_id",
    "created_by",
    "created_at",
    "updated_at",
    "note_type",
    "text",
    "params_phone",
    "params_duration",
    "params_link",
];

const WORDS: [&str; 24] = [
    "клиент",
    "просит",
    "перезвонить",
    "завтра",
    "после",
    "обеда",
    "счёт",
    "оплачен",
    "договор",
    "отправлен",
    "на",
    "почту",
    "менеджер",
    "уточнить",
    "срок",
    "поставки",
    "скидка",
    "не",
    "согласован",
    "the",
    "order",
    "is",
    "ready",
    "адрес",
];

fn sentence(random: &mut Rng) -> String {
    let mut text = String::new();
    for _ in 0..random.usize(4..20) {
        text.push_str(WORDS[random.usize(..WORDS.len())]);
        text.push(' ');
    }
    write!(text, "{}", random.u32(..100_000)).unwrap();
    text
}

fn note(number: usize, all: usize, random: &mut Rng) -> Note {
    let number = i64::try_from(number).unwrap();
    let all = i64::try_from(all).unwrap();
    let created_at = START + number * YEARS / all + random.i64(0..60);
    let is_call = random.u8(..10) < 3;
    let phone = is_call.then(|| format!("+7{}", random.u64(9_000_000_000..9_999_999_999)));
    let link = is_call.then(|| format!("https://calls.example.com/{:016x}", random.u64(..)));
    Note {
        id: 100_000_000 + number * 3 + random.i64(0..3),
        lead_id: 20_000_000 + number / 8 + random.i64(0..2_000),
        user: 7_000_000 + random.i32(0..20) * 137,
        created_at,
        updated_at: created_at + if random.bool() { 0 } else { random.i64(0..86_400) },
        kind: if is_call { "call_in" } else { ["common", "service_message"][random.usize(..2)] },
        text: (!is_call).then(|| sentence(random)),
        phone,
        duration: is_call.then(|| random.i32(0..600)),
        link,
    }
}

fn optional(name: &str, texts: &[Option<&str>]) -> Column {
    let present = texts.iter().map(Option::is_some).collect();
    Column::new(name, present, Values::Text(texts.iter().flatten().collect())).unwrap()
}

fn rows(notes: &[Note]) -> Rows {
    let all = |value: fn(&Note) -> i64| notes.iter().map(value).collect::<Vec<_>>();
    let text = |value: fn(&Note) -> Option<&str>| notes.iter().map(value).collect::<Vec<_>>();
    let durations = notes.iter().map(|note| note.duration.is_some()).collect();
    let kinds: Texts = notes.iter().map(|note| note.kind).collect();
    Rows::new(vec![
        Column::full(NAMES[0], Values::Int64(all(|_| 12_345_678))),
        Column::full(NAMES[1], Values::Int64(all(|note| note.id))),
        Column::full(NAMES[2], Values::Int64(all(|note| note.lead_id))),
        Column::full(NAMES[3], Values::Int32(notes.iter().map(|note| note.user).collect())),
        Column::full(NAMES[4], Values::Time(all(|note| note.created_at * SECOND))),
        Column::full(NAMES[5], Values::Time(all(|note| note.updated_at * SECOND))),
        Column::full(NAMES[6], Values::Text(kinds)),
        optional(NAMES[7], &text(|note| note.text.as_deref())),
        optional(NAMES[8], &text(|note| note.phone.as_deref())),
        Column::new(
            NAMES[9],
            durations,
            Values::Int32(notes.iter().filter_map(|note| note.duration).collect()),
        )
        .unwrap(),
        optional(NAMES[10], &text(|note| note.link.as_deref())),
    ])
    .unwrap()
}

/// As R writes it.
fn csv(notes: &[Note]) -> String {
    let mut text = String::new();
    let quoted = |cell: &Option<String>| cell.as_ref().map_or("NA".into(), |t| format!("\"{t}\""));
    let time = |seconds| chrono::DateTime::from_timestamp(seconds, 0).unwrap().format("%F %T");
    for note in notes {
        writeln!(
            text,
            "12345678,{},{},{},{},{},\"{}\",{},{},{},{}",
            note.id,
            note.lead_id,
            note.user,
            time(note.created_at),
            time(note.updated_at),
            note.kind,
            quoted(&note.text),
            quoted(&note.phone),
            note.duration.map_or("NA".into(), |seconds| seconds.to_string()),
            quoted(&note.link),
        )
        .unwrap();
    }
    text
}

fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let sizes = entries.map(|entry| match entry.metadata().unwrap() {
        metadata if metadata.is_dir() => size(&entry.path()),
        metadata => metadata.len(),
    });
    sizes.sum()
}

/// The most memory that the process had, in MB, where the system tells.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
}

/// Seconds that the main thread has computed, where the system tells: other work on the
/// machine does not change them.
fn computed() -> Option<f64> {
    let times = fs::read_to_string("/proc/self/schedstat").ok()?;
    Some(times.split_whitespace().next()?.parse::<f64>().ok()? / 1e9)
}

fn clock() -> f64 {
    thread_local!(static START: Instant = Instant::now());
    computed().unwrap_or_else(|| START.with(|start| start.elapsed().as_secs_f64()))
}

fn measure<T>(what: &str, rows: usize, work: impl FnOnce() -> T) -> T {
    let start = clock();
    let result = work();
    let time = clock() - start;
    let per_row = time * 1e6 / rows as f64;
    let peak = peak().map_or(String::new(), |peak| format!(", peak {peak} MB"));
    println!("{what}: {time:.2} s, {per_row:.2} us a row{peak}");
    result
}

fn main() {
    let count = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(500_000);
    let folder = std::env::temp_dir().join(format!("amocrm-store-bench-{}", std::process::id()));
    let table = Table {
        name: "notes".to_owned(),
        key: vec!["id".to_owned()],
        per_key: PerKey::One,
        month: Some("created_at".to_owned()),
    };
    let mut random = Rng::with_seed(1);
    let mut store = Store::open(&folder, 12_345_678, "bench").unwrap();
    let (mut csv_bytes, mut staging) = (0, 0.0);
    for start in (0..count).step_by(BATCH) {
        let numbers = start..count.min(start + BATCH);
        let notes: Vec<Note> = numbers.map(|number| note(number, count, &mut random)).collect();
        csv_bytes += csv(&notes).len() as u64;
        let rows = rows(&notes);
        let begun = clock();
        store.upsert(&table, rows).unwrap();
        staging += clock() - begun;
    }
    println!("staged: {staging:.2} s, {:.2} us a row", staging * 1e6 / count as f64);
    measure("committed", count, || store.commit("notes", "{}").unwrap());
    let bytes = size(&folder.join("notes"));
    println!(
        "{count} rows: {:.1} MB, as CSV {:.1} MB, {:.1}% of it",
        bytes as f64 / 1e6,
        csv_bytes as f64 / 1e6,
        100.0 * bytes as f64 / csv_bytes as f64
    );
    let changed: Vec<Note> =
        (0..1000).map(|number| note(number * (count / 1000), count, &mut random)).collect();
    measure("1000 rows changed in all months", count, || {
        store.upsert(&table, rows(&changed)).unwrap();
        store.commit("notes", "{}").unwrap()
    });
    measure("read", count, || {
        let mut reader = TableReader::open(&folder, "notes", &Selection::default()).unwrap();
        while reader.next_rows().unwrap().is_some() {}
    });
    if std::env::var_os("KEEP").is_none() {
        fs::remove_dir_all(folder).unwrap();
    } else {
        println!("{}", folder.display());
    }
}
