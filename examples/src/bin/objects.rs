//! Relate people and objects: the program of the README's guide of that name.

use customerio::{
    Client, Error, Track,
    track::{
        ObjectId, Relationship,
        v2::{object, person},
    },
};
use customerio_examples::connect;
use serde_json::json;

async fn company(track: &Client<Track>) -> Result<(), Error> {
    // Objects of type 1: in this workspace, companies.
    let acme = ObjectId::new("1", "acme");
    track.call(&object::Identify::new(acme).with_attributes(&json!({"name": "Acme", "seats": 12}))).await?;

    track.call(&person::Identify::new("42").with_attributes(&json!({"first_name": "Ada"}))).await?;
    let employer = [Relationship::new(acme).with_attributes(&json!({"role": "admin"}))?];
    track.call(&person::AddRelationships::new("42", &employer)).await?;

    track.call(&person::DeleteRelationships::new("42", &[Relationship::new(acme)])).await?;
    track.call(&object::Delete::new(acme)).await
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let customerio = connect().await?;
    company(&customerio.track).await?;
    Ok(())
}
