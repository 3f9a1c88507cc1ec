//! The module under Node and in Chromium, against the emulator over real sockets: what each says of its commands, and what
//! arrived; and the worker that is built on it. `.ci/wasm` builds the module and runs this.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    convert::Infallible,
    env, fs,
    path::Path,
    process::Stdio,
    time::{Duration, SystemTime},
};

use customerio_core::{
    Timestamp,
    webhook::{Unverified, Verifier},
};
use customerio_emulator::{APP_API_KEY, Channel, Emulator, Fault, SITE_ID, TRACK_API_KEY};
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpSocket, TcpStream},
    process::Command,
    sync::mpsc,
    time::timeout,
};

/// A browser on a busy machine takes its time to start.
const PATIENCE: Duration = Duration::from_secs(120);

fn module() -> String {
    env::var("EDGE_WORKER_WASM").expect("EDGE_WORKER_WASM names the module: run .ci/wasm")
}

/// What each host runs: with the emulator, with the server of the page, which misbehaves, and where nobody listens.
fn commands(emulator: &str, page: &str, nobody: &str) -> Value {
    let track_at = |url: &str| json!({"region": "us", "site_id": SITE_ID, "key": TRACK_API_KEY, "base_url": url});
    let (track, mut wrong) = (track_at(emulator), track_at(emulator));
    wrong["key"] = "wrong".into();
    let app = json!({"region": "us", "key": APP_API_KEY, "base_url": emulator});
    let email = json!({"send_email": {"account": app, "template": "welcome", "to": "ada@example.com", "person": "42"}});
    let attributes = json!({"email": "ada@example.com", "name": "Ada \u{1f9e6}"});
    // Bytes that a host would change if it took them for JSON.
    let body = "{\"event_id\": \"01E4\", \"object_type\": \"email\", \"metric\": \"clicked\", \"data\": {\"x\": \"\u{1f9e6}\"}}\r\n";
    let now = Timestamp::from(SystemTime::now());
    let signature = Verifier::new("signing-key").unwrap().sign(now, body.as_bytes());
    let headers = json!([["x-cio-timestamp", now.unix_seconds().to_string()], ["x-cio-signature", signature]]);
    json!([
        {"command": email},
        {"command": {"identify": {"account": track, "person": "42", "attributes": attributes}}},
        {"command": {"track": {"account": track, "person": "42", "name": "purchase", "data": {"price": 23.45}}}},
        {"command": email},
        {"command": {"identify": {"account": wrong, "person": "43"}}},
        {"command": {"identify": {"account": track_at(&format!("{page}moved")), "person": "44"}}},
        {"command": {"identify": {"account": track_at(&format!("{page}large")), "person": "45"}}},
        {"command": {"identify": {"account": track_at(nobody), "person": "46"}}},
        {"command": {"verify_webhook": {"key": "signing-key", "headers": headers}}, "body": body},
        {"command": {"verify_webhook": {"key": "another-key", "headers": headers}}, "body": body},
        {"command": {"identify": {"account": track, "person": ".."}}},
        {"command": {"identify": {"person": "42"}}},
    ])
}

/// Has a host do the commands, and looks at what it says and at what arrived. The emulator refuses the first two requests.
/// The host is given the commands, the address of a page that has them too, and what that page posts. Gives what it asked
/// the emulator before it sent.
async fn play(
    name: &str,
    redirect: &str,
    host: impl AsyncFn(&Value, &str, mpsc::Receiver<Value>) -> Value,
) -> Vec<String> {
    let emulator = Emulator::builder().with_cors().build();
    let server = emulator.serve_on_loopback().await.unwrap();
    emulator.refuse_next(StatusCode::SERVICE_UNAVAILABLE);
    emulator.refuse_next(StatusCode::SERVICE_UNAVAILABLE);
    let page = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let page_url = format!("http://{}/", page.local_addr().unwrap());
    // Held, so that nobody else gets the port, and not listened on.
    let held = TcpSocket::new_v4().unwrap();
    held.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let nobody = held.local_addr().unwrap();
    let commands = commands(&server.url(), &page_url, &format!("http://{nobody}"));
    let (sender, receiver) = mpsc::channel(1);
    let page = tokio::spawn(serve_page(page, commands.clone(), sender));
    let outcomes = host(&commands, &page_url, receiver).await;
    page.abort();
    println!("-- {name} says");
    for outcome in outcomes.as_array().unwrap_or_else(|| panic!("{name}: {outcomes}")) {
        println!("{outcome}");
    }
    println!("-- the emulator's record");
    let log: Vec<String> = emulator
        .request_log()
        .iter()
        .map(|logged| format!("{} {} {}", logged.method, logged.path, logged.status.as_u16()))
        .collect();
    println!("{}", log.join("\n"));

    let person = emulator.person("42").unwrap();
    println!("person 42: {:?} {:?}", person.email, person.attributes);
    assert_eq!(person.email.as_deref(), Some("ada@example.com"));
    assert_eq!(person.attributes["name"], "Ada \u{1f9e6}");

    let events = emulator.events_of("42");
    println!("events: {events:?}");
    let [event] = &events[..] else { panic!("{events:?}") };
    assert_eq!((event.name.as_str(), &event.data()["price"]), ("purchase", &json!(23.45)));
    assert!(event.id.is_some(), "it has an id to be recognised by");
    assert!((emulator.now().unix_seconds() - event.timestamp.unix_seconds()).abs() < 300, "the host's clock is told");

    let messages = emulator.messages();
    println!("messages: {messages:?}");
    let [message] = &messages[..] else { panic!("{messages:?}") };
    assert_eq!((message.channel, message.to.as_deref()), (Channel::Email, Some("ada@example.com")));

    let refused = "a fault of the emulator refused this request";
    assert_eq!(
        outcomes,
        json!([
            // A message is not sent again after a 503: it may be on its way.
            {"error": {"message": format!("app.send_email returned 503 Service Unavailable: {refused}"),
                "delivery": "responded", "attempts": 1}},
            // A person is.
            {"ok": null},
            {"ok": null},
            {"ok": {"delivery_id": message.delivery_id, "queued_at": message.queued_at.unix_seconds()}},
            {"error": {"message": "track.identify returned 401 Unauthorized: Unauthorized request; check the Site ID \
                and the API key given to `track`; find both in one row in Customer.io under Account Settings > API \
                Credentials > Track API Keys",
                "delivery": "responded", "attempts": 1}},
            {"error": {"message": format!("track.identify returned {redirect}"),
                "delivery": "responded", "attempts": 1}},
            {"error": {"message": "track.identify may have been sent: the response is too large (attempts: 3; retries exhausted)",
                "delivery": "maybe_sent", "attempts": 3}},
            // A host cannot say that nothing was sent.
            {"error": {"message": "track.identify may have been sent: the connection broke (attempts: 3; retries exhausted)",
                "delivery": "maybe_sent", "attempts": 3}},
            {"ok": {"event_id": "01E4", "object_type": "email", "metric": "clicked", "delivery_id": null, "person": null}},
            {"rejected": {"message": Unverified::Mismatch.to_string(), "status": 401}},
            {"error": {"message": "the person's id is `.` or `..`, which cannot be part of a URL path",
                "delivery": "not_sent", "attempts": 0}},
            {"error": {"message": "the command cannot be read from column 27", "delivery": "not_sent", "attempts": 0}},
        ])
    );
    let (asked, sent): (Vec<_>, Vec<_>) = log.into_iter().partition(|line| line.starts_with("OPTIONS "));
    assert_eq!(
        sent,
        [
            "POST /v1/send/email 503",
            "PUT /api/v1/customers/42 503",
            "PUT /api/v1/customers/42 200",
            "POST /api/v1/customers/42/events 200",
            "POST /v1/send/email 200",
            "PUT /api/v1/customers/43 401",
        ]
    );
    server.shutdown().await;
    asked
}

#[tokio::test]
#[ignore = "needs the module and Node: .ci/wasm runs it"]
async fn under_node() {
    let asked = play(
        "Node",
        "301 Moved Permanently: the workspace is at track-eu.customer.io; use Region::Eu",
        async |commands, _, _| {
            let mut node = Command::new("node")
                .args([&format!("{}/host/node.mjs", env!("CARGO_MANIFEST_DIR")), &module()])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .kill_on_drop(true)
                .spawn()
                .expect("node");
            node.stdin.take().unwrap().write_all(commands.to_string().as_bytes()).await.unwrap();
            let output = timeout(PATIENCE, node.wait_with_output()).await.expect("it ends").unwrap();
            assert!(output.status.success(), "node: {}", output.status);
            serde_json::from_slice(&output.stdout).unwrap()
        },
    )
    .await;
    assert_eq!(asked, [""; 0], "Node asks nobody before it sends");
}

#[tokio::test]
#[ignore = "needs the module and Chromium: .ci/wasm runs it"]
async fn in_chromium() {
    // All that a page gets to know of a redirect is that it was one.
    let asked = play("Chromium", "302 Found", async |_, url, mut outcomes| {
        let profile = env::temp_dir().join(format!("edge-worker-{}", std::process::id()));
        let mut chromium = Command::new(env::var("CHROMIUM").unwrap_or_else(|_| "chromium".to_owned()))
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg(url)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("chromium");
        let given = timeout(PATIENCE, outcomes.recv()).await;
        chromium.kill().await.unwrap();
        // It may still be written to by a process that ends: what is left is in the system's place for such.
        let _ = fs::remove_dir_all(profile);
        given.expect("the page gives its outcomes").unwrap()
    })
    .await;
    assert!(asked.iter().any(|line| line == "OPTIONS /api/v1/customers/42 204"), "{asked:?}");
}

/// Sends a request to the worker, and returns the status of its response.
async fn status(worker: &str, head: &str, headers: &[(&str, &str)], body: &str) -> u16 {
    let mut stream = TcpStream::connect(worker).await.unwrap();
    let length = body.len();
    let mut request =
        format!("{head} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {length}\r\n");
    for &(name, value) in headers {
        request.extend([name, ": ", value, "\r\n"]);
    }
    request.extend(["\r\n", body]);
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    response.split(' ').nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
#[ignore = "needs the module and Node: .ci/wasm runs it"]
async fn the_worker_signs_people_up_and_receives_webhooks() {
    let emulator = Emulator::new();
    let server = emulator.serve_on_loopback().await.unwrap();
    let mut node = Command::new("node")
        .args([&format!("{}/host/serve.mjs", env!("CARGO_MANIFEST_DIR")), &module()])
        .env("PORT", "0")
        .env("CUSTOMERIO_BASE_URL", server.url())
        .env("CUSTOMERIO_REGION", "us")
        .env("CUSTOMERIO_SITE_ID", SITE_ID)
        .env("CUSTOMERIO_TRACK_API_KEY", TRACK_API_KEY)
        .env("CUSTOMERIO_WEBHOOK_SIGNING_KEY", "signing-key")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("node");
    let mut lines = BufReader::new(node.stdout.take().unwrap()).lines();
    let line = timeout(PATIENCE, lines.next_line()).await.expect("it listens").unwrap().unwrap();
    let worker = line.rsplit_once("http://").unwrap().1;

    // The first request fails, and is sent again by the module.
    emulator.refuse_next(StatusCode::SERVICE_UNAVAILABLE);
    let email = r#"{"email": "ada@example.com"}"#;
    assert_eq!(status(worker, "PUT /people/a%2F42", &[], email).await, 204);
    assert_eq!(emulator.person("a/42").unwrap().email.as_deref(), Some("ada@example.com"));
    assert_eq!(emulator.events_of("a/42").iter().map(|event| &*event.name).collect::<Vec<_>>(), ["signed_up"]);
    assert_eq!(status(worker, "PUT /people/42", &[], "no JSON").await, 400);
    assert_eq!(status(worker, "PUT /people/%20", &[], email).await, 400);
    emulator.add_fault(Fault::status(StatusCode::UNAUTHORIZED));
    assert_eq!(status(worker, "PUT /people/43", &[], email).await, 502);
    assert_eq!(emulator.people().len(), 1);

    let body = r#"{"event_id":"01E4","object_type":"email","metric":"opened","data":{"identifiers":{"id":"a/42"}}}"#;
    let now = Timestamp::from(SystemTime::now());
    let signature = Verifier::new("signing-key").unwrap().sign(now, body.as_bytes());
    let (time, tampered) = (now.unix_seconds().to_string(), body.replace("opened", "bounced"));
    let headers = [("x-cio-timestamp", &*time), ("x-cio-signature", &*signature)];
    assert_eq!(status(worker, "POST /webhooks", &headers, body).await, 200);
    let line = timeout(PATIENCE, lines.next_line()).await.expect("it says so").unwrap();
    assert_eq!(line.as_deref(), Some("email opened: person a/42"));
    assert_eq!(status(worker, "POST /webhooks", &headers, &tampered).await, 401);
    assert_eq!(status(worker, "POST /webhooks", &[], body).await, 401);
    assert_eq!(status(worker, "GET /", &[], "").await, 404);
    node.kill().await.unwrap();
    server.shutdown().await;
}

/// Serves the page with its commands, and hands on what it posts.
async fn serve_page(listener: TcpListener, commands: Value, outcomes: mpsc::Sender<Value>) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (commands, outcomes) = (commands.clone(), outcomes.clone());
        let service = service_fn(move |request| respond(request, commands.clone(), outcomes.clone()));
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

async fn respond(
    request: Request<Incoming>,
    commands: Value,
    outcomes: mpsc::Sender<Value>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let host = Path::new(env!("CARGO_MANIFEST_DIR")).join("host");
    let (content_type, bytes) = match (request.method(), request.uri().path()) {
        (&Method::GET, "/") => ("text/html", fs::read(host.join("index.html")).unwrap()),
        (&Method::GET, "/customerio.mjs") => ("text/javascript", fs::read(host.join("customerio.mjs")).unwrap()),
        (&Method::GET, "/edge_worker.wasm") => ("application/wasm", fs::read(module()).unwrap()),
        (&Method::GET, "/commands") => ("application/json", commands.to_string().into_bytes()),
        (&Method::POST, "/outcomes") => {
            let body = request.into_body().collect().await.unwrap().to_bytes();
            outcomes.send(serde_json::from_slice(&body).unwrap()).await.unwrap();
            ("text/plain", Vec::new())
        }
        // One byte more than is read of a response.
        (_, path) if path.starts_with("/large/") => ("application/json", vec![b' '; 1024 * 1024 + 1]),
        (_, path) => {
            let moved = if path.starts_with("/moved/") { StatusCode::MOVED_PERMANENTLY } else { StatusCode::NOT_FOUND };
            let response = Response::builder().status(moved).header("location", "https://track-eu.customer.io/");
            return Ok(response.body(Full::default()).unwrap());
        }
    };
    Ok(Response::builder().header("content-type", content_type).body(Full::from(bytes)).unwrap())
}
