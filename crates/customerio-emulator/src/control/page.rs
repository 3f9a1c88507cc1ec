//! The page: files that are in the program, and refer to nothing elsewhere.

use http::{HeaderName, HeaderValue, Method, Response, StatusCode, header};

use crate::{control::asked::typed, server::payload::Payload};

/// What the page may do: what comes from here alone, and nothing written into it.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-src 'self'; \
     worker-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'",
);

/// The files: name, media type, and bytes.
static FILES: &[(&str, &str, &[u8])] = &[("index.html", "text/html; charset=utf-8", include_bytes!("page/index.html"))];

/// Whether a path is of the control API or of the page, and not of the service.
pub(crate) fn is_of_control(path: &str) -> bool {
    matches!(path, "/" | "/livez" | "/readyz" | "/_emulator" | "/favicon.ico") || path.starts_with("/_emulator/")
}

/// A file of the page, if the request is for one.
pub(crate) fn asset(method: &Method, path: &str) -> Option<Response<Payload>> {
    if method != Method::GET && method != Method::HEAD {
        return None;
    }
    let name = match path {
        "/" | "/_emulator" => return Some(redirect()),
        "/_emulator/" => "index.html",
        "/favicon.ico" => "icon.svg",
        path => path.strip_prefix("/_emulator/assets/")?,
    };
    let (_, media_type, bytes) = FILES.iter().find(|(known, ..)| *known == name)?;
    let mut response = typed(StatusCode::OK, media_type, *bytes);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin"));
    Some(response)
}

fn redirect() -> Response<Payload> {
    let mut response =
        typed(StatusCode::TEMPORARY_REDIRECT, "text/plain; charset=utf-8", "the page is at /_emulator/\n");
    response.headers_mut().insert(header::LOCATION, HeaderValue::from_static("/_emulator/"));
    response
}
