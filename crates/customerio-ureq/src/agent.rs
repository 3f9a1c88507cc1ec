//! The agent that is ready to use.

use std::sync::Arc;

use customerio_core::{BuildError, BuildErrorKind};
use customerio_transport::timeouts;
use ureq::{
    Agent, Proxy, ProxyProtocol,
    tls::{RootCerts, TlsConfig},
};

use crate::UreqTransport;

/// The most connections to one API that may idle. There are three APIs.
const IDLE_CONNECTIONS: usize = 32;

impl UreqTransport {
    /// Creates an agent for `https` and `http`, with rustls, ring and the certificates that the system trusts.
    ///
    /// Connecting, a proxy and TLS included, may take 5 seconds. A connection that was idle for 30 seconds is not used
    /// again. For each API, 32 may be idle: one for each thread that calls it. It neither connects nor loads
    /// certificates: ureq loads the system's certificates for each new connection, which takes some milliseconds.
    ///
    /// # Proxies
    ///
    /// ureq reads proxies from the environment, but differently from the other transports of this SDK:
    ///
    /// - It takes one proxy for all requests: the first that is a URL in `ALL_PROXY`, `HTTPS_PROXY` and `HTTP_PROXY`, or
    ///   the same in lower case. It must be `http` or `https`, and may have a user and a password.
    /// - All requests go through a tunnel (`CONNECT`), including those to `http` URLs.
    /// - `NO_PROXY` is a list of host names and addresses with commas and no spaces: `example.com` is that host alone,
    ///   `.example.com` its subdomains alone, `*` everything. It knows no networks (`10.0.0.0/8`).
    ///
    /// As with the others, no proxy is used for `localhost`, `127.0.0.0/8` and `[::1]`.
    ///
    /// For another proxy, or for SOCKS, use [`from_agent`](Self::from_agent).
    ///
    /// # Errors
    ///
    /// Fails if the environment names a proxy of another kind than these, such as `socks5://`.
    ///
    /// ```
    /// # mod customerio { pub use customerio_core::facade::*; pub use customerio_ureq as blocking; }
    /// use customerio::{Endpoint, Region, blocking::{Client, UreqTransport}};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = customerio_testing::WireServer::start()?;
    /// let endpoint = Endpoint::track(Region::Us, "site-id", "api-key")?.with_base_url(&server.url())?;
    /// let track = Client::new(endpoint, UreqTransport::new()?);
    /// track.delete("42")?;
    /// assert!(server.received()[0].starts_with(b"DELETE /api/v1/customers/42 HTTP/1.1\r\n"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn new() -> Result<Self, BuildError> {
        Self::with_proxy(Proxy::try_from_env())
    }

    fn with_proxy(proxy: Option<Proxy>) -> Result<Self, BuildError> {
        // ureq alone would ignore these, and connect directly.
        if let Some(proxy) = &proxy
            && !matches!(proxy.protocol(), ProxyProtocol::Http | ProxyProtocol::Https)
        {
            let scheme = proxy.uri().scheme_str().unwrap_or_default();
            let problem = BuildErrorKind::Invalid(format!("its scheme is {scheme}, not http or https").into());
            return Err(BuildError::new("the proxy of the environment", problem));
        }
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let config = Agent::config_builder()
            .proxy(proxy)
            .max_idle_age(timeouts::IDLE)
            // As many as threads may call: with ureq's default of 3, the others connect for each request.
            .max_idle_connections_per_host(IDLE_CONNECTIONS)
            .max_idle_connections(3 * IDLE_CONNECTIONS)
            .tls_config(tls);
        Ok(Self::from_agent(config.build().new_agent()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_that_cannot_be_used_is_refused_and_shows_no_password() {
        for (proxy, expected) in [
            (Some("socks5://ada:secret@proxy:1080"), Some("socks5")),
            (Some("socks4://proxy"), Some("socks4")),
            (Some("https://ada:secret@proxy"), None),
            (Some("proxy:3128"), None),
            (None, None),
        ] {
            let proxy = proxy.map(|url| Proxy::new(url).expect("it is a proxy"));
            let error = UreqTransport::with_proxy(proxy).err().map(|error| error.to_string());
            let text = expected.map(|scheme| {
                format!("the proxy of the environment is not valid: its scheme is {scheme}, not http or https")
            });
            assert_eq!(error, text);
        }
    }
}
