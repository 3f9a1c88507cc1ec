//! `replay`: a recording of one emulator is sent to another, and what differs is said.

use std::fs;

use serde_json::{Value, json};

use crate::support::{APP, Folder, Serving, TRACK, failed};

const PUSH: &str = r#"{"transactional_message_id":1,"identifiers":{"id":42}}"#;

/// An emulator to which everything was sent once that there is to record.
fn recorded(folder: &Folder, flags: &[&str]) -> Serving {
    let serving = Serving::start(folder, flags);
    let wrong = "authorization: Bearer wrong\r\n";
    for (line, headers, body, status) in [
        ("PUT /api/v1/customers/42", TRACK, r#"{"email":"ada@example.com"}"#, 200),
        ("POST /v1/send/push", APP, PUSH, 200),
        ("PUT /api/v1/customers/42", TRACK, r#"{"unsubscribed":"yes"}"#, 400),
        ("GET /v1/segments?start=", wrong, "", 401),
        ("POST /unsubscribe/RPIL", "", r#"{"unsubscribe":true}"#, 200),
        ("PUT /api/v1/customer/42", TRACK, "{}", 404),
        ("POST /v1/identify", "authorization: Basic ZW11bGF0b3ItcGlwZWxpbmVzLWtleTo=\r\n", r#"{"userId":"7"}"#, 200),
    ] {
        assert_eq!(serving.ask(line, headers, body).0, status, "{line}");
    }
    let long = json!({"note": "x".repeat(900), "name": "y".repeat(70_000)}).to_string();
    assert_eq!(serving.ask("POST /api/v1/customers/42/events", TRACK, &long).0, 400);
    serving
}

/// What `curl >FILE` writes, and what `tail` prints of the same.
fn recordings(folder: &Folder, serving: &Serving) -> [String; 2] {
    let (_, page) = serving.ask("GET /_emulator/v1/requests?whole=1&limit=1000", "", "");
    let lines: Vec<_> = page["items"].as_array().unwrap().iter().rev().map(Value::to_string).collect();
    [("page.json", page.to_string()), ("lines.jsonl", lines.join("\n"))].map(|(name, text)| {
        let path = folder.path(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    })
}

#[test]
fn a_recording_is_the_same_at_an_emulator_that_is_the_same() {
    let folder = Folder::new();
    let before = recorded(&folder, &[]);
    for recording in recordings(&folder, &before) {
        let now = Serving::start(&folder, &[]);
        let printed = now.printed(&folder, &["replay", &recording]);
        let lines: Vec<_> = printed.lines().collect();
        assert_eq!(lines.len(), 9, "{printed}");
        assert_eq!(lines[0], "same     PUT    /api/v1/customers/42  200 accepted");
        assert_eq!(lines[1], "same     POST   /v1/send/push  200 tolerated");
        assert_eq!(lines[3], "same     GET    /v1/segments?start=  401 refused");
        let cut = "skipped  POST   /api/v1/customers/42/events  the recording has 65536 of 70921 bytes of its body";
        assert_eq!(lines[7], cut, "{printed}");
        assert_eq!(lines[8], "8 requests: 7 the same, 0 different, 1 skipped");
        let ada = now.ask("GET /_emulator/v1/people/42", "", "").1;
        assert_eq!(ada["email"], "ada@example.com");
    }
}

#[test]
fn what_differs_is_said_and_is_a_failure() {
    let folder = Folder::new();
    let before = recorded(&folder, &[]);
    let [recording, _] = recordings(&folder, &before);
    let strict = Serving::start(&folder, &["--contract", "strict", "--app-api-key", "of-my-own"]);
    // The emulator shows no key that somebody has chosen.
    let (code, said) = failed(&strict.command(&folder, ["replay", &recording]).output().unwrap());
    assert!(code == 2 && said.contains("give it by --app-api-key"), "{said}");
    assert_eq!(strict.ask("POST /_emulator/v1/reset", "", "{}").0, 200);
    let output = strict.command(&folder, ["replay", &recording, "--app-api-key", "of-my-own"]).output().unwrap();
    let printed = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!((output.status.code(), output.stderr.is_empty()), (Some(1), true), "{output:?}");
    let line = printed.lines().nth(1).unwrap();
    let expected = "differs  POST   /v1/send/push  200 tolerated -> 400 refused: ";
    assert!(line.starts_with(expected) && line.contains("identifiers.id must be a string"), "{printed}");
    assert!(printed.ends_with("8 requests: 6 the same, 1 different, 1 skipped\n"), "{printed}");
}

#[test]
fn what_is_no_recording_says_how_to_make_one() {
    let folder = Folder::new();
    let serving = recorded(&folder, &[]);
    let (_, listed) = serving.ask("GET /_emulator/v1/requests", "", "");
    let path = folder.path("listed.json");
    for (text, expected) in [
        (listed.to_string(), "requests?whole=1"),
        ("{".to_owned(), "it is not JSON"),
        (Value::Null.to_string(), "has no method"),
    ] {
        fs::write(&path, text).unwrap();
        let (code, said) = failed(&serving.command(&folder, ["replay", path.to_str().unwrap()]).output().unwrap());
        assert!(code == 4 && said.contains("listed.json: ") && said.contains(expected), "{code} {said}");
    }
    let (code, said) = failed(&serving.command(&folder, ["replay", "/nowhere"]).output().unwrap());
    assert!(code == 4 && said.contains("/nowhere: "), "{said}");
}
