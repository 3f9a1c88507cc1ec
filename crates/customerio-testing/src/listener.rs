//! A listener on loopback with a thread for each connection.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
};

/// It takes no more connections when it is dropped.
#[derive(Debug)]
pub(crate) struct Listener {
    address: SocketAddr,
    state: Arc<State>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct State {
    connections: AtomicUsize,
    ended: AtomicBool,
}

/// Whether the listener of a connection has ended.
#[derive(Clone, Debug)]
pub(crate) struct Ended(Arc<State>);

impl Ended {
    pub(crate) fn get(&self) -> bool {
        self.0.ended.load(Ordering::SeqCst)
    }
}

impl Listener {
    /// Listens on a free port of 127.0.0.1. A connection that breaks ends its thread; the test sees what is not there.
    pub(crate) fn start(
        serve: impl Fn(TcpStream, Ended) -> io::Result<()> + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let state = Arc::new(State::default());
        let (shared, serve) = (state.clone(), Arc::new(serve));
        let accept = move || {
            let mut threads = Vec::new();
            for stream in listener.incoming().map_while(Result::ok) {
                if shared.ended.load(Ordering::SeqCst) {
                    break;
                }
                shared.connections.fetch_add(1, Ordering::SeqCst);
                let (serve, ended) = (serve.clone(), Ended(shared.clone()));
                threads.push(thread::spawn(move || serve(stream, ended)));
            }
            for thread in threads {
                let _ = thread.join();
            }
        };
        Ok(Self { address, state, thread: Some(thread::spawn(accept)) })
    }

    /// The address as a base URL.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections were made so far.
    pub(crate) fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }

    /// Takes no more connections, and waits until those that there are have ended.
    pub(crate) fn join(&mut self) {
        self.end();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }

    fn end(&self) {
        if !self.state.ended.swap(true, Ordering::SeqCst) {
            // Wakes the listener up, which then sees that it has ended.
            let _ = TcpStream::connect(self.address);
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.end();
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A test that panicked while it held the lock has failed already.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
