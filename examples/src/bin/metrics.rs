//! Report metrics of messages, and unsubscribes: the program of the README's guide of that name.

use customerio::{
    Client, Error, Track,
    track::{EmailMetric, Metric, SmsMetric},
};
use customerio_examples::connect;

async fn metrics(track: &Client<Track>, delivery_id: &str) -> Result<(), Error> {
    let clicked = Metric::email(delivery_id, EmailMetric::Clicked).with_href("https://example.com/offer");
    track.call(&clicked).await?;
    track.call(&Metric::sms(delivery_id, SmsMetric::Delivered).with_timestamp(1_700_000_000.into())).await?;
    track.unsubscribe(delivery_id).await
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let customerio = connect().await?;
    metrics(&customerio.track, "RPILAgUBcRhIBqSfeiIwdIYJKxTY").await?;
    Ok(())
}
