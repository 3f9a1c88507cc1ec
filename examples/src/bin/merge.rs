//! Merge two people: the program of the README's guide of that name.

use customerio::{Client, Error, PersonId, Track};
use customerio_examples::{connect, spawn};
use serde_json::json;

async fn merge(track: &Client<Track>) -> Result<(), Error> {
    track.identify("42", json!({"email": "ada@example.com"})).await?;
    track.identify(PersonId::email("ada@old.example.com"), json!({"plan": "pro"})).await?;
    track.merge("42", PersonId::email("ada@old.example.com")).await
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    spawn(async {
        let customerio = connect().await?;
        merge(&customerio.track).await?;
        Ok(())
    })
    .await
}
