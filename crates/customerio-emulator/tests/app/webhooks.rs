//! Reporting webhooks: what was made, and what they are told.

use std::time::Duration;

use customerio_core::{
    app::{SendEmail, reporting_webhooks as webhooks},
    http::StatusCode,
};
use customerio_emulator::{Outcome, WebhookResponse};
use serde_json::{Value, json};

use crate::{World, detail, told, world};

const SHOP: &str = "https://example.com/shop";
const AUDIT: &str = "https://example.com/audit";

#[tokio::test]
async fn webhooks_are_made_read_changed_and_deleted() {
    let world = world();
    let made = world.app.call(webhooks::Create::new("shop", SHOP, ["email_sent", "a_new_event"])).await.unwrap();
    assert_eq!((made.id, made.name.as_deref(), made.endpoint.as_deref()), (1.into(), Some("shop"), Some(SHOP)));
    assert_eq!(
        (&made.events[..], made.disabled),
        (&["email_sent".to_owned(), "a_new_event".to_owned()][..], Some(false))
    );
    let audit = webhooks::Create::new("audit", AUDIT, ["email_sent"]).with_full_resolution(true).with_disabled(true);
    world.app.call(audit).await.unwrap();
    let all = world.app.call(webhooks::List::new()).await.unwrap().items;
    assert_eq!((all.len(), &all[0], all[1].disabled), (2, &made, Some(true)));

    // The vendor's client for Node sends what is to change alone, which the contract does not allow.
    let (_, part) = world.call("PUT /v1/reporting_webhooks/2", &json!({"full_resolution": false}));
    assert_eq!((&part["endpoint"], &part["events"]), (&json!(AUDIT), &json!(["email_sent"])));
    assert_eq!((&part["full_resolution"], &part["disabled"]), (&json!(false), &json!(true)));
    assert_eq!(world.emulator.request_log().last().unwrap().deviations.len(), 3);
    let again = webhooks::Update::new(2, "audit", AUDIT, ["email_sent"]).with_full_resolution(true);
    world.app.call(again).await.unwrap();

    let changed = world.app.call(webhooks::Update::new(2, "audit", SHOP, ["email_opened"])).await.unwrap();
    assert_eq!(
        (changed.disabled, changed.full_resolution, changed.endpoint.as_deref()),
        (Some(true), Some(true), Some(SHOP))
    );
    assert_eq!(world.app.call(webhooks::Get::new(2)).await.unwrap(), changed);
    world.app.call(webhooks::Delete::new(2)).await.unwrap();
    let error = world.app.call(webhooks::Delete::new(2)).await.unwrap_err();
    assert_eq!(told(&error), (404, "the webhook does not exist".to_owned()));
    assert_eq!(world.call("DELETE /v1/reporting_webhooks/1", &Value::Null), (200, Value::Null));

    let (status, body) =
        world.call("POST /v1/reporting_webhooks", &json!({"name": "a", "endpoint": "a", "events": ["b"]}));
    assert_eq!((status, detail(&body)), (400, "endpoint must be an http or https URL"));
    let none = json!({"name": "a", "endpoint": SHOP, "events": []});
    assert_eq!(world.call("POST /v1/reporting_webhooks", &none).0, 400);
    assert_eq!(
        world.call("PUT /v1/reporting_webhooks/9", &json!({"name": "a", "endpoint": SHOP, "events": ["b"]})).0,
        404
    );
}

/// Where each webhook that is due goes, with its metric; each is accepted.
fn sent(world: &World) -> Vec<(String, String)> {
    let mut sent = Vec::new();
    while let Some(call) = world.emulator.next_webhook() {
        let request = call.request();
        let verifier = world.emulator.webhook_verifier().unwrap();
        let event = verifier.receive(request.headers(), request.body(), world.emulator.now()).unwrap();
        sent.push((request.uri().to_string(), event.metric().unwrap().to_owned()));
        world.emulator.webhook_responded(&call, WebhookResponse::Status(StatusCode::OK));
    }
    sent.sort();
    sent
}

fn expected<const N: usize>(sent: [(&str, &str); N]) -> Vec<(String, String)> {
    sent.map(|(url, metric)| (url.to_owned(), metric.to_owned())).to_vec()
}

#[tokio::test]
async fn each_is_told_what_it_names() {
    let world = world();
    world.emulator.set_outcomes([Outcome::Sent, Outcome::Opened].map(|outcome| (Duration::ZERO, outcome)));
    let send = || world.app.send_email(SendEmail::from_template("order", "ada@example.com"));
    world.app.call(webhooks::Create::new("shop", SHOP, ["email_sent", "push_opened"])).await.unwrap();
    send().await.unwrap();
    assert_eq!(sent(&world), expected([(SHOP, "sent")]));

    let audit = world.app.call(webhooks::Create::new("audit", AUDIT, ["email_sent", "email_opened"])).await.unwrap();
    world.emulator.report_to("https://example.com/test").unwrap();
    send().await.unwrap();
    let all = [(AUDIT, "opened"), (AUDIT, "sent"), (SHOP, "sent")];
    let test = "https://example.com/test";
    let [opened, first, second] = all;
    assert_eq!(sent(&world), expected([opened, first, second, (test, "opened"), (test, "sent")]));

    // One that fails holds up no other, and what waits for one that is disabled or deleted is forgotten.
    send().await.unwrap();
    assert_eq!(world.emulator.webhooks_waiting(), 5);
    let failed = world.emulator.next_webhook().unwrap();
    assert_eq!(failed.request().uri(), test);
    world.emulator.webhook_responded(&failed, WebhookResponse::Disconnected);
    assert_eq!(sent(&world), expected(all));
    send().await.unwrap();
    let disabled = webhooks::Update::new(audit.id, "audit", AUDIT, ["email_sent"]).with_disabled(true);
    world.app.call(disabled).await.unwrap();
    world.app.call(webhooks::Delete::new(1)).await.unwrap();
    assert_eq!(sent(&world), []);
    send().await.unwrap();
    assert_eq!(world.emulator.webhooks_waiting(), 6, "those of the receiver that fails");
}

#[tokio::test]
async fn a_message_is_opened_once_without_full_resolution() {
    let world = world();
    let click = |href: &str| Outcome::Clicked(href.to_owned());
    let outcomes = [Outcome::Opened, Outcome::Opened, click("a"), click("a"), click("b")];
    world.emulator.set_outcomes(outcomes.map(|outcome| (Duration::ZERO, outcome)));
    let events = ["email_opened", "email_clicked"];
    world.app.call(webhooks::Create::new("shop", SHOP, events)).await.unwrap();
    world.app.call(webhooks::Create::new("audit", AUDIT, events).with_full_resolution(true)).await.unwrap();
    for _ in 0..2 {
        world.app.send_email(SendEmail::from_template("order", "ada@example.com")).await.unwrap();
        let sent = sent(&world);
        let count = |url: &str| sent.iter().filter(|sent| sent.0 == url).count();
        assert_eq!((count(SHOP), count(AUDIT)), (3, 5), "{sent:?}");
    }
}
