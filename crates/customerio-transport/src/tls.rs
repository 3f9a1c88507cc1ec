//! rustls with the certificates that the system trusts, set up once per process.
//!
//! Each function has a fixed cryptography provider: one that is installed for the whole process is neither needed nor
//! used. The certificates are loaded during the first handshake, which takes some milliseconds, and are kept until the
//! process ends: creating a client does not take that time. If they cannot be loaded, that connection fails with an
//! error that says so, and the next one tries again.
//!
//! Types of rustls are part of this module's API: a new major version of rustls is a new major version of this crate.
//!
//! No protocols are set for ALPN: an HTTP client that speaks HTTP/2 sets them in a clone, which shares the certificates.

use std::sync::{Arc, OnceLock};

use rustls::{
    ClientConfig, DigitallySignedStruct, Error, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
};

/// Returns the configuration with ring as the provider.
///
/// # Errors
///
/// Fails if rustls cannot be set up with ring, which happens with no known version of the two.
///
/// ```
/// let config = customerio_transport::tls::ring()?;
/// assert!(std::sync::Arc::ptr_eq(config, customerio_transport::tls::ring()?), "it is made once");
/// # Ok::<(), rustls::Error>(())
/// ```
#[cfg(feature = "ring")]
pub fn ring() -> Result<&'static Arc<ClientConfig>, Error> {
    static CONFIG: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    once(&CONFIG, || config(rustls::crypto::ring::default_provider()))
}

/// Returns the configuration with aws-lc-rs as the provider.
///
/// # Errors
///
/// Fails if rustls cannot be set up with aws-lc-rs, which happens with no known version of the two.
#[cfg(feature = "aws-lc-rs")]
pub fn aws_lc_rs() -> Result<&'static Arc<ClientConfig>, Error> {
    static CONFIG: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    once(&CONFIG, || config(rustls::crypto::aws_lc_rs::default_provider()))
}

fn config(provider: CryptoProvider) -> Result<Arc<ClientConfig>, Error> {
    let provider = Arc::new(provider);
    let verifier = PlatformVerifier { provider: provider.clone(), loaded: OnceLock::new() };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// What is in the cell, or else what `make` makes. A failure is not kept. If two threads make it, one is used.
fn once<T>(cell: &OnceLock<T>, make: impl FnOnce() -> Result<T, Error>) -> Result<&T, Error> {
    if let Some(value) = cell.get() {
        return Ok(value);
    }
    let value = make()?;
    Ok(cell.get_or_init(|| value))
}

/// The platform's verifier, made when there is a certificate to verify. The signatures of a handshake are checked with the
/// provider's algorithms, as the platform's verifier does too: for them, and for the first message, nothing is loaded.
#[derive(Debug)]
struct PlatformVerifier {
    provider: Arc<CryptoProvider>,
    loaded: OnceLock<rustls_platform_verifier::Verifier>,
}

impl ServerCertVerifier for PlatformVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verifier = once(&self.loaded, || rustls_platform_verifier::Verifier::new(self.provider.clone()))?;
        verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
