//! The emulator over a socket: HTTP/1.1 with keep-alive.

use std::{convert::Infallible, io, net::SocketAddr, sync::Arc};

use bytes::Bytes;
use customerio_core::{App, BuildError, Endpoint, Pipelines, Track};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream, ToSocketAddrs},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::{JoinHandle, JoinSet},
};

use crate::{
    emulator::Emulator,
    server::answer::{Envelope, Refusal},
};

/// Most bytes of a request body: more than any call of the API takes.
const MOST_BODY: usize = 32 * 1024 * 1024;

/// Most connections at a time; others wait to be accepted.
const MOST_CONNECTIONS: usize = 1_024;

impl Emulator {
    /// Serves the emulator on an address. Port 0 takes a free one, which [`Server::url`] tells.
    ///
    /// It speaks HTTP without TLS and is made for tests: the address should be a loopback one.
    ///
    /// # Errors
    ///
    /// Where the address cannot be bound.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with I/O.
    pub async fn serve(&self, address: impl ToSocketAddrs) -> io::Result<Server> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = watch::channel(());
        let task = tokio::spawn(accept(listener, self.clone(), stopped));
        Ok(Server { emulator: self.clone(), address, stop, task })
    }

    /// Serves the emulator on a free port of 127.0.0.1.
    ///
    /// ```
    /// use customerio_emulator::Emulator;
    ///
    /// # tokio::runtime::Builder::new_multi_thread().enable_io().build().unwrap().block_on(async { tokio::spawn(async {
    /// let server = Emulator::new().serve_on_loopback().await?;
    /// assert!(server.url().starts_with("http://127.0.0.1:"));
    /// server.shutdown().await;
    /// # Ok::<(), std::io::Error>(()) }).await }).unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// Where there is no free port.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with I/O.
    pub async fn serve_on_loopback(&self) -> io::Result<Server> {
        self.serve((std::net::Ipv4Addr::LOCALHOST, 0)).await
    }
}

/// An emulator that is being served. Dropping it breaks all connections off; [`shutdown`](Self::shutdown) does not.
#[derive(Debug)]
#[must_use = "dropping it ends the server"]
pub struct Server {
    emulator: Emulator,
    address: SocketAddr,
    stop: watch::Sender<()>,
    task: JoinHandle<()>,
}

impl Server {
    /// The emulator, to look into.
    #[must_use]
    pub fn emulator(&self) -> &Emulator {
        &self.emulator
    }

    /// The address.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base URL, such as `http://127.0.0.1:49152`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The Track API of this server, with the emulator's credentials.
    ///
    /// # Errors
    ///
    /// Where the emulator was given credentials that cannot be sent.
    pub fn track_endpoint(&self) -> Result<Endpoint<Track>, BuildError> {
        self.emulator.track_endpoint_at(&self.url())
    }

    /// The Pipelines API of this server, with the emulator's credentials.
    ///
    /// # Errors
    ///
    /// Where the emulator was given credentials that cannot be sent.
    pub fn pipelines_endpoint(&self) -> Result<Endpoint<Pipelines>, BuildError> {
        self.emulator.pipelines_endpoint_at(&self.url())
    }

    /// The App API of this server, with the emulator's credentials.
    ///
    /// # Errors
    ///
    /// Where the emulator was given credentials that cannot be sent.
    pub fn app_endpoint(&self) -> Result<Endpoint<App>, BuildError> {
        self.emulator.app_endpoint_at(&self.url())
    }

    /// Accepts nothing more, answers the requests that are under way, and closes idle connections.
    ///
    /// It waits for a client that is still sending a request, however long that takes.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(());
        // The task ends when its last connection has; an error would be its panic, which was reported already.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The connections are in a set that the task owns, and end with it.
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, emulator: Emulator, mut stopped: watch::Receiver<()>) {
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        // A permit comes first, so that no more than the most are accepted.
        let next = async {
            let place = places.clone().acquire_owned().await.ok();
            (place, listener.accept().await)
        };
        tokio::select! {
            (place, accepted) = next => if let Ok((stream, _)) = accepted {
                connections.spawn(connection(stream, emulator.clone(), stopped.clone(), place));
            } else {
                // Such as too many open files: others must get a turn to close some.
                tokio::task::yield_now().await;
            },
            Some(_) = connections.join_next() => {}
            _ = stopped.changed() => break,
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

async fn connection(
    stream: TcpStream,
    emulator: Emulator,
    mut stopped: watch::Receiver<()>,
    _place: Option<OwnedSemaphorePermit>,
) {
    // Answers are small and complete; waiting to fill a packet only delays them. A socket that refuses it still works.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| async { Ok::<_, Infallible>(answer(&emulator, request).await) });
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    // Errors are the client's going away or sending what is not HTTP: hyper has answered what can be answered.
    tokio::select! {
        _ = &mut connection => return,
        _ = stopped.changed() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

async fn answer(emulator: &Emulator, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let envelope = Envelope::of_path(request.uri().path());
    let (parts, body) = request.into_parts();
    let response = match Limited::new(body, MOST_BODY).collect().await {
        Ok(body) => emulator.handle(&Request::from_parts(parts, body.to_bytes())),
        Err(error) if error.is::<LengthLimitError>() => {
            let text = format!("the body has more than {MOST_BODY} bytes");
            Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, text).into_response(envelope)
        }
        Err(_) => Refusal::bad("the body broke off").into_response(envelope),
    };
    response.map(Full::new)
}
