//! Addresses of what the emulator could call.

use http::{Uri, uri::Scheme};

/// An absolute `http` or `https` URL.
pub(crate) fn http_url(text: &str) -> Option<Uri> {
    text.parse::<Uri>().ok().filter(|url| {
        let is_http = url.scheme().is_some_and(|scheme| *scheme == Scheme::HTTP || *scheme == Scheme::HTTPS);
        is_http && url.authority().is_some()
    })
}
