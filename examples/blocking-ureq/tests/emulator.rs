//! The program against the emulator over a real socket.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::{Command, Output};

use customerio_emulator::{APP_API_KEY, Emulator, SITE_ID, TRACK_API_KEY};
use serde_json::json;
use tokio::{net::TcpSocket, task::spawn_blocking};

async fn run(url: String, track_key: &'static str) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_blocking-ureq"));
    program.env("CUSTOMERIO_SITE_ID", SITE_ID).env("CUSTOMERIO_TRACK_API_KEY", track_key);
    program.env("CUSTOMERIO_APP_API_KEY", APP_API_KEY).env("CUSTOMERIO_REGION", "us").env("CUSTOMERIO_BASE_URL", url);
    spawn_blocking(move || program.output()).await.unwrap().unwrap()
}

fn log(emulator: &Emulator) -> Vec<String> {
    let line = |logged: &customerio_emulator::LoggedRequest| {
        format!("{} {} {}", logged.method, logged.path, logged.status.as_u16())
    };
    emulator.request_log().iter().map(line).collect()
}

#[tokio::test]
async fn it_arrives_and_what_may_be_retried_is() {
    let emulator = Emulator::new();
    let server = emulator.serve_on_loopback().await.unwrap();
    emulator.refuse_next(customerio::http::StatusCode::SERVICE_UNAVAILABLE);
    let output = run(server.url(), TRACK_API_KEY).await;

    let messages = emulator.messages();
    let [message] = &messages[..] else { panic!("{messages:?}") };
    let expected = format!("sent as delivery {}\npeople accepted: 100\n", message.delivery_id);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
    assert!(output.status.success());
    assert_eq!(
        log(&emulator),
        [
            "PUT /api/v1/customers/42 503",
            "PUT /api/v1/customers/42 200",
            "POST /api/v1/customers/42/events 200",
            "POST /v1/send/email 200",
            "POST /api/v2/batch 200",
        ]
    );
    assert_eq!(emulator.person("42").unwrap().attributes["plan"], "pro");
    assert_eq!(emulator.person("142").unwrap().attributes["plan"], "free");
    let events = emulator.events_of("42");
    let [event] = &events[..] else { panic!("{events:?}") };
    assert_eq!((event.name.as_str(), &event.data()["price"]), ("purchase", &json!(23.45)));
    assert!(event.id.is_some(), "it has an id to be recognised by");
    server.shutdown().await;
}

#[tokio::test]
async fn it_fails_where_it_should() {
    let emulator = Emulator::new();
    let server = emulator.serve_on_loopback().await.unwrap();
    let output = run(server.url(), "wrong").await;
    assert!(!output.status.success());
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("401"), "{error}");
    assert_eq!(log(&emulator), ["PUT /api/v1/customers/42 401"]);
    server.shutdown().await;

    // Held, so that nobody else gets the port, and not listened on.
    let held = TcpSocket::new_v4().unwrap();
    held.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let output = run(format!("http://{}", held.local_addr().unwrap()), TRACK_API_KEY).await;
    assert!(!output.status.success());
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("Connect") && error.contains("NotSent") && error.contains("attempts: 3"), "{error}");
}
