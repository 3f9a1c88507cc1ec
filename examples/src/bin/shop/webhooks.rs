//! Webhooks: after a bounce, an address gets no more receipts.

use std::sync::{Arc, PoisonError};

use axum::{
    Router,
    extract::{FromRef, State},
    http::StatusCode,
    routing::post,
};
use customerio::{
    axum::{Webhook, WebhookRejection},
    webhook::{Email, Event, Kind, Receiver, Verifier},
};
use customerio_examples::Result;

use crate::Shop;

#[derive(Clone)]
struct Webhooks {
    receiver: Receiver,
    shop: Arc<Shop>,
}

impl FromRef<Webhooks> for Receiver {
    fn from_ref(webhooks: &Webhooks) -> Self {
        webhooks.receiver.clone()
    }
}

/// The route of the webhook with this signing key.
pub(crate) fn routes(key: &str, shop: Arc<Shop>) -> Result<Router> {
    let receiver = Receiver::new(Verifier::new(key)?, customerio::now);
    Ok(Router::new().route("/customerio", post(receive)).with_state(Webhooks { receiver, shop }))
}

/// Responds with 200 once the database has the event. If the database fails, Customer.io sends the webhook again.
async fn receive(
    State(Webhooks { shop, .. }): State<Webhooks>,
    webhook: Result<Webhook, WebhookRejection>,
) -> Result<StatusCode, WebhookRejection> {
    let webhook = webhook.inspect_err(|rejection| eprintln!("rejected a webhook: {rejection}"))?;
    let outcome = webhook.handle(|event| async move {
        tokio::task::spawn_blocking(move || note_bounce(&shop, &event)).await??;
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
    });
    let outcome = outcome.await;
    if !outcome.status().is_success() {
        eprintln!("a webhook was not handled: {outcome}");
    }
    Ok(outcome.status())
}

fn note_bounce(shop: &Shop, event: &Event) -> Result {
    if let (Kind::Email(Email::Bounced(_) | Email::Spammed(_)), Some(person)) =
        (event.kind(), &event.common().identifiers.id)
    {
        let database = shop.database.lock().unwrap_or_else(PoisonError::into_inner);
        database.execute("update person set bounced = 1 where id = ?1", [person])?;
    }
    Ok(())
}
