//! No room, and room again.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use customerio_delivery::{Store as _, StoreError, sqlite::SqliteStore};

use crate::support::{Directory, event, events, message, open, settle_all};

#[tokio::test(flavor = "current_thread")]
async fn a_full_store_says_so_and_takes_more_when_calls_are_settled() {
    let directory = Directory::new();
    let bytes = event(1).to_bytes().len() as u64;
    let store = SqliteStore::builder(directory.file()).with_bytes(10 * bytes + 5).open().unwrap();
    store.append(&(1..=8).map(event).collect::<Vec<_>>()).await.unwrap();
    let error = store.append(&(9..=11).map(event).collect::<Vec<_>>()).await.unwrap_err();
    assert!(matches!(error, StoreError::Full { limit } if limit == 10 * bytes + 5), "{error}");
    assert_eq!(events(&store).await, [1, 2, 3, 4, 5, 6, 7, 8], "all or none");
    store.append(&[event(9)]).await.unwrap();
    assert_eq!(settle_all(&store).await, 9);
    assert_eq!(store.statistics().await.unwrap().bytes, 0);
    store.append(&(9..=11).map(event).collect::<Vec<_>>()).await.unwrap();
    assert_eq!(events(&store).await, [9, 10, 11]);
    store.close().await;
}

#[tokio::test(flavor = "current_thread")]
async fn files_are_for_this_user_alone() {
    let directory = Directory::new();
    let store = open(&directory.file());
    store.append(&[event(1)]).await.unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(directory.path()), 0o700);
    let files: Vec<_> = fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 4, "the database, its log, the index of that, and how far it came: {files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{file:?}");
    }
    let text = format!("{store:?}");
    assert!(!text.contains("purchase") && text.contains("calls.db"), "{text}");
    store.close().await;
}

#[tokio::test(flavor = "current_thread")]
async fn a_deleted_directory_is_an_error_and_then_made_again() {
    let directory = Directory::new();
    let store = open(&directory.file());
    store.append(&[event(1), event(2)]).await.unwrap();
    fs::remove_dir_all(directory.path()).unwrap();
    let error = store.append(&[event(3)]).await.unwrap_err();
    assert_eq!(error.to_string(), "the store failed: the file of the store was moved or deleted");
    store.append(&[event(4)]).await.unwrap();
    assert_eq!(events(&store).await, [4]);
    assert!(store.repairs().lost >= 2, "{:?}", store.repairs());
    store.close().await;
}

#[tokio::test(flavor = "current_thread")]
async fn what_is_not_a_store_is_refused_and_left_as_it_is() {
    let directory = Directory::new();
    fs::create_dir_all(directory.path()).unwrap();
    let text = "a text that is long enough to be more than a header\n".repeat(100);
    fs::write(directory.file(), &text).unwrap();
    let error = SqliteStore::open(directory.file()).unwrap_err();
    assert!(error.to_string().contains("not a database"), "{error}");
    assert_eq!(fs::read_to_string(directory.file()).unwrap(), text);
    fs::remove_file(directory.file()).unwrap();
    fs::create_dir(directory.file()).unwrap();
    assert!(SqliteStore::open(directory.file()).is_err());
}

/// On a disk of 600 kB. It is mounted for the test, which only the administrator may do.
#[tokio::test(flavor = "current_thread")]
#[ignore = "mounts a file system: run it as root"]
async fn a_full_disk_is_an_error_and_it_goes_on_when_there_is_room() {
    let directory = Directory::new();
    fs::create_dir_all(directory.path()).unwrap();
    let run = |command: &str, arguments: &[&str]| {
        assert!(std::process::Command::new(command).args(arguments).arg(directory.path()).status().unwrap().success());
    };
    run("mount", &["-t", "tmpfs", "-o", "size=600k", "none"]);
    let store = open(&directory.file());
    let (mut told, mut error) = (0, None);
    while error.is_none() {
        match store.append(&[message(told + 1, 2000)]).await {
            Ok(_) => told += 1,
            Err(other) => error = Some(other),
        }
    }
    assert!(error.unwrap().to_string().contains("full"));
    let waiting = || crate::support::waiting(&store, customerio_delivery::Lane::App);
    assert_eq!(waiting().await.len() as u64, told, "nothing torn is left");
    run("mount", &["-o", "remount,size=4m"]);
    store.append(&[message(told + 1, 2000)]).await.unwrap();
    let found: Vec<_> = waiting().await.into_iter().map(|(_, n, _)| n).collect();
    assert_eq!(found, (1..=told + 1).collect::<Vec<_>>());
    store.close().await;
    run("mount", &["-o", "remount,ro"]);
    SqliteStore::open(directory.file()).unwrap_err();
    run("mount", &["-o", "remount,rw"]);
    let store = open(&directory.file());
    assert_eq!(crate::support::waiting(&store, customerio_delivery::Lane::App).await.len() as u64, told + 1);
    assert!(!store.repairs().any(), "{:?}", store.repairs());
    store.close().await;
    run("umount", &[]);
}
