//! `person` / `add_device`: add or update a device of a person.

use crate::{
    BuildError, Device, Limits, PersonId,
    json::Writer,
    track::v2::entity::{begin, entity},
};

/// Adds a device to a person, or updates the one that has the token.
///
/// Send it with [`Client::call`](crate::Client::call); many of them with [`Client::send_all`](crate::Client::send_all).
///
/// Limits: 32 KB; a person's id of 150 bytes. <https://docs.customer.io/integrations/api/track/#operation/entity>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{
///     Device, PersonId, Platform, Prepared, limits::Limits, track::v2::person::AddDevice,
/// };
///
/// let add =
///     AddDevice::new(PersonId::phone("+14155552671"), Device::new("device-token", Platform::Ios));
/// assert_eq!(Prepared::new(add, &Limits::default())?.path(), "/api/v2/entity");
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "add_device")]
pub struct AddDevice {
    person: PersonId,
    device: Device,
}

impl AddDevice {
    /// Creates the operation for the device `device` of `person`.
    #[must_use]
    pub fn new(person: impl Into<PersonId>, device: Device) -> Self {
        Self { person: person.into(), device }
    }

    fn encode(self, limits: &Limits) -> Result<Vec<u8>, BuildError> {
        self.person.check_or_phone(limits)?;
        self.device.check()?;
        let mut call = Writer::new();
        begin(&mut call, "person", "add_device", &self.person)?;
        call.field("device", &self.device.named("token"))?;
        Ok(call.merge())
    }
}

entity!(AddDevice, "track.v2.person.add_device", Safe);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        DeviceAttributes, Platform,
        testing::{body, refused_track, wire_track},
    };

    #[test]
    fn the_whole_request() {
        let attributes = DeviceAttributes::new().with_app_version("2.1.0").with_push_enabled(true);
        let device = Device::new("token", Platform::Ios).with_last_used(1_700_000_000).with_attributes(attributes);
        assert_eq!(
            wire_track(AddDevice::new(PersonId::phone("+14155552671"), device)),
            "POST https://track.customer.io/api/v2/entity\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 204\n\
             \n\
             {\"type\":\"person\",\"identifiers\":{\"phone\":\"+14155552671\"},\"action\":\"add_device\",\
             \"device\":{\"token\":\"token\",\"platform\":\"ios\",\"last_used\":1700000000,\
             \"attributes\":{\"app_version\":\"2.1.0\",\"push_enabled\":\"true\"}}}"
        );
    }

    #[test]
    fn what_is_not_set_is_not_sent() {
        let add = AddDevice::new("42", Device::new("token", Platform::Android));
        assert_eq!(
            body(add),
            r#"{"type":"person","identifiers":{"id":"42"},"action":"add_device","device":{"token":"token","platform":"android"}}"#
        );
    }

    #[test]
    fn both_must_be_named() {
        for (error, expected) in [
            (refused_track(AddDevice::new("", Device::new("token", Platform::Ios))), "the person's id is empty"),
            (refused_track(AddDevice::new("42", Device::new("", Platform::Ios))), "the device's token is empty"),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
