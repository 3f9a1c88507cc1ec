//! Record events, page views and screen views: a program of the guide `events`.

use customerio::{CustomerIo, Error, ids::EventId, track::Event};
use customerio_examples::from_env;
use serde_json::json;

async fn visit(cio: &CustomerIo) -> Result<(), Error> {
    cio.track().track("42", "purchase", json!({"price": 23.45, "product": "socks"})).await?;
    cio.track().page("42", "https://example.com/pricing", json!({"from": "search"})).await?;
    cio.track().screen("42", "settings", ()).await?;

    // With an id made from your event, sending it twice by mistake is harmless too.
    let event = Event::new("42", "refund")
        .with_id(EventId::from_parts(1_700_000_000_000, 17))
        .with_timestamp(1_700_000_000)
        .with_recipient("billing@example.com");
    cio.track().call(event).await
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    let cio = from_env().await?;
    visit(&cio).await?;
    Ok(())
}
