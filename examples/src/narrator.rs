//! A transport that prints each request and its response.

use std::{sync::Arc, time::Duration};

use customerio::{
    bytes::Bytes,
    error::TransportError,
    http::{Request, Response},
    transport::{BoxFuture, FileTransport, Moment, Transport, async_trait},
};

/// Prints, and leaves the rest to another transport.
#[derive(Debug)]
pub(crate) struct Narrator(pub(crate) Arc<dyn Transport>);

#[async_trait]
impl Transport for Narrator {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        println!("{} {path}", request.method());
        if !request.body().is_empty() {
            println!("  > {}", shortened(request.body()));
        }
        let result = self.0.send(request).await;
        match &result {
            Ok(response) => println!("  < {} {}", response.status(), shortened(response.body())),
            Err(error) => println!("  < {error}"),
        }
        result
    }

    async fn sleep(&self, duration: Duration) {
        self.0.sleep(duration).await;
    }

    fn now(&self) -> Moment {
        self.0.now()
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) -> Option<BoxFuture<'static, ()>> {
        self.0.spawn(task)
    }

    /// Files are not printed: a link is a credential, and a file is long.
    fn files(&self) -> Option<&dyn FileTransport> {
        self.0.files()
    }
}

/// A body as text, up to what fits in two lines.
fn shortened(body: &Bytes) -> String {
    let text = String::from_utf8_lossy(body);
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}
