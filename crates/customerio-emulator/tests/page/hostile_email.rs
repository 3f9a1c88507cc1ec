//! An e-mail that loads, runs and goes elsewhere whatever it can: shown by the page, and opened by itself.

use std::{collections::BTreeSet, fmt::Write as _};

use hyper::Method;

use crate::{http::send, site::Site, stage::Stage};

/// What an e-mail may: show itself, and open what somebody clicks in a window of its own.
const POLICY: [&str; 5] = [
    "default-src 'none'",
    "font-src data:",
    "img-src data:",
    "sandbox allow-popups allow-popups-to-escape-sandbox",
    "style-src 'unsafe-inline'",
];

/// What a hostile e-mail tries, by the path of the tracker that it asks. Without protection the browser asks for each.
const PROBES: [(&str, &str); 18] = [
    ("stylesheet", r#"<link rel="stylesheet" href="{}">"#),
    ("import", r#"<style>@import url("{}");</style>"#),
    ("background", r#"<p style="background: url({})">styled</p>"#),
    ("font", r#"<style>@font-face { font-family: f; src: url("{}") }</style><p style="font-family: f">font</p>"#),
    ("image", r#"<img src="{}" alt="pixel">"#),
    ("srcset", r#"<img srcset="{} 1x" alt="pixel">"#),
    ("svg-image", r#"<svg width="9" height="9"><image href="{}" width="9" height="9"/></svg>"#),
    ("input-image", r#"<input type="image" src="{}" alt="go">"#),
    ("poster", r#"<video poster="{}" width="9" height="9"></video>"#),
    ("video", r#"<video src="{}" preload="auto" width="9" height="9"></video>"#),
    ("frame", r#"<iframe src="{}"></iframe>"#),
    ("object", r#"<object data="{}"></object>"#),
    ("embed", r#"<embed src="{}">"#),
    ("preload", r#"<link rel="preload" as="image" href="{}">"#),
    ("prefetch", r#"<link rel="prefetch" href="{}">"#),
    ("script", r#"<script src="{}"></script>"#),
    ("fetch", r#"<script>fetch("{}", {mode: "no-cors"})</script>"#),
    (
        "form",
        r#"<iframe name="n"></iframe><form action="{}" target="n"><input name="x"></form><script>document.forms[0].submit()</script>"#,
    ),
];

/// Renames every page that it can, and has itself replaced by the tracker's page.
const TAKEOVER: &str = r#"<script>document.title = "owned"; try { top.document.title = "owned" } catch {}</script>
    <script>try { localStorage.setItem("owned", "1") } catch {}</script>"#;

/// The path at which a probe asks the tracker.
fn path(folder: &str, probe: &str) -> String {
    format!("/{folder}/{probe}")
}

fn hostile(tracker: &Site, folder: &str) -> String {
    let mut html = String::from("<!doctype html><title>Offer</title><h1>A harmless offer</h1>");
    for (probe, markup) in PROBES {
        html.push_str(&markup.replace("{}", &tracker.url(&path(folder, probe))));
    }
    html.push_str(TAKEOVER);
    let refresh = tracker.url(&path(folder, "refresh"));
    write!(html, r#"<meta http-equiv="refresh" content="1; url={refresh}">"#).unwrap();
    html
}

/// What a page of somebody else's shows: the e-mail as it is, in a frame that is sandboxed and no more.
fn naive(tracker: &Site) {
    tracker.put(
        "/naive.html",
        "text/html",
        r#"<iframe sandbox src="/naive-email.html"></iframe><iframe src="/naive-email.html"></iframe>"#,
    );
    tracker.put("/naive-email.html", "text/html", hostile(tracker, "naive"));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: run .ci/page"]
async fn a_hostile_email_loads_runs_and_changes_nothing() {
    let tracker = Site::start().await;
    naive(&tracker);
    let stage = Stage::new().await;
    let browser = &stage.browser;
    let delivery = stage.send_email("ada@example.com", "Offer", &hostile(&tracker, "email")).await;

    stage.open(&format!("messages/{delivery}")).await;
    browser.enter_frame("iframe[data-testid=message-frame]").await;
    browser.wait_for_text("h1", "A harmless offer").await;
    browser.leave_frame().await;
    let page = browser.tab().await;

    let preview = stage.url(&format!("/_emulator/v1/messages/{delivery}/html"));

    // By itself, as the link to the preview opens it.
    browser.new_tab().await;
    browser.open(&preview).await;
    browser.wait_for_text("h1", "A harmless offer").await;
    let by_itself = browser.tab().await;

    // The same e-mail without protection, last: when its slowest probe has come, those before it had their time.
    browser.new_tab().await;
    browser.open(&tracker.url("/naive.html")).await;
    let mut probes: Vec<String> = PROBES.iter().map(|(probe, _)| path("naive", probe)).collect();
    probes.push(path("naive", "refresh"));
    for probe in &probes {
        tracker.wait_until_asked_for(probe).await;
    }

    let asked: Vec<_> = tracker.hits().into_iter().filter(|hit| hit.target.starts_with("/email/")).collect();
    assert!(asked.is_empty(), "the e-mail has asked for {asked:?}");
    browser.switch_to(&by_itself).await;
    assert_eq!(browser.value("document.title").await, "Offer");
    browser.wait_for_text("h1", "A harmless offer").await;
    browser.switch_to(&page).await;
    assert_ne!(browser.value("document.title").await, "owned");
    assert_eq!(browser.value("localStorage.getItem('owned')").await, serde_json::Value::Null);

    // And the reason for all of this, word for word.
    let reply = send(Method::GET, &preview, &[], "").await;
    let policy = reply.headers["content-security-policy"].to_str().unwrap();
    assert_eq!(policy.split("; ").collect::<BTreeSet<_>>(), BTreeSet::from(POLICY));
    assert!(reply.text().contains(TAKEOVER), "it is shown as it was sent");
}
