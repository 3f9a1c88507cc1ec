//! Calls that an application enqueues in its own transaction.

use customerio_delivery::{
    Lane, Store as _,
    sqlite::{self, INSERT, Row, rusqlite::Connection},
};

use crate::support::{Directory, event, events, message, n_of, open, waiting};

fn application(directory: &Directory) -> Connection {
    std::fs::create_dir_all(directory.path()).unwrap();
    let database = Connection::open(directory.file()).unwrap();
    database.execute_batch("create table person (name text); pragma user_version = 7").unwrap();
    for script in sqlite::migrations() {
        database.execute_batch(script).unwrap();
    }
    // They are there already.
    sqlite::migrate(&database).unwrap();
    database
}

#[tokio::test(flavor = "current_thread")]
async fn what_is_committed_is_delivered_and_what_is_rolled_back_is_not() {
    let directory = Directory::new();
    let mut database = application(&directory);
    let transaction = database.transaction().unwrap();
    transaction.execute("insert into person values ('Ada')", []).unwrap();
    sqlite::enqueue(&transaction, &event(1)).unwrap();
    sqlite::enqueue(&transaction, &message(2, 5)).unwrap();
    transaction.commit().unwrap();
    let transaction = database.transaction().unwrap();
    sqlite::enqueue(&transaction, &event(3)).unwrap();
    transaction.rollback().unwrap();

    let store = open(&directory.file());
    store.append(&[event(4)]).await.unwrap();
    let Row { destination, lane, crc32, call, .. } = Row::new(&event(5).with_destination("eu"));
    database.execute(INSERT, (&destination, lane, crc32, &call)).unwrap();
    sqlite::enqueue(&database, &event(6)).unwrap();
    assert_eq!(waiting(&store, Lane::TrackBatches).await, [(1, 1, false), (3, 4, false), (5, 6, false)]);
    assert_eq!(waiting(&store, Lane::App).await, [(2, 2, false)]);
    let eu = store.load(&event(5).with_destination("eu").stream(), 0, 0).await.unwrap();
    assert_eq!((eu[0].number, n_of(eu[0].call.as_ref().unwrap())), (4, 5));
    let statistics = store.statistics().await.unwrap();
    assert_eq!(statistics.waiting, 5);
    let bytes: usize = [event(1), message(2, 5), event(4), event(5).with_destination("eu"), event(6)]
        .iter()
        .map(|call| call.to_bytes().len())
        .sum();
    assert_eq!(statistics.bytes, bytes as u64);
    store.close().await;
    let of_application = |sql: &str| database.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!((of_application("pragma user_version"), of_application("select count(*) from person")), (7, 1));
    assert_eq!(of_application("pragma application_id"), 0, "it is the application's");
}

#[tokio::test(flavor = "current_thread")]
async fn a_row_that_an_application_wrote_wrong_is_not_sent() {
    let directory = Directory::new();
    let database = application(&directory);
    let Row { destination, lane, crc32, call, .. } = Row::new(&event(1));
    database.execute(INSERT, (&destination, lane, crc32 ^ 1, &call)).unwrap();
    sqlite::enqueue(&database, &event(2)).unwrap();
    let store = open(&directory.file());
    assert_eq!(events(&store).await, [2]);
    assert_eq!(store.repairs().damaged, 1);
    store.close().await;
}

/// A database of an application is never moved, whatever is wrong with it.
#[tokio::test(flavor = "current_thread")]
async fn a_damaged_database_of_an_application_is_refused_and_left_as_it_is() {
    let directory = Directory::new();
    let database = application(&directory);
    sqlite::enqueue(&database, &event(1)).unwrap();
    drop(database);
    open(&directory.file()).close().await;
    let mut bytes = std::fs::read(directory.file()).unwrap();
    bytes[..4096].fill(0x55);
    std::fs::write(directory.file(), &bytes).unwrap();
    sqlite::SqliteStore::open(directory.file()).unwrap_err();
    assert_eq!(std::fs::read(directory.file()).unwrap(), bytes);
}

#[tokio::test(flavor = "current_thread")]
async fn tables_of_a_newer_version_are_refused_with_a_sentence() {
    let directory = Directory::new();
    open(&directory.file()).close().await;
    let database = Connection::open(directory.file()).unwrap();
    database.execute("update customerio_state set version = 2", []).unwrap();
    let sentence = "the store failed: the tables are of version 2, and this program knows versions up to 1: update it";
    let error = sqlite::SqliteStore::open(directory.file()).unwrap_err();
    assert_eq!(error.to_string(), sentence);
    assert_eq!(sqlite::migrate(&database).unwrap_err().to_string(), sentence);
    assert!(directory.file().exists());
}
