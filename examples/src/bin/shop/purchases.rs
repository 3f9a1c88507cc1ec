//! Purchases: an event for Customer.io, and a receipt by e-mail.

use std::sync::{Arc, PoisonError};

use axum::{Json, extract, http::StatusCode};
use customerio::{
    app::SendEmail,
    delivery::sqlite::{
        self,
        rusqlite::{OptionalExtension as _, TransactionBehavior},
    },
    track::v2::person::Event,
};
use customerio_examples::Result;
use serde::{Deserialize, Serialize};

use crate::Shop;

#[derive(Deserialize, Serialize)]
pub(crate) struct Purchase {
    order: String,
    total: f64,
}

pub(crate) async fn purchase(
    extract::State(shop): extract::State<Arc<Shop>>,
    extract::Path(person): extract::Path<String>,
    Json(purchase): Json<Purchase>,
) -> Result<StatusCode, (StatusCode, String)> {
    let failed = |error: &dyn std::fmt::Display| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string());
    let written = tokio::task::spawn_blocking(move || add_purchase(&shop, &person, &purchase)).await;
    written.map_err(|error| failed(&error))?.map_err(|error| failed(&error))
}

/// Writes the purchase, the event and the receipt: all of them, or none.
fn add_purchase(shop: &Shop, person: &str, purchase: &Purchase) -> Result<StatusCode> {
    let mut database = shop.database.lock().unwrap_or_else(PoisonError::into_inner);
    let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = transaction.query_row("select email, bounced from person where id = ?1", [person], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?))
    });
    let Some((email, bounced)) = found.optional()? else { return Ok(StatusCode::NOT_FOUND) };
    let row = (&purchase.order, person, purchase.total);
    if transaction.execute("insert or ignore into purchase values (?1, ?2, ?3)", row)? == 0 {
        return Ok(StatusCode::OK);
    }
    let event = Event::new(person, "purchase").with_attributes(purchase);
    sqlite::enqueue(&transaction, &shop.queue.encode(event)?)?;
    if !bounced {
        let receipt = SendEmail::from_template("receipt", email).with_identifiers(person).with_message_data(purchase);
        sqlite::enqueue(&transaction, &shop.queue.encode(receipt)?)?;
    }
    transaction.commit()?;
    Ok(StatusCode::CREATED)
}
