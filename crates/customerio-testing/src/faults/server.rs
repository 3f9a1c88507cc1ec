use std::{io, net::SocketAddr, sync::Arc};

use super::{Action, Record, conversation::Conversation, state::State};
use crate::listener::{Listener, lock};

/// A server on loopback that follows a script, connection by connection.
///
/// A connection for which there is no script is served: each request gets a 200 and `{}`.
#[derive(Debug)]
pub struct FaultServer {
    listener: Listener,
    state: Arc<State>,
}

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";

impl FaultServer {
    /// Starts a server on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// Fails if no port can be had.
    pub fn start() -> io::Result<Self> {
        let state = Arc::<State>::default();
        let shared = state.clone();
        let listener = Listener::start(move |stream, ended| {
            let script = lock(&shared.scripts).pop_front().or_else(|| lock(&shared.default).clone());
            let script = script.unwrap_or_else(|| vec![Action::Serve(OK.to_vec())]);
            Conversation::new(stream, ended, &shared)?.play(&script)
        })?;
        Ok(Self { listener, state })
    }

    /// Does this with the next connection for which there is no script yet.
    #[must_use]
    pub fn connection(self, script: impl Into<Vec<Action>>) -> Self {
        lock(&self.state.scripts).push_back(script.into());
        self
    }

    /// Does this with every connection that has no script of its own.
    #[must_use]
    pub fn always(self, script: impl Into<Vec<Action>>) -> Self {
        *lock(&self.state.default) = Some(script.into());
        self
    }

    /// Returns the base URL of the server.
    #[must_use]
    pub fn url(&self) -> String {
        self.listener.url()
    }

    /// Returns the address of the server, for a URL with another scheme or a host name.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.listener.address()
    }

    /// Returns the requests received so far. A request that was just sent may not be included yet: see
    /// [`finish`](Self::finish).
    #[must_use]
    pub fn record(&self) -> Record {
        Record { connections: self.listener.connections(), ..lock(&self.state.record).clone() }
    }

    /// Takes no more connections, reads what is on its way from those that there are, and ends: returns all that it
    /// received.
    ///
    /// It blocks for about 50 milliseconds.
    #[must_use]
    pub fn finish(mut self) -> Record {
        self.listener.join();
        self.record()
    }
}
