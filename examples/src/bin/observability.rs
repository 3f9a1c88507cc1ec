//! Observability: a program of the guide `observability`.

use std::time::Duration;

use customerio::{
    CustomerIo,
    delivery::{MemoryStore, Queue},
    track::v2::person::Event,
};
use customerio_emulator::Fault;
use customerio_examples::{emulator, figures::Figures, from_env_quietly};
use serde_json::json;
use tracing_subscriber::fmt::format::FmtSpan;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// Calls, directly and through a queue.
async fn work(cio: &CustomerIo) -> Result<(), Error> {
    let queue = Queue::builder(MemoryStore::default()).with_track(cio.track().clone()).start();
    cio.track().identify("ada-42", json!({"email": "ada@example.com"})).await?;
    queue.try_send(Event::new("ada-42", "purchase"))?;
    let report = queue.shutdown(Duration::from_secs(10)).await;
    assert_eq!(report.done, 1);
    Ok(())
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    // A line for each request and for each call, when it ends.
    tracing_subscriber::fmt().with_max_level(tracing::Level::INFO).with_span_events(FmtSpan::CLOSE).init();
    let figures = Figures::default();
    metrics::set_global_recorder(figures.clone()).map_err(|error| error.to_string())?;
    let cio = from_env_quietly().await?;
    if let Some(emulator) = emulator() {
        // The first request fails, and is retried.
        emulator.add_fault(Fault::status(customerio::http::StatusCode::SERVICE_UNAVAILABLE).with_times(1));
    }
    work(&cio).await?;
    let figures = figures.to_string();
    println!("\n{figures}");
    assert!(figures.contains("customerio.calls{operation=\"track.identify\",outcome=\"ok\"} 1"));
    assert!(!figures.contains("ada"), "no label names a person");
    Ok(())
}
