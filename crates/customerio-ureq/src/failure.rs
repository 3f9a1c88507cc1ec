//! What an error of ureq proves about the request.

use std::io::ErrorKind;

use customerio_core::{TransportError, TransportErrorKind};
use customerio_transport::is_invalid_certificate;
use ureq::{Error, Timeout};

/// Says what the error proves; `not_begun` means that the body of the request was never read.
///
/// Only connecting is refused, looks up names, or has their timeouts. After any other error the request may have
/// arrived, unless a part of it is certainly missing.
pub(crate) fn of_ureq(error: Error, not_begun: bool) -> TransportError {
    let (connect, kind) = match &error {
        // The URL names people, and errors end up in logs.
        Error::BadUri(_) | Error::RequireHttpsOnly(_) => {
            return TransportError::not_sent(TransportErrorKind::InvalidUrl)
                .with_source("the agent does not take this URL: its scheme, or the lack of one");
        }
        Error::HostNotFound
        | Error::ConnectionFailed
        | Error::ConnectProxyFailed(_)
        | Error::InvalidProxyUrl
        | Error::TlsRequired
        | Error::Timeout(Timeout::Resolve | Timeout::Connect) => (true, TransportErrorKind::Connect),
        Error::Timeout(_) => (false, TransportErrorKind::Timeout),
        Error::Io(error) if error.kind() == ErrorKind::ConnectionRefused => (true, TransportErrorKind::Connect),
        // Certificates are verified in the handshake alone, before anything is sent.
        Error::Io(error) if is_invalid_certificate(error) => (true, TransportErrorKind::InvalidCertificate),
        // Which of TLS, the proxy and a used connection it was that failed, ureq does not say.
        _ if not_begun => (true, TransportErrorKind::Connect),
        _ => (false, TransportErrorKind::Connection),
    };
    let failed = if connect || not_begun { TransportError::not_sent(kind) } else { TransportError::maybe_sent(kind) };
    failed.with_source(error)
}

#[cfg(test)]
mod tests {
    use std::{error::Error as _, io};

    use customerio_core::Delivery;

    use super::*;

    #[test]
    fn an_error_says_what_it_proves() {
        use Delivery::{MaybeSent, NotSent};
        use TransportErrorKind::{Connect, Connection, Timeout as TimedOut};
        let io = |kind| Error::Io(io::Error::from(kind));
        for (error, not_begun, expected) in [
            (Error::HostNotFound, false, (Connect, NotSent)),
            (Error::ConnectProxyFailed("407".to_owned()), false, (Connect, NotSent)),
            (Error::Timeout(Timeout::Connect), false, (Connect, NotSent)),
            (Error::Timeout(Timeout::Global), false, (TimedOut, MaybeSent)),
            (Error::Timeout(Timeout::Global), true, (TimedOut, NotSent)),
            (io(ErrorKind::ConnectionRefused), false, (Connect, NotSent)),
            (io(ErrorKind::ConnectionReset), false, (Connection, MaybeSent)),
            (io(ErrorKind::ConnectionReset), true, (Connect, NotSent)),
            (Error::BodyExceedsLimit(1), false, (Connection, MaybeSent)),
        ] {
            let text = format!("{error:?} {not_begun}");
            let failed = of_ureq(error, not_begun);
            assert_eq!((failed.kind(), failed.delivery()), expected, "{text}");
        }
    }

    #[test]
    fn an_error_shows_no_url() {
        for error in [Error::BadUri("/ada".to_owned()), Error::RequireHttpsOnly("http://x/ada".to_owned())] {
            let failed = of_ureq(error, false);
            assert_eq!((failed.kind(), failed.delivery()), (TransportErrorKind::InvalidUrl, Delivery::NotSent));
            assert!(!failed.source().expect("it has one").to_string().contains("ada"));
        }
    }
}
