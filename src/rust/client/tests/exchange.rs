//! Single requests over real HTTP: how often they are sent, how long they may
//! take, over which connections they go, and which errors they end in.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use amocrm_client::account::transport::Transport;
use amocrm_client::account::{Account, Credentials};
use amocrm_client::error::Error;
use amocrm_client::http::Request;
use amocrm_sandbox::{Action, Config, Fault, NoteCounts, Sandbox};
use futures_util::StreamExt;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

const SECOND: Duration = Duration::from_secs(1);

const fn millis(number: u64) -> Duration {
    Duration::from_millis(number)
}

fn transport(address: &str, token: &str, timeout: Duration) -> Transport {
    let token = Credentials::Token(token.to_owned().into());
    let account = Account::shared(address.parse().unwrap(), token);
    Transport { http: account.http(timeout, Arc::default()).unwrap(), account }
}

/// Sends `request` from a runtime of its own, as each call does.
fn get(transport: &Transport, request: &Request) -> Result<usize, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let length = |body: Option<&[u8]>| Ok(body.map_or(0, <[u8]>::len));
    runtime.block_on(transport.get(request, "the page", length)).map(|answer| answer.value)
}

// --- Servers that do what the sandbox does not ---------------------------------

/// When connections were opened, and when requests came.
#[derive(Clone, Default)]
struct Log {
    connections: Arc<Mutex<Vec<Instant>>>,
    requests: Arc<Mutex<Vec<Instant>>>,
}

impl Log {
    fn connections(&self) -> usize {
        self.connections.lock().unwrap().len()
    }

    /// The most requests that came within a second.
    fn most_in_a_second(&self) -> usize {
        let mut requests = self.requests.lock().unwrap().clone();
        requests.sort();
        let within = |from: Instant| {
            requests.iter().filter(|at| **at >= from && **at - from < SECOND).count()
        };
        requests.iter().map(|from| within(*from)).max().unwrap_or_default()
    }
}

/// Listens; each connection is served by `serve` on a thread of its own.
fn listen(serve: impl Fn(TcpStream, Log) + Send + Sync + 'static) -> (u16, Log) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let log = Log::default();
    let (serve, kept) = (Arc::new(serve), log.clone());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            log.connections.lock().unwrap().push(Instant::now());
            let (serve, log) = (Arc::clone(&serve), log.clone());
            std::thread::spawn(move || serve(stream.unwrap(), log));
        }
    });
    (port, kept)
}

/// Waits for a request; false when the other side hangs up.
fn request_comes(stream: &TcpStream, log: &Log) -> bool {
    let lines = BufReader::new(stream).lines();
    let came = lines.map_while(Result::ok).any(|line| line.is_empty());
    if came {
        log.requests.lock().unwrap().push(Instant::now());
    }
    came
}

fn answer(mut stream: &TcpStream) {
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
}

#[test]
fn an_answer_that_never_ends_ends_in_a_timeout_however_often_a_byte_comes() {
    let (port, _) = listen(|mut stream, log| {
        if request_comes(&stream, &log) {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n");
            while stream.write_all(b" ").is_ok() {
                std::thread::sleep(millis(50));
            }
        }
    });
    let transport = transport(&format!("http://127.0.0.1:{port}"), "token", millis(200));
    let error = get(&transport, &Request::get("/").divisible(true)).unwrap_err();
    let Error::Timeout { allowed, is_begun: true, tries: 2, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!(allowed, millis(600));
}

#[test]
fn a_slow_answer_that_comes_whole_in_time_is_read() {
    let (port, _) = listen(|mut stream, log| {
        if request_comes(&stream, &log) {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n");
            for byte in b"null" {
                std::thread::sleep(millis(400));
                let _ = stream.write_all(&[*byte]);
            }
        }
    });
    let transport = transport(&format!("http://127.0.0.1:{port}"), "token", millis(800));
    assert_eq!(get(&transport, &Request::get("/")), Ok(4));
}

#[test]
fn seven_requests_arrive_in_a_second_over_connections_that_are_taken_up_late() {
    let (port, log) = listen(|stream, log| {
        std::thread::sleep(millis(120));
        while request_comes(&stream, &log) {
            answer(&stream);
        }
    });
    let transport = transport(&format!("http://127.0.0.1:{port}"), "token", 30 * SECOND);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let request = Request::get("/");
    let requests = futures_util::stream::iter(0..22)
        .map(|_| transport.get(&request, "the page", |_| Ok(())))
        .buffer_unordered(16)
        .collect::<Vec<_>>();
    assert!(runtime.block_on(requests).iter().all(Result::is_ok));
    let most = log.most_in_a_second();
    assert!(most <= 7, "{most}");
}

#[test]
fn calls_share_the_connections_of_an_account() {
    let (port, log) = listen(|stream, log| {
        while request_comes(&stream, &log) {
            answer(&stream);
        }
    });
    for _ in 0..3 {
        let transport = transport(&format!("http://127.0.0.1:{port}"), "token", 30 * SECOND);
        assert_eq!(get(&transport, &Request::get("/")), Ok(2));
    }
    assert_eq!(log.connections(), 1);
}

#[test]
fn a_connection_that_the_server_has_closed_is_not_used_again() {
    let (port, log) = listen(|stream, log| {
        if request_comes(&stream, &log) {
            answer(&stream);
        }
    });
    for _ in 0..3 {
        let transport = transport(&format!("http://127.0.0.1:{port}"), "token", 30 * SECOND);
        assert_eq!(get(&transport, &Request::get("/")), Ok(2));
    }
    assert_eq!(log.connections(), 3);
}

#[test]
fn a_certificate_that_is_not_trusted_is_told_of_after_one_try() {
    let pem = |name: &str| std::fs::read(format!("tests/data/{name}")).unwrap();
    let certificate = CertificateDer::from_pem_slice(&pem("untrusted.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_slice(&pem("untrusted.key.pem")).unwrap();
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let config = Arc::new(config);
    let (port, log) = listen(move |mut stream, _| {
        let mut tls = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
        while tls.is_handshaking() && tls.complete_io(&mut stream).is_ok() {}
    });
    let transport = transport(&format!("https://localhost:{port}"), "token", 30 * SECOND);
    let error = get(&transport, &Request::get("/")).unwrap_err();
    let Error::Certificate { detail, .. } = &error else { panic!("{error:?}") };
    assert!(detail.contains("certificate"), "{detail}");
    assert_eq!((error.kind(), log.connections()), ("network", 1));
}

// --- What the server says -------------------------------------------------------

/// What a request ends in to which the server always gives this, and how often
/// it was sent.
fn refused(status: u16, headers: &[(&str, String)], body: &str) -> (Error, usize) {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let action = Action::Status(status, headers, body.to_owned());
    let fault = Fault { path: "/leads".to_owned(), nth: 0..999, action };
    let config = Config { notes: NoteCounts::each(0), faults: vec![fault], ..Config::default() };
    let sandbox = Sandbox::start(config).unwrap();
    let transport = transport(&sandbox.url(), sandbox.access_token(), 30 * SECOND);
    let error = get(&transport, &Request::get("/api/v4/leads")).unwrap_err();
    (error, sandbox.requests().len())
}

#[test]
fn a_wait_beyond_reason_is_an_error_that_tells_how_long_the_server_asked_for() {
    let date = |at: &str| format!("Sat, 01 Jun 2019 {at} GMT");
    let by_date = [("date", date("00:00:00")), ("retry-after", date("00:05:00"))];
    for (headers, body) in [
        (&by_date[..], "<html>429</html>"),
        (&[("retry-after", "300".to_owned())], ""),
        (&[], r#"{"title":"Too Many Requests","status":429,"retry_after":300}"#),
    ] {
        let (error, sent) = refused(429, headers, body);
        let Error::RateLimited { asked, tries: 1, .. } = error else { panic!("{error:?}") };
        assert_eq!((asked, sent), (Some(300 * SECOND), 1), "{body}");
    }
}

#[test]
fn a_403_that_names_a_right_is_no_block() {
    let problem = r#"{"title":"Forbidden","type":"https://httpstatus.es/403","status":403,
        "detail":"Недостаточно прав"}"#;
    let (error, sent) = refused(403, &[], problem);
    let Error::Forbidden { detail, .. } = &error else { panic!("{error:?}") };
    assert_eq!(
        (detail.as_str(), error.kind(), sent),
        ("Forbidden: Недостаточно прав", "forbidden", 1)
    );
    for body in ["<html><h1>403 Forbidden</h1></html>", "", r#"{"title":"Forbidden","status":403}"#]
    {
        let (error, sent) = refused(403, &[], body);
        assert!(matches!(error, Error::Blocked { .. }), "{error:?}");
        assert_eq!(sent, 1);
    }
}

#[test]
fn a_304_is_not_taken_for_a_redirect() {
    let (error, sent) = refused(304, &[], "");
    let Error::Http { detail, at } = error else { panic!("{error:?}") };
    assert_eq!((at.status, sent), (Some(304), 1));
    assert!(detail.contains("nothing has changed"), "{detail}");
}

#[test]
fn the_id_of_a_request_is_cut() {
    let (error, _) = refused(402, &[("x-request-id", "7".repeat(5000))], "");
    let id = error.at().and_then(|at| at.request_id.clone());
    assert_eq!(id, Some(format!("{}...", "7".repeat(100))));
}
