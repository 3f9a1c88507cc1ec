//! What an operation returns, read from a response.

use bytes::Bytes;
use http::Response;
use serde::de::DeserializeOwned;

use crate::DecodeFailure;

/// What an operation returns: a type that is read from a response whose status is a 2xx.
///
/// ```
/// use customerio_core::{DecodeFailure, FromResponse, bytes::Bytes, decode_json, http::Response};
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
    note = "implement `FromResponse`, for JSON with `customerio_core::decode_json`"
)]
pub trait FromResponse: Sized + 'static {
    /// Whether a 2xx says all there is, so that a body that breaks off loses nothing: of `()` alone.
    const IS_EMPTY: bool = false;

    /// Reads the response; its status is a 2xx.
    ///
    /// # Errors
    ///
    /// Where the body is not what the API promises.
    fn from_response(response: &Response<Bytes>) -> Result<Self, DecodeFailure>;
}

/// Nothing: no body, or any JSON object.
impl FromResponse for () {
    const IS_EMPTY: bool = true;

    /// # Errors
    ///
    /// Where the body is something else, such as the HTML of a proxy: then nothing shows that Customer.io got the request.
    fn from_response(response: &Response<Bytes>) -> Result<(), DecodeFailure> {
        match response.body().trim_ascii() {
            b"" | b"{}" => Ok(()),
            body if body.first() == Some(&b'{') => {
                serde_json::from_slice::<serde::de::IgnoredAny>(body)?;
                Ok(())
            }
            _ => Err(DecodeFailure::new("should be empty or a JSON object and is neither")),
        }
    }
}

/// Any JSON.
impl FromResponse for serde_json::Value {
    fn from_response(response: &Response<Bytes>) -> Result<Self, DecodeFailure> {
        decode_json(response)
    }
}

/// The response as it came.
impl FromResponse for Response<Bytes> {
    fn from_response(response: &Response<Bytes>) -> Result<Self, DecodeFailure> {
        Ok(response.clone())
    }
}

/// Reads a JSON response. Fields that the type does not have are ignored.
///
/// # Errors
///
/// Where the body is not JSON, or not of the shape of `T`.
pub fn decode_json<T: DeserializeOwned>(response: &Response<Bytes>) -> Result<T, DecodeFailure> {
    Ok(serde_json::from_slice(response.body())?)
}

/// Reads `T` from the field `name` of a JSON response, in which the API wraps it.
pub(crate) fn decode_wrapped<T: DeserializeOwned>(
    name: &'static str,
    response: &Response<Bytes>,
) -> Result<T, DecodeFailure> {
    let mut fields: serde_json::Map<String, serde_json::Value> = decode_json(response)?;
    let value =
        fields.remove(name).ok_or_else(|| DecodeFailure::new("has no field of the name that the API promises"))?;
    Ok(serde_json::from_value(value)?)
}

/// Makes a type what an operation returns: the JSON of the response, or, with `in "field"`, what that field has.
macro_rules! json_response {
    ($type:ident) => {
        impl $crate::FromResponse for $type {
            fn from_response(response: &http::Response<bytes::Bytes>) -> Result<Self, $crate::DecodeFailure> {
                $crate::decode_json(response)
            }
        }
    };
    ($type:ident in $field:literal) => {
        impl $crate::FromResponse for $type {
            fn from_response(response: &http::Response<bytes::Bytes>) -> Result<Self, $crate::DecodeFailure> {
                $crate::from_response::decode_wrapped($field, response)
            }
        }
    };
}
pub(crate) use json_response;

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
}
