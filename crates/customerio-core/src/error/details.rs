//! What an error body says, whichever of its several shapes it has.

use std::fmt;

use serde::Deserialize;

/// One thing that the server found wrong.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Detail {
    /// The server's sentence.
    pub message: String,
    /// A stable key, on the errors that have one, such as `invalid_credentials`.
    pub code: Option<String>,
    /// The part of the request that is meant, as a JSON pointer.
    pub pointer: Option<String>,
}

impl fmt::Debug for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The pointer can name an attribute, and the rest is the server's text: it may quote what was sent.
        f.debug_struct("Detail").field("message_bytes", &self.message.len()).finish_non_exhaustive()
    }
}

/// Reads an error body of any of the shapes that the API is known to answer with.
///
/// `{"meta":{"error":"…"}}`, `{"meta":{"errors":["…"]}}`, `{"errors":[{"detail":"…","status":"422","source":{…}}]}`,
/// and `{"errors":["…"]}`. Anything else, such as a proxy's HTML, has no details: the status speaks first, and the body
/// is kept.
pub(super) fn read(body: &[u8]) -> Vec<Detail> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Entry {
        Text(String),
        Object(Object),
        Other(serde::de::IgnoredAny),
    }
    #[derive(Deserialize)]
    struct Object {
        detail: Option<String>,
        message: Option<String>,
        reason: Option<String>,
        #[serde(default, deserialize_with = "text")]
        code: Option<String>,
        #[serde(default, deserialize_with = "pointer")]
        source: Option<String>,
    }
    #[derive(Deserialize, Default)]
    struct Meta {
        #[serde(default)]
        error: Option<Entry>,
        #[serde(default)]
        errors: Option<Vec<Entry>>,
    }
    #[derive(Deserialize)]
    struct Envelope {
        #[serde(default)]
        errors: Option<Vec<Entry>>,
        #[serde(default)]
        meta: Option<Meta>,
        #[serde(default)]
        error: Option<Entry>,
    }
    fn text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
        Ok(match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::String(text) => Some(text),
            serde_json::Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    }
    fn pointer<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
        Ok(match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::Object(source) => {
                source.get("pointer").and_then(|pointer| pointer.as_str()).map(str::to_owned)
            }
            _ => None,
        })
    }
    let Ok(envelope) = serde_json::from_slice::<Envelope>(body) else { return Vec::new() };
    let meta = envelope.meta.unwrap_or_default();
    let entries = envelope.errors.unwrap_or_default().into_iter().chain(meta.error);
    entries
        .chain(meta.errors.unwrap_or_default())
        .chain(envelope.error)
        .filter_map(|entry| match entry {
            Entry::Text(message) => Some(Detail { message, ..Detail::default() }),
            Entry::Object(object) => Some(Detail {
                message: object.detail.or(object.message).or(object.reason)?,
                code: object.code,
                pointer: object.source,
            }),
            Entry::Other(_) => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_error_shape_is_read() {
        for (body, expected) in [
            (r#"{"meta":{"error":"Unauthorized request"}}"#, "Unauthorized request"),
            (r#"{"meta":{"errors":["id is too long","no"]}}"#, "id is too long"),
            (r#"{"errors":[{"detail":"bad","status":"422","source":{"pointer":"/data"}}]}"#, "bad"),
            (r#"{"errors":[{"detail":"bad","status":409,"code":12}]}"#, "bad"),
            (r#"{"errors":["line 3: no such person"]}"#, "line 3: no such person"),
            (r#"{"errors":[{"reason":"invalid","field":"id","message":"no id"}]}"#, "no id"),
            (r#"{"errors":null,"meta":{"error":"both"}}"#, "both"),
            (r#"{"error":"plain"}"#, "plain"),
        ] {
            let details = read(body.as_bytes());
            assert_eq!(details.first().map(|detail| detail.message.as_str()), Some(expected), "{body}");
        }
        let details = read(br#"{"errors":[{"detail":"a","code":"x","source":{"pointer":"/p"}},{"detail":"b"}]}"#);
        assert_eq!(details.len(), 2);
        assert_eq!(details[0].code.as_deref(), Some("x"));
        assert_eq!(details[0].pointer.as_deref(), Some("/p"));
        let details =
            read(br#"{"errors":[{"detail":"a","code":12},{"detail":"b","code":null},{"detail":"c","code":[]}]}"#);
        let codes: Vec<_> = details.iter().map(|detail| detail.code.as_deref()).collect();
        assert_eq!(codes, [Some("12"), None, None]);
    }
}
