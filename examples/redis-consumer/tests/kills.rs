//! The consumer through `kill -9`, on a real Redis.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../../brokers/kills.rs"]
mod kills;

use std::cell::Cell;

use customerio::delivery::Stored;
use redis::{AsyncCommands as _, streams::StreamRangeReply};

use crate::kills::{Broker, Here, MESSAGES, PEOPLE};

const PROGRAM: &str = env!("CARGO_BIN_EXE_redis-consumer");

#[tokio::test]
async fn calls_outlive_a_consumer_that_is_killed() {
    let Some(broker) = Broker::start("redis") else { return };
    let here = Here::start().await;
    let command = |argument| here.command(PROGRAM, argument, ("REDIS_URL", &broker));
    assert!(command("produce").status().unwrap().success());

    let redis = redis::Client::open(&*broker.address).unwrap().get_multiplexed_async_connection().await.unwrap();
    let waiting = async || {
        let mut redis = redis.clone();
        let events: u64 = redis.xlen("customerio:events").await.unwrap();
        let messages: u64 = redis.xlen("customerio:messages").await.unwrap();
        events + messages
    };
    assert_eq!(waiting().await, PEOPLE + MESSAGES);
    // One comes back by its name, and the other's calls are claimed.
    let starts = Cell::new(0);
    let consume = || {
        starts.set(starts.get() + 1);
        let mut command = command("consume");
        command.env("CONSUMER", (starts.get() % 2).to_string());
        command
    };
    // What is acknowledged is deleted.
    here.consume(consume, async || waiting().await == 0).await;

    let dead: StreamRangeReply = redis.clone().xrange_all("customerio:dead").await.unwrap();
    let letter = |entry: &redis::streams::StreamId| {
        let call: Vec<u8> = entry.get("call").unwrap();
        (entry.get("reason").unwrap(), Stored::from_bytes(&call).unwrap())
    };
    here.count(&dead.ids.iter().map(letter).collect::<Vec<_>>());
}
