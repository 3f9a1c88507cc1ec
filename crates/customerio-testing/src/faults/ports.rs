use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpStream},
    time::Duration,
};

use socket2::{Domain, SockAddr, Socket, Type};

/// A port on loopback that refuses connections.
///
/// It is taken, so that nobody else begins to listen on it.
#[derive(Debug)]
pub struct ClosedPort {
    address: SocketAddr,
    _socket: Socket,
}

impl ClosedPort {
    /// Takes a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// Fails if no port can be had.
    pub fn start() -> io::Result<Self> {
        let (socket, address) = bound()?;
        Ok(Self { address, _socket: socket })
    }

    /// Returns the base URL of the port.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

fn bound() -> io::Result<(Socket, SocketAddr)> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&SockAddr::from(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))))?;
    let address = socket.local_addr()?.as_socket().ok_or(io::ErrorKind::AddrNotAvailable)?;
    Ok((socket, address))
}

/// A port on loopback where connections are neither established nor refused, as behind a firewall that drops
/// everything.
///
/// It is a listener that accepts nothing and whose queue is full. That a full queue is silent is so on Linux; other
/// systems refuse.
#[derive(Debug)]
pub struct BlackHole {
    address: SocketAddr,
    _listener: Socket,
    _queue: Vec<TcpStream>,
}

impl BlackHole {
    /// Takes a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// Fails if no port can be had, or the queue does not fill up.
    pub fn start() -> io::Result<Self> {
        let (listener, address) = bound()?;
        listener.listen(0)?;
        let mut queue = Vec::new();
        // How many fit differs by a few from system to system.
        for _ in 0..16 {
            match TcpStream::connect_timeout(&address, Duration::from_millis(100)) {
                Ok(stream) => queue.push(stream),
                Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                    return Ok(Self { address, _listener: listener, _queue: queue });
                }
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::other("the queue of a listener does not fill up"))
    }

    /// Returns the base URL of the port.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}
