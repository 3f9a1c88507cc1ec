//! A device that gets push notifications, as the calls of every API describe it.
//!
//! <https://docs.customer.io/integrations/api/track/#operation/add_device>

use serde::{Serialize, Serializer, ser::SerializeMap as _};

use crate::{
    BuildError, BuildErrorKind, Path, Timestamp,
    json::{Attributes, Members, Writer, check_text},
    macros::{opaque_debug, setters},
    path::check_identifier,
    text::Text,
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
    /// Returns the platform as the API writes it: `ios` or `android`.
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
/// # use customerio_core::facade as customerio;
/// use customerio::{Device, DeviceAttributes, Platform};
///
/// let attributes = DeviceAttributes::new().with_device_os("iOS 18.2").with_push_enabled(true);
/// let device = Device::new("device-token", Platform::Ios)
///     .with_last_used(1_700_000_000)
///     .with_attributes(attributes);
/// # use customerio::{Prepared, limits::Limits, track::AddDevice};
/// let request = Prepared::new(AddDevice::new("42", device), &Limits::default())?;
/// assert_eq!(
///     request.body(),
///     r#"{"device":{"id":"device-token","platform":"ios","last_used":1700000000,"attributes":{"device_os":"iOS 18.2","push_enabled":"true"}}}"#
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
pub struct Device {
    token: Text,
    platform: Platform,
    last_used: Option<Timestamp>,
    attributes: Option<Attributes>,
}

impl Device {
    /// Creates a device with the token `token` on this platform.
    #[must_use]
    pub fn new(token: impl AsRef<str>, platform: Platform) -> Self {
        Self { token: Text::new(token), platform, last_used: None, attributes: None }
    }

    /// Sets the attributes of the device, for segments and Liquid.
    #[must_use]
    pub fn with_attributes(mut self, attributes: DeviceAttributes) -> Self {
        self.attributes = Some(Attributes::encoded(attributes.encode()));
        self
    }

    setters! {
        /// When the person last used it. The default is the time at which Customer.io gets the request.
        with_last_used, last_used: time;
    }

    pub(crate) fn check(&self) -> Result<(), BuildError> {
        check_token(&self.token)?;
        self.attributes.as_ref().map_or(Ok(()), |attributes| attributes.json().map(|_| ()))
    }

    /// The device as an object in which its token is called `token_field`: `id` in the Track API v1, `token` elsewhere.
    pub(crate) const fn named(&self, token_field: &'static str) -> impl Serialize {
        Named { device: self, token_field }
    }
}

struct Named<'a> {
    device: &'a Device,
    token_field: &'static str,
}

impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Device { token, platform, last_used, attributes } = self.device;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(self.token_field, token)?;
        map.serialize_entry("platform", platform)?;
        if let Some(last_used) = last_used {
            map.serialize_entry("last_used", last_used)?;
        }
        if let Some(attributes) = attributes {
            map.serialize_entry("attributes", attributes)?;
        }
        map.end()
    }
}

/// The name of a token in error messages. The vendor documents no limit of its length.
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
/// `_last_status`, the result of the last push, has no setter: only Customer.io writes it.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::DeviceAttributes;
/// use serde_json::json;
///
/// let attributes = DeviceAttributes::new()
///     .with_app_version("2.1.0")
///     .with_custom(json!({"store": "testflight"}));
/// # use customerio::{Device, Platform, Prepared, limits::Limits, track::AddDevice};
/// # let device = Device::new("device-token", Platform::Ios).with_attributes(attributes);
/// # let request = Prepared::new(AddDevice::new("42", device), &Limits::default())?;
/// # let body = String::from_utf8_lossy(request.body());
/// assert!(
///     body.contains(r#""app_version":"2.1.0""#) && body.contains(r#""store":"testflight""#),
///     "{body}"
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
pub struct DeviceAttributes {
    device_os: Option<Text>,
    device_model: Option<Text>,
    app_identifier: Option<Text>,
    app_version: Option<Text>,
    cio_sdk_version: Option<Text>,
    device_locale: Option<Text>,
    push_enabled: Option<bool>,
    custom: Attributes,
}

impl DeviceAttributes {
    /// Creates attributes with nothing set.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            device_os: None,
            device_model: None,
            app_identifier: None,
            app_version: None,
            cio_sdk_version: None,
            device_locale: None,
            push_enabled: None,
            custom: Attributes::empty(),
        }
    }

    /// Sets custom attributes: anything that serialises as an object of strings. They are encoded here; what cannot be
    /// encoded is an error when the request is built.
    ///
    /// The API accepts no numbers, no booleans and no `null`, so they are refused. So are `_last_status`, which only
    /// Customer.io writes, and what a setter of this type has set. An attribute that is `None` is left out.
    #[must_use]
    pub fn with_custom(mut self, custom: impl Serialize) -> Self {
        self.custom = Attributes::new("the attributes of a device", &custom);
        self
    }

    setters! {
        /// The operating system and its version.
        with_device_os, device_os: text;
        /// The model of the device.
        with_device_model, device_model: text;
        /// The app that the token is for: a bundle id or a package name. Only the App API documents it.
        with_app_identifier, app_identifier: text;
        /// The version of your app.
        with_app_version, app_version: text;
        /// The version of Customer.io's SDK in your app.
        with_cio_sdk_version, cio_sdk_version: text;
        /// The language that the device is set to, such as `es-MX`.
        with_device_locale, device_locale: text;
        /// Whether the device may get push notifications. It is sent as the text `"true"` or `"false"`.
        with_push_enabled, push_enabled: bool;
    }

    fn encode(self) -> Result<Vec<u8>, BuildError> {
        check_custom(self.custom.json()?)?;
        let push_enabled = self.push_enabled.map(|enabled| if enabled { "true" } else { "false" });
        let mut attributes = Writer::before(self.custom)?;
        attributes.optional("device_os", &self.device_os)?;
        attributes.optional("device_model", &self.device_model)?;
        attributes.optional("app_identifier", &self.app_identifier)?;
        attributes.optional("app_version", &self.app_version)?;
        attributes.optional("cio_sdk_version", &self.cio_sdk_version)?;
        attributes.optional("device_locale", &self.device_locale)?;
        attributes.optional("push_enabled", &push_enabled)?;
        Ok(attributes.merge())
    }
}

/// Refuses custom attributes that the API refuses.
fn check_custom(attributes: &[u8]) -> Result<(), BuildError> {
    for (name, value) in Members::of(attributes) {
        check_text(name, value, "a device's attributes are strings alone")?;
        let problem = match name {
            b"_last_status" => "it is Customer.io's to write",
            b"push_enabled" if !matches!(value, br#""true""# | br#""false""#) => {
                "it must be `true` or `false`, as text"
            }
            _ => continue,
        };
        let name = String::from_utf8_lossy(name);
        return Err(BuildError::new(format!("`{name}`"), BuildErrorKind::Invalid(problem.into())));
    }
    Ok(())
}

impl Default for DeviceAttributes {
    fn default() -> Self {
        Self::new()
    }
}

opaque_debug!(Device);
opaque_debug!(DeviceAttributes);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(device: &Device, token_field: &'static str) -> String {
        String::from_utf8(crate::json::encode(&device.named(token_field)).unwrap()).unwrap()
    }

    #[test]
    fn all_that_can_be_said_of_a_device() {
        let attributes = DeviceAttributes::new()
            .with_device_os("Android 15")
            .with_device_model("Pixel 9")
            .with_app_identifier("com.example.app")
            .with_app_version("2.1.0")
            .with_cio_sdk_version("4.0.0")
            .with_device_locale("es-MX")
            .with_push_enabled(false)
            .with_custom(json!({"store": "play"}));
        let device = Device::new("t", Platform::Android).with_last_used(1_700_000_000).with_attributes(attributes);
        assert_eq!(
            text(&device, "token"),
            r#"{"token":"t","platform":"android","last_used":1700000000,"attributes":{"device_os":"Android 15","device_model":"Pixel 9","app_identifier":"com.example.app","app_version":"2.1.0","cio_sdk_version":"4.0.0","device_locale":"es-MX","push_enabled":"false","store":"play"}}"#
        );
    }

    #[test]
    fn what_is_not_set_is_not_written() {
        assert_eq!(text(&Device::new("t", Platform::Ios), "id"), r#"{"id":"t","platform":"ios"}"#);
        let device = Device::new("t", Platform::Ios).with_attributes(DeviceAttributes::default());
        assert_eq!(text(&device, "id"), r#"{"id":"t","platform":"ios","attributes":{}}"#);
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        let check = |attributes| Device::new("t", Platform::Ios).with_attributes(attributes).check();
        let attributes = DeviceAttributes::new().with_push_enabled(true);
        for (custom, expected) in [
            (json!({"push_enabled": "true"}), "`push_enabled` is set both by a setter and in the attributes"),
            (json!([1]), "the attributes of a device must be an object, not a list"),
        ] {
            let error = check(attributes.clone().with_custom(custom)).unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
        assert_eq!(check(attributes), Ok(()));
        for (value, expected) in [
            (json!({"build": 3}), "`build` is a number, and a device's attributes are strings alone"),
            (json!({"beta": true}), "`beta` is a boolean, and a device's attributes are strings alone"),
            (json!({"store": null}), "`store` is null, and a device's attributes are strings alone"),
            (json!({"store": ["play"]}), "`store` is a list, and a device's attributes are strings alone"),
            (json!({"store": {"name": "play"}}), "`store` is an object, and a device's attributes are strings alone"),
            (json!({"push_enabled": true}), "`push_enabled` is a boolean, and a device's attributes are strings alone"),
            (json!({"push_enabled": "yes"}), "`push_enabled` is not valid: it must be `true` or `false`, as text"),
            (json!({"_last_status": "sent"}), "`_last_status` is not valid: it is Customer.io's to write"),
        ] {
            let error = check(DeviceAttributes::new().with_custom(value)).unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
        let text = json!({"push_enabled": "false", "store": "play", "none": ""});
        assert_eq!(check(DeviceAttributes::new().with_custom(text)), Ok(()));
    }
}
