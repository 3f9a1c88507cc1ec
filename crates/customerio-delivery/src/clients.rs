//! The clients that a queue sends by.

use customerio_core::{Api as _, App, Client, Error, Limits, Pipelines, RetryPolicy, Track};

use crate::{Incoming, Lane, Outgoing};

/// The clients of a workspace, one for each API that is used.
#[derive(Clone, Debug, Default)]
pub struct Clients {
    track: Option<Client<Track>>,
    pipelines: Option<Client<Pipelines>>,
    app: Option<Client<App>>,
}

impl Clients {
    /// No clients yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The clients with one for the Track API.
    ///
    /// Its pace is shared with its clones, which may send besides. Retries are the queue's, so each request of it is tried
    /// once.
    #[must_use]
    pub fn with_track(mut self, client: Client<Track>) -> Self {
        self.track = Some(client.with_retry_policy(once()));
        self
    }

    /// The clients with one for the Pipelines API.
    #[must_use]
    pub fn with_pipelines(mut self, client: Client<Pipelines>) -> Self {
        self.pipelines = Some(client.with_retry_policy(once()));
        self
    }

    /// The clients with one for the App API.
    #[must_use]
    pub fn with_app(mut self, client: Client<App>) -> Self {
        self.app = Some(client.with_retry_policy(once()));
        self
    }

    /// The limits of the endpoint of an API; `None` where there is no client for it.
    pub(crate) fn limits_of(&self, api: &str) -> Option<Limits> {
        match api {
            Track::NAME => self.track.as_ref().map(|client| *client.endpoint().limits()),
            Pipelines::NAME => self.pipelines.as_ref().map(|client| *client.endpoint().limits()),
            _ => self.app.as_ref().map(|client| *client.endpoint().limits()),
        }
    }

    /// Sends a request of a lane, once. There is a client for it.
    pub(crate) async fn send(&self, lane: Lane, request: Outgoing) -> Incoming {
        match request {
            Outgoing::Batch(request) => Incoming::Batch(match (lane, &self.track, &self.pipelines) {
                (Lane::TrackBatches, Some(client), _) => client.send(request).await,
                (_, _, Some(client)) => client.send(request).await,
                _ => unreachable!("a lane without a client is not delivered"),
            }),
            Outgoing::Single(request) => Incoming::Single(self.send_single(lane, request).await),
        }
    }

    async fn send_single(&self, lane: Lane, request: customerio_core::Prepared) -> Result<(), Error> {
        match (lane, &self.track, &self.pipelines, &self.app) {
            (Lane::Track, Some(client), ..) => client.send(request).await,
            (Lane::Pipelines, _, Some(client), _) => client.send(request).await,
            (.., Some(client)) => client.send(request).await,
            _ => unreachable!("a lane without a client is not delivered"),
        }
    }
}

/// The queue waits by itself, and longer.
fn once() -> RetryPolicy {
    RetryPolicy::default().with_attempts(1)
}
