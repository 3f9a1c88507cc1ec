//! Call a route that is not modelled: the program of the README's guide of that name.

use customerio::{App, Client, Error, Raw, Track};
use customerio_examples::connect;
use serde_json::json;

async fn raw(track: &Client<Track>, _app: &Client<App>) -> Result<(), Error> {
    let response = track.call(&Raw::get(&["api", "v1", "accounts", "region"])).await?;
    println!("{} {:?}", response.status(), response.body());

    let body = json!({"name": "purchase", "data": {"price": 23.45}});
    track.call(&Raw::post(&["api", "v1", "customers", "a/b", "events"], &body)?).await?;
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let customerio = connect().await?;
    raw(&customerio.track, &customerio.app).await?;
    Ok(())
}
