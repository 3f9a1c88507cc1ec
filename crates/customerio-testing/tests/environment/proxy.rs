//! A proxy that opens tunnels, or does not.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

#[derive(Clone, Copy)]
pub(crate) enum Mode {
    /// Opens each tunnel that it is asked for.
    Tunnel,
    /// Responds with this status line.
    Refuse(&'static str),
}

pub(crate) struct Proxy {
    address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    heads: Vec<String>,
    passed_on: Vec<u8>,
}

impl Proxy {
    /// A proxy that has TLS itself, if it has an acceptor.
    pub(crate) async fn start(mode: Mode, acceptor: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::<Mutex<Seen>>::default();
        let shared = seen.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (seen, acceptor) = (shared.clone(), acceptor.clone());
                tokio::spawn(async move {
                    match acceptor {
                        Some(acceptor) => serve(acceptor.accept(stream).await?, mode, &seen).await,
                        None => serve(stream, mode, &seen).await,
                    }
                });
            }
        });
        Self { address, seen }
    }

    pub(crate) fn url(&self, scheme: &str, user: &str) -> String {
        format!("{scheme}://{user}{}", self.address)
    }

    /// What it was asked for, once a connection.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.seen.lock().unwrap().heads.clone()
    }

    /// What clients wrote into its tunnels.
    pub(crate) fn passed_on(&self) -> Vec<u8> {
        self.seen.lock().unwrap().passed_on.clone()
    }
}

async fn serve(mut client: impl AsyncRead + AsyncWrite + Unpin, mode: Mode, seen: &Mutex<Seen>) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await?);
    }
    let head = String::from_utf8(head).map_err(io::Error::other)?;
    seen.lock().unwrap().heads.push(head.clone());
    let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
    if let Mode::Refuse(status) = mode {
        client.write_all(format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n").as_bytes()).await?;
        return client.shutdown().await;
    }
    let server = TcpStream::connect(target).await?;
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    let (mut from_server, mut to_server) = server.into_split();
    let (mut from_client, mut to_client) = tokio::io::split(client);
    let back = async {
        tokio::io::copy(&mut from_server, &mut to_client).await?;
        to_client.shutdown().await
    };
    let forth = async {
        let mut bytes = vec![0; 4096];
        loop {
            let length = from_client.read(&mut bytes).await?;
            if length == 0 {
                return to_server.shutdown().await;
            }
            seen.lock().unwrap().passed_on.extend_from_slice(&bytes[..length]);
            to_server.write_all(&bytes[..length]).await?;
        }
    };
    tokio::try_join!(back, forth).map(|_| ())
}
