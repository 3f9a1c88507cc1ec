//! Files behind links that are credentials by themselves, as another host has them: no others are taken.

use bytes::Bytes;
use http::{HeaderValue, Method, Response, StatusCode, header, response::Builder};

use crate::{route::Head, store::exports::Exports};

/// Where the files of exports are.
pub(crate) const PATH: &str = "/files/exports/";

/// What no such request may have.
const CREDENTIALS: [&str; 4] = ["authorization", "proxy-authorization", "cookie", "x-workspace-id"];

/// Whether a request is for a file.
pub(crate) fn is_file(head: Head<'_>) -> bool {
    head.uri.path().starts_with(PATH)
}

/// The response to a request for a file, if it is one.
pub(crate) fn respond(head: Head<'_>, exports: &Exports, now: i64) -> Option<Response<Bytes>> {
    let id = head.uri.path().strip_prefix(PATH)?;
    if head.method != Method::GET {
        return Some(refuse(Builder::new().header(header::ALLOW, "GET"), StatusCode::METHOD_NOT_ALLOWED, "GET alone"));
    }
    if CREDENTIALS.iter().any(|name| head.headers.contains_key(*name)) {
        return Some(refuse(Builder::new(), StatusCode::BAD_REQUEST, "the link is the only credential"));
    }
    let mut query = head.uri.query().into_iter().flat_map(|query| query.split('&'));
    let signature = query.find_map(|pair| pair.strip_prefix("signature=")).unwrap_or_default();
    let id = id.strip_suffix(".csv").and_then(|id| id.parse().ok());
    let Some((id, file)) = id.and_then(|id| Some((id, exports.file(id, signature, now)?))) else {
        return Some(refuse(Builder::new(), StatusCode::FORBIDDEN, "the link has expired or is not valid"));
    };
    Some(part(head, id, file))
}

/// The file, or the part of it that is asked for.
fn part(head: Head<'_>, id: u64, file: Bytes) -> Response<Bytes> {
    let (length, etag) = (file.len(), format!("\"export-{id}\""));
    let text = |name| head.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let is_same = text(header::IF_RANGE).is_none_or(|known| known == etag);
    let range = text(header::RANGE).filter(|_| is_same).and_then(|range| asked(range, length));
    let response = Builder::new()
        .header(header::CONTENT_TYPE, "text/csv")
        .header(header::ACCEPT_RANGES, "bytes")
        .header(header::ETAG, etag);
    match range {
        None => built(response, file),
        Some((start, end)) if start < end => {
            let said = format!("bytes {start}-{}/{length}", end - 1);
            let response = response.status(StatusCode::PARTIAL_CONTENT).header(header::CONTENT_RANGE, said);
            built(response, file.slice(start..end))
        }
        Some(_) => {
            let said = format!("bytes */{length}");
            built(response.status(StatusCode::RANGE_NOT_SATISFIABLE).header(header::CONTENT_RANGE, said), Bytes::new())
        }
    }
}

/// What a range asks for of a file of `length` bytes: from one byte up to before another, which is nothing if there is
/// nothing. `None` for a range that a server passes over.
fn asked(range: &str, length: usize) -> Option<(usize, usize)> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    if first.is_empty() {
        return Some((length.saturating_sub(last.parse().ok()?), length));
    }
    let first: usize = first.parse().ok()?;
    let end = match last {
        "" => length,
        last => last.parse::<usize>().ok().filter(|last| *last >= first)?.saturating_add(1).min(length),
    };
    Some((first, end))
}

fn refuse(response: Builder, status: StatusCode, text: &'static str) -> Response<Bytes> {
    built(response.status(status).header(header::CONTENT_TYPE, "text/plain"), Bytes::from_static(text.as_bytes()))
}

fn built(response: Builder, body: Bytes) -> Response<Bytes> {
    // Nothing in it can be wrong: all is written here.
    response.body(body).unwrap_or_default()
}
