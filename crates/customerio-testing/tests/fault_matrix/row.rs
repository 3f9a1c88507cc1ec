//! Meets an operation with a fault over a transport, and compares what both ends say.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use customerio_core::{
    App, BatchBuilder, CallOptions, Client, Delivery, EncodedBatch, Endpoint, Error, Item, Limits, Moment,
    NonIdempotent, Region, StopReason, Throttle, TrackBatch, Transport,
    app::{SendEmail, assets, messages, segments},
    bytes::Bytes,
    http::Request,
    track::v2::person,
};
use customerio_testing::faults::{Action, BlackHole, ClosedPort, FaultServer};

use crate::{
    oracle::{Objection, Seen, judge},
    table::{End, Expected, Fault, Op, Target, Via, ok},
    transports::{Hurried, Stack},
};

/// A line of the table.
pub(crate) struct Row {
    pub(crate) fault: String,
    pub(crate) stack: Stack,
    pub(crate) op: Op,
    pub(crate) end: Option<End>,
    pub(crate) attempts: u32,
    pub(crate) stop: Option<StopReason>,
    pub(crate) arrivals: usize,
    pub(crate) objections: Vec<Objection>,
    /// What it must have come to, where it did not.
    pub(crate) unexpected: Option<String>,
    pub(crate) took: Duration,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = self.end.map_or("NO END".to_owned(), |end| end.to_string());
        let stop = self.stop.map_or("-".to_owned(), |stop| format!("{stop:?}"));
        write!(
            f,
            "{:<48} {:<8} {:<11} {end:<15} {:>8} {stop:<14} {:>8}  ",
            self.fault,
            format!("{:?}", self.stack).to_lowercase(),
            format!("{:?}", self.op).to_lowercase(),
            self.attempts,
            self.arrivals,
        )?;
        match &self.unexpected {
            None if self.objections.is_empty() => write!(f, "as expected")?,
            None => {}
            Some(expected) => write!(f, "NOT AS EXPECTED: {expected}")?,
        }
        self.objections.iter().try_for_each(|objection| write!(f, " {objection}"))
    }
}

/// Far longer than any call may take.
const PATIENCE: Duration = Duration::from_secs(40);

/// Long enough for a connection that the server has ended to be found out.
const IDLE: Duration = Duration::from_millis(300);

pub(crate) async fn run(fault: Arc<Fault>, index: usize, stack: Stack, shared: Arc<dyn Transport>) -> Row {
    let started = Instant::now();
    let (op, expected) = (fault.rows[index].0, fault.expected(index, stack));
    // Only what is ready-made is shared: what another row leaves behind must not matter.
    let inner = if fault.via == Via::Ready { shared } else { stack.transport(fault.via) };
    let elsewhere = FaultServer::start().unwrap();
    let server = fault.server(&elsewhere.url());
    // They must last as long as the row.
    let (mut black_hole, mut closed) = (None, None);
    let url = match fault.target {
        Target::Url(url) => url.to_owned(),
        Target::BlackHole => black_hole.insert(BlackHole::start().unwrap()).url(),
        Target::Refused => closed.insert(ClosedPort::start().unwrap()).url(),
        Target::Server => format!("{}://{}", fault.scheme, server.address()),
    };
    if fault.used {
        let request = Request::get(format!("{url}/earlier")).body(Bytes::new()).unwrap();
        inner.send(request).await.unwrap();
        tokio::time::sleep(IDLE).await;
    }
    let transport = Arc::new(Hurried::new(inner, fault.jump));
    let result = tokio::time::timeout(PATIENCE, call(op, &url, transport.clone(), &fault.options)).await;
    let attempts = transport.attempts();
    let (mut record, elsewhere) =
        tokio::task::spawn_blocking(move || (server.finish(), elsewhere.finish())).await.unwrap();
    if fault.used {
        record.arrivals.remove(0);
    }
    let (end, stop) = match &result {
        Err(_) => (None, None),
        Ok(Ok(end)) => (Some(*end), (*end != End::Delivered).then_some(StopReason::NotRetryable)),
        Ok(Err(error)) => (Some(end_of(error)), Some(error.stop_reason())),
    };
    if let Ok(Err(error)) = &result {
        assert_eq!(error.attempts(), attempts, "{}: an error tells its attempts", fault.name);
    }
    let seen = Seen {
        repeatable: op.is_repeatable(),
        deletes: op == Op::Delete,
        end,
        attempts,
        record,
        elsewhere: elsewhere.begun,
    };
    let arrivals = seen.record.arrivals.len();
    let found = end.map(|end| Expected { end, attempts, stop, arrivals });
    let unexpected = (!expected.iter().any(|expected| found == Some(*expected)))
        .then(|| format!("{expected:?}, but {:?}; {result:?}", seen.record));
    Row {
        fault: fault.name.clone(),
        stack,
        op,
        end,
        attempts,
        stop,
        arrivals,
        objections: judge(&seen),
        unexpected,
        took: started.elapsed(),
    }
}

impl Fault {
    fn server(&self, elsewhere: &str) -> FaultServer {
        let healthy = vec![Action::Serve(ok().into())];
        let rest = self.rest.as_ref().map_or(healthy, |script| script(elsewhere));
        let server = FaultServer::start().unwrap().always(rest);
        self.first.iter().fold(server, |server, script| server.connection(script(elsewhere)))
    }
}

/// One call by a client of its own, which shares no throttle with another.
pub(crate) async fn call(
    op: Op,
    url: &str,
    transport: Arc<dyn Transport>,
    options: &CallOptions,
) -> Result<End, Error> {
    let options = options.clone().with_throttle(Throttle::default());
    let track = Endpoint::track(Region::Us, "site", "key").unwrap().with_base_url(url).unwrap();
    let track = Client::new(track, transport.clone()).with_options(options.clone());
    match op {
        Op::Identify => {
            track.identify("42", std::collections::BTreeMap::from([("plan", "pro")])).await.map(|()| End::Delivered)
        }
        Op::Merge => track.merge("1", "2").await.map(|()| End::Delivered),
        Op::Email => {
            let email = SendEmail::new("to@example.com", "from@example.com", "subject", "body");
            app(url, transport, options).call(email.with_identifiers("42")).await.map(|_| End::Delivered)
        }
        Op::Delete => app(url, transport, options).call(segments::Delete::new(7)).await.map(|()| End::Delivered),
        Op::Page => app(url, transport, options).call(segments::Membership::new(7)).await.map(|_| End::Delivered),
        Op::Upload => {
            let upload = assets::CreateFile::new("logo.png", [7; 10_000]);
            app(url, transport, options).call(upload).await.map(|_| End::Delivered)
        }
        Op::Archived => app(url, transport, options).call(messages::Archived::new("d")).await.map(|_| End::Delivered),
        Op::Batch | Op::MergeBatch => {
            let batch = batch(op);
            let response = track.send(batch.prepare()).await?;
            Ok(response.into_result(batch.len()).map_or(End::Rejected(207), |_| End::Delivered))
        }
    }
}

fn app(url: &str, transport: Arc<dyn Transport>, options: CallOptions) -> Client<App> {
    let endpoint = Endpoint::app(Region::Us, "key").unwrap().with_base_url(url).unwrap();
    Client::new(endpoint, transport).with_options(options)
}

fn batch(op: Op) -> EncodedBatch<TrackBatch> {
    let mut builder = BatchBuilder::<TrackBatch>::new().with_non_idempotent(NonIdempotent::SeparateBatch);
    let (now, limits) =
        (Moment { monotonic: Duration::ZERO, since_epoch: Duration::ZERO, random: 1 }, Limits::default());
    for person in ["1", "2"] {
        let item = match op {
            Op::MergeBatch => Item::new(person::Merge::new(person, "3"), &now, &limits),
            _ => Item::new(person::Identify::new(person), &now, &limits),
        };
        assert!(builder.push((), item.unwrap()).unwrap().is_none());
    }
    builder.finish().unwrap()
}

fn end_of(error: &Error) -> End {
    let status = error.status().map(|status| status.as_u16());
    match (error.delivery(), status) {
        (Delivery::NotSent, _) => End::NotSent,
        (Delivery::Responded, Some(status @ (200..300 | 500..600))) => End::MaybeSent(Some(status)),
        (Delivery::Responded, Some(status)) => End::Rejected(status),
        (Delivery::Responded | Delivery::MaybeSent, _) => End::MaybeSent(None),
    }
}
