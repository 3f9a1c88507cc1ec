//! A device that gets push notifications, as the calls of every API describe it.
//!
//! <https://docs.customer.io/integrations/api/track/#operation/add_device>

use serde::{Serialize, Serializer};

use crate::{
    BuildError, Nothing, Path, Timestamp,
    json::Fields,
    macros::{opaque_debug, setters},
    path::check_identifier,
};

/// The system that delivers a device's push notifications.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Platform {
    /// Apple's, for iOS.
    Ios,
    /// Google's, for Android.
    Android,
}

impl Platform {
    /// As the API writes it: `ios` or `android`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ios => "ios",
            Self::Android => "android",
        }
    }
}

impl Serialize for Platform {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A device of a person.
///
/// ```
/// use customerio_core::{Device, DeviceAttributes, Platform};
///
/// let attributes = DeviceAttributes::new().with_device_os("iOS 18.2").with_push_enabled(true);
/// let device = Device::new("device-token", Platform::Ios)
///     .with_last_used(1_700_000_000.into())
///     .with_attributes(attributes);
/// # let _ = device;
/// ```
pub struct Device<'a, A: ?Sized = Nothing> {
    token: &'a str,
    platform: Platform,
    last_used: Option<Timestamp>,
    attributes: Option<DeviceAttributes<'a, A>>,
}

impl<'a> Device<'a> {
    /// The device that has the token `token` on its platform.
    #[must_use]
    pub fn new(token: &'a str, platform: Platform) -> Self {
        Self { token, platform, last_used: None, attributes: None }
    }
}

impl<'a, A: ?Sized> Device<'a, A> {
    /// What to know of the device, for segments and Liquid.
    #[must_use]
    pub fn with_attributes<B: ?Sized>(self, attributes: DeviceAttributes<'a, B>) -> Device<'a, B> {
        Device { token: self.token, platform: self.platform, last_used: self.last_used, attributes: Some(attributes) }
    }

    setters! {
        /// When the person last used it; without it, when Customer.io gets the call.
        with_last_used, last_used: Timestamp;
    }

    pub(crate) fn check(&self) -> Result<(), BuildError> {
        check_token(self.token)
    }
}

impl<A: Serialize + ?Sized> Device<'_, A> {
    /// Writes the device as an object in which its token is called `token_field`: `id` in the Track API v1, `token`
    /// elsewhere.
    pub(crate) fn write<S: Serializer>(&self, token_field: &'static str, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields::new(serializer)?;
        fields.field(token_field, self.token)?;
        fields.field("platform", &self.platform)?;
        fields.optional("last_used", self.last_used.as_ref())?;
        fields.optional("attributes", self.attributes.as_ref())?;
        fields.end()
    }
}

/// What messages call a token. The vendor documents no limit of its length.
const TOKEN: &str = "the device's token";

/// Refuses what cannot be a token.
pub(crate) fn check_token(token: &str) -> Result<(), BuildError> {
    check_identifier(TOKEN, token, usize::MAX)
}

/// Writes a token as a segment of a path.
pub(crate) fn write_token(token: &str, path: &mut Path) -> Result<(), BuildError> {
    path.segment(TOKEN, token, usize::MAX)
}

/// Attributes of a [`Device`]: the ones that Customer.io knows, and your own.
///
/// `_last_status`, how the last push went, is Customer.io's to write, so it has no setter.
///
/// ```
/// use customerio_core::DeviceAttributes;
/// use serde_json::json;
///
/// let custom = json!({"store": "testflight"});
/// let attributes = DeviceAttributes::new().with_app_version("2.1.0").with_custom(&custom);
/// assert_eq!(serde_json::to_value(&attributes)?, json!({"app_version": "2.1.0", "store": "testflight"}));
/// # Ok::<(), serde_json::Error>(())
/// ```
pub struct DeviceAttributes<'a, A: ?Sized = Nothing> {
    known: Known<'a>,
    custom: &'a A,
}

/// The attributes that mean something to Customer.io.
#[derive(Clone, Copy, Default)]
struct Known<'a> {
    device_os: Option<&'a str>,
    device_model: Option<&'a str>,
    app_identifier: Option<&'a str>,
    app_version: Option<&'a str>,
    cio_sdk_version: Option<&'a str>,
    device_locale: Option<&'a str>,
    push_enabled: Option<bool>,
}

impl DeviceAttributes<'_> {
    /// No attributes yet.
    #[must_use]
    pub fn new() -> Self {
        Self { known: Known::default(), custom: &Nothing }
    }
}

impl Default for DeviceAttributes<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'a, A: ?Sized> DeviceAttributes<'a, A> {
    /// Attributes of your own: anything that serialises as an object. The vendor's contract has strings as values.
    ///
    /// One that a setter of this type has set must not be among them.
    #[must_use]
    pub fn with_custom<B: Serialize + ?Sized>(self, custom: &'a B) -> DeviceAttributes<'a, B> {
        DeviceAttributes { known: self.known, custom }
    }

    setters! {
        /// The operating system and its version.
        with_device_os, known.device_os: &'a str;
        /// The model of the device.
        with_device_model, known.device_model: &'a str;
        /// The app that the token is for: a bundle id or a package name. The App API alone documents it.
        with_app_identifier, known.app_identifier: &'a str;
        /// The version of your app.
        with_app_version, known.app_version: &'a str;
        /// The version of Customer.io's SDK in your app.
        with_cio_sdk_version, known.cio_sdk_version: &'a str;
        /// The language that the device is set to, such as `es-MX`.
        with_device_locale, known.device_locale: &'a str;
        /// Whether the device may get push notifications. It is sent as the text `"true"` or `"false"`.
        with_push_enabled, known.push_enabled: bool;
    }
}

impl<A: Serialize + ?Sized> Serialize for DeviceAttributes<'_, A> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let known = &self.known;
        let push_enabled = known.push_enabled.map(|enabled| if enabled { "true" } else { "false" });
        let mut fields = Fields::new(serializer)?;
        fields.optional("device_os", known.device_os.as_ref())?;
        fields.optional("device_model", known.device_model.as_ref())?;
        fields.optional("app_identifier", known.app_identifier.as_ref())?;
        fields.optional("app_version", known.app_version.as_ref())?;
        fields.optional("cio_sdk_version", known.cio_sdk_version.as_ref())?;
        fields.optional("device_locale", known.device_locale.as_ref())?;
        fields.optional("push_enabled", push_enabled.as_ref())?;
        fields.rest(self.custom)?;
        fields.end()
    }
}

opaque_debug!([A: ?Sized] Device<'_, A>);
opaque_debug!([A: ?Sized] DeviceAttributes<'_, A>);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text<A: Serialize + ?Sized>(device: &Device<'_, A>, token_field: &'static str) -> String {
        let mut buffer = Vec::new();
        device.write(token_field, &mut serde_json::Serializer::new(&mut buffer)).unwrap();
        String::from_utf8(buffer).unwrap()
    }

    #[test]
    fn all_that_can_be_said_of_a_device() {
        let custom = json!({"store": "play"});
        let attributes = DeviceAttributes::new()
            .with_device_os("Android 15")
            .with_device_model("Pixel 9")
            .with_app_identifier("com.example.app")
            .with_app_version("2.1.0")
            .with_cio_sdk_version("4.0.0")
            .with_device_locale("es-MX")
            .with_push_enabled(false)
            .with_custom(&custom);
        let device =
            Device::new("t", Platform::Android).with_last_used(1_700_000_000.into()).with_attributes(attributes);
        assert_eq!(
            text(&device, "token"),
            r#"{"token":"t","platform":"android","last_used":1700000000,"attributes":{"device_os":"Android 15","device_model":"Pixel 9","app_identifier":"com.example.app","app_version":"2.1.0","cio_sdk_version":"4.0.0","device_locale":"es-MX","push_enabled":"false","store":"play"}}"#
        );
    }

    #[test]
    fn what_is_not_set_is_not_written() {
        assert_eq!(text(&Device::new("t", Platform::Ios), "id"), r#"{"id":"t","platform":"ios"}"#);
        assert_eq!(serde_json::to_string(&DeviceAttributes::default()).unwrap(), "{}");
    }

    #[test]
    fn an_attribute_does_not_stand_twice() {
        let custom = json!({"push_enabled": "true"});
        let error = serde_json::to_string(&DeviceAttributes::new().with_push_enabled(true).with_custom(&custom));
        assert!(error.unwrap_err().to_string().starts_with("`push_enabled` is given twice"));
    }
}
