//! The messages between two times, however long that is.

use std::{pin::Pin, time::Duration};

use customerio_core::{
    App, Client, Error, TransportError, TransportErrorKind,
    app::{DeliveryPosition, DeliveryStream, MessageDelivery, SendPush, campaigns, messages::List, transactional},
};
use customerio_emulator::Emulator;
use customerio_testing::Recorder;
use futures_core::Stream;
use serde_json::{Value, json};

use super::{client, lines};

const DAY: i64 = 24 * 60 * 60;
const WINDOW: i64 = 180 * DAY;
const FROM: i64 = 1_600_000_000;

fn message(id: &str, created: i64) -> Value {
    json!({"id": id, "created": created})
}

fn page(messages: &Value, next: &str) -> String {
    json!({"messages": messages, "next": next}).to_string()
}

/// What is left, by id.
async fn read<O>(messages: &mut DeliveryStream<O>) -> Result<Vec<String>, Error>
where
    O: customerio_core::Paged<Api = App, Item = MessageDelivery>,
{
    let mut ids = Vec::new();
    while let Some(message) = messages.next().await {
        ids.push(message?.id.to_string());
    }
    Ok(ids)
}

/// The times and the cursors that were asked for.
fn asked(recorder: &Recorder) -> Vec<(i64, i64, Option<String>)> {
    let requests = recorder.requests();
    let parameter = |query: &str, name: &str| {
        query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).map(str::to_owned)
    };
    let asked = requests.iter().map(|request| request.uri().query().unwrap()).map(|query| {
        let time = |name| parameter(query, name).unwrap().parse().unwrap();
        (time("start_ts"), time("end_ts"), parameter(query, "start"))
    });
    asked.collect()
}

#[tokio::test]
async fn a_long_time_is_read_in_windows_that_share_no_message() {
    let (middle, until) = (FROM + WINDOW, FROM + WINDOW + 7);
    let first = json!([
        message("before", FROM - 1),
        message("first", FROM),
        message("last", middle - 1),
        message("border", middle),
        {"id": "by its metrics", "metrics": {"created": FROM + 1}},
        {"id": "of the second", "created": null, "metrics": {"created": middle}},
        {"id": "of no time"},
    ]);
    let second = json!([
        message("last", middle - 1),
        message("border", middle),
        {"id": "of the second", "created": null, "metrics": {"created": middle}},
        message("end", until - 1),
        message("after", until),
    ]);
    let recorder = Recorder::new().responding(200, page(&first, "")).responding(200, page(&second, ""));
    let mut messages = List::new().between(&client(&recorder), FROM, until);
    let (ids, position) = tokio::spawn(async move {
        let ids = read(&mut messages).await.unwrap();
        (ids, messages.position())
    })
    .await
    .unwrap();
    assert_eq!(ids, ["first", "last", "by its metrics", "of no time", "border", "of the second", "end"]);
    assert_eq!(position, None);
    assert_eq!(asked(&recorder), [(FROM - 1, middle + 1, None), (middle - 1, until + 1, None)]);
}

#[tokio::test]
async fn no_window_is_longer_than_the_shortest_half_year() {
    let years = 3 * 365 * DAY;
    let recorder = (0..7).fold(Recorder::new(), |recorder, _| recorder.responding(200, page(&json!([]), "")));
    let mut messages = List::new().between(&client(&recorder), FROM, FROM + years);
    assert!(read(&mut messages).await.unwrap().is_empty());
    let asked = asked(&recorder);
    assert_eq!(asked.len(), 7);
    assert_eq!((asked[0].0, asked[6].1), (FROM - 1, FROM + years + 1));
    // From September to March there are 181 days.
    assert!(asked.iter().all(|(from, until, _)| until - from <= 181 * DAY));
    assert!(asked.windows(2).all(|pair| pair[0].1 == pair[1].0 + 2));
}

#[tokio::test]
async fn every_list_of_messages_has_it_with_its_own_choice() {
    let times = format!("start_ts={}&end_ts={}", FROM - 1, FROM + 11);
    let recorder =
        (0..4).fold(Recorder::new(), |recorder, _| recorder.responding(200, page(&json!([message("a", FROM)]), "")));
    let client = client(&recorder);
    let ids = [
        read(&mut List::new().with_campaign_id(5).between(&client, FROM, FROM + 10)).await.unwrap(),
        // A cursor and times of its own have no meaning here.
        read(&mut List::new().with_limit(7).with_start("x").with_from(1).between(&client, FROM, FROM + 10))
            .await
            .unwrap(),
        read(&mut campaigns::Messages::new(46).with_drafts(true).between(&client, FROM, FROM + 10)).await.unwrap(),
        read(&mut transactional::Messages::new(44).with_metric("sent").between(&client, FROM, FROM + 10))
            .await
            .unwrap(),
    ];
    assert!(ids.iter().all(|ids| ids == &["a"]));
    assert_eq!(
        lines(&recorder),
        [
            format!("GET /v1/messages?limit=1000&{times}&campaign_id=5"),
            format!("GET /v1/messages?limit=7&{times}"),
            format!("GET /v1/campaigns/46/messages?limit=1000&drafts=true&{times}"),
            format!("GET /v1/transactional/44/messages?limit=1000&metric=sent&{times}"),
        ]
    );
}

#[tokio::test]
async fn another_process_goes_on_from_a_stored_position() {
    let until = FROM + 2 * WINDOW;
    // Two windows of two pages of two messages.
    let pages = [("a", FROM, "p"), ("b", FROM + 1, ""), ("c", FROM + WINDOW, "q"), ("d", FROM + WINDOW + 1, "")];
    let body = |(name, created, next): (&str, i64, &str)| {
        page(&json!([message(&format!("{name}1"), created), message(&format!("{name}2"), created)]), next)
    };
    let recorder = pages.iter().fold(Recorder::new(), |recorder, page| recorder.responding(200, body(*page)));
    let list = |recorder: &Recorder| List::new().between(&client(recorder), FROM, until);
    let mut messages = list(&recorder);
    let mut stored = vec![("start".to_owned(), messages.position())];
    while let Some(message) = messages.next().await {
        stored.push((message.unwrap().id.to_string(), messages.position()));
    }
    assert_eq!(
        asked(&recorder).iter().map(|(.., cursor)| cursor.as_deref()).collect::<Vec<_>>(),
        [None, Some("p"), None, Some("q")]
    );
    for (after, expected, number) in [
        ("start", &["a1", "a2", "b1", "b2", "c1", "c2", "d1", "d2"][..], 0),
        ("a1", &["a1", "a2", "b1", "b2", "c1", "c2", "d1", "d2"], 0),
        ("a2", &["b1", "b2", "c1", "c2", "d1", "d2"], 1),
        ("b1", &["b1", "b2", "c1", "c2", "d1", "d2"], 1),
        ("b2", &["c1", "c2", "d1", "d2"], 2),
        ("c2", &["d1", "d2"], 3),
        ("d1", &["d1", "d2"], 3),
    ] {
        let (_, position) = stored.iter().find(|(id, _)| id == after).unwrap();
        let json = serde_json::to_string(position.as_ref().unwrap()).unwrap();
        let position: DeliveryPosition = serde_json::from_str(&json).unwrap();
        let rest = pages[number..].iter().fold(Recorder::new(), |recorder, page| recorder.responding(200, body(*page)));
        let mut messages = list(&rest).resuming_at(&position);
        assert_eq!(messages.position(), Some(position), "{after}");
        assert_eq!(read(&mut messages).await.unwrap(), expected, "{after}");
        assert_eq!(asked(&rest), asked(&recorder)[number..], "{after}");
    }
    assert_eq!(stored.last().unwrap(), &("d2".to_owned(), None));
    assert!(!format!("{:?} {:?}", list(&recorder), stored[3].1).contains('p'));
}

#[tokio::test]
async fn a_fault_keeps_the_place_and_a_circle_is_the_end() {
    let lost = TransportError::maybe_sent(TransportErrorKind::Connection);
    let recorder = Recorder::new()
        .responding(200, page(&json!([message("a", FROM)]), "p"))
        .responding(500, "")
        .responding(200, page(&json!([message("b", FROM)]), ""))
        .responding_with(Err(lost))
        .responding(200, page(&json!([message("c", FROM + WINDOW)]), "q"))
        .responding(200, page(&json!([message("d", FROM + WINDOW)]), "q"));
    let mut messages = List::new().between(&client(&recorder), FROM, FROM + 3 * WINDOW);
    let mut told = Vec::new();
    while let Some(message) = messages.next().await {
        told.push(message.map_or_else(|error| error.to_string(), |message| message.id.to_string()));
    }
    assert_eq!((&told[0], &told[2], &told[4], told.len()), (&"a".into(), &"b".into(), &"c".into(), 6));
    assert!(told[5].contains("the cursor of an earlier page"), "{told:?}");
    assert!(messages.next().await.is_none() && messages.position().is_some());
}

#[tokio::test]
async fn times_that_cannot_be_are_refused_and_no_time_has_no_messages() {
    let recorder = Recorder::new();
    let client = client(&recorder);
    for (from, until, what) in [
        (2, 1, "the begin of the time is not valid: it is after the end"),
        (1_700_000_000_000, 1_700_000_000_001, "the begin of the time is not valid: it can only be milliseconds"),
        (1, 1_700_000_000_001, "the end of the time is not valid: it can only be milliseconds"),
        (1, i64::MAX, "the end of the time is not valid: it can only be milliseconds"),
    ] {
        let mut messages = List::new().between(&client, from, until);
        let error = messages.next().await.unwrap().unwrap_err();
        assert!(error.to_string().starts_with(what), "{error}");
        assert!(messages.next().await.is_none());
    }
    for (from, until) in [(7, 7), (-7, -1), (i64::MIN, -1), (i64::MIN, 0)] {
        assert!(List::new().between(&client, from, until).next().await.is_none());
    }
    assert!(recorder.requests().is_empty());
}

#[tokio::test]
async fn what_lies_in_the_future_is_not_read_and_a_part_of_a_second_counts() {
    let responses =
        |count| (0..count).fold(Recorder::new(), |recorder, _| recorder.responding(200, page(&json!([]), "")));
    // It is 1,700,000,000.
    let recorder = responses(2);
    read(&mut List::new().between(&client(&recorder), 1_690_000_000, 99_999_999_999)).await.unwrap();
    assert_eq!(asked(&recorder).len(), 1);

    let recorder = responses(1);
    let until = customerio_core::Timestamp::from_unix_millis(1_500);
    read(&mut List::new().between(&client(&recorder), 0, until)).await.unwrap();
    assert_eq!(asked(&recorder), [(0, 3, None)]);
}

#[tokio::test]
async fn it_is_a_stream() {
    let recorder = Recorder::new().responding(200, page(&json!([message("a", FROM), message("b", FROM)]), ""));
    let mut messages = List::new().between(&client(&recorder), FROM, FROM + 1);
    let mut ids = Vec::new();
    while let Some(message) = std::future::poll_fn(|context| Pin::new(&mut messages).poll_next(context)).await {
        ids.push(message.unwrap().id.to_string());
    }
    assert_eq!(ids, ["a", "b"]);
}

#[tokio::test]
async fn the_emulator_lists_all_of_three_years() {
    let emulator = Emulator::new();
    let app = Client::new(emulator.app_endpoint().unwrap(), emulator.clone());
    let track = Client::new(emulator.track_endpoint().unwrap(), emulator.clone());
    track.identify("42", json!({})).await.unwrap();
    let now = || emulator.now();
    let (start, mut sent) = (now(), Vec::new());
    for _ in 0..40 {
        sent.push(app.send_push(SendPush::new(1, "42")).await.unwrap().delivery_id.to_string());
        emulator.advance(Duration::from_secs(30 * 24 * 60 * 60));
    }
    let mut clipped = app.items(List::new().with_from(start).with_until(now()));
    let mut count = 0;
    while let Some(message) = clipped.next().await {
        count += usize::from(message.is_ok());
    }
    assert!(count < 10, "the list alone is clipped without an error: {count}");
    assert_eq!(read(&mut List::new().with_limit(2).between(&app, start, now())).await.unwrap(), sent);
}
