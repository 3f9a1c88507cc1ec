//! Requests arrive byte for byte.

use std::fmt::Write as _;

use bytes::Bytes;
use customerio_core::Transport;
use http::{Method, Request};

use super::{
    outcome::Outcome,
    sending::{request, response},
};
use crate::WireServer;

/// A request as it arrived.
struct Arrived {
    line: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// Sends to a server of its own, which gives the request back.
async fn arrived(
    transport: &dyn Transport,
    request: impl FnOnce(&str) -> Outcome<Request<Bytes>>,
) -> Outcome<(Request<Bytes>, Arrived)> {
    let server = WireServer::start()?;
    let sent = request(&server.url())?;
    response(transport, sent.clone()).await?;
    let bytes = server.received().pop().ok_or("there is a response, but no request arrived")?;
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").ok_or("the request's head has no end")?;
    let head = std::str::from_utf8(&bytes[..end])?;
    let mut lines = head.split("\r\n");
    let line = lines.next().unwrap_or_default().to_owned();
    let headers = lines.map(|line| {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        (name.to_ascii_lowercase(), value.trim_matches([' ', '\t']).to_owned())
    });
    Ok((sent, Arrived { line, headers: headers.collect(), body: bytes[end + 4..].to_vec() }))
}

pub(super) async fn target(transport: &dyn Transport) -> Outcome {
    let every = (0..=u8::MAX).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "%{byte:02X}");
        text
    });
    for (method, target) in [
        (Method::GET, "/v1/probe".to_owned()),
        (Method::PUT, "/api/v1/customers/a%2Fb%3Fc%23d%20e%25f".to_owned()),
        (Method::POST, "/api/v1/x%2E%2E/~a-b_c.d/cio_03%2b%c3%a9".to_owned()),
        (Method::DELETE, format!("/{every}?q={every}&{every}=&a=b+c&d")),
    ] {
        let (sent, arrived) = arrived(transport, |url| request(method, &format!("{url}{target}"), "")).await?;
        let expected = format!("{} {target} HTTP/1.1", sent.method());
        if arrived.line != expected {
            return Err(format!("{expected:?} arrived as {:?}", arrived.line).into());
        }
    }
    Ok(())
}

pub(super) async fn headers(transport: &dyn Transport) -> Outcome {
    for (method, body) in [(Method::GET, ""), (Method::POST, ""), (Method::PUT, "{}"), (Method::DELETE, "")] {
        let (sent, arrived) = arrived(transport, |url| {
            let mut request = request(method, &format!("{url}/v1/probe"), body)?;
            for value in ["b", "a", "", "one, two; three=\"4\""] {
                request.headers_mut().append("x-workspace-id", value.parse()?);
            }
            // Not everything that is read is JSON.
            request.headers_mut().insert("accept", "image/*, application/json;q=0.5".parse()?);
            Ok(request)
        })
        .await?;
        let mut expected = Vec::new();
        for (name, value) in sent.headers() {
            expected.push((name.to_string(), value.to_str()?.to_owned()));
        }
        let mut found: Vec<_> = arrived.headers.into_iter().filter(|(name, _)| name != "host").collect();
        // Only headers of one name have an order that means something, and the sort keeps it.
        expected.sort_by(|(one, _), (other, _)| one.cmp(other));
        found.sort_by(|(one, _), (other, _)| one.cmp(other));
        if found != expected {
            return Err(format!("{}: {expected:?} arrived as {found:?}", sent.method()).into());
        }
    }
    Ok(())
}

pub(super) async fn body(transport: &dyn Transport) -> Outcome {
    let every: Vec<u8> = (0..=u8::MAX).cycle().take(300_000).collect();
    for (method, body) in [
        (Method::POST, Vec::new()),
        (Method::PUT, Vec::new()),
        (Method::POST, b"{}\r\n\r\n".to_vec()),
        (Method::POST, every.clone()),
        (Method::PUT, every),
    ] {
        let (sent, arrived) = arrived(transport, |url| request(method, &format!("{url}/v1/probe"), body)).await?;
        let lengths: Vec<_> = arrived.headers.iter().filter(|(name, _)| name == "content-length").collect();
        if arrived.headers.iter().any(|(name, _)| name == "transfer-encoding") {
            return Err(format!("{}: it arrived in chunks, though it had a content-length", sent.method()).into());
        }
        if lengths.iter().map(|(_, value)| value.parse().ok()).ne([Some(sent.body().len())]) {
            return Err(format!("{}: {} bytes arrived with {lengths:?}", sent.method(), sent.body().len()).into());
        }
        if arrived.body != *sent.body() {
            let (sent_bytes, bytes) = (sent.body().len(), arrived.body.len());
            return Err(format!("{}: {sent_bytes} bytes arrived as {bytes} others", sent.method()).into());
        }
    }
    Ok(())
}

pub(super) async fn host(transport: &dyn Transport) -> Outcome {
    let (sent, arrived) = arrived(transport, |url| request(Method::GET, &format!("{url}/v1/probe"), "")).await?;
    let hosts: Vec<_> = arrived.headers.iter().filter(|(name, _)| name == "host").map(|(_, value)| value).collect();
    match sent.uri().authority() {
        Some(authority) if hosts == [authority.as_str()] => Ok(()),
        authority => Err(format!("{authority:?} arrived as {hosts:?}").into()),
    }
}
