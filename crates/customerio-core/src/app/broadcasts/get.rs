//! `GET /v1/broadcasts/{broadcast_id}`: one broadcast.

use super::Broadcast;
use crate::{BroadcastId, macros::plain};

plain! {
    /// Reads a broadcast.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Broadcast`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/getBroadcast>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::{RunState, broadcasts::Get}, http::Response, operation::parse};
    ///
    /// let json = r#"{"broadcast":{"id":12,"state":"draft"}}"#;
    /// let broadcast = parse::<Get>(Response::new(json.into()))?;
    /// assert_eq!(broadcast.state, Some(RunState::Draft));
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "get_broadcast")]
    pub struct Get { broadcast_id: BroadcastId = 12 }
    "app.broadcasts.get" = GET "/v1/broadcasts/{broadcast_id}" -> Broadcast;
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
        assert_eq!(wire_app(Get::new(12)), plain("GET /v1/broadcasts/12"));
        assert_eq!(
            refused_app(Get::new(0)).to_string(),
            "the broadcast's id is not valid: it must be a positive number"
        );
    }

    #[test]
    fn the_response_has_the_broadcast() {
        let broadcast = parse::<Get>(Response::new(r#"{"broadcast":{"id":"12","tags":null}}"#.into())).unwrap();
        assert_eq!((broadcast.id, broadcast.tags.len(), broadcast.active), (12.into(), 0, None));
        for json in [r#"{"broadcast":{}}"#, r#"{"broadcast":null}"#, r#"{"id":12}"#] {
            assert!(parse::<Get>(Response::new(json.into())).is_err(), "{json}");
        }
    }
}
