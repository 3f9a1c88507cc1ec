//! Receive reporting webhooks with axum: a program of the guide `webhooks`.
//!
//! With `CUSTOMERIO_WEBHOOK_SIGNING_KEY` set it listens at `CUSTOMERIO_WEBHOOK_ADDRESS` (or 127.0.0.1:8080) until Ctrl-C;
//! without it an emulator sends it a thousand events, in no order and some of them twice.

use std::sync::Arc;

use axum::{
    Router,
    extract::{FromRef, State},
    http::StatusCode,
    routing::post,
};
use customerio::{
    axum::{Webhook, WebhookRejection},
    webhook::{Email, Event, Kind, Push, Receiver},
};
use customerio_examples::webhooks::{Handled, Source};
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot},
};

/// The state of the handlers.
#[derive(Clone)]
struct App {
    webhooks: Receiver,
    queue: tokio::sync::mpsc::Sender<Event>,
}

impl FromRef<App> for Receiver {
    fn from_ref(app: &App) -> Self {
        app.webhooks.clone()
    }
}

fn routes(app: App) -> Router {
    Router::new().route("/customerio", post(receive)).with_state(app)
}

/// The status decides whether Customer.io sends the event again. All later events wait behind one that fails.
async fn receive(
    State(app): State<App>,
    webhook: Result<Webhook, WebhookRejection>,
) -> Result<StatusCode, WebhookRejection> {
    let webhook = webhook.inspect_err(|rejection| eprintln!("rejected a webhook: {rejection}"))?;
    // It does not wait for room in the queue: Customer.io hangs up after 4 seconds.
    let outcome = webhook.handle(|event| async move { app.queue.try_send(event) }).await;
    if !outcome.status().is_success() {
        eprintln!("a webhook was not handled: {outcome}");
    }
    Ok(outcome.status())
}

/// What to do about an event, if anything. `event.json()` has the whole event, also of an unknown kind.
fn reason_to_act(event: &Event) -> Option<&'static str> {
    match event.kind() {
        Kind::Email(Email::Bounced(_) | Email::Spammed(_)) => Some("stop e-mailing this address"),
        Kind::Email(Email::Clicked(clicked)) if clicked.machine != Some(true) => Some("a click on a link in an e-mail"),
        Kind::Push(Push::Bounced(bounced)) if !bounced.recipients.is_empty() => Some("a device to forget"),
        Kind::Customer(_) => Some("a change of subscriptions"),
        _ => None,
    }
}

/// Handles events until the queue is closed and empty.
async fn work(mut queue: mpsc::Receiver<Event>, handled: Arc<Handled>) {
    while let Some(event) = queue.recv().await {
        handled.note(&event, reason_to_act(&event).unwrap_or("nothing to do"));
    }
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    let source = Source::connect().await?;
    let listener = TcpListener::bind(source.address()?).await?;
    let url = format!("http://{}/customerio", listener.local_addr()?);

    let (queue, events) = mpsc::channel(1_000);
    let handled = Arc::<Handled>::default();
    let worker = tokio::spawn(work(events, handled.clone()));

    let app = App { webhooks: source.receiver()?, queue };
    let (stop, stopped) = oneshot::channel::<()>();
    let server = axum::serve(listener, routes(app)).with_graceful_shutdown(async {
        let _ = stopped.await;
    });
    let server = tokio::spawn(async { server.await });

    source.play(&url).await?;

    // Requests in flight get their responses first. Then nothing can be added to the queue, and the worker ends when the queue
    // is empty.
    drop(stop);
    server.await??;
    worker.await?;
    source.check(&handled)
}
