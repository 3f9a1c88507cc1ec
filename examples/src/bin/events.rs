//! Record events, page views and screen views: the program of the README's guide of that name.

use customerio::{Client, Error, EventId, Track, track::Event};
use customerio_examples::connect;
use serde_json::json;

async fn visit(track: &Client<Track>) -> Result<(), Error> {
    track.track("42", "purchase", &json!({"price": 23.45, "product": "socks"})).await?;
    track.page("42", "https://example.com/pricing", &json!({"from": "search"})).await?;
    track.screen("42", "settings", &()).await?;

    // With an id made of your own event, sending it twice by mistake is harmless too.
    let event = Event::new("42", "refund")
        .with_id(EventId::from_parts(1_700_000_000_000, 17))
        .with_timestamp(1_700_000_000.into())
        .with_recipient("billing@example.com");
    track.call(&event).await
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let customerio = connect().await?;
    visit(&customerio.track).await?;
    Ok(())
}
