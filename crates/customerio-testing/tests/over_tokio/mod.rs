//! A transport whose waits are real, or those of tokio's paused clock, and that has a background.

use std::time::Duration;

use customerio_core::{
    BoxFuture, Moment, Transport, TransportError, async_trait,
    bytes::Bytes,
    http::{Request, Response},
};

/// Sends over the transport in it, and waits and spawns with tokio.
#[derive(Debug)]
pub(crate) struct OverTokio<T>(pub(crate) T);

#[async_trait]
impl<T: Transport> Transport for OverTokio<T> {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.0.send(request).await
    }
    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
    fn now(&self) -> Moment {
        self.0.now()
    }
    fn spawn(&self, task: BoxFuture<'static, ()>) -> Option<BoxFuture<'static, ()>> {
        tokio::spawn(task);
        None
    }
}
