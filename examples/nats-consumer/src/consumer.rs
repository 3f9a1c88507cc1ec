//! Receives calls from JetStream, delivers them, and acknowledges those that have ended.

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

/// How long the first call of a batch waits for more.
const LINGER: Duration = Duration::from_millis(200);

/// Consumes the calls of a subject.
pub(crate) struct Consumer {
    jetstream: Context,
    calls: PullConsumer,
    subject: Subject,
    /// The most calls that are received and not acknowledged.
    most: usize,
    clients: Clients,
    within: Duration,
}

impl Consumer {
    pub(crate) async fn new(
        jetstream: &Context,
        subject: Subject,
        most: usize,
        clients: &Clients,
        within: Duration,
    ) -> Result<Self> {
        let (filter, name) = subject.names();
        let config = pull::Config {
            durable_name: Some(name.to_owned()),
            filter_subject: filter.to_owned(),
            // Longer than a wait and a delivery take.
            ack_wait: within * 3,
            // Nothing new is handed out before what a process has left behind, so that the order outlives a crash.
            max_ack_pending: i64::try_from(most)?,
            ..pull::Config::default()
        };
        let calls = jetstream.create_consumer_on_stream(config, CALLS).await?;
        Ok(Self { jetstream: jetstream.clone(), calls, subject, most, clients: clients.clone(), within })
    }

    /// Consumes until it is to stop.
    pub(crate) async fn run(self, mut stopping: watch::Receiver<bool>) -> Result {
        // What has not ended is delivered again from here, before what is new.
        let mut held = Vec::new();
        while !*stopping.borrow() {
            self.receive(&mut held).await?;
            let calls = held.iter().map(received).collect::<Result<_>>()?;
            let outcomes = deliver(&self.clients, calls, self.within).await;
            let mut wait = Duration::ZERO;
            for (message, outcome) in mem::take(&mut held).into_iter().zip(outcomes) {
                match outcome {
                    Outcome::Done => {}
                    Outcome::Failed(failure) => self.bury(&message, &failure).await?,
                    Outcome::NotYet(not_yet) => {
                        wait = wait.max(not_yet.retry_after);
                        if self.subject == Subject::Events {
                            message.ack_with(AckKind::Progress).await?;
                            held.push(message);
                            continue;
                        }
                        // It has certainly not arrived, which the count of deliveries does not say: a new one begins at 1.
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
        // Another process gets them at once.
        for message in held {
            message.ack_with(AckKind::Nak(None)).await?;
        }
        Ok(self.jetstream.client().flush().await?)
    }

    /// Receives more, as far as there is room.
    async fn receive(&self, held: &mut Vec<Message>) -> Result {
        if held.len() < self.most {
            let mut batch = self.calls.batch().max_messages(self.most - held.len()).expires(LINGER).messages().await?;
            while let Some(message) = batch.next().await {
                held.push(message?);
            }
        }
        Ok(())
    }

    /// Keeps a call that failed among the dead letters, once, however often it is done.
    async fn bury(&self, message: &Message, failure: &Failure) -> Result {
        let id = message.info()?.stream_sequence.to_string();
        let mut letter = PublishMessage::build().payload(message.payload.clone()).message_id(id);
        if let Some(status) = failure.status {
            letter = letter.header("Customerio-Status", status.to_string());
        }
        self.jetstream.send_publish(dead(failure.reason.as_str()), letter).await?.await?;
        Ok(())
    }
}

/// The call of a message, and whether it has been handed out before.
fn received(message: &Message) -> Result<Received> {
    Ok(Received::from_bytes(&message.payload).redelivered(message.info()?.delivered > 1))
}
