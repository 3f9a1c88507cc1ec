//! Files, read piece by piece on the thread that wants them.

use std::{
    io::Read as _,
    pin::Pin,
    task::{Context, Poll},
};

use async_trait::async_trait;
use bytes::Bytes;
use customerio_core::{Attempt, ChunkStream, Chunks, FileTransport, TransportError};
use customerio_transport::check_url;
use http::{Request, Response};
use ureq::BodyReader;

use crate::{UreqTransport, failure::of_ureq};

/// The most that is read at once.
const PIECE: usize = 64 * 1024;

#[async_trait]
impl FileTransport for UreqTransport {
    /// Blocks the thread until the head of the response has come. Reading blocks it too, and each read has the time of the
    /// [`Attempt`].
    async fn get(&self, request: Request<()>) -> Result<Response<ChunkStream>, TransportError> {
        check_url(request.uri())?;
        let timeout = Attempt::of(&request).timeout;
        let request = self.configured(request).user_agent("").accept("");
        let request = request.timeout_recv_response(Some(timeout)).timeout_per_read(Some(timeout)).build();
        let response = self.run(request).map_err(|error| of_ureq(error, false))?;
        Ok(response.map(|body| Box::pin(Pieces(body.into_reader())) as ChunkStream))
    }
}

struct Pieces(BodyReader<'static>);

impl Chunks for Pieces {
    fn poll_chunk(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, TransportError>>> {
        let mut piece = vec![0; PIECE];
        Poll::Ready(match self.0.read(&mut piece) {
            Ok(0) => None,
            Ok(length) => {
                piece.truncate(length);
                Some(Ok(piece.into()))
            }
            Err(error) => Some(Err(of_ureq(error.into(), false))),
        })
    }
}
