//! `POST /api/v1/metrics`: what happened to a message.

use http::Method;

use crate::{
    call::{Call, Handler::Fallible},
    contract::{
        fault::{At, Faults},
        shape::{
            Field,
            Need::{May, Must},
            Shape,
        },
    },
    route::Route,
    server::reply::{Refusal, Reply},
    store::{kept::Key, record::Channel},
    track::delivery_report::{DELIVERY_ID, TIMESTAMP, keep},
};

pub(crate) const ROUTE: Route = Route::track(Method::POST, "/api/v1/metrics", Fallible(metric)).with_body(&BODY).open();

/// What the reports of all channels have in common; [`CHANNELS`] says more.
const BODY: Shape = Shape::Open(&[DELIVERY_ID, TIMESTAMP, ("metric", Must, Shape::OneOf(ANY))], &Shape::Any);

const RECIPIENT: Field = ("recipient", May, Shape::Text);
const REASON: Field = ("reason", May, Shape::Text);
const HREF: Field = ("href", May, Shape::Text);

const ANY: &[&str] = &["bounced", "clicked", "converted", "deferred", "delivered", "dropped", "opened", "spammed"];

/// The channels, and what each may report. A transactional message of another channel is compared with all of them.
static CHANNELS: &[(Option<Channel>, Shape)] = &[
    (
        Some(Channel::Email),
        Shape::Object(&[DELIVERY_ID, TIMESTAMP, ("metric", Must, Shape::OneOf(ANY)), RECIPIENT, REASON, HREF]),
    ),
    (
        Some(Channel::InApp),
        Shape::Object(&[
            DELIVERY_ID,
            TIMESTAMP,
            ("metric", Must, Shape::OneOf(&["clicked", "converted", "opened"])),
            RECIPIENT,
            HREF,
        ]),
    ),
    (
        Some(Channel::Push),
        Shape::Object(&[
            DELIVERY_ID,
            TIMESTAMP,
            ("metric", Must, Shape::OneOf(&["converted", "delivered", "opened"])),
            RECIPIENT,
        ]),
    ),
    (
        Some(Channel::Sms),
        Shape::Object(&[
            DELIVERY_ID,
            TIMESTAMP,
            ("metric", Must, Shape::OneOf(&["bounced", "clicked", "delivered", "opened"])),
            // A phone number, and alone among the channels not a string.
            ("recipient", May, Shape::Integer),
            REASON,
            HREF,
        ]),
    ),
    // Slack.
    (
        None,
        Shape::Object(&[
            DELIVERY_ID,
            TIMESTAMP,
            ("metric", Must, Shape::OneOf(&["clicked", "converted", "delivered", "opened"])),
            HREF,
        ]),
    ),
    // Webhooks.
    (None, Shape::Object(&[DELIVERY_ID, TIMESTAMP, ("metric", Must, Shape::OneOf(ANY)), REASON, HREF])),
];

fn metric(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    check_channel(call)?;
    keep(call, "metric");
    Ok(Reply::empty())
}

/// A report about a message of the emulator's must be one that its channel has; another must be one that any has.
fn check_channel(call: &mut Call<'_>) -> Result<(), Refusal> {
    let delivery = Key::Delivery(call.body["delivery_id"].as_str().unwrap_or_default().into());
    let message = call.state.messages.of(&delivery).next();
    let channel = message.map(|message| message.channel);
    let mut faults = Faults::default();
    if let Some((_, shape)) = CHANNELS.iter().find(|(of, _)| of.is_some() && *of == channel) {
        shape.check(&call.body, At::root("the body"), &mut faults);
    } else if !CHANNELS.iter().any(|(_, shape)| shape.accepts(&call.body)) {
        faults.add(At::root("the body"), "has fields that no channel has for this metric");
    }
    call.accept("", faults)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::ANY;
    use crate::{
        store::record::Metric,
        testing::{NOW, accept, call, emulator, parts, refuse, request},
    };

    const METRICS: &str = "POST /api/v1/metrics";
    const PUSH: &str = "POST /api/v1/push/events";

    #[test]
    fn reports_are_kept_and_need_no_credentials() {
        let emulator = emulator();
        let report =
            json!({"delivery_id": "RPIL", "metric": "bounced", "timestamp": 5, "reason": "full", "recipient": "a@b"});
        let push = json!({"delivery_id": "RPIL", "event": "opened", "device_id": "t"});
        for (line, body) in [(METRICS, &report), (PUSH, &push)] {
            let mut request = request(line, body);
            request.headers_mut().remove("authorization");
            assert_eq!(parts(&emulator.handle(&request)), (200, json!({})));
        }
        let metric = |metric: &str, timestamp: i64, body| Metric {
            delivery_id: "RPIL".into(),
            metric: metric.into(),
            timestamp: timestamp.into(),
            body,
        };
        assert_eq!(emulator.metrics(), [metric("bounced", 5, report), metric("opened", NOW, push)]);
    }

    #[test]
    fn each_channel_has_its_own_metrics_and_fields() {
        let emulator = emulator();
        let no_channel = "the body has fields that no channel has for this metric";
        let with =
            |metric: &str, field: &str, value: Value| json!({"delivery_id": "RPIL", "metric": metric, field: value});
        for body in [
            with("spammed", "recipient", "a@b".into()),
            with("clicked", "href", "https://example.com".into()),
            with("bounced", "recipient", 15_551_234_567_i64.into()),
            with("dropped", "reason", "full".into()),
        ] {
            accept(&emulator, METRICS, &body);
        }
        for (body, reason) in [
            (json!({"delivery_id": "RPIL", "metric": "sent"}), format!("metric must be one of {}", ANY.join(", "))),
            (json!({"metric": "opened"}), "delivery_id is missing".into()),
            (with("opened", "timestamp", "now".into()), "timestamp must be an integer".into()),
            (with("opened", "device", "t".into()), no_channel.into()),
            // Only an SMS has a number for a recipient, and an SMS cannot be marked as spam.
            (with("spammed", "recipient", 1.into()), no_channel.into()),
        ] {
            refuse(&emulator, METRICS, &body, &reason);
        }
    }

    #[test]
    fn a_message_of_the_emulators_has_the_metrics_of_its_channel() {
        let emulator = emulator();
        let sms = json!({"to": "+15551234567", "transactional_message_id": 1, "identifiers": {"id": "42"}});
        let (_, sent) = call(&emulator, "POST /v1/send/sms", &sms);
        let report = |metric: &str| json!({"delivery_id": sent["delivery_id"], "metric": metric});
        accept(&emulator, METRICS, &report("delivered"));
        refuse(&emulator, METRICS, &report("converted"), "metric must be one of bounced, clicked, delivered, opened");
    }
}
