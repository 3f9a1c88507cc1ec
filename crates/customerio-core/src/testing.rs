//! What the tests of the operations share.

use std::fmt::Write as _;

use bytes::Bytes;
use http::Request;

use crate::{App, BuildError, Endpoint, Operation, Region, Track, build};

/// A request, whole, as text: method and URL, the headers in their order, a blank line, the body.
pub(crate) fn wire(request: &Request<Bytes>) -> String {
    let mut text = format!("{} {}\n", request.method(), request.uri());
    for (name, value) in request.headers() {
        writeln!(text, "{name}: {}", value.to_str().unwrap()).unwrap();
    }
    text + "\n" + std::str::from_utf8(request.body()).unwrap()
}

/// The whole request of a Track operation, with the credentials `site:key`.
pub(crate) fn wire_track<O: Operation<Surface = Track>>(operation: &O) -> String {
    wire(&build(&Endpoint::track(Region::Us, "site", "key").unwrap(), operation).unwrap())
}

/// The whole request of an App operation, with the key `key`.
pub(crate) fn wire_app<O: Operation<Surface = App>>(operation: &O) -> String {
    wire(&build(&Endpoint::app(Region::Us, "key").unwrap(), operation).unwrap())
}

/// The body of an operation as text.
pub(crate) fn body<O: Operation>(operation: &O) -> String {
    String::from_utf8(operation.body().unwrap().bytes().to_vec()).unwrap()
}

/// Why a Track operation cannot be built.
pub(crate) fn refused_track<O: Operation<Surface = Track>>(operation: &O) -> BuildError {
    build(&Endpoint::track(Region::Us, "site", "key").unwrap(), operation).unwrap_err()
}

/// Why an App operation cannot be built.
pub(crate) fn refused_app<O: Operation<Surface = App>>(operation: &O) -> BuildError {
    build(&Endpoint::app(Region::Us, "key").unwrap(), operation).unwrap_err()
}
