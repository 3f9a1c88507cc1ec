//! Call a route that is not modelled: the program of the README's guide of that name.

use customerio::{Client, Error, Track, track::Raw};
use customerio_examples::{connect, spawn};
use serde_json::json;

async fn raw(track: &Client<Track>) -> Result<(), Error> {
    let response = track.call(Raw::get(["api", "v1", "accounts", "region"])).await?;
    println!("{} {:?}", response.status(), response.body());

    let event = json!({"name": "purchase", "data": {"price": 23.45}});
    track.call(Raw::post(["api", "v1", "customers", "a/b", "events"], event)).await?;
    Ok(())
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    spawn(async {
        let customerio = connect().await?;
        raw(&customerio.track).await?;
        Ok(())
    })
    .await
}
