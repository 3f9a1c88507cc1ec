//! `PUT /api/v1/customers/{identifier}/devices`: add or update a device of a person.

use http::Method;

use crate::{Body, BuildError, Device, Limits, Operation, Path, PersonId, Track, json::Writer, macros::opaque_debug};

/// Adds a device to a person, or updates the one that has the token.
///
/// Send it with [`Client::call`](crate::Client::call), or with the short method `add_device`.
///
/// Limits: a person's id of 150 bytes. <https://docs.customer.io/integrations/api/track/#operation/add_device>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{
///     Device, DeviceAttributes, Platform, Prepared, limits::Limits, track::AddDevice,
/// };
///
/// let attributes = DeviceAttributes::new().with_app_version("2.1.0");
/// let device = Device::new("device-token", Platform::Ios).with_attributes(attributes);
/// let request = Prepared::new(AddDevice::new("42", device), &Limits::default())?;
/// assert_eq!(request.path(), "/api/v1/customers/42/devices");
/// assert_eq!(
///     request.body(),
///     r#"{"device":{"id":"device-token","platform":"ios","attributes":{"app_version":"2.1.0"}}}"#
/// );
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
}

impl Operation for AddDevice {
    type Api = Track;
    type Output = ();
    const NAME: &'static str = "track.add_device";
    const METHOD: Method = Method::PUT;
    const ROUTE: &'static str = "/api/v1/customers/{identifier}/devices";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.person.write(path)
    }
    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        self.device.check()?;
        let mut body = Writer::new();
        body.field("device", &self.device.named("id"))?;
        Ok(Body::encoded(body.merge()))
    }
}

opaque_debug!(AddDevice);

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
            .with_custom(custom);
        let device = Device::new("token", Platform::Ios).with_last_used(1_700_000_000).with_attributes(attributes);
        assert_eq!(
            wire_track(AddDevice::new(PersonId::email("ada@example.com"), device)),
            "PUT https://track.customer.io/api/v1/customers/ada%40example.com/devices\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
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
        assert_eq!(body(add), r#"{"device":{"id":"token","platform":"android"}}"#);
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        let device = || Device::new("token", Platform::Ios);
        let twice = BTreeMap::from([("device_os", "iOS")]);
        let nan = BTreeMap::from([("battery", f64::NAN)]);
        for (error, expected) in [
            (refused_track(AddDevice::new("", device())), "the person's id is empty"),
            (refused_track(AddDevice::new("42", Device::new("", Platform::Ios))), "the device's token is empty"),
            (
                refused_track(AddDevice::new("42", device().with_last_used(1_700_000_000_000_i64))),
                "`device.last_used` cannot be encoded: it is not a time in seconds; it can only be milliseconds",
            ),
            (
                refused_track(AddDevice::new(
                    "42",
                    device().with_attributes(DeviceAttributes::new().with_device_os("iOS").with_custom(&twice)),
                )),
                "`device_os` is set both by a setter and in the attributes",
            ),
            (
                refused_track(AddDevice::new(
                    "42",
                    device().with_attributes(DeviceAttributes::new().with_custom(&nan)),
                )),
                "`battery` is NaN: as JSON it would be null, which erases an attribute",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
