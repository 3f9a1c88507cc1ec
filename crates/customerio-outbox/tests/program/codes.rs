//! Its exit codes, and what it says to do.

use std::fs;

use customerio_delivery::sqlite::rusqlite::Connection;

use crate::support::{Folder, Place, filled, program, said};

fn run(arguments: &[&str]) -> (i32, String) {
    let (code, printed, error) = said(&program().args(arguments).output().unwrap());
    assert_eq!(printed, "", "{arguments:?}");
    (code, error)
}

#[test]
fn wrong_usage_is_2() {
    let (code, error) = run(&["stats"]);
    assert_eq!(code, 2);
    assert!(error.contains("give --sqlite PATH or --postgres URL"), "{error}");
    for (arguments, expected) in [
        (&["--sqlite", "a", "--postgres", "b", "stats"][..], "cannot be used with"),
        (&["--sqlite", "a", "replay"], "<NUMBER>..."),
        (&["--sqlite", "a", "replay", "1", "--all"], "cannot be used with"),
        (&["--sqlite", "a", "replay", "1", "--yes"], "cannot be used with"),
        (&["--sqlite", "a", "replay", "1", "--reason", "rejected"], "need --all"),
        (&["--sqlite", "a", "discard", "1", "--destination", "eu"], "need --all"),
        (&["--sqlite", "a", "discard", "1", "--waiting"], "cannot be used with"),
        (&["--sqlite", "a", "list", "--waiting", "--reason", "rejected"], "cannot be used with"),
        (&["--sqlite", "a", "list", "--reason", "bad"], "unknown_outcome"),
        (&["--sqlite", "a", "stats", "--max-age", "5"], "250ms, 5s, 10m, 2h or 7d"),
        (&["--sqlite", "a", "purge", ""], "names nobody"),
        (&["--sqlite", "a", "show", "x"], "invalid digit"),
        (&["--postgres", "postgres://shop:secret@db/shop?sslmode=verify-full", "stats"], "sslmode"),
    ] {
        let (code, error) = run(arguments);
        assert!(code == 2 && error.contains(expected), "{arguments:?}: {code} {error}");
        assert!(!error.contains("secret"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_calls_are_changed_without_a_question_only_where_that_is_said() {
    let place = Place::file();
    drop(filled(&place).await);
    for (arguments, what) in [
        ("replay --all", "replay 1 dead letter"),
        (
            "replay --all --even-if-it-was-sent",
            "replay 2 dead letters, with 1 parked call that may have been sent already",
        ),
        ("discard --all", "discard 2 dead letters"),
        ("discard --all --waiting", "discard 1 waiting call"),
    ] {
        let (code, printed, error) = place.run(arguments);
        assert_eq!((code, &*printed), (2, ""), "{arguments}");
        let expected = format!("error: it would {what}, and there is no terminal to ask: add --yes\n");
        assert!(error.ends_with(&expected), "{error}");
    }
    assert_eq!(place.json("list").len(), 3);
}

#[test]
fn a_store_that_cannot_be_used_is_3() {
    let folder = Folder::new();
    let path = folder.path("calls.db");
    let refused = || {
        let (code, error) = run(&["--sqlite", path.to_str().unwrap(), "stats"]);
        assert_eq!(code, 3, "{error}");
        let beginning = format!("error: {} cannot be used: ", path.display());
        error.strip_prefix(&beginning).unwrap_or_else(|| panic!("{error}")).trim_end().to_owned()
    };
    assert_eq!(refused(), format!("there is no file {}", path.display()));
    assert!(!path.exists(), "it makes none");
    let database = Connection::open(&path).unwrap();
    database.execute_batch("create table person (name text)").unwrap();
    assert_eq!(refused(), "the file has no tables of a store");
    customerio_delivery::sqlite::migrate(&database).unwrap();
    database.execute_batch("update customerio_state set version = 2").unwrap();
    assert_eq!(refused(), "the tables are of version 2, and this program knows versions up to 1: update it");
    database.execute_batch("update customerio_state set version = 1; drop table customerio_damaged").unwrap();
    assert_eq!(refused(), "the tables are not those that this crate makes");
    drop(database);
    fs::write(&path, "this is not a database, but a text that is as long as a header must be: ".repeat(8)).unwrap();
    assert_eq!(refused(), "file is not a database");

    let (code, error) = run(&["--postgres", "postgres://shop:secret@127.0.0.1:1/shop", "stats"]);
    assert!(code == 3 && error.starts_with("error: the database cannot be used: "), "{code} {error}");
    assert!(!error.contains("secret"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_without_tables_is_3() {
    let Some(place) = Place::database().await else { return };
    let (code, printed, error) = place.run("list");
    assert_eq!((code, &*printed), (3, ""));
    assert_eq!(error, "error: the database cannot be used: the tables are older than version 2: run the migrations\n");
}

#[test]
fn completions_and_help_need_no_store() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let (code, printed, error) = said(&program().args(["completions", shell]).output().unwrap());
        assert!(code == 0 && printed.contains("even-if-it-was-sent") && error.is_empty(), "{shell}: {error}");
    }
    for command in ["stats", "list", "show", "replay", "discard", "purge"] {
        let (code, printed, _) = said(&program().args([command, "--help"]).output().unwrap());
        assert_eq!(code, 0);
        let wide: Vec<_> = printed.lines().filter(|line| line.chars().count() > 80).collect();
        assert!(wide.is_empty(), "{wide:?}");
    }
    assert!(folder.path("").read_dir().unwrap().next().is_none());
}
