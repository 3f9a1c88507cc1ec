//! What the tests of the operations share.

use std::{fmt::Write as _, sync::Mutex, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use proptest::prelude::*;
use serde_json::Value;

use crate::{
    App, BuildError, Endpoint, Limits, Moment, Operation, Prepared, Region, Track, Transport, TransportError,
    async_trait, build,
};

/// A request, whole, as text: method and URL, the headers in their order, a blank line, the body.
pub(crate) fn wire(request: &Request<Bytes>) -> String {
    let mut text = format!("{} {}\n", request.method(), request.uri());
    for (name, value) in request.headers() {
        writeln!(text, "{name}: {}", value.to_str().unwrap()).unwrap();
    }
    // The literals of the tests hold for every version.
    let text = text.replace(concat!("customerio-rust/", env!("CARGO_PKG_VERSION")), "customerio-rust/VERSION");
    text + "\n" + std::str::from_utf8(request.body()).unwrap()
}

/// The whole request of a Track operation, with the credentials `site:key`.
pub(crate) fn wire_track<O: Operation<Api = Track>>(operation: O) -> String {
    wire(&build(&Endpoint::track(Region::Us, "site", "key").unwrap(), operation).unwrap())
}

/// The whole request of an App operation, with the key `key`.
pub(crate) fn wire_app<O: Operation<Api = App>>(operation: O) -> String {
    wire(&build(&Endpoint::app(Region::Us, "key").unwrap(), operation).unwrap())
}

/// The body of an operation as text.
pub(crate) fn body<O: Operation>(operation: O) -> String {
    String::from_utf8(Prepared::new(operation, &Limits::default()).unwrap().body().to_vec()).unwrap()
}

/// Why a Track operation cannot be built.
pub(crate) fn refused_track<O: Operation<Api = Track>>(operation: O) -> BuildError {
    build(&Endpoint::track(Region::Us, "site", "key").unwrap(), operation).unwrap_err()
}

/// Why an App operation cannot be built.
pub(crate) fn refused_app<O: Operation<Api = App>>(operation: O) -> BuildError {
    build(&Endpoint::app(Region::Us, "key").unwrap(), operation).unwrap_err()
}

/// A transport that keeps method, path and body of each request, and gives one answer to all.
#[derive(Debug)]
pub(crate) struct Recorder {
    answer: &'static str,
    lines: Mutex<Vec<String>>,
}

impl Recorder {
    pub(crate) fn answering(answer: &'static str) -> Self {
        Self { answer, lines: Mutex::default() }
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }
}

#[async_trait]
impl Transport for Recorder {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let path = request.uri().path_and_query().unwrap();
        let body = std::str::from_utf8(request.body()).unwrap();
        self.lines.lock().unwrap().push(format!("{} {path} {body}", request.method()).trim_end().to_owned());
        Ok(Response::new(self.answer.into()))
    }
    async fn sleep(&self, _: Duration) {}
    fn now(&self) -> Moment {
        Moment { monotonic: Duration::ZERO, since_epoch: Duration::from_millis(1_700_000_000_999), random: 1 }
    }
}

/// Any JSON, whose objects have keys that match the pattern `keys`, or others.
pub(crate) fn any_json(keys: &'static str) -> impl Strategy<Value = Value> + Clone {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 5, move |inner| {
        let key = prop_oneof![4 => keys, 1 => any::<String>()];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(key, inner, 0..5).prop_map(|entries| entries.into_iter().collect()),
        ]
    })
}
