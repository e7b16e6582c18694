//! `AmoNotes()` from request to table over real HTTP, against the sandbox.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::HashSet;
use std::time::Duration;

use amocrm_client::account::Credentials;
use amocrm_client::account::time_zone::Moment;
use amocrm_client::endpoints::notes::{NotesQuery, NotesRequest};
use amocrm_client::error::Error;
use amocrm_client::query::{Outcome, QueryJob, Settings};
use amocrm_client::table::{Column, Values};
use amocrm_sandbox::{Action, Config, Fault, ListFault, NoteCounts, Request, Sandbox};

const PATIENCE: Duration = Duration::from_secs(100);

fn sandbox(rows: u64, faults: Vec<Fault>) -> Sandbox {
    let config = Config { notes: NoteCounts::each(rows), faults, ..Config::default() };
    Sandbox::start(config).unwrap()
}

fn fault(path: &str, nth: std::ops::Range<u64>, action: Action) -> Fault {
    Fault { path: path.to_owned(), nth, action }
}

fn key(sandbox: &Sandbox, apikey: &str) -> Credentials {
    Credentials::Key { email: sandbox.email().to_owned(), apikey: apikey.to_owned().into() }
}

fn settings(sandbox: &Sandbox) -> Settings {
    Settings {
        domain: sandbox.url(),
        credentials: key(sandbox, sandbox.apikey()),
        rate: f64::INFINITY,
        shared_rate: None,
        timeout: Duration::from_secs(30),
        api: None,
        verbose: false,
    }
}

fn leads(limit: u32) -> NotesRequest {
    NotesRequest { kinds: vec!["lead".to_owned()], limit, ..NotesRequest::default() }
}

fn run(settings: Settings, request: NotesRequest) -> Outcome {
    let mut job = QueryJob::start(settings, Box::new(NotesQuery::new(request))).unwrap();
    assert!(job.is_done(PATIENCE), "the job does not end");
    job.finish()
}

/// Rows of the only table; the request must succeed.
fn rows(sandbox: &Sandbox, request: NotesRequest) -> u32 {
    let notes = run(settings(sandbox), request);
    assert_eq!(notes.error, None);
    notes.tables[0].1.rows()
}

fn failure(sandbox: &Sandbox, request: NotesRequest) -> Error {
    run(settings(sandbox), request).error.expect("an error")
}

fn requests_to(sandbox: &Sandbox, path: &str) -> Vec<Request> {
    sandbox.requests().into_iter().filter(|request| request.path == path).collect()
}

fn numbers(column: &Column) -> Vec<f64> {
    match column.values() {
        Values::Number(_, numbers) => numbers.clone(),
        Values::Text(..) => panic!("{} holds text", column.name()),
    }
}

#[test]
fn every_row_count_comes_whole_at_every_limit() {
    for limit in [1_u32, 97, 250, 500] {
        let limit64 = u64::from(limit);
        for total in [0, 1, limit64 - 1, limit64, limit64 + 1, 3 * limit64] {
            let sandbox = sandbox(total, vec![]);
            assert_eq!(u64::from(rows(&sandbox, leads(limit))), total, "limit {limit}");
        }
    }
}

#[test]
fn rows_keep_the_servers_order_and_are_distinct() {
    let sandbox = sandbox(1234, vec![]);
    let notes = run(settings(&sandbox), leads(100));
    let columns = notes.tables.into_iter().next().unwrap().1.into_columns();
    let ids = numbers(&columns[0]);
    assert_eq!(ids.len(), 1234);
    assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
}

#[test]
fn a_page_that_lags_empty_or_short_is_asked_for_again() {
    for action in [Action::EmptyPage, Action::ShortPage(3)] {
        // What stays empty at the end of the list is its end, so that the
        // last page may lag once only.
        for (offset, lags) in [(0, 2), (97, 2), (194, 1)] {
            let at = format!("limit_offset={offset}&");
            let sandbox = sandbox(250, vec![fault(&at, 0..lags, action.clone())]);
            assert_eq!(rows(&sandbox, leads(100)), 250, "{action:?} at {offset}");
        }
    }
}

#[test]
fn a_page_that_stays_empty_is_read_with_those_beside_it() {
    let sandbox = sandbox(250, vec![fault("limit_offset=97&", 0..99, Action::EmptyPage)]);
    assert_eq!(rows(&sandbox, leads(100)), 250);
}

#[test]
fn rows_that_never_come_are_an_error_that_names_them_and_keeps_the_others() {
    let beyond = ["limit_offset=97&", "limit_offset=5", "limit_offset=4", "limit_offset=1"];
    let faults = beyond.map(|at| fault(at, 0..99, Action::EmptyPage)).to_vec();
    let notes = run(settings(&sandbox(250, faults)), leads(100));
    let Some(Error::Incomplete { pages, .. }) = notes.error else { panic!("{:?}", notes.error) };
    assert_eq!(pages, ["lead notes from row 101"]);
    assert_eq!(notes.tables[0].1.rows(), 100);
}

#[test]
fn a_session_that_ends_in_the_middle_costs_no_page() {
    let expire = fault("limit_offset=194&", 0..1, Action::ExpireSession);
    let sandbox = sandbox(450, vec![expire]);
    assert_eq!(rows(&sandbox, leads(100)), 450);
    assert_eq!(requests_to(&sandbox, "/private/api/auth.php").len(), 2);
}

#[test]
fn later_calls_use_the_session_and_zone_of_earlier_ones() {
    let sandbox = sandbox(10, vec![]);
    for _ in 0..3 {
        rows(&sandbox, leads(500));
    }
    assert_eq!(requests_to(&sandbox, "/private/api/auth.php").len(), 1);
    assert_eq!(requests_to(&sandbox, "/api/v2/account").len(), 1);
}

#[test]
fn a_session_that_ended_between_calls_is_renewed() {
    let sandbox = sandbox(10, vec![]);
    rows(&sandbox, leads(500));
    sandbox.expire_sessions();
    assert_eq!(rows(&sandbox, leads(500)), 10);
}

#[test]
fn passing_failures_are_repeated() {
    let html = "<html><h1>502 Bad Gateway</h1></html>".to_owned();
    for action in [
        Action::Status(502, vec![], html.clone()),
        Action::Status(429, vec![("Retry-After".to_owned(), "0".to_owned())], String::new()),
        Action::Body(html),
        Action::Body(r#"{"_embedded":{"items":[{"id":1},"#.to_owned()),
        Action::CutBody,
        Action::Close,
    ] {
        let sandbox = sandbox(250, vec![fault("limit_offset=97&", 0..1, action.clone())]);
        assert_eq!(rows(&sandbox, leads(100)), 250, "{action:?}");
    }
}

/// The ids of the only table.
fn ids(notes: Outcome) -> Vec<f64> {
    numbers(&notes.tables.into_iter().next().unwrap().1.into_columns()[0])
}

#[test]
fn of_a_list_that_moves_while_it_is_read_every_row_that_stays_comes_once() {
    let stay = ids(run(settings(&sandbox(1000, vec![])), leads(100))).split_off(7);
    for action in [Action::InsertRows(7), Action::RemoveRows(7)] {
        for place in ["limit_offset=0&", "limit_offset=194&", "limit_offset=485&"] {
            let sandbox = sandbox(1000, vec![fault(place, 0..1, action.clone())]);
            let notes = run(settings(&sandbox), leads(100));
            assert_eq!(notes.error, None, "{action:?} {place}");
            let found: Vec<u64> = ids(notes).iter().map(|id| id.to_bits()).collect();
            let distinct: HashSet<u64> = found.iter().copied().collect();
            assert_eq!(distinct.len(), found.len(), "{action:?} {place}");
            // It is the first seven rows that appear or go.
            let lost = stay.iter().filter(|id| !distinct.contains(&id.to_bits())).count();
            assert_eq!(lost, 0, "{action:?} {place}");
        }
    }
}

#[test]
fn a_size_that_is_refused_twice_is_not_asked_for_again() {
    let html = "<html>504 Gateway Time-out</html>".to_owned();
    for action in [Action::Status(504, vec![], html), Action::Delay(Duration::from_secs(60))] {
        // Whole pages are too much for the server, smaller ones are not.
        let sandbox = sandbox(250, vec![fault("limit_rows=100&", 0..99, action.clone())]);
        let impatient = Settings { timeout: Duration::from_millis(300), ..settings(&sandbox) };
        let notes = run(impatient, leads(100));
        assert_eq!(notes.error, None, "{action:?}");
        assert_eq!(notes.tables[0].1.rows(), 250, "{action:?}");
        let asked = requests_to(&sandbox, "/api/v2/notes");
        // On a slow machine the second page is on its way when the first is refused.
        for offset in ["limit_offset=0", "limit_offset=97"] {
            let is_refused = |request: &&Request| {
                let query = format!("{}&", request.query);
                query.contains("limit_rows=100&") && query.contains(&format!("{offset}&"))
            };
            let times = asked.iter().filter(is_refused).count();
            assert!(times <= 2, "{action:?}: {times} times {offset}");
        }
        let is_whole_page = |request: &&Request| request.query.contains("limit_rows=100&");
        assert!(asked.iter().filter(is_whole_page).count() <= 4, "{action:?}");
        assert!(asked.len() < 20, "{action:?}: {} requests", asked.len());
    }
}

#[test]
fn a_server_that_is_too_slow_for_any_part_is_a_timeout() {
    let hang = Action::Delay(Duration::from_secs(60));
    let sandbox = sandbox(250, vec![fault("/api/v2/notes", 0..99, hang)]);
    let impatient = Settings { timeout: Duration::from_millis(50), ..settings(&sandbox) };
    let Some(error @ Error::Timeout { is_begun: false, tries: 6, .. }) =
        run(impatient, leads(20)).error
    else {
        panic!("not a timeout")
    };
    assert_eq!(error.to_string(), "no answer within 0.05 s, 6 tries");
}

#[test]
fn a_refused_key_is_sent_once_and_the_servers_words_come_back() {
    let sandbox = sandbox(10, vec![]);
    let wrong = Settings { credentials: key(&sandbox, "wrong"), ..settings(&sandbox) };
    let Some(Error::Auth { code, detail, at }) = run(wrong, leads(500)).error else {
        panic!("no auth error");
    };
    assert_eq!((code.as_str(), at.status), ("110", Some(401)));
    assert!(detail.contains("Неправильный логин"), "{detail}");
    assert_eq!(requests_to(&sandbox, "/private/api/auth.php").len(), 1);
}

#[test]
fn a_log_in_that_is_answered_with_something_else_is_tried_again() {
    for body in ["{\"_embedded\":{", "<html>", "[]"] {
        let garbled = fault("auth.php", 0..1, Action::Body(body.to_owned()));
        assert_eq!(rows(&sandbox(10, vec![garbled]), leads(500)), 10, "{body}");
    }
    let garbled = fault("auth.php", 0..99, Action::Body("<html>".to_owned()));
    let error = failure(&sandbox(10, vec![garbled]), leads(500));
    assert!(matches!(error, Error::Parse { .. }), "{error:?}");
}

#[test]
fn a_block_is_not_hammered() {
    let blocked = Action::Status(403, vec![], "<html>403 Forbidden</html>".to_owned());
    let sandbox = sandbox(5000, vec![fault("limit_offset=97&", 0..99, blocked)]);
    assert!(matches!(failure(&sandbox, leads(100)), Error::Blocked { .. }));
    let after: Vec<Request> = requests_to(&sandbox, "/api/v2/notes");
    assert_eq!(after.iter().filter(|request| request.status == 403).count(), 1);
}

#[test]
fn statuses_that_no_repetition_mends_fail_at_once_with_the_servers_words() {
    for status in [400, 402, 404, 426] {
        let body = r#"{"title":"Error","detail":"Functional disabled"}"#.to_owned();
        let id = vec![("X-Request-Id".to_owned(), "abc".to_owned())];
        let refused = fault("/api/v2/notes", 0..99, Action::Status(status, id, body));
        let sandbox = sandbox(10, vec![refused]);
        let Error::Http { detail, at } = failure(&sandbox, leads(500)) else { panic!("{status}") };
        assert_eq!((detail.as_str(), at.status), ("Error: Functional disabled", Some(status)));
        assert_eq!(at.endpoint, "GET /api/v2/notes");
        assert_eq!(at.request_id.as_deref(), Some("abc"));
        assert_eq!(requests_to(&sandbox, "/api/v2/notes").len(), 1);
    }
}

#[test]
fn credentials_do_not_follow_a_redirect() {
    let elsewhere = sandbox(10, vec![]);
    let redirect = Action::Redirect(format!("{}/api/v2/notes", elsewhere.url()));
    let sandbox = sandbox(10, vec![fault("/api/v2/notes", 0..99, redirect)]);
    assert!(matches!(failure(&sandbox, leads(500)), Error::Http { .. }));
    assert!(elsewhere.requests().is_empty());
}

#[test]
fn a_server_that_is_not_there_is_a_network_error() {
    let mut gone = sandbox(10, vec![]);
    let settings = settings(&gone);
    gone.stop();
    let Some(Error::Network { tries, .. }) = run(settings, leads(500)).error else {
        panic!("no network error");
    };
    assert_eq!(tries, 6);
}

#[test]
fn four_kinds_share_one_budget_of_seven_requests_a_second() {
    let sandbox = sandbox(400, vec![]);
    let kinds = ["contact", "lead", "company", "task"];
    let request = NotesRequest { kinds: kinds.map(str::to_owned).to_vec(), ..leads(100) };
    let notes = run(Settings { rate: 7.0, ..settings(&sandbox) }, request);
    assert_eq!(notes.error, None);
    let found: Vec<(&str, u32)> =
        notes.tables.iter().map(|(kind, table)| (kind.as_str(), table.rows())).collect();
    assert_eq!(found, kinds.map(|kind| (kind, 400)));
    // Seven at once, then seven in each further second. A request may be a
    // little later than its turn, on a busy machine, but never earlier.
    let arrivals: Vec<u64> = sandbox.requests().iter().map(|request| request.at_ms).collect();
    let seconds = (arrivals.len() as u64 - 1) / 7;
    let took = arrivals[arrivals.len() - 1] - arrivals[0];
    assert!(took >= (seconds - 1) * 1000, "{} requests in {took} ms", arrivals.len());
}

#[test]
fn filters_reach_the_server_and_ids_leave_out_all_others() {
    let sandbox = sandbox(300, vec![]);
    let typed = NotesRequest { note_types: vec!["3".to_owned()], ..leads(500) };
    let moves = rows(&sandbox, typed.clone());
    assert!(moves > 0 && moves < 300);
    let two = NotesRequest { note_types: vec!["3".to_owned(), "4".to_owned()], ..typed.clone() };
    assert!(rows(&sandbox, two) > moves);
    let notes = run(settings(&sandbox), leads(500));
    let columns = notes.tables.into_iter().next().unwrap().1.into_columns();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let ids: Vec<u64> = numbers(&columns[0]).iter().map(|id| *id as u64).collect();
    let named = NotesRequest { ids: ids[..250].to_vec(), ..typed };
    assert_eq!(rows(&sandbox, named), 250);
    let absent = NotesRequest { ids: vec![ids[0], 1], ..leads(500) };
    assert_eq!(rows(&sandbox, absent), 1);
}

/// The elements that some notes are about, each once.
fn elements(sandbox: &Sandbox, count: usize) -> Vec<u64> {
    let notes = run(settings(sandbox), leads(500));
    let texts = notes.tables[0].1.texts("element_id");
    let elements: HashSet<u64> = texts.iter().flatten().map(|id| id.parse().unwrap()).collect();
    elements.into_iter().take(count).collect()
}

fn of_elements(elements: &[u64], limit: u32) -> NotesRequest {
    NotesRequest { elements: elements.to_vec(), ..leads(limit) }
}

/// The queries of the requests for notes that a call makes.
fn queries_of(sandbox: &Sandbox, request: NotesRequest) -> (Outcome, Vec<String>) {
    let before = requests_to(sandbox, "/api/v2/notes").len();
    let notes = run(settings(sandbox), request);
    let made = requests_to(sandbox, "/api/v2/notes").split_off(before);
    (notes, made.into_iter().map(|request| request.query).collect())
}

/// Names and texts of the columns.
fn shown(mut notes: Outcome) -> Vec<(String, Vec<Option<String>>)> {
    assert_eq!(notes.error, None);
    let table = notes.tables.remove(0).1;
    let names: Vec<String> = table.names().map(str::to_owned).collect();
    names.into_iter().map(|name| (name.clone(), table.texts(&name))).collect()
}

#[test]
fn many_elements_of_a_small_account_take_the_requests_of_its_whole_list() {
    let sandbox = sandbox(3300, vec![]);
    let elements = elements(&sandbox, 108);
    let (notes, queries) = queries_of(&sandbox, of_elements(&elements, 500));
    assert!(queries.len() <= 10, "{queries:?}");
    assert!(queries.iter().all(|query| !query.contains("element_id")));
    assert_eq!(notes.error, None);
    assert!(notes.tables[0].1.rows() > 1000);
}

#[test]
fn the_table_of_some_elements_is_the_same_however_it_is_read() {
    let sandbox = sandbox(3300, vec![]);
    let elements = elements(&sandbox, 8);
    let (whole, queries) = queries_of(&sandbox, of_elements(&elements, 500));
    assert!(queries.iter().all(|query| !query.contains("element_id")), "{queries:?}");
    // With fewer rows a page the whole list has more pages.
    let (parts, queries) = queries_of(&sandbox, of_elements(&elements, 10));
    assert_eq!(queries.iter().filter(|query| !query.contains("element_id")).count(), 1);
    let whole = shown(whole);
    assert!(whole[0].1.len() > 50);
    assert_eq!(shown(parts), whole);
}

#[test]
fn a_short_list_of_one_element_takes_two_requests() {
    let sandbox = sandbox(1000, vec![]);
    let elements = elements(&sandbox, 3);
    for (elements, requests) in [(&elements[..1], 2), (&elements, 6), (&[1], 2)] {
        let (_, queries) = queries_of(&sandbox, of_elements(elements, 500));
        assert_eq!(queries.len(), requests, "{queries:?}");
    }
}

#[test]
fn lists_that_are_read_one_by_one_are_counted() {
    let sandbox = sandbox(3300, vec![]);
    let request = of_elements(&elements(&sandbox, 8), 20);
    let mut job = QueryJob::start(settings(&sandbox), Box::new(NotesQuery::new(request))).unwrap();
    assert!(job.is_done(PATIENCE));
    let now = job.progress().snapshot();
    assert_eq!((job.finish().error, now.lists, now.lists_read), (None, 8, 8));
}

#[test]
fn whatever_the_server_says_of_the_length_of_a_list_no_row_is_lost() {
    let gateway = Action::Status(504, vec![], String::new());
    let question = "limit_rows=1&limit_offset=100&";
    for (action, parts) in [(Action::EmptyPage, 0), (gateway, 6), (Action::Close, 6)] {
        // Without an answer it is asked anew.
        let fault = fault(question, 0..if parts == 0 { 1 } else { 2 }, action);
        let sandbox = sandbox(3300, vec![fault]);
        let elements = elements(&sandbox, 6);
        let (notes, queries) = queries_of(&sandbox, of_elements(&elements, 10));
        let asked: HashSet<&str> =
            queries.iter().filter_map(|query| query.split("element_id=").nth(1)).collect();
        assert_eq!(asked.len(), parts);
        assert_eq!(shown(notes), shown(run(settings(&sandbox), of_elements(&elements, 500))));
    }
}

#[test]
fn ids_that_a_lagging_server_leaves_out_come_in_the_order_of_the_list() {
    let lags = |nth, rows| fault("&id=", nth, Action::List(ListFault::Skip(rows)));
    let sandbox = sandbox(600, vec![lags(0..3, 20), lags(3..6, 7), lags(6..9, 3)]);
    let whole = shown(run(settings(&sandbox), leads(500)));
    let ids: Vec<u64> = whole[0].1.iter().flatten().map(|id| id.parse().unwrap()).collect();
    let (named, queries) = queries_of(&sandbox, NotesRequest { ids, ..leads(500) });
    assert_eq!(shown(named), whole);
    assert!(queries.len() <= 12, "{queries:?}");
}

#[test]
fn ids_that_a_server_is_too_slow_for_are_asked_for_in_parts() {
    let gateway = || Action::Status(504, vec![], String::new());
    let sandbox = sandbox(600, vec![fault("limit_rows=200&", 0..99, gateway())]);
    let whole = shown(run(settings(&sandbox), leads(500)));
    let ids: Vec<u64> = whole[0].1.iter().flatten().map(|id| id.parse().unwrap()).collect();
    let (named, queries) = queries_of(&sandbox, NotesRequest { ids, ..leads(500) });
    assert_eq!(shown(named), whole);
    assert_eq!(queries.iter().filter(|query| query.contains("limit_rows=50&")).count(), 12);
}

#[test]
fn a_page_with_more_rows_than_asked_for_is_told_in_the_log() {
    let longer = fault("/api/v2/notes", 0..99, Action::List(ListFault::Longer(20)));
    let sandbox = sandbox(300, vec![longer]);
    let settings = Settings { verbose: true, ..settings(&sandbox) };
    let mut job = QueryJob::start(settings, Box::new(NotesQuery::new(leads(100)))).unwrap();
    assert!(job.is_done(PATIENCE));
    let log = job.progress().take_log();
    let line = "lead notes, rows 1 to 100: 120 rows where 100 were asked for";
    assert!(log.iter().any(|told| told == line), "{log:?}");
    assert_eq!(job.finish().tables[0].1.rows(), 300);
}

#[test]
fn wall_clock_times_are_sent_as_utc() {
    let sandbox = sandbox(10, vec![]);
    let since = Moment::local_time("2019-06-01 00:00:00");
    rows(&sandbox, NotesRequest { since, ..leads(500) });
    let sent = requests_to(&sandbox, "/api/v2/notes")[0].if_modified_since.clone();
    assert_eq!(sent.as_deref(), Some("Fri, 31 May 2019 21:00:00 GMT"));
}

#[test]
fn a_cancelled_job_gives_the_pages_that_had_arrived() {
    // The last page, of three rows, may be asked for ahead and come first.
    let hang = |path| fault(path, 0..9, Action::Delay(Duration::from_secs(60)));
    let sandbox = sandbox(300, vec![hang("limit_offset=194&"), hang("limit_offset=291&")]);
    let mut job =
        QueryJob::start(settings(&sandbox), Box::new(NotesQuery::new(leads(100)))).unwrap();
    while job.progress().snapshot().pages < 2 {
        assert!(!job.is_done(Duration::from_millis(1)));
    }
    let notes = job.finish();
    assert_eq!(notes.error, None);
    assert_eq!(notes.tables[0].1.rows(), 197);
}
