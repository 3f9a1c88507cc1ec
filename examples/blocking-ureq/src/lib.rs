//! ureq as the SDK needs it, and one round trip with it.

use std::{
    io::{ErrorKind, Read as _},
    sync::Arc,
    time::Duration,
};

use customerio_core::{
    Attempt, TransportError, TransportErrorKind,
    bytes::Bytes,
    http::{Request, Response},
};
use ureq::{
    Agent,
    tls::{RootCerts, TlsConfig},
};

/// Does one round trip: any status is `Ok`, no redirect is followed, nothing is repeated.
///
/// # Errors
///
/// Where no whole answer came.
pub fn send(agent: &Agent, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
    let attempt = Attempt::of(&request);
    let (parts, body) = request.into_parts();
    // To a GET or DELETE with a body, and be it one of no bytes, ureq adds a content-length.
    let sent = if body.is_empty() && !parts.headers.contains_key("content-length") {
        let request = agent.configure_request(Request::from_parts(parts, ()));
        agent.run(request.timeout_global(Some(attempt.timeout)).build())
    } else {
        let request = agent.configure_request(Request::from_parts(parts, &body[..]));
        agent.run(request.timeout_global(Some(attempt.timeout)).build())
    };
    let (parts, body) = sent.map_err(of_ureq)?.into_parts();
    let mut bytes = Vec::new();
    // One more than the limit: the reader then knows the end of a body that is just as long.
    let most = u64::try_from(attempt.response_limit).unwrap_or(u64::MAX).saturating_add(1);
    let read = body.into_reader().take(most).read_to_end(&mut bytes);
    if bytes.len() > attempt.response_limit {
        return Err(TransportError::maybe_sent(TransportErrorKind::ResponseTooLarge));
    }
    let response = Response::from_parts(parts, bytes.into());
    match read {
        Ok(_) => Ok(response),
        // What there is of the answer says what became of the request.
        Err(error) => Err(of_ureq(error.into()).with_response(response)),
    }
}

/// Only connecting is refused, looks names up, or has that timeout: then the request certainly did not arrive.
fn of_ureq(error: ureq::Error) -> TransportError {
    let failed = match &error {
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed | ureq::Error::Timeout(ureq::Timeout::Connect) => {
            TransportError::not_sent(TransportErrorKind::Connect)
        }
        ureq::Error::Io(error) if error.kind() == ErrorKind::ConnectionRefused => {
            TransportError::not_sent(TransportErrorKind::Connect)
        }
        ureq::Error::Timeout(_) => TransportError::maybe_sent(TransportErrorKind::Timeout),
        _ => TransportError::maybe_sent(TransportErrorKind::Connection),
    };
    failed.with_source(error)
}

/// ureq as the SDK needs it. By default it follows redirects, makes errors of statuses, and takes a proxy from the
/// environment. Without its feature `gzip` it decompresses nothing.
#[must_use]
pub fn agent() -> Agent {
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    let config = Agent::config_builder()
        .max_redirects(0)
        .http_status_as_error(false)
        .proxy(None)
        .timeout_connect(Some(Duration::from_secs(5)))
        .tls_config(tls);
    config.build().new_agent()
}
