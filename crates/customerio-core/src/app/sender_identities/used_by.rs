//! `GET /v1/sender_identities/{sender_id}/used_by`: what needs a sender.

use crate::{SenderId, app::Dependents, macros::plain};

plain! {
    /// Reads which campaigns and newsletters use a sender.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Dependents`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getSenderUsage>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::sender_identities::UsedBy, http::Response, operation::parse};
    ///
    /// let json = r#"{"campaigns":[5],"sent_newsletters":[],"draft_newsletters":[]}"#;
    /// assert_eq!(parse::<UsedBy>(Response::new(json.into()))?.campaigns.len(), 1);
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "get_sender_usage")]
    pub struct UsedBy { sender_id: SenderId = 1 }
    "app.sender_identities.used_by" = GET "/v1/sender_identities/{sender_id}/used_by" -> Dependents;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{plain, wire_app};

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(UsedBy::new(1)), plain("GET /v1/sender_identities/1/used_by"));
    }
}
