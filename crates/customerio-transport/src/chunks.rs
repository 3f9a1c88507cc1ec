use std::{
    error::Error,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Buf as _, Bytes};
use customerio_core::{ChunkStream, Chunks, TransportError, TransportErrorKind};
use http_body::Body;

/// Returns the pieces of a body, for the response of a [`FileTransport`](customerio_core::FileTransport). Trailers are
/// left out.
///
/// ```
/// use std::{future::poll_fn, io};
///
/// use customerio_transport::chunks;
///
/// #[tokio::main]
/// async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
/// # tokio::spawn(async {
///     // A transport has the body of a response instead of a text.
///     let mut body = chunks("id,email".to_owned());
///     let chunk = poll_fn(|context| body.as_mut().poll_chunk(context)).await;
///     assert_eq!(chunk.transpose()?.as_deref(), Some(&b"id,email"[..]));
///     assert!(poll_fn(|context| body.as_mut().poll_chunk(context)).await.is_none());
///     Ok(())
/// # }).await?
/// }
/// ```
pub fn chunks<B>(body: B) -> ChunkStream
where
    B: Body + Send + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    Box::pin(Frames(Box::pin(body)))
}

struct Frames<B>(Pin<Box<B>>);

impl<B> Chunks for Frames<B>
where
    B: Body + Send + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    fn poll_chunk(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, TransportError>>> {
        loop {
            let frame = match ready!(self.0.as_mut().poll_frame(context)) {
                None => return Poll::Ready(None),
                Some(Ok(frame)) => frame,
                Some(Err(error)) => {
                    let failed = TransportError::maybe_sent(TransportErrorKind::Connection).with_source(error);
                    return Poll::Ready(Some(Err(failed)));
                }
            };
            if let Ok(mut data) = frame.into_data()
                && data.has_remaining()
            {
                return Poll::Ready(Some(Ok(data.copy_to_bytes(data.remaining()))));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use http_body_util::Channel;

    use super::*;

    #[tokio::test]
    async fn a_body_is_given_piece_by_piece_up_to_where_it_breaks() {
        let (mut sender, body) = Channel::<Bytes, std::io::Error>::new(9);
        for piece in ["ab", "", "c"] {
            sender.send_data(Bytes::from(piece)).await.expect("there is room");
        }
        sender.send_trailers(http::HeaderMap::new()).await.expect("there is room");
        let mut body = chunks(body);
        for piece in ["ab", "c"] {
            let chunk = poll_fn(|context| body.as_mut().poll_chunk(context)).await;
            assert_eq!(chunk.map(|chunk| chunk.map_err(|error| error.to_string())), Some(Ok(Bytes::from(piece))));
        }
        sender.abort(std::io::Error::other("broken"));
        let Some(Err(error)) = poll_fn(|context| body.as_mut().poll_chunk(context)).await else {
            panic!("it broke off")
        };
        assert_eq!(error.kind(), TransportErrorKind::Connection);
    }
}
