//! The clients that calls are sent by.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use customerio_core::{Api as _, App, Client, Error, Limits, Pipelines, Prepared, RetryPolicy, Track};

use crate::{Incoming, Lane, Outgoing, stored::DEFAULT};

/// The clients of one workspace or of several, one for each API that is used.
#[derive(Clone, Debug, Default)]
pub struct Clients {
    /// By the name of the destination.
    workspaces: BTreeMap<Arc<str>, Workspace>,
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
        self.default_workspace().track = Some(client.with_retry_policy(once()));
        self
    }

    /// The clients with one for the Pipelines API.
    #[must_use]
    pub fn with_pipelines(mut self, client: Client<Pipelines>) -> Self {
        self.default_workspace().pipelines = Some(client.with_retry_policy(once()));
        self
    }

    /// The clients with one for the App API.
    #[must_use]
    pub fn with_app(mut self, client: Client<App>) -> Self {
        self.default_workspace().app = Some(client.with_retry_policy(once()));
        self
    }

    /// The clients with those of another workspace: for calls [with that destination](crate::Stored::with_destination).
    #[must_use]
    pub fn with_destination(mut self, name: impl Into<Arc<str>>, clients: Self) -> Self {
        let mut others = clients.workspaces;
        if let Some(workspace) = others.remove(DEFAULT) {
            self.workspaces.insert(name.into(), workspace);
        }
        self.workspaces.extend(others);
        self
    }

    fn default_workspace(&mut self) -> &mut Workspace {
        self.workspaces.entry(DEFAULT.into()).or_default()
    }

    /// The clients of a destination.
    pub(crate) fn of(&self, destination: &str) -> Option<&Workspace> {
        self.workspaces.get(destination)
    }

    /// The destinations, in the order of their names.
    pub(crate) fn workspaces(&self) -> impl Iterator<Item = (&Arc<str>, &Workspace)> {
        self.workspaces.iter()
    }
}

/// The clients of one workspace.
#[derive(Clone, Debug, Default)]
pub(crate) struct Workspace {
    track: Option<Client<Track>>,
    pipelines: Option<Client<Pipelines>>,
    app: Option<Client<App>>,
}

impl Workspace {
    /// The limits of the endpoint of an API; `None` where there is no client for it.
    pub(crate) fn limits_of(&self, api: &str) -> Option<Limits> {
        match api {
            Track::NAME => self.track.as_ref().map(|client| *client.endpoint().limits()),
            Pipelines::NAME => self.pipelines.as_ref().map(|client| *client.endpoint().limits()),
            _ => self.app.as_ref().map(|client| *client.endpoint().limits()),
        }
    }

    /// The clients with a deadline for each request, where their own is later.
    pub(crate) fn within(&self, deadline: Duration) -> Self {
        fn shorten<A: customerio_core::Api>(client: &Client<A>, deadline: Duration) -> Client<A> {
            client.within(deadline.min(client.options().deadline()))
        }
        Self {
            track: self.track.as_ref().map(|client| shorten(client, deadline)),
            pipelines: self.pipelines.as_ref().map(|client| shorten(client, deadline)),
            app: self.app.as_ref().map(|client| shorten(client, deadline)),
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

    async fn send_single(&self, lane: Lane, request: Prepared) -> Result<(), Error> {
        match (lane, &self.track, &self.pipelines, &self.app) {
            (Lane::Track, Some(client), ..) => client.send(request).await,
            (Lane::Pipelines, _, Some(client), _) => client.send(request).await,
            (.., Some(client)) => client.send(request).await,
            _ => unreachable!("a lane without a client is not delivered"),
        }
    }
}

/// What sends them retries by itself, and waits longer.
fn once() -> RetryPolicy {
    RetryPolicy::default().with_attempts(1)
}
