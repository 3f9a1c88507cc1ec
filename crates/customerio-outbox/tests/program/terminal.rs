//! At a terminal: questions, and how wide a table may be.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    os::fd::OwnedFd,
    process::Stdio,
};

use nix::pty::{OpenptyResult, Winsize, openpty};

use crate::support::{Place, filled, without_ages};

/// A terminal of that width: what the program has, and what a person has.
fn terminal(width: u16) -> (OwnedFd, File) {
    let size = Winsize { ws_row: 24, ws_col: width, ws_xpixel: 0, ws_ypixel: 0 };
    let OpenptyResult { master, slave } = openpty(Some(&size), None).unwrap();
    (slave, master.into())
}

/// Runs it with standard input from a terminal, where that is typed.
fn typed(place: &Place, arguments: &str, line: &str) -> (i32, String, String) {
    let (input, mut person) = terminal(80);
    let mut child = place
        .program()
        .args(arguments.split(' '))
        .stdin(Stdio::from(input))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    person.write_all(line.as_bytes()).unwrap();
    let (mut printed, mut error) = (String::new(), String::new());
    child.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut error).unwrap();
    (child.wait().unwrap().code().unwrap(), printed, error)
}

#[tokio::test(flavor = "multi_thread")]
async fn it_asks_before_it_changes_all() {
    let place = Place::file();
    drop(filled(&place).await);
    let question = "This will discard 2 dead letters. Go on? [y/N] ";
    let (code, printed, error) = typed(&place, "discard --all", "n\n");
    assert_eq!((code, &*printed, error), (1, "", format!("{question}error: nothing was changed\n")));
    let (code, ..) = typed(&place, "discard --all", "\n");
    assert_eq!((code, place.json("list").len()), (1, 3));
    let (code, printed, error) = typed(&place, "discard --all", "y\n");
    assert_eq!((code, &*printed, &*error), (0, "discarded 2 calls\n", question));
    assert_eq!(place.json("list").len(), 1);
    let (code, _, error) = typed(&place, "discard --all", "");
    assert_eq!((code, &*error), (0, ""), "there is nothing to ask about");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_cut_to_the_terminal() {
    let place = Place::file();
    drop(filled(&place).await);
    let shown = |width: u16| -> Vec<String> {
        let (output, person) = terminal(width);
        let mut child = place.program().args(["list"]).stdout(Stdio::from(output)).spawn().unwrap();
        child.wait().unwrap();
        // The command held the other end too, and is gone: the end of a terminal is an error.
        let lines = BufReader::new(person).lines().map_while(Result::ok);
        lines.map(|line| without_ages(line.trim_end_matches('\r'))).collect()
    };
    let whole = shown(500);
    assert!(whole.len() == 4 && whole[1].chars().count() > 80, "{whole:?}");
    let narrow = shown(80);
    assert!(narrow[1].chars().count() == 80 && narrow[1].ends_with('\u{2026}'), "{narrow:?}");
    assert_eq!((&narrow[0], &narrow[3]), (&whole[0], &whole[3]));
}
