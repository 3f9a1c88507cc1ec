//! Trigger a broadcast: a program of the guide `broadcasts`.

use std::time::Duration;

use customerio::{
    CustomerIo, Error,
    app::{Filter, IdsAudience, TriggerBroadcast},
    ids::BroadcastId,
};
use customerio_examples::from_env;
use serde_json::json;

async fn broadcast(cio: &CustomerIo, broadcast: BroadcastId) -> Result<(), Error> {
    let subscribers = Filter::all([Filter::segment(7), Filter::attribute_equals("plan", "pro")]);
    let trigger = TriggerBroadcast::new(broadcast, subscribers).with_data(json!({"headline": "Roadrunner spotted"}));
    println!("started trigger {}", cio.app().trigger_broadcast(trigger).await?.id);

    // Once in 10 seconds: the SDK waits for its turn, or fails at once if the deadline comes first.
    let people = IdsAudience::new(["42", "43"]).with_id_ignore_missing(true);
    let soon =
        cio.app().within(Duration::from_secs(5)).trigger_broadcast(TriggerBroadcast::new(broadcast, people)).await;
    if let Err(error) = soon {
        let wait = error.retry_after().unwrap_or_default();
        println!("try again in {:.0} seconds: {error}", wait.as_secs_f64());
    }
    Ok(())
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    let cio = from_env().await?;
    broadcast(&cio, BroadcastId::from(12)).await?;
    Ok(())
}
