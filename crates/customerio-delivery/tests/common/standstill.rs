//! A queue that stands still for longer than its lease, while another takes over, sends everything, and releases the lease.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use customerio_core::{Client, app::SendEmail, http::StatusCode, track::v2::person::Event};
use customerio_delivery::{self as delivery, Queue, Store};
use customerio_emulator::{Emulator, Fault, Server};
use customerio_hyper::HyperTransport;
use serde_json::json;

const CALLS: usize = 20;
const LONG: Duration = Duration::from_secs(60);

/// Everything arrives once, and messages for one person in their order.
pub(crate) async fn nothing_is_sent_twice<S: Store>(open: impl AsyncFn() -> S + Clone + Send + 'static) {
    let server = Arc::new(Emulator::new().serve_on_loopback().await.unwrap());
    let waits = Fault::status_with_retry_after(StatusCode::TOO_MANY_REQUESTS, Duration::from_millis(100));
    let fault = server.emulator().add_fault(waits);
    let (stands, standing) = mpsc::channel();
    let (goes_on, gone) = mpsc::channel::<()>();
    let first = thread::spawn({
        let (server, open) = (Arc::clone(&server), open.clone());
        move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let retries = Arc::new(AtomicUsize::new(0));
                let queue = queue(open().await, &server, &retries);
                for n in 0..CALLS {
                    queue.send(SendEmail::from_template(n.to_string(), "ada@example.com")).await.unwrap();
                    queue.send(Event::new("42", "count").with_attributes(json!({ "n": n }))).await.unwrap();
                }
                // Both streams hold calls that have to wait, so that they are held when it stands still.
                until("it has to wait", || retries.load(Ordering::Relaxed) >= 6).await;
                stands.send(()).unwrap();
                // It has one thread: nothing of it goes on.
                gone.recv().unwrap();
                queue.shutdown(LONG).await
            })
        }
    });
    tokio::task::spawn_blocking(move || standing.recv().unwrap()).await.unwrap();
    server.emulator().remove_fault(fault);
    let second = queue(open().await, &server, &Arc::default());
    until("the other has sent everything", || {
        let counts = second.counts();
        counts.done + counts.parked + counts.dead >= (2 * CALLS) as u64
    })
    .await;
    let second = second.shutdown(LONG).await;
    goes_on.send(()).unwrap();
    let first = tokio::task::spawn_blocking(|| first.join().unwrap()).await.unwrap();

    // The one message that was on its way when the first stood still may have arrived.
    assert!(second.parked <= 1 && second.dead == 0 && second.left == 0, "{second:?}");
    assert_eq!((first.done, first.dead, first.parked, first.left), (0, 0, 0, 0), "{first:?}");
    let mut numbers = BTreeMap::<&str, Vec<u64>>::new();
    for message in server.emulator().messages() {
        let template = message.body()["transactional_message_id"].clone();
        let n = template.as_u64().or_else(|| template.as_str()?.parse().ok());
        numbers.entry("messages").or_default().push(n.unwrap());
    }
    for event in server.emulator().events() {
        numbers.entry("events").or_default().push(event.data()["n"].as_u64().unwrap());
    }
    let all: Vec<_> = (0..CALLS as u64).collect();
    assert_eq!(numbers["events"], all, "once and in order");
    assert_eq!(numbers["messages"][..], all[usize::try_from(second.parked).unwrap()..], "once and in order");
}

fn queue(store: impl Store, server: &Server, retries: &Arc<AtomicUsize>) -> Queue {
    let transport = Arc::new(HyperTransport::new().unwrap());
    let retries = Arc::clone(retries);
    Queue::builder(store)
        .with_track(Client::new(server.track_endpoint().unwrap(), transport.clone()))
        .with_app(Client::new(server.app_endpoint().unwrap(), transport))
        .with_observer(move |_, event| {
            if matches!(event, delivery::Event::Retrying { .. }) {
                retries.fetch_add(1, Ordering::Relaxed);
            }
        })
        .start()
}

async fn until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < LONG, "it takes too long until {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
