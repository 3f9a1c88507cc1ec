//! Record anonymous events and invites: a program of the guide `events`.

use customerio::{
    CustomerIo, Error,
    track::{AnonymousEvent, Identify},
};
use customerio_examples::from_env;
use serde_json::json;

async fn visitor(cio: &CustomerIo) -> Result<(), Error> {
    cio.track().track_anonymous("cookie-1", "watched_video", json!({"video": "intro"})).await?;
    cio.track().call(Identify::new("42").with_email("ada@example.com").with_anonymous_id("cookie-1")).await?;

    let invite = AnonymousEvent::invite("friend@example.com", "invited").with_data(json!({"by": "Ada"}));
    cio.track().call(invite).await
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    let cio = from_env().await?;
    visitor(&cio).await?;
    Ok(())
}
