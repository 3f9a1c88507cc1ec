//! Report metrics of messages, and unsubscribes: a program of the guide `messages`.

use customerio::{
    CustomerIo, Error,
    track::{EmailMetric, Metric, PushMetric, ReportPushMetric, SmsMetric, Unsubscribe},
};
use customerio_examples::from_env;

async fn metrics(cio: &CustomerIo, delivery_id: &str) -> Result<(), Error> {
    let clicked = Metric::email(delivery_id, EmailMetric::Clicked).with_href("https://example.com/offer");
    cio.track().call(clicked).await?;
    cio.track().call(Metric::sms(delivery_id, SmsMetric::Delivered).with_timestamp(1_700_000_000)).await?;
    cio.track().call(Unsubscribe::new(delivery_id)).await?;

    // An older operation for push notifications alone, which the vendor has deprecated in favour of `Metric::push`.
    cio.track().call(ReportPushMetric::new(delivery_id, PushMetric::Opened, "device-token")).await
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    let cio = from_env().await?;
    metrics(&cio, "RPILAgUBcRhIBqSfeiIwdIYJKxTY").await?;
    Ok(())
}
