//! A transport says what is known about a request without a response, and retries nothing.

use std::{error::Error, fmt::Write as _, time::Duration};

use bytes::Bytes;
use customerio_core::{Delivery, Transport, TransportErrorKind};
use http::{Method, Response};

use super::{
    outcome::Outcome,
    sending::{request, response, send, send_in_time},
};
use crate::{
    faults::ClosedPort,
    wire_server::{Reply, WireServer},
};

pub(super) async fn refused(transport: &dyn Transport) -> Outcome {
    let port = ClosedPort::start()?;
    match send(transport, request(Method::POST, &format!("{}/v1/probe", port.url()), "{}")?).await? {
        Err(error) if error.kind() == TransportErrorKind::Connect && error.delivery() == Delivery::NotSent => Ok(()),
        other => Err(format!("it is not Connect and NotSent, but {other:?}").into()),
    }
}

/// The names of the checks, and what the server writes before it closes the connection.
pub(super) const AMBIGUOUS: [(&str, &[&str]); 4] = [
    ("closed_before_the_response_is_maybe_sent", &[""]),
    (
        "closed_in_the_head_is_maybe_sent",
        &["HTTP/1.1", "HTTP/1.1 200 OK\r\ncontent-le", "HTTP/1.1 200 OK\r\nvia: x\r\n"],
    ),
    (
        "closed_in_the_body_is_maybe_sent",
        &[
            "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{}",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n",
        ],
    ),
    ("not_http_is_maybe_sent", &["SSH-2.0-OpenSSH_9.6\r\n", "<html>\r\n\r\n", "\0\0\x12\x04\0\0\0\0\0"]),
];

pub(super) async fn maybe_sent(transport: &dyn Transport, responses: &[&str]) -> Outcome {
    for written in responses {
        let server = WireServer::start()?.always(Reply::ThenClose((*written).into()));
        for method in [Method::GET, Method::POST] {
            let request = request(method, &format!("{}/v1/probe", server.url()), "")?;
            match send(transport, request).await.map_err(|error| format!("{written:?}: {error}"))? {
                Err(error) if error.delivery() == Delivery::MaybeSent => {}
                other => return Err(format!("{written:?}: it is not MaybeSent, but {other:?}").into()),
            }
        }
    }
    Ok(())
}

/// The timeout of an attempt whose body stalls.
const TIMEOUT: Duration = Duration::from_millis(500);

/// The status says more than that the request may have arrived.
pub(super) async fn head_kept(transport: &dyn Transport) -> Outcome {
    const HALF: &[u8] = b"HTTP/1.1 202 Accepted\r\nretry-after: 7\r\ncontent-length: 10\r\n\r\n{}";
    for (name, what) in [("breaks", Reply::ThenClose(HALF.into())), ("stalls", Reply::Bytes(HALF.into()))] {
        let server = WireServer::start()?.always(what);
        let request = request(Method::POST, &format!("{}/v1/probe", server.url()), "{}")?;
        let result = send_in_time(transport, request, TIMEOUT).await?;
        let Some(Err(error)) = &result else {
            return Err(format!("a body that {name}: it is not an error in time, but {result:?}").into());
        };
        let kept = |response: &Response<Bytes>| {
            response.status() == 202 && response.headers().contains_key("retry-after") && response.body() == "{}"
        };
        if error.delivery() != Delivery::MaybeSent || !error.response().is_some_and(kept) {
            return Err(format!("a body that {name}: the error does not keep what came, but is {error:?}").into());
        }
    }
    Ok(())
}

/// URLs name people, and errors end up in logs.
pub(super) async fn errors_show_no_url(transport: &dyn Transport) -> Outcome {
    let refused = ClosedPort::start()?;
    let closes = |written: &[u8]| WireServer::start().map(|server| server.always(Reply::ThenClose(written.into())));
    let early = closes(b"")?;
    let late = closes(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{}")?;
    for base in [refused.url(), early.url(), late.url()] {
        let request = request(Method::GET, &format!("{base}/v1/person-in-path?id=person-in-query"), "")?;
        let Err(error) = send(transport, request).await? else { continue };
        let mut shown = format!("{error:?}");
        let mut cause: Option<&dyn Error> = Some(&error);
        while let Some(current) = cause {
            write!(shown, " {current} {current:?}")?;
            cause = current.source();
        }
        if shown.contains("person-in-path") || shown.contains("person-in-query") {
            return Err(format!("it shows the URL: {error:?}").into());
        }
    }
    Ok(())
}

/// A stack may take a request for safe to retry: by its method, by the status, because the connection was not new.
pub(super) async fn sent_once(transport: &dyn Transport) -> Outcome {
    let status = |line: &str| Reply::Bytes(format!("HTTP/1.1 {line}\r\ncontent-length: 0\r\n\r\n").into());
    for (name, what) in [
        ("a close before the response", Reply::ThenClose(Vec::new())),
        ("a close in the head", Reply::ThenClose(b"HTTP/1.1 200 OK\r\n".to_vec())),
        ("a close in the body", Reply::ThenClose(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{".to_vec())),
        ("401", status("401 Unauthorized\r\nwww-authenticate: Basic realm=\"x\"")),
        ("408", status("408 Request Timeout\r\nconnection: close")),
        ("421", status("421 Misdirected Request")),
        ("425", status("425 Too Early")),
        ("429", status("429 Too Many Requests\r\nretry-after: 0")),
        ("503", status("503 Service Unavailable\r\nretry-after: 0")),
    ] {
        for method in [Method::GET, Method::PUT, Method::POST, Method::DELETE] {
            for used in [false, true] {
                let server = WireServer::start()?;
                let url = format!("{}/v1/probe", server.url());
                if used {
                    response(transport, request(Method::GET, &url, "")?).await?;
                }
                let server = server.then(what.clone());
                let before = server.received().len();
                // What it says is for other checks.
                let _ = send(transport, request(method.clone(), &url, "")?).await?;
                let arrivals = server.received().len() - before;
                if arrivals != 1 {
                    let connection = if used { "a used" } else { "a new" };
                    return Err(
                        format!("{name}: a {method} on {connection} connection arrived {arrivals} times").into()
                    );
                }
            }
        }
    }
    Ok(())
}
