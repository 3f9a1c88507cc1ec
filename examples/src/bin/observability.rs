//! Observability: a program of the guide `observability`.

use std::time::Duration;

use customerio::{
    CustomerIo,
    delivery::{MemoryStore, Queue},
    track::v2::person::Event,
};
use customerio_emulator::Fault;
use customerio_examples::{connect_quietly, spawn};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde_json::json;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// Calls, directly and through a queue, and returns what a scrape of Prometheus would get.
async fn observe(cio: &CustomerIo, figures: PrometheusHandle) -> Result<String, Error> {
    let queue = Queue::builder(MemoryStore::default()).with_track(cio.track().clone()).start();
    cio.track().identify("ada-42", json!({"email": "ada@example.com"})).await?;
    queue.try_send(Event::new("ada-42", "purchase"))?;
    let report = queue.shutdown(Duration::from_secs(10)).await;
    assert_eq!(report.done, 1);
    Ok(figures.render())
}

#[tokio::main]
async fn main() -> customerio_examples::Result {
    spawn(async {
        tracing_subscriber::fmt().with_max_level(tracing::Level::DEBUG).with_target(false).init();
        let figures = PrometheusBuilder::new().install_recorder()?;
        let (cio, workspace) = connect_quietly().await?;
        if let Some(server) = &workspace.server {
            // The first request fails, and is retried.
            server.emulator().add_fault(Fault::status(customerio::http::StatusCode::SERVICE_UNAVAILABLE).with_times(1));
        }
        let figures = observe(&cio, figures).await?;
        println!("\n{figures}");
        assert!(figures.contains("customerio_calls{operation=\"track.identify\",outcome=\"ok\"} 1"));
        assert!(!figures.contains("ada"), "no label names a person");
        Ok(())
    })
    .await
}
