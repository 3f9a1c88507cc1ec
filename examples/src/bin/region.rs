//! Find the region of an account: a program of the guide `people`.

use customerio::{CustomerIo, Error, track::GetRegion};
use customerio_examples::{connect, spawn};

async fn region(cio: &CustomerIo) -> Result<(), Error> {
    let account = cio.track().call(GetRegion).await?;
    println!("workspace {} is in {}: {}", account.environment_id, account.region.as_str(), account.url);
    Ok(())
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    spawn(async {
        let (cio, _workspace) = connect().await?;
        region(&cio).await?;
        Ok(())
    })
    .await
}
