//! What is done to a whole workspace: its clock, its reset, and that another one is not seen.

use std::time::Duration;

use customerio_emulator::{Emulator, Outcome, Workspaces};
use hyper::Method;
use serde_json::{Value, json};

use crate::{site::Site, stage::Stage};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: run .ci/page"]
async fn ten_minutes_later_the_webhook_is_due_and_can_be_sent_again() {
    let receiver = Site::start().await;
    let emulator = Emulator::builder().with_clock_at(1_795_687_320).build();
    emulator.report_to(&receiver.url("/reports")).unwrap();
    emulator.set_outcomes([(Duration::from_secs(600), Outcome::Delivered)]);
    let stage = Stage::with(emulator, &[]).await;
    let browser = &stage.browser;
    stage.send_email("ada@example.com", "Hello", "<p>Hello</p>").await;

    stage.open("webhooks").await;
    browser.wait_for_text("[data-testid=row]", "waiting").await;
    let before = browser.text("[data-testid=clock]").await;
    browser.click("[data-testid=advance-10m]").await;
    browser.wait(&format!("document.querySelector('[data-testid=clock]').innerText !== {before:?}")).await;
    let hits = receiver.wait_for(1).await;
    browser.wait_for_text("[data-testid=row]", "accepted").await;

    browser.click("[data-testid=row]").await;
    browser.click("[data-testid=resend]").await;
    let again = receiver.wait_for(2).await;
    assert!(again.iter().all(|hit| hit.method == Method::POST && hit.target == "/reports"), "{again:?}");
    let [first, second] = [&hits[0], &again[1]].map(|hit| serde_json::from_slice::<Value>(&hit.body).unwrap());
    assert_eq!((&first["metric"], &first["timestamp"]), (&json!("delivered"), &json!(1_795_687_920)));
    assert_eq!((&first["event_id"], &first["data"]), (&second["event_id"], &second["data"]));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: run .ci/page"]
async fn a_reset_asks_once_and_the_seed_comes_back() {
    let stage = Stage::new().await;
    let browser = &stage.browser;
    stage.control(Method::PUT, "seed", json!({"people": [{"id": "6", "email": "alan@example.com"}]})).await;
    stage.identify("42", json!({"email": "ada@example.com"})).await;
    stage.open("people").await;
    browser.wait("document.querySelectorAll('[data-testid=row]').length === 2").await;

    browser.click("[data-testid=reset]").await;
    browser.wait("document.querySelector('dialog[open] [data-testid=reset-confirm]')").await;
    browser.keys(crate::webdriver::key::ESCAPE).await;
    browser.wait("!document.querySelector('dialog[open]')").await;
    assert_eq!(stage.items("people").await.len(), 2, "it was asked, and not confirmed");

    browser.click("[data-testid=reset]").await;
    browser.click("[data-testid=reset-confirm]").await;
    browser.wait("!document.querySelector('dialog[open]')").await;
    browser.wait("document.querySelectorAll('[data-testid=row]').length === 1").await;
    browser.wait_for_text("[data-testid=row]", "alan@example.com").await;
    let people = stage.items("people").await;
    assert_eq!((people.len(), &people[0]["id"]), (1, &json!("6")));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: run .ci/page"]
async fn a_workspace_that_is_not_there_is_said_with_those_there_are() {
    let stage = Stage::with(Workspaces::of(Emulator::new()).with_any_credentials(), &[]).await;
    let browser = &stage.browser;
    stage.identify("42", json!({"email": "ada@example.com"})).await;
    let links = "[...document.querySelectorAll('[data-testid=missing] a')].map((link) => link.innerText)";
    // Both where the page begins with it, and where its URL changes to it.
    browser.open(&stage.url("/_emulator/#/people?workspace=suite-late")).await;
    browser.wait_for_text("[data-testid=missing]", "There is no workspace suite-late").await;
    assert_eq!(browser.value(links).await, json!(["default"]));
    assert_eq!(browser.value("document.getElementById('main').hidden").await, json!(true));
    browser.click("[data-testid=missing] a").await;
    browser.wait_for_text("[data-testid=row]", "ada@example.com").await;
    browser.wait_for_text("[data-testid=connection]", "live").await;
    browser.run("location.hash = '#/people?workspace=suite-late'", json!([])).await;
    browser.wait_for_text("[data-testid=missing]", "There is no workspace suite-late").await;

    // As soon as it is there, it is shown.
    let path = "/api/v1/customers/43";
    stage.track_of("suite-late", Method::PUT, path, json!({"email": "late@example.com"})).await;
    browser.wait_for_text("[data-testid=row]", "late@example.com").await;
    browser.wait("document.getElementById('missing').hidden").await;
}

/// The rows that are shown.
const ROWS: &str = "[...document.querySelectorAll('[data-testid=row]')].map((row) => row.innerText)";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: run .ci/page"]
async fn two_workspaces_never_mix() {
    let stage = Stage::with(Workspaces::of(Emulator::new()).with_any_credentials(), &[]).await;
    let browser = &stage.browser;
    let person = async |suite: &str, id: &str| {
        let path = format!("/api/v1/customers/{id}");
        let reply = stage.track_of(suite, Method::PUT, &path, json!({"email": format!("{id}@{suite}.example")})).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
    };
    person("suite-a", "first").await;
    person("suite-b", "first").await;
    let first = browser.tab().await;
    stage.open("people?workspace=suite-a").await;
    browser.wait_for_text("[data-testid=row]", "first@suite-a.example").await;
    let second = browser.new_tab().await;
    stage.open("people?workspace=suite-b").await;
    browser.wait_for_text("[data-testid=row]", "first@suite-b.example").await;

    // To each in turn, while both are looked at.
    for number in 0..20 {
        person("suite-a", &format!("person{number}")).await;
        person("suite-b", &format!("person{number}")).await;
    }
    for (tab, own, other) in [(&first, "suite-a", "suite-b"), (&second, "suite-b", "suite-a")] {
        browser.switch_to(tab).await;
        browser.wait(&format!("{ROWS}.length === 21")).await;
        let rows = browser.value(ROWS).await.to_string();
        assert!(rows.contains(own) && !rows.contains(other), "{own}: {rows}");
        assert_eq!(browser.text("[data-testid=counts-people]").await, "21");
    }

    // The one that is looked at is the one that is reset.
    browser.switch_to(&first).await;
    browser.click("[data-testid=reset]").await;
    browser.click("[data-testid=reset-confirm]").await;
    browser.wait(&format!("{ROWS}.length === 0")).await;
    browser.switch_to(&second).await;
    assert_eq!(browser.value(&format!("{ROWS}.length")).await, json!(21));
    assert_eq!(stage.items("people?workspace=suite-b").await.len(), 21);
    // The first workspace had nothing from the beginning; one of the others is chosen by its name.
    stage.open("people").await;
    browser.wait(&format!("{ROWS}.length === 0")).await;
    let options = "[...document.querySelector('[data-testid=workspace]').options]";
    browser.wait(&format!("{options}.length === 3")).await;
    let workspaces = stage.control(Method::GET, "info", Value::Null).await["workspaces"].clone();
    let counts: Vec<_> =
        workspaces.as_array().unwrap().iter().map(|each| each["counts"]["people"].as_u64().unwrap()).collect();
    assert_eq!(counts.iter().sum::<u64>(), 21, "{workspaces}");
    let position = counts.iter().position(|count| *count == 21).unwrap();
    browser
        .run(
            "const select = document.querySelector('[data-testid=workspace]')
            select.selectedIndex = arguments[0]
            select.dispatchEvent(new Event('change', {bubbles: true}))",
            json!([position]),
        )
        .await;
    browser.wait(&format!("{ROWS}.length === 21")).await;
}
