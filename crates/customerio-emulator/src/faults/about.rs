//! Whom a request is about: the identifiers in its path, and in its body.

use bytes::Bytes;
use http::Method;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::contract::identifier::spelled;

/// The segments of routes that name a person.
const SEGMENTS: [&str; 3] = ["{person}", "{customer}", "{email}"];

/// The fields of a body that name a person.
const FIELDS: [&str; 6] = ["id", "email", "cio_id", "phone", "userId", "to"];

/// The fields of a body in which there are such fields.
const INSIDE: [&str; 5] = ["identifiers", "batch", "primary", "secondary", "traits"];

/// How deep those fields are looked for: an item of a batch has identifiers.
const DEPTH: usize = 4;

/// A request, as far as faults look at it.
pub(crate) struct About<'r> {
    pub(crate) method: &'r Method,
    pub(crate) path: &'r str,
    /// The pattern of its route, and the segments of the path that vary.
    pub(crate) route: Option<(&'static str, Vec<&'r str>)>,
    body: Option<&'r Bytes>,
    /// What its body names, in lower case, once that was asked for.
    named: Option<Vec<String>>,
}

impl<'r> About<'r> {
    pub(crate) const fn of(
        method: &'r Method,
        path: &'r str,
        route: Option<(&'static str, Vec<&'r str>)>,
        body: Option<&'r Bytes>,
    ) -> Self {
        Self { method, path, route, body, named: None }
    }

    pub(crate) const fn has_body(&self) -> bool {
        self.body.is_some()
    }

    /// Whether the path has one of these identifiers, which are in lower case, where its route has a person.
    pub(crate) fn path_names(&self, called: &[String]) -> bool {
        let Some((pattern, given)) = &self.route else { return false };
        let kinds = pattern.split('/').filter(|segment| segment.starts_with('{'));
        let mut people = kinds.zip(given).filter(|(kind, _)| SEGMENTS.contains(kind)).map(|(_, given)| given);
        people.any(|given| called.contains(&percent_decode_str(given).decode_utf8_lossy().to_lowercase()))
    }

    /// Whether the body has one of these identifiers; nothing if it has not come.
    pub(crate) fn body_names(&mut self, called: &[String]) -> Option<bool> {
        let body = self.body?;
        let named = self.named.get_or_insert_with(|| {
            let mut named = Vec::new();
            if let Ok(body) = serde_json::from_slice::<Value>(body) {
                collect(&body, DEPTH, &mut named);
            }
            named
        });
        Some(named.iter().any(|name| called.contains(name)))
    }
}

fn collect(value: &Value, depth: usize, named: &mut Vec<String>) {
    match value {
        Value::Object(fields) if depth > 0 => collect_of(fields, depth - 1, named),
        Value::Array(items) => items.iter().for_each(|item| collect(item, depth, named)),
        _ => {}
    }
}

fn collect_of(fields: &Map<String, Value>, depth: usize, named: &mut Vec<String>) {
    for (name, value) in fields {
        if INSIDE.contains(&name.as_str()) {
            collect(value, depth, named);
        } else if name == "to" {
            let addresses = value.as_str().unwrap_or_default().split(',').map(|address| {
                let inner = address.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
                inner.map_or(address, |(inner, _)| inner).trim().to_lowercase()
            });
            named.extend(addresses);
        } else if FIELDS.contains(&name.as_str()) {
            named.extend(spelled(value).map(|name| name.to_lowercase()));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn named(body: &Value) -> Vec<String> {
        let mut named = Vec::new();
        collect(body, DEPTH, &mut named);
        named.sort();
        named
    }

    #[test]
    fn bodies_name_people_in_their_fields() {
        for (body, expected) in [
            (
                json!({"identifiers": {"id": 42}, "to": "Ada <Ada@example.com>, bob@example.com"}),
                "42,ada@example.com,bob@example.com",
            ),
            (json!({"batch": [{"userId": "1"}, {"identifiers": {"email": "A@b"}}]}), "1,a@b"),
            (json!({"primary": {"id": "1"}, "secondary": {"cio_id": "03"}}), "03,1"),
            (json!({"userId": "1", "traits": {"email": "a@b"}}), "1,a@b"),
            (json!({"data": {"id": "42"}, "attributes": {"email": "a@b"}}), ""),
            (json!([{"id": ["42"]}]), ""),
        ] {
            assert_eq!(named(&body).join(","), expected, "{body}");
        }
    }

    #[test]
    fn paths_name_people_where_their_route_has_one() {
        let names = ["42".to_owned(), "ada+1@example.com".to_owned()];
        for (pattern, path, expected) in [
            ("/api/v1/customers/{person}/events", "/api/v1/customers/42/events", true),
            ("/api/v1/customers/{person}", "/api/v1/customers/ADA%2B1@example.com", true),
            ("/api/v1/customers/{person}/devices/{device}", "/api/v1/customers/43/devices/42", false),
            ("/v1/campaigns/{broadcast}/triggers", "/v1/campaigns/42/triggers", false),
            ("/v1/customers/{customer}/segments", "/v1/customers/42/segments", true),
        ] {
            let segments = crate::route::captures(pattern, path).unwrap();
            let about = About::of(&Method::GET, path, Some((pattern, segments)), None);
            assert_eq!(about.path_names(&names), expected, "{path}");
        }
    }
}
