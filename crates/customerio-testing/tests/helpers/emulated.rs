//! The helpers against the emulator, which keeps what it is told.

use std::{collections::BTreeMap, time::Duration};

use customerio_core::{
    App, Client, IdType, WaitErrorKind,
    app::{
        SendEmail, TransactionalMessageId,
        collections::{self, Contents},
        imports, snippets,
        suppressions::SuppressionType,
        transactional,
    },
};
use customerio_emulator::{Emulator, ImportResult};
use serde_json::json;

fn app(emulator: &Emulator) -> Client<App> {
    Client::new(emulator.app_endpoint().unwrap(), emulator.clone())
}

#[tokio::test]
async fn snippets_are_as_they_are_wanted() {
    let app = app(&Emulator::new());
    for (name, value) in [("same", "1"), ("differs", "2"), ("old", "3")] {
        app.call(snippets::Update::new(name, value)).await.unwrap();
    }
    let wanted = BTreeMap::from([("same", "1"), ("differs", "4"), ("new", "5")]);
    let report = app.plan_snippets(&wanted).await.unwrap().deleting_others().apply().await;
    assert_eq!((report.made.join(" "), report.changed.join(" ")), ("new".into(), "differs".into()));
    assert_eq!((report.deleted.join(" "), report.failed.len()), ("old".into(), 0));
    let there = app.call(snippets::List::new()).await.unwrap().items;
    let there: BTreeMap<_, _> = there.iter().map(|it| (it.name.as_str(), it.value.as_deref().unwrap())).collect();
    assert_eq!(there, wanted);
    assert!(app.plan_snippets(&wanted).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_collection_is_made_once_and_gets_its_contents() {
    let app = app(&Emulator::new());
    let sync = |rows| app.sync_collection(collections::Create::from_rows("events", rows));
    let made = sync(json!([{"city": "Oslo"}])).await.unwrap();
    let synced = sync(json!([{"city": "Lyon"}, {"city": "Rome"}])).await.unwrap();
    assert_eq!((synced.id, synced.rows), (made.id, Some(2)));
    let contents = app.call(Contents::new(made.id)).await.unwrap();
    assert_eq!(contents.read::<serde_json::Value>().unwrap(), json!([{"city": "Lyon"}, {"city": "Rome"}]));
}

#[tokio::test]
async fn many_addresses_are_kept_out_and_let_in_again_page_by_page() {
    let app = app(&Emulator::new());
    let addresses: Vec<_> = (0..1_005).map(|number| format!("{number}@example.com")).collect();
    let bounced = addresses.iter().map(|email| (SuppressionType::Bounces, email));
    let report = app.suppress_all(bounced.chain([(SuppressionType::Blocks, &addresses[0])])).finish().await;
    assert_eq!((report.done, report.failed.len()), (1_006, 0));
    for mut found in [
        app.suppressions().collect_addresses().await.unwrap(),
        app.suppressions().of_domain("mail.example.com").collect_addresses().await.unwrap(),
    ] {
        assert_eq!(found.len(), 1_006);
        found.sort_by_key(|(suppression_type, email)| (suppression_type.to_string(), email.clone()));
        found.dedup();
        assert_eq!(found.len(), 1_006);
    }
    let found = app.suppressions().of_type(SuppressionType::Bounces).collect_addresses().await.unwrap();
    let report = app.unsuppress_all(found).finish().await;
    assert_eq!((report.done, report.failed.len()), (1_005, 0));
    let left = app.suppressions().collect_addresses().await.unwrap();
    assert_eq!(left, [(SuppressionType::Blocks, addresses[0].clone())]);
}

#[tokio::test]
async fn transactional_messages_are_there_or_not() {
    let emulator = Emulator::new();
    emulator.create_transactional_message(44, "password_reset");
    let app = app(&emulator);
    app.check_transactional(["PASSWORD_RESET", "44"]).await.unwrap();
    let error = app.check_transactional(["44", "welcome"].map(TransactionalMessageId::from)).await.unwrap_err();
    assert!(
        error.to_string().contains("\"welcome\": make it, or use one that is there: 44 \"password_reset\""),
        "{error}"
    );
    // What was sent of one is read between two times too.
    let track = Client::new(emulator.track_endpoint().unwrap(), emulator.clone());
    track.identify("42", json!({"email": "ada@example.com"})).await.unwrap();
    let start = emulator.now();
    for _ in 0..3 {
        app.send_email(SendEmail::from_template(44, "ada@example.com")).await.unwrap();
        emulator.advance(Duration::from_secs(300 * 24 * 60 * 60));
    }
    let mut messages = transactional::Messages::new(44).between(&app, start, emulator.now());
    let mut count = 0;
    while let Some(message) = messages.next().await {
        message.unwrap();
        count += 1;
    }
    assert_eq!(count, 3);
}

#[tokio::test]
async fn an_import_ends() {
    let emulator = Emulator::new();
    let app = app(&emulator);
    let create = || imports::Create::people("May", "https://files.example.com/may.csv", IdType::Email);
    emulator.set_import_result(ImportResult::Imported(3));
    let import = app.start_import(create()).await.unwrap().await.unwrap();
    assert_eq!((import.is_done(), import.rows_imported), (Some(true), Some(3)));
    assert!(import.errors(&app).is_none());
    emulator.set_import_result(ImportResult::Failed("no header".into()));
    let error = app.start_import(create()).await.unwrap().await.unwrap_err();
    assert_eq!(error.kind(), WaitErrorKind::Failed);
    assert_eq!(error.last().unwrap().error.as_deref(), Some("no header"));
    let import = app.start_import(create()).await.unwrap().with_deadline(Duration::ZERO);
    assert_eq!(import.await.unwrap_err().kind(), WaitErrorKind::Deadline);
}
