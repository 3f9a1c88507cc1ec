//! Requests as they come, why each was refused or dropped, and that the keyboard is enough.

use std::{env, process::Stdio};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use customerio_emulator::{APP_API_KEY, PIPELINES_KEY, SITE_ID, TRACK_API_KEY};
use hyper::Method;
use serde_json::{Value, json};
use tokio::{process::Command, time::timeout};

use crate::{
    http::send_json,
    stage::Stage,
    webdriver::{PATIENCE, key},
};

/// A program of somebody who uses the vendor's client for Node.
const PROGRAM: &str = "
    const { TrackClient } = require('customerio-node')
    const client = new TrackClient(process.env.SITE_ID, process.env.TRACK_API_KEY, { url: process.env.TRACK_URL })
    client.identify('1', { email: 'ada@example.com', plan: 'pro' })
";

async fn run_node_client(stage: &Stage) {
    let clients = env::var("OFFICIAL_CLIENTS").expect("OFFICIAL_CLIENTS is a folder: run .ci/page");
    let mut node = Command::new("node");
    node.args(["-e", PROGRAM])
        .env("NODE_PATH", format!("{clients}/node/node_modules"))
        .env("SITE_ID", SITE_ID)
        .env("TRACK_API_KEY", TRACK_API_KEY)
        .env("TRACK_URL", stage.url("/api/v1"))
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let status = timeout(PATIENCE, node.status()).await.expect("the program ends").unwrap();
    assert!(status.success(), "node: {status}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: run .ci/page"]
async fn a_request_of_the_node_client_appears_by_itself_and_opens_by_keyboard() {
    let stage = Stage::new().await;
    let browser = &stage.browser;
    stage.open("requests").await;
    browser.note_when("row", "[data-testid=row]").await;
    run_node_client(&stage).await;

    let appeared = browser.wait("window.noted.row").await.as_f64().unwrap();
    let item = &stage.items("requests").await[0];
    let client = item["client"].as_str().unwrap();
    assert!(client.contains("Node"), "{client}");
    let came = browser.run("return Date.parse(arguments[0])", json!([item["at"]])).await.as_f64().unwrap();
    let took = appeared - came;
    println!("a request is on the page after {took:.0} ms");
    assert!((-50.0..1_000.0).contains(&took), "{took} ms");
    let row = browser.text("[data-testid=row]").await;
    assert!(row.contains("PUT") && row.contains("/api/v1/customers/1"), "{row}");
    assert!(browser.text("[data-testid=row] [data-testid=verdict]").await.contains("accepted"));

    // Tab begins with the way past what is on every page.
    browser.keys(key::TAB).await;
    assert_eq!(browser.value("document.activeElement.innerText").await, "Skip to the list");
    browser.keys("j").await;
    browser.wait("document.activeElement.closest('[data-testid=row]')").await;
    browser.keys(key::ENTER).await;
    browser.wait_for_text("[data-testid=detail]", "ada@example.com").await;
    assert_eq!(browser.value("location.hash").await, json!(format!("#/requests/{}", item["seq"])));
    browser.keys(key::ESCAPE).await;
    browser.wait("location.hash === '#/requests'").await;
    assert_eq!(
        browser.value("document.activeElement.closest('[data-testid=row]').dataset.seq").await,
        item["seq"].to_string()
    );

    // The other pages, and the search.
    for (keys, page) in [
        ("gp", "people"),
        ("gm", "messages"),
        ("ge", "events"),
        ("gs", "segments"),
        ("gw", "webhooks"),
        ("gf", "faults"),
        ("gu", "setup"),
        ("gr", "requests"),
    ] {
        browser.keys(keys).await;
        browser.wait(&format!("location.hash.startsWith('#/{page}')")).await;
    }
    browser.keys("/").await;
    browser.wait("document.activeElement.matches('[data-testid=search], [data-testid=search] *')").await;
    browser.keys("nothing has this").await;
    browser.wait("document.querySelectorAll('[data-testid=row]').length === 0").await;
    browser.wait("location.hash.includes('q=nothing')").await;
    browser.keys(key::ESCAPE).await;
    browser.keys("?").await;
    browser.wait("document.querySelector('dialog[open]')").await;
    browser.keys(key::ESCAPE).await;
    browser.wait("!document.querySelector('dialog[open]')").await;
}

/// Opens the newest request, and waits for what the page says of it.
async fn open_newest(stage: &Stage) -> Value {
    let newest = stage.items("requests").await.remove(0);
    let request = stage.control(Method::GET, &format!("requests/{}", newest["seq"]), Value::Null).await;
    stage.open("requests").await;
    stage.browser.click(&format!("[data-testid=row][data-seq='{}']", newest["seq"])).await;
    stage.browser.wait("document.querySelector('[data-testid=detail] [data-testid=why]')").await;
    request
}

/// The problems that the page shows.
async fn shown_problems(stage: &Stage) -> Vec<String> {
    let shown = stage
        .browser
        .wait("[...document.querySelectorAll('[data-testid=detail] [data-testid=problem]')].map((problem) => problem.innerText)")
        .await;
    serde_json::from_value(shown).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: run .ci/page"]
async fn a_call_that_was_dropped_silently_says_why_and_where() {
    let stage = Stage::new().await;
    let batch = json!({"batch": [
        {"type": "track", "userId": "1", "event": "purchase"},
        {"type": "track", "userId": "1", "properties": {"price": 3}},
    ]});
    let authorization = format!("Basic {}", STANDARD.encode(format!("{PIPELINES_KEY}:")));
    let reply = send_json(Method::POST, &stage.url("/v1/batch"), &[("authorization", &authorization)], &batch).await;
    assert_eq!(reply.status, 200);

    let request = open_newest(&stage).await;
    assert_eq!(request["verdict"], "dropped");
    let verdict = stage.browser.text("[data-testid=row] [data-testid=verdict]").await;
    assert!(verdict.to_lowercase().contains("dropped"), "{verdict}");
    let why = stage.browser.text("[data-testid=detail] [data-testid=why]").await;
    assert!(why.contains("event"), "{why}");
    let problems = shown_problems(&stage).await;
    assert!(problems.iter().any(|problem| problem.starts_with("/batch/1/event")), "{problems:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: run .ci/page"]
async fn a_request_that_was_refused_shows_every_fault() {
    let stage = Stage::new().await;
    let email = json!({
        "to": "ada@example.com", "identifiers": {"id": "1"}, "from": "shop@example.com", "subject": 7, "body": {"html": "x"},
        "send_at": "tomorrow", "tracked": "yes",
    });
    let authorization = format!("Bearer {APP_API_KEY}");
    let reply =
        send_json(Method::POST, &stage.url("/v1/send/email"), &[("authorization", &authorization)], &email).await;
    assert_eq!(reply.status, 400);

    let request = open_newest(&stage).await;
    let (problems, known) = (shown_problems(&stage).await, request["problem_list"].as_array().unwrap());
    for field in ["subject", "body", "send_at", "tracked"] {
        assert!(problems.iter().any(|problem| problem.contains(&format!("/{field}"))), "{field}: {problems:?}");
    }
    assert_eq!(problems.len(), known.len(), "{problems:?}");
    for problem in known {
        let [pointer, message] = ["pointer", "message"].map(|field| problem[field].as_str().unwrap());
        assert!(
            problems.iter().any(|shown| shown.contains(pointer) && shown.contains(message)),
            "{problem}: {problems:?}"
        );
    }
    let detail = stage.browser.text("[data-testid=detail]").await;
    assert!(detail.contains("400"), "{detail}");
    // Keys of this machine's programs are not for a screen that is shared.
    assert!(!stage.browser.value("document.documentElement.innerHTML").await.as_str().unwrap().contains(APP_API_KEY));
}
