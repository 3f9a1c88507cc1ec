//! `serve`: when it is ready, how it ends, what it says of requests.

use std::{
    fs::{self, Permissions},
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt as _,
    process::{Command, Stdio},
    sync::Arc,
};

use nix::sys::signal::Signal;
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use serde_json::{Value, json};

use crate::support::{APP, Folder, Serving, TRACK, ask, failed, program, read, request, run};

#[test]
fn it_says_when_it_is_ready_on_its_output_and_in_a_file() {
    let folder = Folder::new();
    let file = folder.path("ready.json");
    let serving = Serving::start(&folder, &["--ready-file", file.to_str().unwrap()]);
    let ready: Value = serde_json::from_str(&read(&file)).unwrap();
    assert_eq!(ready, serving.ready);
    assert_eq!(read(ready["ca"].as_str().unwrap().as_ref()).lines().next(), Some("-----BEGIN CERTIFICATE-----"));
    let port = serving.url().rsplit_once(':').unwrap().1;
    for host in ["127.0.0.1", "[::1]"] {
        assert_eq!(ask(&format!("{host}:{port}"), "GET /readyz", "", "").0, 200, "{host}");
    }
    let (_, info) = serving.ask("GET /_emulator/v1/info", "", "");
    assert_eq!((&info["https_url"], &info["ca"]), (&ready["https_url"], &ready["ca"]));
    assert!(serving.stop().success());
    assert!(!file.exists(), "nobody takes it for ready any more");
}

#[test]
fn both_ports_serve_the_same_emulator() {
    let folder = Folder::new();
    let serving = Serving::start(&folder, &[]);
    let address = serving.ready["https_url"].as_str().unwrap().strip_prefix("https://").unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(serving.ready["ca"].as_str().unwrap()).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = ClientConnection::new(Arc::new(config), "localhost".try_into().unwrap()).unwrap();
    let mut stream = StreamOwned::new(client, TcpStream::connect(address).unwrap());
    let identify = request("localhost", "PUT /api/v1/customers/42", TRACK, r#"{"email":"ada@example.com"}"#);
    stream.write_all(identify.as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    assert!(response.starts_with("HTTP/1.1 200 "), "{response}");
    assert_eq!(serving.ask("GET /_emulator/v1/people/42", "", "").1["email"], "ada@example.com");
}

#[test]
fn each_request_is_a_line_with_its_verdict_and_why() {
    let folder = Folder::new();
    let mut serving = Serving::start(&folder, &[]);
    for (line, body, verdict, why) in [
        ("PUT /api/v1/customers/42", r#"{"plan":"pro"}"#, "accepted", json!(null)),
        ("PUT /api/v1/customers/42", r#"{"_update":7}"#, "refused", json!("_update must be true or false")),
    ] {
        serving.ask(line, TRACK, body);
        let said = serving.line();
        assert_eq!(
            (&said["event"], &said["verdict"], &said["why"]),
            (&json!("request"), &json!(verdict), &why),
            "{said}"
        );
        assert_eq!((&said["workspace"], &said["path"]), (&json!("default"), &json!("/api/v1/customers/42")), "{said}");
    }
    serving.ask("POST /_emulator/v1/reset", "", "");
    serving.ask("GET /nowhere", TRACK, "");
    assert_eq!(serving.line()["verdict"], "unknown_route", "the control API is not said, and a reset ends nothing");
}

#[test]
fn for_people_it_says_what_is_not_accepted_or_all() {
    for (arguments, expected) in [(&[][..], &["refused"][..]), (&["-v"], &["accepted", "refused"])] {
        let folder = Folder::new();
        let mut child = program(&folder)
            .args([
                "--port",
                "0",
                "--no-https",
                "--site-id",
                "another-site-of-mine",
                "--pipelines-key",
                "another-key-of-mine",
            ])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let banner: Vec<_> = lines.by_ref().take_while(|line| !line.starts_with("Settings for an SDK:")).collect();
        let value = |name: &str| {
            let line = banner.iter().find(|line| line.trim_start().starts_with(name)).unwrap();
            line.trim_start()[name.len()..].trim().to_owned()
        };
        // As the page shows them: an id is no secret, and a key that somebody chose is.
        for (name, shown) in
            [("Site ID", "another-site-of-mine"), ("App API key", "emulator-app-key"), ("Pipelines key", "…mine")]
        {
            assert_eq!(value(name), shown);
        }
        assert_eq!(value("by https"), "not spoken (--no-https)");
        let url = value("APIs by http");
        let track = "authorization: Basic YW5vdGhlci1zaXRlLW9mLW1pbmU6ZW11bGF0b3ItdHJhY2sta2V5\r\n";
        for body in ["{}", "7"] {
            ask(url.strip_prefix("http://").unwrap(), "PUT /api/v1/customers/42", track, body);
        }
        assert_eq!(lines.next().unwrap(), "");
        for verdict in expected {
            let line = lines.next().unwrap();
            assert!(line.contains(&format!("PUT    /api/v1/customers/42  {verdict}")), "{line}");
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

#[test]
fn a_flag_counts_before_its_variable_and_that_before_the_default() {
    let folder = Folder::new();
    let site = |command: &mut Command| {
        let serving = Serving::spawn(command);
        serving.ask("GET /_emulator/v1/info", "", "").1["workspaces"][0]["credentials"]["site_id"].clone()
    };
    let with_variable = || {
        let mut command = program(&folder);
        command.env("CUSTOMERIO_EMULATOR_SITE_ID", "of-the-variable");
        command
    };
    assert_eq!(site(&mut program(&folder)), "emulator-site");
    assert_eq!(site(&mut with_variable()), "of-the-variable");
    assert_eq!(site(with_variable().args(["--site-id", "of-the-flag"])), "of-the-flag");
}

#[test]
fn what_cannot_be_served_is_said_with_an_exit_code() {
    let folder = Folder::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for (arguments, code, expected) in [
        (&["--port", &port][..], 3, format!("port {port} is in use")),
        (&["--port", "0", "--https-port", &port], 3, "--https-port".to_owned()),
        (&["--listen", "0.0.0.0"], 2, "--allow-host".to_owned()),
        (&["--listen", "192.0.2.1", "--allow-host", "x", "--no-https"], 1, "192.0.2.1 is no address of".to_owned()),
        (&["--prot", "1"], 2, "--port".to_owned()),
        (&["--outcomes", "sent,lost"], 2, "there are sent".to_owned()),
        (&["--clock", "yesterday"], 2, "--clock".to_owned()),
        (&["--webhook-url", "example.com", "--port", "0", "--no-https"], 2, "--webhook-url".to_owned()),
        (&["--seed", "/nowhere", "--port", "0"], 4, "/nowhere: ".to_owned()),
        (&["--ca-dir", "/proc/nowhere", "--port", "0", "--https-port", "0"], 1, "--no-https".to_owned()),
    ] {
        let (given, said) = failed(&run(&folder, arguments));
        assert!(given == code && said.contains(&expected), "{arguments:?}: {given} {said}");
        assert!(said.contains("error: "), "{said}");
    }
}

#[test]
fn another_ip_needs_a_name_and_is_warned_of() {
    let folder = Folder::new();
    let serving = Serving::start(&folder, &["--listen", "0.0.0.0", "--allow-host", "customerio.test"]);
    assert!(serving.ready["warnings"][0].as_str().unwrap().contains("0.0.0.0"));
    let address = serving.url().strip_prefix("http://").unwrap();
    for (host, status) in [("customerio.test", 200), ("evil.example", 403)] {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request(host, "GET /readyz", "", "").as_bytes()).unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        assert!(response.starts_with(&format!("HTTP/1.1 {status} ")), "{host}: {response}");
    }
}

#[test]
fn a_request_in_flight_still_gets_its_response() {
    let folder = Folder::new();
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let serving = Serving::start(&folder, &[]);
        let mut stream = half_a_request(&serving);
        serving.signal(signal);
        // It takes nothing more.
        while TcpStream::connect(serving.url().strip_prefix("http://").unwrap()).is_ok() {}
        stream.write_all(b"}").unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        assert!(response.starts_with("HTTP/1.1 200 "), "{response}");
        assert!(serving.end().success());
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let folder = Folder::new();
    let serving = Serving::start(&folder, &[]);
    let _waiting = half_a_request(&serving);
    serving.signal(Signal::SIGTERM);
    while TcpStream::connect(serving.url().strip_prefix("http://").unwrap()).is_ok() {}
    serving.signal(Signal::SIGINT);
    assert_eq!(serving.end().code(), Some(130));
}

/// One whose end the server waits for.
fn half_a_request(serving: &Serving) -> TcpStream {
    let mut stream = TcpStream::connect(serving.url().strip_prefix("http://").unwrap()).unwrap();
    let head = "PUT /api/v1/customers/42 HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\ncontent-length: 2\r\n";
    stream.write_all(format!("{head}content-type: application/json\r\n{TRACK}\r\n").as_bytes()).unwrap();
    // It has read the head, and wants the body.
    let mut response = [0; 25];
    stream.read_exact(&mut response).unwrap();
    assert_eq!(response.as_slice(), b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"{").unwrap();
    stream
}

#[test]
fn it_opens_the_page_in_a_browser() {
    let folder = Folder::new();
    let (pipe, browser) = (folder.path("pipe"), folder.path("xdg-open"));
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    fs::write(&browser, format!("#!/bin/sh\necho \"$1\" >{}\n", pipe.display())).unwrap();
    fs::set_permissions(&browser, Permissions::from_mode(0o755)).unwrap();
    let serving = Serving::spawn(program(&folder).env("PATH", folder.path("")).arg("--open"));
    assert_eq!(read(&pipe).trim_end(), serving.ready["page"].as_str().unwrap());
}

#[test]
fn each_credential_can_have_a_workspace() {
    let folder = Folder::new();
    let mut serving = Serving::start(&folder, &["--workspaces", "any"]);
    // `suite-7:x`
    let suite = "authorization: Basic c3VpdGUtNzp4\r\n";
    let mut said = Vec::new();
    for headers in [TRACK, suite] {
        assert_eq!(serving.ask("PUT /api/v1/customers/42", headers, "{}").0, 200);
        let line = serving.line();
        assert_eq!(line["verdict"], "accepted");
        said.push(line["workspace"].as_str().unwrap().to_owned());
    }
    assert!(said[0] == "default" && said[1] != "default", "{said:?}");
    let (_, people) = serving.ask("GET /_emulator/v1/people?workspace=suite-7", "", "");
    assert_eq!(people["items"].as_array().unwrap().len(), 1);
    assert_eq!(serving.ask("GET /v1/segments", APP, "").0, 200);
}

#[test]
fn who_does_not_read_the_output_holds_up_nothing() {
    let folder = Folder::new();
    let serving = Serving::start(&folder, &[]);
    // Far more than a pipe holds: each is a line of some hundred bytes.
    for id in 0..2_000 {
        assert_eq!(serving.ask(&format!("PUT /api/v1/customers/{id}"), TRACK, "{}").0, 200);
    }
    let (_, counts) = serving.ask("GET /_emulator/v1/counts", "", "");
    assert_eq!(counts["people"], 2_000);
    assert!(serving.stop().success());
}
