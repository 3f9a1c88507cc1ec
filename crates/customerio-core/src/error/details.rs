//! Reads an error body in any of its several shapes.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::{Map, Value};

use crate::key::Secrets;

/// One error in the body of a response.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Detail {
    /// The server's sentence.
    pub message: String,
    /// A stable key, on the errors that have one, such as `invalid_credentials`.
    pub code: Option<String>,
    /// The part of the request that is wrong, as a JSON pointer.
    pub pointer: Option<String>,
    /// Further details. If an e-mail in Design Studio cannot be published, these are the Liquid errors: a list for each
    /// language.
    pub meta: Map<String, Value>,
}

impl Detail {
    pub(super) fn blank(&mut self, secrets: &Secrets) {
        let Self { message, code, pointer, meta } = self;
        [Some(message), code.as_mut(), pointer.as_mut()].into_iter().flatten().for_each(|text| secrets.blank_in(text));
        blank_object(meta, secrets);
    }
}

fn blank_object(object: &mut Map<String, Value>, secrets: &Secrets) {
    let blanked = std::mem::take(object).into_iter().map(|(mut name, mut value)| {
        secrets.blank_in(&mut name);
        blank_value(&mut value, secrets);
        (name, value)
    });
    *object = blanked.collect();
}

fn blank_value(value: &mut Value, secrets: &Secrets) {
    match value {
        Value::String(text) => secrets.blank_in(text),
        Value::Array(list) => list.iter_mut().for_each(|value| blank_value(value, secrets)),
        Value::Object(object) => blank_object(object, secrets),
        _ => {}
    }
}

impl fmt::Debug for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The pointer can name an attribute, and the rest is the server's text: it may quote what was sent.
        f.debug_struct("Detail").field("message_bytes", &self.message.len()).finish_non_exhaustive()
    }
}

/// Reads an error body of any of the shapes that the API is known to respond with.
///
/// `{"meta":{"error":"…"}}`, `{"meta":{"errors":["…"]}}`, `{"errors":[{"detail":"…","status":"422","source":{…}}]}`,
/// `{"errors":["…"]}` and `{"error":"…"}`. Anything else, such as a proxy's HTML, has no details: the status speaks first,
/// and the body is kept.
pub(super) fn read(body: &[u8]) -> Vec<Detail> {
    let envelope = serde_json::from_slice(body).unwrap_or_default();
    entries(&envelope).filter_map(detail).collect()
}

/// The errors in `envelope`, wherever the API puts them.
pub(crate) fn entries(envelope: &Value) -> impl Iterator<Item = &Value> {
    let meta = &envelope["meta"];
    [&envelope["errors"], &meta["error"], &meta["errors"], &envelope["error"]].into_iter().flat_map(|found| match found
    {
        Value::Array(entries) => entries.as_slice(),
        found if is_something(found) => std::slice::from_ref(found),
        _ => &[],
    })
}

fn detail(entry: &Value) -> Option<Detail> {
    let text = |name: &str| entry[name].as_str();
    let message = entry.as_str().or_else(|| text("detail")).or_else(|| text("message")).or_else(|| text("reason"));
    Some(Detail {
        message: message.filter(|message| !message.trim().is_empty())?.to_owned(),
        code: match &entry["code"] {
            Value::Number(code) => Some(code.to_string()),
            code => code.as_str().map(str::to_owned),
        },
        pointer: entry["source"]["pointer"].as_str().map(str::to_owned),
        meta: entry["meta"].as_object().cloned().unwrap_or_default(),
    })
}

/// Whether a response with a 2xx status says that the call failed.
pub(crate) struct Reported(pub(crate) bool);

impl<'de> Deserialize<'de> for Reported {
    /// Reads an object, and only the fields that have errors.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(field_identifier, rename_all = "lowercase")]
        enum Name {
            Error,
            Errors,
            Meta,
            #[serde(other)]
            Other,
        }
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Reported;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Reported, A::Error> {
                let mut reported = false;
                while let Some(name) = object.next_key()? {
                    reported |= match name {
                        Name::Error | Name::Errors => is_something(&object.next_value()?),
                        Name::Meta => {
                            let meta: Value = object.next_value()?;
                            is_something(&meta["error"]) || is_something(&meta["errors"])
                        }
                        Name::Other => {
                            object.next_value::<IgnoredAny>()?;
                            false
                        }
                    };
                }
                Ok(Reported(reported))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// Whether there is more than nothing: no `null`, no `false`, no zero, and nothing that is empty.
fn is_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(object) => !object.is_empty(),
    }
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
            (r#"{"error":{"message":"an object"},"meta":7}"#, "an object"),
            (r#"{"errors":"no list","meta":null}"#, "no list"),
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

    #[test]
    fn what_else_is_said_of_an_error_is_kept() {
        let details = read(
            br#"{"errors":[{"detail":"3 languages","status":"422","meta":{"":["no such tag"],"de":["a","b"]}},
                {"detail":"b","status":409,"meta":["odd"]},{"detail":"c","meta":null}]}"#,
        );
        assert_eq!(Value::from(details[0].meta.clone()), serde_json::json!({"": ["no such tag"], "de": ["a", "b"]}));
        assert!(details[1].meta.is_empty() && details[2].meta.is_empty());
        assert!(!format!("{details:?}").contains("no such tag"));
    }

    #[test]
    fn what_says_that_a_call_failed_is_found_wherever_it_stands() {
        let reports = |body: &str| serde_json::from_str(body).map(|Reported(reported)| reported).ok();
        for body in [
            r#"{"meta":{"errors":["nope"]}}"#,
            r#"{"meta":{"error":"nope"},"meta":{}}"#,
            r#"{"errors":["nope"]}"#,
            r#"{"errors":[{"detail":"nope"}],"errors":[]}"#,
            r#"{"errors":[null]}"#,
            r#"{"error":"nope"}"#,
            r#"{"error":{"code":7}}"#,
            r#"{"\u0065rror":true}"#,
            r#"{"errors":7,"id":1}"#,
        ] {
            assert_eq!(reports(body), Some(true), "{body}");
        }
        for body in [
            "{}",
            r#"{"errors":[],"error":null,"meta":{"error":"","errors":{}}}"#,
            r#"{"errors":0,"error":false,"meta":[{"error":"nope"}]}"#,
            r#"{"import":{"error":"nope"},"name":"error","list":[{"errors":["nope"]}]}"#,
            r#"{"meta":{"pagination":{"errors":1}}}"#,
        ] {
            assert_eq!(reports(body), Some(false), "{body}");
        }
        for body in ["", "[]", "null", "7", r#"{"error""#, r#"{"errors":["#, "{}{}"] {
            assert_eq!(reports(body), None, "{body}");
        }
    }
}
