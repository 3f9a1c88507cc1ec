//! Receive reporting webhooks with bare hyper, and handle each once: a program of the guide `webhooks`.
//!
//! With `CUSTOMERIO_WEBHOOK_SIGNING_KEY` set it listens at `CUSTOMERIO_WEBHOOK_ADDRESS` (or 127.0.0.1:8080) until Ctrl-C;
//! without it an emulator sends it a thousand events, in no order and some of them twice.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use customerio::{
    bytes::Bytes,
    http::{StatusCode, request},
    webhook::{Event, Outcome, Receiver},
};
use customerio_examples::webhooks::{Handled, Source};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::{Method, Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{rt::TokioIo, server::graceful::GracefulShutdown};
use tokio::{net::TcpListener, sync::oneshot};

/// Handles the event of a request, unless it was handled before, and returns the status to respond with.
async fn respond<R, E>(
    receiver: Receiver,
    parts: request::Parts,
    body: Bytes,
    handle: impl FnOnce(Event) -> R + Send + 'static,
) -> StatusCode
where
    R: Future<Output = Result<(), E>> + Send + 'static,
    E: std::fmt::Display + Send + 'static,
{
    // In a task of its own, which continues if Customer.io hangs up: a retry then finds the event handled.
    let task = tokio::spawn(async move { receiver.receive(&parts.headers, &body, handle).await });
    match task.await {
        Ok(outcome) => {
            if !matches!(outcome, Outcome::Handled | Outcome::HandledBefore) {
                eprintln!("a webhook was not handled: {outcome}");
            }
            outcome.status()
        }
        // The handler panicked. Customer.io sends the event again.
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// Handles an event. Every 300th time it fails, as it would during an outage of a database.
fn handle(event: &Event, handled: &Handled) -> customerio_examples::Result {
    static TRIES: AtomicU32 = AtomicU32::new(1);
    if TRIES.fetch_add(1, Ordering::Relaxed).is_multiple_of(300) {
        return Err("the database is down".into());
    }
    handled.note(event, if event.object_type() == Some("email") { "an e-mail" } else { "another channel" });
    Ok(())
}

/// The largest body, in bytes. An event can contain the whole message.
const MOST_BODY: usize = 16 * 1024 * 1024;

async fn receive<R>(
    receiver: Receiver,
    request: Request<Incoming>,
    handle: impl FnOnce(Event) -> R + Send + 'static,
) -> StatusCode
where
    R: Future<Output = customerio_examples::Result> + Send + 'static,
{
    if (request.method(), request.uri().path()) != (&Method::POST, "/customerio") {
        return StatusCode::NOT_FOUND;
    }
    let (parts, body) = request.into_parts();
    match Limited::new(body, MOST_BODY).collect().await {
        Ok(body) => respond(receiver, parts, body.to_bytes(), handle).await,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// Serves until `stopped`, and then until every request in flight has its response.
async fn serve<R>(
    listener: TcpListener,
    receiver: Receiver,
    handle: impl Fn(Event) -> R + Clone + Send + 'static,
    mut stopped: oneshot::Receiver<()>,
) where
    R: Future<Output = customerio_examples::Result> + Send + 'static,
{
    let connections = GracefulShutdown::new();
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Such as too many open files. Some must be closed first.
                    eprintln!("{error}");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
            _ = &mut stopped => break,
        };
        let (receiver, handle) = (receiver.clone(), handle.clone());
        let service = service_fn(move |request| {
            let (receiver, handle) = (receiver.clone(), handle.clone());
            async move {
                let mut response = Response::new(Empty::<Bytes>::new());
                *response.status_mut() = receive(receiver, request, handle).await;
                Ok::<_, Infallible>(response)
            }
        });
        let connection = connections.watch(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                eprintln!("{error}");
            }
        });
    }
    drop(listener);
    connections.shutdown().await;
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    let source = Source::connect().await?;
    let listener = TcpListener::bind(source.address()?).await?;
    let url = format!("http://{}/customerio", listener.local_addr()?);

    let handled = Arc::<Handled>::default();
    let account = handled.clone();
    let (stop, stopped) = oneshot::channel();
    let handle = move |event: Event| {
        let account = account.clone();
        async move { handle(&event, &account) }
    };
    let server = tokio::spawn(serve(listener, source.receiver()?, handle, stopped));

    source.play(&url).await?;

    // Requests in flight get their responses before the program ends.
    drop(stop);
    server.await?;
    source.check(&handled)
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read as _, Write as _},
        net::TcpStream,
        sync::Mutex,
    };

    use customerio::webhook::Verifier;
    use tokio::task::spawn_blocking;

    use super::*;

    const NOW: i64 = 1_700_000_000;

    fn read_head(stream: &mut TcpStream) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.extend(byte);
        }
        String::from_utf8(head).unwrap()
    }

    /// One event was handled and another is half sent when the signal to stop arrives.
    #[tokio::test]
    async fn what_was_accepted_is_handled_before_the_end() {
        let verifier = Verifier::new("key").unwrap();
        let request = |body: &str, more: &str| {
            let signature = verifier.sign(NOW, body.as_bytes());
            let length = body.len();
            format!(
                "POST /customerio HTTP/1.1\r\nhost: x\r\nx-cio-timestamp: {NOW}\r\nx-cio-signature: {signature}\r\n\
                 content-length: {length}\r\n{more}\r\n"
            )
        };
        let (first_body, second_body) = (r#"{"event_id":"1"}"#, r#"{"event_id":"2"}"#);
        let first = request(first_body, "") + first_body;
        let second = request(second_body, "expect: 100-continue\r\n");

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let receiver = Receiver::new(verifier, || NOW);
        let handled = Arc::new(Mutex::new(Vec::new()));
        let noted = handled.clone();
        let handle = move |event: Event| {
            noted.lock().unwrap().push(event.event_id().unwrap().to_owned());
            async { Ok(()) }
        };
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(serve(listener, receiver, handle, stopped));

        let half_sent = spawn_blocking(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(first.as_bytes()).unwrap();
            assert!(read_head(&mut stream).starts_with("HTTP/1.1 200 OK"));
            stream.write_all(second.as_bytes()).unwrap();
            assert!(read_head(&mut stream).starts_with("HTTP/1.1 100 Continue"));
            stream
        });
        let mut stream = half_sent.await.unwrap();
        drop(stop);
        tokio::task::yield_now().await;
        let responded = spawn_blocking(move || {
            stream.write_all(second_body.as_bytes()).unwrap();
            assert!(read_head(&mut stream).starts_with("HTTP/1.1 200 OK"));
        });
        responded.await.unwrap();
        server.await.unwrap();
        assert!(TcpStream::connect(address).is_err(), "nothing is accepted any more");

        assert_eq!(*handled.lock().unwrap(), ["1", "2"]);
    }
}
