//! What a client's throttle promises with real time and many calls at once.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use customerio_core::{
    Client, Endpoint, Moment, Quota, Rate, Region, Throttle, Track, Transport, TransportError, async_trait,
    bytes::Bytes,
    http::{Request, Response},
};
use customerio_hyper::HyperTransport;
use customerio_testing::WireServer;
use tokio::task::JoinSet;

/// Notes when each request goes out.
#[derive(Debug)]
struct Noted<T> {
    inner: T,
    times: Mutex<Vec<Instant>>,
}

#[async_trait]
impl<T: Transport> Transport for Noted<T> {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.times.lock().unwrap().push(Instant::now());
        self.inner.send(request).await
    }
    async fn sleep(&self, duration: Duration) {
        self.inner.sleep(duration).await;
    }
    fn now(&self) -> Moment {
        self.inner.now()
    }
}

const COUNT: usize = 20;
const PERIOD: Duration = Duration::from_millis(200);

/// How many go out at most in any period.
fn busiest(times: &[Instant]) -> usize {
    // A request is noted a little after its turn: the clock of the test is late by some milliseconds, now and then.
    let period = PERIOD * 9 / 10;
    let within = |from: &Instant| times.iter().filter(|time| **time >= *from && **time < *from + period).count();
    times.iter().map(within).max().unwrap()
}

#[tokio::test]
async fn clients_that_share_a_throttle_keep_to_its_rate_together() {
    let server = WireServer::start().unwrap();
    let transport = Arc::new(Noted { inner: HyperTransport::new().unwrap(), times: Mutex::default() });
    let client = || -> Client<Track> {
        let endpoint = Endpoint::track(Region::Us, "site", "key").unwrap().with_base_url(&server.url()).unwrap();
        Client::new(endpoint, transport.clone())
    };
    let calls = async |clients: [Client<Track>; 2]| {
        transport.times.lock().unwrap().clear();
        let mut calls = JoinSet::new();
        for number in 0..50_usize {
            let client = clients[number % 2].clone();
            calls.spawn(async move { client.delete(number.to_string().as_str()).await });
            if number % 10 == 9 {
                // Some are given up while they wait: their turns are the others'.
                tokio::task::yield_now().await;
                calls.abort_all();
                while calls.join_next().await.is_some() {}
            }
        }
        for number in 0..60_usize {
            let client = clients[number % 2].clone();
            calls.spawn(async move { client.delete(number.to_string().as_str()).await });
        }
        while let Some(call) = calls.join_next().await {
            call.unwrap().unwrap();
        }
        let times = transport.times.lock().unwrap().clone();
        assert!(times.len() >= 60);
        (busiest(&times), times[times.len() - 1] - times[times.len() - 60])
    };

    let rate = Rate::at_most(20, PERIOD).with_burst(5);
    let throttle = Throttle::off().with_rate(Quota::Ingest, rate);
    let (busiest, took) = calls([client().with_throttle(throttle.clone()), client().with_throttle(throttle)]).await;
    assert!(busiest <= COUNT, "{busiest}");
    // 16 in each 200 milliseconds after the burst: no turn is lost to those that were given up.
    assert!((Duration::from_millis(600)..Duration::from_secs(10)).contains(&took), "{took:?}");

    let (busiest, took) =
        calls([client().with_throttle(Throttle::off()), client().with_throttle(Throttle::off())]).await;
    assert!(busiest > COUNT, "without a throttle they go at once: {busiest} in {took:?}");
}
