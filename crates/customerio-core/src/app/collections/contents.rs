//! `GET /v1/collections/{collection_id}/content`: what is in a collection.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::Response;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use crate::{
    CollectionId, DecodeFailure, FromResponse,
    from_response::check_reported,
    macros::{opaque_debug, plain},
};

plain! {
    /// Reads the contents of a collection, all at once: up to 10 MB.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `CollectionContents`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getCollectionContents>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::collections::Contents, http::Response, operation::parse};
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Event {
    ///     city: String,
    /// }
    ///
    /// let contents = parse::<Contents>(Response::new(r#"[{"name":"Meetup","city":"Lyon"}]"#.into()))?;
    /// let events: Vec<Event> = contents.read()?;
    /// assert_eq!(events[0].city, "Lyon");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "get_collection_contents")]
    pub struct Contents { collection_id: CollectionId = 5 }
    "app.collections.contents" = GET "/v1/collections/{collection_id}/content" -> CollectionContents;
}

/// The contents of a collection: a list, usually of objects, or one object.
///
/// It is the JSON as it came, and serialises as that, so numbers keep their precision and fields their order. To copy a
/// collection, pass it to [`ReplaceContents`](super::ReplaceContents).
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CollectionContents(Box<RawValue>);

opaque_debug!(CollectionContents);

impl CollectionContents {
    /// The JSON.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.get()
    }

    /// Reads it as anything that deserialises: a list of your structs, or [`serde_json::Value`].
    ///
    /// # Errors
    ///
    /// Fails if it has another shape. The error may quote what is in the collection.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.as_str())
    }
}

impl PartialEq for CollectionContents {
    /// Whether the JSON is the same, byte for byte.
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for CollectionContents {}

impl FromResponse for CollectionContents {
    const EXAMPLE: &'static str = r#"[{"city":"Oslo","name":"Summer party"},{"city":"Lyon","name":"Meetup"}]"#;

    /// # Errors
    ///
    /// Fails if the body is neither a list nor an object; `null` is an empty list. Fails also if it has nothing but
    /// `error`, `errors` or `meta` and so says that the call failed: among other fields those are what is in the
    /// collection.
    fn from_response(response: &Response<Bytes>) -> Result<Self, DecodeFailure> {
        check_reported(response)
            .or_else(|failed| if is_error_alone(response.body()) { Err(failed) } else { Ok(()) })?;
        let json: Box<RawValue> = serde_json::from_slice(response.body())?;
        match json.get().as_bytes().first() {
            Some(b'[' | b'{') => Ok(Self(json)),
            Some(b'n') => Ok(Self(serde_json::from_str("[]")?)),
            _ => Err(DecodeFailure::new("is neither a list nor an object")),
        }
    }
}

/// Whether an object has only what the API names errors by.
fn is_error_alone(json: &[u8]) -> bool {
    serde_json::from_slice::<BTreeMap<String, &RawValue>>(json)
        .is_ok_and(|fields| fields.keys().all(|name| matches!(name.as_str(), "error" | "errors" | "meta")))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        Error, Limits, Prepared,
        app::collections::ReplaceContents,
        limits::READ_RESPONSE,
        operation::Operation as _,
        parse,
        testing::{body, plain, refused_app, wire_app},
    };

    fn read(json: &'static str) -> Result<CollectionContents, Error> {
        parse::<Contents>(Response::new(json.into()))
    }

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(Contents::new(5)), plain("GET /v1/collections/5/content"));
        assert_eq!(Contents::RESPONSE_LIMIT, READ_RESPONSE);
        assert!(refused_app(Contents::new(0)).to_string().starts_with("the collection's id"));
    }

    #[test]
    fn contents_come_as_they_are() {
        let precise = r#"[{"z":1.000000000000000000001,"a":123456789012345678901234567890}]"#;
        for json in [precise, "[]", "{}", r#"[1,"a",null]"#, r#"{"city":{"name":"Oslo"}}"#, CollectionContents::EXAMPLE]
        {
            let contents = read(json).unwrap();
            assert_eq!(contents.as_str(), json);
            assert_eq!(body(ReplaceContents::new(6, &contents)), json);
            assert_eq!(serde_json::to_string(&contents).unwrap(), json);
            assert_eq!(serde_json::from_str::<CollectionContents>(json).unwrap(), contents);
        }
        assert_eq!(read("null").unwrap().as_str(), "[]");
        assert_eq!(read("[]").unwrap().read::<Vec<u8>>().unwrap(), [0_u8; 0]);
        assert_eq!(read(r#"{"a":[1]}"#).unwrap().read::<Value>().unwrap(), json!({"a": [1]}));
        assert!(read(r#"{"a":[1]}"#).unwrap().read::<Vec<u8>>().is_err());
        assert_ne!(read("[]").unwrap(), read("{}").unwrap());
        assert_eq!(format!("{:?}", read("[7]").unwrap()), "CollectionContents { .. }");
        for json in ["7", "\"text\"", "true", "<html>", "", "[", "[]{}"] {
            assert!(matches!(read(json), Err(Error::Decode(_))), "{json}");
        }
    }

    #[test]
    fn contents_may_be_about_errors() {
        for json in [
            r#"{"errors":{"card":"It was declined"},"title":"Oh no"}"#,
            r#"{"error":"It failed","ok":"It worked"}"#,
            r#"[{"errors":["a"]}]"#,
            r#"{"errors":[],"error":null}"#,
        ] {
            assert_eq!(read(json).unwrap().as_str(), json);
        }
        for json in [
            r#"{"errors":[{"detail":"no such collection"}]}"#,
            r#"{"meta":{"error":"no such collection"}}"#,
            r#"{"error":"no such collection","meta":{}}"#,
        ] {
            assert!(matches!(read(json), Err(Error::Api(_))), "{json}");
        }
        assert!(Prepared::new(Contents::new(5), &Limits::default()).is_ok());
    }
}
