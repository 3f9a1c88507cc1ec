//! Delete, suppress and unsuppress a person: a program of the guide `people`.

use customerio::{CustomerIo, Error};
use customerio_examples::{connect, spawn};

async fn forget(cio: &CustomerIo) -> Result<(), Error> {
    cio.track().delete("42").await?;
    cio.track().suppress("43").await?;
    cio.track().unsuppress("43").await
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    spawn(async {
        let (cio, _workspace) = connect().await?;
        forget(&cio).await?;
        Ok(())
    })
    .await
}
