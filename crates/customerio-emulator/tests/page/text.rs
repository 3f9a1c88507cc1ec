//! What people send is text, wherever it is shown.

use std::fmt::Write as _;

use customerio_emulator::{Emulator, PIPELINES_KEY};
use hyper::Method;
use serde_json::json;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{http::send_json, site::Site, stage::Stage};

/// Where it is taken for HTML, it renames the page and asks the tracker.
const MARKUP: &str = r#"<img src="x" onerror="document.title='owned'"><script>document.title='owned'</script>"#;

/// What is all of it text.
async fn send_markup_everywhere(stage: &Stage, receiver: &str) {
    let topic = json!([{"id": 1, "name": MARKUP, "subscribed_by_default": true}]);
    stage.control(Method::PUT, "seed", json!({
        "workspace": {
            "segments": [{"id": 7, "name": MARKUP, "description": MARKUP}],
            "topics": topic,
            "broadcasts": [{"id": 12, "name": MARKUP, "template": "news"}],
            "outcomes": ["sent"],
        },
        "templates": {"news": {"meta.json": {"id": 1, "subject": MARKUP, "from": "shop@example.com"}, "email.html": MARKUP}},
    })).await;
    stage.server.emulator().report_to(receiver).unwrap();
    let mut id = String::new();
    for byte in MARKUP.bytes() {
        write!(id, "%{byte:02x}").unwrap();
    }
    let attributes =
        json!({"first_name": MARKUP, MARKUP: MARKUP, "nested": {MARKUP: [MARKUP]}, "email": "ada@example.com"});
    stage.identify(&id, attributes).await;
    for (path, body) in [
        ("events", json!({"name": MARKUP, "data": {MARKUP: MARKUP}})),
        ("devices", json!({"device": {"id": MARKUP, "platform": "ios", "attributes": {"os": MARKUP}}})),
    ] {
        let method = if path == "devices" { Method::PUT } else { Method::POST };
        let reply = stage.track(method, &format!("/api/v1/customers/{id}/{path}"), body).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
    }
    let reply = stage.track(Method::POST, "/api/v1/segments/7/add_customers", json!({"ids": [MARKUP]})).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let object = json!({"type": "object", "identifiers": {"object_type_id": "1", "object_id": MARKUP}, "action": "identify",
        "attributes": {MARKUP: MARKUP}, "cio_relationships": [{"identifiers": {"id": MARKUP}}]});
    let reply = stage.track(Method::POST, "/api/v2/entity", object).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    stage.send_email("ada@example.com", MARKUP, MARKUP).await;
    // Refused, dropped, and sent to where nothing is: what it says of them has what they sent.
    let refused =
        stage.track(Method::PUT, "/api/v1/customers/2", json!({"_update": MARKUP, "created_at": MARKUP})).await;
    assert_eq!(refused.status, 400);
    let authorization = format!("Basic {}", STANDARD.encode(format!("{PIPELINES_KEY}:")));
    let headers = [("authorization", &*authorization), ("user-agent", MARKUP), ("x-other", MARKUP)];
    let dropped = json!({"batch": [{"type": MARKUP, "userId": MARKUP, "event": MARKUP, MARKUP: MARKUP}]});
    send_json(Method::POST, &stage.url("/v1/batch"), &headers, &dropped).await;
    send_json(Method::PUT, &stage.url(&format!("/nowhere/{id}")), &headers, &json!({MARKUP: MARKUP})).await;
    let fault = json!({"match": {"method": "POST", "route": format!("/{MARKUP}*"), "person": MARKUP}, "fault": {"status": 503}});
    stage.control(Method::POST, "faults", fault).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: run .ci/page"]
async fn markup_stays_text_on_every_page() {
    let receiver = Site::start().await;
    let stage = Stage::with(Emulator::new(), &[]).await;
    let browser = &stage.browser;
    send_markup_everywhere(&stage, &receiver.url("/reports")).await;
    for page in stage.pages().await {
        stage.open(&page).await;
        browser.wait_until_quiet().await;
        let found = browser
            .value("[...document.querySelectorAll('img[src=\"x\"], [onerror], body script')].map((element) => element.outerHTML)")
            .await;
        assert_eq!(found, json!([]), "{page}");
        assert_ne!(browser.value("document.title").await, "owned", "{page}");
        // It is there: what is left out could not be taken for HTML.
        if ["requests/", "people/", "messages/", "events/"].iter().any(|list| page.starts_with(list)) {
            let text = browser.value("document.body.innerText").await;
            assert!(text.as_str().unwrap().contains("<img src="), "{page}: {text}");
        }
    }
    // Where a policy had to keep something out, it was in the page.
    let console = browser.take_console().await;
    assert!(!console.iter().any(|line| line.contains("Content Security Policy")), "{console:?}");
}
