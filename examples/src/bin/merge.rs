//! Merge two people: the program of the README's guide of that name.

use customerio::{Client, Error, PersonId, Track};
use customerio_examples::connect;
use serde_json::json;

async fn merge(track: &Client<Track>) -> Result<(), Error> {
    track.identify("42", &json!({"email": "ada@example.com"})).await?;
    track.identify("ada@old.example.com", &json!({"plan": "pro"})).await?;
    track.merge("42", PersonId::Email("ada@old.example.com")).await
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let customerio = connect().await?;
    merge(&customerio.track).await?;
    Ok(())
}
