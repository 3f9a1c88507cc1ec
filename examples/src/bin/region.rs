//! Find the region of an account: the program of the README's guide of that name.

use customerio::{Client, Error, Track, track::GetRegion};
use customerio_examples::{connect, spawn};

async fn region(track: &Client<Track>) -> Result<(), Error> {
    let account = track.call(GetRegion).await?;
    println!("workspace {} is in {}: {}", account.environment_id, account.region.as_str(), account.url);
    Ok(())
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    spawn(async {
        let customerio = connect().await?;
        region(&customerio.track).await?;
        Ok(())
    })
    .await
}
