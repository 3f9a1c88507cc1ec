use std::{
    collections::VecDeque,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::listener::{Listener, lock};

/// A server on loopback that keeps the bytes of each request as they came, and responds with scripted bytes, or else
/// with a 200 and `{}`.
///
/// It reads plain HTTP/1.1 with a `content-length`, and keeps connections alive, unless its response says `connection:
/// close`. It ends when it is dropped.
#[derive(Debug)]
pub struct WireServer {
    listener: Listener,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    received: Mutex<Vec<Vec<u8>>>,
    responses: Mutex<VecDeque<Reply>>,
    default: Mutex<Option<Reply>>,
    exhausted: AtomicBool,
}

/// What the server does when it has a request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// Writes this, and keeps the connection unless it says `connection: close`.
    Bytes(Vec<u8>),
    /// Writes this, and closes the connection.
    ThenClose(Vec<u8>),
    /// Writes the head, and then the piece [`PIECES`](Self::PIECES) times: far more than sockets can hold.
    Huge { head: Vec<u8>, piece: Vec<u8> },
}

impl Reply {
    pub(crate) const PIECES: usize = 2048;
}

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";

impl WireServer {
    /// Starts a server on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// Fails if no port can be had.
    pub fn start() -> io::Result<Self> {
        let state = Arc::<State>::default();
        let shared = state.clone();
        let listener = Listener::start(move |stream, _| converse(stream, &shared))?;
        Ok(Self { listener, state })
    }

    /// Sets the response to the next request that has none yet: these bytes, whatever they are. No bytes are no
    /// response: the connection stays open.
    #[must_use]
    pub fn responding(self, bytes: impl Into<Vec<u8>>) -> Self {
        self.then(Reply::Bytes(bytes.into()))
    }

    /// Does this with the next request that has no response yet.
    pub(crate) fn then(self, response: Reply) -> Self {
        lock(&self.state.responses).push_back(response);
        self
    }

    /// Does this with every request that has no response of its own.
    pub(crate) fn always(self, response: Reply) -> Self {
        *lock(&self.state.default) = Some(response);
        self
    }

    /// Returns the base URL of the server.
    #[must_use]
    pub fn url(&self) -> String {
        self.listener.url()
    }

    /// How many connections were made so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.listener.connections()
    }

    /// The requests so far, byte for byte, in the order in which they ended.
    #[must_use]
    pub fn received(&self) -> Vec<Vec<u8>> {
        lock(&self.state.received).clone()
    }

    /// Whether there are that many requests, for one that has not got the server at hand.
    pub(crate) fn has_received(&self, count: usize) -> impl Fn() -> bool + Send + 'static {
        let state = self.state.clone();
        move || lock(&state.received).len() >= count
    }

    /// Whether an [`Reply::Huge`] was taken from it down to the last piece.
    pub(crate) fn exhausted(&self) -> bool {
        self.state.exhausted.load(Ordering::SeqCst)
    }
}

fn converse(stream: TcpStream, state: &State) -> io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream;
    loop {
        let (mut request, mut length) = (Vec::new(), 0);
        loop {
            let start = request.len();
            if reader.read_until(b'\n', &mut request)? == 0 {
                return Ok(());
            }
            let line = request[start..].trim_ascii_end();
            if line.is_empty() {
                break;
            }
            let line = String::from_utf8_lossy(line).to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
        }
        reader.by_ref().take(length).read_to_end(&mut request)?;
        let response = lock(&state.responses).pop_front().or_else(|| lock(&state.default).clone());
        lock(&state.received).push(request);
        match response.unwrap_or_else(|| Reply::Bytes(OK.to_vec())) {
            Reply::Bytes(bytes) => {
                writer.write_all(&bytes)?;
                if bytes.windows(17).any(|window| window.eq_ignore_ascii_case(b"connection: close")) {
                    return Ok(());
                }
            }
            Reply::ThenClose(bytes) => return writer.write_all(&bytes),
            Reply::Huge { head, piece } => {
                writer.write_all(&head)?;
                for _ in 1..Reply::PIECES {
                    writer.write_all(&piece)?;
                }
                // Before the last piece: who has all of it then sees this.
                state.exhausted.store(true, Ordering::SeqCst);
                writer.write_all(&piece)?;
            }
        }
    }
}
