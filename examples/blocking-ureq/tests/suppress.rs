//! The program `suppress` against the emulator over a real socket.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    io::Write as _,
    process::{Command, Output, Stdio},
};

use customerio_emulator::{Emulator, SITE_ID, TRACK_API_KEY};
use tokio::task::spawn_blocking;

/// Runs the program with these variables and this standard input.
async fn run(variables: Vec<(&'static str, String)>, input: &'static str) -> Output {
    spawn_blocking(move || {
        let mut program = Command::new(env!("CARGO_BIN_EXE_suppress"));
        program.env_clear().envs(variables);
        let mut program = program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // It may have ended without reading.
        let _ = program.stdin.take().unwrap().write_all(input.as_bytes());
        program.wait_with_output().unwrap()
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn everybody_in_the_list_is_suppressed_or_named_with_a_reason() {
    let emulator = Emulator::new();
    let server = emulator.serve_on_loopback().await.unwrap();
    let variables = || {
        vec![
            ("CUSTOMERIO_BASE_URL", server.url()),
            ("CUSTOMERIO_REGION", "us".to_owned()),
            ("CUSTOMERIO_SITE_ID", SITE_ID.to_owned()),
            ("CUSTOMERIO_TRACK_API_KEY", TRACK_API_KEY.to_owned()),
        ]
    };
    let output = run(variables(), "42\n\n  ada@example.com\r\n43\n").await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "suppressed: 3, failed: 0\n");
    for person in ["42", "ada@example.com", "43"] {
        assert!(emulator.is_suppressed(person), "{person}");
    }
    assert_eq!(emulator.requests(), 3);

    let output = run(variables(), "44\n..\n45\n").await;
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "suppressed: 2, failed: 1\n");
    let reasons = String::from_utf8(output.stderr).unwrap();
    assert!(reasons.starts_with("line 2: the person's id is `.` or `..`"), "{reasons}");
    assert!(emulator.is_suppressed("44") && emulator.is_suppressed("45"));

    let output = run(Vec::new(), "46\n").await;
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(String::from_utf8(output.stderr).unwrap().contains("CUSTOMERIO_REGION"));
    assert!(!emulator.is_suppressed("46"));
    server.shutdown().await;
}
