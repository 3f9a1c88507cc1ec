//! `PUT /api/v1/customers/{id}/devices`: add or update a device of a person.
//!
//! <https://docs.customer.io/integrations/api/track/#operation/add_device>

use bytes::Bytes;
use http::{Method, Response};
use serde::{Serialize, Serializer};

use crate::{
    Body, BuildError, DecodeFailure, Device, Limits, Nothing, Operation, Path, PersonId, Replay, Track, decode_nothing,
    macros::opaque_debug,
};

/// Adds a device to a person, or updates the one that has the token.
///
/// ```
/// use customerio_core::{Device, DeviceAttributes, Platform, track::AddDevice};
///
/// let attributes = DeviceAttributes::new().with_app_version("2.1.0").with_push_enabled(true);
/// let device = Device::new("device-token", Platform::Ios).with_attributes(attributes);
/// let add = AddDevice::new("42", device);
/// # let _ = add;
/// ```
#[derive(Serialize)]
#[serde(bound = "A: Serialize")]
pub struct AddDevice<'a, A: ?Sized = Nothing> {
    #[serde(skip)]
    person: PersonId<'a>,
    #[serde(serialize_with = "write")]
    device: Device<'a, A>,
}

impl<'a, A: ?Sized> AddDevice<'a, A> {
    /// The device `device` of `person`.
    #[must_use]
    pub fn new(person: impl Into<PersonId<'a>>, device: Device<'a, A>) -> Self {
        Self { person: person.into(), device }
    }
}

fn write<S: Serializer, A: Serialize + ?Sized>(device: &Device<'_, A>, serializer: S) -> Result<S::Ok, S::Error> {
    device.write("id", serializer)
}

impl<A: Serialize + ?Sized> Operation for AddDevice<'_, A> {
    type Api = Track;
    type Output = ();
    const NAME: &'static str = "track.add_device";

    fn method(&self) -> Method {
        Method::PUT
    }
    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        path.literal("/api/v1/customers");
        self.person.write(path)?;
        path.literal("/devices");
        Ok(())
    }
    fn body(&self, _: &Limits) -> Result<Body, BuildError> {
        self.device.check()?;
        Body::json(self)
    }
    fn replay(&self) -> Replay {
        Replay::Safe
    }
    fn decode(&self, response: &Response<Bytes>) -> Result<(), DecodeFailure> {
        decode_nothing(response)
    }
}

opaque_debug!([A: ?Sized] AddDevice<'_, A>);

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::{
        DeviceAttributes, Platform,
        testing::{body, refused_track, wire_track},
    };

    #[test]
    fn the_whole_request() {
        let custom = json!({"store": "testflight"});
        let attributes = DeviceAttributes::new()
            .with_device_os("iOS 18.2")
            .with_device_model("iPhone 16")
            .with_app_version("2.1.0")
            .with_cio_sdk_version("3.9.0")
            .with_device_locale("es-MX")
            .with_push_enabled(true)
            .with_custom(&custom);
        let device =
            Device::new("token", Platform::Ios).with_last_used(1_700_000_000.into()).with_attributes(attributes);
        assert_eq!(
            wire_track(&AddDevice::new(PersonId::Email("ada@example.com"), device)),
            "PUT https://track.customer.io/api/v1/customers/ada%40example.com/devices\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
             content-length: 245\n\
             \n\
             {\"device\":{\"id\":\"token\",\"platform\":\"ios\",\"last_used\":1700000000,\"attributes\":{\
             \"device_os\":\"iOS 18.2\",\"device_model\":\"iPhone 16\",\"app_version\":\"2.1.0\",\
             \"cio_sdk_version\":\"3.9.0\",\"device_locale\":\"es-MX\",\"push_enabled\":\"true\",\
             \"store\":\"testflight\"}}}"
        );
    }

    #[test]
    fn what_is_not_set_is_not_sent() {
        let add = AddDevice::new("42", Device::new("token", Platform::Android));
        assert_eq!(body(&add), r#"{"device":{"id":"token","platform":"android"}}"#);
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        let device = || Device::new("token", Platform::Ios);
        let twice = BTreeMap::from([("device_os", "iOS")]);
        let nan = BTreeMap::from([("battery", f64::NAN)]);
        for (error, expected) in [
            (refused_track(&AddDevice::new("", device())), "the person's id is empty"),
            (refused_track(&AddDevice::new("42", Device::new("", Platform::Ios))), "the device's token is empty"),
            (
                refused_track(&AddDevice::new("42", device().with_last_used(1_700_000_000_000.into()))),
                "the body cannot be sent: 1700000000000 is not a time in seconds; it can only be milliseconds",
            ),
            (
                refused_track(&AddDevice::new(
                    "42",
                    device().with_attributes(DeviceAttributes::new().with_device_os("iOS").with_custom(&twice)),
                )),
                "the body cannot be sent: `device_os` is given twice: by its setter and among the attributes or data",
            ),
            (
                refused_track(&AddDevice::new(
                    "42",
                    device().with_attributes(DeviceAttributes::new().with_custom(&nan)),
                )),
                "the body cannot be sent: a number is NaN or infinite, which JSON writes as null, and null erases an attribute",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
