//! What was sent: transactional messages, and the triggers of broadcasts.

use std::time::Duration;

use customerio_core::app::{
    Audience, DefaultAudience, IdsAudience, SendEmail, SendPush, TriggerBroadcast, messages, transactional,
};
use customerio_emulator::Outcome;
use serde_json::{Value, json};

use crate::{NOW, detail, told, world};

#[tokio::test]
async fn transactional_messages_are_those_that_were_named() {
    let world = world();
    world.emulator.create_transactional_message(44, "Password reset");
    for _ in 0..5 {
        world.app.send_push(SendPush::new(44, "42")).await.unwrap();
    }
    world.app.send_push(SendPush::new("Password reset", "42")).await.unwrap();
    world.app.send_email(SendEmail::from_template("order", "ada@example.com")).await.unwrap();
    world.app.send_email(SendEmail::new("ada@example.com", "shop@example.com", "Hi", "Ho")).await.unwrap();
    world.app.send_push(SendPush::new(7, "42").with_queue_draft(true)).await.unwrap();

    let all = world.app.call(transactional::List::new()).await.unwrap().items;
    let known: Vec<_> = all.iter().map(|message| (message.id, message.name.as_deref().unwrap())).collect();
    assert_eq!(known, [(7.into(), "transactional message 7"), (44.into(), "Password reset"), (45.into(), "order")]);
    // The id that a list has is that of the other calls.
    let id = all[1].id;
    world.app.send_push(SendPush::new(id, "42").with_queue_draft(false)).await.unwrap();
    let one = world.app.call(transactional::Get::new(id)).await.unwrap();
    assert_eq!((one.name.as_deref(), one.created_at), (Some("Password reset"), Some(NOW.into())));
    let error = world.app.call(transactional::Get::new(9)).await.unwrap_err();
    assert_eq!(told(&error), (404, "the transactional message does not exist".to_owned()));

    let (made, requests) = world.read(transactional::Messages::new(44).with_limit(2)).await;
    assert_eq!((made.len(), requests), (7, 4));
    assert_eq!(world.read(transactional::Messages::new(45)).await.0.len(), 1);
    let count = |path: &str| {
        let (status, page) = world.call(&format!("GET /v1/transactional/{path}"), &Value::Null);
        assert_eq!(status, 200, "{page}");
        page["messages"].as_array().unwrap().len()
    };
    assert_eq!((count("7/messages?state=drafted"), count("44/messages?state=drafted")), (1, 0));
    assert_eq!(count("44/messages?state=sent"), 0);
    assert_eq!(world.call("GET /v1/transactional/44/messages?state=none", &Value::Null).0, 400);

    // Another name is another message's from now on.
    world.emulator.create_transactional_message(44, "Code");
    world.app.send_push(SendPush::new("Password reset", "42")).await.unwrap();
    assert_eq!(world.app.call(transactional::List::new()).await.unwrap().items.len(), 4);
}

#[tokio::test]
async fn triggers_are_read_with_what_was_wrong_with_them() {
    let world = world();
    world.emulator.create_broadcast(12);
    world.emulator.create_broadcast(13);
    let trigger = |audience: Audience| world.app.trigger_broadcast(TriggerBroadcast::new(12, audience));
    let id = trigger(DefaultAudience::new().into()).await.unwrap().id;
    assert_eq!(id, 1.into());
    world.emulator.advance(Duration::from_secs(10));
    let nobody: Vec<_> = (0..120).map(|number| format!("n{number}")).collect();
    trigger(IdsAudience::new(nobody).into()).await.unwrap_err();

    let at = NOW + 10;
    let first = json!({"id": 1, "broadcast_id": 12, "created_at": NOW, "processed_at": NOW});
    let second = json!({"id": 2, "broadcast_id": 12, "created_at": at, "processed_at": at});
    let get = |path: &str| world.call(&format!("GET /v1/{path}"), &Value::Null);
    assert_eq!(get("campaigns/12/triggers/1"), (200, first.clone()));
    assert_eq!(get("campaigns/12/triggers/2"), (200, second.clone()));
    assert_eq!(get("broadcasts/12/triggers"), (200, json!({"triggers": [first, second]})));
    assert_eq!(get("campaigns/12/triggers/1/errors"), (200, json!({"errors": []})));

    let (mut errors, mut start, mut pages) = (Vec::new(), json!(0), 0);
    while !start.is_null() {
        let (status, page) = get(&format!("campaigns/12/triggers/2/errors?limit=50&start={start}"));
        assert_eq!(status, 200);
        errors.extend(page["errors"].as_array().unwrap().clone());
        (start, pages) = (page["next"].clone(), pages + 1);
    }
    assert_eq!((errors.len(), pages), (120, 3));
    assert_eq!(
        (&errors[0], &errors[119]),
        (&json!("line 1: no person has the id n0"), &json!("line 120: no person has the id n119"))
    );
    for (path, reason) in [
        ("campaigns/12/triggers/3", "the trigger does not exist"),
        ("campaigns/13/triggers/1/errors", "the trigger does not exist"),
        ("campaigns/14/triggers/1", "the broadcast does not exist"),
        ("broadcasts/14/triggers", "the broadcast does not exist"),
    ] {
        let (status, body) = get(path);
        assert_eq!((status, detail(&body)), (404, reason), "{path}");
    }
}

#[tokio::test]
async fn a_message_shows_what_became_of_it_when_it_has() {
    let world = world();
    let minute = Duration::from_secs(60);
    world.emulator.set_outcomes([(Duration::ZERO, Outcome::Sent), (minute, Outcome::Bounced("no such box".into()))]);
    let email = SendEmail::new("ada@example.com", "shop@example.com", "Hi", "<p>Ho</p>").with_header("X-Order", "17");
    let id = world.app.send_email(email).await.unwrap().delivery_id;
    let read = || world.app.call(messages::Get::new(id.clone()));
    let sent = read().await.unwrap();
    let metrics: Vec<_> = sent.metrics.keys().map(String::as_str).collect();
    assert_eq!((metrics, sent.failure_message), (vec!["created", "sent"], None));
    assert_eq!(world.read(messages::List::new().with_metric("bounced")).await.0.len(), 0);
    world.emulator.advance(minute);
    let bounced = read().await.unwrap();
    assert_eq!(bounced.metrics["bounced"], (NOW + 60).into());
    assert_eq!(bounced.failure_message.as_deref(), Some("no such box"));
    assert_eq!(world.read(messages::List::new().with_metric("bounced")).await.0.len(), 1);

    // What is said of one is read from then on, though nobody is told.
    assert_eq!(world.emulator.report(id.clone(), &Outcome::Unsubscribed), None);
    assert_eq!(read().await.unwrap().metrics["unsubscribed"], (NOW + 60).into());
    assert_eq!(world.emulator.messages()[0].outcomes.len(), 3);

    let archived = world.app.call(messages::Archived::new(id)).await.unwrap();
    assert_eq!((archived.subject.as_deref(), archived.body.as_deref()), (Some("Hi"), Some("<p>Ho</p>")));
    assert_eq!((archived.recipient.as_deref(), archived.forgotten), (Some("ada@example.com"), Some(false)));
    assert_eq!(archived.headers.as_deref(), Some(r#"[{"name":"X-Order","value":"17"}]"#));
    let secret = SendEmail::new("ada@example.com", "shop@example.com", "Hi", "Ho").with_disable_message_retention(true);
    let id = world.app.send_email(secret).await.unwrap().delivery_id;
    let archived = world.app.call(messages::Archived::new(id)).await.unwrap();
    assert_eq!((archived.body, archived.forgotten), (None, Some(true)));
    let error = world.app.call(messages::Archived::new("nobodys")).await.unwrap_err();
    assert_eq!(told(&error), (404, "the message does not exist".to_owned()));
}
