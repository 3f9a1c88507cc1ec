//! The backfill, as a user runs it: every row of a file arrives or is among the rejects, and the exit status says so.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};

/// A folder that is deleted at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = env::temp_dir().join(format!("customerio-backfill-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    /// Runs the program with these arguments, and returns its exit status and what it prints.
    fn run(&self, arguments: &[&Path]) -> (Option<i32>, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_backfill"));
        // The program makes its sample in the temporary folder: ours.
        command.args(arguments).envs(["TMPDIR", "TMP", "TEMP"].map(|name| (name, &self.0)));
        // The emulator, whatever the environment says.
        env::vars().filter(|(name, _)| name.starts_with("CUSTOMERIO_")).for_each(|(name, _)| {
            command.env_remove(name);
        });
        let output = command.output().unwrap();
        let printed = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(printed).unwrap())
    }

    fn rejects(&self, name: &str) -> Vec<Value> {
        let rejects = fs::read_to_string(self.0.join(name)).unwrap();
        let mut rejects: Vec<Value> = rejects.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        rejects.sort_by_key(|reject| reject["line"].as_u64().unwrap());
        rejects
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_hundred_thousand_people_arrive_and_the_bad_rows_are_kept() {
    for transport in ["reqwest", "hyper"] {
        let folder = Folder::new(transport);
        let (status, printed) = folder.run(&[Path::new(transport)]);
        assert_eq!(status, Some(1), "{printed}");
        let sample = fs::read_to_string(folder.0.join("customerio-people.jsonl")).unwrap();
        let rows: Vec<_> = sample.lines().collect();
        let rejects = folder.rejects("customerio-rejects.jsonl");
        assert_eq!((rows.len(), rejects.len()), (100_000, 1_000), "{printed}");
        for (number, reject) in rejects.iter().enumerate() {
            let line = 100 * (number + 1);
            assert_eq!((&reject["line"], &reject["row"]), (&json!(line), &json!(rows[line - 1])));
        }
        for line in ["rows        100000", "accepted     99000", "rejected      1000", "the emulator has 99000 people"]
        {
            assert!(printed.contains(line), "{line}: {printed}");
        }
    }
}

#[test]
fn every_row_is_accepted_or_among_the_rejects_with_its_line_and_why() {
    let folder = Folder::new("rows");
    let [csv, json_lines, rejects] = ["own.csv", "own.jsonl", "rejects.jsonl"].map(|name| folder.0.join(name));
    let run = |file: &Path| folder.run(&[Path::new("hyper"), file, &rejects]);

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
    let (status, printed) = run(&csv);
    assert_eq!(status, Some(1), "{printed}");
    let expected = [
        json!({"line": 6, "row": "9,caf\u{fffd}", "why": "it is not UTF-8 after 5 bytes"}),
        json!({"line": 7, "row": "10", "why": "it has 1 fields, and the header has 2"}),
        json!({"line": 8, "row": "11,a,b", "why": "it has 3 fields, and the header has 2"}),
        json!({"line": 9, "row": ",nobody", "why": "the person's id is empty"}),
    ];
    assert_eq!(folder.rejects("rejects.jsonl"), expected, "{printed}");
    for line in ["rows             7", "accepted         3", "rejected         4", "the emulator has 3 people"] {
        assert!(printed.contains(line), "{line}: {printed}");
    }

    let file = b"{\"id\":\"1\"}\n{\"id\":\"\xff\"}\n\n[]\n{\"name\":\"x\"}\n{\"id\":1e30}\n{\"id\":2,\"created_at\":\"soon\"}\n{\"id\":3}";
    fs::write(&json_lines, file).unwrap();
    let (status, printed) = run(&json_lines);
    assert_eq!(status, Some(1), "{printed}");
    let found = folder.rejects("rejects.jsonl");
    let expected = [(2, "not UTF-8"), (4, "no JSON object"), (5, "no id"), (6, "whole number"), (7, "created_at")];
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (reject, (line, why)) in found.iter().zip(expected) {
        assert!(reject["line"] == line && reject["why"].as_str().unwrap().contains(why), "{reject}");
    }
    for line in ["rows             7", "accepted         2", "rejected         5", "the emulator has 2 people"] {
        assert!(printed.contains(line), "{line}: {printed}");
    }

    fs::write(&csv, "id,name\n1,Ada\n").unwrap();
    let (status, printed) = run(&csv);
    assert_eq!((status, folder.rejects("rejects.jsonl").len()), (Some(0), 0), "{printed}");

    fs::write(&csv, "id,id\n1,2\n").unwrap();
    for (what, file, rejects) in [
        ("no file", folder.0.join("none.csv"), &rejects),
        ("no usable header", csv.clone(), &rejects),
        ("rejects in the place of the people", json_lines.clone(), &json_lines),
    ] {
        let (status, printed) = folder.run(&[Path::new("hyper"), &file, rejects]);
        assert_eq!(status, Some(2), "{what}: {printed}");
    }
    assert!(fs::read(&json_lines).unwrap().starts_with(b"{"), "the people are still there");
}
