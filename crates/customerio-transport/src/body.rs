use std::{error::Error, pin::pin};

use bytes::{Buf as _, Bytes, BytesMut};
use customerio_core::{TransportError, TransportErrorKind};
use http::Response;
use http_body::Body;
use http_body_util::BodyExt as _;

/// Reads the body, which may have up to `limit` bytes.
///
/// A body whose length is known to be more is read up to its first piece only.
///
/// # Errors
///
/// Where the body breaks off ([`TransportErrorKind::Connection`]) or is larger than `limit`
/// ([`TransportErrorKind::ResponseTooLarge`]). The error keeps the response with at most `limit` bytes of the body: its
/// status says more than that the request may have arrived.
pub async fn read_body<B>(response: Response<B>, limit: usize) -> Result<Response<Bytes>, TransportError>
where
    B: Body,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let (parts, body) = response.into_parts();
    let too_large = usize::try_from(body.size_hint().lower()).map_or(true, |bytes| bytes > limit);
    let mut body = pin!(body);
    let mut bytes = BytesMut::new();
    let failed = loop {
        match body.frame().await {
            None => return Ok(Response::from_parts(parts, bytes.freeze())),
            Some(Err(error)) => {
                break TransportError::maybe_sent(TransportErrorKind::Connection).with_source(error);
            }
            Some(Ok(frame)) => {
                let Ok(mut data) = frame.into_data() else { continue };
                let (length, room) = (data.remaining(), limit - bytes.len());
                bytes.extend_from_slice(&data.copy_to_bytes(length.min(room)));
                if too_large || length > room {
                    break TransportError::maybe_sent(TransportErrorKind::ResponseTooLarge);
                }
            }
        }
    };
    Err(failed.with_response(Response::from_parts(parts, bytes.freeze())))
}

#[cfg(test)]
mod tests {
    use customerio_core::Delivery;
    use http_body_util::{Channel, Full};

    use super::*;

    #[tokio::test]
    async fn a_body_is_read_up_to_the_limit() {
        for (limit, expected) in [(4, Ok("body")), (5, Ok("body")), (3, Err("bod")), (0, Err(""))] {
            let read = read_body(Response::new(Full::new(Bytes::from("body"))), limit).await;
            let read = read.map_err(|error| {
                assert_eq!(error.kind(), TransportErrorKind::ResponseTooLarge);
                error.response().map(|response| response.body().clone()).unwrap_or_default()
            });
            assert_eq!(read.map(Response::into_body), expected.map(Bytes::from).map_err(Bytes::from), "{limit}");
        }
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_is_kept_as_far_as_it_came() {
        let (mut sender, body) = Channel::<Bytes, std::io::Error>::new(2);
        sender.send_data(Bytes::from("half")).await.expect("there is room");
        sender.abort(std::io::Error::other("broken"));
        let error = read_body(Response::new(body), 10).await.expect_err("it broke off");
        assert_eq!((error.kind(), error.delivery()), (TransportErrorKind::Connection, Delivery::MaybeSent));
        assert_eq!(error.response().map(|response| &response.body()[..]), Some(&b"half"[..]));
    }
}
