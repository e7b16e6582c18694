//! Answers that no honest server gives: a defined result or a parse error that
//! names page and place; never a panic, never a wrong value in silence.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::Duration;

use amocrm_client::account::Credentials;
use amocrm_client::endpoints::notes::{NotesQuery, NotesRequest};
use amocrm_client::error::Error;
use amocrm_client::query::{Outcome, QueryJob, Settings, Warning};
use amocrm_client::table::{Column, Values};
use amocrm_sandbox::{Action, Config, Fault, NoteCounts, Sandbox};

const PATIENCE: Duration = Duration::from_secs(100);

/// What comes of a server that gives `body` for the first page.
fn read(body: String) -> Outcome {
    read_from("limit_offset=0&", body)
}

/// What comes of a server that gives `body` to requests with `path`.
fn read_from(path: &str, body: String) -> Outcome {
    let fault = Fault { path: path.to_owned(), nth: 0..999, action: Action::Body(body) };
    let config = Config { notes: NoteCounts::each(0), faults: vec![fault], ..Config::default() };
    let sandbox = Sandbox::start(config).unwrap();
    let settings = Settings {
        domain: sandbox.url(),
        credentials: Credentials::Key {
            email: sandbox.email().to_owned(),
            apikey: sandbox.apikey().to_owned().into(),
        },
        rate: f64::INFINITY,
        shared_rate: None,
        timeout: Duration::from_secs(30),
        api: None,
        verbose: false,
    };
    let request =
        NotesRequest { kinds: vec!["lead".to_owned()], limit: 500, ..NotesRequest::default() };
    let mut job = QueryJob::start(settings, Box::new(NotesQuery::new(request))).unwrap();
    assert!(job.is_done(PATIENCE), "the job does not end");
    job.finish()
}

fn page(items: &str) -> String {
    format!(r#"{{"_links":{{}},"_embedded":{{"items":{items}}}}}"#)
}

/// The place that a parse error names.
fn refused(body: String) -> String {
    match read(body).error {
        Some(Error::Parse { page, path, detail, .. }) => format!("{page}: {detail} at {path}"),
        other => panic!("no parse error: {other:?}"),
    }
}

/// The same of several servers at once, since each is asked six times.
fn all_refused(bodies: &[String]) -> Vec<String> {
    std::thread::scope(|scope| {
        let asked: Vec<_> =
            bodies.iter().map(|body| scope.spawn(|| refused(body.clone()))).collect();
        asked.into_iter().map(|place| place.join().expect("a refusal")).collect()
    })
}

fn columns(body: String) -> Vec<Column> {
    let notes = read(body);
    assert_eq!(notes.error, None);
    notes.tables.into_iter().next().unwrap().1.into_columns()
}

fn texts(columns: &[Column], name: &str) -> Vec<String> {
    let column = columns.iter().find(|column| column.name() == name).expect(name);
    match column.values() {
        Values::Text(numbers, dictionary) => {
            numbers.iter().map(|number| dictionary.get(number).to_owned()).collect()
        }
        Values::Number(_, numbers) => numbers.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn items_may_be_an_object_or_null() {
    let keyed = columns(page(r#"{"7":{"id":7,"text":"a"},"9":{"id":9,"text":"b"}}"#));
    assert_eq!(texts(&keyed, "text"), ["a", "b"]);
    let null = read(page("null"));
    assert_eq!((null.error, null.tables[0].1.rows()), (None, 0));
}

#[test]
fn ids_as_texts_and_whole_floats_are_numbers() {
    let columns = columns(page(r#"[{"id":"5"},{"id":6.0},{"id":9007199254740992}]"#));
    assert_eq!(texts(&columns, "id"), ["5", "6", "9007199254740992"]);
}

#[test]
fn ids_that_a_double_does_not_hold_are_refused_with_their_place() {
    let bodies =
        ["9007199254740993", "\"five\""].map(|id| page(&format!(r#"[{{"id":1}},{{"id":{id}}}]"#)));
    for place in all_refused(&bodies) {
        assert!(place.contains("lead notes from row 1"), "{place}");
        assert!(place.contains("_embedded.items[1]"), "{place}");
    }
}

#[test]
fn a_number_that_no_double_holds_is_a_text_and_costs_no_row() {
    let columns =
        columns(page(r#"[{"id":1,"params":{"x":[1,1e999]}},{"id":2,"created_at":1e400}]"#));
    assert_eq!(texts(&columns, "id"), ["1", "2"]);
    assert_eq!(texts(&columns, "params_x2"), ["1e999"]);
}

#[test]
fn an_id_that_no_double_holds_is_refused_with_its_place() {
    let place = refused(page(r#"[{"id":1},{"id":1e999}]"#));
    assert!(place.contains("_embedded.items[1]"), "{place}");
}

#[test]
fn names_that_repeat_keep_all_their_values() {
    let columns = columns(page(r#"[{"id":1,"text":"a","text":"b"}]"#));
    assert_eq!(texts(&columns, "text___2"), ["a"]);
    assert_eq!(texts(&columns, "text___3"), ["b"]);
}

#[test]
fn surrogates_in_pairs_are_text_and_alone_cost_their_text_with_a_word() {
    let whole = read(page(r#"[{"id":1,"text":"\ud83d\ude00"}]"#));
    assert_eq!((&whole.error, &whole.warnings[..]), (&None, &[][..]));
    let broken = read(page(r#"[{"id":1,"text":"a\ud83d"},{"id":2,"text":"b"}]"#));
    assert_eq!((&broken.error, &broken.warnings[..]), (&None, &[Warning::BrokenTexts(1)][..]));
    for (outcome, expected) in [(whole, &["\u{1f600}"][..]), (broken, &["a\u{fffd}", "b"])] {
        let columns = outcome.tables.into_iter().next().unwrap().1.into_columns();
        assert_eq!(texts(&columns, "text"), expected);
    }
}

#[test]
fn deep_nesting_is_refused() {
    let deep = format!("{}1{}", "[".repeat(1000), "]".repeat(1000));
    let place = refused(page(&format!(r#"[{{"id":1,"x":{deep}}}]"#)));
    assert!(place.contains("recursion limit"), "{place}");
}

#[test]
fn other_documents_are_refused() {
    let cut = "{\"_embedded\":{\"items\":[{\"id\":1";
    let bodies = [cut, "[]", "42", "", "<html></html>", "{}"].map(str::to_owned);
    assert_eq!(all_refused(&bodies).len(), bodies.len());
}

#[test]
fn a_body_of_more_than_64_megabytes_is_not_read_to_its_end() {
    let huge = page(&format!(r#"[{{"id":1,"text":"{}"}}]"#, "x".repeat(65 << 20)));
    let error = read(huge).error;
    let Some(Error::Network { detail, .. }) = error else { panic!("{error:?}") };
    assert!(detail.contains("64 MB"), "{detail}");
}

#[test]
fn a_server_that_gives_the_first_page_for_ever_is_told_from_a_long_list() {
    let full: Vec<String> = (1..=500).map(|id| format!("{{\"id\":{id}}}")).collect();
    let body = page(&format!("[{}]", full.join(",")));
    let error = read_from("/api/v2/notes", body).error;
    assert!(matches!(error, Some(Error::Incomplete { .. })), "{error:?}");
}
