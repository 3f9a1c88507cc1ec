//! The emulator over a TCP socket: bytes written by hand, so that no HTTP client smooths anything over.
#![cfg(feature = "server")]
#![expect(clippy::unwrap_used, reason = "these are tests, and so are their helpers")]

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use customerio_emulator::{Emulator, Server};

/// `emulator-site:emulator-track-key`
const AUTHORIZATION: &str = "Basic ZW11bGF0b3Itc2l0ZTplbXVsYXRvci10cmFjay1rZXk=";

/// Serves an emulator while `client`, which blocks, talks to it on a thread of its own.
fn with_server(client: impl FnOnce(&Server) + Send + 'static) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let server = Emulator::new().serve_on_loopback().await.unwrap();
        let server = tokio::task::spawn_blocking(move || {
            client(&server);
            server
        });
        server.await.unwrap().shutdown().await;
    });
}

fn request(line: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "{line} HTTP/1.1\r\nhost: localhost\r\nauthorization: {AUTHORIZATION}\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n\r\n{body}"
    )
}

/// Reads one response: its head, and as much body as the head says.
fn read_response(stream: &mut TcpStream) -> (String, String) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.extend(byte);
    }
    let head = String::from_utf8(head).unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |n| n.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    (head, String::from_utf8(body).unwrap())
}

#[test]
fn one_connection_carries_many_requests() {
    with_server(|server| {
        let mut stream = TcpStream::connect(server.address()).unwrap();
        for (line, body, status, expected) in [
            ("PUT /api/v1/customers/ada%2B1%40example.com", r#"{"plan":"pro"}"#, "200 OK", "{}"),
            ("PUT /api/v1/customers/42", r#"{"email":"ada+1@example.com"}"#, "200 OK", "{}"),
            (
                "PUT /api/v1/customers/42",
                r#"{"_update":1}"#,
                "400 Bad Request",
                r#"{"meta":{"errors":["_update must be true or false"]}}"#,
            ),
            ("POST /api/v1/forms/f/submit", r#"{"data":{"id":"42"}}"#, "204 No Content", ""),
            (
                "GET /api/v1/accounts/region",
                "",
                "200 OK",
                r#"{"environment_id":1,"region":"us","url":"https://track.customer.io"}"#,
            ),
            ("GET /nowhere", "", "404 Not Found", r#"{"meta":{"error":"there is no such route"}}"#),
        ] {
            stream.write_all(request(line, body).as_bytes()).unwrap();
            let (head, given) = read_response(&mut stream);
            assert!(head.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{line}: {head}");
            assert_eq!(given, expected, "{line}");
        }
        let ada = server.emulator().person("42").unwrap();
        assert_eq!((ada.email.as_deref(), ada.attributes["plan"].as_str()), (Some("ada+1@example.com"), Some("pro")));
        assert_eq!(server.emulator().requests(), 6);
    });
}

#[test]
fn requests_may_be_pipelined_and_chunked() {
    with_server(|server| {
        let mut stream = TcpStream::connect(server.address()).unwrap();
        let chunked = format!(
            "PUT /api/v1/customers/2 HTTP/1.1\r\nhost: localhost\r\nauthorization: {AUTHORIZATION}\r\n\
             content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n4\r\n{{\"a\"\r\n3\r\n:1}}\r\n0\r\n\r\n"
        );
        let both = request("PUT /api/v1/customers/1", "{}") + &chunked;
        stream.write_all(both.as_bytes()).unwrap();
        for _ in 0..2 {
            assert!(read_response(&mut stream).0.starts_with("HTTP/1.1 200 OK\r\n"));
        }
        assert_eq!(server.emulator().person("2").unwrap().attributes["a"], 1);
    });
}

#[test]
fn a_body_that_is_too_large_is_refused_and_the_response_arrives() {
    with_server(|server| {
        let mut stream = TcpStream::connect(server.address()).unwrap();
        // The server has responded long before all is sent.
        let body = " ".repeat(32 * 1024 * 1024);
        stream.write_all(request("PUT /api/v1/customers/1", &body).as_bytes()).unwrap();
        let (head, body) = read_response(&mut stream);
        assert!(head.starts_with("HTTP/1.1 413 Payload Too Large\r\n"), "{head}");
        assert_eq!(body, r#"{"meta":{"error":"the body has 33554432 bytes; the most is 4194304"}}"#);
        assert_eq!(server.emulator().people(), []);
    });
}

#[test]
fn what_is_not_http_harms_nobody_else() {
    with_server(|server| {
        let mut good = TcpStream::connect(server.address()).unwrap();
        let mut bad = TcpStream::connect(server.address()).unwrap();
        bad.write_all(b"\x16\x03\x01 hello\r\n\r\n").unwrap();
        let mut rest = Vec::new();
        // A response or a reset: either way the connection ends.
        let _ = bad.read_to_end(&mut rest);
        good.write_all(request("PUT /api/v1/customers/1", "{}").as_bytes()).unwrap();
        assert_eq!(read_response(&mut good).1, "{}");
    });
}

#[tokio::test]
async fn a_shutdown_ends_idle_connections_and_frees_the_port() {
    let emulator = Emulator::new();
    let server = emulator.serve("127.0.0.1:0").await.unwrap();
    let address = server.address();
    assert_eq!(server.url(), format!("http://{address}"));
    let idle = tokio::net::TcpStream::connect(address).await.unwrap();
    server.shutdown().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
    idle.readable().await.unwrap();
    // The end, or a reset where the server had not accepted it yet.
    assert!(matches!(idle.try_read(&mut [0]), Ok(0) | Err(_)));
    // The emulator outlives its server.
    emulator.serve(address).await.unwrap().shutdown().await;
}

#[tokio::test]
async fn dropping_the_server_ends_it() {
    let server = Emulator::new().serve_on_loopback().await.unwrap();
    let address = server.address();
    drop(server);
    // The aborted task lets go of the port at its next turn.
    while tokio::net::TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[test]
#[should_panic(expected = "timers are disabled")]
fn without_a_clock_it_is_not_served() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
    let _ = runtime.block_on(Emulator::new().serve_on_loopback());
}
