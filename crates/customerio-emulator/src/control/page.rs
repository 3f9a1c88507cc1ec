//! The page: files that are in the program, and refer to nothing elsewhere.

use http::{HeaderName, HeaderValue, Method, Response, StatusCode, header};

use crate::{control::asked::typed, server::payload::Payload};

/// What the page may do: what comes from here alone, and nothing written into it.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-src 'self'; \
     worker-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'",
);

/// A file: its name, its media type, and its bytes.
type File = (&'static str, &'static str, &'static [u8]);

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

macro_rules! files {
    ($($media_type:ident: $($name:literal)+;)+) => {
        &[$($(($name, $media_type, include_bytes!(concat!("page/", $name))),)+)+]
    };
}

/// The files of the page.
static FILES: &[File] = files! {
    HTML: "index.html";
    CSS: "app.css";
    JAVASCRIPT:
        "api.mjs" "app.mjs" "clock.mjs" "detail.mjs" "dom.mjs" "events.mjs" "faults.mjs" "filters.mjs" "format.mjs"
        "json.mjs" "keys.mjs" "list.mjs" "live.mjs" "messages.mjs" "people.mjs" "requests.mjs" "route.mjs"
        "segments.mjs" "server.mjs" "setup.mjs" "shared-worker.mjs" "stream.mjs" "webhooks.mjs";
    SVG: "icon.svg";
};

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_served() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/control/page");
        for entry in std::fs::read_dir(folder).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let response = asset(&Method::GET, &format!("/_emulator/assets/{name}"));
            assert!(response.is_some_and(|response| response.status() == StatusCode::OK), "{name}");
        }
    }
}
