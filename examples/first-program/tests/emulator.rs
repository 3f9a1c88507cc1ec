//! The program against the emulator over a real socket, with the variables that the README names.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::{Command, Output};

use customerio_emulator::Emulator;
use tokio::task::spawn_blocking;

async fn run(variables: Vec<(String, String)>) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_first-program"));
    let inherited = std::env::vars().filter(|(name, _)| name.starts_with("CUSTOMERIO_"));
    for (name, _) in inherited {
        program.env_remove(name);
    }
    program.envs(variables);
    spawn_blocking(move || program.output()).await.unwrap().unwrap()
}

#[tokio::test]
async fn it_runs_against_a_local_server() {
    let emulator = Emulator::new();
    let server = emulator.serve_on_loopback().await.unwrap();
    // The README's own lines, but for the port, which is free here.
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md")).unwrap();
    let exports = readme.lines().filter_map(|line| line.strip_prefix("export ")?.split_once('='));
    let mut variables: Vec<_> = exports.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let (name, url) = &mut variables[0];
    assert_eq!((name.as_str(), url.as_str()), ("CUSTOMERIO_BASE_URL", "http://127.0.0.1:8246"));
    *url = server.url();
    let output = run(variables).await;

    let messages = emulator.messages();
    let [message] = &messages[..] else { panic!("{messages:?}, {output:?}") };
    assert_eq!(message.subject.as_deref(), Some("Thank you, Ada"));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("sent as delivery {}\n", message.delivery_id));
    assert_eq!(emulator.events_of("42")[0].name, "purchase");
    server.shutdown().await;
}

#[tokio::test]
async fn without_variables_it_says_what_to_set() {
    let output = run(Vec::new()).await;
    assert!(!output.status.success());
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("CUSTOMERIO_REGION"), "{error}");
}
