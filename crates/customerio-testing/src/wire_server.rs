use std::{
    collections::VecDeque,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

/// A server on loopback that keeps the bytes of each request as they came, and answers with the bytes that it was told,
/// or else with a 200 and `{}`.
///
/// It reads plain HTTP/1.1 with a `content-length`, and keeps connections alive, unless its answer says
/// `connection: close`. It ends when it is dropped.
#[derive(Debug)]
pub struct WireServer {
    address: SocketAddr,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    received: Mutex<Vec<Vec<u8>>>,
    answers: Mutex<VecDeque<Vec<u8>>>,
    connections: AtomicUsize,
    ended: AtomicBool,
}

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";

impl WireServer {
    /// Starts a server on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// Where no port can be had.
    pub fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let server = Self { address: listener.local_addr()?, state: Arc::default() };
        let state = server.state.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if state.ended.load(Ordering::SeqCst) {
                    return;
                }
                state.connections.fetch_add(1, Ordering::SeqCst);
                let state = state.clone();
                // A connection that breaks ends its thread; the test sees that its request is not there.
                thread::spawn(move || converse(stream, &state));
            }
        });
        Ok(server)
    }

    /// Answers the next request that has no answer yet with these bytes, whatever they are. No bytes are no answer: the
    /// connection stays open.
    #[must_use]
    pub fn answering(self, bytes: impl Into<Vec<u8>>) -> Self {
        lock(&self.state.answers).push_back(bytes.into());
        self
    }

    /// Where it listens, as a base URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many connections were made so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }

    /// The requests so far, byte for byte, in the order in which they ended.
    #[must_use]
    pub fn received(&self) -> Vec<Vec<u8>> {
        lock(&self.state.received).clone()
    }
}

impl Drop for WireServer {
    fn drop(&mut self) {
        self.state.ended.store(true, Ordering::SeqCst);
        // Wakes the listener up, which then sees that it has ended.
        let _ = TcpStream::connect(self.address);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A test that panicked while it held the lock has failed already.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
        let answer = lock(&state.answers).pop_front();
        lock(&state.received).push(request);
        let answer = answer.as_deref().unwrap_or(OK);
        writer.write_all(answer)?;
        if answer.windows(17).any(|window| window.eq_ignore_ascii_case(b"connection: close")) {
            return Ok(());
        }
    }
}
