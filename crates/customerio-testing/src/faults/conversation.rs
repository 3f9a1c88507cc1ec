use std::{
    collections::{BTreeMap, VecDeque},
    io::{self, ErrorKind, Read as _, Write as _},
    net::{Shutdown, TcpStream},
    thread,
    time::Duration,
};

use socket2::SockRef;

use super::{
    Action, Fate, Frame, Stream,
    state::State,
    wiretap::{Event, Wiretap},
};
use crate::listener::{Ended, lock};

/// How long a read or a write takes at most before it is asked whether the server has ended.
const TICK: Duration = Duration::from_millis(50);

/// One connection, and the script that is played on it.
pub(super) struct Conversation<'a> {
    socket: TcpStream,
    stream: Box<dyn Stream>,
    ended: Ended,
    state: &'a State,
    wiretap: Wiretap,
    /// Where each whole request is in the record, by its number.
    arrivals: BTreeMap<u32, usize>,
    /// The fate of each request: a response can be written before its request is whole.
    fates: BTreeMap<u32, Fate>,
    /// The whole requests that came in and that no action has taken yet.
    untaken: VecDeque<u32>,
}

impl<'a> Conversation<'a> {
    pub(super) fn new(socket: TcpStream, ended: Ended, state: &'a State) -> io::Result<Self> {
        socket.set_read_timeout(Some(TICK))?;
        socket.set_write_timeout(Some(TICK))?;
        socket.set_nodelay(true)?;
        let stream = Box::new(socket.try_clone()?);
        let mut wiretap = Wiretap::default();
        wiretap.next_response();
        let (arrivals, fates, untaken) = (BTreeMap::new(), BTreeMap::new(), VecDeque::new());
        Ok(Self { socket, stream, ended, state, wiretap, arrivals, fates, untaken })
    }

    /// Does one thing after the other. Fails where the connection does.
    pub(super) fn play(mut self, script: &[Action]) -> io::Result<()> {
        for action in script {
            match action {
                Action::Read(bytes) => {
                    let mut left = *bytes;
                    while left > 0 {
                        match self.read(left)? {
                            0 => return Ok(()),
                            read => left -= read,
                        }
                    }
                }
                Action::ReadRequest => {
                    if self.request()?.is_none() {
                        return Ok(());
                    }
                }
                Action::Write(bytes) => self.write(bytes)?,
                Action::Drip(bytes, pause) => {
                    for byte in bytes {
                        self.write(&[*byte])?;
                        thread::sleep(*pause);
                    }
                }
                Action::Flood(bytes) => loop {
                    self.write_all(bytes)?;
                },
                Action::Frame(frame) => self.frame(frame)?,
                Action::Pause(duration) => thread::sleep(*duration),
                Action::Stall => return self.drain(),
                Action::Wrap(wrap) => self.stream = wrap.apply(self.socket.try_clone()?)?,
                Action::Serve(response) => {
                    while self.request()?.is_some() {
                        self.write(response)?;
                    }
                }
                Action::ServeHttp2(body) => {
                    while let Some(stream) = self.request()? {
                        self.frame(&Frame::Headers { stream, status: 200, last: false })?;
                        self.frame(&Frame::Data { stream, bytes: body.clone(), last: true })?;
                    }
                }
                Action::CloseReading => self.socket.shutdown(Shutdown::Read)?,
                Action::CloseWriting => self.socket.shutdown(Shutdown::Write)?,
                Action::Close => break,
                // The socket is closed when the last handle of it is, which is when this ends.
                Action::Reset => return SockRef::from(&self.socket).set_linger(Some(Duration::ZERO)),
            }
        }
        // To close a socket with something unread in it breaks the connection: first the end, then the rest.
        self.socket.shutdown(Shutdown::Write)?;
        self.drain()
    }

    /// Reads until the client closes, or nothing comes any more and the server has ended.
    fn drain(&mut self) -> io::Result<()> {
        while self.read(64 * 1024)? > 0 {}
        Ok(())
    }

    /// The number of the next request that nobody has taken yet, when it is whole, and `None` if none comes.
    fn request(&mut self) -> io::Result<Option<u32>> {
        while self.untaken.is_empty() {
            if self.read(64 * 1024)? == 0 {
                return Ok(None);
            }
        }
        self.wiretap.next_response();
        Ok(self.untaken.pop_front())
    }

    /// Reads something, and at most that much; 0 at the end.
    fn read(&mut self, most: usize) -> io::Result<usize> {
        let mut buffer = vec![0; most];
        loop {
            match self.stream.read(&mut buffer) {
                Ok(read) => {
                    for event in self.wiretap.received(&buffer[..read]) {
                        self.note(event);
                    }
                    return Ok(read);
                }
                Err(error) if is_tick(&error) && self.ended.get() => return Ok(0),
                Err(error) if is_tick(&error) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// What is written counts before it is: a client that acts on it finds it counted.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some(event) = self.wiretap.written(bytes) {
            self.note(event);
        }
        self.write_all(bytes)
    }

    fn frame(&mut self, frame: &Frame) -> io::Result<()> {
        if let Some(event) = Wiretap::framed(frame) {
            self.note(event);
        }
        self.write_all(&frame.to_bytes())
    }

    fn write_all(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match self.stream.write(bytes) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(written) => bytes = &bytes[written..],
                Err(error) if is_tick(&error) && !self.ended.get() => {}
                Err(error) => return Err(error),
            }
        }
        self.stream.flush()
    }

    fn note(&mut self, event: Event) {
        let mut record = lock(&self.state.record);
        match event {
            Event::Begun => record.begun += 1,
            Event::Whole(number) => {
                self.untaken.push_back(number);
                self.arrivals.insert(number, record.arrivals.len());
                record.arrivals.push(self.fates.get(&number).copied().unwrap_or(Fate::NoResponse));
            }
            Event::Fate(number, fate) => {
                self.fates.insert(number, fate);
                if let Some(index) = self.arrivals.get(&number) {
                    record.arrivals[*index] = fate;
                }
            }
        }
    }
}

fn is_tick(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}
