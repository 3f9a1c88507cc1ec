//! What one call of the API is.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, Response};
use serde::{Serialize, de::DeserializeOwned};

use crate::{Api, BuildError, DecodeFailure, Limits, Moment, Path, Query, Quota, Replay, json, limits};

/// One call of the Customer.io API, described without doing it.
///
/// [`Client::call`](crate::Client::call) does it, [`build`](crate::build) and [`parse`](crate::parse) translate it from
/// and to HTTP, and [`Exchange`](crate::Exchange) repeats it where that is safe.
///
/// An operation of your own is one `impl`; for a single call there is [`Raw`](crate::Raw).
///
/// ```
/// use customerio_core::{
///     App, BuildError, Endpoint, Operation, Path, Region, Replay, DecodeFailure, build, decode_json,
///     bytes::Bytes, http::{Method, Response},
/// };
///
/// /// `GET /v1/workspaces`
/// struct ListWorkspaces;
///
/// impl Operation for ListWorkspaces {
///     type Api = App;
///     type Output = serde_json::Value;
///     const NAME: &'static str = "app.list_workspaces";
///
///     fn method(&self) -> Method {
///         Method::GET
///     }
///     fn path(&self, path: &mut Path) -> Result<(), BuildError> {
///         path.literal("/v1/workspaces");
///         Ok(())
///     }
///     fn replay(&self) -> Replay {
///         Replay::Safe
///     }
///     fn decode(&self, response: &Response<Bytes>) -> Result<Self::Output, DecodeFailure> {
///         decode_json(response)
///     }
/// }
///
/// let request = build(&Endpoint::app(Region::Us, "app-key")?, &ListWorkspaces)?;
/// assert_eq!(request.uri(), "https://api.customer.io/v1/workspaces");
/// # Ok::<(), BuildError>(())
/// ```
pub trait Operation {
    /// The API that has the call: a client of another API does not take it.
    type Api: Api;
    /// What the call returns.
    type Output;

    /// A fixed name such as `track.identify`, for errors, logs and metrics.
    const NAME: &'static str;
    /// Which of the vendor's rate limits the call counts against.
    const QUOTA: Quota = <Self::Api as Api>::QUOTA;
    /// Whether the call carries the credentials. The few that need none do not show them.
    const AUTHENTICATED: bool = true;
    /// The largest answer that is read, in bytes.
    const RESPONSE_LIMIT: usize = limits::RESPONSE;

    /// The HTTP method.
    fn method(&self) -> Method;

    /// Writes the path, the API's version included.
    ///
    /// # Errors
    ///
    /// Where an identifier cannot stand in a path, or is over one of the [limits](Path::limits).
    fn path(&self, path: &mut Path) -> Result<(), BuildError>;

    /// Writes the query, if there is one.
    ///
    /// # Errors
    ///
    /// Where an argument cannot be sent.
    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        let _ = query;
        Ok(())
    }

    /// Encodes the body, if there is one, within `limits`.
    ///
    /// # Errors
    ///
    /// Where an argument is missing, is over a limit, or cannot be encoded.
    fn body(&self, limits: &Limits) -> Result<Body, BuildError> {
        let _ = limits;
        Ok(Body::empty())
    }

    /// Whether this call, with these values, may arrive twice.
    fn replay(&self) -> Replay;

    /// How long one attempt may take, where the [`RetryPolicy`](crate::RetryPolicy) does not say otherwise.
    fn attempt_timeout(&self) -> Duration {
        Duration::from_secs(10)
    }

    /// The call with everything filled in that must be the same in each attempt and that only the moment of the call
    /// gives: the id and the time of an event. `None` where nothing is to be filled in.
    fn capture(&self, moment: &Moment) -> Option<Self>
    where
        Self: Sized,
    {
        let _ = moment;
        None
    }

    /// Reads the answer; its status is a 2xx.
    ///
    /// # Errors
    ///
    /// Where the body is not what the API promises.
    fn decode(&self, response: &Response<Bytes>) -> Result<Self::Output, DecodeFailure>;
}

/// The type of nearly every body.
pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The body of a request.
#[derive(Clone, Default)]
pub struct Body {
    content_type: Option<HeaderValue>,
    bytes: Bytes,
}

impl Body {
    /// No body.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// `value` as JSON.
    ///
    /// # Errors
    ///
    /// Where `value` has a number that is not finite, a time in milliseconds, or a key that is not text.
    pub fn json(value: &(impl Serialize + ?Sized)) -> Result<Self, BuildError> {
        Ok(Self::new(JSON, json::encode(value)?.into()))
    }

    /// Any bytes.
    #[must_use]
    pub fn new(content_type: HeaderValue, bytes: Bytes) -> Self {
        Self { content_type: Some(content_type), bytes }
    }

    /// The encoded bytes.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    pub(crate) fn into_parts(self) -> (Option<HeaderValue>, Bytes) {
        (self.content_type, self.bytes)
    }
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Body").field("content_type", &self.content_type).field("bytes", &self.bytes.len()).finish()
    }
}

/// Reads the answer of a call that returns nothing: no body, or any JSON object.
///
/// # Errors
///
/// Where the body is something else, such as the HTML of a proxy: then nothing shows that Customer.io got the call.
pub fn decode_nothing(response: &Response<Bytes>) -> Result<(), DecodeFailure> {
    match response.body().trim_ascii() {
        b"" | b"{}" => Ok(()),
        body if body.first() == Some(&b'{') => {
            serde_json::from_slice::<serde::de::IgnoredAny>(body)?;
            Ok(())
        }
        _ => Err(DecodeFailure::new("should be empty or a JSON object and is neither")),
    }
}

/// Reads a JSON answer. Fields that the type does not have are ignored.
///
/// # Errors
///
/// Where the body is not JSON, or not of the shape of `T`.
pub fn decode_json<T: DeserializeOwned>(response: &Response<Bytes>) -> Result<T, DecodeFailure> {
    Ok(serde_json::from_slice(response.body())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_may_be_written_in_several_ways() {
        for body in ["", "{}", " { }\n", r#"{"meta":{}}"#] {
            assert_eq!(decode_nothing(&Response::new(body.into())), Ok(()), "{body}");
        }
        for body in ["<html>login</html>", "null", "[]", "{", "OK", "{}{}"] {
            assert!(decode_nothing(&Response::new(body.into())).is_err(), "{body}");
        }
    }
}
