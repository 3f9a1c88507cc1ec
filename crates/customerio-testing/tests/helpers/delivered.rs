//! A message that is waited for until it has arrived, or will not.

use std::time::Duration;

use customerio_core::{
    Client, WaitErrorKind,
    app::{MessageDelivery, SendEmail, messages::Get},
    track::{EmailMetric, Metric},
};
use customerio_emulator::Emulator;
use customerio_testing::Recorder;
use serde_json::{Value, json};

use super::client;

const NOW: i64 = 1_700_000_000;

/// A message of a channel that reached these metrics, one a second.
fn message(channel: &str, metrics: &[&str]) -> Value {
    let metrics: serde_json::Map<_, _> =
        (NOW..).zip(metrics).map(|(time, metric)| ((*metric).to_owned(), time.into())).collect();
    json!({"id": "RPIL", "type": channel, "metrics": metrics})
}

#[test]
fn what_ends_a_message_is_up_to_its_channel() {
    let arrived = |channel: &str, metrics: &[&str]| {
        serde_json::from_value::<MessageDelivery>(message(channel, metrics)).unwrap().has_arrived()
    };
    for channel in ["email", "twilio", "whatsapp", "carrier_pigeon"] {
        for open in [&[][..], &["created"], &["created", "drafted"], &["created", "attempted"], &["created", "sent"]] {
            assert_eq!(arrived(channel, open), None, "{channel} {open:?}");
        }
        assert_eq!(arrived(channel, &["created", "sent", "delivered"]), Some(true), "{channel}");
    }
    for channel in ["push", "in_app", "inbox", "live_notification", "slack", "webhook"] {
        assert_eq!(arrived(channel, &["created", "attempted"]), None, "{channel}");
        assert_eq!(arrived(channel, &["created", "sent"]), Some(true), "{channel}");
        assert_eq!(arrived(channel, &["created", "sent", "failed"]), Some(false), "{channel}");
    }
    for failed in ["bounced", "dropped", "failed", "suppressed", "undeliverable"] {
        for channel in ["email", "twilio", "webhook"] {
            assert_eq!(arrived(channel, &["created", failed]), Some(false), "{channel} {failed}");
            assert_eq!(arrived(channel, &["sent", "delivered", failed]), Some(false), "{channel} {failed}");
            assert_eq!(arrived(channel, &[failed, "sent", "delivered"]), Some(true), "{channel} {failed}");
            assert_eq!(arrived(channel, &[failed, "sent", "opened"]), Some(false), "{channel} {failed}");
        }
    }
    // One of the devices of a person is as good as all.
    for (metrics, expected) in [
        (&["created", "bounced"][..], Some(false)),
        (&["created", "dropped"], Some(false)),
        (&["created", "sent", "bounced"], Some(true)),
        (&["created", "sent", "delivered", "dropped"], Some(true)),
        (&["created", "bounced", "sent"], Some(true)),
        (&["created", "sent", "failed"], Some(false)),
        (&["created", "sent", "undeliverable"], Some(false)),
        (&["created", "failed", "sent", "delivered"], Some(true)),
    ] {
        assert_eq!(arrived("push", metrics), expected, "{metrics:?}");
    }
    for after in ["opened", "prefetch_opened", "clicked", "prefetch_clicked", "converted", "spammed", "unsubscribed"] {
        assert_eq!(arrived("email", &["sent", after]), Some(true), "{after}");
    }
    let json = json!({"id": "RPIL", "metrics": {"sent": NOW}});
    assert_eq!(serde_json::from_value::<MessageDelivery>(json).unwrap().has_arrived(), None);
}

fn responding(bodies: &[Value]) -> Recorder {
    bodies.iter().fold(Recorder::new(), |recorder, body| {
        if body.is_null() {
            recorder.responding(404, "")
        } else {
            recorder.responding(200, json!({"message": body}).to_string())
        }
    })
}

#[tokio::test]
async fn a_message_that_is_not_there_yet_is_waited_for() {
    let recorder = responding(&[
        Value::Null,
        Value::Null,
        message("email", &["created"]),
        message("email", &["sent", "delivered"]),
    ]);
    let client = client(&recorder);
    let message = tokio::spawn(async move { client.wait_for(Get::new("RPIL")).await }).await.unwrap().unwrap();
    assert_eq!(message.metrics.len(), 2);
    assert_eq!(recorder.waits(), [2, 4, 8].map(Duration::from_secs));

    let never = responding(&[Value::Null, Value::Null, Value::Null, Value::Null, Value::Null, Value::Null]);
    let error = super::client(&never).wait_for(Get::new("RPIL")).await.unwrap_err();
    assert_eq!((error.kind(), error.waited().as_secs()), (WaitErrorKind::Call, 60));
}

#[tokio::test]
async fn one_that_will_not_arrive_says_why() {
    let mut failed = message("email", &["created", "dropped"]);
    failed["failure_message"] = "suppressed".into();
    let error = client(&responding(&[failed])).wait_for(Get::new("RPIL")).await.unwrap_err();
    assert_eq!(error.kind(), WaitErrorKind::Failed);
    assert_eq!(error.to_string(), "what app.messages.get waits for failed (its state is `dropped`)");
    assert_eq!(error.last().unwrap().failure_message.as_deref(), Some("suppressed"));
}

#[tokio::test]
async fn the_emulator_says_when_a_message_has_arrived() {
    let emulator = Emulator::new();
    let app = Client::new(emulator.app_endpoint().unwrap(), emulator.clone());
    let track = Client::new(emulator.track_endpoint().unwrap(), emulator.clone());
    track.identify("42", json!({"email": "ada@example.com"})).await.unwrap();
    for (metric, expected) in [(EmailMetric::Delivered, None), (EmailMetric::Bounced, Some(WaitErrorKind::Failed))] {
        let sent = app.send_email(SendEmail::from_template(1, "ada@example.com")).await.unwrap();
        let mut wait = app.wait_for(Get::new(&sent.delivery_id)).with_deadline(Duration::from_secs(60));
        assert_eq!(wait.next().await.unwrap().unwrap().has_arrived(), None);
        track.call(Metric::email(&sent.delivery_id, metric)).await.unwrap();
        assert_eq!(wait.await.err().map(|error| error.kind()), expected);
    }
}
