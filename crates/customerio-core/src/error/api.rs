//! Responses that say that a call failed.

use std::{error::Error as StdError, fmt, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode, Uri, header, uri::Authority};

use super::{
    bounded::Bounded,
    details::{self, Detail},
    failed_call::FailedCall,
};
use crate::{
    Timestamp,
    key::{Key, Secrets},
    retry_after::retry_after,
};

/// A response that says that the call failed: [`Error::Api`](crate::Error::Api).
///
/// It keeps the whole response.
///
/// Usually the [status](Self::status) says so. A 2xx can too, with a field `error` or `errors` in its body: whether
/// such a call had an effect is unknown, and it is not retried.
pub struct ApiError {
    pub(crate) call: FailedCall,
    details: Vec<Detail>,
    retry_after: Option<Duration>,
    redirect: Option<Redirect>,
    /// The credential that the server rejected.
    key: Option<Key>,
}

/// Where a redirect leads.
enum Redirect {
    SameHost,
    Host(String),
}

impl ApiError {
    /// Blanks `secrets` in what the server says; with a 401, the error names `key`.
    pub(crate) fn new(
        call: FailedCall,
        wall: Option<Timestamp>,
        authority: Option<&Authority>,
        secrets: &Secrets,
        key: Option<Key>,
    ) -> Self {
        let mut details = details::read(call.response.body());
        for detail in &mut details {
            detail.blank(secrets);
        }
        let retry_after = retry_after(call.response.headers(), wall);
        let mut redirect = redirect(&call.response, authority.map(Authority::host));
        if let Some(Redirect::Host(host)) = &mut redirect {
            secrets.blank_in(host);
        }
        let key = key.filter(|_| call.response.status() == StatusCode::UNAUTHORIZED);
        Self { call, details, retry_after, redirect, key }
    }

    /// The status of the response.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.call.response.status()
    }

    /// The headers of the response.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.call.response.headers()
    }

    /// The body of the response, byte for byte.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        self.call.response.body()
    }

    /// The errors in the body, in the server's order; empty if the body has none of the API's error shapes. If they
    /// quote the credentials of the call, those are blanked.
    #[must_use]
    pub fn details(&self) -> &[Detail] {
        &self.details
    }

    /// The message of the first of the [`details`](Self::details), in the server's words.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.details.first().map(|detail| detail.message.as_str())
    }

    /// How long the server asked to wait, from `Retry-After` in either form.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The host that a redirect leads to, if it is another. Redirects are not followed: a followed 301 becomes a GET
    /// that returns 200, and the data is lost.
    #[must_use]
    pub fn redirect_host(&self) -> Option<&str> {
        match &self.redirect {
            Some(Redirect::Host(host)) => Some(host),
            Some(Redirect::SameHost) | None => None,
        }
    }

    /// The [`Operation::NAME`](crate::Operation::NAME) of the call.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.call.operation
    }
}

impl fmt::Debug for ApiError {
    /// Shows the message too, because a `main` that returns an error prints it with `Debug`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("text", &format_args!("{self}"))
            .field("call", &self.call)
            .field("details", &self.details)
            .field("retry_after", &self.retry_after)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} returned {}", self.call.operation, self.status())?;
        if let Some(redirect) = &self.redirect {
            return write!(f, ": {redirect}");
        }
        match self.details.as_slice() {
            [] if self.status().is_success() => f.write_str(", but the body says that the call failed")?,
            [] => {}
            [first] => write!(f, ": {}", Bounded(&first.message))?,
            [first, more @ ..] => write!(f, ": {} (and {} more)", Bounded(&first.message), more.len())?,
        }
        self.key.map_or(Ok(()), |key| write!(f, "; {key}"))
    }
}

/// Where the response of the host `asked` leads, if it is a redirect.
fn redirect(response: &Response<Bytes>, asked: Option<&str>) -> Option<Redirect> {
    let location = response.headers().get(header::LOCATION).filter(|_| response.status().is_redirection())?;
    let host = |location: &str| {
        // `//host/path` has the scheme of the request.
        let whole = if location.starts_with("//") { ["https:", location].concat() } else { location.to_owned() };
        // Without a scheme, a name alone is a path, and `Uri` takes it for a host.
        let uri = whole.parse::<Uri>().ok().filter(|uri| uri.scheme().is_some())?;
        uri.host().map(str::to_owned)
    };
    let other = location
        .to_str()
        .ok()
        .and_then(host)
        .filter(|host| !asked.is_some_and(|asked| asked.eq_ignore_ascii_case(host)));
    Some(other.map_or(Redirect::SameHost, Redirect::Host))
}

impl fmt::Display for Redirect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Host(host) = self else {
            return f.write_str("it leads to the same host, as a proxy or a login page does; check the base URL");
        };
        let lower_case = host.to_ascii_lowercase();
        let Some(name) = lower_case.strip_suffix(".customer.io") else {
            return write!(
                f,
                "it leads to {}, which is not Customer.io's: a proxy or a login page on the way does that; check the \
                 network and the base URL",
                Bounded(host)
            );
        };
        let what_to_do = match name {
            "track-eu" | "api-eu" | "cdp-eu" => "use Region::Eu",
            "track" | "api" | "cdp" => "use Region::Us",
            _ => "check the region and the base URL",
        };
        write!(f, "the workspace is at {}; {what_to_do}", Bounded(host))
    }
}

impl StdError for ApiError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::{super::delivery::StopReason, *};
    use crate::{
        Endpoint, Error, Region,
        key::{KeyKind, KeyOrigin},
        testing::any_json,
        track::Delete,
    };

    fn api(status: u16, headers: &[(&str, &str)], body: &str) -> ApiError {
        let mut response = http::Response::new(Bytes::copy_from_slice(body.as_bytes()));
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        for (name, value) in headers {
            let name = http::HeaderName::try_from(*name).unwrap();
            response.headers_mut().append(name, value.parse().unwrap());
        }
        let call = FailedCall {
            operation: "track.identify",
            response,
            attempts: 1,
            stop_reason: StopReason::NotRetryable,
            maybe_sent: false,
        };
        ApiError::new(call, None, None, &Secrets::of(None), None)
    }

    #[test]
    fn a_body_of_no_known_shape_is_kept_and_not_guessed_at() {
        for body in ["<html>502</html>", "", "null", "[]", "42", r#"{"errors":7}"#, r#"{"errors":[7]}"#] {
            let error = api(502, &[], body);
            assert!(error.details().is_empty(), "{body}");
            assert_eq!(error.body(), body);
            assert_eq!(error.to_string(), "track.identify returned 502 Bad Gateway");
        }
    }

    #[test]
    fn a_message_is_bounded_and_escaped_and_debug_has_it_too() {
        let error = api(400, &[], &format!(r#"{{"meta":{{"error":"a\nb{}"}}}}"#, "x".repeat(1000)));
        let shown = error.to_string();
        assert!(shown.starts_with("track.identify returned 400 Bad Request: a\\nbxxx"), "{shown}");
        assert!(shown.chars().count() < 400, "{shown}");
        assert!(format!("{error:?}").starts_with(&format!("ApiError {{ text: {shown}, call")), "{error:?}");
    }

    #[test]
    fn of_several_messages_the_first_is_shown_and_how_many_more_there_are() {
        for (body, expected) in [
            (r#"{"meta":{"errors":["one"]}}"#, "one"),
            (r#"{"meta":{"errors":["one","two"]}}"#, "one (and 1 more)"),
            (r#"{"errors":[{"detail":"one"},{"detail":"two"}],"error":"three"}"#, "one (and 2 more)"),
        ] {
            let expected = format!("track.identify returned 400 Bad Request: {expected}");
            assert_eq!(api(400, &[], body).to_string(), expected);
        }
    }

    #[test]
    fn a_response_says_what_is_known_of_its_call() {
        let api = api(429, &[("retry-after", "3")], r#"{"errors":[{"detail":"slow down","code":"limit"}]}"#);
        assert_eq!((api.operation(), api.status()), ("track.identify", StatusCode::TOO_MANY_REQUESTS));
        assert_eq!(
            format!("{api:?}"),
            "ApiError { text: track.identify returned 429 Too Many Requests: slow down, call: FailedCall { \
             operation: \"track.identify\", status: 429, body_bytes: 50, attempts: 1, stop_reason: NotRetryable, .. }, details: \
             [Detail { message_bytes: 9, .. }], retry_after: Some(3s), .. }"
        );
    }

    #[test]
    fn a_redirect_says_where_it_leads() {
        let not_ours = |host: &str| {
            format!(
                "it leads to {host}, which is not Customer.io's: a proxy or a login page on the way does that; check the \
                 network and the base URL"
            )
        };
        let same_host = "it leads to the same host, as a proxy or a login page does; check the base URL";
        for (location, host, expected) in [
            (
                "https://track-eu.customer.io/api/v1/customers/secret-id",
                Some("track-eu.customer.io"),
                "the workspace is at track-eu.customer.io; use Region::Eu".to_owned(),
            ),
            (
                "https://CDP.Customer.io:443/v1/batch",
                Some("CDP.Customer.io"),
                "the workspace is at CDP.Customer.io; use Region::Us".to_owned(),
            ),
            (
                "//api-eu.customer.io/",
                Some("api-eu.customer.io"),
                "the workspace is at api-eu.customer.io; use Region::Eu".to_owned(),
            ),
            (
                "https://fly-eu.customer.io/login",
                Some("fly-eu.customer.io"),
                "the workspace is at fly-eu.customer.io; check the region and the base URL".to_owned(),
            ),
            ("https://login-eu.example.com/?secret-id", Some("login-eu.example.com"), not_ours("login-eu.example.com")),
            (
                "http://track-eu.customer.io.example/",
                Some("track-eu.customer.io.example"),
                not_ours("track-eu.customer.io.example"),
            ),
            ("https://evilcustomer.io", Some("evilcustomer.io"), not_ours("evilcustomer.io")),
            ("/login/secret-id", None, same_host.to_owned()),
            ("secret-id", None, same_host.to_owned()),
            ("", None, same_host.to_owned()),
        ] {
            for status in ["301 Moved Permanently", "302 Found", "308 Permanent Redirect"] {
                let error = api(status[..3].parse().unwrap(), &[("location", location)], "");
                assert_eq!(error.redirect_host(), host, "{location}");
                let expected = format!("track.identify returned {status}: {expected}");
                assert_eq!(error.to_string(), expected);
            }
        }
        assert_eq!(api(400, &[("location", "https://x.example/")], "").redirect_host(), None);
        assert_eq!(api(304, &[], "").to_string(), "track.identify returned 304 Not Modified");
    }

    #[test]
    fn a_redirect_to_the_host_that_was_asked_does_not_say_to_use_its_region() {
        let endpoint = Endpoint::track(Region::Us, "site", "key").unwrap();
        for (location, host) in [
            ("https://track.customer.io/api/v1/customers/42/", None),
            ("https://Track.Customer.io:443/login", None),
            ("//track.customer.io/login", None),
            ("https://track-eu.customer.io/api/v1/customers/42", Some("track-eu.customer.io")),
        ] {
            let response = http::Response::builder().status(301).header("location", location).body(Bytes::new());
            let Err(Error::Api(error)) = endpoint.parse::<Delete>(response.unwrap()) else { panic!("{location}") };
            assert_eq!(error.redirect_host(), host, "{location}");
            let expected = match host {
                None => "it leads to the same host, as a proxy or a login page does; check the base URL",
                Some(_) => "the workspace is at track-eu.customer.io; use Region::Eu",
            };
            assert_eq!(error.to_string(), format!("track.delete returned 301 Moved Permanently: {expected}"));
        }
    }

    #[test]
    fn a_401_says_which_credential_to_check_and_nothing_shows_it() {
        let key = Key { kind: KeyKind::App, origin: KeyOrigin::Variables };
        let authorization = http::HeaderValue::from_static("Bearer k3y-0123456789");
        let read = |status: u16, location: &str| {
            let body = r#"{"errors":[{"detail":"bad key Bearer k3y-0123456789","code":"k3y-0123456789",
                "source":{"pointer":"/k3y-0123456789"},"meta":{"k3y-0123456789":["k3y-0123456789",{"a":"k3y-0123456789"}]}}]}"#;
            let response =
                http::Response::builder().status(status).header("location", location).body(body.into()).unwrap();
            let call = FailedCall {
                operation: "app.call",
                response,
                attempts: 1,
                stop_reason: StopReason::NotRetryable,
                maybe_sent: false,
            };
            ApiError::new(call, None, None, &Secrets::of(Some(&authorization)), Some(key))
        };
        let error = read(401, "");
        assert_eq!(
            error.to_string(),
            format!("app.call returned 401 Unauthorized: bad key Bearer [credential]; {key}")
        );
        let Detail { message, code, pointer, meta } = &error.details()[0];
        assert_eq!(
            (message.as_str(), code.as_deref(), pointer.as_deref()),
            ("bad key Bearer [credential]", Some("[credential]"), Some("/[credential]"))
        );
        assert_eq!(
            serde_json::Value::from(meta.clone()),
            serde_json::json!({"[credential]": ["[credential]", {"a": "[credential]"}]})
        );
        assert!(!format!("{error:?} {error:#?}").contains("k3y"), "{error:?}");
        assert_eq!(read(403, "").to_string(), "app.call returned 403 Forbidden: bad key Bearer [credential]");
        let moved = read(302, "https://k3y-0123456789.example.com");
        assert_eq!(moved.redirect_host(), Some("[credential].example.com"));
        assert!(!moved.to_string().contains("k3y"), "{moved}");
    }

    /// What must hold for a response, whatever its body and its header are.
    fn check(status: u16, location: &[u8], body: &[u8]) -> Result<ApiError, TestCaseError> {
        let mut response = http::Response::new(Bytes::copy_from_slice(body));
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        if let Ok(value) = http::HeaderValue::from_bytes(location) {
            response.headers_mut().insert(header::LOCATION, value);
        }
        let call = FailedCall {
            operation: "track.identify",
            response,
            attempts: 1,
            stop_reason: StopReason::NotRetryable,
            maybe_sent: false,
        };
        let error = ApiError::new(call, None, None, &Secrets::of(None), None);
        let shown = error.to_string();
        prop_assert!(shown.chars().count() < 500, "{shown}");
        prop_assert!(!shown.contains(char::is_control), "{shown:?}");
        let debug = format!("{error:?}");
        prop_assert!(!debug.contains(char::is_control), "{debug}");
        prop_assert_eq!(error.body(), body);
        Ok(error)
    }

    /// JSON that resembles the shapes of errors more than chance does.
    fn like_an_error() -> impl Strategy<Value = Value> {
        let keys = "errors|error|meta|detail|message|reason|code|source|pointer|status";
        any_json(keys).prop_recursive(3, 16, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(|list| serde_json::json!({ "errors": list })),
                inner.prop_map(|meta| serde_json::json!({ "meta": meta })),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_bytes_can_be_an_error_body(
            status in 100_u16..1000,
            location in prop::collection::vec(any::<u8>(), 0..60),
            body in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            check(status, &location, &body)?;
        }

        #[test]
        fn any_json_can_be_an_error_body(status in 300_u16..600, host in "[a-z.:/@%é-]{0,600}", body in like_an_error()) {
            let error = check(status, format!("https://{host}").as_bytes(), body.to_string().as_bytes())?;
            prop_assert_eq!(error.message(), error.details().first().map(|detail| detail.message.as_str()));
        }

        #[test]
        fn any_message_can_be_shown(message in any::<String>(), more in prop::collection::vec(any::<char>(), 0..900)) {
            let message = message + &more.into_iter().collect::<String>();
            let body = serde_json::json!({ "meta": { "error": message } }).to_string();
            let error = check(400, b"", body.as_bytes())?;
            let expected = Some(message.as_str()).filter(|message| !message.trim().is_empty());
            prop_assert_eq!(error.message(), expected);
        }
    }
}
