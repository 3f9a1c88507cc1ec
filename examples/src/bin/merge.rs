//! Merge two people: a program of the guide `people`.

use customerio::{CustomerIo, Error, PersonId};
use customerio_examples::{connect, spawn};
use serde_json::json;

async fn merge(cio: &CustomerIo) -> Result<(), Error> {
    cio.track().merge("42", PersonId::email("ada@old.example.com")).await
}

/// Adds both, for the emulator, which knows them at once. At Customer.io they have been there for a while.
async fn two_people(cio: &CustomerIo) -> Result<(), Error> {
    cio.track().identify("42", json!({"email": "ada@example.com"})).await?;
    cio.track().identify(PersonId::email("ada@old.example.com"), json!({"plan": "pro"})).await
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    spawn(async {
        let (cio, workspace) = connect().await?;
        if workspace.server.is_some() {
            two_people(&cio).await?;
        }
        merge(&cio).await?;
        if let Some(ada) = workspace.server.as_ref().and_then(|server| server.emulator().person("42")) {
            println!("What the first has now: {}", serde_json::to_string(&ada.attributes)?);
        }
        Ok(())
    })
    .await
}
