//! `PUT /v1/reporting_webhooks/{webhook_id}`: change a reporting webhook.

use http::Method;

use super::{ReportingWebhook, reporting_webhook::Settings};
use crate::{
    App, Body, BuildError, Limits, Operation, Path, WebhookId,
    macros::{opaque_debug, sample, setters},
    path::Part,
};

/// Changes a reporting webhook.
///
/// It replaces the name, the endpoint and the events, all of them.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `ReportingWebhook`.
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/updateWebhook>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::reporting_webhooks::Update, limits::Limits};
///
/// let webhook = Update::new(7, "shop", "https://example.com/customerio", ["email_delivered"]);
/// let request = Prepared::new(webhook, &Limits::default())?;
/// assert_eq!(
///     request.body(),
///     r#"{"name":"shop","endpoint":"https://example.com/customerio","events":["email_delivered"]}"#
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "update_webhook")]
pub struct Update {
    webhook_id: WebhookId,
    webhook: Settings,
}

impl Update {
    /// Creates the operation for the webhook with this number, with a new name, endpoint and events.
    #[must_use]
    pub fn new(
        webhook_id: impl Into<WebhookId>,
        name: impl AsRef<str>,
        endpoint: impl AsRef<str>,
        events: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Self {
        Self { webhook_id: webhook_id.into(), webhook: Settings::new(name, endpoint, events) }
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

impl Operation for Update {
    type Api = App;
    type Output = ReportingWebhook;
    const NAME: &'static str = "app.reporting_webhooks.update";
    const METHOD: Method = Method::PUT;
    const ROUTE: &'static str = "/v1/reporting_webhooks/{webhook_id}";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.webhook_id.write(path)
    }
    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        self.webhook.check()?;
        Body::json(&self.webhook)
    }
}

opaque_debug!(Update);
sample!(Update: Self::new(7, "LEAK-name", "https://LEAK-host", ["LEAK-event"]).with_disabled(true).with_full_resolution(true).with_content(true));

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
        let all = Update::new(7, "shop", "https://a.example", ["email_delivered", "email_opened"])
            .with_disabled(true)
            .with_full_resolution(true)
            .with_content(false);
        assert_eq!(all.replay(), Replay::Safe);
        assert_eq!(
            wire_app(all),
            "PUT https://api.customer.io/v1/reporting_webhooks/7\n\
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
            (Update::new(7, "", "https://a.example", ["a"]), "the webhook's name"),
            (Update::new(7, "a", " ", ["a"]), "the webhook's endpoint"),
            (Update::new(7, "a", "https://a.example", none), "the list of the webhook's events"),
            (Update::new(7, "a", "https://a.example", [""]), "the name of a webhook's event"),
        ] {
            assert!(refused_app(webhook).to_string().starts_with(what), "{what}");
        }
    }

    #[test]
    fn the_response_is_the_webhook() {
        let json = r#"{"id":"7","name":"shop","endpoint":"https://a.example","events":[]}"#;
        assert_eq!(parse::<Update>(Response::new(json.into())).unwrap().id, 7.into());
        assert!(parse::<Update>(Response::new(r#"{"name":"shop"}"#.into())).is_err());
    }
}
