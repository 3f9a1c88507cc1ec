//! Forms, as mail programs send them.

use std::borrow::Cow;

use http::{HeaderMap, header};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

/// How a form is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `application/x-www-form-urlencoded`.
    UrlEncoded,
    /// `multipart/form-data`, with this line between the fields.
    Multipart(String),
}

impl Form {
    /// The form that the headers announce, if they announce one.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let content_type = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
        let mut parts = content_type.split(';').map(str::trim);
        let media_type = parts.next()?;
        if media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Some(Self::UrlEncoded);
        }
        if !media_type.eq_ignore_ascii_case("multipart/form-data") {
            return None;
        }
        let boundary = parts.find_map(|part| named(part, "boundary"))?;
        Some(Self::Multipart(format!("--{boundary}"))).filter(|_| !boundary.is_empty())
    }

    /// The fields as texts; nothing where it is no form or has a field twice.
    pub(crate) fn read(&self, body: &[u8]) -> Option<Map<String, Value>> {
        let body = std::str::from_utf8(body).ok()?;
        let mut fields = Map::new();
        let mut add = |name: String, value: String| fields.insert(name, value.into()).is_none().then_some(());
        match self {
            Self::UrlEncoded => {
                for pair in body.trim().split('&').filter(|pair| !pair.is_empty()) {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    add(decoded(name)?, decoded(value)?)?;
                }
            }
            Self::Multipart(line) => {
                let (parts, _) = body.rsplit_once(&format!("{line}--"))?;
                for part in parts.split(line.as_str()).skip(1) {
                    let (head, value) = part.strip_prefix("\r\n")?.strip_suffix("\r\n")?.split_once("\r\n\r\n")?;
                    let name = head.split(['\r', '\n', ';']).find_map(|part| named(part.trim(), "name"))?;
                    add(name.to_owned(), value.to_owned())?;
                }
            }
        }
        Some(fields)
    }
}

/// The value of `name=value` or `name="value"`.
fn named<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let (found, value) = text.split_once('=')?;
    found.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"'))
}

fn decoded(text: &str) -> Option<String> {
    let text = text.replace('+', " ");
    percent_decode_str(&text).decode_utf8().ok().map(Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use serde_json::json;

    use super::*;

    fn read(content_type: &'static str, body: &str) -> Option<Value> {
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(content_type))]);
        Form::of(&headers)?.read(body.as_bytes()).map(Value::Object)
    }

    #[test]
    fn both_kinds_of_form_are_read() {
        const URL_ENCODED: &str = "application/x-www-form-urlencoded";
        const MULTIPART: &str = "multipart/form-data; boundary=\"x-y\"";
        let one_click = Some(json!({"List-Unsubscribe": "One-Click"}));
        let part = "Content-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click";
        for (content_type, body, expected) in [
            (URL_ENCODED, "List-Unsubscribe=One-Click", one_click.clone()),
            (URL_ENCODED, "List-Unsubscribe=One%2DClick\r\n", one_click.clone()),
            ("Application/X-WWW-Form-urlencoded; charset=utf-8", "a=b+c&d", Some(json!({"a": "b c", "d": ""}))),
            (URL_ENCODED, "", Some(json!({}))),
            (URL_ENCODED, "a=1&a=2", None),
            (URL_ENCODED, "a=%ff", None),
            (MULTIPART, &format!("--x-y\r\n{part}\r\n--x-y--\r\n"), one_click),
            (
                MULTIPART,
                "--x-y\r\nContent-Type: text/plain\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--x-y\r\n\
                 Content-Disposition: form-data; name=b\r\n\r\n2\r\n--x-y--",
                Some(json!({"a": "1", "b": "2"})),
            ),
            (MULTIPART, &format!("--x-y\r\n{part}"), None),
            (MULTIPART, &format!("--x-y\r\n{part}\r\n--x-y\r\n{part}\r\n--x-y--"), None),
            (MULTIPART, "--x-y\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x-y--", None),
            ("multipart/form-data", "List-Unsubscribe=One-Click", None),
            ("application/json", "{}", None),
        ] {
            assert_eq!(read(content_type, body), expected, "{content_type}: {body}");
        }
    }
}
