//! What it begins with, and what it keeps.

use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::support::{Folder, Serving, TRACK, ask, failed, program, read, run};

/// Writes a seed of a few things.
fn write_seed(folder: &Path) {
    for (file, text) in [
        (
            "workspace.json",
            r#"{"site_id": "of-the-seed", "segments": [{"id": 7, "name": "Beta"}], "outcomes": ["sent"]}"#,
        ),
        ("people.jsonl", "{\"id\": \"42\", \"email\": \"ada@example.com\", \"plan\": \"pro\", \"_segments\": [7]}\n"),
        ("events.jsonl", "{\"person\": \"42\", \"name\": \"purchase\", \"timestamp\": 1700000000}\n"),
        ("templates/welcome/meta.json", r#"{"id": 3, "subject": "Hi"}"#),
        ("templates/welcome/email.html", "<p>Hi</p>\n"),
        ("snippets/footer.html", "Shop Ltd\n"),
    ] {
        fs::create_dir_all(folder.join(file).parent().unwrap()).unwrap();
        fs::write(folder.join(file), text).unwrap();
    }
}

fn people(serving: &Serving) -> Vec<Value> {
    serving.ask("GET /_emulator/v1/people?limit=1000", "", "").1["items"].as_array().unwrap().clone()
}

#[test]
fn flags_and_variables_count_before_the_seed() {
    let folder = Folder::new();
    write_seed(&folder.path("seed"));
    let seed = folder.path("seed");
    let site = |command: &mut std::process::Command| {
        let serving = Serving::spawn(command.arg("--seed").arg(&seed));
        assert_eq!(people(&serving)[0]["email"], "ada@example.com");
        serving.ask("GET /_emulator/v1/info", "", "").1["workspaces"][0]["credentials"]["site_id"].clone()
    };
    assert_eq!(site(&mut program(&folder)), "of-the-seed");
    let variable = ("CUSTOMERIO_EMULATOR_SITE_ID", "of-the-variable");
    assert_eq!(site(program(&folder).env(variable.0, variable.1)), "of-the-variable");
    assert_eq!(site(program(&folder).env(variable.0, variable.1).args(["--site-id", "of-the-flag"])), "of-the-flag");
}

#[test]
fn a_reset_goes_back_to_the_seed_and_a_dump_is_one() {
    let folder = Folder::new();
    write_seed(&folder.path("seed"));
    let seed = folder.path("seed");
    let serving = Serving::start(&folder, &["--seed", seed.to_str().unwrap()]);
    let site = "authorization: Basic b2YtdGhlLXNlZWQ6ZW11bGF0b3ItdHJhY2sta2V5\r\n";
    assert_eq!(serving.ask("PUT /api/v1/customers/43", site, "{}").0, 200);
    assert_eq!(people(&serving).len(), 2);
    let (first, second) = (folder.path("first"), folder.path("second"));
    serving.printed(&folder, &["dump", first.to_str().unwrap()]);
    assert_eq!(read(&first.join("people.jsonl")).lines().count(), 2);
    assert_eq!(read(&first.join("templates/welcome/email.html")), "<p>Hi</p>\n");

    serving.printed(&folder, &["reset"]);
    assert_eq!(people(&serving).len(), 1);
    serving.printed(&folder, &["reset", "--no-seed"]);
    assert_eq!(people(&serving).len(), 0);
    let printed = serving.printed(&folder, &["seed", first.to_str().unwrap()]);
    assert_eq!(printed, "2 people, 1 event, 1 segment, 0 objects\n");

    serving.printed(&folder, &["dump", second.to_str().unwrap()]);
    for file in
        ["workspace.json", "people.jsonl", "events.jsonl", "templates/welcome/meta.json", "snippets/footer.html"]
    {
        assert_eq!(read(&first.join(file)), read(&second.join(file)), "{file}");
    }
    let document: Value = serde_json::from_str(&serving.printed(&folder, &["dump"])).unwrap();
    fs::write(folder.path("seed.json"), document.to_string()).unwrap();
    serving.printed(&folder, &["seed", folder.path("seed.json").to_str().unwrap()]);
}

#[test]
fn what_cannot_be_taken_is_said_with_its_place() {
    let folder = Folder::new();
    let path = |name: &str| folder.path(name).to_str().unwrap().to_owned();
    write_seed(&folder.path("seed"));
    fs::write(folder.path("seed/people.jsonl"), "{\"id\": \"42\"}\n{\"id\": \"43\", \"email\": \"nobody\"}\n").unwrap();
    fs::write(folder.path("seed.json"), "{\"people\": [\n{\"id\": }]}").unwrap();
    fs::write(folder.path("state"), "{\"version\": 2,\n \"workspaces\": [").unwrap();
    fs::write(folder.path("former"), "{\"version\": 1, \"workspaces\": [{\"number\": 0}]}").unwrap();
    fs::write(folder.path("later"), "{\"version\": 99}").unwrap();
    let free = ["--port", "0", "--no-https"];
    for (arguments, expected) in [
        (["--seed", &path("seed")], "/seed/people.jsonl:2: "),
        (["--seed", &path("seed.json")], "/seed.json: line 2: "),
        (["--state", &path("state")], "/state: "),
        (["--state", &path("later")], "/later: the state is of version 99"),
        (["--state", &path("former")], "/former: the state is of version 1 and this program reads version 2"),
        (["--state", &path("seed")], "/seed: "),
    ] {
        let (code, said) = failed(&run(&folder, &[&arguments[..], &free].concat()));
        assert!(code == 4 && said.contains(expected), "{arguments:?}: {code} {said}");
        assert_eq!(said.matches(&path("")).count(), 1, "{said}");
    }
    let (code, said) = failed(&run(&folder, &[&["--state", "/proc/nowhere"][..], &free].concat()));
    assert!(code == 1 && said.contains("/proc/nowhere"), "{code} {said}");
    let serving = Serving::start(&folder, &[]);
    let (code, said) = failed(&serving.command(&folder, ["seed", &path("seed")]).output().unwrap());
    assert!(code == 4 && said.contains("people.jsonl:2"), "{code} {said}");
}

#[test]
fn a_state_is_there_after_a_restart() {
    let folder = Folder::new();
    let state = folder.path("state.json");
    let arguments = ["--state", state.to_str().unwrap(), "--workspaces", "any"];
    // `suite-7:x`
    let suite = "authorization: Basic c3VpdGUtNzp4\r\n";
    let serving = Serving::start(&folder, &arguments);
    assert_eq!(serving.ask("GET /_emulator/v1/info", "", "").1["settings"]["persists"], json!(state));
    for headers in [TRACK, suite] {
        assert_eq!(serving.ask("PUT /api/v1/customers/42", headers, r#"{"plan":"pro"}"#).0, 200);
    }
    assert!(serving.stop().success());

    let serving = Serving::start(&folder, &[&arguments[..], &["--clock", "2026-11-26T10:00:00Z"]].concat());
    assert_eq!(people(&serving).len(), 1);
    assert_eq!(serving.ask("GET /_emulator/v1/people?workspace=suite-7", "", "").1["items"][0]["id"], "42");
    assert_eq!(serving.ask("GET /_emulator/v1/clock", "", "").1["now"], "2026-11-26T10:00:00.000Z");
    assert!(serving.stop().success());
}

#[test]
fn a_state_is_of_one_program_at_a_time() {
    let folder = Folder::new();
    let state = folder.path("state.json");
    let arguments = ["--state", state.to_str().unwrap()];
    let first = Serving::start(&folder, &arguments);
    assert_eq!(first.ask("PUT /api/v1/customers/42", TRACK, "{}").0, 200);
    let (code, said) = failed(&run(&folder, &[&arguments[..], &["--port", "0", "--no-https"]].concat()));
    assert_eq!(code, 3, "{said}");
    assert!(said.contains(state.to_str().unwrap()) && said.contains("give this one another --state"), "{said}");
    let other = folder.path("other.json");
    let beside = Serving::start(&folder, &["--state", other.to_str().unwrap()]);
    assert_eq!(people(&beside).len(), 0);
    // One that was killed holds nothing.
    first.signal(Signal::SIGTERM);
    first.end();
    let second = Serving::start(&folder, &arguments);
    assert_eq!(people(&second).len(), 1);
    second.signal(Signal::SIGKILL);
    second.end();
    assert_eq!(people(&Serving::start(&folder, &arguments)).len(), 1);
}

#[test]
fn a_state_is_whole_whenever_it_is_killed() {
    let folder = Folder::new();
    let state = folder.path("state.json");
    let arguments = ["--state", state.to_str().unwrap()];
    let mut random = fastrand::Rng::with_seed(7);
    let mut kept = 0;
    for round in 0..6 {
        let serving = Serving::start(&folder, &arguments);
        let (_, counts) = serving.ask("GET /_emulator/v1/counts", "", "");
        let found = usize::try_from(counts["people"].as_u64().unwrap()).unwrap();
        assert!(found >= kept, "round {round}: {found} of {kept}");
        let ended = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                let address = serving.url().strip_prefix("http://").unwrap();
                for id in 0.. {
                    if ended.load(Ordering::Relaxed) {
                        break;
                    }
                    ask(address, &format!("PUT /api/v1/customers/{round}-{id}"), TRACK, r#"{"plan":"pro"}"#);
                }
            });
            // It is written each second: at some of them, and between.
            thread::sleep(Duration::from_millis(random.u64(900..2_100)));
            ended.store(true, Ordering::Relaxed);
        });
        serving.signal(Signal::SIGKILL);
        serving.end();
        let written: Value = serde_json::from_str(&read(&state)).unwrap();
        kept = written["workspaces"][0]["workspace"]["people"]["people"].as_array().unwrap().len();
        assert!(kept >= found, "round {round}: {kept} of {found}");
    }
    assert!(kept > 0);
}
