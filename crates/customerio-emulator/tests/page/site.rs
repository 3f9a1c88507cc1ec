//! A web server that notes what it is asked: a tracker, a page of somebody else's, or a receiver of webhooks.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use http_body_util::{BodyExt as _, Full};
use hyper::{
    Method, Request, Response, StatusCode, body::Bytes, body::Incoming, server::conn::http1, service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle, time::timeout};

use crate::webdriver::PATIENCE;

/// A request that came.
#[derive(Clone, Debug)]
pub(crate) struct Hit {
    pub(crate) method: Method,
    /// As the first line has it: with a host where the browser takes the site for a proxy.
    pub(crate) target: String,
    pub(crate) body: Bytes,
}

/// Ends when it is dropped.
pub(crate) struct Site {
    address: SocketAddr,
    hits: watch::Receiver<Vec<Hit>>,
    files: Files,
    task: JoinHandle<()>,
}

/// Content type and content of what is there, by path.
type Files = Arc<Mutex<BTreeMap<String, (&'static str, String)>>>;

impl Site {
    /// A site with nothing on it: what it is asked for is 200 and empty.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, hits) = watch::channel(Vec::new());
        let files = Files::default();
        let task = tokio::spawn(serve(listener, Arc::new(sender), files.clone()));
        Self { address, hits, files, task }
    }

    /// The URL of a path, which begins with a slash.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// Puts a file there.
    pub(crate) fn put(&self, path: &str, content_type: &'static str, content: impl Into<String>) {
        self.files.lock().unwrap().insert(path.to_owned(), (content_type, content.into()));
    }

    /// All that it was asked so far.
    pub(crate) fn hits(&self) -> Vec<Hit> {
        self.hits.borrow().clone()
    }

    /// Waits until it was asked for a path.
    pub(crate) async fn wait_until_asked_for(&self, path: &str) {
        self.wait_until(path, |hits| hits.iter().any(|hit| hit.target.split('?').next() == Some(path))).await;
    }

    /// Waits until `count` requests have come, and gives them all.
    pub(crate) async fn wait_for(&self, count: usize) -> Vec<Hit> {
        self.wait_until(&format!("{count} requests"), |hits| hits.len() >= count).await;
        self.hits()
    }

    async fn wait_until(&self, what: &str, wanted: impl Fn(&[Hit]) -> bool) {
        let mut hits = self.hits.clone();
        let come = timeout(PATIENCE, hits.wait_for(|hits| wanted(hits))).await.map(drop);
        assert!(come.is_ok(), "not within {PATIENCE:?}: {what}; there are {:?}", self.hits());
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, hits: Arc<watch::Sender<Vec<Hit>>>, files: Files) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (hits, files) = (hits.clone(), files.clone());
        let service = service_fn(move |request| respond(request, hits.clone(), files.clone()));
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

async fn respond(
    request: Request<Incoming>,
    hits: Arc<watch::Sender<Vec<Hit>>>,
    files: Files,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let file = files.lock().unwrap().get(parts.uri.path()).cloned();
    let (content_type, content) = file.unwrap_or_default();
    let hit = Hit { method: parts.method, target: parts.uri.to_string(), body };
    hits.send_modify(|hits| hits.push(hit));
    let response = Response::builder().status(StatusCode::OK).header("content-type", content_type);
    Ok(response.body(Full::new(content.into())).unwrap())
}
