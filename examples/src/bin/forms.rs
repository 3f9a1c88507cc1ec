//! Submit a form: the program of the README's guide of that name.

use customerio::{Client, Error, PersonId, Track};
use customerio_examples::connect;
use serde_json::json;

async fn form(track: &Client<Track>) -> Result<(), Error> {
    let fields = json!({"first_name": "Ada", "interest": "engines"});
    track.submit_form("newsletter", PersonId::Email("ada@example.com"), &fields).await
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let customerio = connect().await?;
    form(&customerio.track).await?;
    Ok(())
}
