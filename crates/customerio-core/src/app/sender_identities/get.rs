//! `GET /v1/sender_identities/{sender_id}`: one sender.

use super::SenderIdentity;
use crate::{SenderId, macros::plain};

plain! {
    /// Reads a sender.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `SenderIdentity`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getSender>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::sender_identities::Get, http::Response, operation::parse};
    ///
    /// let json = r#"{"sender_identity":{"id":1,"email":"shop@example.com"}}"#;
    /// assert_eq!(
    ///     parse::<Get>(Response::new(json.into()))?.email.as_deref(),
    ///     Some("shop@example.com")
    /// );
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "get_sender")]
    pub struct Get { sender_id: SenderId = 1 }
    "app.sender_identities.get" = GET "/v1/sender_identities/{sender_id}" -> SenderIdentity;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{plain, refused_app, wire_app};

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(Get::new(1)), plain("GET /v1/sender_identities/1"));
        assert!(refused_app(Get::new(0)).to_string().starts_with("the sender's id"));
    }
}
