//! Batches through a client: the outcome of every item, whatever the response.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod over_tokio;

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use customerio_core::{
    BatchEvent, BatchOptions, BuildError, Client, Delivery, Endpoint, Item, ItemError, Limits, Moment, Region, Summary,
    Throttle, Track, TrackBatch, Transport, TransportError, TransportErrorKind, async_trait,
    bytes::Bytes,
    http::{Request, Response, StatusCode},
    track::v2::person::Identify,
};
use customerio_testing::Recorder;
use over_tokio::OverTokio;
use serde::Deserialize;

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
async fn a_partial_response_is_mapped_back_and_never_sent_again() {
    let body = r#"{"errors":[{"batch_index":1,"reason":"invalid","field":"id","message":"no"},{"batch_index":9}]}"#;
    let recorder = Recorder::new().responding(200, "{}").responding(207, body);
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
        let recorder = Recorder::new().responding(status, body);
        let (summary, failures, _) = send(&recorder, 5, BatchOptions::default()).await;
        assert_eq!((summary.accepted, summary.undelivered, recorder.requests().len()), (2, 3, 2), "{status} {body}");
        let ItemError::Undelivered(error) = &failures[&0] else { panic!("{failures:?}") };
        assert_eq!((error.delivery(), error.status().unwrap().as_u16()), (Delivery::Responded, status), "{body}");
        assert_eq!(failures[&0].to_string().contains("nope"), body.contains("nope"), "{}", failures[&0]);
    }
}

#[tokio::test]
async fn a_batch_that_is_refused_as_a_whole_is_halved_until_the_culprit_is_found() {
    const NO: &str = r#"{"errors":[{"reason":"invalid","message":"person-1 is not valid"}]}"#;
    // 0 1 2 | 0 | 1, because one of 1 2 is at fault | 2 | then the others
    let responses = [(400, NO), (200, "{}"), (400, NO)];
    let recorder =
        responses.into_iter().fold(Recorder::new(), |recorder, (status, body)| recorder.responding(status, body));
    let (summary, failures, _) = send(&recorder, 5, BatchOptions::default()).await;
    assert_eq!((summary.accepted, summary.rejected), (4, 1));
    assert_eq!(failures.keys().collect::<Vec<_>>(), [&1]);
    assert_eq!(failures[&1].to_string(), "the server rejected it: person-1 is not valid");
    let sizes: Vec<_> = ids(&recorder).iter().map(Vec::len).collect();
    assert_eq!(sizes, [3, 1, 1, 1, 2]);
    // Nothing that was accepted is sent again.
    let accepted: Vec<_> = [1, 3, 4].iter().flat_map(|index| ids(&recorder)[*index].clone()).collect();
    assert_eq!(accepted.iter().collect::<BTreeSet<_>>().len(), accepted.len());
}

/// A server that rejects, as a whole, each batch with an item that it does not take.
#[derive(Clone, Debug)]
struct Picky {
    takes: fn(u64) -> bool,
    status: StatusCode,
    /// How many items each request had, and whether they were accepted.
    requests: Arc<Mutex<Vec<(usize, bool)>>>,
    arrived: Arc<Mutex<Vec<u64>>>,
}

#[async_trait]
impl Transport for Picky {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        #[derive(Deserialize)]
        struct Body {
            batch: Vec<Person>,
        }
        #[derive(Deserialize)]
        struct Person {
            identifiers: Identifiers,
        }
        #[derive(Deserialize)]
        struct Identifiers {
            id: String,
        }
        let body: Body = serde_json::from_slice(request.body()).unwrap();
        let ids: Vec<u64> = body.batch.iter().map(|person| person.identifiers.id.parse().unwrap()).collect();
        let are_taken = ids.iter().all(|id| (self.takes)(*id));
        self.requests.lock().unwrap().push((ids.len(), are_taken));
        let mut response = Response::new(Bytes::from_static(b"{}"));
        if are_taken {
            self.arrived.lock().unwrap().extend(ids);
        } else {
            *response.status_mut() = self.status;
        }
        Ok(response)
    }
    async fn sleep(&self, _: Duration) {}
    fn now(&self) -> Moment {
        Moment { monotonic: Duration::ZERO, since_epoch: Duration::ZERO, random: 1 }
    }
}

impl Picky {
    fn new(takes: fn(u64) -> bool) -> Self {
        Self { takes, status: StatusCode::BAD_REQUEST, requests: Arc::default(), arrived: Arc::default() }
    }

    fn with_status(self, status: u16) -> Self {
        Self { status: status.try_into().unwrap(), ..self }
    }

    fn client(&self) -> Client<Track> {
        Client::new(Endpoint::track(Region::Us, "site", "key").unwrap(), self.clone()).with_throttle(Throttle::off())
    }

    /// Sends so many people, numbered from 0, and returns what was told, once each item was told of once, in its order.
    async fn send(&self, count: u64) -> (Summary, BTreeMap<u64, ItemError>) {
        let mut failures = BTreeMap::new();
        let people = (0..count).map(|number| (number, Identify::new(number)));
        let summary = self
            .client()
            .send_all(people, BatchOptions::default(), |event| {
                if let BatchEvent::Failed(failed) = event {
                    assert!(failed.json.is_some(), "what was not accepted can be sent by hand");
                    assert!(failures.insert(failed.tag, failed.error).is_none(), "an item is told of once");
                }
            })
            .await;
        let expected: Vec<_> = (0..count).filter(|number| !failures.contains_key(number)).collect();
        assert_eq!(*self.arrived.lock().unwrap(), expected, "what was accepted, once each, in its order");
        assert_eq!((summary.accepted, summary.ended()), (expected.len() as u64, count));
        assert_eq!(summary.batches, self.requests.lock().unwrap().len() as u64);
        for (number, error) in &failures {
            assert!(!matches!(error, ItemError::Rejected(_)) || !(self.takes)(*number), "{number}: {error}");
        }
        (summary, failures)
    }
}

/// The batch that was rejected is of 5,000 items and more; 13 halvings find one of them.
#[tokio::test]
async fn few_requests_find_one_item_at_fault_wherever_it_is() {
    for takes in [|number| number != 0, |number| number != 2_718, |number| number != 4_999] as [fn(u64) -> bool; 3] {
        let picky = Picky::new(takes);
        let (summary, failures) = picky.send(5_000).await;
        assert_eq!((summary.accepted, summary.rejected, failures.len()), (4_999, 1, 1));
        let requests = picky.requests.lock().unwrap();
        assert_eq!(requests[0], (5_000, false));
        assert!(requests.len() <= 13 + 5, "{} requests", requests.len());
    }
}

#[tokio::test]
async fn items_at_fault_that_are_strewn_take_a_few_requests_each() {
    let picky = Picky::new(|number| number % 500 != 250);
    let (summary, _) = picky.send(20_000).await;
    assert_eq!((summary.rejected, summary.undelivered), (40, 0));
    let requests = picky.requests.lock().unwrap().len();
    assert!(requests <= 40 * (13 + 5), "{requests} requests");
    assert!(requests <= 550, "{requests} requests");
}

#[tokio::test]
async fn each_second_item_at_fault_takes_one_and_a_half_requests_an_item() {
    let picky = Picky::new(|number| number % 2 == 0);
    let (summary, _) = picky.send(2_000).await;
    assert_eq!((summary.accepted, summary.rejected, summary.undelivered), (1_000, 1_000, 0));
    let requests = picky.requests.lock().unwrap().len();
    assert!((3_000..3_100).contains(&requests), "{requests} requests");
}

/// Its 20,000 items are four batches.
#[tokio::test]
async fn a_server_that_rejects_everything_is_asked_a_few_times() {
    let picky = Picky::new(|_| false);
    let (summary, failures) = picky.send(20_000).await;
    // A hundred items, and one of each batch that follows.
    assert_eq!((summary.rejected, summary.untried, summary.undelivered), (103, 19_897, 19_897));
    assert!(summary.stopped.is_none(), "the next batch may be a better one");
    let ItemError::Untried(error) = &failures[&19_999] else { panic!("{:?}", failures[&19_999]) };
    assert_eq!((error.status().unwrap(), error.delivery()), (StatusCode::BAD_REQUEST, Delivery::Responded));
    assert_eq!(
        failures[&100].to_string(),
        format!(
            "its batch was rejected, and it was not sent alone, because 100 items in a row had been rejected: {error}"
        )
    );
    let requests = picky.requests.lock().unwrap().len();
    assert!(requests < 200, "{requests} requests");
}

#[tokio::test]
async fn the_first_that_is_accepted_has_items_at_fault_looked_for_again() {
    // A batch of which nothing is good, and then good ones, with an item at fault.
    let picky = Picky::new(|number| number >= 6_000 && number % 5_000 != 0);
    let (summary, failures) = picky.send(20_000).await;
    assert_eq!(
        summary.untried,
        failures.values().filter(|error| matches!(error, ItemError::Untried(_))).count() as u64
    );
    let mut untried = failures.iter().filter(|(_, error)| matches!(error, ItemError::Untried(_)));
    assert!(untried.next_back().unwrap().0 < &12_000, "the first batch, and that with which the bad ones end");
    assert!(matches!(failures[&15_000], ItemError::Rejected(_)), "{:?}", failures[&15_000]);
}

#[tokio::test]
async fn fewer_than_a_hundred_in_a_row_end_nothing() {
    let picky = Picky::new(|number| number % 100 == 99);
    let (summary, _) = picky.send(1_000).await;
    assert_eq!((summary.accepted, summary.rejected, summary.undelivered), (10, 990, 0));

    let picky = Picky::new(|number| number % 101 == 100);
    let (summary, _) = picky.send(1_000).await;
    assert_eq!((summary.accepted, summary.rejected, summary.untried), (0, 100, 900));
}

#[tokio::test]
async fn what_is_not_about_an_item_is_not_halved() {
    for status in [301, 401, 402, 403, 404, 405, 409, 410, 415, 422, 451] {
        let picky = Picky::new(|_| false).with_status(status);
        let (summary, failures) = picky.send(100).await;
        assert_eq!(
            (summary.undelivered, summary.untried, picky.requests.lock().unwrap().len()),
            (100, 0, 1),
            "{status}"
        );
        assert!(failures.values().all(|error| matches!(error, ItemError::Undelivered(_))));
    }
    let picky = Picky::new(|number| number != 7).with_status(413);
    let (summary, _) = picky.send(100).await;
    assert_eq!((summary.accepted, summary.rejected), (99, 1));
}

#[tokio::test]
async fn what_stops_everything_stops_the_search_for_items_at_fault_too() {
    let recorder = Recorder::new().responding(400, "{}").responding(400, "{}").responding(401, "{}");
    let (summary, failures, _) = send(&recorder, 9, BatchOptions::default()).await;
    // The part, what is left of its batch, and the one that did not fit.
    assert_eq!((summary.rejected, summary.undelivered, recorder.requests().len()), (1, 3, 3));
    assert!(matches!(failures[&0], ItemError::Rejected(_)));
    assert_eq!(failures.keys().copied().collect::<Vec<_>>(), [0, 1, 2, 3]);
    assert_eq!(summary.stopped.unwrap().status().unwrap(), 401);
}

#[tokio::test]
async fn a_part_that_cannot_be_delivered_is_told_of_and_the_next_ones_are_tried() {
    let recorder = Recorder::new().responding(400, "{}").responding(422, "{}");
    let (summary, failures, _) = send(&recorder, 3, BatchOptions::default()).await;
    assert_eq!((summary.accepted, summary.undelivered), (2, 1));
    assert!(matches!(failures[&0], ItemError::Undelivered(_)));
    assert_eq!(ids(&recorder).iter().map(Vec::len).collect::<Vec<_>>(), [3, 1, 2]);
}

/// The same for each way in.
#[tokio::test]
async fn however_items_come_a_server_that_rejects_everything_is_asked_a_few_times() {
    const ITEMS: u64 = 1_000;
    let people = || (0..ITEMS).map(|number| (number, Identify::new(number)));
    let options = BatchOptions::default().with_linger(Duration::MAX);

    let mut all = Vec::new();
    let picky = Picky::new(|_| false);
    let stream = Iterated(people());
    all.push((picky.client().send_stream(stream, options, |_| {}).await, picky));

    let picky = Picky::new(|_| false);
    let batch = picky.client().batch(options);
    for (number, person) in people() {
        batch.push(number, person).await;
    }
    let report = batch.finish().await;
    assert_eq!(report.failed.len() as u64, ITEMS);
    all.push((report.summary, picky));

    let endpoint = || Endpoint::track(Region::Us, "site", "key").unwrap();
    let picky = Picky::new(|_| false);
    let client = customerio_ureq::Client::new(endpoint(), picky.clone()).with_throttle(Throttle::off());
    all.push((client.send_all(people(), options, |_| {}), picky));

    let picky = Picky::new(|_| false);
    let client = customerio_ureq::Client::new(endpoint(), picky.clone()).with_throttle(Throttle::off());
    let batch = client.batch(options);
    people().for_each(|(number, person)| batch.push(number, person));
    all.push((batch.finish().summary, picky));

    for (summary, picky) in all {
        assert_eq!((summary.rejected, summary.untried, summary.ended()), (100, ITEMS - 100, ITEMS));
        let requests = picky.requests.lock().unwrap().len();
        assert!(requests < 150, "{requests} requests");
    }
}

struct Iterated<I>(I);

impl<I: Iterator + Unpin> futures_core::Stream for Iterated<I> {
    type Item = I::Item;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<I::Item>> {
        std::task::Poll::Ready(self.0.next())
    }
}

#[tokio::test]
async fn a_batch_that_cannot_be_delivered_is_told_of_and_the_next_ones_are_tried() {
    let lost = || Err(TransportError::maybe_sent(TransportErrorKind::Connection));
    let recorder = Recorder::new().responding_with(lost()).responding_with(lost()).responding_with(lost());
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
    let recorder = Recorder::new().responding(401, r#"{"meta":{"error":"Unauthorized request"}}"#);
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
