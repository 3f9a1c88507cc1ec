//! The blocking clients have the short methods of the async ones, all of them, and they do the same.

use std::{fs, path::PathBuf};

use customerio_core::{
    App, Device, Endpoint, Error, Pipelines, Platform, Region, Track,
    app::{DefaultAudience, SendEmail, SendInApp, SendInboxMessage, SendPush, SendSms, SendWhatsApp, TriggerBroadcast},
    pipelines::UserIdentity,
};
use customerio_testing::Recorder;
use customerio_ureq::Client;
use serde_json::json;

/// Method and path of each request.
fn lines(recorder: &Recorder) -> Vec<String> {
    recorder.requests().iter().map(|request| format!("{} {}", request.method(), request.uri().path())).collect()
}

#[test]
fn track() -> Result<(), Error> {
    let recorder = Recorder::new();
    let client: Client<Track> = Client::new(Endpoint::track(Region::Us, "site", "key")?, recorder.clone());
    let data = json!({"a": "b"});
    client.identify("42", &data)?;
    client.delete("42")?;
    client.track("42", "bought", &data)?;
    client.page("42", "/pricing", &data)?;
    client.screen("42", "home", &data)?;
    client.track_anonymous("cookie", "watched", &data)?;
    client.merge("42", "43")?;
    client.add_device("42", Device::new("token", Platform::Ios))?;
    client.delete_device("42", "token")?;
    client.suppress("42")?;
    client.unsuppress("42")?;
    client.add_to_segment(7, ["42"])?;
    client.remove_from_segment(7, ["42"])?;
    assert_eq!(
        lines(&recorder),
        [
            "PUT /api/v1/customers/42",
            "DELETE /api/v1/customers/42",
            "POST /api/v1/customers/42/events",
            "POST /api/v1/customers/42/events",
            "POST /api/v1/customers/42/events",
            "POST /api/v1/events",
            "POST /api/v1/merge_customers",
            "PUT /api/v1/customers/42/devices",
            "DELETE /api/v1/customers/42/devices/token",
            "POST /api/v1/customers/42/suppress",
            "POST /api/v1/customers/42/unsuppress",
            "POST /api/v1/segments/7/add_customers",
            "POST /api/v1/segments/7/remove_customers",
        ]
    );
    Ok(())
}

#[test]
fn app() -> Result<(), Error> {
    let recorder = (0..7).fold(Recorder::new(), |recorder, _| {
        recorder.responding(200, r#"{"delivery_id":"RPIL","queued_at":1700000000,"id":3}"#)
    });
    let client: Client<App> = Client::new(Endpoint::app(Region::Us, "key")?, recorder.clone());
    for sent in [
        client.send_email(SendEmail::from_template(1, "ada@example.com"))?,
        client.send_push(SendPush::new(1, "42"))?,
        client.send_sms(SendSms::new(1, "42", "+15551234567"))?,
        client.send_whatsapp(SendWhatsApp::new(1, "42", "+15551234567"))?,
        client.send_in_app(SendInApp::new(1, "42"))?,
        client.send_inbox_message(SendInboxMessage::new(1, "42"))?,
    ] {
        assert_eq!(sent.delivery_id.as_str(), "RPIL");
    }
    client.trigger_broadcast(TriggerBroadcast::new(12, DefaultAudience::new()))?;
    assert_eq!(
        lines(&recorder),
        [
            "POST /v1/send/email",
            "POST /v1/send/push",
            "POST /v1/send/sms",
            "POST /v1/send/whatsapp",
            "POST /v1/send/in_app",
            "POST /v1/send/inbox_message",
            "POST /v1/campaigns/12/triggers",
        ]
    );
    Ok(())
}

#[test]
fn pipelines() -> Result<(), Error> {
    let recorder = Recorder::new();
    let client: Client<Pipelines> = Client::new(Endpoint::pipelines(Region::Us, "key")?, recorder.clone());
    let data = json!({"a": "b"});
    client.identify("42", &data)?;
    client.track(UserIdentity::anonymous_id("cookie"), "bought", &data)?;
    client.page("42", "Pricing", &data)?;
    client.screen("42", "home", &data)?;
    client.group("42", "acme", &data)?;
    client.alias("cookie", "42")?;
    let kinds = ["identify", "track", "page", "screen", "group", "alias"];
    assert_eq!(lines(&recorder), kinds.map(|kind| format!("POST /v1/{kind}")));
    Ok(())
}

#[test]
fn none_is_missing() {
    let crates = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |path: &str| fs::read_to_string(crates.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    let ours = read("customerio-ureq/src/short.rs");
    for (api, least) in [("track", 13), ("app", 7), ("pipelines", 6)] {
        let core = read(&format!("customerio-core/src/{api}/client.rs"));
        let (core, _) = core.split_once("#[cfg(test)]").unwrap();
        // A method, or a line of the macro that makes them.
        let method = |line: &str| {
            let line = line.trim();
            let rest =
                line.strip_prefix("pub fn ").or_else(|| Some(line.strip_prefix("\"Sends ")?.split_once("\" ")?.1))?;
            Some(rest.split_once('(')?.0.to_owned())
        };
        let names: Vec<_> = core.lines().filter_map(method).collect();
        assert!(names.len() >= least, "{api}: {names:?}");
        for name in names {
            assert!(ours.contains(&format!("\n    {name}(")), "{api}: `{name}` is missing");
        }
    }
}
