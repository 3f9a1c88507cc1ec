//! `DELETE /api/v1/customers/{identifier}/devices/{device_id}`: remove a device of a person.

use http::Method;

use crate::{BuildError, Operation, Path, PersonId, Track, device, macros::opaque_debug, text::Text};

/// Removes a device from a person: it gets no more push notifications.
///
/// Any later call that names the device adds it again.
///
/// Send it with [`Client::call`](crate::Client::call), or with the short method `delete_device`.
///
/// Limits: a person's id of 150 bytes. <https://docs.customer.io/integrations/api/track/#operation/delete_device>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, limits::Limits, track::DeleteDevice};
///
/// let request = Prepared::new(DeleteDevice::new("42", "device-token"), &Limits::default())?;
/// assert_eq!(request.path(), "/api/v1/customers/42/devices/device-token");
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
}

impl Operation for DeleteDevice {
    type Api = Track;
    type Output = ();
    const NAME: &'static str = "track.delete_device";
    const METHOD: Method = Method::DELETE;
    const ROUTE: &'static str = "/api/v1/customers/{identifier}/devices/{device_id}";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.person.write(path)?;
        device::write_token(&self.token, path)
    }
}

opaque_debug!(DeleteDevice);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{refused_track, wire_track};

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_track(DeleteDevice::new("42", "fcm:APA91b/x")),
            "DELETE https://track.customer.io/api/v1/customers/42/devices/fcm%3AAPA91b%2Fx\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             user-agent: customerio-rust/VERSION\n\
             \n"
        );
    }

    #[test]
    fn both_must_be_named() {
        for (error, expected) in [
            (refused_track(DeleteDevice::new("", "token")), "the person's id is empty"),
            (refused_track(DeleteDevice::new("42", "")), "the device's token is empty"),
            (
                refused_track(DeleteDevice::new("42", "..")),
                "the device's token is `.` or `..`, which cannot be part of a URL path",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
        // The vendor documents no limit.
        assert!(wire_track(DeleteDevice::new("42", "x".repeat(4096))).contains("xxx"));
    }
}
