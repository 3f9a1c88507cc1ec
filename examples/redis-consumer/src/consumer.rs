//! Receives calls from Redis, delivers them, and acknowledges those that have ended.

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

/// How long it waits for the first call.
const LINGER: usize = 200;

/// Consumes the calls of a stream.
pub(crate) struct Consumer {
    redis: MultiplexedConnection,
    stream: Stream,
    name: String,
    /// The most calls that are received and not acknowledged.
    most: usize,
    clients: Clients,
    within: Duration,
}

/// A call that was received and is not acknowledged.
struct Entry {
    id: String,
    call: Vec<u8>,
    /// Whether it has been handed out before.
    is_redelivered: bool,
}

impl Consumer {
    pub(crate) async fn new(
        redis: &redis::Client,
        stream: Stream,
        most: usize,
        clients: &Clients,
        within: Duration,
    ) -> Result<Self> {
        // A connection of its own, because it waits for calls.
        let config = AsyncConnectionConfig::new().set_response_timeout(None);
        let redis = redis.get_multiplexed_async_connection_with_config(&config).await?;
        let name = env::var("CONSUMER").unwrap_or_else(|_| "1".to_owned());
        Ok(Self { redis, stream, name, most, clients: clients.clone(), within })
    }

    /// Consumes until it is to stop.
    pub(crate) async fn run(mut self, mut stopping: watch::Receiver<bool>) -> Result {
        // What has not ended is delivered again from here, before what is new: first what this consumer left behind when it
        // crashed.
        let mut held = self.read("0", self.most).await?;
        while !*stopping.borrow() {
            self.receive(&mut held).await?;
            let received = |entry: &Entry| Received::from_bytes(&entry.call).redelivered(entry.is_redelivered);
            let outcomes = deliver(&self.clients, held.iter().map(received).collect(), self.within).await;
            let (key, mut wait) = (self.stream.key(), Duration::ZERO);
            // All of it, or nothing.
            let mut transaction = redis::pipe();
            transaction.atomic();
            for (entry, outcome) in mem::take(&mut held).into_iter().zip(outcomes) {
                match outcome {
                    Outcome::Done => {}
                    Outcome::Failed(failure) => {
                        let letter = [(CALL, &*entry.call), ("reason", failure.reason.as_str().as_bytes())];
                        transaction.xadd(DEAD, "*", &letter).ignore();
                    }
                    Outcome::NotYet(not_yet) => {
                        wait = wait.max(not_yet.retry_after);
                        if self.stream == Stream::Events {
                            // No other consumer claims it meanwhile.
                            let options = StreamClaimOptions::default().with_justid();
                            transaction.xclaim_options(key, GROUP, &self.name, 0, &[&entry.id], options).ignore();
                            held.push(entry);
                            continue;
                        }
                        // It has certainly not arrived, which the count of deliveries does not say: a new one begins at 1.
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

    /// Receives more, as far as there is room: what another consumer has left behind, and then what is new.
    async fn receive(&mut self, held: &mut Vec<Entry>) -> Result {
        let Some(room) = self.most.checked_sub(held.len()).filter(|room| *room > 0) else { return Ok(()) };
        // Longer than a wait and a delivery take.
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

    /// Reads new entries where `id` is `>`, and otherwise those that this consumer has not acknowledged.
    async fn read(&mut self, id: &str, most: usize) -> Result<Vec<Entry>> {
        let options = StreamReadOptions::default().group(GROUP, &self.name).count(most).block(LINGER);
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
