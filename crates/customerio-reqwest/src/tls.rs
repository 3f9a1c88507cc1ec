use std::{sync::Arc, time::Duration};

use customerio_core::{BuildError, BuildErrorKind};
use rustls::{ClientConfig, crypto::ring};
use rustls_platform_verifier::BuilderVerifierExt as _;

use crate::ReqwestTransport;

/// The SDK's default for all transports.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Shorter than the minute after which load balancers close idle connections: a request on a connection that is just
/// being closed may get lost.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// A connection of HTTP/2 on which nothing arrives for that long, though something is awaited, is asked for a sign of life.
#[cfg(feature = "http2")]
const PING_INTERVAL: Duration = Duration::from_secs(3);

/// How soon the sign must come. Both together are less than an attempt has: the next one is made on another connection.
#[cfg(feature = "http2")]
const PING_TIMEOUT: Duration = Duration::from_secs(5);

impl ReqwestTransport {
    /// A client with rustls, ring and the certificates that the system trusts, for `https` and `http`. A connection must
    /// come about in 5 seconds, and is closed when it was idle for 30. Proxies are taken from the environment, as
    /// reqwest does.
    ///
    /// # Errors
    ///
    /// Where the system's certificates cannot be read.
    pub fn new() -> Result<Self, BuildError> {
        let invalid = |error: reqwest::Error| {
            BuildError::new("the HTTP client", BuildErrorKind::Invalid(error.to_string().into()))
        };
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            // These do nothing where reqwest cannot decompress, and another crate may have given it the feature.
            .no_gzip()
            .no_brotli()
            .no_deflate()
            .no_zstd()
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .tls_backend_preconfigured(tls()?);
        #[cfg(feature = "http2")]
        let client = client.http2_keep_alive_interval(PING_INTERVAL).http2_keep_alive_timeout(PING_TIMEOUT);
        Ok(Self::from_client(client.build().map_err(invalid)?))
    }
}

/// The provider is named: one that the whole process shares need not be there.
fn tls() -> Result<ClientConfig, BuildError> {
    let invalid = |error: rustls::Error| BuildError::new("TLS", BuildErrorKind::Invalid(error.to_string().into()));
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(invalid)?
        .with_platform_verifier()
        .map_err(invalid)?;
    Ok(config.with_no_client_auth())
}
