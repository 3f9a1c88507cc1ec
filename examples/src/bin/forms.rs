//! Submit a form: the program of the README's guide of that name.

use customerio::{Client, Error, PersonId, Track, track::SubmitForm};
use customerio_examples::{connect, spawn};
use serde_json::json;

async fn form(track: &Client<Track>) -> Result<(), Error> {
    let form = SubmitForm::new("newsletter", PersonId::email("ada@example.com"))
        .with_fields(json!({"first_name": "Ada", "interest": "engines"}));
    track.call(form).await
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    spawn(async {
        let customerio = connect().await?;
        form(&customerio.track).await?;
        Ok(())
    })
    .await
}
