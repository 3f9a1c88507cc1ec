//! Delete, suppress and unsuppress a person: a program of the guide `people`.

use customerio::{CustomerIo, Error};
use customerio_examples::from_env;

async fn forget(cio: &CustomerIo) -> Result<(), Error> {
    cio.track().delete("42").await?;
    cio.track().suppress("43").await?;
    cio.track().unsuppress("43").await
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    let cio = from_env().await?;
    forget(&cio).await?;
    Ok(())
}
