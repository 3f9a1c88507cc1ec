//! The emulator over a socket: HTTP/1.1 with keep-alive.

use std::{
    io::{
        self,
        ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset},
    },
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use customerio_core::{App, BuildError, Endpoint, Pipelines, Track};
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream, ToSocketAddrs},
    sync::watch,
    task::JoinSet,
    time::{Interval, interval, sleep, timeout},
};

#[cfg(feature = "tls")]
use crate::server::tls;
use crate::{
    emulator::Emulator,
    server::{
        connections::{Closing, Connections, Place, Watched},
        exchange::Shared,
        listeners::{Listeners, Protocol},
    },
    workspaces::Workspaces,
};

/// Most bytes of a request that are read before somebody wants them, such as its head.
const MOST_BUFFERED: usize = 64 * 1024;

/// How often it is looked for clients that take too long.
const SWEEP: Duration = Duration::from_secs(1);

/// How long the server waits where the system has no more sockets for it.
const OUT_OF_FILES: Duration = Duration::from_millis(100);

/// How long requests that are under way have when the server ends.
const LAST_REQUESTS: Duration = Duration::from_secs(5);

impl Emulator {
    /// Serves the emulator on an address. Port 0 chooses a free one: see [`Server::url`].
    ///
    /// It speaks HTTP without TLS, for tests: use a loopback address. It refuses a request whose `Host` is neither
    /// `localhost`, nor the address that it came to, nor a name of [`Builder::with_hosts`](crate::Builder::with_hosts).
    ///
    /// It serves up to 512 connections at a time; a further one replaces the connection that has waited longest for its
    /// client. A client has 10 seconds for the head of a request and 30 for its body, and 75 seconds to begin the next.
    ///
    /// # Errors
    ///
    /// Fails if the address cannot be bound.
    ///
    /// # Panics
    ///
    /// Panics outside of a tokio runtime with I/O and time.
    pub async fn serve(&self, address: impl ToSocketAddrs) -> io::Result<Server> {
        Workspaces::of(self.clone()).serve(address).await
    }

    /// Serves the emulator on listening sockets, each as [`serve`](Self::serve) does: on several addresses, or with
    /// TLS. The limits hold for all of them together.
    ///
    /// # Errors
    ///
    /// Fails if a socket does not listen.
    ///
    /// # Panics
    ///
    /// Panics outside of a tokio runtime with I/O and time.
    pub fn serve_on(&self, listeners: Listeners) -> io::Result<Server> {
        Workspaces::of(self.clone()).serve_on(listeners)
    }

    /// Serves the emulator on a free port of 127.0.0.1.
    ///
    /// ```
    /// use customerio_emulator::Emulator;
    ///
    /// # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async { tokio::spawn(async {
    /// let server = Emulator::new().serve_on_loopback().await?;
    /// assert!(server.url().starts_with("http://127.0.0.1:"));
    /// server.shutdown().await;
    /// # Ok::<(), std::io::Error>(()) }).await }).unwrap().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// Fails if there is no free port.
    ///
    /// # Panics
    ///
    /// Panics outside of a tokio runtime with I/O and time.
    pub async fn serve_on_loopback(&self) -> io::Result<Server> {
        self.serve((std::net::Ipv4Addr::LOCALHOST, 0)).await
    }
}

impl Workspaces {
    /// Serves the workspaces on an address, as [`Emulator::serve`] does.
    ///
    /// # Errors
    ///
    /// Fails if the address cannot be bound.
    ///
    /// # Panics
    ///
    /// Panics outside of a tokio runtime with I/O and time.
    pub async fn serve(&self, address: impl ToSocketAddrs) -> io::Result<Server> {
        let listener = TcpListener::bind(address).await?.into_std()?;
        self.serve_on(Listeners::http(listener))
    }

    /// Serves the workspaces on listening sockets, as [`Emulator::serve_on`] does.
    ///
    /// # Errors
    ///
    /// Fails if a socket does not listen.
    ///
    /// # Panics
    ///
    /// Panics outside of a tokio runtime with I/O and time.
    pub fn serve_on(&self, listeners: Listeners) -> io::Result<Server> {
        let (address, https) = (listeners.address()?, listeners.https_address());
        let (stop, _) = watch::channel(());
        let (shared, connections) = (Shared::of(self, stop.subscribe()), Arc::new(Connections::default()));
        let mut tasks = JoinSet::new();
        for (listener, protocol) in listeners.all {
            listener.set_nonblocking(true)?;
            let door = Door { listener: TcpListener::from_std(listener)?, protocol, connections: connections.clone() };
            tasks.spawn(accept(door, shared.clone(), interval(SWEEP), stop.subscribe()));
        }
        Ok(Server { emulator: self.first().clone(), address, https, stop, tasks })
    }
}

/// An emulator that is being served.
///
/// Dropping it breaks all connections; [`shutdown`](Self::shutdown) does not.
#[derive(Debug)]
#[must_use = "dropping it ends the server"]
pub struct Server {
    emulator: Emulator,
    address: SocketAddr,
    https: Option<SocketAddr>,
    stop: watch::Sender<()>,
    /// The connections are in sets that these own, and end with them.
    tasks: JoinSet<()>,
}

impl Server {
    /// The emulator, to inspect.
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

    /// The address with TLS, if there is one.
    #[must_use]
    pub fn https_address(&self) -> Option<SocketAddr> {
        self.https
    }

    /// The base URL with TLS, such as `https://127.0.0.1:49153`, if a socket has it.
    #[must_use]
    pub fn https_url(&self) -> Option<String> {
        self.https.map(|address| format!("https://{address}"))
    }

    /// Returns an endpoint of the Track API of this server, with the emulator's credentials.
    ///
    /// # Errors
    ///
    /// Fails if the emulator was given credentials that cannot be sent.
    pub fn track_endpoint(&self) -> Result<Endpoint<Track>, BuildError> {
        self.emulator.track_endpoint_at(&self.url())
    }

    /// Returns an endpoint of the Pipelines API of this server, with the emulator's credentials.
    ///
    /// # Errors
    ///
    /// Fails if the emulator was given credentials that cannot be sent.
    pub fn pipelines_endpoint(&self) -> Result<Endpoint<Pipelines>, BuildError> {
        self.emulator.pipelines_endpoint_at(&self.url())
    }

    /// Returns an endpoint of the App API of this server, with the emulator's credentials.
    ///
    /// # Errors
    ///
    /// Fails if the emulator was given credentials that cannot be sent.
    pub fn app_endpoint(&self) -> Result<Endpoint<App>, BuildError> {
        self.emulator.app_endpoint_at(&self.url())
    }

    /// Accepts no more connections, responds to the requests in progress, and closes idle connections.
    ///
    /// It takes at most 5 seconds: then the remaining connections are closed.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(());
        // A task ends when its last connection has; an error would be its panic, which was reported already.
        while self.tasks.join_next().await.is_some() {}
    }
}

/// A socket that clients come to.
struct Door {
    listener: TcpListener,
    protocol: Protocol,
    connections: Arc<Connections>,
}

async fn accept(door: Door, shared: Shared, mut sweep: Interval, mut stopped: watch::Receiver<()>) {
    let Door { listener, protocol, connections } = door;
    let mut tasks = JoinSet::new();
    let mut next = Box::pin(next(&listener, &connections));
    loop {
        tokio::select! {
            (stream, place) = &mut next => {
                tasks.spawn(client(stream, protocol.clone(), shared.clone(), place));
                next.set(self::next(&listener, &connections));
            }
            Some(_) = tasks.join_next() => {}
            _ = sweep.tick() => connections.close_overdue(),
            _ = stopped.changed() => break,
        }
    }
    drop(next);
    drop(listener);
    connections.close_all();
    let all = async { while tasks.join_next().await.is_some() {} };
    // What is left then ends with the set.
    let _ = timeout(LAST_REQUESTS, all).await;
}

/// The next client, and a place for it.
async fn next(listener: &TcpListener, connections: &Arc<Connections>) -> (TcpStream, Place) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return (stream, connections.place().await),
            // The client went away before its turn.
            Err(error) if matches!(error.kind(), ConnectionAborted | ConnectionReset | ConnectionRefused) => {}
            // Such as too many open files: one connection less may help, and asking again at once does not.
            Err(_) => {
                connections.make_room();
                sleep(OUT_OF_FILES).await;
            }
        }
    }
}

async fn client(stream: TcpStream, protocol: Protocol, shared: Shared, place: Place) {
    // Responses are small and complete; waiting to fill a packet only delays them. A socket that refuses it still
    // works.
    let _ = stream.set_nodelay(true);
    let own = stream.local_addr().ok().map(|address| address.ip());
    match protocol {
        Protocol::Http => connection(stream, own, shared, place).await,
        #[cfg(feature = "tls")]
        Protocol::Https(acceptor) => {
            if let Some(stream) = tls::handshake(stream, &acceptor, &place.seat).await {
                connection(stream, own, shared, place).await;
            }
        }
    }
}

async fn connection<S>(stream: S, own: Option<IpAddr>, shared: Shared, place: Place)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let seat = &place.seat;
    let service = service_fn(|request| shared.respond(request, own, seat));
    let stream = TokioIo::new(Watched::new(stream, seat.clone()));
    let connection = http1::Builder::new().max_buf_size(MOST_BUFFERED).serve_connection(stream, service);
    tokio::pin!(connection);
    // Errors are the client's going away or sending what is not HTTP: hyper has responded where that is possible.
    tokio::select! {
        _ = &mut connection => return,
        closing = seat.closing() => if closing == Closing::Now { return },
    }
    connection.as_mut().graceful_shutdown();
    let _ = timeout(LAST_REQUESTS, connection).await;
}
