//! `person` / `delete_device`: remove a device of a person.
//!
//! <https://docs.customer.io/integrations/api/track/#operation/entity>

use serde::{Serialize, Serializer};

use crate::{
    BuildError, Limits, PersonId, Replay,
    device::check_token,
    json::Fields,
    macros::opaque_debug,
    track::v2::entity::{begin, entity},
};

/// Removes a device from a person: it gets no more push notifications.
///
/// Any later call that names the device adds it again.
pub struct DeleteDevice<'a> {
    person: PersonId<'a>,
    device: Token<'a>,
}

#[derive(Serialize)]
struct Token<'a> {
    token: &'a str,
}

impl<'a> DeleteDevice<'a> {
    /// The device of `person` that has this token.
    #[must_use]
    pub fn new(person: impl Into<PersonId<'a>>, token: &'a str) -> Self {
        Self { person: person.into(), device: Token { token } }
    }

    fn check(&self, limits: &Limits) -> Result<(), BuildError> {
        self.person.check_or_phone(limits)?;
        check_token(self.device.token)
    }

    #[expect(clippy::unused_self, reason = "for other calls it depends on the value")]
    fn replay(&self) -> Replay {
        Replay::Safe
    }
}

impl Serialize for DeleteDevice<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields::new(serializer)?;
        begin(&mut fields, "person", "delete_device", &self.person)?;
        fields.field("device", &self.device)?;
        fields.end()
    }
}

entity!([] DeleteDevice<'_>, "track.v2.person.delete_device");
opaque_debug!(DeleteDevice<'_>);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{refused_track, wire_track};

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_track(&DeleteDevice::new("42", "fcm:APA91b/x")),
            "POST https://track.customer.io/api/v2/entity\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
             content-length: 102\n\
             \n\
             {\"type\":\"person\",\"identifiers\":{\"id\":\"42\"},\"action\":\"delete_device\",\"device\":{\"token\":\"fcm:APA91b/x\"}}"
        );
    }

    #[test]
    fn both_must_be_named() {
        for (error, expected) in [
            (refused_track(&DeleteDevice::new("", "token")), "the person's id is empty"),
            (refused_track(&DeleteDevice::new("42", "")), "the device's token is empty"),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
