//! Submit a form: a program of the guide `people`.

use customerio::{CustomerIo, Error, PersonId, track::SubmitForm};
use customerio_examples::from_env;
use serde_json::json;

async fn form(cio: &CustomerIo) -> Result<(), Error> {
    let form = SubmitForm::new("newsletter", PersonId::email("ada@example.com"))
        .with_fields(json!({"first_name": "Ada", "interest": "engines"}));
    cio.track().call(form).await
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    let cio = from_env().await?;
    form(&cio).await?;
    Ok(())
}
