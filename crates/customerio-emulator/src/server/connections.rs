//! The connections: what each waits for, and which of them is closed when it has waited too long or another needs its
//! place. A client that says nothing, or half of something, must not keep others out.

use std::{
    collections::BTreeMap,
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::Notify,
    time::{Instant, timeout},
};

/// Most connections at a time: few enough that the usual limit of 1024 open files is far.
pub(crate) const MOST_CONNECTIONS: usize = 512;

/// How long one that needs a place waits for the one that goes before a further one must go.
const MAKING_ROOM: Duration = Duration::from_millis(100);

/// What a connection is waiting for. Those that come first are closed first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Waiting {
    /// A request.
    Idle,
    /// The rest of a request's head, or of a TLS handshake.
    Head,
    /// The rest of a body that does not matter, because the response needed only its head.
    Rest,
    /// The rest of a body.
    Body,
    /// The emulator: it is not closed then to make room.
    Response,
}

impl Waiting {
    /// How long the client may take. A body has its own timer, because its client gets a response.
    const fn limit(self) -> Option<Duration> {
        match self {
            // As long as servers behind which there is no other commonly do: clients close theirs before.
            Self::Idle => Some(Duration::from_secs(75)),
            Self::Head | Self::Rest => Some(Duration::from_secs(10)),
            Self::Body | Self::Response => None,
        }
    }

    const fn closing(self) -> Closing {
        if matches!(self, Self::Idle) { Closing::WhenIdle } else { Closing::Now }
    }

    /// How long it is left alone though another needs its place: who has just come is about to say something.
    const fn grace(self) -> Duration {
        match self {
            Self::Idle => Duration::from_millis(250),
            Self::Head | Self::Rest | Self::Body => Duration::from_secs(1),
            Self::Response => Duration::MAX,
        }
    }
}

/// How a connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Closing {
    /// At once: its client takes too long.
    Now,
    /// When it is idle: a request may have come just now.
    WhenIdle,
}

/// All connections.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    seats: Mutex<Seats>,
    freed: Notify,
}

#[derive(Debug, Default)]
struct Seats {
    taken: BTreeMap<u64, Arc<Seat>>,
    last: u64,
}

/// What is known of one connection.
#[derive(Debug)]
pub(crate) struct Seat {
    /// Since when it waits for what.
    waiting: Mutex<(Waiting, Instant)>,
    close: Notify,
    told: OnceLock<Closing>,
}

/// A connection's place, which is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    number: u64,
    pub(crate) seat: Arc<Seat>,
    connections: Arc<Connections>,
}

impl Connections {
    /// A place for a new connection; another is closed where there is none.
    pub(crate) async fn place(self: &Arc<Self>) -> Place {
        loop {
            let freed = self.freed.notified();
            if let Some(place) = self.free_place() {
                return place;
            }
            self.make_room();
            let _ = timeout(MAKING_ROOM, freed).await;
        }
    }

    fn free_place(self: &Arc<Self>) -> Option<Place> {
        let mut seats = self.seats();
        if seats.taken.len() >= MOST_CONNECTIONS {
            return None;
        }
        seats.last += 1;
        let number = seats.last;
        let waiting = Mutex::new((Waiting::Idle, Instant::now()));
        let seat = Arc::new(Seat { waiting, close: Notify::new(), told: OnceLock::new() });
        seats.taken.insert(number, seat.clone());
        Some(Place { number, seat, connections: self.clone() })
    }

    /// Closes the connection that can be missed most: one without a request before one with, and of these the one that
    /// has waited longest.
    pub(crate) fn make_room(&self) {
        let seats = self.seats();
        let open = seats.taken.values().filter(|seat| seat.told.get().is_none());
        let waiting = open.map(|seat| (seat.waiting(), seat));
        let missed = waiting.filter(|((what, since), _)| since.elapsed() >= what.grace());
        if let Some(((what, _), seat)) = missed.min_by_key(|(waiting, _)| *waiting) {
            seat.tell(what.closing());
        }
    }

    /// Closes the connections whose clients take too long.
    pub(crate) fn close_overdue(&self) {
        for seat in self.seats().taken.values() {
            let (what, since) = seat.waiting();
            if what.limit().is_some_and(|limit| since.elapsed() >= limit) {
                seat.tell(what.closing());
            }
        }
    }

    /// Closes all connections; those with a request after its response.
    pub(crate) fn close_all(&self) {
        for seat in self.seats().taken.values() {
            let under_way = matches!(seat.waiting().0, Waiting::Body | Waiting::Response);
            seat.tell(if under_way { Closing::WhenIdle } else { seat.waiting().0.closing() });
        }
    }

    fn seats(&self) -> MutexGuard<'_, Seats> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.seats().taken.remove(&self.number);
        self.connections.freed.notify_one();
    }
}

impl Seat {
    /// What the connection waits for, and since when.
    pub(crate) fn waiting(&self) -> (Waiting, Instant) {
        *self.lock()
    }

    /// Notes what the connection waits for from now on.
    pub(crate) fn wait_for(&self, what: Waiting) {
        *self.lock() = (what, Instant::now());
    }

    /// Notes it, if it was waiting for something that is over now.
    pub(crate) fn wait_after(&self, over: Waiting, what: Waiting) {
        let mut waiting = self.lock();
        if waiting.0 == over {
            *waiting = (what, Instant::now());
        }
    }

    /// Waits until the connection is to be closed.
    pub(crate) async fn closing(&self) -> Closing {
        self.close.notified().await;
        self.told.get().copied().unwrap_or(Closing::WhenIdle)
    }

    fn tell(&self, closing: Closing) {
        if self.told.set(closing).is_ok() {
            self.close.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, (Waiting, Instant)> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A socket whose first byte of a request is noticed.
#[derive(Debug)]
pub(crate) struct Watched<S> {
    stream: S,
    seat: Arc<Seat>,
}

impl<S> Watched<S> {
    pub(crate) const fn new(stream: S, seat: Arc<Seat>) -> Self {
        Self { stream, seat }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        if buf.filled().len() > before {
            self.seat.wait_after(Waiting::Idle, Waiting::Head);
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bytes)
    }
    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
