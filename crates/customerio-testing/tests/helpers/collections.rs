//! A collection by its name: its contents replaced, or else made.

use customerio_core::{
    Error, TransportError, TransportErrorKind,
    app::collections::{Collection, Create},
};
use customerio_testing::Recorder;
use serde_json::{Value, json};

use super::{client, lines};

const LIST: &str = "GET /v1/collections";
const CREATE: &str = r#"POST /v1/collections {"name":"events","data":[{"city":"Oslo"}]}"#;

fn replace(id: u32) -> String {
    format!(r#"PUT /v1/collections/{id} {{"data":[{{"city":"Oslo"}}]}}"#)
}

fn listed(ids: &[u32]) -> String {
    let collections: Vec<_> = ids.iter().map(|id| json!({"id": id, "name": "events"})).collect();
    json!({"collections": collections}).to_string()
}

fn collection(id: u32) -> String {
    json!({"collection": {"id": id, "name": "events", "rows": 1}}).to_string()
}

async fn sync(recorder: &Recorder) -> (Result<Collection, Error>, Vec<String>) {
    let client = client(recorder);
    let call = async move { client.sync_collection(Create::from_rows("events", json!([{"city": "Oslo"}]))).await };
    (tokio::spawn(call).await.unwrap(), lines(recorder))
}

#[tokio::test]
async fn the_contents_of_the_first_of_that_name_are_replaced() {
    let others = json!([
        {"id": 1, "name": "Events"}, {"id": 9, "name": "events"}, {"id": 8, "name": "events"}, {"id": 2}, {"name": "events"},
    ]);
    let recorder =
        Recorder::new().responding(200, json!({"collections": others}).to_string()).responding(200, collection(8));
    let (synced, lines) = sync(&recorder).await;
    assert_eq!((synced.unwrap().rows, lines), (Some(1), vec![LIST.to_owned(), replace(8)]));

    // The file that the service fetches too.
    let recorder = Recorder::new().responding(200, listed(&[8])).responding(200, collection(8));
    client(&recorder).sync_collection(Create::from_url("events", "https://a.example/e.csv")).await.unwrap();
    assert_eq!(super::lines(&recorder)[1], r#"PUT /v1/collections/8 {"url":"https://a.example/e.csv"}"#);
}

#[tokio::test]
async fn one_that_is_not_there_is_made() {
    for after in [&[7][..], &[], &[9]] {
        let recorder = Recorder::new()
            .responding(200, json!({"collections": Value::Null}).to_string())
            .responding(200, collection(7))
            .responding(200, listed(after));
        let (synced, lines) = sync(&recorder).await;
        assert_eq!(synced.unwrap().id, 7.into());
        assert_eq!(lines, [LIST, CREATE, LIST]);
    }
    let recorder = Recorder::new().responding(200, listed(&[])).responding(200, collection(7)).responding(500, "");
    assert_eq!(sync(&recorder).await.0.unwrap().id, 7.into());
}

#[tokio::test]
async fn of_two_that_are_made_at_once_the_first_gets_the_contents() {
    let recorder = Recorder::new()
        .responding(200, listed(&[]))
        .responding(200, collection(7))
        .responding(200, listed(&[7, 5]))
        .responding(200, collection(5));
    let (synced, lines) = sync(&recorder).await;
    assert_eq!(synced.unwrap().id, 5.into());
    assert_eq!(lines, [LIST, CREATE, LIST, &replace(5)]);
}

#[tokio::test]
async fn what_a_lost_response_made_is_found_and_not_made_again() {
    let lost = || Err(TransportError::maybe_sent(TransportErrorKind::Timeout));
    let begun = || Recorder::new().responding(200, listed(&[]));
    for recorder in [begun().responding_with(lost()), begun().responding(500, ""), begun().responding(422, "")] {
        let (synced, lines) = sync(&recorder.responding(200, listed(&[7])).responding(200, collection(7))).await;
        assert_eq!(synced.unwrap().id, 7.into());
        assert_eq!(lines, [LIST, CREATE, LIST, &replace(7)]);
    }
    for last in [(200, listed(&[])), (401, String::new())] {
        let (result, lines) = sync(&begun().responding_with(lost()).responding(last.0, last.1)).await;
        assert!(matches!(result, Err(Error::Transport(_))), "{result:?}");
        assert_eq!(lines, [LIST, CREATE, LIST]);
    }
    let unsent = Err(TransportError::not_sent(TransportErrorKind::Connect));
    let (result, lines) = sync(&begun().responding_with(unsent)).await;
    assert!(result.is_err());
    assert_eq!(lines, [LIST, CREATE]);
}

#[tokio::test]
async fn what_cannot_be_made_sends_nothing() {
    let recorder = Recorder::new();
    for collection in [Create::from_rows(" ", json!([])), Create::from_rows("events", "rows")] {
        assert!(matches!(client(&recorder).sync_collection(collection).await, Err(Error::Build(_))));
    }
    assert!(lines(&recorder).is_empty());
}
