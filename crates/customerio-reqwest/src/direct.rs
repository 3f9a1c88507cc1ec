use std::sync::{Arc, OnceLock};

use customerio_core::{BuildError, TransportError, TransportErrorKind};

/// A client that uses no proxy, made when the first request needs it: most programs call no server on their own machine.
#[derive(Clone, Debug)]
pub(crate) struct Direct {
    make: fn() -> Result<reqwest::Client, BuildError>,
    made: Arc<OnceLock<reqwest::Client>>,
}

impl Direct {
    #[cfg(feature = "rustls")]
    pub(crate) fn new(make: fn() -> Result<reqwest::Client, BuildError>) -> Self {
        Self { make, made: Arc::default() }
    }

    /// The client. If two threads make it, one is used.
    pub(crate) fn client(&self) -> Result<&reqwest::Client, TransportError> {
        if let Some(client) = self.made.get() {
            return Ok(client);
        }
        let client =
            (self.make)().map_err(|error| TransportError::not_sent(TransportErrorKind::Connect).with_source(error))?;
        Ok(self.made.get_or_init(|| client))
    }
}
