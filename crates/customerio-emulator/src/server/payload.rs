//! The body of a response: whole, or in pieces that come as they are made.

use std::{
    convert::Infallible,
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use customerio_core::BoxFuture;
use http_body_util::Full;
use hyper::body::{Body, Frame, SizeHint};
use tokio::sync::{mpsc, watch};

use crate::server::connections::{Seat, Waiting};

/// The body of a response.
#[derive(Debug)]
pub(crate) enum Payload {
    Whole(Full<Bytes>),
    Pieces(Pieces),
}

/// What is sent into a channel, until its sender is gone.
pub(crate) struct Pieces {
    receiver: mpsc::Receiver<Bytes>,
    /// Whether nothing but the end of the server ends them.
    endless: bool,
    /// Who waits for them: their connection is not idle.
    seat: Option<Arc<Seat>>,
    /// When they end, however many are to come.
    end: Option<BoxFuture<'static, ()>>,
}

impl Payload {
    pub(crate) fn of(body: Bytes) -> Self {
        Self::Whole(Full::new(body))
    }

    /// What comes out of a channel, until its sender is gone.
    pub(crate) fn pieces(receiver: mpsc::Receiver<Bytes>) -> Self {
        Self::Pieces(Pieces { receiver, endless: false, seat: None, end: None })
    }

    /// [`pieces`](Self::pieces) that nothing but the end of the server ends.
    #[cfg(feature = "control")]
    pub(crate) fn endless(receiver: mpsc::Receiver<Bytes>) -> Self {
        Self::Pieces(Pieces { receiver, endless: true, seat: None, end: None })
    }
}

impl Pieces {
    /// The connection that they go out on, and the end of the server.
    pub(crate) fn leave(&mut self, seat: &Arc<Seat>, mut stopped: watch::Receiver<()>) {
        self.seat = Some(seat.clone());
        if self.endless {
            self.end = Some(Box::pin(async move {
                // An error is the end of the server, too.
                let _ = stopped.changed().await;
            }));
        }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if let Some(end) = &mut self.end
            && end.as_mut().poll(context).is_ready()
        {
            self.end = None;
            self.receiver.close();
            return Poll::Ready(None);
        }
        self.receiver.poll_recv(context)
    }
}

impl Drop for Pieces {
    fn drop(&mut self) {
        if let Some(seat) = &self.seat {
            seat.wait_after(Waiting::Response, Waiting::Idle);
        }
    }
}

impl fmt::Debug for Pieces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pieces").field("endless", &self.endless).finish_non_exhaustive()
    }
}

impl Body for Payload {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.get_mut() {
            Self::Whole(body) => Pin::new(body).poll_frame(context),
            Self::Pieces(pieces) => pieces.poll(context).map(|piece| Some(Ok(Frame::data(piece?)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(body) if body.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(body) => body.size_hint(),
            Self::Pieces(_) => SizeHint::default(),
        }
    }
}
