//! Call a route that is not modelled: a program of the guide `app_api`.

use customerio::{CustomerIo, Error, track::Raw};
use customerio_examples::from_env;
use serde_json::json;

async fn raw(cio: &CustomerIo) -> Result<(), Error> {
    let response = cio.track().call(Raw::get(["api", "v1", "accounts", "region"])).await?;
    println!("{}: {}", response.status(), String::from_utf8_lossy(response.body()));

    let event = json!({"name": "purchase", "data": {"price": 23.45}});
    cio.track().call(Raw::post(["api", "v1", "customers", "a/b", "events"], event)).await?;
    Ok(())
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    let cio = from_env().await?;
    raw(&cio).await?;
    Ok(())
}
