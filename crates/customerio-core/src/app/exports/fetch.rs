//! Opening the file of an export at a byte.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, Uri, header, uri};

use super::{Download, Export, ExportError, FileError, FileErrorKind, Get, SignedUrl};
use crate::{App, Attempt, ChunkStream, Client, ExportId, Operation, TransportError, retry_after::retry_after};

/// How many redirects are followed.
const REDIRECTS: u32 = 3;

/// What is known about a file that is being read.
#[derive(Clone)]
pub(super) struct Fetch {
    pub(super) client: Client<App>,
    pub(super) id: ExportId,
    /// How long to wait until the export is ready.
    pub(super) deadline: Option<Duration>,
    /// The export, when it is ready.
    pub(super) export: Option<Export>,
    /// How many bytes were given.
    pub(super) position: u64,
    pub(super) size: Option<u64>,
    etag: Option<HeaderValue>,
    link: Option<SignedUrl>,
    /// How many attempts in a row failed.
    failures: u32,
    /// How long to wait before the next.
    pause: Duration,
}

/// The rest of a file.
pub(super) struct Rest {
    pub(super) chunks: ChunkStream,
    /// How many bytes of it were given before, because the server sends all of it.
    pub(super) skip: u64,
}

impl Rest {
    /// What of this piece was not given before.
    pub(super) fn unread(&mut self, mut chunk: Bytes) -> Bytes {
        let known = usize::try_from(self.skip).unwrap_or(usize::MAX).min(chunk.len());
        self.skip -= known as u64;
        chunk.split_off(known)
    }
}

/// How a request for the file ended.
enum Opened {
    Rest(Rest),
    /// All was given before.
    End,
    /// The link is not good, or not any more.
    Refused(StatusCode),
    /// Another attempt may end otherwise; the server asked to wait that long.
    Passing(FileError, Duration),
}

impl Fetch {
    pub(super) fn new(client: Client<App>, id: ExportId) -> Self {
        Self {
            client,
            id,
            deadline: None,
            export: None,
            position: 0,
            size: None,
            etag: None,
            link: None,
            failures: 0,
            pause: Duration::ZERO,
        }
    }

    /// Waits until the export is ready.
    pub(super) async fn ready(&mut self) -> Result<&Export, ExportError> {
        let export = if let Some(export) = self.export.take() {
            export
        } else {
            let wait = self.client.wait_for(Get::new(self.id));
            match self.deadline {
                Some(deadline) => wait.with_deadline(deadline).await?,
                None => wait.await?,
            }
        };
        Ok(self.export.insert(export))
    }

    /// Opens the file where it was read to; `None` at its end.
    pub(super) async fn open(&mut self) -> Result<Option<Rest>, ExportError> {
        self.ready().await?;
        loop {
            let pause = std::mem::take(&mut self.pause);
            if !pause.is_zero() {
                self.client.sleep(pause).await;
            }
            let known = self.link.take();
            let is_new = known.is_none();
            let link = match known {
                Some(link) => link,
                None => self.client.call(Download::new(self.id)).await?,
            };
            let opened = self.request(link.uri().clone()).await?;
            match opened {
                // It has expired: the next is a new one.
                Opened::Refused(_) if !is_new => continue,
                Opened::Refused(status) => {
                    return Err(FileError::new(FileErrorKind::Status(status), self.position).into());
                }
                _ => self.link = Some(link),
            }
            match opened {
                Opened::Rest(rest) => return Ok(Some(rest)),
                Opened::Passing(error, least) => self.failed(error, least)?,
                Opened::End | Opened::Refused(_) => return Ok(None),
            }
        }
    }

    /// Notes that an attempt failed, and how long to wait before the next, if there is one.
    pub(super) fn failed(&mut self, error: FileError, least: Duration) -> Result<(), FileError> {
        self.failures += 1;
        let policy = self.client.options().retry_policy();
        if self.failures >= policy.attempts() {
            self.failures = 0;
            return Err(error);
        }
        self.pause = policy.wait_after(self.failures, self.client.now().random).saturating_add(least);
        Ok(())
    }

    /// Notes that bytes were given.
    pub(super) fn advance(&mut self, bytes: usize) {
        self.position += bytes as u64;
        self.failures = 0;
    }

    /// How long to wait for a head, or for the next piece.
    pub(super) fn timeout(&self) -> Duration {
        self.client.options().attempt_timeout(Download::ATTEMPT_TIMEOUT)
    }

    /// Asks for the file from the byte where it was read to.
    async fn request(&mut self, mut url: Uri) -> Result<Opened, FileError> {
        for _ in 0..=REDIRECTS {
            let response = match self.client.get_file(self.get(url.clone()), self.timeout()).await {
                None => return Err(self.error(FileErrorKind::Unsupported)),
                Some(Ok(response)) => response,
                Some(Err(error)) if error.kind().is_final() => return Err(self.of_transport(error)),
                Some(Err(error)) => return Ok(Opened::Passing(self.of_transport(error), Duration::ZERO)),
            };
            let status = response.status();
            match status.as_u16() {
                200 | 206 => return self.rest(response),
                301 | 302 | 303 | 307 | 308 => {
                    let to = response.headers().get(header::LOCATION).and_then(|to| follow(&url, to));
                    url = to.ok_or_else(|| self.error(FileErrorKind::Redirect))?;
                }
                // Hosts of files differ in how they report a signature that has expired.
                400 | 401 | 403 | 404 | 410 => return Ok(Opened::Refused(status)),
                416 if self.is_at_end(response.headers()) => return Ok(Opened::End),
                429 | 500..=599 => {
                    let wall = Some(self.client.clock().timestamp());
                    let least = retry_after(response.headers(), wall).unwrap_or(Duration::ZERO);
                    return Ok(Opened::Passing(self.error(FileErrorKind::Status(status)), least));
                }
                _ => return Err(self.error(FileErrorKind::Status(status))),
            }
        }
        Err(self.error(FileErrorKind::Redirect))
    }

    /// It has nothing of the endpoint: no credentials, no workspace, no user agent.
    fn get(&self, url: Uri) -> Request<()> {
        let mut request = Request::new(());
        *request.uri_mut() = url;
        let headers = request.headers_mut();
        headers.insert(header::ACCEPT, HeaderValue::from_static("*/*"));
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        if self.position > 0 {
            let range = HeaderValue::from_str(&format!("bytes={}-", self.position));
            headers.extend(range.ok().map(|range| (header::RANGE, range)));
            // A weak one must not be asked for.
            let strong = self.etag.clone().filter(|etag| etag.as_bytes().starts_with(b"\""));
            headers.extend(strong.map(|etag| (header::IF_RANGE, etag)));
        }
        let attempt = Attempt {
            operation: Download::NAME,
            route: "",
            number: self.failures + 1,
            timeout: self.timeout(),
            ..Attempt::of(&request)
        };
        request.extensions_mut().insert(attempt);
        request
    }

    /// The rest of the file, if it is still the one that was begun.
    fn rest(&mut self, response: Response<ChunkStream>) -> Result<Opened, FileError> {
        let headers = response.headers();
        let encoding = headers.get(header::CONTENT_ENCODING);
        if encoding.is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
            return Err(self.error(FileErrorKind::Compressed));
        }
        let (start, size) = if response.status() == StatusCode::PARTIAL_CONTENT {
            content_range(headers).ok_or_else(|| self.error(FileErrorKind::Status(response.status())))?
        } else {
            let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
            (0, length)
        };
        let etag = headers.get(header::ETAG);
        let differs =
            |one: Option<&HeaderValue>, other: Option<&HeaderValue>| one.zip(other).is_some_and(|(a, b)| a != b);
        let is_other =
            differs(self.etag.as_ref(), etag) || self.size.zip(size).is_some_and(|(one, other)| one != other);
        if self.position > 0 && (is_other || size.is_some_and(|size| size < self.position)) || start > self.position {
            return Err(self.error(FileErrorKind::Changed));
        }
        self.etag = etag.cloned();
        self.size = size;
        Ok(Opened::Rest(Rest { skip: self.position - start, chunks: response.into_body() }))
    }

    /// Whether a server that has nothing from there on says, or does not deny, that this is the end.
    fn is_at_end(&self, headers: &HeaderMap) -> bool {
        let said = headers.get(header::CONTENT_RANGE).and_then(|range| range.to_str().ok()?.strip_prefix("bytes */"));
        let said = said.and_then(|size| size.parse().ok());
        said.or(self.size) == Some(self.position)
    }

    fn error(&self, kind: FileErrorKind) -> FileError {
        FileError::new(kind, self.position)
    }

    fn of_transport(&self, error: TransportError) -> FileError {
        FileError::of_transport(error, self.position)
    }
}

/// The first byte of a part, and how many the whole has: `bytes 7-9/10`.
fn content_range(headers: &HeaderMap) -> Option<(u64, Option<u64>)> {
    let (range, size) = headers.get(header::CONTENT_RANGE)?.to_str().ok()?.strip_prefix("bytes ")?.split_once('/')?;
    Some((range.split_once('-')?.0.trim().parse().ok()?, size.parse().ok()))
}

/// Where a redirect leads: to another URL, or to another path of the same host. It must not lead from `https` to `http`.
fn follow(from: &Uri, to: &HeaderValue) -> Option<Uri> {
    let to = to.to_str().ok()?.parse::<Uri>().ok()?.into_parts();
    let (scheme, authority) = match (to.scheme, to.authority) {
        (Some(scheme), Some(authority)) => (scheme, authority),
        // Two slashes begin another host.
        (None, None) if to.path_and_query.as_ref().is_some_and(|path| is_path(path.as_str())) => {
            (from.scheme()?.clone(), from.authority()?.clone())
        }
        _ => return None,
    };
    let is_safe = scheme == uri::Scheme::HTTPS || (scheme == uri::Scheme::HTTP && from.scheme() == Some(&scheme));
    let path = to.path_and_query.unwrap_or_else(|| uri::PathAndQuery::from_static("/"));
    is_safe.then(|| Uri::builder().scheme(scheme).authority(authority).path_and_query(path).build().ok())?
}

fn is_path(text: &str) -> bool {
    text.starts_with('/') && !text.starts_with("//")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_leads_to_a_url_or_a_path_and_never_out_of_tls() {
        for (from, to, expected) in [
            ("https://a.example/x?s=1", "https://b.example/y?s=2", Some("https://b.example/y?s=2")),
            ("https://a.example/x?s=1", "/y", Some("https://a.example/y")),
            ("http://a.example/x", "http://b.example", Some("http://b.example/")),
            ("http://a.example/x", "https://b.example/y", Some("https://b.example/y")),
            ("https://a.example/x", "http://a.example/x", None),
            ("https://a.example/x", "ftp://a.example/x", None),
            ("https://a.example/x", "y", None),
            ("https://a.example/x", "//b.example/y", None),
            ("https://a.example/x", "*", None),
            ("https://a.example/x", "", None),
        ] {
            let followed = follow(&from.parse().unwrap(), &to.parse().unwrap());
            assert_eq!(followed.map(|url| url.to_string()).as_deref(), expected, "{to}");
        }
    }

    #[test]
    fn a_part_says_where_it_begins() {
        for (value, expected) in [
            ("bytes 7-9/10", Some((7, Some(10)))),
            ("bytes 7-9/*", Some((7, None))),
            ("bytes */10", None),
            ("7-9/10", None),
            ("bytes x-9/10", None),
        ] {
            let headers = HeaderMap::from_iter([(header::CONTENT_RANGE, value.parse().unwrap())]);
            assert_eq!(content_range(&headers), expected, "{value}");
        }
        assert_eq!(content_range(&HeaderMap::new()), None);
    }
}
