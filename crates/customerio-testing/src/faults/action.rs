use std::{
    fmt, io,
    io::{Read, Write},
    net::TcpStream,
    sync::Arc,
    time::Duration,
};

use super::Frame;

/// One thing that the server does with a connection.
///
/// After the last one it closes the connection, as with [`Close`](Self::Close). A script also ends where the connection
/// does.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Action {
    /// Reads this many bytes, and no more.
    Read(usize),
    /// Reads until a request is there that no earlier action has read: its head, and as much of a body as its
    /// `content-length` says.
    ReadRequest,
    /// Writes this.
    Write(Vec<u8>),
    /// Writes this a byte at a time, with a pause after each.
    Drip(Vec<u8>, Duration),
    /// Writes this repeatedly, until the client closes. A response cannot begin in it.
    Flood(Vec<u8>),
    /// Writes this frame of HTTP/2.
    Frame(Frame),
    /// Does nothing for this long. What arrives stays unread.
    Pause(Duration),
    /// Says nothing until the client closes, and reads what comes.
    Stall,
    /// Reads and writes over what this makes of the connection.
    Wrap(Wrap),
    /// Responds to each request with this, until the client closes.
    Serve(Vec<u8>),
    /// Responds to each HTTP/2 request with a 200 and this body, until the client closes. It responds to neither `PING`
    /// nor `SETTINGS`; the server's own `SETTINGS` come before it, as a [`Frame`](Self::Frame).
    ServeHttp2(Vec<u8>),
    /// Stops reading: the receiving side of the socket is shut down.
    CloseReading,
    /// Ends what it writes (FIN), and can still read.
    CloseWriting,
    /// Ends the connection in good order (FIN), when the client has ended it too. What still arrives is counted.
    Close,
    /// Breaks the connection (RST).
    Reset,
}

impl Action {
    /// [`Write`](Self::Write), for text.
    pub fn write(text: impl Into<Vec<u8>>) -> Self {
        Self::Write(text.into())
    }
}

/// A byte stream in both directions: a socket, or TLS over one.
pub trait Stream: Read + Write + Send {}

impl<T: Read + Write + Send> Stream for T {}

/// The function that [`Action::Wrap`] applies to a connection, such as a TLS handshake.
///
/// Reads of the socket time out after a while, so that the server can end; what is made of it passes such errors on, as
/// `rustls::StreamOwned` does.
#[derive(Clone)]
pub struct Wrap(Arc<dyn Fn(TcpStream) -> io::Result<Box<dyn Stream>> + Send + Sync>);

impl Wrap {
    /// Does this to a connection.
    pub fn new(wrap: impl Fn(TcpStream) -> io::Result<Box<dyn Stream>> + Send + Sync + 'static) -> Self {
        Self(Arc::new(wrap))
    }

    pub(super) fn apply(&self, stream: TcpStream) -> io::Result<Box<dyn Stream>> {
        (self.0)(stream)
    }
}

impl fmt::Debug for Wrap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wrap").finish_non_exhaustive()
    }
}
