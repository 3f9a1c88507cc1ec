//! What the tests of the operations share.

use std::{collections::VecDeque, fmt::Write as _, sync::Mutex, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{
    App, BuildError, Endpoint, Limits, Moment, Operation, Prepared, Region, Track, Transport, TransportError,
    async_trait, build, entity::Entity, fields::Fields,
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

/// The whole request of an App operation that has no body, of its method and its path.
pub(crate) fn plain(line: &str) -> String {
    let (method, path) = line.split_once(' ').unwrap();
    let length = if matches!(method, "POST" | "PUT") { "content-length: 0\n" } else { "" };
    format!(
        "{method} https://api.customer.io{path}\n\
         accept: application/json\n\
         accept-encoding: identity\n\
         authorization: Bearer key\n\
         user-agent: customerio-rust/VERSION\n\
         {length}\n"
    )
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

/// A transport that keeps method, path and body of each request, and gives the same response to all.
#[derive(Debug)]
pub(crate) struct Recorder {
    response: &'static str,
    lines: Mutex<Vec<String>>,
}

impl Recorder {
    pub(crate) fn responding(response: &'static str) -> Self {
        Self { response, lines: Mutex::default() }
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
        Ok(Response::new(self.response.into()))
    }
    async fn sleep(&self, _: Duration) {}
    fn now(&self) -> Moment {
        Moment { monotonic: Duration::ZERO, since_epoch: Duration::from_millis(1_700_000_000_999), random: 1 }
    }
}

/// A transport that gives one response after the other, and whose clock goes ahead by what is waited.
#[derive(Debug)]
pub(crate) struct Scripted {
    responses: Mutex<VecDeque<(u16, String)>>,
    lines: Mutex<Vec<String>>,
    waits: Mutex<Vec<Duration>>,
}

impl Scripted {
    /// Of statuses and bodies.
    pub(crate) fn new(responses: Vec<(u16, String)>) -> Self {
        Self { responses: Mutex::new(responses.into()), lines: Mutex::default(), waits: Mutex::default() }
    }

    /// Method, path and body of each request.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    /// How long was waited, each time.
    pub(crate) fn waits(&self) -> Vec<Duration> {
        self.waits.lock().unwrap().clone()
    }
}

#[async_trait]
impl Transport for Scripted {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let path = request.uri().path_and_query().unwrap();
        let body = std::str::from_utf8(request.body()).unwrap();
        self.lines.lock().unwrap().push(format!("{} {path} {body}", request.method()).trim_end().to_owned());
        let (status, body) = self.responses.lock().unwrap().pop_front().expect("the script has ended");
        Ok(Response::builder().status(status).body(body.into()).unwrap())
    }
    async fn sleep(&self, duration: Duration) {
        self.waits.lock().unwrap().push(duration);
    }
    fn now(&self) -> Moment {
        let monotonic = self.waits().iter().sum();
        Moment { monotonic, since_epoch: Duration::from_secs(1_700_000_000) + monotonic, random: 1 }
    }
}

/// Gives every field of an example, however deep, every other JSON type in turn, and takes it away: it must be read all
/// the same, and be written as it was. Only a field in `needed` may be missed: of the example itself, or such as `version/id`
/// what a field of it needs.
pub(crate) fn survives_changes<T: Entity>(example: &Value, needed: &[&str]) {
    let read = |json: &Value| {
        let json = serde_json::value::to_raw_value(json).unwrap();
        T::from_fields(&mut Fields::new(&json).unwrap())
    };
    let mut count = 0;
    for pointer in pointers(example) {
        let is_needed = needed.iter().any(|name| pointer == format!("/{name}"));
        let others =
            [Value::Null, 1.into(), 1.5.into(), "x".into(), true.into(), json!([]), json!([{}]), json!({"x": 1})];
        for other in std::iter::once(None).chain(others.map(Some)) {
            let mut changed = example.clone();
            match &other {
                Some(other) => *changed.pointer_mut(&pointer).unwrap() = other.clone(),
                None => remove(&mut changed, &pointer),
            }
            count += 1;
            match read(&changed) {
                Ok(value) => {
                    let written = Value::from(value.to_object());
                    assert!(is_same(&changed, &written), "{pointer} as {other:?}: {changed} is written as {written}");
                }
                Err(name) => {
                    let is_of_it = pointer[1..].split('/').next() == Some(name);
                    assert!(is_needed && is_of_it, "{pointer} as {other:?}: no {name}");
                }
            }
        }
    }
    assert!(count > 9, "{example} has no fields");
}

/// Every field of every object in `json`.
fn pointers(json: &Value) -> Vec<String> {
    let children: Vec<_> = match json {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(number, value)| (number.to_string(), value)).collect(),
        _ => return Vec::new(),
    };
    let below = |(name, value): (String, &Value)| {
        let name = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
        let inner = pointers(value).into_iter().map(|rest| format!("{name}{rest}")).collect::<Vec<_>>();
        std::iter::once(name).chain(inner)
    };
    children.into_iter().flat_map(below).collect()
}

fn remove(json: &mut Value, pointer: &str) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match json.pointer_mut(parent).unwrap() {
        Value::Object(fields) => drop(fields.remove(&name.replace("~1", "/").replace("~0", "~"))),
        Value::Array(items) => drop(items.remove(name.parse().unwrap())),
        _ => unreachable!(),
    }
}

/// Whether `written` says what `json` said: a number may be written as its digits, a list of one as that value, an
/// empty list as nothing, and what could not be read of a list is behind the rest.
fn is_same(json: &Value, written: &Value) -> bool {
    match (json, written) {
        (Value::Object(one), Value::Object(other)) => {
            let is_empty = |value: &Value| *value == json!([]) || *value == json!({});
            let is_kept = |name: &str, value| other.get(name).map_or_else(|| is_empty(value), |it| is_same(value, it));
            one.iter().all(|(name, value)| is_kept(name, value)) && other.keys().all(|name| one.contains_key(name))
        }
        (Value::Array(one), Value::Array(other)) => {
            let mut left: Vec<_> = other.iter().collect();
            one.len() == other.len()
                && one.iter().all(|item| {
                    let found = left.iter().position(|other| is_same(item, other));
                    found.map(|found| left.remove(found)).is_some()
                })
        }
        (one, Value::Array(other)) if other.len() == 1 => is_same(one, &other[0]),
        (Value::String(text), other) | (other, Value::String(text)) if !other.is_string() => {
            serde_json::to_string(other).is_ok_and(|other| other == *text)
        }
        _ => json == written,
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
