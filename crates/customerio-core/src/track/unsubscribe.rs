//! `POST /unsubscribe/{delivery_id}`: unsubscribe the person who got a message, with no credentials.
//!
//! <https://docs.customer.io/integrations/api/track/#operation/unsubscribe>

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{Method, Response};

use super::DELIVERY_ID;
use crate::{
    Body, BuildError, DecodeFailure, Limits, Operation, Path, Replay, Track, decode_nothing, macros::opaque_debug,
};

/// Unsubscribes the person who got a message from all messages, and counts it for that message. For unsubscribe pages of
/// your own.
///
/// It carries no credentials: whoever knows the id of a delivery can unsubscribe its recipient.
pub struct Unsubscribe<'a> {
    delivery_id: &'a str,
}

impl<'a> Unsubscribe<'a> {
    /// The recipient of the message with this id.
    #[must_use]
    pub fn new(delivery_id: &'a str) -> Self {
        Self { delivery_id }
    }
}

impl Operation for Unsubscribe<'_> {
    type Api = Track;
    type Output = ();
    const NAME: &'static str = "track.unsubscribe";
    const AUTHENTICATED: bool = false;

    fn method(&self) -> Method {
        Method::POST
    }
    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        path.literal("/unsubscribe");
        path.segment(DELIVERY_ID, self.delivery_id, usize::MAX)
    }
    fn body(&self, _: &Limits) -> Result<Body, BuildError> {
        Body::json(&BTreeMap::from([("unsubscribe", true)]))
    }
    fn replay(&self) -> Replay {
        Replay::Safe
    }
    fn decode(&self, response: &Response<Bytes>) -> Result<(), DecodeFailure> {
        decode_nothing(response)
    }
}

opaque_debug!(Unsubscribe<'_>);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{refused_track, wire_track};

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_track(&Unsubscribe::new("RPILAgUBcRhIBqSfeiIwdIYJKxTY")),
            "POST https://track.customer.io/unsubscribe/RPILAgUBcRhIBqSfeiIwdIYJKxTY\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
             content-length: 20\n\
             \n\
             {\"unsubscribe\":true}"
        );
    }

    #[test]
    fn a_delivery_must_be_named() {
        assert_eq!(refused_track(&Unsubscribe::new("")).to_string(), "the delivery's id is empty");
        assert_eq!(refused_track(&Unsubscribe::new("..")).subject(), "the delivery's id");
    }
}
