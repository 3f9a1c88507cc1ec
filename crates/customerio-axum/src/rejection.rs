//! Why a request gave no webhook.

use std::error::Error;

use axum_core::response::{IntoResponse, Response};
use customerio_core::webhook::ReceiveError;
use http::StatusCode;

/// Why a request gave no webhook.
///
/// As a response it has the [`status`](Self::status) and its message as text, which never shows a key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookRejection {
    /// The request is not from Customer.io, or is not an event.
    #[error(transparent)]
    Receive(#[from] ReceiveError),
    /// The body has over 16 MiB, or over the lower limit of a layer.
    #[error(
        "the body is too large: events are smaller, unless a layer sets a limit that is too low for whole messages"
    )]
    TooLarge,
    /// The body did not come to its end.
    #[error("the body ended early: the connection broke, or a layer has stopped it")]
    Body(#[source] Box<dyn Error + Send + Sync>),
}

impl WebhookRejection {
    /// The status to respond with: [`ReceiveError::status`], which is 401 or 200; 413 to a body that is too large; 503
    /// where the body ended early, because a retry may succeed.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Receive(error) => error.status(),
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Body(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl IntoResponse for WebhookRejection {
    fn into_response(self) -> Response {
        (self.status(), self.to_string()).into_response()
    }
}
