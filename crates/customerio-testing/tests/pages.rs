//! What is promised of lists: nothing twice, nothing left out, whatever goes wrong on the way.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{future::poll_fn, pin::pin, task::Poll};

use customerio_core::{
    App, Client, Cursor, Delivery, Endpoint, Paged, Region, RetryPolicy, TransportError, TransportErrorKind,
    app::segments::Membership,
};
use customerio_emulator::Emulator;
use customerio_testing::Recorder;
use serde_json::json;

fn client(recorder: &Recorder) -> Client<App> {
    let endpoint = Endpoint::app(Region::Us, "key").unwrap();
    Client::new(endpoint, recorder.clone()).with_retry_policy(RetryPolicy::default().with_attempts(1))
}

/// A page of people with these ids, and where the next one starts.
fn page(ids: &[&str], next: &str) -> String {
    let people: Vec<_> = ids.iter().map(|id| json!({"id": id, "email": null, "cio_id": format!("c{id}")})).collect();
    json!({"identifiers": people, "next": next}).to_string()
}

/// The cursors that were asked for.
fn asked(recorder: &Recorder) -> Vec<String> {
    let start = |query: &str| query.split('&').find_map(|pair| pair.strip_prefix("start=")).unwrap_or("").to_owned();
    recorder.requests().iter().map(|request| request.uri().query().map(start).unwrap_or_default()).collect()
}

#[tokio::test]
async fn every_item_comes_once_and_an_empty_page_is_not_the_end() {
    let recorder = Recorder::new()
        .responding(200, page(&["1", "2"], "a"))
        .responding(200, page(&[], "b"))
        .responding(200, page(&["3"], ""));
    let ids = tokio::spawn({
        let client = client(&recorder);
        async move {
            let mut people = client.items(Membership::new(7).with_limit(2));
            let mut ids = Vec::new();
            while let Some(person) = people.next().await {
                ids.push(person.unwrap().id.unwrap());
            }
            assert!(people.next().await.is_none() && people.cursor().is_none());
            ids
        }
    });
    assert_eq!(ids.await.unwrap(), ["1", "2", "3"]);
    assert_eq!(asked(&recorder), ["", "a", "b"]);
    assert!(recorder.requests().iter().all(|request| request.uri().query().unwrap().contains("limit=2")));
}

#[tokio::test]
async fn a_fault_keeps_the_place_and_gives_nothing_twice() {
    let lost = TransportError::maybe_sent(TransportErrorKind::Connection);
    let recorder = Recorder::new()
        .responding(200, page(&["1"], "a"))
        .responding(500, "")
        .responding_with(Err(lost))
        .responding(200, page(&["2"], ""));
    let client = client(&recorder);
    let mut people = client.items(Membership::new(7));
    assert_eq!(people.next().await.unwrap().unwrap().id.as_deref(), Some("1"));
    assert_eq!(people.next().await.unwrap().unwrap_err().status().map(|status| status.as_u16()), Some(500));
    assert_eq!(people.next().await.unwrap().unwrap_err().delivery(), Delivery::MaybeSent);
    assert_eq!(people.next().await.unwrap().unwrap().id.as_deref(), Some("2"));
    assert!(people.next().await.is_none());
    assert_eq!(asked(&recorder), ["", "a", "a", "a"]);
}

#[tokio::test]
async fn a_future_that_is_dropped_loses_nothing() {
    let recorder = Recorder::new().responding(200, page(&["1"], "a")).responding(200, page(&["2"], ""));
    let client = client(&recorder);
    let mut pages = client.pages(Membership::new(7));
    for _ in 0..2 {
        // Polled at most once and dropped.
        let mut next = pin!(pages.next());
        let polled = poll_fn(|context| Poll::Ready(next.as_mut().poll(context))).await;
        if let Poll::Ready(page) = polled {
            assert_eq!(page.unwrap().unwrap().items.len(), 1);
        }
    }
    while let Some(page) = pages.next().await {
        page.unwrap();
    }
    assert_eq!(asked(&recorder), ["", "a"]);
}

#[tokio::test]
async fn a_list_that_goes_round_in_a_circle_is_an_error() {
    for length in 1..=5 {
        let recorder = (0..200).fold(Recorder::new(), |recorder, number| {
            // Three pages lead into the circle.
            let next = if number < 3 { format!("in{number}") } else { format!("c{}", (number - 3) % length) };
            recorder.responding(200, page(&["1"], &next))
        });
        let client = client(&recorder);
        let mut pages = client.pages(Membership::new(7));
        let error = loop {
            match pages.next().await {
                Some(Ok(_)) => {}
                Some(Err(error)) => break error,
                None => panic!("the list has no end"),
            }
        };
        assert!(error.to_string().contains("the cursor of an earlier page"), "{error}");
        assert!(pages.next().await.is_none());
        assert!(recorder.requests().len() < 4 * (3 + length), "{length}: {}", recorder.requests().len());
    }
}

#[tokio::test]
async fn another_process_goes_on_from_a_stored_cursor() {
    let recorder = Recorder::new().responding(200, page(&["1", "2"], "a+b")).responding(200, page(&["3"], ""));
    let client = client(&recorder);
    let stored = {
        let mut pages = client.pages(Membership::new(7));
        assert!(pages.cursor().is_none());
        pages.next().await.unwrap().unwrap();
        serde_json::to_string(pages.cursor().unwrap()).unwrap()
    };
    let cursor: Cursor = serde_json::from_str(&stored).unwrap();
    let mut pages = client.pages(Membership::new(7).starting_at(&cursor));
    assert_eq!(pages.next().await.unwrap().unwrap().items[0].id.as_deref(), Some("3"));
    assert!(pages.next().await.is_none());
    assert!(recorder.requests()[1].uri().query().unwrap().contains("start=a%2Bb"));
}

#[tokio::test]
async fn the_place_among_items_is_the_page_that_is_being_given() {
    let recorder = Recorder::new().responding(200, page(&["1", "2"], "a")).responding(200, page(&["3", "4"], ""));
    let client = client(&recorder);
    let mut people = client.items(Membership::new(7));
    let mut places = Vec::new();
    while let Some(person) = people.next().await {
        places.push((person.unwrap().id.unwrap(), people.cursor().map(Cursor::to_string)));
    }
    let expected = [("1", None), ("2", Some("a")), ("3", Some("a")), ("4", None)];
    let expected = expected.map(|(id, cursor)| (id.to_owned(), cursor.map(str::to_owned)));
    assert_eq!(places, expected);
}

#[tokio::test]
async fn all_members_of_a_segment_are_read_from_the_emulator() {
    let emulator = Emulator::new();
    emulator.create_segment(7);
    let track = Client::new(emulator.track_endpoint().unwrap(), emulator.clone());
    let ids: Vec<_> = (0..25).map(|number| format!("{number:02}")).collect();
    for id in &ids {
        track.identify(id, json!({})).await.unwrap();
    }
    track.add_to_segment(7, &ids).await.unwrap();
    let app = Client::new(emulator.app_endpoint().unwrap(), emulator);
    let mut people = app.items(Membership::new(7).with_limit(10));
    let mut read = Vec::new();
    while let Some(person) = people.next().await {
        read.push(person.unwrap().id.unwrap());
    }
    read.sort();
    assert_eq!(read, ids);
}
