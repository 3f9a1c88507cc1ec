//! What `env` prints, pasted into a shell: with the languages, and the registries of their packages.

use std::{
    env,
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;

use crate::support::{Folder, Serving};

/// The programs that work wherever this runs.
const SDKS: [&str; 6] = ["node", "python", "node-cdp", "python-cdp", "rust", "curl"];

/// Those whose packages cannot be fetched everywhere.
const WHERE_FETCHED: [&str; 2] = ["go", "ruby"];

/// Runs a script as if it were pasted into a shell of the folder.
fn shell(folder: &Folder, script: &str) -> Output {
    let mut command = Command::new("sh");
    command.args(["-e", "-c", script]).current_dir(folder.path(""));
    // What the program of Rust needs is compiled, with the same versions, already. A proxy would not reach this machine.
    let target = Path::new(env!("CARGO_BIN_EXE_customerio-emulator")).ancestors().nth(2).unwrap();
    command.env("CARGO_TARGET_DIR", target).env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1");
    command.output().unwrap()
}

/// As it is printed, but that the crate is the one beside this one.
fn with_this_crate(script: &str) -> String {
    const ADD: &str = "cargo add --quiet customerio serde_json";
    assert!(script.contains(ADD), "{script}");
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().display();
    let add = format!(
        "cp '{workspace}/Cargo.lock' . && cargo add --quiet --path '{workspace}/crates/customerio' && \
         cargo add --quiet serde_json"
    );
    script.replace(ADD, &add)
}

fn check(sdk: &str, folder: &Folder, serving: &Serving, script: &str) {
    let pasted = shell(folder, script);
    let said = String::from_utf8_lossy(&pasted.stderr);
    assert!(pasted.status.success(), "{sdk}: {} {said}", pasted.status);
    let printed = String::from_utf8(pasted.stdout).unwrap();
    assert!(printed.contains(&format!("look at {}/_emulator/", serving.url())), "{sdk}: {printed} {said}");

    let list = |kind: &str| serving.ask(&format!("GET /_emulator/v1/{kind}"), "", "").1["items"].clone();
    assert_eq!(list("people")[0]["email"], "ada@example.com", "{sdk}");
    assert_eq!(list("events")[0]["name"], "purchase", "{sdk}");
    if !sdk.ends_with("-cdp") {
        assert_eq!(list("messages")[0]["subject"], "Welcome, Ada", "{sdk}");
    }
    let verdicts: Vec<_> = list("requests").as_array().unwrap().iter().map(|item| item["verdict"].clone()).collect();
    let taken = |verdict: &Value| verdict == "accepted" || verdict == "tolerated";
    assert!(!verdicts.is_empty() && verdicts.iter().all(taken), "{sdk}: {verdicts:?}");
    println!("-- {sdk}: {} requests, all accepted", verdicts.len());
}

#[test]
#[ignore = "it installs the vendor's clients: run .ci/clients"]
fn a_pasted_program_works() {
    for sdk in SDKS {
        let folder = Folder::new();
        let serving = Serving::start(&folder, &[]);
        let script = serving.printed(&folder, &["env", "--sdk", sdk]);
        let script = if sdk == "rust" { with_this_crate(&script) } else { script };
        check(sdk, &folder, &serving, &script);
    }
}

#[test]
#[ignore = "it installs the vendor's clients: run .ci/clients"]
fn a_pasted_program_works_where_its_package_can_be_fetched() {
    for sdk in WHERE_FETCHED {
        let folder = Folder::new();
        let serving = Serving::start(&folder, &[]);
        let script = serving.printed(&folder, &["env", "--sdk", sdk]);
        let (before, program) = script.split_once("\ncat >").unwrap();
        let installed = shell(&folder, before);
        if installed.status.success() {
            check(sdk, &folder, &serving, &format!("cd customerio-{sdk}\ncat >{program}"));
        } else {
            let said = String::from_utf8_lossy(&installed.stderr);
            println!("-- {sdk}: LEFT OUT: its package could not be fetched: {}", said.trim().replace('\n', "; "));
        }
    }
}
