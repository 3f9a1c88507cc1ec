//! The client keeps its promises when the emulator is told to fail: over a socket, and without one.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{fmt, sync::Arc, time::Duration};

use customerio_core::{
    App, CallOptions, Client, Delivery, Endpoint, Error, RetryPolicy, Track, Transport, TransportErrorKind,
    app::SendEmail, http::StatusCode,
};
use customerio_emulator::{Emulator, Fault, Server};
use customerio_hyper::HyperTransport;

/// Longer than the client of these tests waits for a response.
const LONG: Duration = Duration::from_millis(900);

/// How long that is.
const TIMEOUT: Duration = Duration::from_millis(400);

/// A client of an emulator that is reached over a socket, or without one.
struct Reached {
    emulator: Emulator,
    track: Client<Track>,
    app: Client<App>,
    _server: Option<Server>,
}

impl Reached {
    async fn over_a_socket() -> Self {
        let emulator = Emulator::new();
        let server = emulator.serve_on_loopback().await.unwrap();
        let endpoints = (server.track_endpoint().unwrap(), server.app_endpoint().unwrap());
        Self::by(emulator, endpoints, Arc::new(HyperTransport::new().unwrap()), Some(server))
    }

    fn in_memory() -> Self {
        let emulator = Emulator::builder().with_clock_at(1_700_000_000).build();
        let endpoints = (emulator.track_endpoint().unwrap(), emulator.app_endpoint().unwrap());
        Self::by(emulator.clone(), endpoints, Arc::new(emulator), None)
    }

    fn by(
        emulator: Emulator,
        (track, app): (Endpoint<Track>, Endpoint<App>),
        transport: Arc<dyn Transport>,
        server: Option<Server>,
    ) -> Self {
        let retry = RetryPolicy::default().with_backoff(Duration::from_millis(10), Duration::from_millis(20));
        let options = CallOptions::default().with_attempt_timeout(TIMEOUT).with_retry_policy(retry);
        Self {
            emulator,
            track: Client::new(track, transport.clone()).with_options(options.clone()),
            app: Client::new(app, transport).with_options(options),
            _server: server,
        }
    }

    async fn email(&self) -> Result<(), Error> {
        let email = SendEmail::from_template("welcome", "ada@example.com").with_identifiers("42");
        self.app.send_email(email).await.map(|_| ())
    }

    async fn identify(&self) -> Result<(), Error> {
        self.track.identify("42", [("plan", "pro")].into_iter().collect::<std::collections::BTreeMap<_, _>>()).await
    }
}

/// What the client said of a call, and how often the emulator did it.
#[derive(Clone, Copy, PartialEq)]
struct Ended {
    delivery: Option<Delivery>,
    kind: Option<TransportErrorKind>,
    status: Option<u16>,
    attempts: u32,
    done: usize,
}

impl fmt::Debug for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { delivery, kind, status, attempts, done } = self;
        write!(f, "{delivery:?} {kind:?} {status:?} after {attempts}, done {done}")
    }
}

fn ended(result: &Result<(), Error>, attempts: u64, done: usize) -> Ended {
    let error = result.as_ref().err();
    let kind = error.and_then(|error| match error {
        Error::Transport(error) => Some(error.kind()),
        _ => None,
    });
    let attempts = error.map_or_else(|| u32::try_from(attempts).unwrap(), Error::attempts);
    Ended {
        delivery: error.map(Error::delivery),
        kind,
        status: error.and_then(Error::status).map(|status| status.as_u16()),
        attempts,
        done,
    }
}

const fn delivered(attempts: u32, done: usize) -> Ended {
    Ended { delivery: None, kind: None, status: None, attempts, done }
}

const fn lost(kind: TransportErrorKind, done: usize) -> Ended {
    Ended { delivery: Some(Delivery::MaybeSent), kind: Some(kind), status: None, attempts: 1, done }
}

/// What it is called, the fault, how the e-mail ends, and how often the person is sent and identified.
type Row = (&'static str, fn() -> Fault, Ended, (u64, usize));

/// Each fault once, with an e-mail, which must not be sent twice, and with a person, who may be identified again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_fault_is_told_as_it_was_and_doubles_nothing() {
    use TransportErrorKind::{Connection, Timeout};

    let refused = Ended { delivery: Some(Delivery::Responded), kind: None, status: Some(503), attempts: 1, done: 0 };
    let busy = || Fault::status_with_retry_after(StatusCode::TOO_MANY_REQUESTS, Duration::from_secs(1));
    let table: [Row; 7] = [
        ("status 503", || Fault::status(StatusCode::SERVICE_UNAVAILABLE), refused, (2, 1)),
        // The service has not taken it, so it is sent again.
        ("status 429", busy, delivered(2, 1), (2, 1)),
        ("cut before", Fault::cut_before, lost(Connection, 0), (2, 1)),
        ("cut after", Fault::cut_after, lost(Connection, 1), (2, 2)),
        ("short delay", || Fault::delay(Duration::from_millis(50)), delivered(1, 1), (1, 1)),
        ("long delay", || Fault::delay(LONG), lost(Timeout, 1), (2, 2)),
        ("slow", || Fault::slow(Duration::from_millis(100)), delivered(1, 1), (1, 1)),
    ];
    for (name, fault, email, identified) in table {
        for in_memory in [true, false] {
            let reached = if in_memory { Reached::in_memory() } else { Reached::over_a_socket().await };
            reached.emulator.add_fault(fault().with_times(1));
            let result = reached.email().await;
            settled(|| reached.emulator.messages().len() >= email.done).await;
            let found = ended(&result, reached.emulator.requests(), reached.emulator.messages().len());
            assert_eq!(found, email, "{name}, in memory: {in_memory}: {result:?}");

            let reached = if in_memory { Reached::in_memory() } else { Reached::over_a_socket().await };
            reached.emulator.add_fault(fault().with_times(1));
            reached.identify().await.unwrap_or_else(|error| panic!("{name}, in memory: {in_memory}: {error}"));
            // One whose response was lost is done, too: its status is what nobody has read.
            let done = || reached.emulator.request_log().iter().filter(|logged| logged.status.is_success()).count();
            settled(|| reached.emulator.requests() >= identified.0).await;
            assert_eq!((reached.emulator.requests(), done()), identified, "{name}, in memory: {in_memory}");
            assert_eq!(reached.emulator.person("42").unwrap().attributes["plan"], "pro", "{name}");
        }
    }
}

/// What is delayed is done when the client has gone.
async fn settled(is_done: impl Fn() -> bool) {
    for _ in 0..500 {
        if is_done() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
