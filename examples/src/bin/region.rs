//! Find the region of an account: the program of the README's guide of that name.

use customerio::{Client, Error, Track};
use customerio_examples::connect;

async fn region(track: &Client<Track>) -> Result<(), Error> {
    let account = track.region().await?;
    println!("workspace {} is in {}: {}", account.environment_id, account.region.as_str(), account.url);
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let customerio = connect().await?;
    region(&customerio.track).await?;
    Ok(())
}
