//! Sends calls to Customer.io through NATS JetStream: a producer publishes them, and a consumer delivers them.
//!
//! ```sh
//! nats-server -js &
//! export CUSTOMERIO_REGION=us CUSTOMERIO_SITE_ID=… CUSTOMERIO_TRACK_API_KEY=… CUSTOMERIO_APP_API_KEY=…
//! cargo run -- produce    # 2,000 sign-ups
//! cargo run -- consume    # until Ctrl-C
//! ```
//!
//! The README says what happens when a process or the server crashes. `PEOPLE`, `EVENTS_AT_ONCE` and `WITHIN_SECONDS` are
//! settings for tests.

mod consumer;
mod producer;
mod subjects;

use std::{env, error::Error, time::Duration};

use customerio::{CustomerIo, delivery::Clients};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};

use crate::{consumer::Consumer, subjects::Subject};

type Result<T = ()> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result {
    tokio::spawn(run()).await?
}

async fn run() -> Result {
    let url = env::var("NATS_URL").unwrap_or_else(|_| "nats://127.0.0.1:4222".to_owned());
    let jetstream = async_nats::jetstream::new(async_nats::connect(url).await?);
    subjects::create(&jetstream).await?;
    let command = env::args().nth(1);
    match command.as_deref() {
        Some("produce") => producer::produce(&jetstream, number("PEOPLE", 2_000)?).await,
        Some("consume") => {
            let customerio = CustomerIo::from_env()?;
            let clients = Clients::new().with_track(customerio.track().clone()).with_app(customerio.app().clone());
            let within = Duration::from_secs(number("WITHIN_SECONDS", 30)?);
            let max_in_flight = usize::try_from(number("EVENTS_AT_ONCE", 500)?)?;
            let events = Consumer::new(&jetstream, Subject::Events, max_in_flight, &clients, within).await?;
            // Few, because a crash parks those that are in flight.
            let messages = Consumer::new(&jetstream, Subject::Messages, 8, &clients, within).await?;
            let stop = stopping()?;
            println!("consuming until Ctrl-C");
            tokio::try_join!(events.run(stop.clone()), messages.run(stop))?;
            Ok(())
        }
        _ => Err("say what to do: `produce` or `consume`".into()),
    }
}

/// A number in the environment.
fn number(name: &str, default: u64) -> Result<u64> {
    env::var(name).map_or(Ok(default), |value| Ok(value.parse()?))
}

/// Becomes `true` on Ctrl-C or SIGTERM.
fn stopping() -> Result<watch::Receiver<bool>> {
    let (stop, stopping) = watch::channel(false);
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        stop.send_replace(true);
        // The consumers read the value until they end.
        stop.closed().await;
    });
    Ok(stopping)
}
