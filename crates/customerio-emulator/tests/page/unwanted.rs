//! Who wants no messages: what a message to them shows, and the links by which they say so.

use customerio_emulator::APP_API_KEY;
use hyper::Method;
use serde_json::{Value, json};

use crate::{http::send_json, stage::Stage};

/// Links as templates have them.
const BODY: &str =
    "<a href=\"{% unsubscribe_url %}\">No more</a> <a href=\"{% manage_subscription_preferences_url %}\">Choose</a>";

/// Follows the link that stands beside a message under this name, and says what the page there has.
async fn follow(stage: &Stage, name: &str) -> String {
    let link = format!("[...document.querySelectorAll('.facts dt')].find((dt) => dt.innerText === '{name}')");
    let url = stage.browser.wait(&format!("{link}?.nextElementSibling.querySelector('a')?.href")).await;
    let before = stage.browser.tab().await;
    stage.browser.new_tab().await;
    stage.browser.open(url.as_str().unwrap()).await;
    let text = stage.browser.text("body").await;
    if name == "Preferences" {
        stage.browser.click("[name=all]").await;
        stage.browser.click("button").await;
        stage.browser.wait("location.search.includes('saved') && document.querySelector('[name=all]').checked").await;
    }
    stage.browser.switch_to(&before).await;
    text
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: run .ci/page"]
async fn the_links_of_a_message_unsubscribe_and_what_comes_after_says_that_it_was_kept_back() {
    let stage = Stage::new().await;
    let browser = &stage.browser;
    stage.identify("42", json!({"email": "ada@example.com"})).await;
    let first = stage.send_email("ada@example.com", "First", BODY).await;
    stage.open(&format!("messages/{first}")).await;
    let page = follow(&stage, "Unsubscribe").await;
    assert!(page.contains("ada@example.com gets no more messages"), "{page}");
    let person = async || stage.control(Method::GET, "people/42", Value::Null).await;
    assert_eq!(person().await["subscribed"], false);

    let email = json!({
        "to": "ada@example.com", "from": "shop@example.com", "subject": "Second", "body": BODY,
        "identifiers": {"id": "42"}, "send_to_unsubscribed": false,
    });
    let key = format!("Bearer {APP_API_KEY}");
    let sent = send_json(Method::POST, &stage.url("/v1/send/email"), &[("authorization", &key)], &email).await;
    let second = sent.json()["delivery_id"].as_str().unwrap().to_owned();
    stage.open("messages?outcome=undeliverable").await;
    browser.wait_for_text("[data-testid=row]", "undeliverable").await;
    assert_eq!(browser.value("document.querySelectorAll('[data-testid=row]').length").await, json!(1));
    stage.open(&format!("messages/{second}")).await;
    browser.wait_for_text("[data-testid=why]", "unsubscribed").await;
    let warned = "document.querySelector('[data-testid=detail] [data-testid=state]').classList.contains('warn')";
    assert_eq!(browser.value(warned).await, json!(true));

    follow(&stage, "Preferences").await;
    assert_eq!(person().await["subscribed"], true);
}
