//! Transports that break one rule each, so that the checks are known to see it.

use std::{
    future::poll_fn,
    pin::Pin,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    task::{Context, Poll},
    time::Duration,
};

use customerio_core::{
    Attempt, ChunkStream, Chunks, FileTransport, Moment, Transport, TransportError, TransportErrorKind, async_trait,
    bytes::Bytes,
    http::{HeaderValue, Request, Response, StatusCode},
};
use customerio_hyper::{HyperTransport, RustlsClient};

#[derive(Clone, Copy, Debug)]
pub(crate) enum Break {
    MakesErrorsOfStatuses,
    DropsRepeatedHeaders,
    TrimsBodies,
    Decodes,
    ReadsWithoutLimit,
    ReadsToTheEnd,
    FollowsRedirects,
    TakesRefusedForMaybeSent,
    TakesCloseForNotSent,
    LosesHeads,
    WaitsForBodies,
    ShowsUrls,
    RepeatsAfterClose,
    RepeatsAfterStatus,
    DecodesPaths,
    AddsHeader,
    ChangesBodies,
    NamesAnotherHost,
    ConnectsEachTime,
    BreaksWhenCancelled,
    SleepsNot,
    GoesBack,
    StandsStill,
    RepeatsRandom,
    HasNoClock,
    AddsHeaderToFiles,
    ReadsFilesWhole,
    FollowsFiles,
    HidesBreaksOfFiles,
    ShowsUrlsOfFiles,
}

#[derive(Debug)]
pub(crate) struct Broken {
    inner: HyperTransport<RustlsClient>,
    rule: Break,
    busy: AtomicBool,
    moments: AtomicU64,
}

impl Broken {
    pub(crate) fn new(inner: HyperTransport<RustlsClient>, rule: Break) -> Self {
        Self { inner, rule, busy: AtomicBool::new(false), moments: AtomicU64::new(0) }
    }

    fn changed_request(&self, mut request: Request<Bytes>) -> Request<Bytes> {
        match self.rule {
            Break::DecodesPaths => {
                let decoded = request.uri().to_string().replace("%7E", "~");
                *request.uri_mut() = decoded.parse().expect("it is a URL");
            }
            Break::AddsHeader => {
                request.headers_mut().insert("x-request-id", HeaderValue::from_static("1"));
            }
            Break::ChangesBodies if request.body().len() > 1000 => {
                let mut bytes = request.body().to_vec();
                bytes[999] = b'?';
                *request.body_mut() = bytes.into();
            }
            Break::NamesAnotherHost => {
                request.headers_mut().insert("host", HeaderValue::from_static("127.0.0.1"));
            }
            _ => {}
        }
        request
    }

    async fn repeat_if(
        &self,
        request: Request<Bytes>,
        again: impl Fn(&Result<Response<Bytes>, TransportError>) -> bool + Send,
    ) -> Result<Response<Bytes>, TransportError> {
        let result = self.inner.send(request.clone()).await;
        if again(&result) { self.inner.send(request).await } else { result }
    }

    async fn changed(
        &self,
        request: Request<Bytes>,
        change: impl FnOnce(&mut Response<Bytes>) + Send,
    ) -> Result<Response<Bytes>, TransportError> {
        let mut response = self.inner.send(request).await?;
        change(&mut response);
        Ok(response)
    }
}

#[async_trait]
impl Transport for Broken {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let mut request = self.changed_request(request);
        match self.rule {
            Break::MakesErrorsOfStatuses => match self.inner.send(request).await {
                Ok(response) if response.status().is_client_error() || response.status().is_server_error() => {
                    Err(TransportError::maybe_sent(TransportErrorKind::Connection))
                }
                result => result,
            },
            Break::DropsRepeatedHeaders => {
                self.changed(request, |response| {
                    if let Some(first) = response.headers().get("set-cookie").cloned() {
                        response.headers_mut().insert("set-cookie", first);
                    }
                })
                .await
            }
            Break::TrimsBodies => {
                self.changed(request, |response| {
                    if *response.body() == "{\"a\":1}" {
                        // As if the first of two chunks were all.
                        response.body_mut().truncate(2);
                    }
                })
                .await
            }
            Break::Decodes => {
                self.changed(request, |response| {
                    if response.headers_mut().remove("content-encoding").is_some() {
                        *response.body_mut() = Bytes::from_static(b"{}");
                    }
                })
                .await
            }
            Break::ReadsWithoutLimit => {
                change(&mut request, |attempt| attempt.response_limit = usize::MAX);
                self.inner.send(request).await
            }
            Break::ReadsToTheEnd => {
                let limit = Attempt::of(&request).response_limit;
                change(&mut request, |attempt| attempt.response_limit = usize::MAX);
                match self.inner.send(request).await {
                    Ok(response) if response.body().len() > limit => {
                        Err(TransportError::maybe_sent(TransportErrorKind::ResponseTooLarge))
                    }
                    result => result,
                }
            }
            Break::FollowsRedirects => {
                let response = self.inner.send(request).await?;
                let location = response.headers().get("location").filter(|_| response.status().is_redirection());
                match location.and_then(|location| location.to_str().ok()) {
                    Some(url) => self.inner.send(Request::get(url).body(Bytes::new()).expect("it is a URL")).await,
                    None => Ok(response),
                }
            }
            Break::TakesRefusedForMaybeSent => self.inner.send(request).await.map_err(|error| match error.kind() {
                TransportErrorKind::Connect => TransportError::maybe_sent(TransportErrorKind::Connect),
                _ => error,
            }),
            Break::TakesCloseForNotSent => self.inner.send(request).await.map_err(|error| match error.kind() {
                TransportErrorKind::Connection => TransportError::not_sent(TransportErrorKind::Connection),
                _ => error,
            }),
            Break::LosesHeads => self.inner.send(request).await.map_err(|error| match error.response() {
                Some(_) if error.kind() != TransportErrorKind::ResponseTooLarge => {
                    TransportError::maybe_sent(error.kind())
                }
                _ => error,
            }),
            Break::WaitsForBodies => {
                change(&mut request, |attempt| attempt.timeout *= 2);
                self.inner.send(request).await
            }
            Break::ShowsUrls => {
                let url = request.uri().to_string();
                let named = |error: TransportError| match error.kind() {
                    TransportErrorKind::Connection => error.with_source(format!("{url} did not respond")),
                    _ => error,
                };
                self.inner.send(request).await.map_err(named)
            }
            Break::RepeatsAfterClose => {
                let closed = |error: &TransportError| error.kind() == TransportErrorKind::Connection;
                self.repeat_if(request, |result| result.as_ref().is_err_and(closed)).await
            }
            Break::RepeatsAfterStatus => {
                let busy = |response: &Response<Bytes>| response.status() == StatusCode::SERVICE_UNAVAILABLE;
                self.repeat_if(request, |result| result.as_ref().is_ok_and(busy)).await
            }
            Break::ConnectsEachTime => HyperTransport::new().unwrap().send(request).await,
            Break::BreaksWhenCancelled => {
                if self.busy.swap(true, Ordering::SeqCst) {
                    return Err(TransportError::maybe_sent(TransportErrorKind::Connection));
                }
                let result = self.inner.send(request).await;
                self.busy.store(false, Ordering::SeqCst);
                result
            }
            _ => self.inner.send(request).await,
        }
    }

    async fn sleep(&self, duration: Duration) {
        if !matches!(self.rule, Break::SleepsNot) {
            self.inner.sleep(duration).await;
        }
    }

    fn now(&self) -> Moment {
        let now = self.inner.now();
        let (monotonic, since_epoch, random) = (now.monotonic, now.since_epoch, now.random);
        match self.rule {
            Break::GoesBack => {
                let back = Duration::from_millis(self.moments.fetch_add(1, Ordering::SeqCst) % 2);
                Moment { monotonic: monotonic.saturating_sub(back), since_epoch, random }
            }
            Break::StandsStill => Moment { monotonic: Duration::ZERO, since_epoch, random },
            Break::RepeatsRandom => Moment { monotonic, since_epoch, random: random % 1000 },
            Break::HasNoClock => Moment { monotonic, since_epoch: monotonic, random },
            _ => now,
        }
    }

    fn files(&self) -> Option<&dyn FileTransport> {
        let breaks_files = matches!(
            self.rule,
            Break::AddsHeaderToFiles
                | Break::ReadsFilesWhole
                | Break::FollowsFiles
                | Break::HidesBreaksOfFiles
                | Break::ShowsUrlsOfFiles
        );
        breaks_files.then_some(self)
    }
}

#[async_trait]
impl FileTransport for Broken {
    async fn get(&self, mut request: Request<()>) -> Result<Response<ChunkStream>, TransportError> {
        let files = self.inner.files().expect("it reads files");
        let url = request.uri().to_string();
        if matches!(self.rule, Break::AddsHeaderToFiles) {
            request.headers_mut().insert("authorization", HeaderValue::from_static("Bearer key"));
        }
        let response = files.get(request).await;
        match self.rule {
            Break::FollowsFiles => {
                let response = response?;
                let location = response.headers().get("location").map(|location| location.to_str().unwrap().to_owned());
                match location {
                    Some(url) => files.get(Request::get(url).body(()).unwrap()).await,
                    None => Ok(response),
                }
            }
            Break::ReadsFilesWhole => {
                let (parts, mut body) = response?.into_parts();
                let mut pieces = Vec::new();
                while let Some(piece) = poll_fn(|context| body.as_mut().poll_chunk(context)).await {
                    pieces.push(piece);
                }
                pieces.reverse();
                Ok(Response::from_parts(parts, Box::pin(Pieces(pieces))))
            }
            Break::HidesBreaksOfFiles => Ok(response?.map(|body| Box::pin(Hidden(body)) as ChunkStream)),
            Break::ShowsUrlsOfFiles => response.map_err(|error| error.with_source(format!("{url} did not respond"))),
            _ => response,
        }
    }
}

/// What was read before, in its order from the back.
struct Pieces(Vec<Result<Bytes, TransportError>>);

impl Chunks for Pieces {
    fn poll_chunk(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, TransportError>>> {
        Poll::Ready(self.0.pop())
    }
}

/// A body whose break is its end.
struct Hidden(ChunkStream);

impl Chunks for Hidden {
    fn poll_chunk(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, TransportError>>> {
        self.0.as_mut().poll_chunk(context).map(|piece| piece.filter(Result::is_ok))
    }
}

/// Makes another attempt of the request.
fn change(request: &mut Request<Bytes>, change: impl FnOnce(&mut Attempt)) {
    let mut attempt = Attempt::of(request);
    change(&mut attempt);
    request.extensions_mut().insert(attempt);
}
