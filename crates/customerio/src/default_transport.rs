//! The transport that a program gets without asking for one.

use std::time::Duration;

use customerio_core::{
    BoxFuture, BuildError, FileTransport, Moment, Transport, TransportError,
    bytes::Bytes,
    http::{Request, Response},
};
use customerio_hyper::{HyperTransport, RustlsClient};

/// The default transport: hyper with rustls, the certificates that the system trusts, and the proxies that the environment
/// names (`HTTPS_PROXY`, `NO_PROXY` ...).
///
/// A clone shares its connections. It needs a tokio runtime. What is inside is no part of its interface: for your own
/// client, or a tower stack, see `HyperTransport` (feature `hyper`) and `ReqwestTransport` (feature `reqwest`).
///
/// ```
/// use customerio::{Client, DefaultTransport, Endpoint, Region};
///
/// # fn main() -> Result<(), customerio::BuildError> {
/// let transport = DefaultTransport::new()?;
/// let track =
///     Client::new(Endpoint::track(Region::Eu, "site-id", "track-key")?, transport.clone());
/// let app = Client::new(Endpoint::app(Region::Eu, "app-key")?, transport);
/// assert!(format!("{track:?} {app:?}").contains("track-eu.customer.io"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct DefaultTransport(HyperTransport<RustlsClient>);

impl DefaultTransport {
    /// The transport. Connections are made when they are needed, and certificates are loaded with the first.
    ///
    /// # Errors
    ///
    /// Where the environment names a proxy that cannot be used.
    pub fn new() -> Result<Self, BuildError> {
        HyperTransport::new().map(Self)
    }
}

/// Written out, not by the macro, which would put each future into a second box.
impl Transport for DefaultTransport {
    fn send<'s, 'f>(&'s self, request: Request<Bytes>) -> BoxFuture<'f, Result<Response<Bytes>, TransportError>>
    where
        's: 'f,
        Self: 'f,
    {
        self.0.send(request)
    }
    fn sleep<'s, 'f>(&'s self, duration: Duration) -> BoxFuture<'f, ()>
    where
        's: 'f,
        Self: 'f,
    {
        self.0.sleep(duration)
    }
    fn now(&self) -> Moment {
        self.0.now()
    }
    fn clock(&self) -> Moment {
        self.0.clock()
    }
    fn spawn(&self, task: BoxFuture<'static, ()>) -> Option<BoxFuture<'static, ()>> {
        self.0.spawn(task)
    }
    fn files(&self) -> Option<&dyn FileTransport> {
        self.0.files()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_at_the_clock_costs_no_random_bits() {
        let transport = DefaultTransport::new().unwrap();
        assert_eq!(transport.clock().random, transport.0.clock().random);
        assert_ne!(transport.now().random, transport.now().random);
        assert!(transport.files().is_some());
    }
}
