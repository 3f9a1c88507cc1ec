//! The file of an export, piece by piece.

use std::{
    fmt,
    future::poll_fn,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;

use super::{
    Export, ExportError, FileError,
    fetch::{Fetch, Rest},
};
use crate::{App, BoxFuture, Client, Error, ExportId, Operation, TransportError, TransportErrorKind};

impl Client<App> {
    /// Starts an export, of [people](super::ExportPeople) or of [deliveries](super::ExportDeliveries), to read its file.
    ///
    /// The export is known by its [`id`](ExportFile::id) from here on: with it, [`export`](Self::export) continues, in
    /// another process too.
    ///
    /// # Errors
    ///
    /// See [`Error`]. A start is not retried after a lost response.
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// # use customerio::{App, Client, app::{Filter, exports::{ExportError, ExportPeople}}};
    /// async fn export(app: &Client<App>) -> Result<Vec<u8>, ExportError> {
    ///     let mut file = app
    ///         .start_export(ExportPeople::new(Filter::segment(4)).with_attributes(["email"]))
    ///         .await?;
    ///     println!("export {}", file.id());
    ///     let mut bytes = Vec::new();
    ///     // It waits until the export is ready, and then reads.
    ///     while let Some(chunk) = file.next().await {
    ///         bytes.extend_from_slice(&chunk?);
    ///     }
    ///     Ok(bytes)
    /// }
    /// # mod canned { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/canned.rs")); }
    /// # let app = canned::app(|request| match request.uri().path() {
    /// #     "/v1/exports/110/download" => (200, r#"{"url":"https://files.example.com/people.csv"}"#),
    /// #     path if path.starts_with("/v1/exports") => (200, r#"{"export":{"id":110,"status":"done"}}"#),
    /// #     _ => (200, "email\nada@example.com\n"),
    /// # });
    /// # let file = canned::run(async move { export(&app).await });
    /// # assert_eq!(file?, b"email\nada@example.com\n");
    /// # Ok::<(), ExportError>(())
    /// ```
    #[doc(alias = "export_people_data")]
    #[doc(alias = "export_deliveries_data")]
    pub async fn start_export<O>(&self, operation: O) -> Result<ExportFile, Error>
    where
        O: Operation<Api = App, Output = Export>,
    {
        Ok(self.export(self.call(operation).await?.id))
    }

    /// Returns the file of an export that was started before. Nothing is sent until it is read.
    #[doc(alias = "download_export")]
    pub fn export(&self, id: impl Into<ExportId>) -> ExportFile {
        ExportFile { fetch: Fetch::new(self.clone(), id.into()), state: State::Idle }
    }
}

/// The file of an export, read piece by piece: [`Client::export`](Client#method.export).
///
/// It is a `Stream` with the feature `stream`, and with the feature `csv` it has `rows`.
///
/// Reading it waits until the export is ready, gets a link to the file, and reads the file from its host, without the
/// API's credentials and user agent. If the connection breaks, or a piece does not arrive within the [attempt's
/// timeout](crate::CallOptions::with_attempt_timeout), it continues from the byte where it stopped. If the link has
/// expired, which happens after 15 minutes, it gets a new one. Only one piece of the file is in memory.
///
/// After an error, the next call continues with the piece after the last one.
#[must_use = "nothing is read before `next` is called"]
pub struct ExportFile {
    fetch: Fetch,
    state: State,
}

enum State {
    /// Nothing is under way.
    Idle,
    /// It continues after a future of `next` was dropped.
    Opening(BoxFuture<'static, (Fetch, Result<Option<Rest>, ExportError>)>),
    /// With a timer where the next piece is waited for.
    Reading(Rest, Option<BoxFuture<'static, ()>>),
    Ended,
}

impl ExportFile {
    /// The number of the export. Store it to continue with the export later.
    #[must_use]
    pub fn id(&self) -> ExportId {
        self.fetch.id
    }

    /// Sets how long to wait at most until the export is ready: see
    /// [`Wait::with_deadline`](crate::Wait::with_deadline). The default is 30 minutes. How long reading may take is not
    /// limited.
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.fetch.deadline = Some(deadline);
        self
    }

    /// Continues from this byte, if the first part of the file was stored, with its [`position`](Self::position).
    pub fn starting_at(mut self, position: u64) -> Self {
        self.fetch.position = position;
        self.state = State::Idle;
        self
    }

    /// Waits until the export is ready, and returns it, with how many [rows](Export::total) it has.
    ///
    /// # Errors
    ///
    /// [`ExportError::Wait`].
    pub async fn ready(&mut self) -> Result<&Export, ExportError> {
        self.fetch.ready().await
    }

    /// Returns the next piece of the file, which is not empty; `None` at its end.
    ///
    /// This method is cancel safe: dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// See [`ExportError`]. Another call continues from where it stopped.
    pub async fn next(&mut self) -> Option<Result<Bytes, ExportError>> {
        poll_fn(|context| self.poll_chunk(context)).await
    }

    /// How many bytes of the file were returned.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.fetch.position
    }

    /// How many bytes the file has, if its host said so. `None` before the first piece.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        self.fetch.size
    }

    pub(super) fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, ExportError>>> {
        loop {
            let failed = match &mut self.state {
                State::Ended => return Poll::Ready(None),
                State::Idle => {
                    let mut fetch = self.fetch.clone();
                    self.state = State::Opening(Box::pin(async move {
                        let opened = fetch.open().await;
                        (fetch, opened)
                    }));
                    continue;
                }
                State::Opening(opening) => {
                    let (fetch, opened) = ready!(opening.as_mut().poll(context));
                    self.fetch = fetch;
                    match opened {
                        Ok(Some(rest)) => self.state = State::Reading(rest, None),
                        Ok(None) => self.state = State::Ended,
                        Err(error) => {
                            self.state = State::Idle;
                            return Poll::Ready(Some(Err(error)));
                        }
                    }
                    continue;
                }
                State::Reading(rest, timer) => match rest.chunks.as_mut().poll_chunk(context) {
                    Poll::Ready(Some(Ok(chunk))) => {
                        *timer = None;
                        let chunk = rest.unread(chunk);
                        if chunk.is_empty() {
                            continue;
                        }
                        self.fetch.advance(chunk.len());
                        return Poll::Ready(Some(Ok(chunk)));
                    }
                    Poll::Ready(Some(Err(error))) => error,
                    Poll::Ready(None) if self.fetch.size.is_none_or(|size| self.fetch.position >= size) => {
                        self.state = State::Ended;
                        return Poll::Ready(None);
                    }
                    Poll::Ready(None) => TransportError::maybe_sent(TransportErrorKind::Connection),
                    Poll::Pending => {
                        let timeout = self.fetch.timeout();
                        let timer = timer.get_or_insert_with(|| self.fetch.client.sleep(timeout));
                        ready!(timer.as_mut().poll(context));
                        TransportError::maybe_sent(TransportErrorKind::Timeout)
                    }
                },
            };
            self.state = State::Idle;
            let error = FileError::of_transport(failed, self.fetch.position);
            if let Err(error) = self.fetch.failed(error, Duration::ZERO) {
                return Poll::Ready(Some(Err(error.into())));
            }
        }
    }
}

impl fmt::Debug for ExportFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExportFile")
            .field("id", &self.id())
            .field("position", &self.position())
            .field("size", &self.size())
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "stream")]
impl futures_core::Stream for ExportFile {
    type Item = Result<Bytes, ExportError>;

    fn poll_next(self: std::pin::Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_chunk(context)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::VecDeque,
        pin::Pin,
        sync::{Arc, Mutex},
    };

    use http::{Request, Response};

    use super::*;
    use crate::{
        ChunkStream, Chunks, Endpoint, FileTransport, Moment, Region, Transport, WaitErrorKind,
        app::{
            Filter,
            exports::{ExportPeople, FileErrorKind},
        },
        async_trait,
        testing::Scripted,
    };

    /// How a body goes on.
    #[derive(Clone)]
    enum Piece {
        Text(&'static str),
        Break,
        Stall,
    }
    use Piece::{Break, Stall, Text};

    struct Body(VecDeque<Piece>);

    impl Chunks for Body {
        fn poll_chunk(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, TransportError>>> {
            match self.0.pop_front() {
                None => Poll::Ready(None),
                Some(Text(text)) => Poll::Ready(Some(Ok(text.into()))),
                Some(Break) => Poll::Ready(Some(Err(TransportError::maybe_sent(TransportErrorKind::Connection)))),
                Some(Stall) => Poll::Pending,
            }
        }
    }

    type File = (u16, Vec<(&'static str, &'static str)>, Vec<Piece>);

    /// Gives one file after the other, and keeps the URL and the headers of each request.
    #[derive(Debug)]
    struct Files {
        api: Scripted,
        script: Mutex<Vec<File>>,
        requests: Mutex<Vec<String>>,
    }

    impl std::fmt::Debug for Piece {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("Piece")
        }
    }

    #[async_trait]
    impl Transport for Files {
        async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
            self.api.send(request).await
        }
        async fn sleep(&self, duration: Duration) {
            self.api.sleep(duration).await;
        }
        fn now(&self) -> Moment {
            Moment { random: u128::MAX, ..self.api.now() }
        }
        fn files(&self) -> Option<&dyn FileTransport> {
            Some(self)
        }
    }

    #[async_trait]
    impl FileTransport for Files {
        async fn get(&self, request: Request<()>) -> Result<Response<ChunkStream>, TransportError> {
            let headers: Vec<_> =
                request.headers().iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
            self.requests.lock().unwrap().push(format!("{} {}", request.uri(), headers.join(", ")));
            let mut files = self.script.lock().unwrap();
            assert!(!files.is_empty(), "there is no file any more");
            let (status, headers, pieces) = files.remove(0);
            let mut response = Response::builder().status(status);
            for (name, value) in headers {
                response = response.header(name, value);
            }
            let body: ChunkStream = Box::pin(Body(pieces.into()));
            Ok(response.body(body).unwrap())
        }
    }

    const PLAIN: &str = "accept: */*, accept-encoding: identity";

    fn api(links: usize) -> Vec<(u16, String)> {
        let mut script = vec![(200, r#"{"export":{"id":110,"status":"done","total":2}}"#.to_owned())];
        script.extend((1..=links).map(|link| (200, format!(r#"{{"url":"https://files.example/{link}?s=SECRET"}}"#))));
        script
    }

    fn files(links: usize, files: Vec<File>) -> (Arc<Files>, ExportFile) {
        let files =
            Arc::new(Files { api: Scripted::new(api(links)), script: Mutex::new(files), requests: Mutex::default() });
        let client = Client::new(Endpoint::app(Region::Us, "key").unwrap(), files.clone());
        (files, client.export(110))
    }

    async fn read(file: &mut ExportFile) -> (String, Option<ExportError>) {
        let mut text = String::new();
        while let Some(chunk) = file.next().await {
            match chunk {
                Ok(chunk) => text.push_str(std::str::from_utf8(&chunk).unwrap()),
                Err(error) => return (text, Some(error)),
            }
        }
        (text, None)
    }

    /// What is read, the requests for it, and how many links were asked for.
    async fn whole(links: usize, script: Vec<File>) -> (String, Vec<String>) {
        let (files, mut file) = files(links, script);
        let (text, error) = tokio::spawn(async move { read(&mut file).await }).await.unwrap();
        assert!(error.is_none(), "{error:?}");
        let requests = files.requests.lock().unwrap().clone();
        assert!(files.script.lock().unwrap().is_empty());
        assert_eq!(files.api.lines().len(), links + 1, "{:?}", files.api.lines());
        (text, requests)
    }

    #[tokio::test]
    async fn a_file_is_read_to_its_end_and_says_how_large_it_is() {
        let whole =
            (200, vec![("content-length", "9"), ("etag", "\"1\"")], vec![Text("id,"), Text(""), Text("email\n")]);
        let (files, mut file) = files(1, vec![whole]);
        assert_eq!((file.size(), file.position(), file.id()), (None, 0, 110.into()));
        assert_eq!(file.ready().await.unwrap().total, Some(2));
        let (text, error) = read(&mut file).await;
        assert_eq!((text.as_str(), error.is_none()), ("id,email\n", true));
        assert_eq!((file.size(), file.position()), (Some(9), 9));
        assert!(file.next().await.is_none());
        assert_eq!(files.requests.lock().unwrap()[..], [format!("https://files.example/1?s=SECRET {PLAIN}")]);
        assert_eq!(files.api.lines(), ["GET /v1/exports/110", "GET /v1/exports/110/download"]);
        assert_eq!(format!("{file:?}"), "ExportFile { id: ExportId(110), position: 9, size: Some(9), .. }");
    }

    #[tokio::test]
    async fn an_export_is_started_once_and_read() {
        let script = [(200, r#"{"export":{"id":110,"status":"pending"}}"#.to_owned())].into_iter().chain(api(1));
        let files = Arc::new(Files {
            api: Scripted::new(script.collect()),
            script: Mutex::new(vec![(200, vec![], vec![Text("id\n")])]),
            requests: Mutex::default(),
        });
        let client = Client::new(Endpoint::app(Region::Us, "key").unwrap(), files.clone());
        let mut file = client.start_export(ExportPeople::new(Filter::segment(4))).await.unwrap();
        assert_eq!(read(&mut file).await.0, "id\n");
        assert_eq!(files.api.lines().len(), 3);
    }

    #[tokio::test]
    async fn a_cut_is_resumed_from_the_byte_where_it_was() {
        let begun = |end| (200, vec![("content-length", "6"), ("etag", "\"1\"")], vec![Text("ab"), end]);
        let rest = (206, vec![("content-range", "bytes 2-5/6"), ("etag", "\"1\"")], vec![Text("cdef")]);
        for end in [Break, Stall] {
            let (text, requests) = whole(1, vec![begun(end), rest.clone()]).await;
            assert_eq!(text, "abcdef");
            let range = format!("https://files.example/1?s=SECRET {PLAIN}, range: bytes=2-, if-range: \"1\"");
            assert_eq!(requests[1], range);
        }
        // A body that ends too early without saying so is cut too; a weak tag is not asked for.
        let short = (200, vec![("content-length", "6"), ("etag", "W/\"1\"")], vec![Text("ab")]);
        let rest = (206, vec![("content-range", "bytes 2-5/*")], vec![Text("cdef")]);
        let (text, requests) = whole(1, vec![short, rest]).await;
        assert_eq!((text.as_str(), requests[1].ends_with(", range: bytes=2-")), ("abcdef", true));
    }

    #[tokio::test]
    async fn a_server_that_ignores_the_range_doubles_no_byte() {
        let begun = (200, vec![("content-length", "6")], vec![Text("abc"), Break]);
        let all = (200, vec![("content-length", "6")], vec![Text("ab"), Text("cde"), Text("f")]);
        assert_eq!(whole(1, vec![begun.clone(), all.clone()]).await.0, "abcdef");
        let early = (206, vec![("content-range", "bytes 1-5/6")], vec![Text("bcdef")]);
        assert_eq!(whole(1, vec![begun, early]).await.0, "abcdef");
    }

    #[tokio::test]
    async fn a_file_that_is_another_one_is_not_read_on() {
        let begun = || (200, vec![("content-length", "6"), ("etag", "\"1\"")], vec![Text("abc"), Break]);
        for other in [
            (200, vec![("content-length", "6"), ("etag", "\"2\"")], vec![]),
            (200, vec![("content-length", "7"), ("etag", "\"1\"")], vec![]),
            (206, vec![("content-range", "bytes 3-6/7")], vec![]),
            (206, vec![("content-range", "bytes 4-5/6")], vec![]),
        ] {
            let (_, mut file) = files(1, vec![begun(), other]);
            let (text, error) = read(&mut file).await;
            assert_eq!(text, "abc");
            let Some(ExportError::File(error)) = error else { panic!("{error:?}") };
            assert_eq!((error.kind(), error.position()), (FileErrorKind::Changed, 3));
        }
    }

    #[tokio::test]
    async fn a_link_that_has_expired_is_asked_for_anew_and_a_new_one_that_is_refused_is_an_error() {
        let begun = || (200, vec![("content-length", "6")], vec![Text("abc"), Break]);
        let rest = (206, vec![("content-range", "bytes 3-5/6")], vec![Text("def")]);
        let (text, requests) = whole(2, vec![begun(), (403, vec![], vec![]), rest]).await;
        assert_eq!(text, "abcdef");
        assert!(
            requests[1].starts_with("https://files.example/1?") && requests[2].starts_with("https://files.example/2?")
        );

        let (_, mut file) = files(2, vec![begun(), (403, vec![], vec![]), (403, vec![], vec![])]);
        let (text, error) = read(&mut file).await;
        let error = error.unwrap();
        assert_eq!(text, "abc");
        assert_eq!(
            error.to_string(),
            "the file of the export could not be read from byte 3 on: its host responded with 403 Forbidden"
        );
        assert!(!format!("{error:?} {file:?}").contains("SECRET"));
    }

    #[tokio::test]
    async fn attempts_are_counted_until_a_byte_comes_and_an_error_keeps_its_place() {
        let cut = || (200, vec![("content-length", "6")], vec![Break]);
        let mut script = vec![cut(), cut(), (200, vec![("content-length", "6")], vec![Text("a"), Break])];
        for (text, range) in [("b", "bytes 1-5/6"), ("c", "bytes 2-5/6")] {
            script.push((206, vec![("content-range", range)], vec![Text(text), Break]));
        }
        script.extend([(503, vec![("retry-after", "7")], vec![]), (500, vec![], vec![])]);
        script.push((206, vec![("content-range", "bytes 3-5/6")], vec![Text("def")]));
        let (files, mut file) = files(1, script);
        let (text, error) = read(&mut file).await;
        assert_eq!(text, "abc");
        let Some(ExportError::File(error)) = error else { panic!("{error:?}") };
        assert_eq!(error.kind(), FileErrorKind::Status(http::StatusCode::INTERNAL_SERVER_ERROR));
        assert!(files.api.waits().iter().any(|wait| *wait >= Duration::from_secs(7)), "{:?}", files.api.waits());
        let (text, error) = read(&mut file).await;
        assert_eq!((text.as_str(), error.is_none()), ("def", true));
    }

    #[tokio::test]
    async fn a_redirect_is_followed_with_nothing_more_than_the_request_had() {
        let to = |status, location| (status, vec![("location", location)], vec![]);
        let all = || (200, vec![], vec![Text("a")]);
        let (text, requests) = whole(1, vec![to(302, "https://other.example/x?s=SECRET2"), to(307, "/y"), all()]).await;
        assert_eq!(text, "a");
        assert_eq!(
            requests[1..],
            [format!("https://other.example/x?s=SECRET2 {PLAIN}"), format!("https://other.example/y {PLAIN}")]
        );
        for script in [vec![to(302, "http://files.example/1")], vec![to(302, "/x"); 4], vec![(302, vec![], vec![])]] {
            let (_, mut file) = files(1, script);
            let Some(ExportError::File(error)) = read(&mut file).await.1 else { panic!("it was read") };
            assert_eq!(error.kind(), FileErrorKind::Redirect);
        }
    }

    #[tokio::test]
    async fn what_cannot_be_read_is_told() {
        for (response, kind) in [
            ((200, vec![("content-encoding", "gzip")], vec![]), FileErrorKind::Compressed),
            ((206, vec![], vec![]), FileErrorKind::Status(http::StatusCode::PARTIAL_CONTENT)),
            ((304, vec![], vec![]), FileErrorKind::Status(http::StatusCode::NOT_MODIFIED)),
            ((416, vec![], vec![]), FileErrorKind::Status(http::StatusCode::RANGE_NOT_SATISFIABLE)),
        ] {
            let (_, mut file) = files(1, vec![response]);
            let Some(ExportError::File(error)) = read(&mut file).await.1 else { panic!("it was read") };
            assert_eq!((error.kind(), error.position()), (kind, 0));
        }
        let client = Client::new(Endpoint::app(Region::Us, "key").unwrap(), Arc::new(Scripted::new(api(1))));
        let Some(ExportError::File(error)) = read(&mut client.export(110)).await.1 else { panic!("it was read") };
        assert_eq!(error.kind(), FileErrorKind::Unsupported);
    }

    #[tokio::test]
    async fn a_part_that_was_stored_is_not_read_again() {
        let rest = (206, vec![("content-range", "bytes 4-5/6")], vec![Text("ef")]);
        let (files, file) = files(1, vec![rest]);
        assert_eq!(read(&mut file.starting_at(4)).await.0, "ef");
        assert!(files.requests.lock().unwrap()[0].ends_with("range: bytes=4-"));
        let end = (416, vec![("content-range", "bytes */6")], vec![]);
        let (_, file) = super::tests::files(1, vec![end]);
        let (text, error) = read(&mut file.starting_at(6)).await;
        assert_eq!((text.as_str(), error.is_none()), ("", true));
    }

    #[tokio::test]
    async fn an_export_that_is_not_ready_in_time_is_not_read() {
        let pending = (200, r#"{"export":{"id":110,"status":"pending"}}"#.to_owned());
        let client = Client::new(Endpoint::app(Region::Us, "key").unwrap(), Arc::new(Scripted::new(vec![pending; 2])));
        let mut file = client.export(110).with_deadline(Duration::from_secs(1));
        let Some(ExportError::Wait(error)) = read(&mut file).await.1 else { panic!("it was read") };
        assert_eq!((error.kind(), error.last().unwrap().id), (WaitErrorKind::Deadline, 110.into()));
    }

    #[cfg(feature = "stream")]
    #[tokio::test]
    async fn a_file_is_a_stream() {
        use futures_core::Stream;

        let (_, mut file) = files(1, vec![(200, vec![], vec![Text("ab"), Text("c")])]);
        let mut sizes = Vec::new();
        while let Some(chunk) = poll_fn(|context| Pin::new(&mut file).poll_next(context)).await {
            sizes.push(chunk.unwrap().len());
        }
        assert_eq!(sizes, [2, 1]);
    }

    #[test]
    fn a_file_can_go_to_another_task() {
        fn is_send<T: Send + Unpin>(_: &T) {}
        let (_, file) = files(0, vec![]);
        is_send(&file);
        #[cfg(feature = "csv")]
        is_send(&file.rows::<std::collections::HashMap<String, String>>());
    }
}
