//! Add or update a person: a program of the guide `people`.

use customerio::{
    CustomerIo, Error,
    track::{Identify, ObjectId, Relationship},
};
use customerio_examples::from_env;
use serde_json::json;

async fn sign_up(cio: &CustomerIo) -> Result<(), Error> {
    cio.track().identify("42", json!({"email": "ada@example.com", "plan": "pro"})).await?;

    let acme = Relationship::new(ObjectId::new(1, "acme")).with_attributes(json!({"role": "admin"}));
    let identify = Identify::new("42")
        .with_created_at(1_700_000_000)
        .with_update(true) // never create
        .with_topics([(1, true), (2, false)])
        .with_relationships([acme])
        .with_attributes(json!({"first_name": "Ada"}));
    cio.track().call(identify).await
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    let cio = from_env().await?;
    sign_up(&cio).await?;
    Ok(())
}
