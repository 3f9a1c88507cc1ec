//! What pages of other sites try with the emulator, in the same browser.

use customerio_emulator::Emulator;
use hyper::Method;
use serde_json::{Value, json};

use crate::{site::Site, stage::Stage};

/// A page of another port of this machine that tries all ways of changing something here, and of reading.
const ATTACKER: &str = r#"<!doctype html><title>Another application</title>
<iframe name="sink"></iframe>
<script>
  const target = decodeURIComponent(location.hash.slice(1))
  const control = `${target}/_emulator/v1/`
  const email = JSON.stringify({outcome: 'bounced'})
  async function attempt(path, options) {
    try {
      const response = await fetch(control + path, options)
      return response.type === 'opaque' ? 'opaque' : `${response.status} ${await response.text()}`
    } catch (error) {
      return error.name
    }
  }
  function submit(enctype) {
    return new Promise((resolve) => {
      const form = document.createElement('form')
      Object.assign(form, {method: 'post', enctype, action: control + 'reset', target: 'sink'})
      const input = document.createElement('input')
      Object.assign(input, {name: '{"seed":false,"x":"', value: '"}'})
      form.append(input)
      document.body.append(form)
      document.querySelector('iframe').onload = () => resolve('sent')
      form.submit()
    })
  }
  async function attack() {
    const json = {'content-type': 'application/json'}
    return {
      plain: await attempt('reset', {method: 'POST', mode: 'no-cors', body: '{}'}),
      empty: await attempt('reset', {method: 'POST', mode: 'no-cors'}),
      json: await attempt('reset', {method: 'POST', headers: json, body: '{}'}),
      clock: await attempt('clock', {method: 'POST', mode: 'no-cors', body: '{"advance":"10m"}'}),
      faults: await attempt('faults', {method: 'POST', mode: 'no-cors', body: '{"match":{},"fault":{"status":500}}'}),
      remove: await attempt('people', {method: 'DELETE'}),
      seed: await attempt('seed', {method: 'PUT', headers: json, body: '{}'}),
      beacon: navigator.sendBeacon(control + 'reset', '{}'),
      urlencoded: await submit('application/x-www-form-urlencoded'),
      text: await submit('text/plain'),
      multipart: await submit('multipart/form-data'),
      read: await attempt('people', {}),
      info: await attempt('info', {}),
      stream: await new Promise((resolve) => {
        const stream = new EventSource(control + 'stream')
        stream.onopen = () => resolve('open')
        stream.onerror = () => { stream.close(); resolve('refused') }
      }),
    }
  }
</script>"#;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: run .ci/page"]
async fn a_page_of_another_port_changes_and_reads_nothing() {
    // The APIs are open to other pages, because somebody tests a web application; the control API still is not.
    let stage = Stage::with(Emulator::builder().with_cors().build(), &[]).await;
    let browser = &stage.browser;
    stage.identify("42", json!({"email": "ada@example.com"})).await;
    let before = stage.control(Method::GET, "counts", Value::Null).await;

    let other = Site::start().await;
    other.put("/", "text/html", ATTACKER);
    browser.open(&other.url(&format!("/#{}", stage.server.url()))).await;
    browser.take_network_log().await;
    let outcomes = browser.value("attack()").await;
    let (cannot_read, unreadable) = (json!("TypeError"), json!("opaque"));
    for (attempt, expected) in [
        ("plain", &unreadable),
        ("empty", &unreadable),
        ("json", &cannot_read),
        ("clock", &unreadable),
        ("faults", &unreadable),
        ("remove", &cannot_read),
        ("seed", &cannot_read),
        ("read", &cannot_read),
        ("info", &cannot_read),
        ("stream", &json!("refused")),
    ] {
        assert_eq!(&outcomes[attempt], expected, "{attempt}: {outcomes}");
    }
    // The beacon's response comes whenever it does.
    let writes = browser
        .wait_for_responses("/_emulator/v1/", |seen| seen.iter().filter(|(method, ..)| method == "POST").count() >= 8)
        .await;
    for (method, url, status) in writes.iter().filter(|(method, ..)| method != "GET") {
        assert_eq!(*status, 403, "{method} {url}");
    }
    let after = stage.control(Method::GET, "counts", Value::Null).await;
    assert_eq!(before, after);
    assert_eq!(stage.control(Method::GET, "clock", Value::Null).await["stopped"], json!(false));

    // Nor may it lay the page under its own, to have it clicked.
    other.put(
        "/frame",
        "text/html",
        format!("<iframe src='{}' onload='this.dataset.loaded=1'>", stage.url("/_emulator/")),
    );
    browser.open(&other.url("/frame")).await;
    browser.wait("document.querySelector('iframe').dataset.loaded").await;
    let console = browser.take_console().await;
    assert!(console.iter().any(|line| line.contains("frame-ancestors")), "{console:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: run .ci/page"]
async fn a_name_that_leads_here_reads_nothing() {
    let switches = ["--host-resolver-rules=MAP evil.test 127.0.0.1".to_owned()];
    let stage = Stage::with(Emulator::builder().with_cors().build(), &switches).await;
    let browser = &stage.browser;
    stage.identify("42", json!({"email": "ada@example.com"})).await;

    // The name leads to this machine.
    let other = Site::start().await;
    other.put("/", "text/html", "<h1>evil</h1>");
    browser.open(&format!("http://evil.test:{}/", other.port())).await;
    browser.wait_for_text("h1", "evil").await;

    // A page of that name, on the emulator's own port: as if it had been there before the name was pointed here.
    let evil = format!("http://evil.test:{}", stage.server.address().port());
    browser.take_network_log().await;
    browser.open(&format!("{evil}/_emulator/")).await;
    assert_eq!(browser.value("document.querySelectorAll('script, link').length").await, json!(0));
    let outcomes = browser
        .run(
            "const outcomes = {}
            for (const path of ['/_emulator/', '/_emulator/assets/app.mjs', '/_emulator/health', '/_emulator/v1/people',
                '/_emulator/v1/info', '/_emulator/openapi.json', '/livez', '/api/v1/accounts/region']) {
                const response = await fetch(path)
                outcomes[path] = [response.status, (await response.text()).includes('ada@example.com')]
            }
            for (const path of ['reset', 'clock']) {
                const options = {method: 'POST', headers: {'content-type': 'application/json'}, body: '{\"advance\":\"10m\"}'}
                outcomes[path] = [(await fetch('/_emulator/v1/' + path, options)).status, false]
            }
            outcomes.stream = await new Promise((resolve) => {
                const stream = new EventSource('/_emulator/v1/stream')
                stream.onopen = () => resolve('open')
                stream.onerror = () => { stream.close(); resolve('refused') }
            })
            return outcomes",
            json!([]),
        )
        .await;
    for (path, outcome) in outcomes.as_object().unwrap() {
        let expected = if path == "stream" { json!("refused") } else { json!([403, false]) };
        assert_eq!(outcome, &expected, "{path}");
    }
    // The page itself, too, and what it was asked for by its own name is there.
    let seen = browser.wait_for_responses("evil.test", |seen| seen.len() >= 12).await;
    assert!(seen.iter().all(|(.., status)| *status == 403), "{seen:?}");
    assert_eq!(stage.items("people").await.len(), 1);
}
