//! `person` / `add_device`: add or update a device of a person.
//!
//! Limits: 32 KB. <https://docs.customer.io/integrations/api/track/#operation/entity>

use serde::{Serialize, Serializer};

use crate::{
    BuildError, Device, Limits, Nothing, PersonId, Replay,
    json::Fields,
    macros::opaque_debug,
    track::v2::entity::{begin, entity},
};

/// Adds a device to a person, or updates the one that has the token.
///
/// ```
/// use customerio_core::{Device, PersonId, Platform, track::v2::person::AddDevice};
///
/// let add = AddDevice::new(PersonId::Phone("+14155552671"), Device::new("device-token", Platform::Ios));
/// # let _ = add;
/// ```
pub struct AddDevice<'a, A: ?Sized = Nothing> {
    person: PersonId<'a>,
    device: Device<'a, A>,
}

impl<'a, A: ?Sized> AddDevice<'a, A> {
    /// The device `device` of `person`.
    #[must_use]
    pub fn new(person: impl Into<PersonId<'a>>, device: Device<'a, A>) -> Self {
        Self { person: person.into(), device }
    }

    fn check(&self, limits: &Limits) -> Result<(), BuildError> {
        self.person.check_or_phone(limits)?;
        self.device.check()
    }

    #[expect(clippy::unused_self, reason = "for other calls it depends on the value")]
    fn replay(&self) -> Replay {
        Replay::Safe
    }
}

impl<A: Serialize + ?Sized> Serialize for AddDevice<'_, A> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields::new(serializer)?;
        begin(&mut fields, "person", "add_device", &self.person)?;
        fields.field("device", &WithToken(&self.device))?;
        fields.end()
    }
}

/// A device as version 2 writes it.
struct WithToken<'a, 'b, A: ?Sized>(&'b Device<'a, A>);

impl<A: Serialize + ?Sized> Serialize for WithToken<'_, '_, A> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write("token", serializer)
    }
}

entity!([A: Serialize + ?Sized] AddDevice<'_, A>, "track.v2.person.add_device");
opaque_debug!([A: ?Sized] AddDevice<'_, A>);

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
        let device =
            Device::new("token", Platform::Ios).with_last_used(1_700_000_000.into()).with_attributes(attributes);
        assert_eq!(
            wire_track(&AddDevice::new(PersonId::Phone("+14155552671"), device)),
            "POST https://track.customer.io/api/v2/entity\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
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
            body(&add),
            r#"{"type":"person","identifiers":{"id":"42"},"action":"add_device","device":{"token":"token","platform":"android"}}"#
        );
    }

    #[test]
    fn both_must_be_named() {
        for (error, expected) in [
            (refused_track(&AddDevice::new("", Device::new("token", Platform::Ios))), "the person's id is empty"),
            (refused_track(&AddDevice::new("42", Device::new("", Platform::Ios))), "the device's token is empty"),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
