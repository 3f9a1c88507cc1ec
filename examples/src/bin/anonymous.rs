//! Record anonymous events and invites: the program of the README's guide of that name.

use customerio::{Client, Error, Track, track::Identify};
use customerio_examples::connect;
use serde_json::json;

async fn visitor(track: &Client<Track>) -> Result<(), Error> {
    track.track_anonymous("cookie-1", "watched_video", &json!({"video": "intro"})).await?;
    track.call(&Identify::new("42").with_email("ada@example.com").with_anonymous_id("cookie-1")).await?;
    track.invite("friend@example.com", "invited", &json!({"by": "Ada"})).await
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let customerio = connect().await?;
    visitor(&customerio.track).await?;
    Ok(())
}
