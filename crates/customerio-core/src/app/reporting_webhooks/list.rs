//! `GET /v1/reporting_webhooks`: every reporting webhook of the workspace.

use super::ReportingWebhook;
use crate::{Page, macros::plain};

plain! {
    /// Lists the reporting webhooks of the workspace, all at once.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Page<ReportingWebhook>`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/listWebhooks>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::reporting_webhooks::List, http::Response, operation::parse};
    ///
    /// let json = r#"{"reporting_webhooks":[{"id":1,"name":"shop","events":["email_delivered"]}]}"#;
    /// let webhooks = parse::<List>(Response::new(json.into()))?.items;
    /// assert_eq!(webhooks[0].events, ["email_delivered"]);
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "list_webhooks")]
    pub struct List {}
    "app.reporting_webhooks.list" = GET "/v1/reporting_webhooks" -> Page<ReportingWebhook>;
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{plain, survives_changes, wire_app};

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(List::new()), plain("GET /v1/reporting_webhooks"));
    }

    #[test]
    fn a_webhook_is_read_field_by_field() {
        let json = json!({
            "id": 1, "name": "shop", "endpoint": "https://example.com/customerio", "events": ["email_delivered", "new"],
            "disabled": false, "full_resolution": true, "with_content": false, "type": "webhook",
        });
        let read: ReportingWebhook = serde_json::from_value(json.clone()).unwrap();
        assert_eq!((read.id, read.events.len(), read.full_resolution), (1.into(), 2, Some(true)));
        assert_eq!(read.extra["type"], "webhook");
        survives_changes::<ReportingWebhook>(&json, &["id"]);
    }
}
