//! The tables, and who makes them.

use customerio_delivery::{
    Store as _,
    postgres::{self, PostgresStore},
};

use crate::{
    server::database,
    support::{event, open, waiting},
};

#[tokio::test]
async fn replicas_that_start_together_make_the_tables_once() {
    let Some(database) = database().await else { return };
    let starting: Vec<_> = (0..8)
        .map(|_| {
            let config = database.config();
            tokio::spawn(async move { PostgresStore::connect(config).await.map(drop) })
        })
        .collect();
    for started in starting {
        started.await.unwrap().unwrap();
    }
    assert_eq!(database.number("select count(*) from customerio_state").await, 1);
}

#[tokio::test]
async fn an_application_can_run_the_migrations_by_itself() {
    let Some(database) = database().await else { return };
    let by_hand = || PostgresStore::builder(database.config()).without_migrating().connect();
    let sentence = "the store failed: the tables are older than version 2: run the migrations";
    assert_eq!(by_hand().await.unwrap_err().to_string(), sentence);
    for script in postgres::migrations() {
        database.run(script).await;
    }
    by_hand().await.unwrap().append(&[event(1)]).await.unwrap();
    assert_eq!(waiting(&open(&database).await).await, [(1, 1)]);
    let autovacuum = "select count(*) from pg_class where relname = 'customerio_waiting'
        and reloptions @> array['autovacuum_vacuum_scale_factor=0.01']";
    assert_eq!(database.number(autovacuum).await, 1);
}

#[tokio::test]
async fn tables_of_an_older_version_are_brought_to_this_one_with_what_they_hold() {
    let Some(database) = database().await else { return };
    database.run(postgres::migrations()[0]).await;
    database.run("insert into customerio_waiting (destination, lane, crc32, call) values ('other', 1, 0, '')").await;
    let by_hand = PostgresStore::builder(database.config()).without_migrating().connect().await;
    let sentence = "the store failed: the tables are older than version 2: run the migrations";
    assert_eq!(by_hand.unwrap_err().to_string(), sentence);
    open(&database).await;
    assert_eq!(database.number("select version::bigint from customerio_state").await, 2);
    assert_eq!(database.number("select count(*) from customerio_waiting").await, 1);
}

#[tokio::test]
async fn tables_of_a_newer_version_are_refused_with_a_sentence() {
    let Some(database) = database().await else { return };
    open(&database).await;
    database.run("update customerio_state set version = 3").await;
    let sentence = "the store failed: the tables are of version 3, and this program knows versions up to 2: update it";
    assert_eq!(PostgresStore::connect(database.config()).await.unwrap_err().to_string(), sentence);
    assert_eq!(postgres::migrate(&mut database.connect().await).await.unwrap_err().to_string(), sentence);
}

#[tokio::test]
async fn a_database_of_another_encoding_is_refused() {
    let Some(database) = database().await else { return };
    database.run("create database latin encoding latin1 locale 'C' template template0").await;
    let mut config = database.config();
    let error = PostgresStore::connect(config.dbname("latin").clone()).await.unwrap_err();
    assert_eq!(error.to_string(), "the store failed: the database's encoding is LATIN1: it must be UTF8");
}

#[tokio::test]
async fn what_postgresql_says_is_in_the_error_and_no_row() {
    let Some(database) = database().await else { return };
    let store = open(&database).await;
    database.run("alter table customerio_waiting add check (lane > 7)").await;
    let error = store.append(&[event(1)]).await.unwrap_err().to_string();
    assert!(error.contains("violates check constraint") && error.contains("(23514)"), "{error}");
    assert!(!error.contains("purchase"), "{error}");
}

/// So that a sender knows which numbers may still come.
#[tokio::test]
async fn a_transaction_has_an_id_before_it_gets_a_number() {
    let Some(database) = database().await else { return };
    open(&database).await;
    let client = database.connect().await;
    for values in ["values ('default', 1, 0, '')", "select 'default', 1, 0, ''::bytea from generate_series(1, 2)"] {
        let insert = format!("insert into customerio_waiting (destination, lane, crc32, call) {values}");
        let rows = client.query(&format!("explain verbose {insert}"), &[]).await.unwrap();
        let output = rows.iter().map(|row| row.get::<_, String>(0)).find(|line| line.contains("nextval")).unwrap();
        assert!(output.find("pg_current_xact_id").unwrap() < output.find("nextval").unwrap(), "{output}");
    }
}
