//! `DELETE /api/v1/customers/{id}/devices/{token}`: remove a device of a person.
//!
//! <https://docs.customer.io/integrations/api/track/#operation/delete_device>

use bytes::Bytes;
use http::{Method, Response};

use crate::{
    BuildError, DecodeFailure, Operation, Path, PersonId, Replay, Track, decode_nothing, device, macros::opaque_debug,
};

/// Removes a device from a person: it gets no more push notifications.
///
/// Any later call that names the device adds it again.
pub struct DeleteDevice<'a> {
    person: PersonId<'a>,
    token: &'a str,
}

impl<'a> DeleteDevice<'a> {
    /// The device of `person` that has this token.
    #[must_use]
    pub fn new(person: impl Into<PersonId<'a>>, token: &'a str) -> Self {
        Self { person: person.into(), token }
    }
}

impl Operation for DeleteDevice<'_> {
    type Api = Track;
    type Output = ();
    const NAME: &'static str = "track.delete_device";

    fn method(&self) -> Method {
        Method::DELETE
    }
    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        path.literal("/api/v1/customers");
        self.person.write(path)?;
        path.literal("/devices");
        device::write_token(self.token, path)
    }
    fn replay(&self) -> Replay {
        Replay::Safe
    }
    fn decode(&self, response: &Response<Bytes>) -> Result<(), DecodeFailure> {
        decode_nothing(response)
    }
}

opaque_debug!(DeleteDevice<'_>);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{refused_track, wire_track};

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_track(&DeleteDevice::new("42", "fcm:APA91b/x")),
            "DELETE https://track.customer.io/api/v1/customers/42/devices/fcm%3AAPA91b%2Fx\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             user-agent: customerio-rust/0.1.0\n\
             \n"
        );
    }

    #[test]
    fn both_must_be_named() {
        for (error, expected) in [
            (refused_track(&DeleteDevice::new("", "token")), "the person's id is empty"),
            (refused_track(&DeleteDevice::new("42", "")), "the device's token is empty"),
            (
                refused_track(&DeleteDevice::new("42", "..")),
                "the device's token is `.` or `..`, which cannot stand in a URL path",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
        // The vendor documents no limit.
        assert!(wire_track(&DeleteDevice::new("42", &"x".repeat(4096))).contains("xxx"));
    }
}
