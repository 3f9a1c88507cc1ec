//! Relate people and objects: a program of the guide `objects`.

use customerio::{
    CustomerIo, Error,
    track::{
        ObjectId, Relationship,
        v2::{object, person},
    },
};
use customerio_examples::from_env;
use serde_json::json;

async fn company(cio: &CustomerIo) -> Result<(), Error> {
    // Objects of type 1: in this workspace, companies.
    let acme = ObjectId::new(1, "acme");
    cio.track().call(object::Identify::new(&acme).with_attributes(json!({"name": "Acme", "seats": 12}))).await?;

    cio.track().call(person::Identify::new("42").with_attributes(json!({"first_name": "Ada"}))).await?;
    let employer = Relationship::new(acme.clone()).with_attributes(json!({"role": "admin"}));
    cio.track().call(person::AddRelationships::new("42", [employer])).await?;

    cio.track().call(person::DeleteRelationships::new("42", [Relationship::new(acme.clone())])).await?;
    cio.track().call(object::Delete::new(acme)).await
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    let cio = from_env().await?;
    company(&cio).await?;
    Ok(())
}
