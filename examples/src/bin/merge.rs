//! Merge two people: the program of the README's guide of that name.

use customerio::{CustomerIo, Error, PersonId};
use customerio_examples::{connect, spawn};
use serde_json::json;

async fn merge(cio: &CustomerIo) -> Result<(), Error> {
    cio.track().identify("42", json!({"email": "ada@example.com"})).await?;
    cio.track().identify(PersonId::email("ada@old.example.com"), json!({"plan": "pro"})).await?;
    cio.track().merge("42", PersonId::email("ada@old.example.com")).await
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    spawn(async {
        let (cio, _workspace) = connect().await?;
        merge(&cio).await?;
        Ok(())
    })
    .await
}
