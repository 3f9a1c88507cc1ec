//! Files arrive piece by piece and as they are, if a transport reads files.

use std::{error::Error, fmt::Write as _, future::poll_fn};

use bytes::Bytes;
use customerio_core::{ChunkStream, FileTransport, TransportError};
use http::{Request, Response};

use super::{outcome::Outcome, sending::in_time};
use crate::wire_server::{Reply, WireServer};

const PATH: &str = "/secret-in-path?signature=secret-in-query";

async fn get(files: &dyn FileTransport, url: &str) -> Outcome<Result<Response<ChunkStream>, TransportError>> {
    let request = Request::builder().uri(format!("{url}{PATH}")).header("accept", "*/*");
    in_time(files.get(request.header("accept-encoding", "identity").header("range", "bytes=7-").body(())?)).await
}

async fn next(body: &mut ChunkStream) -> Outcome<Option<Result<Bytes, TransportError>>> {
    in_time(poll_fn(|context| body.as_mut().poll_chunk(context))).await
}

async fn whole(body: &mut ChunkStream) -> Outcome<(Vec<u8>, Option<TransportError>)> {
    let mut bytes = Vec::new();
    loop {
        match next(body).await? {
            None => return Ok((bytes, None)),
            Some(Err(error)) => return Ok((bytes, Some(error))),
            Some(Ok(chunk)) if chunk.is_empty() => return Err("a piece is empty".into()),
            Some(Ok(chunk)) => bytes.extend_from_slice(&chunk),
        }
    }
}

pub(super) async fn requests_as_they_are(files: &dyn FileTransport) -> Outcome {
    let server = WireServer::start()?;
    let mut response = get(files, &server.url()).await??;
    if whole(response.body_mut()).await?.0 != b"{}" {
        return Err("the body is not the one that was sent".into());
    }
    let bytes = server.received().pop().ok_or("there is a response, and no request arrived")?;
    let head = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
    let mut lines: Vec<_> = head.lines().filter(|line| !line.is_empty()).collect();
    lines.sort_unstable();
    let (line, host) = (format!("get {PATH} http/1.1"), server.url().replace("http://", "host: "));
    let expected = ["accept-encoding: identity", "accept: */*", &line, &host, "range: bytes=7-"];
    if lines != expected {
        return Err(format!("{expected:?} arrived as {lines:?}").into());
    }
    Ok(())
}

pub(super) async fn read_in_pieces(files: &dyn FileTransport) -> Outcome {
    let piece = vec![b'x'; 16 * 1024];
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", piece.len() * Reply::PIECES);
    let server = WireServer::start()?.then(Reply::Huge { head: head.into(), piece });
    let mut response = get(files, &server.url()).await??;
    let first = next(response.body_mut()).await?.ok_or("it has no body")??;
    if server.exhausted() {
        return Err(format!("a file of 32 MiB was read to its end for a piece of {} bytes", first.len()).into());
    }
    Ok(())
}

pub(super) async fn as_they_are(files: &dyn FileTransport) -> Outcome {
    let elsewhere = WireServer::start()?;
    let moved = format!("HTTP/1.1 307 Moved\r\nlocation: {}/\r\ncontent-length: 2\r\n\r\n{{}}", elsewhere.url());
    let encoded = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\ngzip".to_owned();
    let refused = "HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno".to_owned();
    for (response, status, body) in [(moved, 307, "{}"), (encoded, 200, "gzip"), (refused, 403, "no")] {
        let server = WireServer::start()?.responding(response);
        let mut response = get(files, &server.url()).await?.map_err(|error| format!("{status}: {error}"))?;
        let found = whole(response.body_mut()).await?.0;
        if response.status() != status || found != body.as_bytes() {
            let found = String::from_utf8_lossy(&found).into_owned();
            return Err(format!("a {status} with {body:?} came as {} with {found:?}", response.status()).into());
        }
    }
    Ok(())
}

pub(super) async fn breaks_are_told(files: &dyn FileTransport) -> Outcome {
    for (sent, expected) in [
        ("", None),
        ("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf", Some("half")),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n", Some("half")),
    ] {
        let server = WireServer::start()?.always(Reply::ThenClose(sent.into()));
        let error = match get(files, &server.url()).await? {
            Err(error) => error,
            Ok(mut response) => {
                let (bytes, error) = whole(response.body_mut()).await?;
                if expected.is_none_or(|expected| expected.as_bytes() != bytes) {
                    return Err(format!("{sent:?}: {} bytes came", bytes.len()).into());
                }
                error.ok_or_else(|| format!("{sent:?}: the body breaks off, and there is no error"))?
            }
        };
        let mut shown = format!("{error:?}");
        let mut cause: Option<&dyn Error> = Some(&error);
        while let Some(current) = cause {
            write!(shown, " {current} {current:?}")?;
            cause = current.source();
        }
        if shown.contains("secret-in") {
            return Err(format!("it shows the URL: {error:?}").into());
        }
    }
    Ok(())
}
