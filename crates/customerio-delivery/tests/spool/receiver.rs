//! A server that does the least for a batch: reads it, counts its events by their ids, and responds. What is measured
//! with it is the queue, and not the local Customer.io, which keeps a record of each event.

use std::{
    collections::HashSet,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    process::Child,
    sync::{Arc, Mutex},
};

use serde::Deserialize;

use crate::support::child;

/// The ids of all events that came.
type Ids = Arc<Mutex<HashSet<String>>>;

#[derive(Deserialize)]
struct Batch<'a> {
    #[serde(borrow)]
    batch: Vec<Item<'a>>,
}

#[derive(Deserialize)]
struct Item<'a> {
    id: &'a str,
}

/// The server, in a process of its own that ends with this.
pub(crate) struct Receiver {
    child: Child,
    pub(crate) url: String,
}

impl Receiver {
    pub(crate) fn start() -> Self {
        let mut child = child("receiver::receives", Path::new("")).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = lines.find_map(|line| Some(line.unwrap().split_once("said ")?.1.to_owned())).unwrap();
        Self { child, url }
    }

    /// How many different events came.
    pub(crate) fn events(&self) -> u64 {
        let mut stream = TcpStream::connect(self.url.trim_start_matches("http://")).unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
        let (_, body) = message(&mut BufReader::new(stream)).unwrap().unwrap();
        String::from_utf8(body).unwrap().parse().unwrap()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// A request or response: its first line and its body. `None` at the end of the connection.
fn message(stream: &mut BufReader<TcpStream>) -> io::Result<Option<(String, Vec<u8>)>> {
    let mut first = String::new();
    if stream.read_line(&mut first)? == 0 {
        return Ok(None);
    }
    let mut length = 0;
    for line in stream.by_ref().lines() {
        let line = line?;
        match line.split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().unwrap();
            }
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok(Some((first, body)))
}

fn serve(stream: TcpStream, ids: &Ids) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    while let Some((first, body)) = message(&mut stream)? {
        let response = if first.starts_with("POST /api/v2/batch ") {
            let batch: Batch<'_> = serde_json::from_slice(&body)?;
            ids.lock().unwrap().extend(batch.batch.iter().map(|item| item.id.to_owned()));
            "{}".to_owned()
        } else {
            ids.lock().unwrap().len().to_string()
        };
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", response.len());
        stream.get_mut().write_all(&[head.as_bytes(), response.as_bytes()].concat())?;
    }
    Ok(())
}

#[test]
#[ignore = "a process that other tests start"]
fn receives() {
    let (listener, ids) = (TcpListener::bind("127.0.0.1:0").unwrap(), Ids::default());
    println!("said http://{}", listener.local_addr().unwrap());
    for stream in listener.incoming() {
        let ids = ids.clone();
        // A client that breaks off, or sends what is no batch, lacks its response.
        std::thread::spawn(move || serve(stream.unwrap(), &ids));
    }
}
