//! How a prepared request is stored and read back.

use std::{borrow::Cow, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderValue, Method, uri::PathAndQuery};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{Body, FromResponse, Prepared, Replay, registry::operations};

/// The version of the stored form that is written. Older ones that can still be read are in [`Stored::restore`].
const VERSION: u32 = 1;

/// How a request is stored. Everything that the registry knows of the operation is looked up there when it is read.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored<'a> {
    version: u32,
    operation: Cow<'a, str>,
    method: Cow<'a, str>,
    path: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    content_type: Option<Cow<'a, str>>,
    /// The body as text, or in base64 where it is not UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body_base64: Option<String>,
    /// Whether it may arrive twice.
    replayable: bool,
    attempt_timeout_ms: u64,
}

impl<T> Serialize for Prepared<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = std::str::from_utf8(&self.body);
        Stored {
            version: VERSION,
            operation: self.name().into(),
            method: self.method.as_str().into(),
            path: self.path.as_str().into(),
            content_type: self.content_type.as_ref().and_then(|value| value.to_str().ok()).map(Into::into),
            body: text.ok().filter(|text| !text.is_empty()).map(Into::into),
            body_base64: text.is_err().then(|| STANDARD.encode(&self.body)),
            replayable: self.replay == Replay::Safe,
            attempt_timeout_ms: u64::try_from(self.attempt_timeout.as_millis()).unwrap_or(u64::MAX),
        }
        .serialize(serializer)
    }
}

impl<'de, T: FromResponse> Deserialize<'de> for Prepared<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Stored::deserialize(deserializer)?.restore().map_err(de::Error::custom)
    }
}

impl Stored<'_> {
    fn restore<T: FromResponse>(self) -> Result<Prepared<T>, &'static str> {
        if self.version != VERSION {
            return Err("the stored request has a version that this crate does not know");
        }
        let info = operations()
            .find(|info| info.name == self.operation)
            .ok_or("the stored request is of an operation that this crate does not know")?;
        let body = match (self.body, self.body_base64) {
            (Some(text), None) => text.into_owned().into(),
            (None, Some(base64)) => STANDARD.decode(base64).map_err(|_| "the stored body is not base64")?.into(),
            (None, None) => Bytes::new(),
            (Some(_), Some(_)) => return Err("the stored request has two bodies"),
        };
        let content_type = self.content_type.map(|text| HeaderValue::from_str(&text)).transpose();
        Ok(Prepared {
            method: Method::from_bytes(self.method.as_bytes())
                .map_err(|_| "the stored method is not an HTTP method")?,
            path: PathAndQuery::try_from(self.path.as_ref()).map_err(|_| "the stored path is not a URL path")?,
            content_type: content_type.map_err(|_| "the stored content type is not a header value")?,
            body,
            replay: if self.replayable { Replay::Safe } else { Replay::OnlyIfNotSent },
            attempt_timeout: Duration::from_millis(self.attempt_timeout_ms),
            ..Prepared::of(info, Body::empty(), info.replay)
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        Endpoint, Limits, Operation, Region,
        app::SendEmail,
        testing::wire,
        track::{Event, GetRegion, Identify},
    };

    fn stored<O: Operation>(operation: O) -> (serde_json::Value, String, String) {
        let prepared = Prepared::new(operation, &Limits::default()).unwrap();
        let text = serde_json::to_string(&prepared).unwrap();
        let read: Prepared<serde_json::Value> = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), text, "it is stored the same again");
        assert_eq!((read.quota(), read.replay()), (prepared.quota(), prepared.replay()));
        let request = |name| -> String {
            let track = || Endpoint::track(Region::Us, name, "key").unwrap().request(read.clone());
            let app = || Endpoint::app(Region::Us, name).unwrap().request(read.clone());
            wire(&track().or_else(|_| app()).unwrap())
        };
        (serde_json::from_str(&text).unwrap(), request("one"), request("other"))
    }

    #[cfg(feature = "design_studio")]
    #[test]
    fn what_is_stored_still_asks_for_what_the_operation_does() {
        use crate::app::design_studio::inbox_previews::Capture;

        let (_, one, _) = stored(Capture::new("e-1", 7, "gmail"));
        assert!(one.contains(&format!("\naccept: {}\n", Capture::ACCEPT)), "{one}");
        assert!(!one.contains("accept: application/json"), "{one}");
    }

    #[test]
    fn what_is_stored_names_no_credentials_and_is_read_with_others() {
        let identify = Identify::new("a/b").with_email("ada@example.com");
        let (stored, one, other) = stored(identify);
        assert_eq!(
            stored,
            json!({
                "version": 1, "operation": "track.identify", "method": "PUT", "path": "/api/v1/customers/a%2Fb",
                "content_type": "application/json", "body": "{\"email\":\"ada@example.com\"}", "replayable": true,
                "attempt_timeout_ms": 10_000,
            })
        );
        assert!(one.contains("authorization: Basic b25lOmtleQ=="), "{one}");
        assert_eq!(one.replace("b25lOmtleQ==", ""), other.replace("b3RoZXI6a2V5", ""));
    }

    #[test]
    fn each_kind_of_request_can_be_stored() {
        stored(GetRegion);
        stored(SendEmail::from_template("reset", "ada@example.com"));
        let (event, ..) = stored(Event::new("42", "purchase"));
        assert_eq!(event["replayable"], false, "it has no id");
    }

    #[test]
    fn what_cannot_be_read_is_an_error() {
        let good = json!({
            "version": 1, "operation": "track.delete", "method": "DELETE", "path": "/api/v1/customers/42",
            "replayable": true, "attempt_timeout_ms": 10_000,
        });
        let read = |name: &str, value: serde_json::Value| {
            let mut stored = good.clone();
            stored[name] = value;
            serde_json::from_value::<Prepared>(stored).map_err(|error| error.to_string())
        };
        assert!(read("version", 1.into()).is_ok());
        for (name, value, expected) in [
            ("version", json!(2), "the stored request has a version that this crate does not know"),
            ("operation", json!("x.y"), "the stored request is of an operation that this crate does not know"),
            ("method", json!("GE T"), "the stored method is not an HTTP method"),
            ("path", json!("\n"), "the stored path is not a URL path"),
            ("content_type", json!("\n"), "the stored content type is not a header value"),
            ("body_base64", json!("?"), "the stored body is not base64"),
        ] {
            assert_eq!(read(name, value).unwrap_err(), expected);
        }
        assert!(read("new", json!(1)).unwrap_err().starts_with("unknown field `new`"));
    }
}
