//! Receive reporting webhooks with bare hyper, and handle each once: the program of the README's guide of that name.
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
    Timestamp,
    bytes::Bytes,
    http::{Method, Request, Response, StatusCode},
    webhook::{Claim, DedupError, DedupStore, Event, InMemoryDedup},
};
use customerio_examples::{
    spawn,
    webhooks::{Clock, Handled, Source},
};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{rt::TokioIo, server::graceful::GracefulShutdown};
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot},
};

/// Handles the events of a queue, each once, until it is closed and empty.
async fn work(
    mut queue: tokio::sync::mpsc::Receiver<Event>,
    handle: impl Fn(&Event) -> Result<(), DedupError>,
    now: impl Fn() -> Timestamp,
) {
    const PAUSE: std::time::Duration = std::time::Duration::from_millis(100);
    let memory: &dyn DedupStore = &std::sync::Mutex::new(InMemoryDedup::new());
    while let Some(event) = queue.recv().await {
        // An event without an id cannot be told from a retry; if the store is unavailable, process the event anyway.
        let claim = match event.event_id() {
            Some(id) => memory.claim(id, now()).await.ok(),
            None => None,
        };
        if matches!(claim, Some(Claim::InProgress | Claim::Done)) {
            continue;
        }
        // It is tried until it works: the service has its 2xx, and will not send the event again.
        while let Err(error) = handle(&event) {
            eprintln!("trying again: {error}");
            tokio::time::sleep(PAUSE).await;
        }
        if let Some(id) = event.event_id()
            && let Err(error) = memory.done(id, now()).await
        {
            eprintln!("a retry of this event may be handled again: {error}");
        }
    }
}

/// What is done about an event. Now and then it does not work, as with a database that is away.
fn handle(event: &Event, handled: &Handled) -> Result<(), DedupError> {
    static TRIES: AtomicU32 = AtomicU32::new(1);
    if TRIES.fetch_add(1, Ordering::Relaxed).is_multiple_of(300) {
        return Err("the database is away".into());
    }
    handled.note(event, if event.object_type() == Some("email") { "an e-mail" } else { "another channel" });
    Ok(())
}

/// Most bytes of a body. An event can have the whole message in it.
const MOST_BODY: usize = 16 * 1024 * 1024;

struct Receiver {
    verifier: customerio::webhook::Verifier,
    queue: mpsc::Sender<Event>,
    clock: Clock,
}

impl Receiver {
    async fn receive(&self, request: Request<Incoming>) -> StatusCode {
        if (request.method(), request.uri().path()) != (&Method::POST, "/customerio") {
            return StatusCode::NOT_FOUND;
        }
        let (parts, body) = request.into_parts();
        let Ok(body) = Limited::new(body, MOST_BODY).collect().await else { return StatusCode::SERVICE_UNAVAILABLE };
        let request = Request::from_parts(parts, body.to_bytes());
        match self.verifier.receive(&request, (self.clock)()) {
            // A queue that is full or closed takes nothing: the service sends the event again.
            Ok(event) => self.queue.try_send(event).map_or(StatusCode::SERVICE_UNAVAILABLE, |()| StatusCode::OK),
            Err(error) => {
                eprintln!("{error}");
                error.status()
            }
        }
    }
}

/// Serves until it is told to stop, and then until every request that is under way has its response.
async fn serve(listener: TcpListener, receiver: Arc<Receiver>, mut stopped: oneshot::Receiver<()>) {
    let connections = GracefulShutdown::new();
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Such as too many open files: some must be closed first.
                    eprintln!("{error}");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
            _ = &mut stopped => break,
        };
        let receiver = receiver.clone();
        let service = service_fn(move |request| {
            let receiver = receiver.clone();
            async move {
                let mut response = Response::new(Empty::<Bytes>::new());
                *response.status_mut() = receiver.receive(request).await;
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
    spawn(run()).await
}

async fn run() -> customerio_examples::Result {
    let source = Source::connect().await?;
    let listener = TcpListener::bind(source.address()?).await?;
    let url = format!("http://{}/customerio", listener.local_addr()?);

    let (queue, events) = mpsc::channel(1_000);
    let (handled, clock) = (Arc::<Handled>::default(), source.clock());
    let account = handled.clone();
    let worker = tokio::spawn(async move { work(events, |event| handle(event, &account), &*clock).await });

    let receiver = Arc::new(Receiver { verifier: source.verifier()?, queue, clock: source.clock() });
    let (stop, stopped) = oneshot::channel();
    let server = tokio::spawn(serve(listener, receiver, stopped));

    source.play(&url).await?;

    // First the requests that are under way get their responses. Then nobody can put anything into the queue any more, and the
    // worker ends when it has handled what is in it.
    drop(stop);
    server.await?;
    worker.await?;
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

    /// One event waits in the queue and another is half sent when the program is told to stop.
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
        let (queue, events) = mpsc::channel(10);
        let receiver = Arc::new(Receiver { verifier, queue, clock: Arc::new(|| NOW.into()) });
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(serve(listener, receiver, stopped));

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
        let answered = spawn_blocking(move || {
            stream.write_all(second_body.as_bytes()).unwrap();
            assert!(read_head(&mut stream).starts_with("HTTP/1.1 200 OK"));
        });
        answered.await.unwrap();
        server.await.unwrap();
        assert!(TcpStream::connect(address).is_err(), "nothing is accepted any more");

        let handled = Mutex::new(Vec::new());
        let handle = |event: &Event| {
            handled.lock().unwrap().push(event.event_id().unwrap().to_owned());
            Ok(())
        };
        work(events, handle, || NOW.into()).await;
        assert_eq!(*handled.lock().unwrap(), ["1", "2"]);
    }
}
