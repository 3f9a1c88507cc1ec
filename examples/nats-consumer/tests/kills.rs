//! The consumer through `kill -9`, on a real JetStream.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../../brokers/kills.rs"]
mod kills;

use async_nats::jetstream::{Context, stream::Stream};
use customerio::delivery::Stored;

use crate::kills::{Broker, Here, MESSAGES, PEOPLE};

const PROGRAM: &str = env!("CARGO_BIN_EXE_nats-consumer");

#[tokio::test]
async fn calls_outlive_a_consumer_that_is_killed() {
    let Some(broker) = Broker::start("nats") else { return };
    let here = Here::start().await;
    let command = |argument| here.command(PROGRAM, argument, ("NATS_URL", &broker));
    assert!(command("produce").status().unwrap().success());

    let jetstream = async_nats::jetstream::new(async_nats::connect(&broker.address).await.unwrap());
    let has_ended = async || {
        // What is acknowledged is deleted.
        messages(&jetstream, "CUSTOMERIO").await.1 == 0
    };
    assert_eq!(messages(&jetstream, "CUSTOMERIO").await.1, PEOPLE + MESSAGES);
    here.consume(|| command("consume"), has_ended).await;

    let (dead, count) = messages(&jetstream, "CUSTOMERIO_DEAD").await;
    let mut letters = Vec::new();
    for sequence in 1..=count {
        let letter = dead.get_raw_message(sequence).await.unwrap();
        let reason = letter.subject.strip_prefix("customerio.dead.").unwrap().to_owned();
        letters.push((reason, Stored::from_bytes(&letter.payload).unwrap()));
    }
    here.count(&letters);
}

/// How many messages a stream has.
async fn messages(jetstream: &Context, name: &str) -> (Stream, u64) {
    let mut stream = jetstream.get_stream(name).await.unwrap();
    let count = stream.info().await.unwrap().state.messages;
    (stream, count)
}
