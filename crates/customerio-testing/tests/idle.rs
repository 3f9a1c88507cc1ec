//! The memory of a client that does nothing.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use customerio_core::{Client, Endpoint, Region, Track, Transport};
use customerio_hyper::HyperTransport;
use customerio_reqwest::ReqwestTransport;

fn client(transport: impl Transport + 'static) -> Client<Track> {
    Client::new(Endpoint::track(Region::Us, "site", "key").unwrap(), transport)
}

/// The bytes that each more of them holds, after the first.
fn bytes_each<T>(make: impl Fn() -> T) -> i64 {
    const COUNT: usize = 16;
    let first = make();
    let mut more = Vec::with_capacity(COUNT);
    let info = allocation_counter::measure(|| more.extend((0..COUNT).map(|_| make())));
    drop(first);
    info.bytes_current / i64::try_from(more.len()).unwrap()
}

/// A platform verifier of its own would be some 100 kB. reqwest needs more than hyper because it has a second TLS
/// configuration for proxies, and boxes its connector and its layers; of a client, 4 kB are the endpoint's ready headers.
#[test]
fn one_more_idle_client_costs_little() {
    for (name, bytes, most) in [
        ("hyper's transport", bytes_each(|| HyperTransport::new().unwrap()), 2_000),
        ("a client over hyper", bytes_each(|| client(HyperTransport::new().unwrap())), 10_000),
        ("reqwest's transport", bytes_each(|| ReqwestTransport::new().unwrap()), 5_000),
        ("a client over reqwest", bytes_each(|| client(ReqwestTransport::new().unwrap())), 10_000),
    ] {
        println!("{name}: {bytes} bytes");
        assert!((1..=most).contains(&bytes), "{name}: {bytes} bytes, and at most {most} are allowed");
    }
}
