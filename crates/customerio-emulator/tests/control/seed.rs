//! Seeds: from a folder, as a document, and what a reset puts back.

use std::{
    fs,
    path::{Path, PathBuf},
};

use customerio_emulator::{Emulator, Seed, Workspaces};
use serde_json::{Value, json};

use crate::support::World;

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/seed")
}

/// A folder that is there as long as the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("customerio-emulator-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn put(&self, file: &str, text: &str) {
        let path = self.0.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// All files below a folder, but those for people, with what they say.
fn files(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("README.md") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(folder).unwrap().to_owned(), text));
            }
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn a_folder_is_what_a_workspace_begins_with_and_a_reset_goes_back_to() {
    let seed = Seed::from_dir(&example()).unwrap();
    let world = World::of(Emulator::builder().with_seed(seed).with_clock_at(1_700_000_000).build()).await;
    let counts = world.get("counts").await;
    assert_eq!([&counts["people"], &counts["events"], &counts["objects"]], [&json!(5), &json!(4), &json!(1)]);
    let anna = world.emulator.person("anna@example.com").unwrap();
    assert_eq!((anna.id.as_deref(), anna.devices[0].id.as_str()), (Some("1"), "anna-phone"));
    assert_eq!(world.emulator.object("1", "acme").unwrap().people.len(), 2);
    assert_eq!(world.emulator.events_of("1").len(), 2);
    let (status, _) = world.call("POST /v1/campaigns/12/triggers", json!({})).await;
    assert_eq!(status, 200);
    let (_, topics) = world.call("GET /v1/subscription_topics", Value::Null).await;
    assert_eq!(topics["topics"][0]["name"], "News");
    let message = json!({"transactional_message_id": "welcome", "to": "anna@example.com", "identifiers": {"id": "1"}});
    assert_eq!(world.call("POST /v1/send/email", message).await.0, 200);
    assert_eq!(world.emulator.messages()[0].outcomes.len(), 3);
    let (_, members) = world.call("GET /v1/segments/7/membership", Value::Null).await;
    assert_eq!(members["ids"], json!(["1", "2"]));

    assert_eq!(world.call("DELETE /api/v1/customers/1", Value::Null).await.0, 200);
    assert_eq!(world.call("PUT /api/v1/customers/9", json!({})).await.0, 200);
    let (_, reset) = world.control("POST /_emulator/v1/reset", Value::Null).await;
    assert!(reset["seq"].as_u64() > counts["seq"].as_u64());
    let people = world.emulator.people();
    assert_eq!((people.len(), people[0].id.as_deref()), (5, Some("1")));
    assert_eq!((world.emulator.messages().len(), world.emulator.events().len()), (0, 4));

    assert_eq!(world.control("POST /_emulator/v1/reset", json!({"seed": false})).await.0, 200);
    assert_eq!((world.emulator.people_count(), world.emulator.events().len()), (0, 0));
    let (status, problem) = world.control("POST /_emulator/v1/reset", json!({"sead": false})).await;
    assert_eq!(status, 400, "{problem}");
    world.emulator.reset();
    assert_eq!(world.emulator.people_count(), 5);
}

/// What the first programs do is accepted beside the people of the example: nobody there has their id or address.
#[tokio::test]
async fn the_example_leaves_room_for_the_first_programs() {
    let seed = Seed::from_dir(&example()).unwrap();
    let world = World::of(Emulator::builder().with_seed(seed).build()).await;
    let ada = json!({"email": "ada@example.com", "first_name": "Ada"});
    assert_eq!(world.call("PUT /api/v1/customers/42", ada).await.0, 200);
    assert_eq!(world.get("requests").await["items"][0]["verdict"], "accepted");
    assert_eq!(world.get("people").await["items"][0]["id"], "42");
}

#[test]
fn a_folder_is_written_as_it_was_read() {
    let seed = Seed::from_dir(&example()).unwrap();
    let folder = Folder::new("written");
    folder.put("templates/old/email.html", "gone");
    folder.put("templates/old/de/sms.txt", "gone");
    folder.put("templates/welcome/sms.txt", "gone");
    folder.put("snippets/old.html", "gone");
    seed.write_to(&folder.0).unwrap();
    let (written, expected) = (files(&folder.0), files(&example()));
    assert_eq!(written, expected);
    assert_eq!(Seed::from_dir(&folder.0).unwrap(), seed);
    assert_eq!(Seed::from_json(&seed.to_json()).unwrap(), seed);
    // What is no part of a seed stays.
    folder.put("templates/notes/todo.md", "mine");
    seed.write_to(&folder.0).unwrap();
    assert!(folder.0.join("templates/notes/todo.md").exists());
}

#[test]
fn a_name_leads_nowhere_but_into_the_folder() {
    let document = json!({"templates": {"../out": {"sms.txt": "x"}}, "snippets": {"../../a": "x", "": "y"}});
    let seed = Seed::from_json(&document.to_string()).unwrap();
    let folder = Folder::new("names");
    let inner = folder.0.join("seed");
    seed.write_to(&inner).unwrap();
    assert_eq!(Seed::from_dir(&inner).unwrap(), seed);
    assert!(files(&folder.0).iter().all(|(path, _)| path.starts_with("seed")));
}

#[test]
#[expect(clippy::too_many_lines, reason = "each fault is a line of a table")]
fn what_is_wrong_is_said_with_file_and_line() {
    let ada = r#"{"id":"1"}"#;
    let long = format!("{{\"id\":\"1\",\"a\":\"{}\"}}", "x".repeat(1_001));
    let second = |line: &str| format!("{ada}\n\n{line}\n");
    let id = |more: &str| second(&format!("{{\"id\":\"2\",{more}}}"));
    let event = |more: &str| format!("{{\"person\":\"1\",\"name\":\"e\"}}\n{{{more}}}\n");
    let broadcast = |more: &str| format!("{{\"broadcasts\": [\n  {{\"id\": 12,\n  {more}}}\n]}}");
    for (file, text, expected) in [
        ("people.jsonl", second("{"), "people.jsonl:3: EOF while parsing an object"),
        ("people.jsonl", second("7"), "people.jsonl:3: a line must be an object"),
        ("people.jsonl", second("{}"), "people.jsonl:3: a person needs an id, an email or a phone"),
        ("people.jsonl", second(ada), "people.jsonl:3: there is a person with the id 1 already: name each once"),
        ("people.jsonl", second(r#"{"id":"2","a":1,"a":2}"#), "people.jsonl:3: `a` appears twice in an object"),
        ("people.jsonl", second(r#"{"id":7}"#), "people.jsonl:3: id must be a string"),
        (
            "people.jsonl",
            id(r#""email":"ada""#),
            "people.jsonl:3: email must be an e-mail address, or null or empty to remove it",
        ),
        ("people.jsonl", second(&long.replace("\"1\"", "\"2\"")), "people.jsonl:3: a has 1001 bytes; the most is 1000"),
        (
            "people.jsonl",
            id(r#""_segments":[8]"#),
            "people.jsonl:3: there is no segment 8: put it among the segments of the workspace",
        ),
        (
            "people.jsonl",
            id(r#""_devices":[{"id":"t","platform":"web"}]"#),
            "people.jsonl:3: _devices[0].platform must be one of ios, android",
        ),
        (
            "people.jsonl",
            id(r#""_objects":[{"type_id":"x","id":"y"}]"#),
            "people.jsonl:3: _objects[0].type_id must be a number from 1 on, as a string",
        ),
        ("people.jsonl", id(r#""_update":true"#), "people.jsonl:3: nobody has the id 2, and _update adds nobody"),
        (
            "events.jsonl",
            event(r#""person":"2","name":"e""#),
            "events.jsonl:2: there is no person 2: name one of people by id, address or number",
        ),
        ("events.jsonl", event(r#""person":"1""#), "events.jsonl:2: name is missing"),
        (
            "events.jsonl",
            event(r#""name":"e""#),
            "events.jsonl:2: the event needs an anonymous_id, or as an invite a data.recipient",
        ),
        ("workspace.json", "{\n\"segmnets\": []\n}".into(), "workspace.json:2: unknown field `segmnets`"),
        ("workspace.json", "{\n\"region\": \"mars\"\n}".into(), "workspace.json:2: unknown variant `mars`"),
        (
            "workspace.json",
            broadcast(r#""recipients": {"segment": {"id": "7"}}"#),
            "workspace.json:3: recipients.segment.id must be an integer",
        ),
        (
            "workspace.json",
            broadcast(r#""recipients": {"segment": {"id": 7}}"#),
            "workspace.json:3: there is no segment 7: put it among",
        ),
        (
            "workspace.json",
            broadcast(r#""template": "news""#),
            "workspace.json:3: there is no template news: make templates/news",
        ),
        (
            "workspace.json",
            "{\"segments\": [{\"id\": 7},\n{\"id\": 7}]}".into(),
            "workspace.json:2: there is a segment 7 already: give each its own id",
        ),
        (
            "workspace.json",
            "{\"outcomes\": [\"sent\",\n\"seen\"]}".into(),
            "workspace.json:2: there is no outcome seen; there are sent, ",
        ),
        (
            "workspace.json",
            "{\"senders\": [{\"id\": 1, \"name\": \"x\",\n\"email\": \"x\"}]}".into(),
            "workspace.json:2: email must be an e-mail address",
        ),
        (
            "workspace.json",
            "{\"webhooks\": [{\"name\": \"x\",\n\"url\": \"x\", \"events\": [\"email_sent\"]}]}".into(),
            "workspace.json:2: url must be an http or https URL",
        ),
        (
            "templates/a/emial.html",
            String::new(),
            "templates/a/emial.html: emial.html is no part of a template; there are meta.json, push.json, email.html",
        ),
        ("templates/a/meta.json", "{\n\"sbject\": \"x\"}".into(), "templates/a/meta.json:1: unknown field `sbject`"),
        (
            "templates/a/de/meta.json",
            "{\n\"id\": 3}".into(),
            "templates/a/de/meta.json:1: the id and send_to_unsubscribed are of all languages",
        ),
        ("templates/a/push.json", "{\n\"title\": 3,\n}".into(), "templates/a/push.json:3: trailing comma"),
        ("snippets/a.txt", String::new(), "snippets/a.txt: a snippet is a file NAME.html"),
        (
            "poeple.jsonl",
            String::new(),
            "poeple.jsonl: there are workspace.json, people.jsonl and events.jsonl: rename it",
        ),
        ("notes.txt", String::new(), ": there is no seed: it has one of workspace.json, "),
    ] {
        let folder = Folder::new("wrong");
        if file == "events.jsonl" {
            folder.put("people.jsonl", ada);
        }
        folder.put(file, &text);
        let error = Seed::from_dir(&folder.0).unwrap_err().to_string();
        let shown = error.strip_prefix(&*folder.0.to_string_lossy()).unwrap().trim_start_matches('/');
        assert!(shown.starts_with(expected), "{file} {text}: {error}");
    }
    let error = Seed::from_dir(Path::new("/nowhere/at all")).unwrap_err();
    assert_eq!((error.file(), error.line()), (Some("/nowhere/at all"), None));
}

#[tokio::test]
async fn a_document_is_taken_over_the_control_api() {
    let world = World::new().await;
    let seed = json!({"workspace": {"segments": [{"id": 7}]}, "people": [{"id": "1", "_segments": [7]}]});
    let (status, counts) = world.control("PUT /_emulator/v1/seed", seed.clone()).await;
    assert_eq!((status, &counts["people"], &counts["segments"]), (200, &json!(1), &json!(1)));
    let wrong = json!({"people": [{"id": "1"}, {"id": "2", "email": "x"}]});
    let (status, problem) = world.control("PUT /_emulator/v1/seed", wrong).await;
    assert_eq!((status, problem["error"].as_str().unwrap().split(':').next()), (400, Some("line 1")));
    let other = json!({"workspace": {"app_api_key": "other"}});
    let (status, problem) = world.control("PUT /_emulator/v1/seed", other).await;
    let expected = "the workspace's app_api_key cannot change while it is there: begin with this seed, or leave it out";
    assert_eq!((status, problem["error"].as_str()), (400, Some(expected)));
    assert_eq!(world.emulator.people_count(), 1);
    world.control("POST /_emulator/v1/reset", Value::Null).await;
    assert_eq!(world.emulator.people_count(), 1);
}

#[test]
fn a_new_workspace_begins_with_the_first_ones_seed() {
    let document = json!({
        "workspace": {"site_id": "shop", "app_api_key": "shop-app", "region": "eu"},
        "people": [{"email": "Ada@example.com"}],
    });
    let seed = Seed::from_json(&document.to_string()).unwrap();
    let first = Emulator::builder().with_memory_limit(0).with_seed(seed.clone()).build();
    let workspaces = Workspaces::of(first).with_any_credentials();
    let other = workspaces.obtain("suite-7").unwrap();
    assert_eq!(other.person("ada@example.com").unwrap().email.as_deref(), Some("Ada@example.com"));
    assert!(workspaces.get("shop-app").is_some_and(|shop| shop.people_count() == 1));
    other.seed(&seed).unwrap();
    workspaces.first().seed(&seed).unwrap();
    // What the seed takes is not refused, and what comes after it is.
    assert_eq!(workspaces.first().people_count(), 1);
}
