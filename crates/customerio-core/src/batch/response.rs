//! What a response says about the items of a batch.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header::AUTHORIZATION};
use serde::{
    Deserialize,
    de::{DeserializeOwned, IgnoredAny},
};
use serde_json::Value;

use crate::{DecodeFailure, FromResponse, error::entries, key::Secrets};

/// A 2xx response to a batch: which of its items were rejected.
///
/// A response that has errors, but names no item, ends the call with an [`ApiError`](crate::ApiError); a 207 without an
/// error ends it with a [`DecodeError`](crate::DecodeError). Which items were accepted is then unknown.
///
/// Read it with [`into_result`](Self::into_result), which is an error if any item was rejected.
#[must_use = "items of the batch may have been rejected: see `into_result`"]
pub struct BatchResponse {
    errors: Errors,
    /// What the errors were read from.
    body: Bytes,
    /// The credentials of the request, which no error shows.
    authorization: Option<HeaderValue>,
}

enum Errors {
    /// As the vendor documents them: each names an item, and none twice. In the order of the items.
    Documented(Vec<Rejection>),
    /// As they came.
    Other(Vec<Value>),
}

impl FromResponse for BatchResponse {
    fn from_response(response: &Response<Bytes>) -> Result<Self, DecodeFailure> {
        let body = response.body();
        let errors = match body.trim_ascii() {
            b"" | b"{}" => Errors::Documented(Vec::new()),
            json => match documented(json) {
                Some(rejected) => Errors::Documented(rejected),
                None => Errors::Other(other(json)?),
            },
        };
        if errors.is_empty() && response.status() == StatusCode::MULTI_STATUS {
            return Err(DecodeFailure::new("names no item, and the status says that some were refused"));
        }
        Ok(Self { errors, body: body.clone(), authorization: None })
    }

    fn without_credential(mut self, request: &HeaderMap) -> Self {
        if !self.errors.is_empty() {
            self.authorization = request.get(AUTHORIZATION).cloned();
        }
        self
    }
}

fn blank(value: &mut Value, secrets: &Secrets) {
    match value {
        Value::String(text) => secrets.blank_in(text),
        Value::Array(list) => list.iter_mut().for_each(|value| blank(value, secrets)),
        Value::Object(object) => object.values_mut().for_each(|value| blank(value, secrets)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

impl Errors {
    fn is_empty(&self) -> bool {
        match self {
            Self::Documented(rejected) => rejected.is_empty(),
            Self::Other(errors) => errors.is_empty(),
        }
    }
}

impl BatchResponse {
    /// Returns the number of items of a batch that had `count`, if all of them were accepted.
    ///
    /// # Errors
    ///
    /// Fails if an item was rejected, or if the response names an item that the batch does not have. The other items
    /// were accepted: do not send the batch again.
    pub fn into_result(self, count: usize) -> Result<usize, Rejections> {
        let result = match self.errors {
            Errors::Documented(rejected) if rejected.is_empty() => return Ok(count),
            Errors::Documented(rejected) if rejected.last().is_some_and(|last| last.index < count) => {
                let accepted = count - rejected.len();
                Err(Rejections { rejected, unknown: Vec::new(), accepted })
            }
            // One names an item that the batch does not have: it goes to the caller as it came.
            Errors::Documented(_) => Rejections::of(list(&self.body).unwrap_or_default(), count),
            Errors::Other(errors) => Rejections::of(errors, count),
        };
        result.map_err(|rejections| rejections.blanked(&Secrets::of(self.authorization.as_ref())))
    }
}

impl std::fmt::Debug for BatchResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // What came may quote an item.
        f.debug_struct("BatchResponse").field("bytes", &self.body.len()).finish_non_exhaustive()
    }
}

/// The items of a batch that were rejected.
///
/// All others were accepted, except those that the `unknown` errors may be about.
#[derive(PartialEq, thiserror::Error)]
#[error("{} of {} items were rejected, and {} errors name no item", rejected.len(), rejected.len() + accepted, unknown.len())]
#[non_exhaustive]
pub struct Rejections {
    /// The rejected items, in their order, each with what was wrong with it.
    pub rejected: Vec<Rejection>,
    /// Errors that name no item of the batch, as they came: which item they are about is unknown.
    pub unknown: Vec<Value>,
    /// How many items were accepted.
    pub accepted: usize,
}

impl std::fmt::Debug for Rejections {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // What came without an item may quote one.
        f.debug_struct("Rejections")
            .field("text", &format_args!("{self}"))
            .field("rejected", &self.rejected)
            .field("unknown", &self.unknown.len())
            .field("accepted", &self.accepted)
            .finish()
    }
}

/// An item that was rejected.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rejection {
    /// The position in the batch, from 0.
    pub index: usize,
    /// The kind of the error, such as `invalid`.
    pub reason: Option<String>,
    /// The field that it is about.
    pub field: Option<String>,
    /// The error message of the server.
    pub message: Option<String>,
}

impl std::fmt::Debug for Rejection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The server's texts may quote the item.
        f.debug_struct("Rejection").field("index", &self.index).finish_non_exhaustive()
    }
}

impl Rejections {
    fn blanked(mut self, secrets: &Secrets) -> Self {
        for Rejection { reason, field, message, .. } in &mut self.rejected {
            [reason, field, message].into_iter().flatten().for_each(|text| secrets.blank_in(text));
        }
        self.unknown.iter_mut().for_each(|error| blank(error, secrets));
        self
    }

    /// Reads `errors` about a batch of `count` items.
    ///
    /// An index that is missing, that is no position in the batch, or that was named before goes to `unknown`, whole.
    fn of(errors: Vec<Value>, count: usize) -> Result<usize, Self> {
        let (mut rejected, mut unknown, mut named) = (Vec::new(), Vec::new(), std::collections::BTreeSet::new());
        for error in errors {
            let index = error.get("batch_index").and_then(Value::as_u64).and_then(|index| usize::try_from(index).ok());
            match index {
                Some(index) if index < count && named.insert(index) => {
                    let text = |name: &str| error.get(name).and_then(Value::as_str).map(str::to_owned);
                    let (reason, field, message) = (text("reason"), text("field"), text("message"));
                    rejected.push(Rejection { index, reason, field, message });
                }
                _ => unknown.push(error),
            }
        }
        rejected.sort_by_key(|rejection| rejection.index);
        let accepted = count - rejected.len();
        if rejected.is_empty() && unknown.is_empty() { Ok(accepted) } else { Err(Self { rejected, unknown, accepted }) }
    }
}

#[derive(Deserialize)]
struct Envelope<E> {
    errors: Option<Vec<E>>,
    // Where errors of a whole request are.
    error: Option<IgnoredAny>,
    meta: Option<IgnoredAny>,
}

fn list<E: DeserializeOwned>(body: &[u8]) -> Result<Vec<E>, serde_json::Error> {
    Ok(serde_json::from_slice::<Envelope<E>>(body)?.errors.unwrap_or_default())
}

/// The errors of a response that are not, or not all, as the vendor documents them.
fn other(json: &[u8]) -> Result<Vec<Value>, DecodeFailure> {
    if json.first() != Some(&b'{') {
        return Err(DecodeFailure::new("is neither empty nor a JSON object"));
    }
    let envelope: Value = serde_json::from_slice(json)?;
    let errors: Vec<_> = entries(&envelope).cloned().collect();
    let names_an_item = errors.iter().any(|error| error["batch_index"].is_u64());
    let is_list = matches!(envelope["errors"], Value::Null | Value::Array(_));
    if (errors.is_empty() || names_an_item) && is_list { Ok(errors) } else { Err(DecodeFailure::call_failed()) }
}

/// The rejected items, where every error is as the vendor documents it and names an item of its own.
fn documented(body: &[u8]) -> Option<Vec<Rejection>> {
    #[derive(Deserialize)]
    struct Entry {
        batch_index: usize,
        reason: Option<String>,
        field: Option<String>,
        message: Option<String>,
    }
    // A list can be read as a struct too.
    let object = body.first().filter(|first| **first == b'{').map(|_| body)?;
    let rejection = |Entry { batch_index: index, reason, field, message }| Rejection { index, reason, field, message };
    let envelope: Envelope<Entry> = serde_json::from_slice(object).ok()?;
    if envelope.error.is_some() || envelope.meta.is_some() {
        return None;
    }
    let mut rejected: Vec<_> = envelope.errors.unwrap_or_default().into_iter().map(rejection).collect();
    rejected.sort_by_key(|rejection| rejection.index);
    rejected.is_sorted_by(|one, next| one.index < next.index).then_some(rejected)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::testing::any_json;

    fn decode(body: Bytes, count: usize) -> Result<Result<usize, Rejections>, DecodeFailure> {
        BatchResponse::from_response(&Response::new(body)).map(|response| response.into_result(count))
    }

    fn read(body: &'static str, count: usize) -> Result<Result<usize, Rejections>, DecodeFailure> {
        decode(body.into(), count)
    }

    #[test]
    fn no_errors_is_all_accepted() {
        for body in ["", "{}", r#"{"errors":[]}"#, r#"{"errors":null}"#, r#"{"other":1}"#] {
            assert_eq!(read(body, 3).unwrap().unwrap(), 3, "{body}");
        }
    }

    #[test]
    fn each_error_is_mapped_to_its_item() {
        let body = r#"{"errors":[{"batch_index":2,"reason":"invalid","field":"name","message":"too long"},{"batch_index":0}]}"#;
        let rejections = read(body, 3).unwrap().unwrap_err();
        assert_eq!((rejections.accepted, rejections.unknown.len()), (1, 0));
        let [first, second] = rejections.rejected.as_slice() else { panic!("{rejections:?}") };
        assert_eq!((first.index, second.index), (0, 2));
        assert_eq!(second.reason.as_deref(), Some("invalid"));
        assert_eq!((second.field.as_deref(), second.message.as_deref()), (Some("name"), Some("too long")));
        assert_eq!(rejections.to_string(), "2 of 3 items were rejected, and 0 errors name no item");
    }

    #[test]
    fn an_index_that_is_none_is_unknown_and_never_a_panic() {
        for error in [
            r#"{"batch_index":3}"#,
            r#"{"batch_index":-1}"#,
            r#"{"batch_index":1.5}"#,
            r#"{"batch_index":"1"}"#,
            r#"{"batch_index":18446744073709551616}"#,
            r#"{"reason":"x"}"#,
            "null",
            "7",
        ] {
            let body: Bytes = format!(r#"{{"errors":[{{"batch_index":1}},{error}]}}"#).into();
            let rejections = decode(body, 3).unwrap().unwrap_err();
            assert_eq!((rejections.rejected.len(), rejections.unknown.len()), (1, 1), "{error}");
        }
        let twice = read(r#"{"errors":[{"batch_index":1},{"batch_index":1}]}"#, 3).unwrap().unwrap_err();
        assert_eq!((twice.rejected.len(), twice.unknown.len(), twice.accepted), (1, 1, 2));
    }

    #[test]
    fn a_207_without_an_error_and_errors_without_an_item_are_not_success() {
        let read = |status: u16, body: &'static str| {
            let response = Response::builder().status(status).body(Bytes::from(body)).unwrap();
            BatchResponse::from_response(&response).map(|response| response.into_result(3))
        };
        for body in ["", "{}", r#"{"errors":[]}"#, r#"{"errors":null}"#, r#"{"meta":{}}"#] {
            let error = read(207, body).unwrap_err();
            assert_eq!(
                error.to_string(),
                "the body names no item, and the status says that some were refused",
                "{body}"
            );
            assert_eq!(read(200, body), Ok(Ok(3)), "{body}");
        }
        for body in [
            r#"{"error":"x"}"#,
            r#"{"meta":{"errors":["nope"]}}"#,
            r#"{"errors":["nope"]}"#,
            r#"{"errors":[{"detail":"nope"},{"batch_index":-1}]}"#,
        ] {
            for status in [200, 207] {
                assert_eq!(read(status, body), Err(DecodeFailure::call_failed()), "{status} {body}");
            }
        }
        // If some are named, the others are reported beside them, wherever they are.
        let mixed = r#"{"errors":[{"batch_index":1}],"meta":{"error":"x"},"error":"y"}"#;
        let rejections = read(207, mixed).unwrap().unwrap_err();
        assert_eq!((rejections.rejected.len(), rejections.unknown.len(), rejections.accepted), (1, 2, 2));
    }

    #[test]
    fn the_credentials_are_blanked_in_what_is_said_of_items() {
        let headers = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static("Bearer k3y-0123456789"))]);
        for body in [
            r#"{"errors":[{"batch_index":0,"reason":"a k3y-0123456789","field":"b k3y-0123456789","message":"c k3y-0123456789"}]}"#,
            r#"{"errors":[{"batch_index":0,"reason":"a k3y-0123456789","field":"b k3y-0123456789","message":"c k3y-0123456789"},
                {"batch_index":9,"message":["k3y-0123456789",7]},{"k":{"k":"k3y-0123456789"}}]}"#,
            r#"{"errors":[{"batch_index":0,"reason":"a k3y-0123456789","field":"b k3y-0123456789","message":"c k3y-0123456789"},
                {"batch_index":9,"message":"k3y-0123456789"}]}"#,
        ] {
            let response = BatchResponse::from_response(&Response::new(body.into())).unwrap();
            let rejections = response.without_credential(&headers).into_result(2).unwrap_err();
            let Rejection { reason, field, message, .. } = &rejections.rejected[0];
            let texts = [reason, field, message].map(|text| text.as_deref().unwrap());
            assert_eq!(texts, ["a [credential]", "b [credential]", "c [credential]"]);
            assert!(
                rejections.unknown.iter().all(|error| !error.to_string().contains("k3y")),
                "{:?}",
                rejections.unknown
            );
        }
    }

    #[test]
    fn what_cannot_be_read_is_not_success() {
        for body in ["<html>", "[]", "null", r#"{"errors":7}"#, r#"{"errors":{}}"#] {
            assert!(read(body, 3).is_err(), "{body}");
        }
    }

    /// An entry of the list of errors: any JSON, or an error with any index.
    fn error() -> impl Strategy<Value = Value> {
        let keys = "batch_index|reason|field|message";
        let index = prop_oneof![(0_u64..8).prop_map(Value::from), any_json(keys)];
        prop_oneof![
            any_json(keys),
            (index, any_json(keys))
                .prop_map(|(index, message)| { json!({ "batch_index": index, "message": message }) })
        ]
    }

    proptest! {
        #[test]
        fn every_item_is_accepted_or_rejected_once(errors in prop::collection::vec(error(), 0..12), count in 0_usize..8) {
            let body = json!({ "errors": errors }).to_string();
            let result = decode(body.into(), count);
            if !errors.is_empty() && !errors.iter().any(|error| error["batch_index"].is_u64()) {
                prop_assert_eq!(result.unwrap_err(), DecodeFailure::call_failed());
                return Ok(());
            }
            match result.unwrap() {
                Ok(accepted) => prop_assert_eq!((accepted, errors.len()), (count, 0)),
                Err(rejections) => {
                    let indexes: Vec<_> = rejections.rejected.iter().map(|one| one.index).collect();
                    prop_assert!(indexes.is_sorted_by(|one, next| one < next), "{indexes:?}");
                    prop_assert!(indexes.iter().all(|index| *index < count), "{indexes:?}");
                    prop_assert_eq!(rejections.accepted + indexes.len(), count);
                    prop_assert_eq!(indexes.len() + rejections.unknown.len(), errors.len());
                }
            }
        }

        #[test]
        fn any_bytes_are_a_response_or_unreadable(body in prop::collection::vec(any::<u8>(), 0..80), count in 0_usize..8) {
            if let Ok(Ok(accepted)) = decode(body.into(), count) {
                prop_assert_eq!(accepted, count);
            }
        }
    }
}
