//! What the App API reads back is what was written: through the client's own types, over the emulator without a socket.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod messages;
mod objects;
mod people;
mod team;
mod webhooks;

use customerio_core::{
    App, Client, Error, Operation, Paged, Throttle, Track,
    http::{Request, StatusCode},
};
use customerio_emulator::{APP_API_KEY, Emulator};
use serde_json::Value;

/// When the tests take place.
const NOW: i64 = 1_700_000_000;

/// An emulator, and a client of each API.
struct World {
    emulator: Emulator,
    track: Client<Track>,
    app: Client<App>,
}

fn world() -> World {
    let emulator = Emulator::builder().with_clock_at(NOW).build();
    let track = Client::new(emulator.track_endpoint().unwrap(), emulator.clone());
    // A wait for the rate would move the clock.
    let app = Client::new(emulator.app_endpoint().unwrap(), emulator.clone()).with_throttle(Throttle::off());
    World { emulator, track, app }
}

impl World {
    /// All rows of a list, and how many requests it took.
    async fn read<P: Paged + Operation<Api = App>>(&self, list: P) -> (Vec<P::Item>, u64) {
        let before = self.emulator.requests();
        let (mut items, mut read) = (self.app.items(list), Vec::new());
        while let Some(item) = items.next().await {
            read.push(item.unwrap());
        }
        (read, self.emulator.requests() - before)
    }

    /// Makes a call as its bytes go, from a line such as `GET /v1/collections`; its status and its body. `null` is no body.
    fn call(&self, line: &str, body: &Value) -> (u16, Value) {
        let (method, path) = line.split_once(' ').unwrap();
        let request =
            Request::builder().method(method).uri(path).header("authorization", format!("Bearer {APP_API_KEY}"));
        let request = if body.is_null() {
            request.body(customerio_core::bytes::Bytes::new())
        } else {
            request.header("content-type", "application/json").body(body.to_string().into())
        };
        let response = self.emulator.handle(&request.unwrap());
        let body = response.body();
        (response.status().as_u16(), if body.is_empty() { Value::Null } else { serde_json::from_slice(body).unwrap() })
    }

    /// All rows of a list under a name, which comes in pages of two, and how many pages there were.
    fn pages(&self, line: &str, body: &Value, name: &str) -> (Vec<Value>, usize) {
        let (mut rows, mut pages, mut start) = (Vec::new(), 0, String::new());
        loop {
            let (status, page) = self.call(&format!("{line}?limit=2{start}"), body);
            assert_eq!(status, 200, "{page}");
            rows.extend(page[name].as_array().unwrap().iter().cloned());
            pages += 1;
            let next = page["next"].as_str().unwrap();
            if next.is_empty() {
                return (rows, pages);
            }
            start = format!("&start={}", next.replace('=', "%3D").replace('+', "%2B"));
        }
    }
}

/// The detail of the first error in a body.
fn detail(body: &Value) -> &str {
    body["errors"][0]["detail"].as_str().unwrap_or_default()
}

/// The status of an error, and what the first entry of its body says.
fn told(error: &Error) -> (u16, String) {
    let status = error.status().map_or(0, |status: StatusCode| status.as_u16());
    (status, error.as_api().and_then(|error| error.message()).unwrap_or_default().to_owned())
}
