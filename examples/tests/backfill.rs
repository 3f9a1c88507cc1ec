//! The backfill, as a user runs it: every row of a file arrives or is among the rejects, and the exit status says so.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod stage;

use std::{fs, path::Path, process::Stdio, time::Duration};

use customerio_emulator::Fault;
use serde_json::{Value, json};
use stage::{Stage, until};

/// Runs the program with these arguments, and returns its exit status and what it prints.
async fn run(stage: &Stage, transport: &str, arguments: &[&Path]) -> (Option<i32>, String) {
    stage.emulator().clear();
    let mut command = stage.command(env!("CARGO_BIN_EXE_backfill"));
    let output = command.env("EXAMPLES_TRANSPORT", transport).args(arguments).output().await.unwrap();
    let printed = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(!printed.contains(['\x1b', '\r']), "there is no terminal to draw on: {printed:?}");
    (output.status.code(), printed)
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
        for line in ["importing 100,000 rows", "rows accepted     99,000  in ", "rows rejected      1,000  see "] {
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
        json!({"line": 7, "row": "10", "why": "it has too few fields: 1 instead of 2"}),
        json!({"line": 8, "row": "11,a,b", "why": "it has too many fields: 3 instead of 2"}),
        json!({"line": 9, "row": ",nobody", "why": "the person's id is empty"}),
    ];
    assert_eq!(read_rejects(&rejects), expected, "{printed}");
    assert_eq!(stage.emulator().people_count(), 3);
    for line in ["importing 7 rows", "rows accepted          3  in ", "rows rejected          4  see "] {
        assert!(printed.contains(line), "{line}: {printed}");
    }

    let file = b"{\"id\":\"1\"}\n{\"id\":\"\xff\"}\n\n[]\n{\"name\":\"x\"}\n{\"id\":1e30}\n{\"id\":2,\"created_at\":\"soon\"}\n{\"id\":3}";
    fs::write(&json_lines, file).unwrap();
    let (status, printed) = run(&stage, "hyper", &[&json_lines, &rejects]).await;
    assert_eq!(status, Some(1), "{printed}");
    let found = read_rejects(&rejects);
    let expected = [(2, "not UTF-8"), (4, "not a JSON object"), (5, "no id"), (6, "whole number"), (7, "created_at")];
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (reject, (line, why)) in found.iter().zip(expected) {
        assert!(reject["line"] == line && reject["why"].as_str().unwrap().contains(why), "{reject}");
    }
    assert_eq!(stage.emulator().people_count(), 2);
    for line in ["importing 7 rows", "rows accepted          2  in ", "rows rejected          5  see "] {
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
        let names_it = what.starts_with("rejects") || printed.contains(&file.display().to_string());
        assert!(names_it, "{what}: {printed}");
    }
    assert!(fs::read(&json_lines).unwrap().starts_with(b"{"), "the people are still there");
}

/// Writes a file of 50,000 people, one in 500 of whom has no id.
fn write_people(path: &Path) {
    let row = |number| match number % 500 {
        0 => "{\"id\":\"\"}\n".to_owned(),
        _ => format!("{{\"id\":\"{number}\",\"email\":\"person-{number}@example.com\",\"plan\":\"pro\"}}\n"),
    };
    fs::write(path, (1..=50_000).map(row).collect::<String>()).unwrap();
}

/// The number in the line that begins so.
fn number_after(printed: &str, prefix: &str) -> u64 {
    let line = printed.lines().find_map(|line| line.strip_prefix(prefix)).unwrap_or_else(|| panic!("{printed}"));
    let digits: String = line.trim_start().chars().take_while(|c| *c == ',' || c.is_ascii_digit()).collect();
    digits.replace(',', "").parse().unwrap_or_else(|error| panic!("{error}: {printed}"))
}

#[cfg(unix)]
#[tokio::test]
async fn an_import_that_was_stopped_continues_where_it_ended() {
    let stage = Stage::new("backfill-stop").await;
    let [people, rejects] = ["people.jsonl", "rejects.jsonl"].map(|name| stage.path(name));
    write_people(&people);
    // Four batches are under way when it is stopped.
    let slow = stage.emulator().add_fault(Fault::delay(Duration::from_millis(200)));
    let mut command = stage.command(env!("CARGO_BIN_EXE_backfill"));
    command.args([&people, &rejects]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let program = command.spawn().unwrap();
    until("a batch has arrived", || stage.emulator().requests() > 0).await;
    let id = program.id().unwrap().to_string();
    assert!(tokio::process::Command::new("kill").args(["-INT", &id]).status().await.unwrap().success());
    let output = program.wait_with_output().await.unwrap();
    let printed = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert_eq!(output.status.code(), Some(2), "{printed}");
    assert!(stage.emulator().remove_fault(slow));

    let line = number_after(&printed, "stopped before line ");
    assert!((2..50_000).contains(&line), "{printed}");
    let command = format!("backfill {} {} {line}", people.display(), rejects.display());
    assert!(printed.trim_end().ends_with(&command), "{printed}");
    let accepted = number_after(&printed, "rows accepted ");
    assert_eq!(accepted + number_after(&printed, "rows rejected "), line - 1, "{printed}");
    assert_eq!(stage.emulator().people_count() as u64, accepted, "all that was read has arrived");

    let mut command = stage.command(env!("CARGO_BIN_EXE_backfill"));
    let output = command.args([&people, &rejects]).arg(line.to_string()).output().await.unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{printed}");
    assert_eq!(number_after(&printed, "importing "), 50_000 - (line - 1));
    assert_eq!(accepted + number_after(&printed, "rows accepted "), 49_900, "{printed}");
    assert_eq!(stage.emulator().people_count(), 49_900);
    let lines: Vec<_> = read_rejects(&rejects).iter().map(|reject| reject["line"].as_u64().unwrap()).collect();
    assert!(lines.iter().copied().eq((1..=100).map(|number| number * 500)), "{lines:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_bar_of_one_line_is_drawn_in_a_narrow_terminal_and_cleared_in_the_end() {
    use std::{fs::File, io::Read as _};

    let stage = Stage::new("backfill-bar").await;
    let [people, rejects] = ["people.jsonl", "rejects.jsonl"].map(|name| stage.path(name));
    write_people(&people);
    let size = nix::pty::Winsize { ws_row: 24, ws_col: 40, ws_xpixel: 0, ws_ypixel: 0 };
    let terminal = nix::pty::openpty(&size, None).unwrap();
    let mut command = stage.command(env!("CARGO_BIN_EXE_backfill"));
    command.args([&people, &rejects]).env("TERM", "xterm").stdout(Stdio::null()).stderr(terminal.slave);
    let mut program = command.spawn().unwrap();
    // It has the other end of the terminal, which must close.
    drop(command);
    let mut master = File::from(terminal.master);
    let drawing = tokio::task::spawn_blocking(move || {
        let mut drawn = Vec::new();
        // Linux reports an error when nobody has the other end any more.
        let _ = master.read_to_end(&mut drawn);
        String::from_utf8(drawn).unwrap()
    });
    assert_eq!(program.wait().await.unwrap().code(), Some(1));
    let drawn = drawing.await.unwrap();

    let parts: Vec<_> = drawn.split(['\r', '\n', '\x1b']).filter(|part| part.contains("rows, ")).collect();
    assert!(parts.iter().any(|part| part.contains("0/50,000 rows, …")), "{parts:?}");
    assert!(parts.iter().any(|part| part.contains('█') && part.contains('░') && part.contains("s left")), "{parts:?}");
    // A part may begin with the end of a control sequence, which takes no room.
    let width = |part: &&str| part.trim_start_matches("[2K").chars().count();
    assert_eq!(parts.iter().map(width).max(), Some(40), "{parts:?}");
    assert!(drawn.ends_with("\r\x1b[2K"), "{drawn:?}");
}
