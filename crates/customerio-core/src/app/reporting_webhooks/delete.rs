//! `DELETE /v1/reporting_webhooks/{webhook_id}`: remove a reporting webhook.

use crate::{WebhookId, macros::plain};

plain! {
    /// Deletes a reporting webhook.
    ///
    /// To stop it for a time, [update](super::Update) it.
    ///
    /// Send it with [`Client::call`](crate::Client::call).
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/deleteWebhook>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::reporting_webhooks::Delete, limits::Limits};
    ///
    /// let request = Prepared::new(Delete::new(1), &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/reporting_webhooks/1");
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "delete_webhook")]
    pub struct Delete { webhook_id: WebhookId = 1 }
    "app.reporting_webhooks.delete" = DELETE "/v1/reporting_webhooks/{webhook_id}" -> ();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{plain, refused_app, wire_app};

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(Delete::new(1)), plain("DELETE /v1/reporting_webhooks/1"));
        assert!(refused_app(Delete::new(0)).to_string().starts_with("the webhook's id"));
    }
}
