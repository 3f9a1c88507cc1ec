//! A host of files that breaks as it is told, and keeps what it got.

use std::{
    io::{self, BufRead as _, BufReader, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// What it does with one request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reply {
    /// The file, or the part that is asked for.
    Good,
    /// The same, of which that many bytes are sent, the head included, and then the connection ends.
    Cut(usize),
    /// The same, of which that many bytes of the body are sent, and then nothing.
    Stall(usize),
    /// The whole file, whatever is asked for.
    Whole,
    /// The whole file in chunks without a length, which ends in the middle of one.
    Chunked(usize),
    /// Another file, whatever is asked for.
    Other,
    /// The link has expired.
    Expired,
    /// A redirect to the same path of another host.
    Elsewhere,
}

#[derive(Debug)]
pub(crate) struct FileServer {
    state: Arc<State>,
    address: String,
}

#[derive(Debug)]
struct State {
    file: Vec<u8>,
    replies: Mutex<Vec<Reply>>,
    /// Where [`Reply::Elsewhere`] leads.
    elsewhere: String,
    requests: Mutex<Vec<String>>,
}

impl FileServer {
    /// Has `file`, and does one after the other with the requests that come; after that it is [`Reply::Good`].
    pub(crate) fn start(file: &[u8], replies: &[Reply], elsewhere: &str) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let replies = Mutex::new(replies.iter().rev().copied().collect());
        let state = State { file: file.to_vec(), replies, elsewhere: elsewhere.to_owned(), requests: Mutex::default() };
        let state = Arc::new(state);
        let shared = state.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let shared = shared.clone();
                thread::spawn(move || shared.converse(&stream));
            }
        });
        Self { state, address }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The heads of the requests so far, in lower case.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.state.requests.lock().unwrap().clone()
    }
}

impl State {
    fn converse(&self, stream: &TcpStream) -> io::Result<()> {
        let (mut reader, mut writer) = (BufReader::new(stream), stream);
        loop {
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                if reader.read_line(&mut head)? == 0 {
                    return Ok(());
                }
            }
            let reply = self.replies.lock().unwrap().pop().unwrap_or(Reply::Good);
            let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
            let head = head.to_lowercase();
            self.requests.lock().unwrap().push(head.clone());
            let range =
                head.lines().find_map(|line| line.strip_prefix("range: bytes=")?.strip_suffix('-')?.parse().ok());
            let length = self.file.len();
            let (status, rest) = match (range, reply) {
                (Some(start), Reply::Good | Reply::Cut(_) | Reply::Stall(_)) if start < length => {
                    let range = format!("206 Partial Content\r\ncontent-range: bytes {start}-{}/{length}", length - 1);
                    (range, &self.file[start..])
                }
                _ => ("200 OK".to_owned(), &self.file[..]),
            };
            let good = [
                format!("HTTP/1.1 {status}\r\netag: \"one\"\r\ncontent-length: {}\r\n\r\n", rest.len()).into_bytes(),
                rest.to_vec(),
            ]
            .concat();
            match reply {
                Reply::Good | Reply::Whole => writer.write_all(&good)?,
                Reply::Cut(bytes) => return writer.write_all(&good[..bytes]),
                Reply::Stall(bytes) => {
                    writer.write_all(&good[..good.len() - rest.len() + bytes])?;
                    // Until the client has had enough.
                    let _ = reader.read_line(&mut String::new());
                    return Ok(());
                }
                Reply::Chunked(bytes) => {
                    let head = "HTTP/1.1 200 OK\r\netag: \"one\"\r\ntransfer-encoding: chunked\r\n\r\nfffff\r\n";
                    return writer.write_all(&[head.as_bytes(), &self.file[..bytes]].concat());
                }
                Reply::Other => {
                    writer.write_all(b"HTTP/1.1 200 OK\r\netag: \"two\"\r\ncontent-length: 5\r\n\r\nother")?;
                }
                Reply::Expired => {
                    writer.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 7\r\n\r\nexpired")?;
                }
                Reply::Elsewhere => {
                    let location = format!("{}{path}", self.elsewhere);
                    let head =
                        format!("HTTP/1.1 307 Temporary Redirect\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n");
                    writer.write_all(head.as_bytes())?;
                }
            }
        }
    }
}

/// Sends `size` bytes to whoever asks for anything, from one buffer.
pub(crate) fn endless(size: u64) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut reader = BufReader::new(&stream);
            let mut line = String::new();
            while line != "\r\n" {
                line.clear();
                if reader.read_line(&mut line).unwrap() == 0 {
                    break;
                }
            }
            let mut writer = &stream;
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {size}\r\n\r\n");
            writer.write_all(head.as_bytes()).unwrap();
            let (piece, mut left) = (vec![b'x'; 256 * 1024], size);
            while left > 0 {
                let part = piece.len().min(usize::try_from(left).unwrap());
                writer.write_all(&piece[..part]).unwrap();
                left -= part as u64;
            }
        }
    });
    url
}
