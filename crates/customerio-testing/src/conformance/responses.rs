//! Responses arrive as the server sent them.

use std::time::Duration;

use bytes::Bytes;
use customerio_core::{
    App, CallOptions, Delivery, Endpoint, Exchange, Moment, Operation, Region, Replay, Step, Transport,
    TransportErrorKind,
};
use http::{Method, Request, Response};

use super::{
    outcome::Outcome,
    sending::{get, request, send},
};
use crate::wire_server::{Reply, WireServer};

pub(super) async fn any_status(transport: &dyn Transport) -> Outcome {
    for status in [200, 204, 301, 404, 418, 500, 599] {
        let length = if status == 204 { "" } else { "content-length: 0\r\n" };
        let response = format!("HTTP/1.1 {status} \r\n{length}\r\n");
        let server = WireServer::start()?.always(Reply::Bytes(response.into()));
        let response = get(transport, &server.url()).await.map_err(|error| format!("{status}: {error}"))?;
        if response.status() != status {
            return Err(format!("{status} came as {}", response.status()).into());
        }
    }
    Ok(())
}

pub(super) async fn headers_kept(transport: &dyn Transport) -> Outcome {
    let server = WireServer::start()?.responding(
        "HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nretry-after: 7\r\nset-cookie: b\r\nx-empty:\r\nLOCATION: /x\r\nvia: 1.1 a\r\n\
         via: 1.1 b\r\ncontent-length: 2\r\n\r\n{}",
    );
    let response = get(transport, &server.url()).await?;
    for (name, expected) in [
        ("set-cookie", &["a", "b"][..]),
        ("retry-after", &["7"]),
        ("x-empty", &[""]),
        ("location", &["/x"]),
        ("via", &["1.1 a", "1.1 b"]),
    ] {
        let found: Vec<_> = response.headers().get_all(name).iter().collect();
        if found != expected {
            return Err(format!("{name} was {expected:?}, and came as {found:?}").into());
        }
    }
    Ok(())
}

pub(super) async fn bodies_read(transport: &dyn Transport) -> Outcome {
    for (name, response, expected) in [
        ("content-length: 0", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", ""),
        ("204 without a length", "HTTP/1.1 204 No Content\r\n\r\n", ""),
        ("content-length", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n\0a\r\nb", "\0a\r\nb"),
        (
            "chunks",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{\"\r\n5\r\na\":1}\r\n0\r\n\r\n",
            "{\"a\":1}",
        ),
        ("no chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", ""),
        ("up to the close", "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{\"a\":1}", "{\"a\":1}"),
    ] {
        let server = WireServer::start()?.responding(response);
        let response = get(transport, &server.url()).await.map_err(|error| format!("{name}: {error}"))?;
        if response.body() != expected {
            return Err(format!("{name}: {expected:?} came as {:?}", response.body()).into());
        }
    }
    Ok(())
}

/// `{}`.
const GZIP: &[u8] = &[31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 174, 5, 0, 67, 191, 166, 163, 2, 0, 0, 0];

pub(super) async fn content_not_decoded(transport: &dyn Transport) -> Outcome {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n", GZIP.len());
    let server = WireServer::start()?.responding([head.as_bytes(), GZIP].concat());
    let response = get(transport, &server.url()).await?;
    if response.body() != GZIP {
        return Err(format!("gzip came as {:?}", response.body()).into());
    }
    match response.headers().get("content-encoding") {
        Some(value) if value == "gzip" => Ok(()),
        found => Err(format!("content-encoding was gzip, and came as {found:?}").into()),
    }
}

pub(super) async fn redirects_not_followed(transport: &dyn Transport) -> Outcome {
    let elsewhere = WireServer::start()?;
    for status in [301, 302, 303, 307, 308] {
        let response =
            format!("HTTP/1.1 {status} Moved\r\nlocation: {}/there\r\ncontent-length: 0\r\n\r\n", elsewhere.url());
        for method in [Method::GET, Method::POST] {
            let server = WireServer::start()?.responding(response.clone());
            let request = request(method, &format!("{}/v1/probe", server.url()), "")?;
            let result = send(transport, request).await?;
            if server.received().len() + elsewhere.received().len() != 1 {
                return Err(format!("a {status} was followed").into());
            }
            let response = result.map_err(|error| format!("{status}: there is no response: {error:?}"))?;
            if response.status() != status {
                return Err(format!("{status} came as {}", response.status()).into());
            }
        }
    }
    Ok(())
}

/// An operation for its limit: only an [`Exchange`] gives a request one.
#[derive(Clone)]
struct Probe;

const LIMIT: usize = 64 * 1024;

impl Operation for Probe {
    type Api = App;
    type Output = Response<Bytes>;
    const NAME: &'static str = "conformance";
    const METHOD: Method = Method::GET;
    const ROUTE: &'static str = "/v1/probe";
    const REPLAY: Replay = Replay::OnlyIfNotSent;
    const RESPONSE_LIMIT: usize = LIMIT;
}

fn limited(url: &str) -> Outcome<Request<Bytes>> {
    let endpoint = Endpoint::app(Region::Us, "key")?.with_base_url(url)?;
    let now = Moment { monotonic: Duration::ZERO, since_epoch: Duration::ZERO, random: 1 };
    match Exchange::new(&endpoint, Probe, &CallOptions::default(), &now)?.step(&now) {
        Step::Send(request) => Ok(request),
        other => Err(format!("the exchange began with {other:?}").into()),
    }
}

pub(super) async fn response_limit(transport: &dyn Transport) -> Outcome {
    let head = |length: usize| format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n");
    let server = WireServer::start()?.responding(head(LIMIT) + &"x".repeat(LIMIT));
    let response = send(transport, limited(&server.url())?).await?;
    let response = response.map_err(|error| format!("a body as large as the limit was not read: {error:?}"))?;
    if response.body().len() != LIMIT {
        return Err(format!("{LIMIT} bytes came as {}", response.body().len()).into());
    }

    let piece = vec![b'x'; 16 * 1024];
    let chunk = [b"4000\r\n", &piece[..], b"\r\n"].concat();
    for (name, response) in [
        ("a byte more than the limit", Reply::Bytes((head(LIMIT + 1) + &"x".repeat(LIMIT + 1)).into())),
        ("32 MiB", Reply::Huge { head: head(piece.len() * Reply::PIECES).into(), piece }),
        (
            "chunks without an end",
            Reply::Huge { head: b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec(), piece: chunk },
        ),
    ] {
        let server = WireServer::start()?.then(response);
        let result = send(transport, limited(&server.url())?).await.map_err(|error| format!("{name}: {error}"))?;
        if server.exhausted() {
            return Err(format!("{name}: it was read to its end, with a limit of {LIMIT} bytes").into());
        }
        match result {
            Ok(response) => return Err(format!("{name}: {} bytes came back", response.body().len()).into()),
            Err(error)
                if error.kind() == TransportErrorKind::ResponseTooLarge && error.delivery() == Delivery::MaybeSent => {}
            Err(error) => {
                return Err(format!("{name}: it is not ResponseTooLarge and MaybeSent, but {error:?}").into());
            }
        }
    }
    Ok(())
}
