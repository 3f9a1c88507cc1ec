use std::{
    error::Error,
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};

use bytes::{Buf as _, Bytes, BytesMut};
use customerio_core::{TransportError, TransportErrorKind};
use http::Response;
use http_body::Body;

/// Reads the body, which may have up to `limit` bytes, until `time_is_up` is ready.
///
/// Create `time_is_up` before the request is sent, from
/// [`Attempt::body_timeout`](customerio_core::Attempt::body_timeout): whoever waits for the response drops it a moment
/// later. A body whose length is known to be more than `limit` is read up to its first piece only.
///
/// # Errors
///
/// Fails if the body breaks off ([`TransportErrorKind::Connection`]), is not there in time
/// ([`TransportErrorKind::Timeout`]) or is larger than `limit` ([`TransportErrorKind::ResponseTooLarge`]). The error
/// keeps the response with at most `limit` bytes of the body: its status says more than that the request may have
/// arrived.
///
/// ```
/// use std::future::pending;
///
/// use customerio_core::{TransportErrorKind, http::Response};
/// use customerio_transport::read_body;
///
/// #[tokio::main]
/// async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
/// # tokio::spawn(async {
///     // A transport has `tokio::time::sleep(attempt.body_timeout())` instead of `pending()`.
///     let response = read_body(Response::new("{}".to_owned()), 2, pending()).await?;
///     assert_eq!(response.body(), "{}");
///     let error = read_body(Response::new("{}".to_owned()), 1, pending()).await.unwrap_err();
///     assert_eq!(error.kind(), TransportErrorKind::ResponseTooLarge);
///     Ok(())
/// # }).await?
/// }
/// ```
pub async fn read_body<B>(
    response: Response<B>,
    limit: usize,
    time_is_up: impl Future<Output = ()>,
) -> Result<Response<Bytes>, TransportError>
where
    B: Body,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let (parts, body) = response.into_parts();
    let too_large = usize::try_from(body.size_hint().lower()).map_or(true, |bytes| bytes > limit);
    let (mut body, mut time_is_up) = (pin!(body), pin!(time_is_up));
    let mut bytes = BytesMut::new();
    let failed = loop {
        // Polls the body first: what is there counts, however late it is.
        let next = poll_fn(|context| match body.as_mut().poll_frame(context) {
            Poll::Ready(frame) => Poll::Ready(Some(frame)),
            Poll::Pending => time_is_up.as_mut().poll(context).map(|()| None),
        });
        match next.await {
            Some(None) => return Ok(Response::from_parts(parts, bytes.freeze())),
            None => break TransportError::maybe_sent(TransportErrorKind::Timeout),
            Some(Some(Err(error))) => {
                break TransportError::maybe_sent(TransportErrorKind::Connection).with_source(error);
            }
            Some(Some(Ok(frame))) => {
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
    use std::future::{pending, ready};

    use customerio_core::Delivery;
    use http_body_util::{Channel, Full};

    use super::*;

    #[tokio::test]
    async fn a_body_is_read_up_to_the_limit() {
        for (limit, expected) in [(4, Ok("body")), (5, Ok("body")), (3, Err("bod")), (0, Err(""))] {
            let read = read_body(Response::new(Full::new(Bytes::from("body"))), limit, ready(())).await;
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
        let error = read_body(Response::new(body), 10, pending()).await.expect_err("it broke off");
        assert_eq!((error.kind(), error.delivery()), (TransportErrorKind::Connection, Delivery::MaybeSent));
        assert_eq!(error.response().map(|response| &response.body()[..]), Some(&b"half"[..]));
    }

    #[tokio::test]
    async fn a_body_that_stalls_is_kept_as_far_as_it_came_when_the_time_is_up() {
        let (mut sender, body) = Channel::<Bytes, std::io::Error>::new(2);
        sender.send_data(Bytes::from("half")).await.expect("there is room");
        let error = read_body(Response::new(body), 10, ready(())).await.expect_err("it stalls");
        assert_eq!((error.kind(), error.delivery()), (TransportErrorKind::Timeout, Delivery::MaybeSent));
        assert_eq!(error.response().map(|response| &response.body()[..]), Some(&b"half"[..]));
    }
}
