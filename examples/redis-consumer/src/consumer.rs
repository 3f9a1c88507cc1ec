//! Receives calls from Redis, delivers them, and acknowledges those that are delivered or have failed.

use std::{env, mem, time::Duration};

use customerio::delivery::{Clients, Outcome, Received, deliver};
use redis::{
    AsyncCommands as _, AsyncConnectionConfig,
    aio::MultiplexedConnection,
    streams::{
        StreamAutoClaimOptions, StreamAutoClaimReply, StreamClaimOptions, StreamId, StreamReadOptions, StreamReadReply,
    },
};
use tokio::{sync::watch, time::sleep};

use crate::{
    Result,
    streams::{CALL, DEAD, GROUP, Stream},
};

/// How long to wait for the first call, in milliseconds.
const LINGER: usize = 200;

/// Consumes the calls of a stream.
pub(crate) struct Consumer {
    redis: MultiplexedConnection,
    stream: Stream,
    name: String,
    /// The most calls that are received and not yet acknowledged.
    max_in_flight: usize,
    clients: Clients,
    /// The most time for one round of deliveries.
    within: Duration,
}

/// A call that is received and not yet acknowledged.
struct Entry {
    id: String,
    call: Vec<u8>,
    /// Whether it was delivered before.
    is_redelivered: bool,
}

impl Consumer {
    pub(crate) async fn new(
        redis: &redis::Client,
        stream: Stream,
        max_in_flight: usize,
        clients: &Clients,
        within: Duration,
    ) -> Result<Self> {
        // Its own connection, because reading blocks it.
        let config = AsyncConnectionConfig::new().set_response_timeout(None);
        let redis = redis.get_multiplexed_async_connection_with_config(&config).await?;
        let name = env::var("CONSUMER").unwrap_or_else(|_| "1".to_owned());
        Ok(Self { redis, stream, name, max_in_flight, clients: clients.clone(), within })
    }

    /// Delivers calls until `stopping` is `true`.
    pub(crate) async fn run(mut self, mut stopping: watch::Receiver<bool>) -> Result {
        // Calls that are to be retried, before new ones: at first those that this consumer left behind when it crashed.
        let mut held = self.read("0", self.max_in_flight).await?;
        while !*stopping.borrow() {
            self.receive(&mut held).await?;
            let received = |entry: &Entry| Received::from_bytes(&entry.call).redelivered(entry.is_redelivered);
            let outcomes = deliver(&self.clients, held.iter().map(received).collect(), self.within).await;
            report(self.stream.key(), &outcomes);
            let (key, mut wait) = (self.stream.key(), Duration::ZERO);
            // All outcomes, or none.
            let mut transaction = redis::pipe();
            transaction.atomic();
            for (entry, outcome) in mem::take(&mut held).into_iter().zip(outcomes) {
                match outcome {
                    Outcome::Done => {}
                    Outcome::Failed(failure) => {
                        let letter = [(CALL, &*entry.call), ("reason", failure.reason.as_str().as_bytes())];
                        transaction.xadd(DEAD, "*", &letter).ignore();
                    }
                    Outcome::Retry(retry) => {
                        wait = wait.max(retry.after);
                        if self.stream == Stream::Events {
                            // Keeps other consumers from claiming it.
                            let options = StreamClaimOptions::default().with_justid();
                            transaction.xclaim_options(key, GROUP, &self.name, 0, &[&entry.id], options).ignore();
                            held.push(entry);
                            continue;
                        }
                        // It certainly has not arrived, so the next attempt must not look like a redelivery.
                        transaction.xadd(key, "*", &[(CALL, &entry.call)]).ignore();
                    }
                }
                transaction.xack(key, GROUP, &[&entry.id]).ignore().xdel(key, &[&entry.id]).ignore();
            }
            let () = transaction.query_async(&mut self.redis).await?;
            tokio::select! {
                () = sleep(wait.min(self.within)) => {}
                _ = stopping.changed() => {}
            }
        }
        Ok(())
    }

    /// Receives more calls, up to the limit: those that another consumer has left behind, and then new ones.
    async fn receive(&mut self, held: &mut Vec<Entry>) -> Result {
        let Some(room) = self.max_in_flight.checked_sub(held.len()).filter(|room| *room > 0) else { return Ok(()) };
        // Longer than a wait and a delivery.
        let idle = u64::try_from((self.within * 3).as_millis())?;
        let options = StreamAutoClaimOptions::default().count(room);
        let (key, name) = (self.stream.key(), &self.name);
        let claimed: StreamAutoClaimReply =
            self.redis.xautoclaim_options(key, GROUP, name, idle, "0-0", options).await?;
        held.extend(claimed.claimed.iter().map(|entry| Entry::new(entry, true)));
        let room = room.saturating_sub(claimed.claimed.len());
        if room > 0 {
            held.extend(self.read(">", room).await?);
        }
        Ok(())
    }

    /// Reads new entries if `id` is `>`, and otherwise those that this consumer has not acknowledged.
    async fn read(&mut self, id: &str, count: usize) -> Result<Vec<Entry>> {
        let options = StreamReadOptions::default().group(GROUP, &self.name).count(count).block(LINGER);
        let reply: Option<StreamReadReply> = self.redis.xread_options(&[self.stream.key()], &[id], &options).await?;
        let entries = reply.into_iter().flat_map(|reply| reply.keys).flat_map(|stream| stream.ids);
        Ok(entries.map(|entry| Entry::new(&entry, id != ">")).collect())
    }
}

impl Entry {
    fn new(entry: &StreamId, is_redelivered: bool) -> Self {
        Self { id: entry.id.clone(), call: entry.get(CALL).unwrap_or_default(), is_redelivered }
    }
}

/// Prints the outcomes of a batch, and what keeps calls from being delivered.
fn report(origin: &str, outcomes: &[Outcome]) {
    if outcomes.is_empty() {
        return;
    }
    let delivered = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Done)).count();
    let failed = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Failed(_))).count();
    let retried = outcomes.len() - delivered - failed;
    println!("{origin}: {delivered} delivered, {failed} to the dead letters, {retried} to be retried");
    let blocked = outcomes.iter().find_map(|outcome| match outcome {
        Outcome::Retry(retry) if retry.is_blocked => retry.message.as_deref(),
        _ => None,
    });
    if let Some(message) = blocked {
        eprintln!("{origin}: check the settings: {message}");
    }
}
