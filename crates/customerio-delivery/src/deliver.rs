//! Delivers calls that somebody else keeps, once through.

mod outcome;
mod received;
mod stream;

use std::{collections::BTreeMap, future::pending, panic::resume_unwind, time::Duration};

use customerio_transport::SystemClock;
use tokio::{task::JoinSet, time::sleep};

use self::stream::{InFlight, Next};
pub use self::{
    outcome::{Outcome, Retry},
    received::Received,
};
use crate::{Clients, Failure, Incoming, Stream};

/// How long to wait before a call is tried again that there is no client for.
const NO_CLIENT: Duration = Duration::from_secs(60);

/// Delivers calls that a broker keeps, such as NATS, Redis, Kafka or SQS, and returns one [`Outcome`] for each, in their
/// order. It has no store and no background task: what has not ended `within` that time goes back to the broker.
///
/// It sends as a [`Queue`](crate::Queue) does: in batches where the API has batches, in the order of `calls` for each
/// stream, single calls in order for each person, with retries. A batch that is refused, or at which the server fails, is
/// halved until the call at fault is found, so that its neighbours arrive.
///
/// | outcome | when | the consumer |
/// | --- | --- | --- |
/// | [`Done`](Outcome::Done) | Customer.io accepted it | acknowledges it |
/// | [`Failed`](Outcome::Failed) | it was rejected, has expired, cannot be read; or is parked, because it may have arrived and must not arrive twice | keeps it among the dead letters, then acknowledges it |
/// | [`Retry`](Outcome::Retry) | an outage, a rate limit, refused credentials, or too little time | delivers it again, after [that time](Retry::after) |
///
/// # What a broker redelivers
///
/// A broker hands a message out again when the consumer crashed before it acknowledged it. Nobody knows whether the call
/// was sent:
///
/// - An event is recognised by its id, which [`Stored`](crate::Stored) has from the beginning: sent twice, it counts once. Other calls that
///   are [`Replay::Safe`](customerio_core::Replay::Safe), such as identify, set what they set again.
/// - A message, a broadcast, a merge or a form must not arrive twice. Pass on that it is
///   [redelivered](Received::redelivered): it is not sent then, and fails with
///   [`Reason::UnknownOutcome`](crate::Reason::UnknownOutcome). **A consumer that does not say so sends it twice.** So the
///   broker's count of deliveries must be durable before the call is sent: see what it promises.
/// - One that comes back as [`Retry`](Outcome::Retry) has certainly not arrived, which the broker's count does not say. To
///   give it back, publish it as a new message and acknowledge the old one, or hold it in the process and deliver it again
///   from there.
///
/// Every message that a consumer has received and not acknowledged is redelivered, whether it was on its way or not: receive
/// messages and broadcasts few at a time, from a queue of their own. What was redelivered comes after what is new, so the
/// order of calls does not outlive a crash unless the broker hands out nothing new meanwhile.
///
/// # How long
///
/// Nothing is sent in the last quarter of the time, which is for responses to what is under way; a request that has none by
/// then has an unknown outcome. 30 seconds are a good time, and the broker must wait longer before it redelivers. Zero
/// sends nothing. It returns earlier when nothing more would be sent in time, such as where a 429 asks for a minute.
///
/// It remembers nothing from one time to the next. A call at which the server fails each time is found among others of its
/// batch; where it is the only one, or a single call, it is [`Retry`](Outcome::Retry) for ever: give it up by the count of
/// deliveries.
///
/// Whoever drops the future knows nothing of the calls, as after a crash.
///
/// # Panics
///
/// Outside of a tokio runtime with time enabled; and where a transport panics.
///
/// # Examples
///
/// The loop of a consumer, with what it needs of a broker as a trait:
///
/// ```
/// # mod customerio { pub use customerio_core::facade::*; pub use customerio_delivery as delivery; }
/// use std::time::Duration;
/// use customerio::{Client, Track, delivery::{Clients, Failure, Outcome, Received, async_trait, deliver}};
///
/// struct Message {
///     payload: Vec<u8>,
///     deliveries: u64,
/// }
///
/// #[async_trait]
/// trait Broker: Sync {
///     /// The next messages; none when it is closed.
///     async fn receive(&self) -> Vec<Message>;
///     async fn acknowledge(&self, message: &Message);
///     async fn add_dead_letter(&self, message: &Message, failure: &Failure);
///     async fn redeliver(&self, message: &Message, after: Duration);
/// }
///
/// async fn consume(broker: &impl Broker, clients: &Clients) -> u64 {
///     let mut done = 0;
///     loop {
///         let messages = broker.receive().await;
///         if messages.is_empty() {
///             return done;
///         }
///         let received = |message: &Message| Received::from_bytes(&message.payload).redelivered(message.deliveries > 1);
///         let calls = messages.iter().map(received).collect();
///         let outcomes = deliver(clients, calls, Duration::from_secs(30)).await;
///         for (message, outcome) in messages.iter().zip(outcomes) {
///             match outcome {
///                 Outcome::Done => {
///                     broker.acknowledge(message).await;
///                     done += 1;
///                 }
///                 Outcome::Retry(retry) => broker.redeliver(message, retry.after).await,
///                 Outcome::Failed(failure) => {
///                     broker.add_dead_letter(message, &failure).await;
///                     broker.acknowledge(message).await;
///                 }
///             }
///         }
///     }
/// }
/// # use std::sync::Mutex;
/// # use customerio::{delivery::Stored, limits::Limits, track::v2::person::Event};
/// # use customerio_emulator::Emulator;
/// # use customerio_transport::SystemClock;
/// # struct InMemory(Mutex<Vec<Message>>);
/// # #[async_trait]
/// # impl Broker for InMemory {
/// #     async fn receive(&self) -> Vec<Message> { std::mem::take(&mut *self.0.lock().unwrap()) }
/// #     async fn acknowledge(&self, _: &Message) {}
/// #     async fn add_dead_letter(&self, _: &Message, failure: &Failure) { panic!("{failure:?}") }
/// #     async fn redeliver(&self, _: &Message, _: Duration) { panic!("it was not delivered") }
/// # }
/// # #[tokio::main] async fn main() { tokio::spawn(async {
/// # let emulator = Emulator::new();
/// # let track: Client<Track> = Client::new(emulator.track_endpoint().unwrap(), emulator.clone());
/// # let call = Stored::new(Event::new("42", "purchase"), &SystemClock.now(), &Limits::default()).unwrap();
/// # let broker = InMemory(Mutex::new(vec![Message { payload: call.to_bytes(), deliveries: 1 }]));
///
/// let clients = Clients::new().with_track(track);
/// assert_eq!(consume(&broker, &clients).await, 1);
/// # assert_eq!(emulator.events().len(), 1);
/// # }).await.unwrap(); }
/// ```
///
/// The examples `nats-consumer` and `redis-consumer` in the repository are such programs.
pub async fn deliver(clients: &Clients, calls: Vec<Received>, within: Duration) -> Vec<Outcome> {
    let begun = SystemClock.clock().monotonic;
    let mut pass = Pass::new(clients, calls);
    pass.run(begun.saturating_add(within / 4 * 3), begun.saturating_add(within)).await;
    pass.outcomes()
}

/// Calls on their way, each with its place as its number, from 1.
struct Pass {
    streams: Vec<InFlight>,
    /// The requests that are under way: of which stream, and which of its requests.
    requests: JoinSet<(usize, u64, Incoming)>,
    outcomes: BTreeMap<u64, Outcome>,
    is_stopping: bool,
}

impl Pass {
    fn new(clients: &Clients, calls: Vec<Received>) -> Self {
        let now = SystemClock.clock();
        let (mut streams, mut outcomes) = (BTreeMap::<Stream, Vec<_>>::new(), BTreeMap::new());
        for (number, received) in (1..).zip(calls) {
            let stream = match &received.call {
                Ok(call) => call.stream(),
                Err(error) => {
                    outcomes.insert(number, Outcome::Failed(Failure::from(error)));
                    continue;
                }
            };
            let workspace = clients.of(&stream.destination);
            if workspace.and_then(|workspace| workspace.limits_of(stream.lane.api())).is_none() {
                outcomes.insert(number, Outcome::Retry(no_client(&stream)));
                continue;
            }
            streams.entry(stream).or_default().push(received.into_record(number));
        }
        let in_flight = |(stream, records): (Stream, _)| {
            let workspace = clients.of(&stream.destination)?.clone();
            Some(InFlight::new(stream, &workspace, records, &now))
        };
        let streams = streams.into_iter().filter_map(in_flight).collect();
        Self { streams, requests: JoinSet::new(), outcomes, is_stopping: false }
    }

    /// Sends until all have ended, or nothing more can be sent before `stops_at`; a request ends at `ends_at`.
    async fn run(&mut self, stops_at: Duration, ends_at: Duration) {
        loop {
            let now = SystemClock.now();
            if now.monotonic >= stops_at {
                self.stop();
            }
            let Some(mut wait) = self.act(ends_at) else { return };
            let left = stops_at.saturating_sub(now.monotonic);
            if self.requests.is_empty() && wait >= left {
                self.stop();
                continue;
            }
            if !self.is_stopping {
                wait = wait.min(left);
            }
            tokio::select! {
                Some(ended) = self.requests.join_next() => match ended {
                    Ok((index, ticket, response)) => {
                        self.streams[index].responded(ticket, response, &SystemClock.now());
                    }
                    Err(error) => match error.try_into_panic() {
                        Ok(panic) => resume_unwind(panic),
                        // Nobody cancels it but the runtime, when it ends.
                        Err(_) => pending().await,
                    },
                },
                () = sleep(wait.min(Duration::from_secs(3600))) => {}
            }
        }
    }

    /// Sends nothing more. What is under way is waited for.
    fn stop(&mut self) {
        if !self.is_stopping {
            self.is_stopping = true;
            self.streams.iter_mut().for_each(InFlight::stop);
        }
    }

    /// Begins all that there is to do now, and says how long to wait then; `None` when it has stopped.
    fn act(&mut self, ends_at: Duration) -> Option<Duration> {
        let now = SystemClock.now();
        let mut wait = None;
        for (index, stream) in self.streams.iter_mut().enumerate() {
            loop {
                match stream.next(&now) {
                    Next::Send(ticket, request) => {
                        let clients = stream.clients.within(ends_at.saturating_sub(now.monotonic));
                        let lane = stream.lane();
                        self.requests.spawn(async move { (index, ticket, clients.send(lane, request).await) });
                    }
                    Next::Wait(least) => {
                        wait = Some(wait.unwrap_or(Duration::MAX).min(least));
                        break;
                    }
                    Next::Stopped => break,
                }
            }
        }
        wait
    }

    /// The outcomes, in the order of the calls.
    fn outcomes(self) -> Vec<Outcome> {
        let now = SystemClock.clock();
        let mut outcomes = self.outcomes;
        outcomes.extend(self.streams.into_iter().flat_map(|stream| stream.outcomes(&now)));
        outcomes.into_values().collect()
    }
}

/// Why a call is not delivered that there is no client for.
fn no_client(stream: &Stream) -> Retry {
    let (api, destination) = (stream.lane.api(), &stream.destination);
    let message =
        format!("there is no client for the {api} API of the destination `{destination}`: add one to `Clients`");
    Retry { after: NO_CLIENT, is_blocked: true, status: None, message: Some(message) }
}
