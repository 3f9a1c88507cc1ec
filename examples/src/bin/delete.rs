//! Delete, suppress and unsuppress a person: the program of the README's guide of that name.

use customerio::{Client, Error, Track};
use customerio_examples::{connect, spawn};

async fn forget(track: &Client<Track>) -> Result<(), Error> {
    track.delete("42").await?;
    track.suppress("43").await?;
    track.unsuppress("43").await
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    spawn(async {
        let customerio = connect().await?;
        forget(&customerio.track).await?;
        Ok(())
    })
    .await
}
