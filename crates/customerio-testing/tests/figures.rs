//! What a call and a queue count and measure by `metrics`: literally.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(unreachable_pub, reason = "an example has it as a part of its library")]
#[path = "../../customerio/docs/figures.rs"]
mod figures;

use std::{
    future::Future,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use customerio_core::{
    Client, Endpoint, Quota, Rate, Region, RetryPolicy, Throttle, Track, TransportError, TransportErrorKind,
    track::{Delete, v2::person::Event},
};
use customerio_delivery::{
    Epoch, Fate, Lease, MemoryStore, Queue, Record, Statistics, Store, StoreError, Stored, Stream, async_trait,
};
use customerio_testing::Recorder;

use crate::figures::Figures;

fn client(recorder: Recorder) -> Client<Track> {
    Client::new(Endpoint::track(Region::Us, "site", "key").unwrap(), recorder)
        .with_retry_policy(RetryPolicy::default().with_backoff(Duration::ZERO, Duration::ZERO))
}

/// The figures of what is done, those that are not 0, in a line each. Everything happens on this thread.
fn counted(act: impl Future<Output = ()>) -> Vec<String> {
    let figures = Figures::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    metrics::with_local_recorder(&figures, || runtime.block_on(act));
    figures.to_string().lines().filter(|line| !line.ends_with(" 0")).map(str::to_owned).collect()
}

#[test]
fn a_call_is_counted_with_its_requests_and_retries() {
    let recorder = Recorder::new()
        .responding(503, "busy")
        .responding_with(Err(TransportError::maybe_sent(TransportErrorKind::Connection)))
        .responding(200, "{}")
        .responding(400, "{}");
    let client = client(recorder);
    let lines = counted(async {
        client.delete("42").await.unwrap();
        client.delete("ada@example.com").await.unwrap_err();
    });
    let request = r#"http.client.request.duration{http.request.method="DELETE",url.template="/api/v1/customers/{identifier}",server.address="track.customer.io",server.port="443""#;
    assert_eq!(
        lines,
        [
            r#"customerio.calls{operation="track.delete",outcome="ok"} 1"#,
            r#"customerio.calls{operation="track.delete",outcome="responded",error.type="400"} 1"#,
            r#"customerio.retries{operation="track.delete",error.type="503"} 1"#,
            r#"customerio.retries{operation="track.delete",error.type="connection"} 1"#,
            &format!(r#"{request},error.type="connection"}} 1"#),
            &format!(r#"{request},http.response.status_code="200"}} 1"#),
            &format!(r#"{request},http.response.status_code="400",error.type="400"}} 1"#),
            &format!(r#"{request},http.response.status_code="503",error.type="503"}} 1"#),
        ]
    );
}

#[test]
fn a_wait_for_the_rate_limit_is_measured_once() {
    let rate = Rate::at_most(1, Duration::from_secs(5));
    let client = client(Recorder::new()).with_throttle(Throttle::off().with_rate(Quota::Ingest, rate));
    let lines = counted(async {
        client.delete("42").await.unwrap();
        client.delete("42").await.unwrap();
    });
    assert!(lines.contains(&r#"customerio.throttle.wait{quota="ingest"} 1"#.to_owned()), "{lines:#?}");
}

#[test]
fn a_queue_counts_what_is_done_what_failed_and_what_stands_still() {
    let lines = counted(async {
        let queue = Queue::builder(MemoryStore::default())
            .with_track(client(Recorder::new().responding(200, "{}").responding(400, "{}").responding(401, "{}")))
            .start();
        queue.send(Delete::new("1")).await.unwrap();
        let _ = queue.flush(Duration::from_secs(60)).await;
        queue.send(Delete::new("2")).await.unwrap();
        let _ = queue.flush(Duration::from_secs(60)).await;
        queue.send(Event::new("3", "purchase")).await.unwrap();
        // Its credentials are refused.
        let _ = queue.flush(Duration::from_secs(1)).await;
    });
    for line in [
        r"customerio.queue.enqueued{} 3",
        r#"customerio.queue.done{destination="default",lane="track"} 1"#,
        r#"customerio.queue.delay{destination="default",lane="track"} 1"#,
        r#"customerio.queue.failed{destination="default",lane="track",reason="rejected"} 1"#,
        r#"customerio.queue.blocked{destination="default",lane="track/batches"} 1"#,
        r"customerio.queue.sending{} 1",
    ] {
        assert!(lines.iter().any(|other| other == line), "{line} in {lines:#?}");
    }
}

/// A store that fails once, when it is appended to.
#[derive(Debug, Default)]
struct FailsOnce {
    inner: MemoryStore,
    has_failed: AtomicBool,
}

#[async_trait]
impl Store for FailsOnce {
    async fn append(&self, calls: &[Stored]) -> Result<u64, StoreError> {
        if !self.has_failed.swap(true, Ordering::Relaxed) {
            return Err(StoreError::failed("the disk is away"));
        }
        self.inner.append(calls).await
    }

    async fn load(&self, stream: &Stream, after: u64, bytes: usize) -> Result<Vec<Record>, StoreError> {
        self.inner.load(stream, after, bytes).await
    }

    async fn mark(&self, epoch: Epoch, stream: &Stream, numbers: &[u64]) -> Result<Vec<u64>, StoreError> {
        self.inner.mark(epoch, stream, numbers).await
    }

    async fn settle(&self, epoch: Epoch, stream: &Stream, fates: &[(u64, Fate)]) -> Result<(), StoreError> {
        self.inner.settle(epoch, stream, fates).await
    }

    async fn lease(&self, held: Option<Epoch>) -> Result<Option<Lease>, StoreError> {
        self.inner.lease(held).await
    }

    async fn release(&self, epoch: Epoch) -> Result<(), StoreError> {
        self.inner.release(epoch).await
    }

    async fn statistics(&self) -> Result<Statistics, StoreError> {
        self.inner.statistics().await
    }
}

#[test]
fn a_queue_counts_its_retries_and_the_failures_of_its_store() {
    let lines = counted(async {
        let client =
            client(Recorder::new().responding(503, "busy")).with_retry_policy(RetryPolicy::default().with_attempts(1));
        let queue = Queue::builder(FailsOnce::default()).with_track(client).start();
        // Enqueued without waiting, it is kept until the store has it.
        queue.try_send(Delete::new("1")).unwrap();
        // The backoff passes by the clock of the machine, and is not waited for.
        let report = queue.flush(Duration::from_secs(60)).await;
        assert_eq!((report.done, report.left), (0, 1));
    });
    for line in
        [r"customerio.queue.store_failures{} 1", r#"customerio.queue.retries{destination="default",lane="track"} 1"#]
    {
        assert!(lines.iter().any(|other| other == line), "{line} in {lines:#?}");
    }
}
