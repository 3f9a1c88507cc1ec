//! Merge two people: a program of the guide `people`.

use customerio::{CustomerIo, Error, PersonId};
use customerio_examples::from_env;
use serde_json::json;

async fn merge(cio: &CustomerIo) -> Result<(), Error> {
    cio.track().merge("42", PersonId::email("ada@old.example.com")).await
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    let cio = from_env().await?;
    cio.track().identify("42", json!({"email": "ada@example.com"})).await?;
    cio.track().identify(PersonId::email("ada@old.example.com"), json!({"plan": "pro"})).await?;
    merge(&cio).await?;

    let ada = cio.app().call(customerio::app::customers::Attributes::of("42")).await?;
    println!("the plan of person 42 is {} now", ada.attributes["plan"]);
    Ok(())
}
