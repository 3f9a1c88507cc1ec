//! Webhooks leave by themselves, and not to elsewhere.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
};

use serde_json::json;

use crate::support::{APP, Folder, Serving};

const EMAIL: &str = r#"{"transactional_message_id":"welcome","to":"ada@example.com","identifiers":{"id":"42"}}"#;

#[test]
fn they_arrive_when_they_are_due() {
    let folder = Folder::new();
    let receiver = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", receiver.local_addr().unwrap());
    let mut serving = Serving::start(&folder, &["--webhook-url", &url, "--outcomes", "sent,opened:10m"]);
    assert_eq!(serving.ask("POST /v1/send/email", APP, EMAIL).0, 200);
    for metric in ["sent", "opened"] {
        let (mut stream, _) = receiver.accept().unwrap();
        let mut request = String::new();
        while !request.contains(&format!(r#""metric":"{metric}""#)) {
            let mut part = [0; 4_096];
            let length = stream.read(&mut part).unwrap();
            assert!(length > 0, "{request}");
            request += std::str::from_utf8(&part[..length]).unwrap();
        }
        assert!(request.starts_with("POST /hook HTTP/1.1\r\n") && request.contains("x-cio-signature: "), "{request}");
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
        drop(stream);
        let mut said = serving.line();
        if said["event"] == "request" {
            said = serving.line();
        }
        assert_eq!((said["event"].as_str(), said["status"].as_u64()), (Some("webhook"), Some(204)), "{said}");
        serving.printed(&folder, &["advance", "10m"]);
    }
}

#[test]
fn they_do_not_leave_the_machine_unless_they_may() {
    let folder = Folder::new();
    let elsewhere = ["--webhook-url", "http://192.0.2.1/hook", "--outcomes", "sent"];
    let mut serving = Serving::start(&folder, &elsewhere);
    assert_eq!(serving.ready["webhook_url"], "http://192.0.2.1/hook");
    let warning = serving.ready["warnings"][0].as_str().unwrap();
    assert!(warning.starts_with("no webhook goes to http://192.0.2.1/hook: "), "{warning}");
    assert!(warning.contains("--allow-webhook-host 192.0.2.1,"), "{warning}");
    assert_eq!(serving.ask("POST /v1/send/email", APP, EMAIL).0, 200);
    let webhook = (0..2).map(|_| serving.line()).find(|said| said["event"] == "webhook").unwrap();
    assert!(webhook["error"].as_str().unwrap().contains("--allow-webhook-host"), "{webhook}");

    for arguments in [
        &["--webhook-url", "http://127.0.0.1:1/hook"][..],
        &[&elsewhere[..], &["--allow-webhook-host", "192.0.2.1"]].concat(),
    ] {
        let ready = Serving::start(&folder, arguments).ready.clone();
        assert_eq!((&ready["webhook_url"], &ready["warnings"]), (&json!(arguments[1]), &json!([])), "{ready}");
    }
    let ready = Serving::start(&folder, &[]).ready.clone();
    assert_eq!((&ready["webhook_url"], &ready["warnings"]), (&json!(null), &json!([])), "{ready}");
}
