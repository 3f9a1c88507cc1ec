//! `POST /unsubscribe/{delivery_id}`: unsubscribe the person who got a message.

use bytes::Bytes;
use http::Method;

use crate::{Body, BuildError, DeliveryId, Limits, Operation, Path, Replay, Track, body::JSON, macros::opaque_debug};

/// Unsubscribes the person who got a message from all messages, and counts it for that message.
///
/// Use it for your own unsubscribe page.
///
/// It carries no credentials: whoever knows the id of a delivery can unsubscribe its recipient.
///
/// Send it with [`Client::call`](crate::Client::call).
///
/// Limits: none of its own. <https://docs.customer.io/integrations/api/track/#operation/unsubscribe>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, limits::Limits, track::Unsubscribe};
///
/// let request = Prepared::new(Unsubscribe::new("RPILAgUBcRhIBqSf"), &Limits::default())?;
/// assert_eq!(
///     (request.path(), &request.body()[..]),
///     ("/unsubscribe/RPILAgUBcRhIBqSf", &br#"{"unsubscribe":true}"#[..])
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
pub struct Unsubscribe {
    delivery_id: DeliveryId,
}

impl Unsubscribe {
    /// Creates the operation for the recipient of the message with this id.
    #[must_use]
    pub fn new(delivery_id: impl Into<DeliveryId>) -> Self {
        Self { delivery_id: delivery_id.into() }
    }
}

impl Operation for Unsubscribe {
    type Api = Track;
    type Output = ();
    const NAME: &'static str = "track.unsubscribe";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/unsubscribe/{delivery_id}";
    const REPLAY: Replay = Replay::Safe;
    const AUTHENTICATED: bool = false;

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        path.segment("the delivery's id", self.delivery_id.as_str(), usize::MAX)
    }
    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        Ok(Body::new(JSON, Bytes::from_static(br#"{"unsubscribe":true}"#)))
    }
}

opaque_debug!(Unsubscribe);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{refused_track, wire_track};

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_track(Unsubscribe::new("RPILAgUBcRhIBqSfeiIwdIYJKxTY")),
            "POST https://track.customer.io/unsubscribe/RPILAgUBcRhIBqSfeiIwdIYJKxTY\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 20\n\
             \n\
             {\"unsubscribe\":true}"
        );
    }

    #[test]
    fn a_delivery_must_be_named() {
        assert_eq!(refused_track(Unsubscribe::new("")).to_string(), "the delivery's id is empty");
        assert_eq!(refused_track(Unsubscribe::new("..")).subject(), "the delivery's id");
    }
}
