//! A segment found by its name, or made.

use customerio_core::{
    Client, Error, TransportError, TransportErrorKind,
    app::segments::{Create, Segment},
};
use customerio_emulator::Emulator;
use customerio_testing::Recorder;
use serde_json::{Value, json};

use super::{client, lines};

const LIST: &str = "GET /v1/segments";
const CREATE: &str = r#"POST /v1/segments {"segment":{"name":"VIPs"}}"#;

fn listed(segments: &Value) -> String {
    json!({"segments": segments}).to_string()
}

fn vips(id: u32) -> Value {
    json!({"id": id, "name": "VIPs", "type": "manual"})
}

async fn find_or_create(recorder: &Recorder) -> (Result<Segment, Error>, Vec<String>) {
    let client = client(recorder);
    let call = async move { client.find_or_create_segment(Create::new("VIPs")).await };
    (tokio::spawn(call).await.unwrap(), lines(recorder))
}

#[tokio::test]
async fn the_manual_segment_of_that_name_is_found_and_of_several_the_first() {
    let others = json!([
        {"id": 1, "name": "vips", "type": "manual"},
        {"id": 2, "name": "VIPs", "type": "dynamic"},
        {"id": 9, "name": "VIPs", "type": "manual"},
        {"id": 8, "name": "VIPs"},
        {"name": "VIPs", "type": "manual"},
    ]);
    let (segment, lines) = find_or_create(&Recorder::new().responding(200, listed(&others))).await;
    assert_eq!((segment.unwrap().id, lines), (8.into(), vec![LIST.to_owned()]));
}

#[tokio::test]
async fn one_that_is_not_there_is_made_and_of_two_that_are_made_at_once_both_get_the_first() {
    for (after, expected) in
        [(json!([vips(7)]), 7), (json!([vips(7), vips(5)]), 5), (json!([]), 7), (json!([vips(9)]), 7)]
    {
        let recorder = Recorder::new()
            .responding(200, listed(&Value::Null))
            .responding(200, json!({"segment": vips(7)}).to_string())
            .responding(200, listed(&after));
        let (segment, lines) = find_or_create(&recorder).await;
        assert_eq!(segment.unwrap().id, expected.into());
        assert_eq!(lines, [LIST, CREATE, LIST]);
    }
    // What was made is returned, even if it cannot be listed.
    let recorder = Recorder::new()
        .responding(200, listed(&json!([])))
        .responding(200, json!({"segment": vips(7)}).to_string())
        .responding(500, "");
    assert_eq!(find_or_create(&recorder).await.0.unwrap().id, 7.into());
}

#[tokio::test]
async fn what_a_lost_response_made_is_found_and_not_made_again() {
    let lost = || Err(TransportError::maybe_sent(TransportErrorKind::Timeout));
    let begun = || Recorder::new().responding(200, listed(&json!([])));
    for recorder in [begun().responding_with(lost()), begun().responding(500, ""), begun().responding(200, "{}")] {
        let (segment, lines) = find_or_create(&recorder.responding(200, listed(&json!([vips(7)])))).await;
        assert_eq!(segment.unwrap().id, 7.into());
        assert_eq!(lines, [LIST, CREATE, LIST]);
    }
    // Where it cannot be found, its own error says what is known of it.
    for last in [(200, listed(&json!([]))), (401, String::new())] {
        let (result, lines) = find_or_create(&begun().responding_with(lost()).responding(last.0, last.1)).await;
        assert!(matches!(result, Err(Error::Transport(_))), "{result:?}");
        assert_eq!(lines, [LIST, CREATE, LIST]);
    }
}

#[tokio::test]
async fn what_cannot_be_made_sends_nothing_and_what_was_not_sent_is_not_looked_for() {
    let recorder = Recorder::new();
    let error = client(&recorder).find_or_create_segment(Create::new(" ")).await.unwrap_err();
    assert!(error.to_string().starts_with("the segment's name"), "{error}");
    assert!(lines(&recorder).is_empty());

    let unsent = Err(TransportError::not_sent(TransportErrorKind::Connect));
    let recorder = Recorder::new().responding(200, listed(&json!([]))).responding_with(unsent);
    let (result, lines) = find_or_create(&recorder).await;
    assert!(result.is_err());
    assert_eq!(lines, [LIST, CREATE]);
}

#[tokio::test]
async fn the_emulator_makes_it_once() {
    let emulator = Emulator::new();
    let app = Client::new(emulator.app_endpoint().unwrap(), emulator);
    let made = app.find_or_create_segment(Create::new("VIPs")).await.unwrap();
    let found = app.find_or_create_segment(Create::new("VIPs")).await.unwrap();
    assert_eq!((found.id, found.name), (made.id, made.name));
    assert_ne!(app.find_or_create_segment(Create::new("Others")).await.unwrap().id, found.id);
}
