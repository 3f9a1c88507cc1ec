//! Requests as go-customerio 3.8.0 puts them on the wire: every call it has, at its simplest and at its fullest. It cannot
//! be installed wherever these tests run, so they are written down.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use customerio_emulator::{APP_API_KEY, Channel, Emulator};
use http::Request;

/// `emulator-site:emulator-track-key`.
const TRACK: &str = "Basic ZW11bGF0b3Itc2l0ZTplbXVsYXRvci10cmFjay1rZXk=";

/// Sends what must be accepted, and compares where the record says that it deviates from the contract.
fn send(emulator: &Emulator, line: &str, body: &'static str, deviations: &[&str]) {
    let (method, path) = line.split_once(' ').unwrap();
    let app = format!("Bearer {APP_API_KEY}");
    let authorization = if path.starts_with("/v1/") { app.as_str() } else { TRACK };
    let mut request = Request::builder().method(method).uri(path).header("authorization", authorization);
    if !body.is_empty() {
        request = request.header("content-type", "application/json");
    }
    let response = emulator.handle(&request.body(body.into()).unwrap());
    assert_eq!(response.status(), 200, "{line} {body}: {:?}", response.body());
    let noted: Vec<_> = emulator.request_log().pop().unwrap().deviations.iter().map(ToString::to_string).collect();
    assert_eq!(noted, deviations, "{line} {body}");
}

#[test]
fn track_calls_are_accepted() {
    let emulator = Emulator::new();
    emulator.create_segment(7);
    for (line, body, deviations) in [
        // Identify("1", nil)
        ("PUT /api/v1/customers/1", "null", &["the body must be an object"][..]),
        ("PUT /api/v1/customers/1", r#"{"a":"1"}"#, &[]),
        // Track("1", "test", nil)
        ("POST /api/v1/customers/1/events", r#"{"data":null,"name":"test"}"#, &["/data: data must be an object"][..]),
        (
            "POST /api/v1/customers/1/events",
            r#"{"data":{"a":"1"},"id":"01ARZ3NDEKTSV4RRFFQ69G5FAV","name":"test","timestamp":1640995200,"type":"page"}"#,
            &[],
        ),
        // TrackAnonymous("anon123", "test", nil)
        (
            "POST /api/v1/events",
            r#"{"anonymous_id":"anon123","data":null,"name":"test"}"#,
            &["/data: data must be an object"][..],
        ),
        ("POST /api/v1/events", r#"{"anonymous_id":"anon123","data":{"a":"1"},"name":"test"}"#, &[]),
        ("POST /api/v1/events", r#"{"data":{"recipient":"a@example.com"},"name":"invite"}"#, &[]),
        // AddDevice("1", "d", "ios", nil)
        (
            "PUT /api/v1/customers/1/devices",
            r#"{"device":{"id":"d","platform":"ios","attributes":null}}"#,
            &["/device/attributes: device.attributes must be an object"][..],
        ),
        (
            "PUT /api/v1/customers/1/devices",
            r#"{"device":{"id":"d","platform":"ios","last_used":"1606511962","attributes":{"a":"1"}}}"#,
            &["/device/last_used: device.last_used must be an integer"][..],
        ),
        ("POST /api/v1/segments/7/add_customers", r#"{"ids":["1","2","3"]}"#, &[]),
        ("POST /api/v1/segments/7/remove_customers?id_type=email", r#"{"ids":["a@example.com"]}"#, &[]),
        ("POST /api/v1/merge_customers", r#"{"primary":{"id":"1"},"secondary":{"email":"a@example.com"}}"#, &[]),
        // Attributes may name who it is.
        ("PUT /api/v1/customers/1", r#"{"anonymous_id":123}"#, &["/anonymous_id: anonymous_id must be a string"][..]),
    ] {
        send(&emulator, line, body, deviations);
    }
    let person = emulator.person("1").unwrap();
    assert_eq!((person.attributes["a"].as_str(), &person.anonymous_ids[..]), (Some("1"), &["123".to_owned()][..]));
    assert_eq!((person.devices.len(), person.devices[0].last_used), (1, 1_606_511_962.into()));
    assert!(person.segments.contains(&7));
    assert_eq!((emulator.events_of("1").len(), emulator.events().len()), (2, 5));

    send(&emulator, "DELETE /api/v1/customers/1/devices/d", "", &[]);
    assert_eq!(emulator.person("1").unwrap().devices, []);
    send(&emulator, "DELETE /api/v1/customers/1", "", &[]);
    assert_eq!(emulator.people(), []);
}

#[test]
fn messages_are_accepted() {
    let emulator = Emulator::new();
    let retention = "/disable_message_retention: disable_message_retention is not a field of this call";
    for (channel, line, body, deviations) in [
        (
            Channel::Email,
            "POST /v1/send/email",
            r#"{"identifiers":null,"from":"b@example.com","to":"a@example.com","subject":"hi","body":"ho"}"#,
            &["/identifiers: identifiers must be an object of exactly one of id, email, cio_id"][..],
        ),
        (
            Channel::Email,
            "POST /v1/send/email",
            r#"{"message_data":{"client":"Go"},"transactional_message_id":"welcome","identifiers":{"id":"1"},
                "headers":{"X-Tag":"a"},"from":"\"Shop, Inc.\" <b@example.com>","to":"a@example.com","reply_to":"c@example.com",
                "cc":"d@example.com","bcc":"e@example.com","subject":"hi","preheader":"p","body":"ho","body_plain":"ho",
                "body_amp":"ho","fake_bcc":true,"attachments":{"sample.pdf":"c2FtcGxl"},"disable_message_retention":true,
                "send_to_unsubscribed":false,"tracked":true,"queue_draft":false,"disable_css_preprocessing":true,
                "language":"en"}"#,
            &[],
        ),
        (
            Channel::Push,
            "POST /v1/send/push",
            r#"{"message_data":{"client":"Go"},"transactional_message_id":"welcome","identifiers":{"id":"1"},"to":"all",
                "title":"hi","message":"ho","image_url":"https://example.com/i.png","link":"app://1",
                "custom_data":{"a":"b"},"custom_payload":{"ios":{"aps":{"alert":"hi"}}},
                "custom_device":{"token":"t","platform":"ios","last_used":"1606511962","attributes":{"a":"1"}},
                "sound":"default"}"#,
            &["/custom_device/last_used: custom_device.last_used must be an integer"][..],
        ),
        (
            Channel::Push,
            "POST /v1/send/push",
            r#"{"transactional_message_id":"welcome","identifiers":{"id":"1"},
                "custom_device":{"token":"t","platform":"ios","attributes":null}}"#,
            &["/custom_device/attributes: custom_device.attributes must be an object"][..],
        ),
        (
            Channel::Sms,
            "POST /v1/send/sms",
            r#"{"transactional_message_id":"code","identifiers":{"id":"1"},"disable_message_retention":true,
                "from":"+18007654321","to":"+12345678900"}"#,
            &[],
        ),
        (
            Channel::Inbox,
            "POST /v1/send/inbox_message",
            r#"{"transactional_message_id":"code","identifiers":{"id":"1"},"disable_message_retention":true}"#,
            &[retention][..],
        ),
        (
            Channel::InApp,
            "POST /v1/send/in_app",
            r#"{"transactional_message_id":"code","identifiers":{"id":"1"},"disable_message_retention":true}"#,
            &[retention][..],
        ),
    ] {
        send(&emulator, line, body, deviations);
        assert_eq!(emulator.messages().pop().unwrap().channel, channel);
    }
    assert_eq!(emulator.messages().len(), 7);
}

#[test]
fn broadcasts_are_accepted() {
    let emulator = Emulator::builder().with_clock_at(1_700_000_000).build();
    emulator.create_broadcast(12);
    for id in ["1", "2"] {
        send(&emulator, &format!("PUT /api/v1/customers/{id}"), r#"{"a":"1"}"#, &[]);
    }
    let data = "/data: data must be an object";
    let recipients = "/recipients: recipients must be an object of exactly one of and, or, not, segment, attribute";
    for (body, deviations) in [
        // TriggerBroadcast(ctx, 12, nil, BroadcastRecipients{}, BroadcastOptions{})
        (r#"{"data":null,"recipients":{}}"#, &[data, recipients][..]),
        (r#"{"data":{"a":1},"recipients":{"segment":{"id":7}}}"#, &[]),
        (r#"{"data":{},"ids":["1","2"],"id_ignore_missing":true}"#, &[]),
        (r#"{"data":{},"emails":["a@example.com"],"email_ignore_missing":true,"email_add_duplicates":true}"#, &[]),
        (r#"{"data":{},"per_user_data":[{"id":"1","data":{"a":1}}],"id_ignore_missing":true}"#, &[]),
        (
            r#"{"data":{},"data_file_url":"https://example.com/people.jsonl"}"#,
            &["/data_file_url: the emulator fetches no file, so nobody gets the broadcast"],
        ),
    ] {
        send(&emulator, "POST /v1/campaigns/12/triggers", body, deviations);
        emulator.advance(std::time::Duration::from_secs(10));
    }
    assert_eq!(emulator.triggers().len(), 6);
}
