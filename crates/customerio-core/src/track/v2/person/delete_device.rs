//! `person` / `delete_device`: remove a device of a person.

use serde::Serialize;

use crate::{
    BuildError, Limits, PersonId,
    device::check_token,
    json::Writer,
    text::Text,
    track::v2::entity::{begin, entity},
};

/// Removes a device from a person: it gets no more push notifications.
///
/// Any later call that names the device adds it again.
///
/// Send it with [`Client::call`](crate::Client::call); many of them with [`Client::send_all`](crate::Client::send_all).
///
/// Limits: 32 KB; a person's id of 150 bytes. <https://docs.customer.io/integrations/api/track/#operation/entity>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, limits::Limits, track::v2::person::DeleteDevice};
///
/// let delete = DeleteDevice::new("42", "device-token");
/// assert_eq!(Prepared::new(delete, &Limits::default())?.path(), "/api/v2/entity");
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "delete_device")]
pub struct DeleteDevice {
    person: PersonId,
    token: Text,
}

impl DeleteDevice {
    /// Creates the operation for the device of `person` with this token.
    #[must_use]
    pub fn new(person: impl Into<PersonId>, token: impl AsRef<str>) -> Self {
        Self { person: person.into(), token: Text::new(token) }
    }

    fn encode(self, limits: &Limits) -> Result<Vec<u8>, BuildError> {
        self.person.check_or_phone(limits)?;
        check_token(&self.token)?;
        let mut call = Writer::new();
        begin(&mut call, "person", "delete_device", &self.person)?;
        call.field("device", &Device { token: self.token })?;
        Ok(call.merge())
    }
}

#[derive(Serialize)]
struct Device {
    token: Text,
}

entity!(DeleteDevice, "track.v2.person.delete_device", Safe);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{refused_track, wire_track};

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_track(DeleteDevice::new("42", "fcm:APA91b/x")),
            "POST https://track.customer.io/api/v2/entity\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 102\n\
             \n\
             {\"type\":\"person\",\"identifiers\":{\"id\":\"42\"},\"action\":\"delete_device\",\"device\":{\"token\":\"fcm:APA91b/x\"}}"
        );
    }

    #[test]
    fn both_must_be_named() {
        for (error, expected) in [
            (refused_track(DeleteDevice::new("", "token")), "the person's id is empty"),
            (refused_track(DeleteDevice::new("42", "")), "the device's token is empty"),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
