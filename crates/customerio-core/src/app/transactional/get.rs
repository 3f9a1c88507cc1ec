//! `GET /v1/transactional/{transactional_id}`: one transactional message.

use super::TransactionalMessage;
use crate::{TransactionalId, macros::plain};

plain! {
    /// Reads a transactional message: the template, not one that was sent.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `TransactionalMessage`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getTransactional>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Prepared, app::transactional::Get, limits::Limits};
    ///
    /// let request = Prepared::new(Get::new(44), &Limits::default())?;
    /// assert_eq!(request.path(), "/v1/transactional/44");
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[doc(alias = "get_transactional")]
    pub struct Get { transactional_id: TransactionalId = 44 }
    "app.transactional.get" = GET "/v1/transactional/{transactional_id}" -> TransactionalMessage;
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
        assert_eq!(wire_app(Get::new(44)), plain("GET /v1/transactional/44"));
        assert!(refused_app(Get::new(0)).to_string().starts_with("the transactional message's id"));
    }

    #[test]
    fn the_response_has_the_message() {
        assert_eq!(parse::<Get>(Response::new(r#"{"message":{"id":"44"}}"#.into())).unwrap().id, 44.into());
    }
}
