//! The backfill, as a user runs it: every row of a file arrives or is among the rejects, and the exit status says so.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod stage;

use std::{fs, path::Path};

use serde_json::{Value, json};
use stage::Stage;

/// Runs the program with these arguments, and returns its exit status and what it prints.
async fn run(stage: &Stage, transport: &str, arguments: &[&Path]) -> (Option<i32>, String) {
    stage.emulator().clear();
    let mut command = stage.command(env!("CARGO_BIN_EXE_backfill"));
    let output = command.env("EXAMPLES_TRANSPORT", transport).args(arguments).output().await.unwrap();
    let printed = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(printed).unwrap())
}

fn read_rejects(path: &Path) -> Vec<Value> {
    let rejects = fs::read_to_string(path).unwrap();
    let mut rejects: Vec<Value> = rejects.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    rejects.sort_by_key(|reject| reject["line"].as_u64().unwrap());
    rejects
}

#[tokio::test]
async fn a_hundred_thousand_people_arrive_and_the_bad_rows_are_kept() {
    for transport in ["reqwest", "hyper"] {
        let stage = Stage::new(&format!("backfill-{transport}")).await;
        let (status, printed) = run(&stage, transport, &[]).await;
        assert_eq!(status, Some(1), "{printed}");
        let sample = fs::read_to_string(stage.path("customerio-people.jsonl")).unwrap();
        let rows: Vec<_> = sample.lines().collect();
        let rejects = read_rejects(&stage.path("customerio-rejects.jsonl"));
        assert_eq!((rows.len(), rejects.len()), (100_000, 1_000), "{printed}");
        for (number, reject) in rejects.iter().enumerate() {
            let line = 100 * (number + 1);
            assert_eq!((&reject["line"], &reject["row"]), (&json!(line), &json!(rows[line - 1])));
        }
        for line in ["importing 100000 rows", "accepted    99000", "rejected     1000"] {
            assert!(printed.contains(line), "{line}: {printed}");
        }
        assert_eq!(stage.emulator().people_count(), 99_000);
    }
}

#[tokio::test]
async fn every_row_is_accepted_or_among_the_rejects_with_its_line_and_why() {
    let stage = Stage::new("backfill-rows").await;
    let [csv, json_lines, rejects] = ["own.csv", "own.jsonl", "rejects.jsonl"].map(|name| stage.path(name));

    let file = b"\xef\xbb\xbfid,name\r\n\
        007,\"Bond, James\"\r\n\
        \r\n\
        8,\"of two\nlines\"\n\
        9,caf\xe9\n\
        10\n\
        11,a,b\n\
        ,nobody\n\
        12,last";
    fs::write(&csv, file).unwrap();
    let (status, printed) = run(&stage, "hyper", &[&csv, &rejects]).await;
    assert_eq!(status, Some(1), "{printed}");
    let expected = [
        json!({"line": 6, "row": "9,caf\u{fffd}", "why": "it is not UTF-8 after 5 bytes"}),
        json!({"line": 7, "row": "10", "why": "it has 1 fields, and the header has 2"}),
        json!({"line": 8, "row": "11,a,b", "why": "it has 3 fields, and the header has 2"}),
        json!({"line": 9, "row": ",nobody", "why": "the person's id is empty"}),
    ];
    assert_eq!(read_rejects(&rejects), expected, "{printed}");
    assert_eq!(stage.emulator().people_count(), 3);
    for line in ["importing 7 rows", "accepted        3", "rejected        4"] {
        assert!(printed.contains(line), "{line}: {printed}");
    }

    let file = b"{\"id\":\"1\"}\n{\"id\":\"\xff\"}\n\n[]\n{\"name\":\"x\"}\n{\"id\":1e30}\n{\"id\":2,\"created_at\":\"soon\"}\n{\"id\":3}";
    fs::write(&json_lines, file).unwrap();
    let (status, printed) = run(&stage, "hyper", &[&json_lines, &rejects]).await;
    assert_eq!(status, Some(1), "{printed}");
    let found = read_rejects(&rejects);
    let expected = [(2, "not UTF-8"), (4, "no JSON object"), (5, "no id"), (6, "whole number"), (7, "created_at")];
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (reject, (line, why)) in found.iter().zip(expected) {
        assert!(reject["line"] == line && reject["why"].as_str().unwrap().contains(why), "{reject}");
    }
    assert_eq!(stage.emulator().people_count(), 2);
    for line in ["importing 7 rows", "accepted        2", "rejected        5"] {
        assert!(printed.contains(line), "{line}: {printed}");
    }

    fs::write(&csv, "id,name\n1,Ada\n").unwrap();
    let (status, printed) = run(&stage, "hyper", &[&csv, &rejects]).await;
    assert_eq!((status, read_rejects(&rejects).len()), (Some(0), 0), "{printed}");

    fs::write(&csv, "id,id\n1,2\n").unwrap();
    for (what, file, rejects) in [
        ("no file", stage.path("none.csv"), &rejects),
        ("no usable header", csv.clone(), &rejects),
        ("rejects in the place of the people", json_lines.clone(), &json_lines),
    ] {
        let (status, printed) = run(&stage, "hyper", &[&file, rejects]).await;
        assert_eq!(status, Some(2), "{what}: {printed}");
    }
    assert!(fs::read(&json_lines).unwrap().starts_with(b"{"), "the people are still there");
}
