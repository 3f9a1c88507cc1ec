//! Keeps pages of other sites, and of other ports of this machine, from changing anything.

use http::{HeaderMap, Method, StatusCode, header, request::Parts};

use crate::control::problem::Problem;

/// Refuses a write that a browser sends for another page than ours, and a body that a plain form could send.
pub(crate) fn check(parts: &Parts) -> Result<(), Problem> {
    if [Method::GET, Method::HEAD].contains(&parts.method) {
        return Ok(());
    }
    check_origin(&parts.headers)?;
    let text = |name: &str| text(&parts.headers, name);
    let has_body = parts.headers.contains_key(header::TRANSFER_ENCODING)
        || text("content-length").is_some_and(|length| length != "0");
    let media_type = text("content-type").and_then(|text| text.split(';').next()).unwrap_or_default().trim();
    if has_body && !media_type.eq_ignore_ascii_case("application/json") {
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the content-type must be application/json"));
    }
    Ok(())
}

/// Refuses what a browser sends for another page than ours.
pub(crate) fn check_origin(headers: &HeaderMap) -> Result<(), Problem> {
    // A browser says where a request comes from, and no page can make it say something else.
    let is_foreign = text(headers, "sec-fetch-site").is_some_and(|site| !["same-origin", "none"].contains(&site));
    let is_elsewhere = text(headers, "origin").is_some_and(|origin| !is_own(origin, headers));
    if is_foreign || is_elsewhere {
        let sentence =
            "a page of another origin may change nothing here; call from a program, or from the emulator's page";
        return Err(Problem::new(StatusCode::FORBIDDEN, sentence));
    }
    Ok(())
}

/// A header; one that is no text is empty.
fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).map(|value| value.to_str().unwrap_or_default())
}

/// Whether a page is the server's own, by the host that the request names.
fn is_own(origin: &str, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    ["http://", "https://"].iter().any(|scheme| origin.strip_prefix(scheme) == Some(host))
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn status(method: &str, headers: &[(&str, &str)]) -> u16 {
        let mut request = Request::builder().method(method).uri("/_emulator/v1/reset").header("host", "localhost:1");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        check(&parts).map_or_else(|problem| problem.status.as_u16(), |()| 200)
    }

    #[test]
    fn pages_of_other_origins_write_nothing() {
        for (headers, expected) in [
            (&[][..], 200),
            (&[("sec-fetch-site", "same-origin")], 200),
            (&[("sec-fetch-site", "none")], 200),
            (&[("sec-fetch-site", "same-site")], 403),
            (&[("sec-fetch-site", "cross-site")], 403),
            (&[("origin", "http://localhost:1")], 200),
            (&[("origin", "https://localhost:1")], 200),
            (&[("origin", "http://localhost:2")], 403),
            (&[("origin", "null")], 403),
            (&[("origin", "http://localhost:1.evil.example")], 403),
            (&[("content-length", "2")], 415),
            (&[("content-length", "2"), ("content-type", "text/plain")], 415),
            (&[("content-length", "2"), ("content-type", "Application/JSON; charset=utf-8")], 200),
            (&[("transfer-encoding", "chunked"), ("content-type", "application/x-www-form-urlencoded")], 415),
        ] {
            assert_eq!(status("POST", headers), expected, "{headers:?}");
            assert_eq!(status("DELETE", headers), expected, "{headers:?}");
            assert_eq!(status("GET", headers), 200, "{headers:?}");
        }
    }
}
