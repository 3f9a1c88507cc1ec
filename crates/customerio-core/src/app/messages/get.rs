//! `GET /v1/messages/{message_id}`: one message.

use http::Method;

use crate::{
    App, BuildError, DeliveryId, Operation, Path, Query,
    app::MessageDelivery,
    macros::{opaque_debug, sample, setters},
    path::Part,
};

/// Reads a message and its metrics, such as whether it was delivered: for example one that was just
/// [sent](crate::app::SentMessage::delivery_id).
///
/// To wait until a message [has arrived](MessageDelivery::has_arrived), or will not, pass this to
/// [`Client::wait_for`](crate::Client::wait_for): it waits for up to a minute for a message that is not there yet.
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/getMessage>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::messages::Get, limits::Limits};
///
/// let request = Prepared::new(Get::new("RPILAgUBcRhIBqSfeiIwdIYJKxTY="), &Limits::default())?;
/// assert_eq!(request.path(), "/v1/messages/RPILAgUBcRhIBqSfeiIwdIYJKxTY%3D");
/// # Ok::<(), customerio::BuildError>(())
/// ```
///
/// ```
/// # use customerio_core::facade as customerio;
/// # use std::time::Duration;
/// # use customerio::{App, Client, app::{SendEmail, messages::Get}};
/// async fn sent_and_arrived(
///     app: &Client<App>,
/// ) -> Result<bool, Box<dyn std::error::Error + Send + Sync>> {
///     let sent = app.send_email(SendEmail::from_template("receipt", "ada@example.com")).await?;
///     match app
///         .wait_for(Get::new(&sent.delivery_id))
///         .with_deadline(Duration::from_secs(300))
///         .await
///     {
///         Ok(_) => Ok(true),
///         Err(error) => {
///             println!(
///                 "{error}: {:?}",
///                 error.last().and_then(|message| message.failure_message.as_deref())
///             );
///             Ok(false)
///         }
///     }
/// }
/// # mod canned { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/canned.rs")); }
/// # let app = canned::app(|request| match request.method().as_str() {
/// #     "GET" => (200, r#"{"message":{"id":"RPIL","type":"email","metrics":{"delivered":1700000001}}}"#),
/// #     _ => (200, r#"{"delivery_id":"RPIL"}"#),
/// # });
/// # let arrived = canned::run(async move { sent_and_arrived(&app).await });
/// # assert!(arrived.unwrap());
/// ```
#[derive(Clone)]
#[doc(alias = "get_message")]
pub struct Get {
    message_id: DeliveryId,
    get_tracked_responses: Option<bool>,
}

impl Get {
    /// Creates the operation for the message with this id.
    #[must_use]
    pub fn new(message_id: impl Into<DeliveryId>) -> Self {
        Self { message_id: message_id.into(), get_tracked_responses: None }
    }

    setters! {
        /// Includes the tracked responses, in [`extra`](MessageDelivery::extra). Default: false.
        with_tracked_responses, get_tracked_responses: bool;
    }
}

impl Operation for Get {
    type Api = App;
    type Output = MessageDelivery;
    const NAME: &'static str = "app.messages.get";
    const METHOD: Method = Method::GET;
    const ROUTE: &'static str = "/v1/messages/{message_id}";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.message_id.write(path)
    }
    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        query.optional("get_tracked_responses", self.get_tracked_responses);
        Ok(())
    }
}

opaque_debug!(Get);
sample!(Get: Self::new("LEAK-message").with_tracked_responses(true));

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
        assert_eq!(wire_app(Get::new("a/b=")), plain("GET /v1/messages/a%2Fb%3D"));
        assert_eq!(
            wire_app(Get::new("a").with_tracked_responses(true)),
            plain("GET /v1/messages/a?get_tracked_responses=true")
        );
        for id in ["", ".", ".."] {
            assert!(refused_app(Get::new(id)).to_string().contains("the delivery's id"), "{id}");
        }
    }

    #[test]
    fn the_response_has_the_message() {
        let json = r#"{"message":{"id":"a","type":"push","metrics":{"failed":1}}}"#;
        let message = parse::<Get>(Response::new(json.into())).unwrap();
        assert_eq!((message.id.as_str(), message.metrics.len()), ("a", 1));
        assert!(parse::<Get>(Response::new(r#"{"message":{"type":"push"}}"#.into())).is_err());
    }
}
