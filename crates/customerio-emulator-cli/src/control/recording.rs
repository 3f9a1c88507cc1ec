//! Recorded requests: what `GET /_emulator/v1/requests?whole=1` lists, in one document, in several, or one per line.

use std::{fs, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use serde_json::{Deserializer, Value};

use crate::failure::{Code, Failure};

/// The longest path that the emulator keeps whole.
const MOST_PATH: usize = 2_000;

/// A recorded request.
#[derive(Debug)]
pub(crate) struct Recorded {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) status: u64,
    pub(crate) verdict: String,
    /// What can be sent again, or why it cannot.
    pub(crate) content: Result<Content, String>,
}

/// What of a request is sent again.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Reads a recording, the first request first.
pub(crate) fn read(path: &Path) -> Result<Vec<Recorded>, Failure> {
    let bad = |reason: String| Failure::new(Code::BadInput, format!("{}: {reason}", path.display()));
    let text = fs::read(path).map_err(|error| bad(error.to_string()))?;
    let mut items = Vec::new();
    for value in Deserializer::from_slice(&text).into_iter::<Value>() {
        match value.map_err(|error| bad(format!("it is not JSON: {error}")))? {
            Value::Array(list) => items.extend(list),
            Value::Object(mut page) if page.get("items").is_some_and(Value::is_array) => {
                if let Some(Value::Array(list)) = page.remove("items") {
                    items.extend(list);
                }
            }
            item => items.push(item),
        }
    }
    // A page has the newest first, and one that was asked for twice has some twice.
    items.sort_by_key(|item| item["seq"].as_u64());
    items.dedup_by(|one, other| one["seq"].is_u64() && one["seq"] == other["seq"]);
    items.iter().map(|item| recorded(item).map_err(&bad)).collect()
}

fn recorded(item: &Value) -> Result<Recorded, String> {
    let text = |name: &str| item[name].as_str().ok_or_else(|| format!("{} has no {name}", named(item)));
    let method = Method::from_bytes(text("method")?.as_bytes()).map_err(|error| format!("{}: {error}", named(item)))?;
    if !item["request"].is_object() {
        let advice = "record with GET /_emulator/v1/requests?whole=1";
        return Err(format!("{} has no headers and no body: {advice}", named(item)));
    }
    let status = item["status"].as_u64().ok_or_else(|| format!("{} has no status", named(item)))?;
    let (path, verdict) = (text("path")?.to_owned(), text("verdict")?.to_owned());
    let content = content(&path, &item["request"]);
    Ok(Recorded { method, path, status, verdict, content })
}

/// What a failure calls an item.
fn named(item: &Value) -> String {
    item["seq"].as_u64().map_or_else(|| "an item".to_owned(), |seq| format!("the request {seq}"))
}

fn content(path: &str, request: &Value) -> Result<Content, String> {
    if path.len() >= MOST_PATH {
        return Err(format!("the recording has {MOST_PATH} bytes of its path, and no more"));
    }
    let uri = path.parse().map_err(|error| format!("its path cannot be sent: {error}"))?;
    let body = match (request["body"].as_str(), request["body_base64"].as_str()) {
        (Some(text), _) => Bytes::from(text.to_owned()),
        (None, Some(text)) => STANDARD.decode(text).map_err(|error| format!("its body is not base64: {error}"))?.into(),
        (None, None) => Bytes::new(),
    };
    if request["truncated"] == true {
        return Err(format!("the recording has {} of {} bytes of its body", body.len(), request["bytes"]));
    }
    let mut headers = HeaderMap::new();
    for header in request["headers"].as_array().into_iter().flatten() {
        let (Some(name), Some(value)) = (header[0].as_str(), header[1].as_str()) else { continue };
        let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_bytes(value.as_bytes())) else {
            return Err(format!("its header {name:.100} cannot be sent"));
        };
        if !is_of_connection(&name) {
            headers.append(name, value);
        }
    }
    Ok(Content { uri, headers, body })
}

/// Whether a header is about the connection that it came by.
fn is_of_connection(name: &HeaderName) -> bool {
    const NAMES: [&str; 7] =
        ["host", "connection", "keep-alive", "content-length", "transfer-encoding", "accept-encoding", "expect"];
    NAMES.contains(&name.as_str())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn item(seq: u64) -> Value {
        let headers =
            json!([["Content-Type", "text/plain"], ["Host", "a"], ["content-length", "2"], ["x", "1"], ["x", "2"]]);
        json!({"seq": seq, "method": "PUT", "path": format!("/{seq}?a=b"), "status": 200, "verdict": "accepted",
            "request": {"headers": headers, "body": "hi", "bytes": 2, "truncated": false}})
    }

    fn read_text(text: &str) -> Result<Vec<Recorded>, String> {
        let path = std::env::temp_dir().join(format!("customerio-recording-{}-{}", std::process::id(), text.len()));
        fs::write(&path, text).unwrap();
        let found = read(&path).map_err(|failure| failure.to_string());
        fs::remove_file(&path).unwrap();
        found
    }

    #[test]
    fn every_form_of_a_recording_is_read_in_order() {
        let page = json!({"items": [item(3), item(2)], "next": 2, "seq": 9}).to_string();
        let lines = format!("{}\n{}\n", item(3), item(2));
        let pages = format!("{page}\n{}", json!({"items": [item(2)]}));
        for text in [&page, &lines, &pages, &json!([item(2), item(3)]).to_string()] {
            let found = read_text(text).unwrap();
            let paths: Vec<_> = found.iter().map(|recorded| recorded.path.as_str()).collect();
            assert_eq!(paths, ["/2?a=b", "/3?a=b"], "{text}");
            let content = found[0].content.as_ref().unwrap();
            assert_eq!((&content.body[..], content.headers.len()), (&b"hi"[..], 3), "{content:?}");
            assert_eq!(content.headers.get_all("x").iter().count(), 2);
        }
        assert!(read_text("").unwrap().is_empty());
    }

    #[test]
    fn what_cannot_be_sent_again_says_why() {
        let with = |name: &str, value: Value| {
            let mut item = item(2);
            item["request"][name] = value;
            item
        };
        let mut long = item(2);
        long["path"] = format!("/{}", "x".repeat(2_000)).into();
        for (item, reason) in [
            (with("truncated", true.into()), "the recording has 2 of 2 bytes of its body"),
            (with("headers", json!([["a b", "c"]])), "its header a b cannot be sent"),
            (long, "the recording has 2000 bytes of its path, and no more"),
        ] {
            let found = read_text(&item.to_string()).unwrap();
            assert_eq!(found[0].content.as_ref().unwrap_err(), reason);
        }
        let mut binary = with("body_base64", "/w==".into());
        binary["request"].as_object_mut().unwrap().remove("body");
        assert_eq!(&read_text(&binary.to_string()).unwrap()[0].content.as_ref().unwrap().body[..], b"\xff");
        let mut listed = item(2);
        listed.as_object_mut().unwrap().remove("request");
        for (text, reason) in [
            (listed.to_string(), "the request 2 has no headers and no body: record with"),
            ("{}".to_owned(), "an item has no method"),
            ("{".to_owned(), "it is not JSON: "),
        ] {
            let error = read_text(&text).unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
    }
}
