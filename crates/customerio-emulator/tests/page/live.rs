//! Changes that come by themselves: to many tabs, and over a restart of the server.

use customerio_emulator::Emulator;
use serde_json::json;

use crate::stage::Stage;

/// How many tabs: more than the connections that a browser has for a host, which are six.
const TABS: usize = 10;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: run .ci/page"]
async fn ten_tabs_are_all_live() {
    let stage = Stage::new().await;
    let browser = &stage.browser;
    let mut tabs = vec![browser.tab().await];
    while tabs.len() < TABS {
        tabs.push(browser.new_tab().await);
    }
    for tab in &tabs {
        browser.switch_to(tab).await;
        stage.open("requests").await;
        browser.note_when("row", "[data-testid=row]").await;
    }
    stage.identify("42", json!({"email": "ada@example.com"})).await;
    let came = stage.items("requests").await[0]["at"].clone();
    for tab in &tabs {
        browser.switch_to(tab).await;
        let appeared = browser.wait("window.noted.row").await;
        let took = browser.run("return arguments[0] - Date.parse(arguments[1])", json!([appeared, came])).await;
        assert!(took.as_f64().unwrap() < 2_000.0, "{took} ms");
        assert_eq!(browser.text("[data-testid=connection]").await, "live");
    }
    // One that is new has what came before, and the others stay.
    browser.new_tab().await;
    stage.open("people").await;
    browser.wait_for_text("[data-testid=row]", "ada@example.com").await;
}

/// The numbers of the rows, and which of them are there twice.
const TWICE: &str = "(() => {
    const rows = [...document.querySelectorAll('[data-testid=row]')].map((row) => row.dataset.seq)
    return rows.filter((seq, index) => rows.indexOf(seq) !== index)
})()";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: run .ci/page"]
async fn a_page_comes_back_with_the_server_and_has_no_row_twice() {
    let emulator = Emulator::new();
    let mut stage = Stage::with(emulator.clone(), &[]).await;
    for id in ["1", "2", "3"] {
        stage.identify(id, json!({"plan": "pro"})).await;
    }
    stage.open("requests").await;
    stage.browser.wait("document.querySelectorAll('[data-testid=row]').length === 3").await;
    stage.browser.run("window.same = true", json!([])).await;

    let address = stage.server.address();
    stage.server.shutdown().await;
    stage.browser.wait_for_text("[data-testid=connection]", "disconnected").await;
    stage.server = emulator.serve(address).await.unwrap();
    stage.identify("4", json!({"plan": "pro"})).await;
    stage.browser.wait_for_text("[data-testid=connection]", "live").await;
    stage.browser.wait("document.querySelectorAll('[data-testid=row]').length === 4").await;
    stage.identify("5", json!({"plan": "pro"})).await;
    stage.browser.wait("document.querySelectorAll('[data-testid=row]').length === 5").await;
    assert_eq!(stage.browser.value(TWICE).await, json!([]));

    // One that has forgotten all: what the page shows is what there is now.
    stage.server.shutdown().await;
    stage.browser.wait_for_text("[data-testid=connection]", "disconnected").await;
    stage.server = Emulator::new().serve(address).await.unwrap();
    stage.identify("new", json!({"plan": "pro"})).await;
    stage.browser.wait_for_text("[data-testid=connection]", "live").await;
    stage.browser.wait("document.querySelectorAll('[data-testid=row]').length === 1").await;
    stage.browser.wait_for_text("[data-testid=row]", "/api/v1/customers/new").await;
    assert_eq!(stage.browser.value("window.same").await, json!(true), "the page was not loaded anew");
}
