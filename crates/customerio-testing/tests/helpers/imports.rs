//! An import that is waited for until it has ended, and its errors.

use std::time::Duration;

use customerio_core::{
    IdType, TransportError, TransportErrorKind, WaitErrorKind,
    app::imports::{Create, Get, ImportState},
};
use customerio_testing::Recorder;
use serde_json::{Value, json};

use super::{client, lines};

fn import(fields: &Value) -> String {
    let mut import = json!({"id": 30});
    import.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    json!({"import": import}).to_string()
}

fn in_state(state: &str) -> String {
    import(&json!({"state": state}))
}

fn create() -> Create {
    Create::people("May", "https://files.example.com/may.csv", IdType::Email)
}

#[tokio::test]
async fn it_is_started_once_and_waited_for_until_it_is_imported() {
    let done = import(&json!({"state": "imported", "rows_imported": 3, "error_export_id": 7, "warning_export_id": 8}));
    let recorder = ["preprocessing", "preprocessing", "importing"]
        .iter()
        .fold(Recorder::new(), |recorder, state| recorder.responding(200, in_state(state)))
        .responding(200, done);
    let client = client(&recorder);
    let call = {
        let client = client.clone();
        async move {
            let import = client.start_import(create()).await.unwrap();
            assert_eq!(import.id(), 30.into());
            import.await
        }
    };
    let import = tokio::spawn(call).await.unwrap().unwrap();
    assert_eq!(import.rows_imported, Some(3));
    let lines = lines(&recorder);
    assert!(lines[0].starts_with("POST /v1/imports {"), "{lines:?}");
    assert_eq!(lines[1..], ["GET /v1/imports/30"; 3]);
    assert_eq!(recorder.waits(), [2, 4].map(Duration::from_secs));
    // What could not be imported is the file of an export.
    assert_eq!(import.errors(&client).map(|file| file.id()), Some(7.into()));
    assert_eq!(import.warnings(&client).map(|file| file.id()), Some(8.into()));
}

#[tokio::test]
async fn one_that_failed_or_was_canceled_is_an_error_that_has_it() {
    for (state, expected) in [("failed", ImportState::Failed), ("canceled", ImportState::Canceled)] {
        let failed = import(&json!({"state": state, "error": "no header", "error_export_id": null}));
        let recorder = Recorder::new().responding(200, in_state("preprocessing")).responding(200, failed);
        let client = client(&recorder);
        let error = client.start_import(create()).await.unwrap().await.unwrap_err();
        assert_eq!(error.kind(), WaitErrorKind::Failed);
        assert_eq!(error.to_string(), format!("what app.imports.get waits for failed (its state is `{state}`)"));
        let import = error.into_last().unwrap();
        assert_eq!((import.state.as_ref(), import.error.as_deref()), (Some(&expected), Some("no header")));
        assert!(import.errors(&client).is_none() && import.warnings(&client).is_none());
    }
}

#[tokio::test]
async fn it_can_be_watched_and_another_process_goes_on_waiting() {
    let recorder = ["preprocessing", "validating", "importing", "importing", "imported"]
        .iter()
        .fold(Recorder::new(), |recorder, state| recorder.responding(200, in_state(state)));
    let client = client(&recorder);
    let mut import = client.start_import(create()).await.unwrap().with_deadline(Duration::from_secs(3));
    let mut seen = Vec::new();
    let error = loop {
        match import.next().await.unwrap() {
            Ok(import) => seen.push(import.state.clone().unwrap()),
            Err(error) => break error,
        }
    };
    assert_eq!(seen, [ImportState::Validating, ImportState::Importing, ImportState::Importing]);
    assert_eq!(error.kind(), WaitErrorKind::Deadline);
    assert!(!format!("{import:?}").contains("May"));
    let ended = client.wait_for(Get::new(import.id())).await.unwrap();
    assert_eq!(ended.is_done(), Some(true));
}

#[tokio::test]
async fn one_that_may_have_started_is_not_started_again() {
    let lost = Err(TransportError::maybe_sent(TransportErrorKind::Timeout));
    let recorder = Recorder::new().responding_with(lost);
    let endpoint = customerio_core::Endpoint::app(customerio_core::Region::Us, "key").unwrap();
    let client = customerio_core::Client::new(endpoint, recorder.clone());
    assert!(client.start_import(create()).await.is_err());
    assert_eq!(recorder.requests().len(), 1);
}
