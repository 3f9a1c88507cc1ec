//! Where calls are published, and where dead letters are.

use async_nats::jetstream::{
    Context,
    stream::{Config, RetentionPolicy},
};

use crate::Result;

/// The stream of the calls that have not ended.
pub(crate) const CALLS: &str = "CUSTOMERIO";

/// The stream of the dead letters.
const DEAD: &str = "CUSTOMERIO_DEAD";

/// Where calls are published: those that may arrive twice, and those that must not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    Events,
    Messages,
}

impl Subject {
    /// Its name, and that of its consumer.
    pub(crate) const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Events => ("customerio.events", "events"),
            Self::Messages => ("customerio.messages", "messages"),
        }
    }
}

/// The subject of dead letters with a reason.
pub(crate) fn dead(reason: &str) -> String {
    format!("customerio.dead.{reason}")
}

/// Creates both streams where they are not there yet.
pub(crate) async fn create(jetstream: &Context) -> Result {
    let subjects = [Subject::Events, Subject::Messages].map(|subject| subject.names().0.to_owned()).to_vec();
    let calls = Config {
        name: CALLS.to_owned(),
        subjects,
        // What is acknowledged is deleted.
        retention: RetentionPolicy::WorkQueue,
        ..Config::default()
    };
    jetstream.get_or_create_stream(calls).await?;
    let dead = Config { name: DEAD.to_owned(), subjects: vec![dead(">")], ..Config::default() };
    jetstream.get_or_create_stream(dead).await?;
    Ok(())
}
