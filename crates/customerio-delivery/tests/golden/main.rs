//! The stored form is kept: what a release wrote, all later ones read, and write as the same bytes.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{fs, path::PathBuf, time::Duration};

use customerio_core::{
    Body, Limits, Moment, Operation, Replay,
    app::{self, SendEmail},
    bytes::Bytes,
    http::{HeaderValue, Method},
    pipelines,
    track::{self, v2},
};
use customerio_delivery::{Stored, StoredError};
use serde_json::json;

fn stored(operation: impl Operation) -> Stored {
    let now = Moment { monotonic: Duration::ZERO, since_epoch: Duration::from_secs(1_700_000_000), random: 4 };
    Stored::new(operation, &now, &Limits::default()).unwrap()
}

/// Each kind of call, by the name of its file.
fn kinds() -> Vec<(&'static str, Stored)> {
    let context = pipelines::Context::new().with_ip("203.0.113.7").with_locale("de-AT");
    let octets = HeaderValue::from_static("application/octet-stream");
    let bytes = Body::new(octets, Bytes::from_static(&[0, 0xff, 0xfe, b'"', b'\n']));
    vec![
        (
            "track_item",
            stored(
                v2::person::Event::new("42", "purchase").with_attributes(json!({ "note": "ä \u{1f600} \"quoted\"" })),
            ),
        ),
        ("track_item_once", stored(v2::person::Merge::new("1", "2"))),
        ("pipelines_item", stored(pipelines::Track::new("42", "visit").with_context(context))),
        ("v1_request", stored(track::Identify::new("a/b").with_email("ada@example.com"))),
        ("app_send", stored(SendEmail::from_template("reset", "ada@example.com"))),
        ("raw_bytes", stored(app::Raw::new(Method::POST, ["v1", "x"]).with_body(bytes).with_replay(Replay::Safe))),
        ("expiry", stored(track::Delete::new("42")).with_expiry(Duration::from_secs(600))),
        ("destination", stored(track::Delete::new("42")).with_destination("eu-\"shop\"")),
    ]
}

fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/v1").join(name).with_extension("json")
}

#[test]
fn each_kind_is_written_as_it_always_was() {
    for (name, call) in kinds() {
        // A call of the Pipelines API says which version of this library made it.
        let written = String::from_utf8(call.to_bytes()).unwrap().replace(env!("CARGO_PKG_VERSION"), "0.1.0");
        assert_eq!(written, fs::read_to_string(golden(name)).unwrap(), "{name}");
    }
}

#[test]
fn each_kind_is_read_and_written_back_as_the_same_bytes() {
    for (name, call) in kinds() {
        let bytes = fs::read(golden(name)).unwrap();
        let read = Stored::from_bytes(&bytes).unwrap();
        assert_eq!(read.to_bytes(), bytes, "{name}");
        assert_eq!(read.stream(), call.stream(), "{name}");
        assert_eq!((read.operation(), read.replay()), (call.operation(), call.replay()), "{name}");
        assert_eq!((read.stored_at(), read.expires_at()), (call.stored_at(), call.expires_at()), "{name}");
        assert_eq!(read.call().body(), call.call().body(), "{name}");
    }
}

/// So that no golden file is left out.
#[test]
fn each_golden_file_is_of_a_kind() {
    let files = fs::read_dir(golden("any").parent().unwrap()).unwrap();
    assert_eq!(files.count(), kinds().len());
}

#[test]
fn a_newer_version_is_told_by_its_number() {
    for (name, _) in kinds() {
        let text = fs::read_to_string(golden(name)).unwrap();
        let newer = text.replacen("{\"version\":1,", "{\"version\":2,\"what\":{\"is\":\"new\"},", 1);
        assert_eq!(Stored::from_bytes(newer.as_bytes()).unwrap_err(), StoredError::Version(2), "{name}");
    }
    assert_eq!(Stored::from_bytes(br#"{"version":7}"#).unwrap_err(), StoredError::Version(7));
}

#[test]
fn what_was_cut_or_is_something_else_is_malformed_and_is_not_quoted() {
    for (name, call) in kinds() {
        let bytes = call.to_bytes();
        let error = Stored::from_bytes(&bytes[..bytes.len() - 1]).unwrap_err();
        assert!(matches!(&error, StoredError::Malformed(_)), "{name}: {error}");
        assert!(!error.to_string().contains("ada@example.com"), "{name}: {error}");
    }
    assert!(matches!(Stored::from_bytes(b"\xff\xff"), Err(StoredError::Malformed(_))));
    assert!(matches!(Stored::from_bytes(br#"{"version":1}"#), Err(StoredError::Malformed(_))));
}
