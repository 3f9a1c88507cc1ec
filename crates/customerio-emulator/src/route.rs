//! A route: who may call it, what it accepts, and how its errors look.

use std::time::Duration;

use bytes::Bytes;
use customerio_core::Quota;
use http::{HeaderMap, Method, Request, StatusCode, Uri, header};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::{
    call::{Call, Handler},
    config::Config,
    contract::{
        deviation::Deviations,
        fault::{At, Fault, Faults},
        form::Form,
        json::{self, Unread},
        mode::Contract,
        shape::Shape,
    },
    faults::kind::Meeting,
    server::{
        auth::Access,
        reply::{Envelope, Refusal, Reply},
    },
    store::{capacity::MOST_BYTES, state::State},
};

pub(crate) struct Route {
    method: Method,
    /// With `{…}` for variable segments.
    pattern: &'static str,
    access: Access,
    envelope: Envelope,
    /// The rate that its requests count against, if any.
    quota: Option<Quota>,
    body: Option<&'static Shape>,
    /// The form that is accepted in place of a JSON body, if any.
    form: Option<&'static Shape>,
    /// Whether an empty body counts as one without fields.
    or_nothing: bool,
    query: &'static Shape,
    /// The maximum size of the body in bytes, and the status of the response to a larger one.
    most: (usize, StatusCode),
    /// The maximum memory that the values of the body may take, in bytes.
    most_memory: usize,
    /// The status of the response to a body that is valid JSON and not valid otherwise.
    faulty: StatusCode,
    /// Whether it changes data.
    writes: bool,
    handler: Handler<Reply>,
}

/// A request before its body has arrived.
#[derive(Clone, Copy)]
pub(crate) struct Head<'r> {
    pub(crate) method: &'r Method,
    pub(crate) uri: &'r Uri,
    pub(crate) headers: &'r HeaderMap,
}

/// A request whose head is valid.
pub(crate) struct Admitted {
    route: &'static Route,
    /// The variable segments of the path, decoded.
    segments: Vec<String>,
    query: Map<String, Value>,
    /// The host and the port of the request.
    origin: String,
    strict: bool,
    /// The format of its body, if not JSON.
    form: Option<Form>,
    /// Whether it is subject to a fault.
    pub(crate) meeting: Meeting,
    /// What is accepted in the query although the contract says otherwise.
    deviations: Deviations,
}

/// A request that passed all checks that do not need the state.
pub(crate) struct Prepared {
    head: Admitted,
    body: Value,
    /// The body as received.
    raw: Bytes,
    /// What is accepted in the body although the contract says otherwise.
    deviations: Deviations,
}

/// The maximum size of a body, in bytes, if the contract has no limit: the emulator's own, to bound its memory.
/// Messages have limits for their parts, which add up to less.
const MOST_BODY: (usize, StatusCode) = (4 * 1024 * 1024, StatusCode::PAYLOAD_TOO_LARGE);

/// The maximum size of a body, in bytes, for a route without one: blanks and `{}`.
const MOST_NOTHING: usize = 1_024;

const NO_QUERY: Shape = Shape::Object(&[]);

impl Route {
    const fn new(
        method: Method,
        pattern: &'static str,
        access: Access,
        envelope: Envelope,
        quota: Quota,
        handler: Handler<Reply>,
    ) -> Self {
        let quota = Some(quota);
        let (body, query, most, most_memory) = (None, &NO_QUERY, MOST_BODY, MOST_BYTES);
        let (faulty, or_nothing) = (StatusCode::BAD_REQUEST, false);
        let writes = !matches!(method, Method::GET);
        Self {
            method,
            pattern,
            access,
            envelope,
            quota,
            body,
            form: None,
            or_nothing,
            query,
            most,
            most_memory,
            faulty,
            writes,
            handler,
        }
    }

    /// A route of the Track API, without a body or a query.
    pub(crate) const fn track(method: Method, pattern: &'static str, handler: Handler<Reply>) -> Self {
        Self::new(method, pattern, Access::Track, Envelope::TrackErrors, Quota::Ingest, handler)
    }

    /// `POST` of a transactional message.
    pub(crate) const fn send(pattern: &'static str, body: &'static Shape, handler: Handler<Reply>) -> Self {
        Self::new(Method::POST, pattern, Access::Send, Envelope::Send, Quota::Send, handler).with_body(body)
    }

    /// `POST` of the rest of the App API.
    pub(crate) const fn app(pattern: &'static str, body: &'static Shape, handler: Handler<Reply>) -> Self {
        Self::new(Method::POST, pattern, Access::App, Envelope::App, Quota::App, handler).with_body(body)
    }

    /// A route of the rest of the App API without a body.
    pub(crate) const fn app_read(method: Method, pattern: &'static str, handler: Handler<Reply>) -> Self {
        Self::new(method, pattern, Access::App, Envelope::App, Quota::App, handler)
    }

    /// A route of the rest of the App API that changes data.
    pub(crate) const fn app_change(
        method: Method,
        pattern: &'static str,
        body: &'static Shape,
        handler: Handler<Reply>,
    ) -> Self {
        Self::new(method, pattern, Access::App, Envelope::App, Quota::App, handler).with_body(body)
    }

    /// `POST` of the Pipelines API. More than `most` bytes are a 400.
    pub(crate) const fn pipelines(
        pattern: &'static str,
        body: &'static Shape,
        most: usize,
        handler: Handler<Reply>,
    ) -> Self {
        let route = Self::new(Method::POST, pattern, Access::Pipelines, Envelope::Pipelines, Quota::Ingest, handler);
        route.with_body(body).with_most(most)
    }

    /// Requires no credentials.
    pub(crate) const fn open(mut self) -> Self {
        self.access = Access::Open;
        self
    }

    /// Changes data, although it is a `GET`: a link in a message.
    pub(crate) const fn writing(mut self) -> Self {
        self.writes = true;
        self
    }

    pub(crate) const fn with_body(mut self, body: &'static Shape) -> Self {
        self.body = Some(body);
        self
    }

    pub(crate) const fn with_query(mut self, query: &'static Shape) -> Self {
        self.query = query;
        self
    }

    /// Sets the maximum size of the body in bytes; more is a 400.
    pub(crate) const fn with_most(mut self, bytes: usize) -> Self {
        self.most = (bytes, StatusCode::BAD_REQUEST);
        self
    }

    /// Responds with 422 to valid JSON that is not valid otherwise, and with 400 only to invalid JSON.
    pub(crate) const fn with_unprocessable(mut self) -> Self {
        self.faulty = StatusCode::UNPROCESSABLE_ENTITY;
        self
    }

    /// Accepts an empty body too, as one without fields.
    pub(crate) const fn or_nothing(mut self) -> Self {
        self.or_nothing = true;
        self
    }

    /// Accepts a form as well as JSON.
    pub(crate) const fn or_form(mut self, form: &'static Shape) -> Self {
        self.form = Some(form);
        self
    }

    /// Sets the maximum size of the body and the memory of its values, in bytes; more is a 413.
    pub(crate) const fn with_payload(mut self, bytes: usize, memory: usize) -> Self {
        self.most = (bytes, StatusCode::PAYLOAD_TOO_LARGE);
        self.most_memory = memory;
        self
    }

    /// Counts against another rate than the rest of its API.
    pub(crate) const fn with_quota(mut self, quota: Quota) -> Self {
        self.quota = Some(quota);
        self
    }

    /// Counts against no rate, because it belongs to no API.
    pub(crate) const fn without_quota(mut self) -> Self {
        self.quota = None;
        self
    }

    pub(crate) const fn with_envelope(mut self, envelope: Envelope) -> Self {
        self.envelope = envelope;
        self
    }
}

impl Route {
    pub(crate) const fn method(&self) -> &Method {
        &self.method
    }

    /// Whether it changes data.
    pub(crate) const fn writes(&self) -> bool {
        self.writes
    }

    pub(crate) const fn pattern(&self) -> &'static str {
        self.pattern
    }

    pub(crate) const fn envelope(&self) -> Envelope {
        self.envelope
    }

    pub(crate) const fn quota(&self) -> Option<Quota> {
        self.quota
    }

    /// Refuses a request without valid credentials.
    pub(crate) fn check_access(&self, head: Head<'_>, config: &Config) -> Result<(), Refusal> {
        self.access.check(head.headers, config)
    }

    /// Checks everything that can be checked before the body arrives.
    pub(crate) fn admit(&'static self, head: Head<'_>, config: &Config) -> Result<Admitted, Refusal> {
        let segments = decode_segments(self.captures(head.uri.path()).unwrap_or_default())?;
        let mut deviations = Deviations::default();
        let query = head.uri.query().unwrap_or_default();
        let query = self.checked_query(query, config.contract, &mut deviations)?;
        let may_be_nothing = self.or_nothing && !head.headers.contains_key(header::CONTENT_TYPE);
        let form = self.form.and_then(|_| Form::of(head.headers));
        if self.body.is_some() && !may_be_nothing && form.is_none() {
            check_media_type(head.headers)?;
        }
        if let Some(bytes) = content_length(head.headers) {
            self.check_bytes(bytes)?;
        }
        Ok(Admitted {
            route: self,
            segments,
            query,
            origin: head.origin(),
            strict: is_strict(head.headers),
            form,
            meeting: Meeting::None,
            deviations,
        })
    }

    /// Whether an invalid request gets the response of a valid one, and is dropped.
    pub(crate) fn drops(&self, headers: &HeaderMap) -> bool {
        self.envelope == Envelope::Pipelines && !is_strict(headers)
    }

    /// The variable segments of `path`, if it matches the route.
    pub(crate) fn captures<'p>(&self, path: &'p str) -> Option<Vec<&'p str>> {
        captures(self.pattern, path)
    }

    fn checked_query(
        &self,
        query: &str,
        contract: Contract,
        deviations: &mut Deviations,
    ) -> Result<Map<String, Value>, Refusal> {
        let mut parameters = Map::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let decode = |text: &str| decode(&text.replace('+', " "), "the query");
            let name = decode(name)?;
            if parameters.insert(name.clone(), decode(value)?.into()).is_some() {
                return Err(Refusal::bad(format!("the query has {name:.100} twice")));
            }
        }
        let parameters = Value::Object(parameters);
        let found = compare(self.query, &parameters, At::root("the query"));
        deviations.note_query(found.into_result(contract).map_err(refused(StatusCode::BAD_REQUEST))?);
        match parameters {
            Value::Object(parameters) => Ok(parameters),
            _ => Ok(Map::new()),
        }
    }

    /// Refuses a body of this size if it is too large.
    fn check_bytes(&self, bytes: usize) -> Result<(), Refusal> {
        let (most, status) = self.most;
        match self.body {
            None if bytes > MOST_NOTHING => Err(takes_no_body()),
            Some(_) if bytes > most => {
                Err(Refusal::new(status, format!("the body has {bytes} bytes; the most is {most}")))
            }
            _ => Ok(()),
        }
    }

    fn checked_body(
        &self,
        body: &Bytes,
        form: Option<&Form>,
        contract: Contract,
        deviations: &mut Deviations,
    ) -> Result<Value, Refusal> {
        self.check_bytes(body.len())?;
        if let (Some(form), Some(shape)) = (form, self.form) {
            let fields = form.read(body).ok_or_else(|| Refusal::bad("the body is not a form of different fields"))?;
            let fields = Value::Object(fields);
            let found = compare(shape, &fields, At::root("the form"));
            deviations.note("", found.into_result(contract).map_err(refused(self.faulty))?);
            return Ok(fields);
        }
        let Some(shape) = self.body else {
            // Some clients send an empty object where others send nothing.
            return match body.trim_ascii() {
                b"" | b"{}" => Ok(Value::Null),
                _ => Err(takes_no_body()),
            };
        };
        let nothing = Bytes::from_static(b"{}");
        let body = if self.or_nothing && body.is_empty() { &nothing } else { body };
        let value = json::read(body, self.most_memory).map_err(|error| match error {
            Unread::NotJson(error) => Refusal::bad(format!("the body is not JSON: {error}")),
            Unread::TooLarge => {
                let text = format!("the body takes more than {} bytes of memory when it is read", self.most_memory);
                Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, text)
            }
        })?;
        let found = compare(shape, &value, At::root("the body"));
        deviations.note("", found.into_result(contract).map_err(refused(self.faulty))?);
        Ok(value)
    }
}

/// The faults of a value under a shape.
fn compare(shape: &Shape, value: &Value, at: At<'_>) -> Faults {
    let mut faults = Faults::default();
    shape.check(value, at, &mut faults);
    faults
}

/// A refusal for faults, with this status.
fn refused(status: StatusCode) -> impl FnOnce(Vec<Fault>) -> Refusal {
    move |faults| Refusal::faults(status, faults)
}

impl<'r> Head<'r> {
    pub(crate) fn of<B>(request: &'r Request<B>) -> Self {
        Self { method: request.method(), uri: request.uri(), headers: request.headers() }
    }

    /// The host and the port of the request: `localhost` if it has none.
    fn origin(self) -> String {
        let host = self.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        self.uri.authority().map(http::uri::Authority::as_str).or(host).unwrap_or("localhost").to_owned()
    }
}

impl Admitted {
    pub(crate) const fn route(&self) -> &'static Route {
        self.route
    }

    /// Records something about the request as a whole.
    pub(crate) fn note(&mut self, text: String) {
        self.deviations.note("", vec![Fault::of_all(text)]);
    }

    /// The maximum size of a body that is not refused, in bytes.
    #[cfg(feature = "server")]
    pub(crate) const fn most(&self) -> usize {
        if self.route.body.is_some() { self.route.most.0 } else { MOST_NOTHING }
    }

    /// The refusal of a body that is larger than [`most`](Self::most) and has not arrived completely.
    #[cfg(feature = "server")]
    pub(crate) fn too_long(&self) -> Refusal {
        match (self.route.body, self.route.most) {
            (None, _) => takes_no_body(),
            (Some(_), (most, status)) => Refusal::new(status, format!("the body has more than {most} bytes")),
        }
    }

    /// Reads the body, and checks everything that can be checked without the state.
    pub(crate) fn prepare(mut self, body: &Bytes, contract: Contract) -> Result<Prepared, Refusal> {
        let mut deviations = std::mem::take(&mut self.deviations);
        let value = self.route.checked_body(body, self.form.as_ref(), contract, &mut deviations)?;
        Ok(Prepared { body: value, raw: body.clone(), deviations, head: self })
    }
}

impl Prepared {
    /// Executes the request. Returns what is left of its body, which can be slow to drop, and what was accepted
    /// although the contract says otherwise.
    pub(crate) fn apply(
        self,
        config: &Config,
        state: &mut State,
        since_epoch: Duration,
    ) -> (Result<Reply, Refusal>, Value, Deviations) {
        let Self { head: Admitted { route, segments, query, origin, strict, .. }, body, raw, mut deviations } = self;
        let noted = &mut deviations;
        let mut call =
            Call { state, config, segments, query, origin, body, raw, since_epoch, strict, deviations: noted };
        let outcome = route.handler.handle(&mut call);
        let left = call.body;
        (outcome, left, deviations)
    }
}

fn takes_no_body() -> Refusal {
    Refusal::bad("the route takes no body")
}

fn check_media_type(headers: &HeaderMap) -> Result<(), Refusal> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(Refusal::bad("the content-type must be application/json"))
}

/// The size of the body in bytes, if the head has it.
fn content_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn is_strict(headers: &HeaderMap) -> bool {
    headers.get("x-strict-mode").is_some_and(|value| value == "1")
}

/// The segments of `path` at the places of `{…}` in `pattern`, if the others are the same.
pub(crate) fn captures<'p>(pattern: &str, path: &'p str) -> Option<Vec<&'p str>> {
    let mut captures = Vec::new();
    let mut segments = path.split('/');
    for expected in pattern.split('/') {
        let segment = segments.next()?;
        if expected.starts_with('{') {
            // Servers resolve `..` in a path before they route.
            if matches!(segment, "" | "." | "..") {
                return None;
            }
            captures.push(segment);
        } else if expected != segment {
            return None;
        }
    }
    segments.next().is_none().then_some(captures)
}

fn decode_segments(segments: Vec<&str>) -> Result<Vec<String>, Refusal> {
    segments.into_iter().map(|segment| decode(segment, "the path")).collect()
}

fn decode(text: &str, what: &str) -> Result<String, Refusal> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded.map(std::borrow::Cow::into_owned).map_err(|_| Refusal::bad(format!("{what} is not UTF-8")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{call, emulator, parts, refuse, request};

    const ADA: &str = "PUT /api/v1/customers/42";

    #[test]
    fn a_body_must_be_json_and_say_so() {
        let emulator = emulator();
        let send = |content_type: Option<&'static str>, body: &'static str| {
            let mut request = request(ADA, &json!({})).map(|_| body.into());
            request.headers_mut().remove("content-type");
            if let Some(content_type) = content_type {
                request.headers_mut().insert("content-type", content_type.parse().unwrap());
            }
            parts(&emulator.handle(&request))
        };
        let wrong_type = json!({"meta": {"errors": ["the content-type must be application/json"]}});
        for content_type in
            [None, Some("text/plain"), Some("application/jsonp"), Some("application/x-www-form-urlencoded")]
        {
            assert_eq!(send(content_type, "{}"), (400, wrong_type.clone()), "{content_type:?}");
        }
        for (body, reason) in [
            ("", "the body is not JSON: EOF while parsing a value at line 1 column 0"),
            ("{", "the body is not JSON: EOF while parsing an object at line 1 column 1"),
            (r#"{"a":1,"a":2}"#, "the body is not JSON: `a` appears twice in an object at line 1 column 13"),
        ] {
            let expected = (400, json!({"meta": {"errors": [reason]}}));
            assert_eq!(send(Some("application/json"), body), expected, "{body}");
        }
        assert_eq!(send(Some("Application/JSON;charset=utf-8"), "{}").0, 200);
        refuse(&emulator, &format!("{ADA}?a=b"), &json!({}), "a is not a field of this call");
        // For broadcasts what is not JSON is a 400, and what is wrong JSON a 422.
        emulator.create_broadcast(1);
        let request = request("POST /v1/campaigns/1/triggers", &json!({})).map(|_| "{".into());
        assert_eq!(emulator.handle(&request).status(), 400);
    }

    #[test]
    fn a_body_is_bounded_by_the_emulator_too() {
        let large = json!({"data": {"id": "42", "a": "x".repeat(4 * 1024 * 1024)}});
        assert_eq!(call(&emulator(), "POST /api/v1/forms/f/submit", &large).0, 413);
        let nothing = json!(" ".repeat(2_000));
        refuse(&emulator(), "POST /api/v1/customers/1/suppress", &nothing, "the route takes no body");
        // A seventh of a megabyte that takes fifteen when it is read is taken, and one that takes too much is not.
        let emulator = emulator();
        let metric = |count| json!({"delivery_id": "1", "metric": "opened", "x": vec![json!({"": 0}); count]});
        for (count, status) in [(20_000, 400), (200_000, 413)] {
            let (given, body) = call(&emulator, "POST /api/v1/metrics", &metric(count));
            assert_eq!(given, status, "{count}: {body}");
        }
    }
}
