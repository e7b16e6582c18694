use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use reqwest::StatusCode;

const PROGRAM: &str = env!("CARGO_BIN_EXE_amocrm-sandbox");

/// A program that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn start(arguments: &[&str]) -> Running {
    let command = Command::new(PROGRAM).args(arguments).stdout(Stdio::piped()).spawn();
    Running(command.unwrap())
}

/// The words behind `url`, `email`, `apikey`, `token` and the four of OAuth.
fn all_told(program: &mut Running) -> [String; 8] {
    let lines = BufReader::new(program.0.stdout.as_mut().unwrap()).lines();
    let words =
        lines.take(8).map(|line| line.unwrap().split_whitespace().nth(1).unwrap().to_owned());
    words.collect::<Vec<_>>().try_into().unwrap()
}

/// The words behind `url`, `email` and `apikey`.
fn told(program: &mut Running) -> [String; 3] {
    let [url, email, apikey, ..] = all_told(program);
    [url, email, apikey]
}

fn complaint(arguments: &[&str]) -> String {
    let output = Command::new(PROGRAM).args(arguments).output().unwrap();
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

#[tokio::test]
async fn the_program_says_where_it_is_and_serves_the_rows_asked_for() {
    let arguments = ["--notes", "lead=3,contact=2", "--apikey", "known", "--seed", "5"];
    let mut program = start(&arguments);
    let [url, email, apikey] = told(&mut program);
    assert_eq!(apikey, "known");
    for (kind, status) in [("lead", StatusCode::OK), ("task", StatusCode::NO_CONTENT)] {
        let query = [("type", kind), ("login", &email), ("api_key", &apikey)];
        let request = client().get(format!("{url}/api/v2/notes")).query(&query);
        assert_eq!(request.send().await.unwrap().status(), status, "{kind}");
    }
}

#[tokio::test]
async fn the_program_serves_recorded_rows_from_a_file() {
    let path = std::env::temp_dir().join(format!("sandbox-{}.json", std::process::id()));
    std::fs::File::create(&path).unwrap().write_all(b"[{\"id\":77}]").unwrap();
    let mut program = start(&["--items", &format!("lead={}", path.display())]);
    let [url, email, apikey] = told(&mut program);
    std::fs::remove_file(path).unwrap();
    let query = [("type", "lead"), ("login", &email), ("api_key", &apikey)];
    let request = client().get(format!("{url}/api/v2/notes")).query(&query);
    assert!(request.send().await.unwrap().text().await.unwrap().contains("[{\"id\":77}]"));
}

#[tokio::test]
async fn the_program_tells_the_secrets_of_oauth_and_can_do_without_v2() {
    let arguments = [
        ["--token", "t.o.k"],
        ["--client-id", "id"],
        ["--client-secret", "secret"],
        ["--redirect-uri", "https://x.example"],
        ["--code", "code"],
        ["--token-seconds", "7"],
    ];
    let mut program = start(&[arguments.as_flattened(), &["--no-v2", "--kommo"]].concat());
    let [url, _, _, oauth @ ..] = all_told(&mut program);
    assert_eq!(oauth, ["t.o.k", "id", "secret", "https://x.example", "code"]);
    for (path, status) in [("v4/account", 200), ("v2/account", 404), ("v4/customers/notes", 404)] {
        let request = client().get(format!("{url}/api/{path}")).bearer_auth("t.o.k");
        assert_eq!(request.send().await.unwrap().status().as_u16(), status, "{path}");
    }
}

#[tokio::test]
async fn the_program_serves_lists_of_the_size_asked_for_to_no_administrator() {
    let arguments = ["--lists", "leads=3", "--token", "t", "--api-filter", "--no-admin"];
    let mut program = start(&arguments);
    let [url, ..] = told(&mut program);
    let get = async |path: &str| {
        let request = client().get(format!("{url}/api/v4/{path}")).bearer_auth("t");
        request.send().await.unwrap()
    };
    assert_eq!(get("users").await.status(), StatusCode::FORBIDDEN);
    assert_eq!(get("leads?filter[id]=5").await.status(), StatusCode::NO_CONTENT);
    assert_eq!(get("contacts?limit=60&page=2").await.status(), StatusCode::OK);
    assert_eq!(get("leads?limit=3&page=1").await.status(), StatusCode::OK);
    assert_eq!(get("leads?limit=3&page=2").await.status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn the_history_ends_with_the_midnight_before_the_time_asked_for() {
    let arguments = ["--now", "2026-03-05T10:00:00Z", "--notes", "lead=250", "--token", "t"];
    let mut program = start(&arguments);
    let [url, ..] = told(&mut program);
    let request = client().get(format!("{url}/api/v4/leads/notes?limit=250")).bearer_auth("t");
    let page: serde_json::Value = request.send().await.unwrap().json().await.unwrap();
    let notes = page["_embedded"]["notes"].as_array().unwrap();
    let last = notes.iter().filter_map(|note| note["created_at"].as_i64()).max().unwrap();
    // Midnight in Moscow, and two weeks before it.
    assert!((1_771_448_400..1_772_658_000).contains(&last), "{last}");
}

#[test]
fn help_names_every_option() {
    let output = Command::new(PROGRAM).arg("--help").output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    for option in [
        "port",
        "notes",
        "lists",
        "items",
        "seed",
        "timezone",
        "now",
        "latency",
        "rate",
        "session",
        "email",
        "apikey",
        "token",
        "client-id",
        "client-secret",
        "redirect-uri",
        "code",
        "token-seconds",
        "no-v2",
        "kommo",
        "api-filter",
        "no-admin",
    ] {
        assert!(text.contains(&format!("--{option} ")), "{option}");
    }
}

#[test]
fn mistakes_are_named() {
    for (arguments, culprit) in [
        (&["--colour", "red"][..], "--colour"),
        (&["--notes", "deal=5"], "deal"),
        (&["--notes", "lead=many"], "many"),
        (&["--notes", "lead"], "lead"),
        (&["--items", "deal=a.json"], "deal"),
        (&["--lists", "deals=5"], "deals"),
        (&["--lists", "leads=9000000"], "9000000"),
        (&["--timezone", "Mars/Base"], "Mars/Base"),
        (&["--now", "yesterday"], "yesterday"),
        (&["--now", "1999-12-31T00:00:00Z"], "2000 to 2100"),
        (&["--latency", "-1"], "negative"),
        (&["--items", "lead=/no/such/file"], "/no/such/file"),
    ] {
        let complaint = complaint(arguments);
        assert!(complaint.contains(culprit), "{complaint}");
    }
}

fn client() -> reqwest::Client {
    crate::client::builder().build().unwrap()
}
