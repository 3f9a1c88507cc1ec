//! The shop, as its customers and Customer.io use it: what it enqueues arrives once, also after a stop.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "stage/running.rs"]
mod running;
mod stage;

use std::time::Duration;

use customerio::{
    DefaultTransport,
    bytes::Bytes,
    http::{Request, StatusCode},
    transport::Transport as _,
};
use customerio_emulator::{Outcome, WEBHOOK_SIGNING_KEY};
use running::Running;
use serde_json::json;
use stage::{Stage, until};

async fn start(stage: &Stage) -> (Running, String) {
    let mut command = stage.command(env!("CARGO_BIN_EXE_shop"));
    command.env("SHOP_ADDRESS", "127.0.0.1:0").env("SHOP_DATABASE", stage.path("shop.db"));
    command.env("CUSTOMERIO_WEBHOOK_SIGNING_KEY", WEBHOOK_SIGNING_KEY);
    let (shop, line) = Running::start(command).await;
    let url = line.strip_prefix("the shop listens at ").expect("its address");
    (shop, url.to_owned())
}

async fn post(url: &str, content_type: &str, body: &str) -> StatusCode {
    let request = Request::post(url).header("content-type", content_type).header("content-length", body.len());
    let request = request.body(Bytes::copy_from_slice(body.as_bytes())).unwrap();
    DefaultTransport::new().unwrap().send(request).await.unwrap().status()
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_ups_purchases_and_receipts_arrive_once_until_an_address_bounces() {
    let stage = Stage::new("shop").await;
    let customerio = stage.emulator();
    customerio.set_outcomes([(Duration::ZERO, Outcome::Bounced("mailbox full".into()))]);
    let (shop, url) = start(&stage).await;
    let webhook = format!("{url}/customerio");
    customerio.report_to(&webhook).unwrap();

    let (ada, purchases) = (format!("{url}/people/42"), format!("{url}/people/42/purchases"));
    let order = |number: u32| json!({"order": number.to_string(), "total": 23.45}).to_string();
    for status in [StatusCode::CREATED, StatusCode::OK] {
        assert_eq!(post(&ada, "text/plain", "ada@example.com").await, status);
    }
    for status in [StatusCode::CREATED, StatusCode::OK] {
        assert_eq!(post(&purchases, "application/json", &order(1)).await, status);
    }
    let nobody = format!("{url}/people/43/purchases");
    assert_eq!(post(&nobody, "application/json", &order(2)).await, StatusCode::NOT_FOUND);

    until("the receipt is sent", || customerio.messages().len() == 1).await;
    customerio.advance(Duration::ZERO);
    assert!(customerio.drain_webhooks(&DefaultTransport::new().unwrap()).await > 0);
    assert_eq!(customerio.webhooks_waiting(), 0);
    assert_eq!(post(&webhook, "application/json", "{}").await, StatusCode::UNAUTHORIZED, "it is not signed");
    assert_eq!(post(&purchases, "application/json", &order(3)).await, StatusCode::CREATED, "it gets no receipt");

    // The last purchase is sent before it ends.
    assert!(shop.terminate().await.contains("calls left for the next start: 0"));
    let person = customerio.person("42").unwrap();
    assert_eq!((customerio.people_count(), person.email.as_deref()), (1, Some("ada@example.com")));
    let orders: Vec<_> = customerio.events().iter().map(|event| event.data()["order"].clone()).collect();
    assert_eq!(orders, ["1", "3"]);
    let messages = customerio.messages();
    let [receipt] = &messages[..] else { panic!("{messages:?}") };
    assert_eq!(
        (receipt.to.as_deref(), &receipt.body()["message_data"]["order"]),
        (Some("ada@example.com"), &json!("1"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_during_an_outage_is_sent_after_the_next_start() {
    let stage = Stage::new("shop-outage").await;
    let customerio = stage.emulator();
    let outage = customerio.add_fault(customerio_emulator::Fault::status(StatusCode::SERVICE_UNAVAILABLE));
    let (shop, url) = start(&stage).await;
    for id in 0..20 {
        assert_eq!(post(&format!("{url}/people/{id}"), "text/plain", "x@example.com").await, StatusCode::CREATED);
    }
    until("the shop has tried", || customerio.requests() > 0).await;
    shop.kill().await;
    assert_eq!(customerio.people_count(), 0);

    assert!(customerio.remove_fault(outage));
    let (shop, _) = start(&stage).await;
    until("all are there", || customerio.people_count() == 20).await;
    assert!(shop.terminate().await.contains("calls left for the next start: 0"));
    assert_eq!(customerio.people_count(), 20);
}
