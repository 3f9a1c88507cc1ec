//! The commands that talk to an emulator which runs.

use std::{
    io::{BufRead as _, BufReader},
    net::TcpListener,
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::support::{APP, Folder, Serving, TRACK, failed, read, run};

const EMAIL: &str = r#"{"transactional_message_id":"welcome","to":"ada@example.com","identifiers":{"id":"42"}}"#;

#[test]
fn wait_ends_when_it_has_arrived() {
    let folder = Folder::new();
    let serving = Serving::start(&folder, &[]);
    serving.printed(&folder, &["wait"]);
    let arguments = ["wait", "messages", "--to", "ada@example.com", "--timeout", "60s"];
    let child = serving.command(&folder, arguments).stdout(Stdio::piped()).spawn().unwrap();
    assert_eq!(serving.ask("POST /v1/send/email", APP, EMAIL).0, 200);
    let output = child.wait_with_output().unwrap();
    let item: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(output.status.success() && item["to"] == "ada@example.com", "{output:?}");

    let arguments = ["wait", "messages", "--to", "bob@example.com", "--timeout", "10ms"];
    let (code, said) = failed(&serving.command(&folder, arguments).output().unwrap());
    assert_eq!(code, 5);
    assert!(said.contains("0 of 1 message came within 10ms") && said.contains("to is ada@example.com"), "{said}");

    let (code, said) = failed(&serving.command(&folder, ["wait", "events", "--filter", "nmae=x"]).output().unwrap());
    assert!(code == 1 && said.contains("nmae"), "{said}");
}

#[test]
fn without_an_emulator_they_say_what_to_do() {
    let folder = Folder::new();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{free}");
    for arguments in [&["reset"][..], &["tail"], &["dump"], &["advance", "1s"], &["wait", "people"]] {
        let (code, said) = failed(&run(&folder, &[arguments, &["--url", &url]].concat()));
        assert!(
            code == 1 && said.contains("start `customerio-emulator`") && said.contains(&url),
            "{arguments:?}: {said}"
        );
    }
    let (code, said) = failed(&run(&folder, &["wait", "--timeout", "30ms", "--url", &url]));
    assert!(code == 5 && said.contains("is not ready"), "{said}");
    for url in ["https://127.0.0.1:1", "127.0.0.1", "http://127.0.0.1/x", "ftp://x"] {
        assert_eq!(failed(&run(&folder, &["reset", "--url", url])).0, 2, "{url}");
    }
}

#[test]
fn tail_follows_without_a_gap_or_a_repeat() {
    let folder = Folder::new();
    let serving = Serving::start(&folder, &[]);
    let identify = |id: usize, body| serving.ask(&format!("PUT /api/v1/customers/{id}"), TRACK, body);
    (0..3).for_each(|id| assert_eq!(identify(id, "{}").0, 200));
    let arguments = ["tail", "-n", "2", "--json"];
    let mut child = serving.command(&folder, arguments).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || serde_json::from_str::<Value>(&lines.next().unwrap().unwrap()).unwrap()["path"].clone();
    for id in 1..3 {
        assert_eq!(next(), format!("/api/v1/customers/{id}"));
    }
    for id in 3..40 {
        assert_eq!(identify(id, "{}").0, 200);
    }
    for id in 3..40 {
        assert_eq!(next(), format!("/api/v1/customers/{id}"));
    }
    child.kill().unwrap();
    child.wait().unwrap();

    assert_eq!(identify(40, "7").0, 400);
    let arguments = ["tail", "--verdict", "refused"];
    let mut child = serving.command(&folder, arguments).stdout(Stdio::piped()).spawn().unwrap();
    let line = BufReader::new(child.stdout.take().unwrap()).lines().next().unwrap().unwrap();
    assert!(line.contains("400  PUT    /api/v1/customers/40  refused: "), "{line}");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn the_clock_moves_and_a_reset_empties() {
    let folder = Folder::new();
    let serving = Serving::start(&folder, &["--clock", "2026-11-26T10:00:00Z"]);
    assert_eq!(serving.printed(&folder, &["advance", "10m"]), "2026-11-26T10:10:00.000Z (stopped)\n");
    serving.ask("PUT /api/v1/customers/42", TRACK, "{}");
    serving.printed(&folder, &["reset"]);
    assert_eq!(serving.ask("GET /_emulator/v1/counts", "", "").1["people"], 0);
    let (code, said) = failed(&serving.command(&folder, ["advance", "10"]).output().unwrap());
    assert!(code == 2 && said.contains("250ms"), "{said}");
}

#[test]
fn settings_are_a_script_that_a_shell_takes() {
    let folder = Folder::new();
    let serving = Serving::start(&folder, &["--app-api-key", "it's a $(key)"]);
    for sdk in ["node", "python", "go", "ruby", "rust", "node-cdp", "python-cdp", "curl"] {
        let script = serving.printed(&folder, &["env", "--sdk", sdk]);
        let checked = Command::new("sh").args(["-n", "-c", &script]).output().unwrap();
        assert!(checked.status.success(), "{sdk}: {checked:?}");
        assert!(script.contains(&format!("cd customerio-{sdk}\n")), "{script}");
    }
    let names = "echo $CUSTOMERIO_URL $CUSTOMERIO_HTTPS_URL $CUSTOMERIO_CA $CUSTOMERIO_BASE_URL $CUSTOMERIO_REGION";
    let script = serving.printed(&folder, &["env"]) + names;
    let output = Command::new("sh").args(["-c", &script]).output().unwrap();
    let text = |name: &str| serving.ready[name].as_str().unwrap().to_owned();
    let expected = format!("{0} {1} {2} {0} us\n", text("url"), text("https_url"), text("ca"));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);

    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let output = run(&folder, &["env", "--url", &format!("http://{free}")]);
    let script = String::from_utf8(output.stdout).unwrap();
    assert!(script.starts_with("# Nothing listens at ") && script.contains("emulator-track-key"), "{script}");
}

#[test]
fn the_authority_is_made_once_and_renewed_when_asked() {
    let folder = Folder::new();
    let path = |arguments: &[&str]| String::from_utf8(run(&folder, arguments).stdout).unwrap().trim_end().to_owned();
    let first = path(&["ca"]);
    assert_eq!(first, folder.path("data/customerio-emulator/ca.pem").to_str().unwrap());
    let certificate = read(first.as_ref());
    assert_eq!((path(&["ca"]), read(first.as_ref())), (first.clone(), certificate.clone()));

    // Made for this machine alone, it does not vouch for another name.
    let arguments = ["--port", "0", "--https-port", "0", "--allow-host", "customerio.test"];
    let (code, said) = failed(&run(&folder, &arguments));
    assert!(code == 1 && said.contains("ca --renew"), "{said}");
    path(&["ca", "--renew", "--allow-host", "customerio.test"]);
    assert_ne!(read(first.as_ref()), certificate);
    assert!(Serving::start(&folder, &["--allow-host", "customerio.test"]).stop().success());
}

#[test]
fn shells_get_completions() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish"] {
        let output = run(&folder, &["completions", shell]);
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(script.contains("customerio-emulator") && script.contains("https-port"), "{shell}");
    }
}
