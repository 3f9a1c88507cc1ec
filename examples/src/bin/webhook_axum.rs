//! Receive reporting webhooks with axum: the program of the README's guide of that name.
//!
//! With `CUSTOMERIO_WEBHOOK_SIGNING_KEY` set it listens at `CUSTOMERIO_WEBHOOK_ADDRESS` (or 127.0.0.1:8080) until Ctrl-C;
//! without it an emulator sends it a thousand events, in no order and some of them twice.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::State,
    routing::post,
};
use customerio::{
    Timestamp,
    bytes::Bytes,
    http::{Request, StatusCode},
    webhook::{Email, Event, Kind, Push, Verifier},
};
use customerio_examples::{
    spawn,
    webhooks::{Clock, Handled, Source},
};
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot},
};

/// Decides at once which status to respond with: after 4 seconds, and after any error, all later events wait.
fn accept(
    verifier: &Verifier,
    queue: &tokio::sync::mpsc::Sender<Event>,
    request: &Request<Bytes>,
    now: Timestamp,
) -> StatusCode {
    match verifier.receive(request, now) {
        // A queue that is full or closed takes nothing: the service sends the event again.
        Ok(event) => queue.try_send(event).map_or(StatusCode::SERVICE_UNAVAILABLE, |()| StatusCode::OK),
        // 401 where it is not signed as it should be; 200 where it is no event, because a retry brings the same.
        Err(error) => {
            eprintln!("{error}");
            error.status()
        }
    }
}

/// What to do about an event; one of an unknown kind is whole in `event.json()`.
fn reason_to_act(event: &Event) -> Option<&'static str> {
    match event.kind() {
        Kind::Email(Email::Bounced(_) | Email::Spammed(_)) => Some("stop e-mailing this address"),
        Kind::Email(Email::Clicked(clicked)) if clicked.machine != Some(true) => Some("a click on a link in an e-mail"),
        Kind::Push(Push::Bounced(bounced)) if !bounced.recipients.is_empty() => Some("a device to forget"),
        Kind::Customer(_) => Some("a change of subscriptions"),
        _ => None,
    }
}

/// Most bytes of a body. An event can have the whole message in it.
const MOST_BODY: usize = 16 * 1024 * 1024;

struct Receiver {
    verifier: Verifier,
    queue: mpsc::Sender<Event>,
    clock: Clock,
}

async fn receive(State(receiver): State<Arc<Receiver>>, request: Request<Body>) -> StatusCode {
    let (parts, body) = request.into_parts();
    match to_bytes(body, MOST_BODY).await {
        Ok(body) => accept(&receiver.verifier, &receiver.queue, &Request::from_parts(parts, body), (receiver.clock)()),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// Handles the events, each once, until the queue is closed and empty.
async fn work(mut queue: mpsc::Receiver<Event>, clock: Clock, handled: Arc<Handled>) {
    use customerio::webhook::{Claim, DedupStore, InMemoryDedup};

    let memory: &dyn DedupStore = &Mutex::new(InMemoryDedup::new());
    while let Some(event) = queue.recv().await {
        // Without an id it cannot be told from a retry; if the store is unavailable, process the event anyway.
        let claim = match event.event_id() {
            Some(id) => memory.claim(id, clock()).await.ok(),
            None => None,
        };
        if !matches!(claim, Some(Claim::InProgress | Claim::Done)) {
            handled.note(&event, reason_to_act(&event).unwrap_or("nothing to do"));
            if let Some(id) = event.event_id()
                && let Err(error) = memory.done(id, clock()).await
            {
                eprintln!("a retry of this event will be handled again: {error}");
            }
        }
    }
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
    let handled = Arc::<Handled>::default();
    let worker = tokio::spawn(work(events, source.clock(), handled.clone()));

    let receiver = Arc::new(Receiver { verifier: source.verifier()?, queue, clock: source.clock() });
    let app = Router::new().route("/customerio", post(receive)).with_state(receiver);
    let (stop, stopped) = oneshot::channel::<()>();
    let server = axum::serve(listener, app).with_graceful_shutdown(async {
        let _ = stopped.await;
    });
    let server = tokio::spawn(async { server.await });

    source.play(&url).await?;

    // First the requests that are under way get their responses. Then nobody can put anything into the queue any more, and the
    // worker ends when it has handled what is in it.
    drop(stop);
    server.await??;
    worker.await?;
    source.check(&handled)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000;

    #[test]
    fn only_a_bad_signature_is_a_4xx_and_a_full_queue_loses_nothing() {
        let verifier = Verifier::new("key").unwrap();
        let (queue, mut events) = mpsc::channel(2);
        let request = |body: &'static str, signed_as: &str| {
            Request::post("/customerio")
                .header("x-cio-timestamp", NOW)
                .header("x-cio-signature", verifier.sign(NOW, signed_as.as_bytes()))
                .body(Bytes::from_static(body.as_bytes()))
                .unwrap()
        };
        let (sent, fax) = (r#"{"event_id":"1"}"#, r#"{"event_id":"2","object_type":"fax"}"#);
        for (body, signed_as, expected) in
            [(sent, "{}", 401), ("<html>", "<html>", 200), (sent, sent, 200), (fax, fax, 200), (sent, sent, 503)]
        {
            assert_eq!(accept(&verifier, &queue, &request(body, signed_as), NOW.into()), expected, "{body}");
        }
        assert_eq!(events.try_recv().unwrap().json(), sent);
        assert_eq!(accept(&verifier, &queue, &request(sent, sent), NOW.into()), 200, "there is room again");
        events.close();
        assert_eq!(accept(&verifier, &queue, &request(sent, sent), NOW.into()), 503);
    }
}
