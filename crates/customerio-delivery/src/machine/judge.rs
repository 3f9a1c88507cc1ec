//! What a response says of the calls that were sent.

use std::time::Duration;

use customerio_core::{BatchResponse, Error, Rejections, Replay};
use http::StatusCode;

use crate::{Failure, Fate, Reason, fate::message_of};

/// What a response says of the calls that were sent.
#[derive(Debug, PartialEq)]
pub(crate) enum Verdict {
    /// Each has ended, in the order in which they were sent.
    Ended(Vec<Fate>),
    /// The server refused all of them, and nothing was done: one of them is at fault, or the only one.
    Refused(Failure),
    /// They go out again.
    Retry(Retry),
    /// Nothing else of this lane would fare better until somebody changes the settings.
    Blocked(Failure),
}

/// Why calls go out again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Retry {
    /// The least time to wait, if the server said so.
    pub(crate) least: Duration,
    /// Whether the server got them, and failed.
    pub(crate) is_server_error: bool,
    /// The status of the response, if there was one.
    pub(crate) status: Option<u16>,
}

/// The verdict on a batch of `count` calls.
pub(crate) fn of_batch(result: Result<BatchResponse, Error>, count: usize, replay: Replay) -> Verdict {
    match result.map(|response| response.into_result(count)) {
        Ok(Ok(_)) => Verdict::Ended(vec![Fate::Done; count]),
        Ok(Err(Rejections { rejected, .. })) => {
            let mut fates = vec![Fate::Done; count];
            for rejection in rejected {
                let message = rejection.message.or(rejection.reason);
                let failure = Failure::new(Reason::Rejected)
                    .with_status(Some(StatusCode::MULTI_STATUS.as_u16()))
                    .with_field(rejection.field)
                    .with_message(message);
                fates[rejection.index] = Fate::Failed(failure);
            }
            Verdict::Ended(fates)
        }
        Err(error) => of_error(&error, count, replay, true),
    }
}

/// The verdict on a single request.
pub(crate) fn of_request(result: Result<(), Error>, replay: Replay) -> Verdict {
    match result {
        Ok(()) => Verdict::Ended(vec![Fate::Done]),
        Err(error) => of_error(&error, 1, replay, false),
    }
}

fn of_error(error: &Error, count: usize, replay: Replay, is_batch: bool) -> Verdict {
    let status = error.status().map(|status| status.as_u16());
    let failure = |reason| Failure::new(reason).with_status(status).with_message(Some(message_of(error)));
    let least = error.retry_after().unwrap_or_default();
    let retry = |is_server_error| Verdict::Retry(Retry { least, is_server_error, status });
    let unknown = || Verdict::Ended(vec![Fate::Failed(failure(Reason::UnknownOutcome)); count]);
    match error {
        Error::Build(_) => Verdict::Refused(failure(Reason::Invalid)),
        // Nothing of a 207 is sent again, even if it does not say what was refused.
        Error::Decode(decode) if decode.status() == StatusCode::MULTI_STATUS => unknown(),
        // It says that it failed, and not what of it was done.
        Error::Api(api) if api.status().is_success() => unknown(),
        _ if replay == Replay::OnlyIfNotSent && error.has_unknown_outcome() => unknown(),
        Error::Transport(_) => retry(false),
        Error::Api(api) => match api.status() {
            StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY => retry(false),
            status if status.is_server_error() => retry(true),
            status if status.is_redirection() => Verdict::Blocked(failure(Reason::Rejected)),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
                Verdict::Blocked(failure(Reason::Rejected))
            }
            // A single call may ask for what is not there; the route of batches always is.
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED | StatusCode::GONE if is_batch => {
                Verdict::Blocked(failure(Reason::Rejected))
            }
            _ => Verdict::Refused(failure(Reason::Rejected)),
        },
        // A 2xx that cannot be read may be a proxy's: nothing shows that Customer.io got the request.
        _ => retry(true),
    }
}
