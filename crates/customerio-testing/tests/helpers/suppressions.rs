//! Suppressed addresses, read and changed many at once.

use std::{
    future::poll_fn,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
    time::Duration,
};

use customerio_core::{
    Client, Endpoint, Moment, Region, Throttle, Transport, TransportError, TransportErrorKind,
    app::suppressions::{SuppressionOutcome, SuppressionType},
    async_trait,
    bytes::Bytes,
    http::{Request, Response},
};
use customerio_testing::Recorder;
use futures_core::Stream;
use serde_json::json;

use super::{client, lines};

fn page(emails: &[&str], next: &str) -> String {
    let rows: Vec<_> = emails.iter().map(|email| json!({"email": email, "status": "550"})).collect();
    json!({"category": "bounces", "suppressions": rows, "next": next}).to_string()
}

#[tokio::test]
async fn all_reasons_of_a_domain_are_read_one_after_the_other() {
    let recorder = Recorder::new()
        .responding(200, page(&["a@x"], "p"))
        .responding(500, "")
        .responding(200, page(&["b@x"], ""))
        .responding(200, page(&["c@x"], ""))
        .responding(200, page(&[], ""))
        .responding(200, page(&["d@x"], ""));
    let client = client(&recorder);
    let read = tokio::spawn(async move {
        let mut suppressions = client.suppressions().of_domain("mail.example.com");
        let mut read = Vec::new();
        while let Some(suppressed) = suppressions.next().await {
            read.push(suppressed.map_or_else(
                |error| error.status().unwrap().to_string(),
                |it| format!("{} {} {:?}", it.suppression_type, it.suppression.email.unwrap(), it.suppression.status),
            ));
        }
        assert!(suppressions.next().await.is_none());
        read
    });
    let status = r#"Some("550")"#;
    let expected = [
        format!("blocks a@x {status}"),
        "500 Internal Server Error".to_owned(),
        format!("blocks b@x {status}"),
        format!("bounces c@x {status}"),
        format!("invalid_emails d@x {status}"),
    ];
    assert_eq!(read.await.unwrap(), expected);
    let path = |rest: &str| format!("GET /v1/esp/domains/mail.example.com/suppression/{rest}");
    assert_eq!(
        lines(&recorder),
        [
            path("blocks?limit=1000"),
            path("blocks?limit=1000&start=p"),
            path("blocks?limit=1000&start=p"),
            path("bounces?limit=1000"),
            path("spam_reports?limit=1000"),
            path("invalid_emails?limit=1000"),
        ]
    );
}

#[tokio::test]
async fn one_reason_of_the_workspace_is_read_by_offset_and_collected() {
    let names: Vec<_> = (0..1_000).map(|number| format!("{number}@x")).collect();
    let full: Vec<_> = names.iter().map(String::as_str).collect();
    let begun = || Recorder::new().responding(200, page(&full, ""));
    let recorder = begun().responding(200, json!({"suppressions": [{"email": "z@x"}, {"status": "550"}]}).to_string());
    let addresses = client(&recorder).suppressions().of_type("blocks").collect_addresses().await.unwrap();
    assert_eq!((addresses.len(), &addresses[1_000]), (1_001, &(SuppressionType::Blocks, "z@x".to_owned())));
    let path = "GET /v1/esp/suppression/blocks?limit=1000";
    assert_eq!(lines(&recorder), [path.to_owned(), format!("{path}&offset=1000")]);

    let recorder = begun().responding(403, "");
    let error = client(&recorder).suppressions().collect_addresses().await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 403);
}

#[tokio::test]
async fn they_are_a_stream() {
    let recorder = Recorder::new().responding(200, page(&["a@x", "b@x"], ""));
    let mut suppressions = client(&recorder).suppressions().of_type(SuppressionType::Bounces);
    let mut count = 0;
    while let Some(suppressed) = poll_fn(|context| Pin::new(&mut suppressions).poll_next(context)).await {
        assert_eq!(suppressed.unwrap().suppression_type, SuppressionType::Bounces);
        count += 1;
    }
    assert_eq!(count, 2);
}

#[tokio::test]
async fn what_was_done_and_what_failed_is_reported_and_the_rest_is_tried() {
    let recorder = Recorder::new()
        .responding(200, "{}")
        .responding(429, "")
        .responding_with(Err(TransportError::maybe_sent(TransportErrorKind::Timeout)))
        .responding(404, "")
        .responding(200, "{}");
    let client = client(&recorder);
    let emails = ["a@x", "b@x", "c@x", "", "d@x", "e@x"];
    let changes = client.suppress_all(emails.map(|email| (SuppressionType::Bounces, email)));
    assert_eq!(changes.left().count(), 6);
    let report = tokio::spawn(changes.finish()).await.unwrap();
    assert_eq!((report.done, report.absent, report.left.len()), (2, 0, 0));
    let mut failed: Vec<_> = report.failed.iter().map(|failed| failed.email.as_str()).collect();
    failed.sort_unstable();
    assert_eq!(failed, ["", "b@x", "c@x", "d@x"]);
    let path = |name: &str| format!("POST /v1/esp/suppression/bounces/{name}%40x");
    assert_eq!(lines(&recorder), ["a", "b", "c", "d", "e"].map(path));
    let shown = format!("{report:?} {}", report.failed[0]);
    assert!(shown.contains("done: 2") && shown.contains("429") && !shown.contains("@x"), "{shown}");
}

#[tokio::test]
async fn an_address_that_is_not_suppressed_is_let_in_and_said_to_be_absent() {
    let recorder = Recorder::new().responding(204, "").responding(404, "");
    let report = client(&recorder).unsuppress_all([("blocks", "a@x"), ("bounces", "b@x")]).finish().await;
    assert_eq!((report.done, report.absent, report.failed.len()), (1, 1, 0));
    let path = "DELETE /v1/esp/suppression";
    assert_eq!(lines(&recorder), [format!("{path}/blocks/a%40x"), format!("{path}/bounces/b%40x")]);
}

#[tokio::test]
async fn refused_credentials_stop_it_and_what_is_left_can_be_done_elsewhere() {
    for status in [401, 403] {
        let recorder =
            (0..4).fold(Recorder::new().responding(200, "{}"), |recorder, _| recorder.responding(status, ""));
        let emails: Vec<_> = (0..9).map(|number| ("blocks", format!("{number}@x"))).collect();
        let report = client(&recorder).suppress_all(emails).finish().await;
        // One after the first that was done is begun before a refusal comes.
        assert_eq!((report.done, report.failed.len(), report.left.len()), (1, 4, 4));
        assert_eq!(recorder.requests().len(), 5);
        let json = serde_json::to_string(&report.left).unwrap();
        let left: Vec<(SuppressionType, String)> = serde_json::from_str(&json).unwrap();
        let recorder = Recorder::new();
        assert_eq!(client(&recorder).suppress_all(left).finish().await.done, 4);
        assert_eq!(lines(&recorder)[3], "POST /v1/esp/suppression/blocks/8%40x");
    }
}

/// Takes requests and gives no response.
#[derive(Clone, Debug, Default)]
struct Silent(Arc<AtomicUsize>);

#[async_trait]
impl Transport for Silent {
    async fn send(&self, _: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        std::future::pending().await
    }
    async fn sleep(&self, _: Duration) {
        std::future::pending::<()>().await;
    }
    fn now(&self) -> Moment {
        Moment { monotonic: Duration::ZERO, since_epoch: Duration::ZERO, random: 1 }
    }
}

#[tokio::test]
async fn four_requests_are_under_way_at_once() {
    let silent = Silent::default();
    let client = Client::new(Endpoint::app(Region::Us, "key").unwrap(), silent.clone()).with_throttle(Throttle::off());
    let mut changes = client.suppress_all((0..9).map(|number| ("blocks", format!("{number}@x"))));
    {
        let mut next = std::pin::pin!(changes.next());
        assert!(poll_fn(|context| Poll::Ready(next.as_mut().poll(context))).await.is_pending());
    }
    assert_eq!((silent.0.load(Ordering::Relaxed), changes.left().count()), (4, 9));
}

#[tokio::test]
async fn a_dropped_future_loses_nothing() {
    let silent = (0..5).fold(Recorder::new(), |recorder, _| recorder.silent_once());
    let client = client(&silent).with_throttle(Throttle::off()).with_deadline(Duration::from_secs(60));
    let mut changes = client.unsuppress_all((0..9).map(|number| ("blocks", format!("{number}@x"))));
    let mut outcomes = Vec::new();
    loop {
        {
            let mut next = std::pin::pin!(changes.next());
            match poll_fn(|context| Poll::Ready(next.as_mut().poll(context))).await {
                Poll::Ready(None) => break,
                Poll::Ready(Some(done)) => outcomes.push(done.outcome),
                Poll::Pending => {}
            }
        }
        assert_eq!(changes.left().count() + outcomes.len(), 9);
    }
    // Each that got no response ended by its timeout, which takes no time here.
    let failed = outcomes.iter().filter(|outcome| matches!(outcome, SuppressionOutcome::Failed(_))).count();
    assert_eq!((outcomes.len(), failed), (9, 5));
}

#[tokio::test]
async fn ten_a_second_and_no_more() {
    let recorder = Recorder::new();
    let report = client(&recorder).suppress_all((0..60).map(|number| ("blocks", format!("{number}@x")))).finish().await;
    assert_eq!((report.done, recorder.requests().len()), (60, 60));
    let waited: Duration = recorder.waits().iter().sum();
    assert!(waited >= Duration::from_secs(5), "{waited:?}");
}
