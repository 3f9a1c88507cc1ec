//! Receives calls from JetStream, delivers them, and acknowledges those that are delivered or have failed.

use std::{mem, time::Duration};

use async_nats::jetstream::{
    AckKind, Context, Message,
    consumer::{PullConsumer, pull},
    message::PublishMessage,
};
use customerio::delivery::{Clients, Failure, Outcome, Received, deliver};
use futures_util::StreamExt as _;
use tokio::{sync::watch, time::sleep};

use crate::{
    Result,
    subjects::{CALLS, Subject, dead},
};

/// How long a batch waits for more calls.
const LINGER: Duration = Duration::from_millis(200);

/// Consumes the calls of a subject.
pub(crate) struct Consumer {
    jetstream: Context,
    calls: PullConsumer,
    subject: Subject,
    /// The most calls that are received and not yet acknowledged.
    max_in_flight: usize,
    clients: Clients,
    /// The most time for one round of deliveries.
    within: Duration,
}

impl Consumer {
    pub(crate) async fn new(
        jetstream: &Context,
        subject: Subject,
        max_in_flight: usize,
        clients: &Clients,
        within: Duration,
    ) -> Result<Self> {
        let (filter, name) = subject.names();
        let config = pull::Config {
            durable_name: Some(name.to_owned()),
            filter_subject: filter.to_owned(),
            // Longer than a wait and a delivery.
            ack_wait: within * 3,
            // JetStream hands out nothing new before what a crashed process has left behind, which keeps the order.
            max_ack_pending: i64::try_from(max_in_flight)?,
            ..pull::Config::default()
        };
        let calls = jetstream.create_consumer_on_stream(config, CALLS).await?;
        Ok(Self { jetstream: jetstream.clone(), calls, subject, max_in_flight, clients: clients.clone(), within })
    }

    /// Delivers calls until `stopping` is `true`.
    pub(crate) async fn run(self, mut stopping: watch::Receiver<bool>) -> Result {
        // Calls that are to be retried, before new ones.
        let mut held = Vec::new();
        while !*stopping.borrow() {
            self.receive(&mut held).await?;
            let calls = held.iter().map(received).collect::<Result<_>>()?;
            let outcomes = deliver(&self.clients, calls, self.within).await;
            report(self.subject.names().0, &outcomes);
            let mut wait = Duration::ZERO;
            for (message, outcome) in mem::take(&mut held).into_iter().zip(outcomes) {
                match outcome {
                    Outcome::Done => {}
                    Outcome::Failed(failure) => self.publish_dead_letter(&message, &failure).await?,
                    Outcome::Retry(retry) => {
                        wait = wait.max(retry.after);
                        if self.subject == Subject::Events {
                            message.ack_with(AckKind::Progress).await?;
                            held.push(message);
                            continue;
                        }
                        // It certainly has not arrived, so the next attempt must not look like a redelivery.
                        self.jetstream.publish(message.subject.clone(), message.payload.clone()).await?.await?;
                    }
                }
                message.ack().await?;
            }
            tokio::select! {
                () = sleep(wait.min(self.within)) => {}
                _ = stopping.changed() => {}
            }
        }
        // Hands them to another process at once.
        for message in held {
            message.ack_with(AckKind::Nak(None)).await?;
        }
        Ok(self.jetstream.client().flush().await?)
    }

    /// Receives more calls, up to the limit.
    async fn receive(&self, held: &mut Vec<Message>) -> Result {
        if held.len() < self.max_in_flight {
            let mut batch =
                self.calls.batch().max_messages(self.max_in_flight - held.len()).expires(LINGER).messages().await?;
            while let Some(message) = batch.next().await {
                held.push(message?);
            }
        }
        Ok(())
    }

    /// Publishes a call that failed as a dead letter. JetStream drops it if it is published twice.
    async fn publish_dead_letter(&self, message: &Message, failure: &Failure) -> Result {
        let id = message.info()?.stream_sequence.to_string();
        let mut letter = PublishMessage::build().payload(message.payload.clone()).message_id(id);
        if let Some(status) = failure.status {
            letter = letter.header("Customerio-Status", status.to_string());
        }
        self.jetstream.send_publish(dead(failure.reason.as_str()), letter).await?.await?;
        Ok(())
    }
}

/// The call of a message, with whether it was delivered before.
fn received(message: &Message) -> Result<Received> {
    Ok(Received::from_bytes(&message.payload).redelivered(message.info()?.delivered > 1))
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
