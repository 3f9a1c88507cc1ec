//! `POST /v1/reporting_webhooks`: create a reporting webhook.

use http::Method;

use super::{ReportingWebhook, reporting_webhook::Settings};
use crate::{
    App, Body, BuildError, Limits, Operation,
    macros::{opaque_debug, sample, setters},
};

/// Creates a reporting webhook.
///
/// The response has its number; the key that signs its requests is in the workspace's settings.
///
/// It is not retried after a lost response, because that would create a second one.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `ReportingWebhook`.
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/createWebhook>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::reporting_webhooks::Create, limits::Limits};
///
/// let webhook = Create::new("shop", "https://example.com/customerio", ["email_delivered"]);
/// let request = Prepared::new(webhook, &Limits::default())?;
/// assert_eq!(
///     request.body(),
///     r#"{"name":"shop","endpoint":"https://example.com/customerio","events":["email_delivered"]}"#
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "create_webhook")]
pub struct Create {
    webhook: Settings,
}

impl Create {
    /// Creates a webhook with this name, which sends these events, such as `email_delivered`, to `endpoint`.
    #[must_use]
    pub fn new(
        name: impl AsRef<str>,
        endpoint: impl AsRef<str>,
        events: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Self {
        Self { webhook: Settings::new(name, endpoint, events) }
    }

    setters! {
        /// Whether it is disabled. Default: false.
        with_disabled, webhook.disabled: bool;
        /// Whether every open and click is reported, and not only the first. Default: false.
        with_full_resolution, webhook.full_resolution: bool;
        /// Whether the content of messages is included. Default: false.
        with_content, webhook.with_content: bool;
    }
}

impl Operation for Create {
    type Api = App;
    type Output = ReportingWebhook;
    const NAME: &'static str = "app.reporting_webhooks.create";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/reporting_webhooks";

    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        self.webhook.check()?;
        Body::json(&self.webhook)
    }
}

opaque_debug!(Create);
sample!(Create: Self::new("LEAK-name", "https://LEAK-host", ["LEAK-event"]).with_disabled(true).with_full_resolution(true).with_content(true));

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        Replay, parse,
        testing::{refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let all = Create::new("shop", "https://a.example", ["email_delivered", "email_opened"])
            .with_disabled(true)
            .with_full_resolution(true)
            .with_content(false);
        assert_eq!(all.replay(), Replay::OnlyIfNotSent);
        assert_eq!(
            wire_app(all),
            "POST https://api.customer.io/v1/reporting_webhooks\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 150\n\
             \n\
             {\"name\":\"shop\",\"endpoint\":\"https://a.example\",\"events\":[\"email_delivered\",\"email_opened\"],\
             \"disabled\":true,\"full_resolution\":true,\"with_content\":false}"
        );
        let none: [&str; 0] = [];
        for (webhook, what) in [
            (Create::new("", "https://a.example", ["a"]), "the webhook's name"),
            (Create::new("a", " ", ["a"]), "the webhook's endpoint"),
            (Create::new("a", "https://a.example", none), "the list of the webhook's events"),
            (Create::new("a", "https://a.example", [""]), "the name of a webhook's event"),
        ] {
            assert!(refused_app(webhook).to_string().starts_with(what), "{what}");
        }
    }

    #[test]
    fn the_response_is_the_webhook() {
        let json = r#"{"id":"7","name":"shop","endpoint":"https://a.example","events":[]}"#;
        assert_eq!(parse::<Create>(Response::new(json.into())).unwrap().id, 7.into());
        assert!(parse::<Create>(Response::new(r#"{"name":"shop"}"#.into())).is_err());
    }
}
