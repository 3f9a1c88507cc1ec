//! Which protocol a ready-made client chooses, of HTTP/2 and HTTP/1.1, which a server with TLS offers. It is for the
//! crates of the transports: only there a test knows whether the feature `http2` is on.

use std::{env, fs, io, path::PathBuf, process::Command, sync::Arc};

use customerio_core::{Client, Endpoint, Region, Transport};
use customerio_testing::faults::{Action, Fate, FaultServer, Frame, Wrap};
use rcgen::{CertificateParams, KeyPair};
use rustls::{ServerConfig, ServerConnection, StreamOwned, crypto::ring, pki_types::PrivateKeyDer};

/// Calls the server that [`assert_protocol`] has started.
pub(crate) async fn call(transport: impl Transport + 'static) {
    let endpoint = Endpoint::track(Region::Us, "site", "key").unwrap();
    let endpoint = endpoint.with_base_url(&env::var("TEST_URL").unwrap()).unwrap();
    Client::new(endpoint, transport).delete("42").await.unwrap();
}

/// Runs the test `program` of this binary, which makes a [`call`], in a process that trusts the server's certificate: a
/// process must not change its own environment. The server speaks one protocol and no other.
pub(crate) fn assert_protocol(program: &str, http2: bool) {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap().self_signed(&key).unwrap();
    let roots = Roots(env::temp_dir().join(format!("customerio-alpn-{}.pem", std::process::id())));
    fs::write(&roots.0, certificate.pem()).unwrap();
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
        .unwrap();
    config.alpn_protocols = vec!["h2".into(), "http/1.1".into()];
    let config = Arc::new(config);
    let tls = Action::Wrap(Wrap::new(move |stream| {
        let session = ServerConnection::new(config.clone()).map_err(io::Error::other)?;
        Ok(Box::new(StreamOwned::new(session, stream)))
    }));
    let serve = if http2 {
        vec![tls, Action::Frame(Frame::Settings(Vec::new())), Action::ServeHttp2(b"{}".to_vec())]
    } else {
        vec![tls, Action::Serve(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".to_vec())]
    };
    let server = FaultServer::start().unwrap().always(serve);

    let mut child = Command::new(env::current_exe().unwrap());
    child.args(["--exact", program, "--ignored", "--nocapture"]).env("SSL_CERT_FILE", &roots.0);
    for name in ["HTTPS_PROXY", "ALL_PROXY"] {
        child.env_remove(name).env_remove(name.to_lowercase());
    }
    let output = child.env("TEST_URL", format!("https://{}", server.address())).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let record = server.finish();
    assert_eq!((record.connections, &record.arrivals[..]), (1, &[Fate::Responded(200)][..]));
}

/// The file with the certificate, which is removed with this.
struct Roots(PathBuf);

impl Drop for Roots {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}
