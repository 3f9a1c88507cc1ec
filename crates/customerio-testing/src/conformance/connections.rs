//! Connections outlive a request, and a request that nobody waits for any more.

use std::time::Duration;

use customerio_core::Transport;
use http::Method;

use super::{
    outcome::Outcome,
    sending::{abandon, get, pause, request, send},
};
use crate::WireServer;

pub(super) async fn kept_alive(transport: &dyn Transport) -> Outcome {
    let server = WireServer::start()?
        .responding("HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\n{}")
        .responding("HTTP/1.1 204 No Content\r\n\r\n")
        .responding("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")
        .responding("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::GET, Method::POST] {
        // What it says is for other checks.
        let _ = send(transport, request(method, &format!("{}/v1/probe", server.url()), "")?).await?;
        // A stack may take a connection back in the background.
        pause(Duration::from_millis(10)).await;
    }
    match server.connections() {
        1 => Ok(()),
        connections => Err(format!("6 requests made {connections} connections").into()),
    }
}

pub(super) async fn usable_after_cancellation(transport: &dyn Transport) -> Outcome {
    for earlier in [0, 1] {
        let server = WireServer::start()?;
        for _ in 0..earlier {
            get(transport, &server.url()).await?;
        }
        let server = server.responding("");
        let abandoned = request(Method::POST, &format!("{}/v1/probe", server.url()), "{}")?;
        abandon(transport, abandoned, server.has_received(earlier + 1)).await?;
        for _ in 0..3 {
            get(transport, &server.url()).await.map_err(|error| format!("after a dropped send, {error}"))?;
        }
        let (arrivals, expected) = (server.received().len(), earlier + 4);
        if arrivals != expected {
            return Err(format!("{expected} requests arrived {arrivals} times").into());
        }
    }
    Ok(())
}
