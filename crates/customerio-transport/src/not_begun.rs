use std::error::Error;

/// Whether `cause`, one error of a chain of sources, proves that the request was not sent or not processed.
///
/// It does where hyper gave the request back before writing it, and where the server refused the stream of HTTP/2 (RFC
/// 9113, section 8.7; feature `http2`). A `GOAWAY` says the same about some requests, but its error does not say which.
#[must_use]
pub fn was_not_begun(cause: &(dyn Error + 'static)) -> bool {
    #[cfg(feature = "http2")]
    if let Some(error) = cause.downcast_ref::<h2::Error>() {
        return error.is_remote() && error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
    }
    cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_canceled)
}
