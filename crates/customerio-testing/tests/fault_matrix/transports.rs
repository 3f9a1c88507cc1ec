//! The transports under test, and one around them whose waits between attempts take no time.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use customerio_core::{
    Moment, Transport, TransportError, async_trait,
    bytes::Bytes,
    http::{Request, Response},
};
use customerio_hyper::HyperTransport;
use customerio_reqwest::ReqwestTransport;
use customerio_ureq::UreqTransport;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::{
    certificates::{provider, trusted, trusting},
    on_threads::OnThreads,
    table::{Jump, Via},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stack {
    Reqwest,
    Hyper,
    /// The blocking one, on threads.
    Ureq,
}

/// Long enough for ureq's own timer to be the first.
fn on_threads(transport: UreqTransport) -> Arc<dyn Transport> {
    Arc::new(OnThreads { transport, longer: Duration::from_millis(300) })
}

/// How soon a ping is sent, and how soon its response must come.
const PING: Duration = Duration::from_millis(150);

impl Stack {
    pub(crate) const ALL: [Self; 3] = [Self::Reqwest, Self::Hyper, Self::Ureq];

    /// Whether there is such a client: ureq does not speak HTTP/2.
    pub(crate) fn has(self, via: Via) -> bool {
        self != Self::Ureq || matches!(via, Via::Ready | Via::Trusting)
    }

    pub(crate) fn transport(self, via: Via) -> Arc<dyn Transport> {
        match (self, via) {
            (Self::Reqwest, Via::Ready) => Arc::new(ReqwestTransport::new().unwrap()),
            (Self::Hyper, Via::Ready) => Arc::new(HyperTransport::new().unwrap()),
            (Self::Ureq, Via::Ready) => on_threads(UreqTransport::new().unwrap()),
            (Self::Ureq, _) => {
                let tls = TlsConfig::builder()
                    .root_certs(RootCerts::new_with_certs(&[Certificate::from_der(&trusted()).to_owned()]))
                    .unversioned_rustls_crypto_provider(provider());
                let agent = ureq::Agent::config_builder().proxy(None).tls_config(tls.build()).build().new_agent();
                on_threads(UreqTransport::from_agent(agent))
            }
            (Self::Reqwest, _) => {
                let client = reqwest::Client::builder().tls_backend_preconfigured(trusting());
                match via {
                    Via::Ready | Via::Trusting => Arc::new(ReqwestTransport::from_builder(client).unwrap()),
                    Via::Http2 => Arc::new(ReqwestTransport::from_builder(client.http2_prior_knowledge()).unwrap()),
                    // With other pings than a builder gets.
                    Via::Pinging => {
                        let client = client
                            .redirect(reqwest::redirect::Policy::none())
                            .retry(reqwest::retry::never())
                            .connect_timeout(Duration::from_secs(1))
                            .http2_prior_knowledge()
                            .http2_keep_alive_interval(PING)
                            .http2_keep_alive_timeout(PING);
                        Arc::new(ReqwestTransport::from_client(client.build().unwrap()))
                    }
                }
            }
            (Self::Hyper, Via::Trusting) => {
                let connector = hyper_rustls::HttpsConnectorBuilder::new()
                    .with_tls_config(trusting())
                    .https_only()
                    .enable_http1()
                    .build();
                let client = Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build(connector);
                Arc::new(HyperTransport::from_service(client))
            }
            (Self::Hyper, Via::Http2 | Via::Pinging) => {
                let mut client = Client::builder(TokioExecutor::new());
                client.http2_only(true);
                if via == Via::Pinging {
                    client.timer(TokioTimer::new()).http2_keep_alive_interval(PING).http2_keep_alive_timeout(PING);
                }
                Arc::new(HyperTransport::from_service(client.build(HttpConnector::new())))
            }
        }
    }
}

/// A transport whose waits between attempts are over at once, and move its clocks; what an attempt takes is real. It
/// counts the attempts.
#[derive(Debug)]
pub(crate) struct Hurried {
    inner: Arc<dyn Transport>,
    jump: Jump,
    attempts: AtomicU32,
    /// Whether a request is out: then a wait is the attempt's timeout.
    sending: AtomicBool,
    skipped: AtomicU64,
}

impl Hurried {
    pub(crate) fn new(inner: Arc<dyn Transport>, jump: Jump) -> Self {
        let (attempts, sending, skipped) = Default::default();
        Self { inner, jump, attempts, sending, skipped }
    }

    pub(crate) fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::SeqCst)
    }
}

/// That a request is out, until it is dropped.
struct Sending<'a>(&'a AtomicBool);

impl Drop for Sending<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

/// How long the machine has been up when a row begins: room for its monotonic clock to go back.
const UP: Duration = Duration::from_secs(24 * 60 * 60);

/// The wall clock of all rows begins here: Sun, 06 Nov 1994 08:49:37 GMT.
const WALL: Duration = Duration::from_secs(784_111_777);

#[async_trait]
impl Transport for Hurried {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.attempts.fetch_add(1, Ordering::SeqCst);
        self.sending.store(true, Ordering::SeqCst);
        let _sending = Sending(&self.sending);
        self.inner.send(request).await
    }

    async fn sleep(&self, duration: Duration) {
        if self.sending.load(Ordering::SeqCst) {
            return self.inner.sleep(duration).await;
        }
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        self.skipped.fetch_add(nanos, Ordering::SeqCst);
        tokio::task::yield_now().await;
    }

    fn now(&self) -> Moment {
        let now = self.inner.now();
        let monotonic = now.monotonic + Duration::from_nanos(self.skipped.load(Ordering::SeqCst));
        let jump =
            if self.attempts() > 0 && !self.sending.load(Ordering::SeqCst) { self.jump } else { Jump::default() };
        Moment {
            monotonic: moved(monotonic + UP, jump.monotonic),
            since_epoch: moved(monotonic + WALL, jump.wall),
            random: now.random,
        }
    }
}

fn moved(time: Duration, seconds: i64) -> Duration {
    let by = Duration::from_secs(seconds.unsigned_abs());
    if seconds < 0 { time.saturating_sub(by) } else { time + by }
}
