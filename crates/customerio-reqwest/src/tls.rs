use customerio_core::{BuildError, BuildErrorKind};
use customerio_transport::tls;
use rustls::ClientConfig;

use crate::{ReqwestTransport, build, direct::Direct};

/// What is offered in the handshake, best first. reqwest leaves that to a configuration that it is given.
const PROTOCOLS: &[&str] = &[
    #[cfg(feature = "http2")]
    "h2",
    "http/1.1",
];

impl ReqwestTransport {
    /// Creates a client for `https` and `http`, with rustls, aws-lc-rs and the certificates that the system trusts.
    ///
    /// It has the settings of [`from_builder`](Self::from_builder), and uses the proxies of the environment, as reqwest
    /// does, but none for `localhost`, `127.0.0.0/8` and `[::1]`. It neither connects nor loads certificates:
    /// certificates are loaded once per process, in the first TLS handshake. If that fails, the connection was not
    /// made, so the request was not sent.
    ///
    /// # Errors
    ///
    /// Fails if reqwest cannot build the client.
    ///
    /// ```
    /// # mod customerio { pub use customerio_core::facade::*; pub use customerio_reqwest::ReqwestTransport; }
    /// use customerio::{Client, Endpoint, Region, ReqwestTransport};
    ///
    /// #[tokio::main]
    /// async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    /// # tokio::spawn(async {
    ///     let server = customerio_testing::WireServer::start()?;
    ///     let endpoint =
    ///         Endpoint::track(Region::Us, "site-id", "api-key")?.with_base_url(&server.url())?;
    ///     let track = Client::new(endpoint, ReqwestTransport::new()?);
    ///     track.delete("42").await?;
    ///     assert!(server.received()[0].starts_with(b"DELETE /api/v1/customers/42 HTTP/1.1\r\n"));
    ///     Ok(())
    /// # }).await?
    /// }
    /// ```
    pub fn new() -> Result<Self, BuildError> {
        let client = build(builder()?)?;
        Ok(Self { client, direct: Some(Direct::new(|| build(builder()?.no_proxy()))) })
    }
}

fn builder() -> Result<reqwest::ClientBuilder, BuildError> {
    let shared =
        tls::aws_lc_rs().map_err(|error| BuildError::new("TLS", BuildErrorKind::Invalid(error.to_string().into())))?;
    let mut config = ClientConfig::clone(shared);
    config.alpn_protocols = PROTOCOLS.iter().map(|name| name.as_bytes().to_vec()).collect();
    Ok(reqwest::Client::builder().tls_backend_preconfigured(config))
}
