//! The contract of a [`Transport`], as checks to run on your own.
//!
//! In each check the transport talks to a server on loopback that responds as few servers do. The checks need no async
//! runtime; the transport may need one.
//!
//! ```
//! # #[tokio::main]
//! # async fn main() {
//! # tokio::spawn(async {
//! # let transport = customerio_hyper::HyperTransport::new().unwrap();
//! customerio_testing::conformance::check(&transport).await.assert();
//! # }).await.unwrap();
//! # }
//! ```
//!
//! What cannot be seen from a server on loopback is not checked: TLS, proxies, name resolution, HTTP/2 and the timeout
//! for connecting.

mod clock;
mod connections;
mod failures;
mod files;
mod outcome;
mod report;
mod requests;
mod responses;
mod sending;

use customerio_core::Transport;

#[cfg(feature = "delivery")]
pub(crate) use outcome::Outcome;
pub use report::{Check, Report};

/// Runs all checks, one after the other, which takes about two seconds. A check fails if a response takes more than 10
/// seconds.
///
/// | check | what must hold |
/// | --- | --- |
/// | `any_status` | any status is `Ok` |
/// | `headers_kept` | the response has all headers, including repeated ones |
/// | `bodies_read` | the response's body is whole: by length, in chunks, up to the close, or none |
/// | `content_not_decoded` | a body with a `content-encoding` stays as it came |
/// | `response_limit` | a body up to [`Attempt::response_limit`](customerio_core::Attempt::response_limit) is read; a larger one is `ResponseTooLarge`, and is not read to its end |
/// | `redirects_not_followed` | 301, 302, 303, 307 and 308 are responses like others |
/// | `refused_is_not_sent` | a refused connection is `Connect` and `NotSent` |
/// | `closed_before_the_response_is_maybe_sent`, `closed_in_the_head_…`, `closed_in_the_body_…`, `not_http_…` | what breaks after the request is `MaybeSent` |
/// | `head_of_a_broken_body_is_kept` | where a body breaks off, or is not there in [`Attempt::body_timeout`](customerio_core::Attempt::body_timeout), the error has the response with what arrived of it |
/// | `errors_show_no_url` | an error and its sources show no path and no query: they name people |
/// | `sent_once` | a request arrives once, whatever happens to it, on a new connection and on a used one |
/// | `target_as_it_is` | method, path and query arrive byte for byte |
/// | `headers_as_they_are` | the headers arrive as they were, and none but `host` is added |
/// | `body_as_it_is` | the body arrives byte for byte, and none with a `content-length: 0` |
/// | `host_of_the_url` | there is one `host`: the URL's, with its port |
/// | `connections_kept_alive` | requests one after the other share a connection |
/// | `usable_after_cancellation` | a `send` that was dropped while it waited harms no later one |
/// | `sleep_lasts` | `sleep` takes about as long as `duration` |
/// | `monotonic_goes_on` | `monotonic` keeps up with the time and never goes back |
/// | `random_differs` | no two moments have the same random bits |
/// | `since_epoch_is_right` | `since_epoch` is within a minute of the system's clock |
///
/// And where the transport reads files ([`Transport::files`]):
///
/// | check | what must hold |
/// | --- | --- |
/// | `file_requests_as_they_are` | a request for a file has the headers that it was given, and none but `host` is added |
/// | `files_read_in_pieces` | a file is read no further than was asked for |
/// | `files_as_they_are` | any status is `Ok`, a redirect is not followed, a body with a `content-encoding` stays as it came |
/// | `files_that_break_are_told` | what arrived of a file is returned, and then the error, which shows no URL |
pub async fn check<T: Transport>(transport: &T) -> Report {
    let transport: &dyn Transport = transport;
    let mut report = Report::default();
    report.add("any_status", responses::any_status(transport).await);
    report.add("headers_kept", responses::headers_kept(transport).await);
    report.add("bodies_read", responses::bodies_read(transport).await);
    report.add("content_not_decoded", responses::content_not_decoded(transport).await);
    report.add("response_limit", responses::response_limit(transport).await);
    report.add("redirects_not_followed", responses::redirects_not_followed(transport).await);
    report.add("refused_is_not_sent", failures::refused(transport).await);
    for (name, responses) in failures::AMBIGUOUS {
        report.add(name, failures::maybe_sent(transport, responses).await);
    }
    report.add("head_of_a_broken_body_is_kept", failures::head_kept(transport).await);
    report.add("errors_show_no_url", failures::errors_show_no_url(transport).await);
    report.add("sent_once", failures::sent_once(transport).await);
    report.add("target_as_it_is", requests::target(transport).await);
    report.add("headers_as_they_are", requests::headers(transport).await);
    report.add("body_as_it_is", requests::body(transport).await);
    report.add("host_of_the_url", requests::host(transport).await);
    report.add("connections_kept_alive", connections::kept_alive(transport).await);
    report.add("usable_after_cancellation", connections::usable_after_cancellation(transport).await);
    report.add("sleep_lasts", clock::sleep_lasts(transport).await);
    report.add("monotonic_goes_on", clock::monotonic_goes_on(transport).await);
    report.add("random_differs", clock::random_differs(transport));
    report.add("since_epoch_is_right", clock::since_epoch_is_right(transport));
    if let Some(files) = transport.files() {
        report.add("file_requests_as_they_are", files::requests_as_they_are(files).await);
        report.add("files_read_in_pieces", files::read_in_pieces(files).await);
        report.add("files_as_they_are", files::as_they_are(files).await);
        report.add("files_that_break_are_told", files::breaks_are_told(files).await);
    }
    report
}
