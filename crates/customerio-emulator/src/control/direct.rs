//! The control API without a socket, and waiting for changes.

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use tokio::sync::watch;

use crate::{Emulator, control::routes, workspaces::Workspaces};

impl Workspaces {
    /// Responds to a request to the control API, whose path begins with `/_emulator/`, as the server does, except for
    /// the stream of changes, which never ends.
    ///
    /// ```
    /// use customerio_emulator::{Emulator, Workspaces};
    /// use http::Request;
    ///
    /// # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async { tokio::spawn(async {
    /// let workspaces = Workspaces::of(Emulator::new());
    /// let response = workspaces.control(Request::get("/_emulator/v1/counts").body("".into())?).await;
    /// assert_eq!(response.status(), 200);
    /// # Ok::<(), http::Error>(()) }).await }).unwrap().unwrap();
    /// ```
    pub async fn control(&self, request: Request<Bytes>) -> Response<Bytes> {
        let (parts, body) = request.into_parts();
        let (parts, body) = routes::respond(self, &parts, body).await.into_parts();
        // One that breaks off does so only where a fault asks for it, and there is none of this API.
        let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        Response::from_parts(parts, body)
    }
}

/// Waits for changes of an emulator.
#[derive(Debug)]
pub struct Changes(watch::Receiver<u64>);

impl Emulator {
    /// Returns a watcher for changes from now on.
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::Client;
    /// use customerio_emulator::Emulator;
    /// use serde_json::json;
    ///
    /// # tokio::runtime::Builder::new_multi_thread().build().unwrap().block_on(async { tokio::spawn(async {
    /// let emulator = Emulator::new();
    /// let mut changes = emulator.changes();
    /// let client = Client::new(emulator.track_endpoint()?, emulator.clone());
    /// tokio::spawn(async move { client.identify("42", json!({})).await });
    ///
    /// while emulator.person("42").is_none() {
    ///     changes.next().await;
    /// }
    /// assert!(emulator.person("42").is_some());
    /// # Ok::<(), customerio::BuildError>(()) }).await }).unwrap().unwrap();
    /// ```
    #[must_use]
    pub fn changes(&self) -> Changes {
        Changes(self.changed.subscribe())
    }
}

impl Changes {
    /// Waits until something has changed since the last call, or since it was created. If the emulator is gone, it
    /// waits forever.
    pub async fn next(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
