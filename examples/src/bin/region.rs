//! Find the region of an account: a program of the guide `people`.

use customerio::{CustomerIo, Error, track::GetRegion};
use customerio_examples::from_env;

async fn region(cio: &CustomerIo) -> Result<(), Error> {
    let account = cio.track().call(GetRegion).await?;
    println!("workspace {}: region {}, at {}", account.environment_id, account.region.as_str(), account.url);
    Ok(())
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    let cio = from_env().await?;
    region(&cio).await?;
    Ok(())
}
