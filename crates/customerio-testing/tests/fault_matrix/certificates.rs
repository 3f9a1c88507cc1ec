//! Certificates of the test's own, and a server's side of TLS.

use std::sync::{Arc, LazyLock};

use customerio_testing::faults::{Action, Wrap};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::{
    ClientConfig, RootCertStore, ServerConfig, ServerConnection, StreamOwned,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, PrivateKeyDer},
};

struct Authority {
    certificate: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap().der().clone();
        Self { certificate, issuer: Issuer::new(params, key) }
    }
}

static TRUSTED: LazyLock<Authority> = LazyLock::new(Authority::new);
static UNKNOWN: LazyLock<Authority> = LazyLock::new(Authority::new);

pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// A client that trusts the test's authority and no other.
pub(crate) fn trusting() -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(trusted()).unwrap();
    ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

/// The certificate of the test's authority.
pub(crate) fn trusted() -> CertificateDer<'static> {
    TRUSTED.certificate.clone()
}

/// TLS with a certificate for `name`, which ends in the year given.
fn tls(authority: &Authority, name: &str, until: i32) -> Action {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    params.not_before = date_time_ymd(2000, 1, 1);
    params.not_after = date_time_ymd(until, 1, 1);
    let certificate = params.signed_by(&key, &authority.issuer).unwrap().der().clone();
    let config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
        .unwrap();
    let config = Arc::new(config);
    Action::Wrap(Wrap::new(move |stream| {
        let session = ServerConnection::new(config.clone()).map_err(std::io::Error::other)?;
        Ok(Box::new(StreamOwned::new(session, stream)))
    }))
}

pub(crate) fn good() -> Action {
    tls(&TRUSTED, "127.0.0.1", 4000)
}

pub(crate) fn unknown_authority() -> Action {
    tls(&UNKNOWN, "127.0.0.1", 4000)
}

pub(crate) fn wrong_name() -> Action {
    tls(&TRUSTED, "track.example", 4000)
}

pub(crate) fn expired() -> Action {
    tls(&TRUSTED, "127.0.0.1", 2001)
}
