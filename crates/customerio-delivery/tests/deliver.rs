//! Calls that a broker keeps, delivered once through to the local Customer.io over a real socket, which counts.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use customerio_core::{
    Client, Limits, Moment, Operation, Track, Transport, TransportError,
    app::SendEmail,
    async_trait,
    bytes::Bytes,
    http::{Request, Response, StatusCode},
    track,
    track::v2::person,
};
use customerio_delivery::{Clients, Outcome, Reason, Received, Retry, Stored, deliver};
use customerio_emulator::{Emulator, Fault, Server};
use customerio_hyper::HyperTransport;
use customerio_transport::SystemClock;
use serde_json::json;

/// Longer than anything here takes that ends.
const LONG: Duration = Duration::from_secs(90);

struct Here {
    emulator: Emulator,
    _server: Server,
    track: Client<Track>,
    clients: Clients,
}

impl Here {
    async fn new() -> Self {
        let server = Emulator::new().serve_on_loopback().await.unwrap();
        let transport = Arc::new(HyperTransport::new().unwrap());
        let track = Client::new(server.track_endpoint().unwrap(), transport.clone());
        let app = Client::new(server.app_endpoint().unwrap(), transport);
        let clients = Clients::new().with_track(track.clone()).with_app(app);
        Self { emulator: server.emulator().clone(), _server: server, track, clients }
    }

    async fn deliver(&self, calls: impl IntoIterator<Item = Stored>, within: Duration) -> Vec<Outcome> {
        deliver(&self.clients, calls.into_iter().map(Received::new).collect(), within).await
    }

    /// The numbers of the events that arrived, in the order in which they did, of each person.
    fn numbers(&self) -> BTreeMap<String, Vec<u64>> {
        let mut numbers: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for event in self.emulator.events() {
            let person = event.person.clone().unwrap_or_default();
            numbers.entry(format!("{person:?}")).or_default().push(event.data()["n"].as_u64().unwrap());
        }
        numbers
    }

    fn arrived(&self) -> usize {
        self.emulator.events().len()
    }
}

fn stored(operation: impl Operation) -> Stored {
    Stored::new(operation, &SystemClock.now(), &Limits::default()).unwrap()
}

fn batched(n: u64) -> Stored {
    stored(person::Event::new(format!("p{}", n % 7), "count").with_attributes(json!({ "n": n })))
}

fn single(n: u64) -> Stored {
    stored(track::Event::new(format!("p{}", n % 7), "count").with_data(json!({ "n": n })))
}

fn email(n: u64) -> Stored {
    stored(SendEmail::from_template("welcome", "ada@example.com").with_identifiers(format!("p{n}")))
}

/// Why it failed.
fn reason(outcome: &Outcome) -> Option<Reason> {
    match outcome {
        Outcome::Failed(failure) => Some(failure.reason),
        _ => None,
    }
}

fn retry(outcome: &Outcome) -> &Retry {
    match outcome {
        Outcome::Retry(retry) => retry,
        outcome => panic!("{outcome:?}"),
    }
}

fn is_done(outcomes: &[Outcome]) -> bool {
    outcomes.iter().all(|outcome| *outcome == Outcome::Done)
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_of_all_kinds_arrive_in_order_and_once_and_each_has_an_outcome_at_its_place() {
    let here = Here::new().await;
    let mut calls: Vec<_> = (0..2_000).map(batched).map(Received::from).collect();
    calls.extend((2_000..2_100).map(single).map(Received::from));
    let good = calls.len();
    // Between the others, where an outcome could get a wrong place.
    calls.insert(7, Received::from_bytes(b"{"));
    calls.insert(1_007, Received::from_bytes(br#"{"version":2,"anything":"else"}"#));
    calls.insert(2_050, Received::new(email(1).with_expiry(Duration::ZERO)));
    calls.push(Received::new(email(1)));
    let outcomes = deliver(&here.clients, calls, LONG).await;

    assert_eq!(outcomes.len(), good + 4);
    let failed = outcomes.iter().enumerate().filter_map(|(place, outcome)| Some((place, reason(outcome)?)));
    let expected = [(7, Reason::Invalid), (1_007, Reason::UnknownVersion), (2_050, Reason::Expired)];
    assert_eq!(failed.collect::<Vec<_>>(), expected);
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Outcome::Done).count(), good + 1);
    assert_eq!((here.arrived(), here.emulator.messages().len()), (good, 1));
    for (person, numbers) in here.numbers() {
        let (of_batches, alone): (Vec<_>, Vec<_>) = numbers.into_iter().partition(|n| *n < 2_000);
        assert!(of_batches.is_sorted() && alone.is_sorted(), "{person}");
    }
    // A few batches, a hundred singles, and one message.
    assert!(here.emulator.requests() < 120, "{}", here.emulator.requests());
}

#[tokio::test]
async fn no_calls_have_no_outcomes() {
    let here = Here::new().await;
    assert_eq!(here.deliver([], LONG).await, []);
}

#[tokio::test]
async fn in_no_time_nothing_is_sent() {
    let here = Here::new().await;
    let outcomes = here.deliver([batched(1), single(2), email(3)], Duration::ZERO).await;
    assert!(outcomes.iter().all(|outcome| *retry(outcome) == Retry::default()), "{outcomes:?}");
    assert_eq!((outcomes.len(), here.emulator.requests()), (3, 0));
}

#[tokio::test]
async fn where_the_server_asks_for_more_time_than_there_is_it_returns_at_once() {
    let here = Here::new().await;
    let minute = Duration::from_secs(60);
    here.emulator.add_fault(Fault::status_with_retry_after(StatusCode::TOO_MANY_REQUESTS, minute));
    let calls = [batched(1), single(2), email(3)];
    let begun = Instant::now();
    let outcomes = here.deliver(calls.clone(), Duration::from_secs(20)).await;
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    for outcome in &outcomes {
        let retry = retry(outcome);
        assert_eq!((retry.status, retry.is_blocked), (Some(429), false));
        assert!(retry.after > minute / 2, "{retry:?}");
    }
    assert_eq!((here.arrived(), here.emulator.messages().len()), (0, 0));

    // What has certainly not arrived is sent again, a message too: by other clients, because these wait for that minute.
    let other = Here::new().await;
    assert!(is_done(&other.deliver(calls, LONG).await));
    assert_eq!((other.arrived(), other.emulator.messages().len()), (2, 1));
}

#[tokio::test]
async fn where_the_server_fails_for_ever_only_what_may_arrive_twice_is_given_back() {
    let here = Here::new().await;
    here.emulator.add_fault(Fault::status(StatusCode::INTERNAL_SERVER_ERROR));
    let outcomes = here.deliver([batched(1), single(2), email(3)], Duration::from_secs(2)).await;
    for outcome in &outcomes[..2] {
        assert_eq!(retry(outcome).status, Some(500));
        assert!(retry(outcome).message.is_some());
    }
    assert_eq!(reason(&outcomes[2]), Some(Reason::UnknownOutcome));
}

#[tokio::test]
async fn an_event_whose_response_is_lost_arrives_once_and_a_message_is_parked() {
    let here = Here::new().await;
    here.emulator.add_fault(Fault::cut_after().with_route("/api/v2/batch").with_times(1));
    here.emulator.add_fault(Fault::cut_before().with_route("/api/v1/customers/{id}/events").with_times(1));
    here.emulator.add_fault(Fault::cut_after().with_person("p3").with_times(1));
    here.emulator.add_fault(Fault::cut_before().with_person("p4").with_times(1));
    let outcomes = here.deliver([batched(1), single(2), email(3), email(4), email(5)], LONG).await;
    assert!(is_done(&outcomes[..2]) && is_done(&outcomes[4..]), "{outcomes:?}");
    assert_eq!([&outcomes[2], &outcomes[3]].map(reason), [Some(Reason::UnknownOutcome); 2]);
    assert_eq!((here.arrived(), here.emulator.messages().len()), (2, 2));
}

#[tokio::test]
async fn what_is_under_way_at_the_end_is_given_up() {
    let here = Here::new().await;
    here.emulator.add_fault(Fault::delay(LONG));
    let within = Duration::from_secs(1);
    let begun = Instant::now();
    let outcomes = here.deliver([batched(1), single(2), email(3)], within).await;
    assert!(begun.elapsed() >= within && begun.elapsed() < within * 10, "{:?}", begun.elapsed());
    assert!(outcomes[..2].iter().all(|outcome| retry(outcome).status.is_none()), "{outcomes:?}");
    assert_eq!(reason(&outcomes[2]), Some(Reason::UnknownOutcome));
}

#[tokio::test]
async fn wrong_credentials_give_all_back_with_the_cause_and_at_once() {
    let here = Here::new().await;
    let fault = here.emulator.add_fault(Fault::status(StatusCode::UNAUTHORIZED));
    let calls: Vec<_> = (0..20).flat_map(|n| [batched(n), single(n), email(n)]).collect();
    let begun = Instant::now();
    let outcomes = here.deliver(calls.clone(), Duration::from_secs(20)).await;
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    for outcome in &outcomes {
        let retry = retry(outcome);
        assert_eq!((retry.status, retry.is_blocked), (Some(401), true));
        assert!(retry.after > Duration::from_secs(40) && retry.message.is_some());
    }
    here.emulator.remove_fault(fault);
    assert!(is_done(&here.deliver(calls, LONG).await));
    assert_eq!((here.arrived(), here.emulator.messages().len()), (40, 20));
}

#[tokio::test]
async fn what_is_rejected_is_found_and_its_neighbours_arrive() {
    let here = Here::new().await;
    here.emulator.add_fault(Fault::status(StatusCode::BAD_REQUEST).with_person("p3"));
    let outcomes = here.deliver((0..50).map(batched), LONG).await;
    for (n, outcome) in outcomes.iter().enumerate() {
        let expected = (n % 7 == 3).then_some(Reason::Rejected);
        assert_eq!((reason(outcome), *outcome == Outcome::Done), (expected, expected.is_none()), "{n}");
    }
}

#[tokio::test]
async fn a_call_at_which_the_server_fails_is_found_and_its_neighbours_arrive() {
    let here = Here::new().await;
    here.emulator.add_fault(Fault::status(StatusCode::INTERNAL_SERVER_ERROR).with_person("p3"));
    let outcomes = here.deliver((0..10).map(batched), LONG).await;
    for (n, outcome) in outcomes.iter().enumerate() {
        let expected = (n % 7 == 3).then_some(Reason::Poison);
        assert_eq!((reason(outcome), *outcome == Outcome::Done), (expected, expected.is_none()), "{n}");
    }
}

#[tokio::test]
async fn what_is_redelivered_is_recognised_or_parked() {
    let here = Here::new().await;
    let calls = [batched(1), single(2), email(3)];
    assert!(is_done(&here.deliver(calls.clone(), LONG).await));
    // The consumer crashed before it acknowledged them.
    let again = calls.into_iter().map(|call| Received::new(call).redelivered(true)).collect();
    let requests = here.emulator.requests();
    let outcomes = deliver(&here.clients, again, LONG).await;
    assert!(is_done(&outcomes[..2]));
    assert_eq!(reason(&outcomes[2]), Some(Reason::UnknownOutcome));
    assert_eq!((here.arrived(), here.emulator.messages().len()), (2, 1));
    assert_eq!(here.emulator.requests(), requests + 2, "the message is not sent");
}

#[tokio::test]
async fn calls_go_to_their_destination_and_wait_where_there_is_no_client() {
    let (here, other) = (Here::new().await, Here::new().await);
    let eu = Clients::new().with_track(other.track.clone());
    let clients = Clients::new().with_track(here.track.clone()).with_destination("eu-shop", eu);
    let calls = [batched(1), batched(2).with_destination("eu-shop"), email(3), batched(4).with_destination("us-shop")];
    let outcomes = deliver(&clients, calls.into_iter().map(Received::new).collect(), LONG).await;
    assert!(is_done(&outcomes[..2]));
    let messages = outcomes[2..].iter().map(|outcome| {
        let Retry { is_blocked, message, .. } = retry(outcome);
        assert!(is_blocked);
        message.clone().unwrap()
    });
    let no_client =
        |api, name| format!("there is no client for the {api} API of the destination `{name}`: add one to `Clients`");
    assert_eq!(messages.collect::<Vec<_>>(), [no_client("app", "default"), no_client("track", "us-shop")]);
    assert_eq!((here.arrived(), other.arrived()), (1, 1));
}

#[derive(Debug)]
struct Panics;

#[async_trait]
impl Transport for Panics {
    async fn send(&self, _: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        panic!("the transport panics");
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn now(&self) -> Moment {
        SystemClock.now()
    }
}

#[tokio::test]
async fn a_panic_of_a_transport_is_passed_on() {
    let endpoint = Emulator::new().track_endpoint().unwrap();
    let clients = Clients::new().with_track(Client::new(endpoint, Panics));
    let delivery = tokio::spawn(async move { deliver(&clients, vec![Received::new(batched(1))], LONG).await });
    let panic = delivery.await.unwrap_err().into_panic();
    assert_eq!(panic.downcast_ref(), Some(&"the transport panics"));
}
