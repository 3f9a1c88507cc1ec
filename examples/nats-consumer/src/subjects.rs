//! The subjects of calls and of dead letters, and their streams.

use async_nats::jetstream::{
    Context,
    stream::{Config, RetentionPolicy},
};

use crate::Result;

/// The stream of the calls that are to be delivered.
pub(crate) const CALLS: &str = "CUSTOMERIO";

/// The stream of the dead letters.
const DEAD: &str = "CUSTOMERIO_DEAD";

/// The subject of a call: one for calls that may arrive twice, and one for those that must not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    Events,
    Messages,
}

impl Subject {
    /// The names of the subject and of its consumer.
    pub(crate) const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Events => ("customerio.events", "events"),
            Self::Messages => ("customerio.messages", "messages"),
        }
    }
}

/// The subject of the dead letters with this reason.
pub(crate) fn dead(reason: &str) -> String {
    format!("customerio.dead.{reason}")
}

/// Creates both streams unless they exist.
pub(crate) async fn create(jetstream: &Context) -> Result {
    let subjects = [Subject::Events, Subject::Messages].map(|subject| subject.names().0.to_owned()).to_vec();
    let calls = Config {
        name: CALLS.to_owned(),
        subjects,
        // Acknowledged calls are deleted.
        retention: RetentionPolicy::WorkQueue,
        ..Config::default()
    };
    jetstream.get_or_create_stream(calls).await?;
    let dead = Config { name: DEAD.to_owned(), subjects: vec![dead(">")], ..Config::default() };
    jetstream.get_or_create_stream(dead).await?;
    Ok(())
}
