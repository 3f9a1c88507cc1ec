//! Requests built for an endpoint, and responses read: the translation to and from HTTP.

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Request, Response, Uri, header, uri,
    uri::{Authority, PathAndQuery},
};

use crate::{
    Api, ApiError, BuildError, BuildErrorKind, DecodeError, DecodeFailure, Endpoint, Error, FromResponse, Operation,
    Prepared, StopReason, TransportError,
    body::JSON,
    error::FailedCall,
    key::{Key, Secrets},
    time::Timestamp,
};

/// Translates an operation to an HTTP request, protocol headers and credentials included.
///
/// Every transport sends it as it is, so the bytes on the wire are the same through each of them.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Endpoint, Region, http, operation::{build, parse}, track::Delete};
///
/// let endpoint = Endpoint::track(Region::Us, "site", "key")?;
/// let request = build(&endpoint, Delete::new("a/b"))?;
/// assert_eq!(request.method(), "DELETE");
/// assert_eq!(request.uri(), "https://track.customer.io/api/v1/customers/a%2Fb");
/// // … send it with whatever is at hand, then:
/// let response = http::Response::new("{}".into());
/// parse::<Delete>(response)?;
/// # Ok::<(), customerio::Error>(())
/// ```
///
/// The operation is sent as it is. [`Client`](crate::Client) and [`Exchange`](crate::Exchange) give an event without an
/// id or a time both of them; here, call [`Operation::stamp`] first, or do not retry such an event.
///
/// # Errors
///
/// Fails if an argument cannot be sent.
pub fn build<O: Operation>(endpoint: &Endpoint<O::Api>, operation: O) -> Result<Request<Bytes>, BuildError> {
    endpoint.request(Prepared::new(operation, endpoint.limits())?)
}

/// Translates an HTTP response to what the operation returns.
///
/// # Errors
///
/// Returns [`Error::Api`] for any status but a 2xx and for a 2xx that says that the call failed, and [`Error::Decode`]
/// for a 2xx that cannot be read. The credentials are not known here: if the server's message quotes them, so does the
/// error. [`Endpoint::parse`] blanks them, and says on a 401 which to check.
///
/// The [`stop_reason`](Error::stop_reason) of an error is `NotRetryable` here, because nothing was to be retried. An
/// [`Exchange`](crate::Exchange) decides about retries.
pub fn parse<O: Operation>(response: Response<Bytes>) -> Result<O::Output, Error> {
    let headers = HeaderMap::new();
    Sent { operation: O::NAME, attempts: 1, wall: None, authority: None, headers: &headers, key: None }.read(response)
}

impl<A: Api> Endpoint<A> {
    /// Turns `prepared` into a request to this endpoint, with its credentials.
    ///
    /// # Errors
    ///
    /// Fails if it is of another API, or the URL would be longer than HTTP allows.
    pub fn request<T>(&self, prepared: Prepared<T>) -> Result<Request<Bytes>, BuildError> {
        // Usually it is the same text, at the same place.
        if !std::ptr::eq(prepared.api(), A::NAME) && prepared.api() != A::NAME {
            let reason = format!("it is of the {} API, and this is the {} API", prepared.api(), A::NAME);
            return Err(BuildError::new(prepared.name(), BuildErrorKind::Invalid(reason.into())));
        }
        let Prepared { info, method, path, content_type, body, .. } = prepared;
        self.check(info.authenticated)?;
        let has_length = content_type.is_some() || matches!(method, Method::POST | Method::PUT | Method::PATCH);
        let mut headers = self.headers(info.authenticated, content_type.is_some()).clone();
        if let Some(other) = content_type.filter(|content_type| content_type != JSON) {
            headers.insert(header::CONTENT_TYPE, other);
        }
        if let Some(accept) = info.accept {
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
        }
        if has_length {
            let length = length(body.len());
            // If there is a body, there is one already.
            match headers.get_mut(header::CONTENT_LENGTH) {
                Some(value) => *value = length,
                None => drop(headers.insert(header::CONTENT_LENGTH, length)),
            }
        }
        let mut request = Request::new(body);
        *request.uri_mut() = self.uri(path)?;
        *request.method_mut() = method;
        *request.headers_mut() = headers;
        Ok(request)
    }

    /// Translates the response to a request of this endpoint, as [`parse`] does. Its errors never show the credentials,
    /// even if the server's message does.
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Endpoint, Region, http::Response, track::Delete};
    ///
    /// let endpoint = Endpoint::track(Region::Us, "site-1234", "key-5678")?;
    /// let body = r#"{"meta":{"error":"no such key: key-5678"}}"#;
    /// let error =
    ///     endpoint.parse::<Delete>(Response::builder().status(403).body(body.into())?).unwrap_err();
    /// assert_eq!(error.to_string(), "track.delete returned 403 Forbidden: no such key: [credential]");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`parse`].
    pub fn parse<O: Operation<Api = A>>(&self, response: Response<Bytes>) -> Result<O::Output, Error> {
        let headers = self.headers(O::AUTHENTICATED, false);
        let authority = Some(self.authority());
        Sent { operation: O::NAME, attempts: 1, wall: None, authority, headers, key: self.key() }.read(response)
    }

    fn uri(&self, path: PathAndQuery) -> Result<Uri, BuildError> {
        let too_long = || BuildError::new("the URL", BuildErrorKind::Invalid("it is longer than HTTP allows".into()));
        let mut parts = uri::Parts::default();
        parts.path_and_query = Some(if self.prefix().is_empty() {
            path
        } else {
            PathAndQuery::try_from([self.prefix(), path.as_str()].concat()).map_err(|_| too_long())?
        });
        parts.scheme = Some(self.scheme().clone());
        parts.authority = Some(self.authority().clone());
        Uri::from_parts(parts).map_err(|_| too_long())
    }
}

/// A length as the value of a header. Those of most bodies are text in the program, and need no memory.
fn length(bytes: usize) -> HeaderValue {
    const COUNT: usize = 1_000;
    /// Three digits of each number.
    #[expect(clippy::cast_possible_truncation, reason = "a digit is below ten")]
    const DIGITS: [u8; 3 * COUNT] = {
        let (mut digits, mut number) = ([b'0'; 3 * COUNT], 0);
        while number < COUNT {
            let (mut rest, mut at) = (number, 3 * number + 3);
            while rest > 0 {
                at -= 1;
                digits[at] += (rest % 10) as u8;
                rest /= 10;
            }
            number += 1;
        }
        digits
    };
    static TEXT: &str = match std::str::from_utf8(&DIGITS) {
        Ok(text) => text,
        Err(_) => panic!("they are digits"),
    };
    let leading_zeros = match bytes {
        0..10 => 2,
        10..100 => 1,
        100..COUNT => 0,
        _ => return bytes.into(),
    };
    HeaderValue::from_static(&TEXT[3 * bytes + leading_zeros..3 * bytes + 3])
}

/// The call that a response belongs to, for its errors.
#[derive(Clone, Copy)]
pub(crate) struct Sent<'a> {
    pub(crate) operation: &'static str,
    pub(crate) attempts: u32,
    pub(crate) wall: Option<Timestamp>,
    /// Where the request was sent, if that is known.
    pub(crate) authority: Option<&'a Authority>,
    /// The headers of the request, whose credentials no error shows.
    pub(crate) headers: &'a HeaderMap,
    pub(crate) key: Option<Key>,
}

impl Sent<'_> {
    /// [`parse`], knowing the call.
    pub(crate) fn read<T: FromResponse>(self, response: Response<Bytes>) -> Result<T, Error> {
        let result = if response.status().is_success() {
            T::from_response(&response)
        } else {
            Err(DecodeFailure::call_failed())
        };
        match result {
            Ok(output) => Ok(output.without_credential(self.headers)),
            Err(reason) if reason.is_reported() => {
                let secrets = self.secrets();
                let key = self.key.filter(|_| self.headers.contains_key(header::AUTHORIZATION));
                Err(Box::new(ApiError::new(self.failed_call(response), self.wall, self.authority, &secrets, key))
                    .into())
            }
            Err(reason) => {
                let reason = reason.blanked(&self.secrets());
                Err(Box::new(DecodeError::new(self.failed_call(response), reason)).into())
            }
        }
    }

    /// [`read`](Self::read) for a response whose body did not arrive whole, for the reason given.
    pub(crate) fn read_broken<T: FromResponse>(
        self,
        response: Response<Bytes>,
        error: TransportError,
    ) -> Result<T, Error> {
        // What the missing part said is lost, unless the operation returns nothing: then there was nothing to say.
        let says_all = !response.status().is_success()
            || match T::from_response(&response) {
                Ok(_) => T::IS_EMPTY,
                Err(reason) => reason.is_reported(),
            };
        if says_all {
            return self.read(response);
        }
        Err(Box::new(DecodeError::broken_off(self.failed_call(response), error)).into())
    }

    fn secrets(self) -> Secrets {
        Secrets::of(self.headers.get(header::AUTHORIZATION))
    }

    fn failed_call(self, response: Response<Bytes>) -> FailedCall {
        let Self { operation, attempts, .. } = self;
        FailedCall { operation, response, attempts, stop_reason: StopReason::NotRetryable, maybe_sent: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{App, Region, track::Delete};

    #[test]
    fn every_length_is_its_digits() {
        for bytes in (0..1_100).chain([99_999, 25_000_000]) {
            assert_eq!(length(bytes), bytes.to_string());
        }
    }

    #[test]
    fn a_url_longer_than_http_allows_is_refused() {
        let endpoint = Endpoint::track(Region::Us, "site", "key").unwrap();
        let long = format!("{}@x", "x".repeat(70_000));
        for endpoint in [endpoint.clone(), endpoint.with_base_url("https://proxy.example.com/cio").unwrap()] {
            let error = build(&endpoint, Delete::new(crate::PersonId::email(&long))).unwrap_err();
            assert_eq!(error.to_string(), "the URL is not valid: it is longer than HTTP allows");
        }
    }

    #[test]
    fn a_request_of_another_api_is_refused() {
        let prepared = Prepared::new(Delete::new("42"), &crate::Limits::default()).unwrap();
        let error = Endpoint::app(Region::Us, "key").unwrap().request(prepared).unwrap_err();
        assert_eq!(error.to_string(), "track.delete is not valid: it is of the track API, and this is the app API");
    }

    /// An operation that promises a list.
    #[derive(Clone)]
    struct List;

    #[derive(Debug, serde::Deserialize)]
    struct Numbers(Vec<u64>);

    impl FromResponse for Numbers {
        fn from_response(response: &Response<Bytes>) -> Result<Self, crate::DecodeFailure> {
            crate::decode_json(response)
        }
    }

    impl Operation for List {
        type Api = App;
        type Output = Numbers;
        const NAME: &'static str = "app.list";
        const METHOD: Method = Method::GET;
        const ROUTE: &'static str = "/v1/list";
    }

    #[test]
    fn a_response_that_is_not_as_promised_is_kept_whole() {
        for body in ["null", "{}", "<html>", "[1,", "[\"secret\"]"] {
            let response = Response::builder().status(200).header("x-request-id", "7").body(body.into()).unwrap();
            let error = parse::<List>(response).unwrap_err();
            let Error::Decode(decode) = &error else { panic!("{error:?}") };
            assert_eq!((decode.body().as_ref(), decode.status().as_u16()), (body.as_bytes(), 200));
            assert_eq!(decode.headers()["x-request-id"], "7");
            assert!(!format!("{error} {error:?}").contains("secret"), "{error}");
        }
        assert_eq!(parse::<List>(Response::new("[1,2]".into())).unwrap().0, [1, 2]);
    }

    #[test]
    fn a_2xx_that_says_that_the_call_failed_is_an_error_of_the_api() {
        let headers = HeaderMap::new();
        let batch =
            Sent { operation: "track.batch", attempts: 1, wall: None, authority: None, headers: &headers, key: None };
        for (body, message) in [
            (r#"{"meta":{"errors":["nope"]}}"#, ": nope"),
            (r#"{"errors":[{"detail":"nope"}]}"#, ": nope"),
            (r#"{"errors":["nope"]}"#, ": nope"),
            (r#"{"error":"nope"}"#, ": nope"),
            (r#"{"error":true}"#, ", but the body says that the call failed"),
        ] {
            for status in [200, 207] {
                let response = Response::builder().status(status).body(Bytes::from(body)).unwrap();
                let errors = [
                    parse::<Delete>(response.clone()).unwrap_err(),
                    parse::<crate::app::SendSms>(response.clone()).unwrap_err(),
                    parse::<crate::app::segments::Membership>(response.clone()).unwrap_err(),
                    parse::<crate::pipelines::Track>(response.clone()).unwrap_err(),
                    batch.read::<crate::BatchResponse>(response.clone()).unwrap_err(),
                ];
                for error in errors {
                    let api = error.as_api().unwrap_or_else(|| panic!("{body}: {error}"));
                    assert_eq!((api.status().as_u16(), api.body()), (status, response.body()));
                    let shown = error.to_string();
                    assert!(shown.ends_with(&[api.status().to_string().as_str(), message].concat()), "{shown}");
                    assert_eq!(
                        (error.delivery(), error.stop_reason()),
                        (crate::Delivery::Responded, StopReason::NotRetryable)
                    );
                }
                assert!(parse::<crate::app::Raw>(response).is_ok(), "it comes as it is");
            }
        }
    }
}
