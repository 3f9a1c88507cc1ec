//! `GET /v1/reporting_webhooks/{webhook_id}`: one reporting webhook.

use super::ReportingWebhook;
use crate::{WebhookId, macros::plain};

plain! {
    /// Reads a reporting webhook.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `ReportingWebhook`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getWebhook>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::reporting_webhooks::Get, limits::Limits};
    ///
    /// let request = Prepared::new(Get::new(1), &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/reporting_webhooks/1");
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "get_webhook")]
    pub struct Get { webhook_id: WebhookId = 1 }
    "app.reporting_webhooks.get" = GET "/v1/reporting_webhooks/{webhook_id}" -> ReportingWebhook;
}

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        parse,
        testing::{plain, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(Get::new(1)), plain("GET /v1/reporting_webhooks/1"));
        assert!(refused_app(Get::new(0)).to_string().starts_with("the webhook's id"));
    }

    #[test]
    fn the_response_is_the_webhook_without_an_envelope() {
        assert_eq!(parse::<Get>(Response::new(r#"{"id":1,"name":"a"}"#.into())).unwrap().id, 1.into());
        assert!(parse::<Get>(Response::new(r#"{"reporting_webhook":{"id":1}}"#.into())).is_err());
    }
}
