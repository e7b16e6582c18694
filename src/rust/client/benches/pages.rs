//! From the bytes of a page to columns, beside what the parser itself takes
//! for the same bytes: skipping all of it, and building its tree.
//!
//! `cargo bench -p amocrm-client`
#![allow(clippy::unwrap_used)]

use std::fmt::Write;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use amocrm_client::account::transport::Transport;
use amocrm_client::account::{Account, Credentials};
use amocrm_client::endpoints::notes::NOTES;
use amocrm_client::endpoints::notes::v2;
use amocrm_client::endpoints::notes::v4::{events, notes};
use amocrm_client::http::Request;
use amocrm_client::json::page::Page;
use amocrm_client::table::{Format, Map, RowSink, SeenKeys, Table, read_page};
use amocrm_sandbox::{Config, NoteCounts, Sandbox};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde::de::IgnoredAny;
use serde_json::Value;

/// Rows of a page of API v2.
const ROWS: u32 = 500;

/// The body of the answer to a request.
fn body(sandbox: &Sandbox, request: &Request) -> Vec<u8> {
    let token = Credentials::Token(sandbox.access_token().to_owned().into());
    let account = Account::shared(sandbox.url().parse().unwrap(), token);
    let http = account.http(Duration::from_secs(60), Arc::default());
    let transport = Transport { http: http.unwrap(), account };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let bytes = |body: Option<&[u8]>| Ok(body.unwrap_or_default().to_vec());
    runtime.block_on(transport.get(request, "a page", bytes)).unwrap().value
}

/// Notes of all types, from the middle of a long list.
fn mixed(sandbox: &Sandbox) -> Vec<u8> {
    body(sandbox, &lead_notes(5000))
}

/// The request for a page of notes of API v2.
fn lead_notes(offset: u32) -> Request {
    let request = Request::get("/api/v2/notes").query("type", "lead");
    request.query("limit_rows", &ROWS).query("limit_offset", &offset)
}

/// Notes that have 20 of 600 members in `params` each.
fn wide() -> Vec<u8> {
    let mut page = r#"{"_links":{},"_embedded":{"items":["#.to_owned();
    for row in 0..ROWS {
        let comma = if row == 0 { "" } else { "," };
        let _ = write!(
            page,
            r#"{comma}{{"id":{},"created_at":1600000000,"note_type":"25","text":"","params":{{"#,
            100_000 + row
        );
        for member in 0..20 {
            let comma = if member == 0 { "" } else { "," };
            let _ = write!(page, r#"{comma}"field_{}":"{row}""#, (row * 7 + member) % 600);
        }
        page.push_str("}}");
    }
    page.push_str("]}}");
    page.into_bytes()
}

fn read_v4(body: &[u8], list: &str, map: Map) -> Page<Table> {
    read_page(body, &Format { list, schema: &NOTES, id: "id", order: None, map }).unwrap()
}

/// How many times as long `read` takes as the parser takes to skip the same
/// bytes. They take turns, so that what else happens on the computer meets
/// both; the median of many turns.
fn times_skipping(body: &[u8], read: impl Fn(&[u8]) -> Page<Table>) -> f64 {
    const TURNS: usize = 201;
    let taken = |run: &dyn Fn()| {
        let start = Instant::now();
        (0..10).for_each(|_| run());
        start.elapsed().as_secs_f64()
    };
    let skip = || {
        black_box(serde_json::from_slice::<IgnoredAny>(body).unwrap());
    };
    let columns = || drop(black_box(read(body)));
    let mut turns: Vec<f64> = (0..TURNS).map(|_| taken(&columns) / taken(&skip)).collect();
    turns.sort_by(f64::total_cmp);
    turns[TURNS / 2]
}

fn compare(c: &mut Criterion, name: &str, body: &[u8], read: impl Fn(&[u8]) -> Page<Table>) {
    let rows = read(body).rows.rows();
    assert!(rows > 20, "{name}: {rows} rows");
    let mut group = c.benchmark_group(name);
    group.throughput(Throughput::Bytes(body.len() as u64));
    group.bench_function("skip", |b| {
        b.iter(|| serde_json::from_slice::<IgnoredAny>(body).unwrap());
    });
    group.bench_function("columns", |b| b.iter(|| read(body)));
    group.bench_function("tree", |b| b.iter(|| serde_json::from_slice::<Value>(body).unwrap()));
    group.finish();
    println!("{name}: columns take {:.2} times as long as skipping", times_skipping(body, read));
}

fn pages(c: &mut Criterion) {
    let config = Config { notes: NoteCounts::each(40_000), ..Config::default() };
    let sandbox = Sandbox::start(config).unwrap();
    let read_v2 = |body: &[u8]| v2::read_notes(Some(body)).unwrap();
    compare(c, "v2 mixed notes", &mixed(&sandbox), read_v2);
    compare(c, "v2 wide notes", &wide(), read_v2);

    let request = Request::get("/api/v4/leads/notes").query("page", &8).query("limit", &250);
    compare(c, "v4 notes", &body(&sandbox, &request), |body| {
        read_v4(
            body,
            "notes",
            Map::Function(&|note, row| {
                notes::write_row(note, "lead", row);
                true
            }),
        )
    });
    let request = Request::get("/api/v4/events").query("page", &8).query("limit", &100);
    compare(c, "v4 events", &body(&sandbox, &request), |body| {
        read_v4(
            body,
            "events",
            Map::FunctionWithEmbedded(&|event, row| events::write_row(event, false, row)),
        )
    });
}

/// Forty pages to one table.
fn join(c: &mut Criterion) {
    let config = Config { notes: NoteCounts::each(40_000), ..Config::default() };
    let sandbox = Sandbox::start(config).unwrap();
    let bodies: Vec<Vec<u8>> =
        (0..40).map(|page| body(&sandbox, &lead_notes(page * ROWS))).collect();
    let read = || -> Vec<Table> {
        bodies.iter().map(|body| v2::read_notes(Some(body)).unwrap().rows).collect()
    };
    let mut group = c.benchmark_group("40 pages");
    group.throughput(Throughput::Bytes(bodies.iter().map(|body| body.len() as u64).sum()));
    group.bench_function("join", |b| {
        b.iter_batched(
            read,
            |pages| {
                let (mut table, mut seen) = (Table::new(&NOTES), SeenKeys::default());
                for page in pages {
                    table.append(page, &mut seen);
                }
                table
            },
            criterion::BatchSize::LargeInput,
        );
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(3));
    targets = pages, join
}
criterion_main!(benches);
