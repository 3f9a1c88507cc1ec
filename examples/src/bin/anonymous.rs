//! Record anonymous events and invites: the program of the README's guide of that name.

use customerio::{
    Client, Error, Track,
    track::{AnonymousEvent, Identify},
};
use customerio_examples::{connect, spawn};
use serde_json::json;

async fn visitor(track: &Client<Track>) -> Result<(), Error> {
    track.track_anonymous("cookie-1", "watched_video", json!({"video": "intro"})).await?;
    track.call(Identify::new("42").with_email("ada@example.com").with_anonymous_id("cookie-1")).await?;

    let invite = AnonymousEvent::invite("friend@example.com", "invited").with_data(json!({"by": "Ada"}));
    track.call(invite).await
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    spawn(async {
        let customerio = connect().await?;
        visitor(&customerio.track).await?;
        Ok(())
    })
    .await
}
