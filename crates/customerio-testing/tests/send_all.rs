//! Batches through a client: what became of every item, whatever the server answers.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod over_tokio;

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
};

use customerio_core::{
    BatchEvent, BatchOptions, BuildError, Client, Delivery, Endpoint, Item, ItemError, Limits, Region, Summary, Track,
    TrackBatch, TransportError, TransportErrorKind, track::v2::person::Identify,
};
use customerio_testing::Recorder;
use over_tokio::OverTokio;

/// Three items a batch: an item has 85 bytes up to number 9.
fn client(recorder: &Recorder) -> Client<Track> {
    let endpoint = Endpoint::track(Region::Us, "site", "key").unwrap();
    Client::new(endpoint.with_limits(Limits::default().with_batch(270)), recorder.clone())
}

type Tagged = (usize, Result<Item<TrackBatch>, BuildError>);

fn people(client: &Client<Track>, count: usize) -> impl Iterator<Item = Tagged> {
    (0..count).map(|number| (number, client.item(Identify::new(format!("person-{number}")))))
}

/// The summary, and how each item failed that did.
async fn send(
    recorder: &Recorder,
    count: usize,
    options: BatchOptions,
) -> (Summary, BTreeMap<usize, ItemError>, usize) {
    let client = client(recorder);
    let (mut failures, mut unknown) = (BTreeMap::new(), 0);
    let summary = client
        .send_all(people(&client, count), options, |event| match event {
            BatchEvent::Failed(failed) => {
                assert!(failures.insert(failed.tag, failed.error).is_none(), "an item is told of once");
            }
            BatchEvent::Unknown(_) => unknown += 1,
            _ => {}
        })
        .await;
    let told = summary.rejected + summary.invalid + summary.undelivered;
    assert_eq!(told, failures.len() as u64);
    (summary, failures, unknown)
}

/// The ids of the people in the batches that arrived.
fn ids(recorder: &Recorder) -> Vec<Vec<String>> {
    let bodies = recorder.requests().into_iter().map(|request| {
        let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
        let id = |item: &serde_json::Value| item["identifiers"]["id"].as_str().unwrap().to_owned();
        body["batch"].as_array().unwrap().iter().map(id).collect()
    });
    bodies.collect()
}

#[tokio::test]
async fn everything_arrives_in_its_order() {
    let recorder = Recorder::new();
    let (summary, failures, _) = send(&recorder, 8, BatchOptions::default()).await;
    assert_eq!((summary.accepted, summary.batches, failures.len()), (8, 3, 0));
    let expected: Vec<_> = (0..8).map(|number| format!("person-{number}")).collect();
    assert_eq!(ids(&recorder).concat(), expected);
    assert_eq!(ids(&recorder).iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 2]);

    let recorder = Recorder::new();
    let (summary, _, _) = send(&recorder, 0, BatchOptions::default()).await;
    assert_eq!((summary.batches, recorder.requests().len()), (0, 0));
}

#[tokio::test]
async fn a_partial_answer_is_mapped_back_and_never_sent_again() {
    let body = r#"{"errors":[{"batch_index":1,"reason":"invalid","field":"id","message":"no"},{"batch_index":9}]}"#;
    let recorder = Recorder::new().answering(200, "{}").answering(207, body);
    let (summary, failures, unknown) = send(&recorder, 8, BatchOptions::default()).await;
    assert_eq!((summary.accepted, summary.rejected, summary.unknown, unknown), (7, 1, 1, 1));
    let ItemError::Rejected(rejected) = &failures[&4] else { panic!("{failures:?}") };
    assert_eq!((rejected.field.as_deref(), rejected.message.as_deref()), (Some("id"), Some("no")));
    assert_eq!(recorder.requests().len(), 3);
}

#[tokio::test]
async fn a_2xx_that_tells_of_errors_and_names_no_item_is_no_success_and_never_sent_again() {
    for (status, body) in [
        (207, ""),
        (207, "{}"),
        (207, r#"{"errors":null}"#),
        (207, r#"{"error":"nope"}"#),
        (200, r#"{"meta":{"errors":["nope"]}}"#),
        (200, r#"{"errors":["nope"]}"#),
    ] {
        let recorder = Recorder::new().answering(status, body);
        let (summary, failures, _) = send(&recorder, 5, BatchOptions::default()).await;
        assert_eq!((summary.accepted, summary.undelivered, recorder.requests().len()), (2, 3, 2), "{status} {body}");
        let ItemError::Undelivered(error) = &failures[&0] else { panic!("{failures:?}") };
        assert_eq!((error.delivery(), error.status().unwrap().as_u16()), (Delivery::Answered, status), "{body}");
        assert_eq!(failures[&0].to_string().contains("nope"), body.contains("nope"), "{}", failures[&0]);
    }
}

#[tokio::test]
async fn a_batch_that_is_refused_as_a_whole_is_halved_until_the_culprit_is_found() {
    const NO: &str = r#"{"errors":[{"reason":"invalid","message":"person-1 is not valid"}]}"#;
    // 0 1 2 | 0 | 1 2 | 1 | 2 | then the others
    let answers = [(400, NO), (200, "{}"), (400, NO), (400, NO), (200, "{}")];
    let recorder =
        answers.into_iter().fold(Recorder::new(), |recorder, (status, body)| recorder.answering(status, body));
    let (summary, failures, _) = send(&recorder, 5, BatchOptions::default()).await;
    assert_eq!((summary.accepted, summary.rejected), (4, 1));
    assert_eq!(failures.keys().collect::<Vec<_>>(), [&1]);
    assert_eq!(failures[&1].to_string(), "the server rejected it: person-1 is not valid");
    let sizes: Vec<_> = ids(&recorder).iter().map(Vec::len).collect();
    assert_eq!(sizes, [3, 1, 2, 1, 1, 2]);
    // Nothing that was accepted is sent again.
    let accepted: Vec<_> = [1, 4, 5].iter().flat_map(|index| ids(&recorder)[*index].clone()).collect();
    assert_eq!(accepted.iter().collect::<BTreeSet<_>>().len(), accepted.len());
}

#[tokio::test]
async fn a_batch_that_cannot_be_delivered_is_told_of_and_the_next_ones_are_tried() {
    let lost = || Err(TransportError::maybe_sent(TransportErrorKind::Connection));
    let recorder = Recorder::new().answering_with(lost()).answering_with(lost()).answering_with(lost());
    let (summary, failures, _) = send(&recorder, 6, BatchOptions::default()).await;
    assert_eq!((summary.accepted, summary.undelivered), (3, 3));
    assert!(summary.stopped.is_none());
    let ItemError::Undelivered(error) = &failures[&0] else { panic!("{failures:?}") };
    assert_eq!((error.delivery(), error.attempts()), (Delivery::MaybeSent, 3));
    // The same batch three times, byte for byte, and then the other.
    let requests = recorder.requests();
    assert_eq!(requests.len(), 4);
    assert!(requests[..3].iter().all(|request| request.body() == requests[0].body()));
}

#[tokio::test]
async fn credentials_that_are_not_good_end_it_and_everything_taken_is_told_of() {
    let recorder = Recorder::new().answering(401, r#"{"meta":{"error":"Unauthorized request"}}"#);
    let client = client(&recorder);
    let (mut taken, mut failed) = (0, 0);
    let source = people(&client, 100).inspect(|_| taken += 1);
    let summary = client
        .send_all(source, BatchOptions::default(), |event| failed += u64::from(matches!(event, BatchEvent::Failed(_))))
        .await;
    assert_eq!((recorder.requests().len(), summary.undelivered, failed), (1, 4, 4));
    assert_eq!(taken, 4, "three of the batch, and the one that did not fit");
    assert_eq!(summary.stopped.unwrap().status().unwrap(), 401);
}

#[tokio::test]
async fn what_cannot_be_sent_is_told_of_with_the_rest() {
    let recorder = Recorder::new();
    let client = client(&recorder);
    let long = "x".repeat(300);
    let attributes = BTreeMap::from([("text", &long)]);
    let items = [
        (0, client.item(Identify::new("1"))),
        (1, client.item(Identify::new(""))),
        (2, client.item(Identify::new("2").with_attributes(&attributes))),
        (3, client.item(Identify::new("3"))),
    ];
    let mut refused = Vec::new();
    let summary = client
        .send_all(items, BatchOptions::default(), |event| {
            if let BatchEvent::Failed(failed) = event {
                refused.push((failed.tag, failed.json.is_some(), failed.error.to_string()));
            }
        })
        .await;
    assert_eq!((summary.accepted, summary.invalid), (2, 2));
    assert_eq!(refused[0], (1, false, "the person's id is empty".to_owned()));
    assert!(refused[1].2.starts_with("the batch of this item has "), "{refused:?}");
    assert_eq!(ids(&recorder), [["1", "3"]]);
}

#[tokio::test]
async fn batches_can_be_under_way_together() {
    let recorder = Recorder::new();
    let (summary, _, _) = send(&recorder, 9, BatchOptions::default().with_concurrency(3)).await;
    assert_eq!((summary.accepted, summary.batches), (9, 3));
    let all: BTreeSet<_> = ids(&recorder).concat().into_iter().collect();
    assert_eq!(all.len(), 9);
}

/// A tag that counts how many of it there are.
struct Alive<'a>(&'a Cell<usize>);

impl Drop for Alive<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

#[tokio::test]
async fn no_more_is_in_memory_than_the_batches_under_way() {
    let recorder = Recorder::new();
    let client = client(&recorder);
    let (alive, most) = (Cell::new(0), Cell::new(0));
    let items = people(&client, 10_000).map(|(_, item)| {
        alive.set(alive.get() + 1);
        most.set(most.get().max(alive.get()));
        (Alive(&alive), item)
    });
    let summary = client.send_all(items, BatchOptions::default().with_concurrency(4), |_| {}).await;
    assert_eq!((summary.accepted, alive.get()), (10_000, 0));
    // Four batches of three, three that are packed, and one that did not fit.
    assert!(most.get() <= 4 * 3 + 3 + 1, "{}", most.get());
}

#[tokio::test]
async fn a_stream_is_taken_as_it_comes() {
    let recorder = Recorder::new();
    let endpoint = client(&recorder).endpoint().clone();
    let client = Client::new(endpoint, OverTokio(recorder));
    let (sender, mut receiver) = tokio::sync::mpsc::channel::<Tagged>(1);
    let stream = Receiver(&mut receiver);
    let send = client.send_stream(stream, BatchOptions::default(), |_| {});
    let feed = async {
        for tagged in people(&client, 7) {
            sender.send(tagged).await.unwrap();
            tokio::task::yield_now().await;
        }
        drop(sender);
    };
    let (summary, ()) = tokio::join!(send, feed);
    assert_eq!((summary.accepted, summary.batches), (7, 3));
}

struct Receiver<'a>(&'a mut tokio::sync::mpsc::Receiver<Tagged>);

impl futures_core::Stream for Receiver<'_> {
    type Item = Tagged;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Tagged>> {
        self.0.poll_recv(context)
    }
}
