//! Webhooks leave by themselves, to a receiver on a socket, and can be looked at and sent again.

use std::time::Duration;

use customerio_emulator::{Emulator, Outcome, Workspaces};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::{
    receiver::{Http, Receiver},
    support::World,
};

/// A server whose webhooks leave by themselves.
struct Sending {
    world: World,
    workspaces: Workspaces,
    pump: JoinHandle<()>,
}

impl Sending {
    async fn new(emulator: Emulator) -> Self {
        Self::serving(Workspaces::of(emulator)).await
    }

    async fn serving(workspaces: Workspaces) -> Self {
        let world = World::serving(&workspaces).await;
        workspaces.set_webhook_transport(Http::new());
        let pump = tokio::spawn({
            let workspaces = workspaces.clone();
            async move { workspaces.run_webhooks().await }
        });
        Self { world, workspaces, pump }
    }

    /// A message of which these outcomes are reported.
    async fn send(&self, outcomes: &[(u64, Outcome)]) {
        let after = |(seconds, outcome): &(u64, Outcome)| (Duration::from_secs(*seconds), outcome.clone());
        self.world.emulator.set_outcomes(outcomes.iter().map(after));
        let email = json!({"transactional_message_id": 1, "to": "ada@example.com", "identifiers": {"id": "42"}});
        assert_eq!(self.world.call("POST /v1/send/email", email).await.0, 200);
    }

    /// The one webhook that the filters choose, as soon as there is one.
    async fn webhook(&self, filters: &str) -> Value {
        let list = self.world.get(&format!("webhooks?wait=10s&{filters}")).await;
        assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
        list["items"][0].clone()
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.world.control(&format!("POST /_emulator/v1/{path}"), body).await
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.pump.abort();
    }
}

fn emulator() -> Emulator {
    Emulator::builder().with_clock_at(1_700_000_000).build()
}

#[tokio::test]
async fn a_webhook_leaves_by_itself_and_can_be_sent_again() {
    let sending = Sending::new(emulator()).await;
    let mut receiver = Receiver::new(&[]).await;
    let webhook = json!({"name": "shop", "endpoint": receiver.url(), "events": ["email_sent"]});
    assert_eq!(sending.world.call("POST /v1/reporting_webhooks", webhook).await.0, 200);
    sending.send(&[(0, Outcome::Sent)]).await;

    let first = receiver.next().await;
    let verifier = sending.world.emulator.webhook_verifier().unwrap();
    verifier.receive(&first.headers, &first.body, sending.world.emulator.now()).unwrap();
    let accepted = sending.webhook("state=accepted").await;
    assert_eq!((&accepted["url"], &accepted["attempts"]), (&json!(receiver.url()), &json!(1)));
    assert_eq!((&accepted["last_status"], &accepted["next_at"]), (&json!(200), &Value::Null));
    let whole = sending.world.get(&format!("webhooks/{}", accepted["seq"])).await;
    assert_eq!(whole, sending.world.get(&format!("webhooks/{}", accepted["event_id"].as_str().unwrap())).await);
    assert_eq!(whole["body"], serde_json::from_slice::<Value>(&first.body).unwrap());
    assert_eq!(whole["attempt_list"][0]["at"], "2023-11-14T22:13:20.000Z");

    // Later the same bytes come again, with a signature of then.
    sending.world.emulator.advance(Duration::from_secs(600));
    let event_id = accepted["event_id"].as_str().unwrap();
    assert_eq!(sending.post(&format!("webhooks/{event_id}/resend"), Value::Null).await.0, 200);
    let again = receiver.next().await;
    assert_eq!(again.body, first.body);
    verifier.receive(&again.headers, &again.body, sending.world.emulator.now()).unwrap();
    let delivery = accepted["delivery_id"].as_str().unwrap();
    let accepted = sending.webhook(&format!("state=accepted&delivery={delivery}&metric=sent")).await;
    assert_eq!(accepted["attempts"], 2);
    assert_eq!(sending.world.get("counts").await["webhooks"], 1);

    let (status, problem) = sending.post("webhooks/unknown/resend", Value::Null).await;
    assert_eq!((status, problem["error"].as_str().unwrap().contains("no event unknown")), (404, true));
    assert_eq!(sending.world.call("DELETE /v1/reporting_webhooks/1", Value::Null).await.0, 200);
    let (status, problem) = sending.post(&format!("webhooks/{event_id}/resend"), Value::Null).await;
    assert_eq!((status, problem["error"].as_str().unwrap().contains("disabled or deleted")), (409, true));
    assert!(receiver.is_empty());
}

#[tokio::test]
async fn a_receiver_that_is_down_gets_them_when_it_comes_back() {
    let sending = Sending::new(emulator()).await;
    let gone = Receiver::new(&[]).await;
    let port = gone.port;
    drop(gone);
    sending.world.emulator.report_to(&format!("http://127.0.0.1:{port}/hook")).unwrap();
    sending.send(&[(0, Outcome::Sent), (60, Outcome::Opened)]).await;
    let failed = sending.webhook("state=failed").await;
    assert_eq!((&failed["metric"], &failed["next_at"]), (&json!("sent"), &json!("2023-11-14T23:13:20.000Z")));
    assert!(failed["last_error"].as_str().unwrap().to_lowercase().contains("connect"), "{failed}");
    assert_eq!(sending.world.get("counts").await["webhooks_failed"], 1);

    let mut receiver = Receiver::on(port, &["503 x"]).await;
    let metric = |body: &[u8]| serde_json::from_slice::<Value>(body).unwrap()["metric"].clone();
    let advance = |by: &'static str| sending.post("clock", json!({ "advance": by }));
    assert_eq!(advance("1h").await.0, 200);
    assert_eq!(metric(&receiver.next().await.body), "sent");
    // It fails once more, and the later event waits behind it until somebody sends the first again.
    let failed = sending.webhook("state=failed&q=sent").await;
    assert_eq!(failed["attempts"].as_u64(), Some(2));
    assert_eq!(failed["last_status"], 503);
    let event_id = failed["event_id"].as_str().unwrap();
    assert_eq!(sending.post(&format!("webhooks/{event_id}/resend"), Value::Null).await.0, 200);
    for expected in ["sent", "opened"] {
        assert_eq!(metric(&receiver.next().await.body), expected);
    }
    let accepted = sending.world.get("webhooks?state=accepted&wait=10s&count=2").await;
    assert_eq!(accepted["items"][1]["attempts"], 3);
    assert_eq!(sending.world.get("counts").await["webhooks_failed"], 0);
}

#[tokio::test]
async fn a_webhook_goes_to_this_machine_alone_and_follows_no_redirect() {
    let sending = Sending::new(emulator()).await;
    sending.world.emulator.report_to("http://169.254.169.254/latest/meta-data").unwrap();
    sending.send(&[(0, Outcome::Sent)]).await;
    let failed = sending.webhook("state=failed").await;
    assert_eq!((&failed["attempts"], &failed["next_at"]), (&json!(0), &Value::Null));
    assert!(failed["last_error"].as_str().unwrap().contains("169.254.169.254 is not this machine"), "{failed}");
    assert_eq!(sending.world.emulator.webhooks_waiting(), 0, "it is not tried again");

    let mut other = Receiver::new(&[]).await;
    let redirect = format!("302 Found\r\nlocation: {}", other.url());
    let mut receiver = Receiver::new(&[&redirect]).await;
    sending.world.emulator.report_to(&receiver.url()).unwrap();
    sending.send(&[(0, Outcome::Sent)]).await;
    assert_eq!(receiver.next().await.path, "/hook");
    let failed = sending.webhook("state=failed&after=0&q=127.0.0.1").await;
    assert_eq!(failed["last_status"], 302);
    assert!(other.is_empty());
}

/// What is yet to happen is due by the clock that passes, and whatever the clock does, all can be sent at once.
#[tokio::test]
async fn all_are_sent_at_once_where_that_is_asked_for() {
    let workspaces = Workspaces::of(emulator());
    let world = World::serving(&workspaces).await;
    let (status, problem) = world.control("POST /_emulator/v1/webhooks/drain", Value::Null).await;
    assert_eq!((status, problem["error"].as_str().unwrap().contains("set_webhook_transport")), (501, true));

    let sending = Sending::serving(workspaces).await;
    let mut receiver = Receiver::new(&[]).await;
    sending.world.emulator.report_to(&receiver.url()).unwrap();
    let outcomes = [(60, Outcome::Sent), (120, Outcome::Delivered), (86_400, Outcome::Opened)];
    sending.send(&outcomes).await;
    let (status, waiting) = sending.post("webhooks/scramble", json!({"seed": 7})).await;
    assert_eq!((status, &waiting["waiting"]), (200, &json!(3)));
    let (status, sent) = sending.post("webhooks/drain", Value::Null).await;
    assert_eq!((status, &sent["sent"]), (200, &json!(3)));
    for expected in ["sent", "delivered", "opened"] {
        assert_eq!(serde_json::from_slice::<Value>(&receiver.next().await.body).unwrap()["metric"], expected);
    }
    assert_eq!(sending.world.get("clock").await["now"], "2023-11-15T22:13:20.000Z");
}

#[tokio::test]
async fn the_clock_that_passes_sends_the_webhooks_of_all_workspaces() {
    let workspaces = Workspaces::of(Emulator::new()).with_any_credentials();
    let sending = Sending::serving(workspaces).await;
    let other = sending.workspaces.obtain("suite-7").unwrap();
    let mut receiver = Receiver::new(&[]).await;
    let email = json!({"transactional_message_id": 1, "to": "ada@example.com", "identifiers": {"id": "42"}});
    other.report_to(&receiver.url()).unwrap();
    other.set_outcomes([(Duration::from_millis(1_500), Outcome::Sent)]);
    let request = sending.world.request("POST /v1/send/email", &email).header("authorization", "Bearer suite-7");
    assert_eq!(sending.world.send(request, &email).await.status(), 200);
    receiver.next().await;
    let list = sending.world.get("webhooks?workspace=suite-7&state=accepted&wait=5s").await;
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    assert_eq!(sending.world.get("webhooks").await["items"], json!([]));
}

#[tokio::test]
async fn what_is_deleted_is_sent_no_more() {
    let sending = Sending::new(emulator()).await;
    let mut receiver = Receiver::new(&[]).await;
    sending.world.emulator.report_to(&receiver.url()).unwrap();
    sending.send(&[(60, Outcome::Sent), (60, Outcome::Opened)]).await;
    let (status, deleted) = sending.world.control("DELETE /_emulator/v1/webhooks?metric=sent", Value::Null).await;
    assert_eq!((status, &deleted["deleted"]), (200, &json!(1)));
    assert_eq!(sending.post("clock", json!({"advance": "1m"})).await.0, 200);
    assert_eq!(serde_json::from_slice::<Value>(&receiver.next().await.body).unwrap()["metric"], "opened");
    sending.webhook("state=accepted").await;
    assert_eq!((sending.world.emulator.webhooks_waiting(), receiver.is_empty()), (0, true));
}
