//! What an operation returns, read from a response.

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use serde::de::DeserializeOwned;

use crate::{DecodeFailure, error::Reported};

/// A type that an operation returns, read from a response with a 2xx status.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{
///     bytes::Bytes, error::DecodeFailure, http::Response, operation::{FromResponse, decode_json},
/// };
///
/// #[derive(serde::Deserialize)]
/// struct Segments {
///     segments: Vec<serde_json::Value>,
/// }
///
/// impl FromResponse for Segments {
///     fn from_response(response: &Response<Bytes>) -> Result<Self, DecodeFailure> {
///         decode_json(response)
///     }
/// }
///
/// let segments = Segments::from_response(&Response::new(r#"{"segments":[{"id":1}]}"#.into()))?;
/// assert_eq!(segments.segments.len(), 1);
/// # Ok::<(), DecodeFailure>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a response",
    note = "implement `FromResponse`, for JSON with `decode_json`"
)]
pub trait FromResponse: Sized + Send + 'static {
    /// Whether the 2xx status is the whole result, so that a body that breaks off loses nothing: only for `()`.
    const IS_EMPTY: bool = false;

    /// An example of a body. `Recorder` of the crate `customerio-testing` responds with it by default.
    const EXAMPLE: &'static str = "{}";

    #[cfg(feature = "samples")]
    #[doc(hidden)]
    const SHAPE: crate::Shape = crate::Shape::Any;

    /// Reads the response; its status is a 2xx.
    ///
    /// # Errors
    ///
    /// Fails if the body is not what the API promises, which becomes an [`Error::Decode`](crate::Error::Decode). Fails
    /// with [`DecodeFailure::call_failed`] if the body says that the call failed, which becomes an
    /// [`Error::Api`](crate::Error::Api).
    fn from_response(response: &Response<Bytes>) -> Result<Self, DecodeFailure>;

    /// Blanks the credentials of the request, which had these headers, in the server's messages.
    #[doc(hidden)]
    #[must_use]
    fn without_credential(self, request: &HeaderMap) -> Self {
        let _ = request;
        self
    }
}

/// Nothing: no body, or any JSON object.
impl FromResponse for () {
    const IS_EMPTY: bool = true;

    /// # Errors
    ///
    /// Fails if the body is something else, such as the HTML of a proxy: then nothing shows that Customer.io got the
    /// request. Fails also if the body or the status says that the call failed: a 207 is about parts, of which at least
    /// one was refused.
    fn from_response(response: &Response<Bytes>) -> Result<(), DecodeFailure> {
        match response.body().trim_ascii() {
            b"" | b"{}" => {}
            body if body.first() == Some(&b'{') => {
                let Reported(failed) = serde_json::from_slice(body)?;
                if failed {
                    return Err(DecodeFailure::call_failed());
                }
            }
            _ => return Err(DecodeFailure::new("is neither empty nor a JSON object")),
        }
        if response.status() == StatusCode::MULTI_STATUS {
            return Err(DecodeFailure::new("does not say what was refused"));
        }
        Ok(())
    }
}

/// Any JSON, as it came. Check it for a field `error` or `errors` yourself.
impl FromResponse for serde_json::Value {
    fn from_response(response: &Response<Bytes>) -> Result<Self, DecodeFailure> {
        Ok(serde_json::from_slice(response.body())?)
    }
}

/// The response as it came. Check yourself whether a 2xx says that the call failed.
impl FromResponse for Response<Bytes> {
    fn from_response(response: &Response<Bytes>) -> Result<Self, DecodeFailure> {
        Ok(response.clone())
    }
}

/// Reads a JSON response. Fields that the type does not have are ignored.
///
/// For a type with its own field `error` or `errors`, read the [`body`](Response::body) with `serde_json` instead: here
/// such a field means that the call failed.
///
/// # Errors
///
/// Fails if the body is not JSON, or not of the shape of `T`. Fails with [`DecodeFailure::call_failed`] if the response
/// says that the call failed: with `{"errors": ..}`, `{"error": ..}` or one of the two in `{"meta": {..}}`, unless it
/// is empty.
pub fn decode_json<T: DeserializeOwned>(response: &Response<Bytes>) -> Result<T, DecodeFailure> {
    check_reported(response)?;
    Ok(serde_json::from_slice(response.body())?)
}

/// Refuses a 2xx that says that the call failed.
pub(crate) fn check_reported(response: &Response<Bytes>) -> Result<(), DecodeFailure> {
    let body = response.body();
    // Most responses have no such word, and need not be read twice.
    if memchr::memmem::find(body, b"error").is_some() && matches!(serde_json::from_slice(body), Ok(Reported(true))) {
        return Err(DecodeFailure::call_failed());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_may_be_written_in_several_ways() {
        let read = |body: &'static str| <()>::from_response(&Response::new(body.into()));
        for body in ["", "{}", " { }\n", r#"{"meta":{}}"#] {
            assert_eq!(read(body), Ok(()), "{body}");
        }
        for body in ["<html>login</html>", "null", "[]", "{", "OK", "{}{}"] {
            assert!(read(body).is_err(), "{body}");
        }
    }

    #[test]
    fn a_2xx_that_says_that_the_call_failed_is_no_success() {
        #[derive(Debug, PartialEq, serde::Deserialize)]
        struct Page {
            ids: Option<Vec<u8>>,
        }
        let reported = DecodeFailure::call_failed();
        for body in [r#"{"meta":{"errors":["nope"]}}"#, r#"{"errors":[{"detail":"nope"}]}"#, r#"{"error":"nope"}"#] {
            let response = Response::new(body.into());
            assert_eq!(<()>::from_response(&response), Err(reported.clone()), "{body}");
            assert_eq!(decode_json::<Page>(&response), Err(reported.clone()), "{body}");
            assert_eq!(crate::app::segments::Segment::from_response(&response), Err(reported.clone()), "{body}");
            assert!(serde_json::Value::from_response(&response).is_ok(), "{body}");
        }
        for body in [r#"{"ids":[1],"errors":[]}"#, r#"{"ids":[1],"page":{"error":"theirs"},"name":"error"}"#] {
            assert_eq!(decode_json(&Response::new(body.into())), Ok(Page { ids: Some(vec![1]) }), "{body}");
        }
    }

    #[test]
    fn a_207_that_does_not_say_what_was_refused_is_no_success() {
        for body in ["", "{}", r#"{"errors":null}"#, r#"{"meta":{}}"#] {
            let response = Response::builder().status(207).body(body.into()).unwrap();
            let error = <()>::from_response(&response).unwrap_err();
            assert_eq!(error.to_string(), "the body does not say what was refused", "{body}");
        }
    }
}
