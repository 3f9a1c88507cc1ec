//! `POST /v1/newsletters/{newsletter_id}/send`: send a newsletter now.

use http::Method;
use serde::Serialize;

use super::{
    Newsletter,
    sending::{Pace, pace_setters},
};
use crate::{
    App, Body, BuildError, Limits, NewsletterId, Operation, Path,
    macros::{opaque_debug, sample},
    path::Part,
};

/// Sends a newsletter that was not sent yet, to all its recipients, at once.
///
/// It is not retried after a lost response, because it goes to many people, although the service refuses a second one
/// with a 400: [`Get`](super::Get) says when it was sent. The service also refuses it while it computes a segment of
/// the recipients.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `Newsletter`.
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/sendNewsletter>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::newsletters::{Send, SendingRate}, limits::Limits};
///
/// let request =
///     Prepared::new(Send::new(7).with_rate(SendingRate::per_minute(500)), &Limits::default())?;
/// assert_eq!(request.path(), "/v1/newsletters/7/send");
/// assert_eq!(request.body(), r#"{"rate_limit_email_rate":500,"rate_limit_time_period":60}"#);
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Serialize)]
#[doc(alias = "send_newsletter")]
pub struct Send {
    #[serde(skip)]
    newsletter_id: NewsletterId,
    #[serde(flatten)]
    pace: Pace,
}

impl Send {
    /// Creates the operation for the newsletter with this number.
    #[must_use]
    pub fn new(newsletter_id: impl Into<NewsletterId>) -> Self {
        Self { newsletter_id: newsletter_id.into(), pace: Pace::default() }
    }

    pace_setters! {}
}

impl Operation for Send {
    type Api = App;
    type Output = Newsletter;
    const NAME: &'static str = "app.newsletters.send";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/newsletters/{newsletter_id}/send";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.newsletter_id.write(path)
    }
    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        self.pace.check()?;
        Body::json(&self)
    }
}

opaque_debug!(Send);
sample!(Send names nobody: Self::new(7).with_rate(super::SendingRate::per_minute(500)).with_spread(true));

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        Replay,
        app::newsletters::SendingRate,
        parse,
        testing::{body, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let send = Send::new(7).with_rate(SendingRate::per_minute(500)).with_spread(true);
        assert_eq!(send.replay(), Replay::OnlyIfNotSent);
        assert_eq!(
            wire_app(send),
            "POST https://api.customer.io/v1/newsletters/7/send\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 82\n\
             \n\
             {\"rate_limit_email_rate\":500,\"rate_limit_time_period\":60,\"rate_limit_spread\":true}"
        );
        assert_eq!(body(Send::new(7)), "{}");
        for (send, expected) in [
            (Send::new(0), "the newsletter's id is not valid: it must be a positive number"),
            (
                Send::new(7).with_rate(SendingRate::per_minute(0)),
                "the rate of the newsletter is not valid: it must be at least one message",
            ),
        ] {
            assert_eq!(refused_app(send).to_string(), expected);
        }
    }

    #[test]
    fn the_response_has_the_newsletter() {
        let json = r#"{"newsletter":{"id":7,"sent_at":1700000000}}"#;
        let newsletter = parse::<Send>(Response::new(json.into())).unwrap();
        assert_eq!((newsletter.id, newsletter.sent_at), (7.into(), Some(1_700_000_000.into())));
    }
}
