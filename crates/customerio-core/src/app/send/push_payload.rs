//! Custom payloads for push messages, in the form of the service that delivers them.

use serde::Serialize;

use super::message::Pairs;
use crate::{
    BuildError, BuildErrorKind,
    json::Attributes,
    macros::{opaque_debug, setters},
    text::Text,
};

/// The payload of a push message, one for each platform.
///
/// It replaces everything else that the message or its transactional message says.
///
/// Each is anything that serialises as an object: [`ApnsPayload`] or [`FcmIosPayload`] for iOS, whichever service the
/// workspace sends through, [`FcmAndroidPayload`] for Android, or your own JSON if those do not have a field.
///
/// <https://docs.customer.io/integrations/api/app/#operation/sendPush>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::app::{AlertText, ApnsPayload, Aps, CustomPayload};
/// use serde_json::json;
///
/// let aps = Aps::new()
///     .with_alert(AlertText::new().with_title("Hi"))
///     .with_badge(1)
///     .with_mutable_content(true);
/// let payload = CustomPayload::new()
///     .with_ios(ApnsPayload::new().with_link("app://orders/1").with_aps(aps))
///     .with_android(json!({"message": {"notification": {"title": "Hi"}}}));
/// assert_eq!(
///     serde_json::to_value(&payload)?,
///     json!({
///         "ios": {
///             "CIO": {"push": {"link": "app://orders/1"}},
///             "aps": {"alert": {"title": "Hi"}, "badge": 1, "mutable-content": 1},
///         },
///         "android": {"message": {"notification": {"title": "Hi"}}},
///     }),
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Default, Serialize)]
pub struct CustomPayload {
    #[serde(skip_serializing_if = "Option::is_none")]
    ios: Option<Attributes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    android: Option<Attributes>,
}

impl CustomPayload {
    /// Creates an empty payload.
    #[must_use]
    pub const fn new() -> Self {
        Self { ios: None, android: None }
    }

    /// The payload for iOS devices. It is encoded here; what cannot be encoded is an error when the request is built.
    #[must_use]
    pub fn with_ios(mut self, payload: impl Serialize) -> Self {
        self.ios = Some(Attributes::new("the payload for iOS", &payload));
        self
    }

    /// The payload for Android devices. It is encoded here; what cannot be encoded is an error when the request is
    /// built.
    #[must_use]
    pub fn with_android(mut self, payload: impl Serialize) -> Self {
        self.android = Some(Attributes::new("the payload for Android", &payload));
        self
    }

    /// Refuses what cannot be encoded, and an empty payload: in place of everything else it would leave nothing.
    pub(super) fn check(&self) -> Result<(), BuildError> {
        if self.ios.is_none() && self.android.is_none() {
            return Err(BuildError::new("the custom payload", BuildErrorKind::Empty));
        }
        [&self.ios, &self.android].into_iter().flatten().try_for_each(|payload| payload.json().map(|_| ()))
    }
}

/// The payload for iOS devices through Apple's service (APNs).
#[derive(Clone, Default, Serialize)]
pub struct ApnsPayload {
    #[serde(rename = "CIO", skip_serializing_if = "is_default")]
    cio: Cio,
    #[serde(skip_serializing_if = "Option::is_none")]
    aps: Option<Attributes>,
}

/// What Customer.io's SDK in the app reads.
#[derive(Clone, Default, PartialEq, Serialize)]
struct Cio {
    push: CioPush,
}

#[derive(Clone, Default, PartialEq, Serialize)]
struct CioPush {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<Text>,
}

impl ApnsPayload {
    /// Creates an empty payload.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Apple's own part: an [`Aps`](super::Aps), or your own object if that does not have a key.
    #[must_use]
    pub fn with_aps(mut self, aps: impl Serialize) -> Self {
        self.aps = Some(Attributes::new("Apple's part", &aps));
        self
    }

    setters! {
        /// The HTTPS URL of an image.
        with_image, cio.push.image: text;
        /// Sets the link that a tap opens: a page of the app or of the web.
        with_link, cio.push.link: text;
    }
}

/// The payload for iOS devices through Google's service (FCM).
#[derive(Clone, Default, Serialize)]
pub struct FcmIosPayload {
    message: FcmIosMessage,
}

#[derive(Clone, Default, Serialize)]
struct FcmIosMessage {
    apns: FcmApns,
}

#[derive(Clone, Default, Serialize)]
struct FcmApns {
    #[serde(skip_serializing_if = "Pairs::is_empty")]
    headers: Pairs,
    payload: ApnsPayload,
}

impl FcmIosPayload {
    /// Creates an empty payload.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Apple's own part, as in [`ApnsPayload::with_aps`].
    #[must_use]
    pub fn with_aps(mut self, aps: impl Serialize) -> Self {
        self.message.apns.payload = self.message.apns.payload.with_aps(aps);
        self
    }

    /// Headers for Apple's service, such as `[("apns-priority", "5")]`. A name can be given once.
    #[must_use]
    pub fn with_headers(mut self, headers: impl IntoIterator<Item = (impl AsRef<str>, impl AsRef<str>)>) -> Self {
        self.message.apns.headers = Pairs::new(headers);
        self
    }

    setters! {
        /// The title.
        with_title, message.apns.payload.cio.push.title: text;
        /// The text.
        with_body, message.apns.payload.cio.push.body: text;
        /// The HTTPS URL of an image.
        with_image, message.apns.payload.cio.push.image: text;
        /// Sets the link that a tap opens: a page of the app or of the web.
        with_link, message.apns.payload.cio.push.link: text;
    }
}

/// The payload for Android devices through Google's service (FCM).
#[derive(Clone, Default, Serialize)]
pub struct FcmAndroidPayload {
    message: FcmAndroidMessage,
}

#[derive(Clone, Default, Serialize)]
struct FcmAndroidMessage {
    #[serde(skip_serializing_if = "is_default")]
    notification: Notification,
    #[serde(skip_serializing_if = "Pairs::is_empty")]
    data: Pairs,
    #[serde(skip_serializing_if = "is_default")]
    android: Android,
}

#[derive(Clone, Default, PartialEq, Serialize)]
struct Notification {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Text>,
}

#[derive(Clone, Default, PartialEq, Serialize)]
struct Android {
    notification: AndroidNotification,
}

#[derive(Clone, Default, PartialEq, Serialize)]
struct AndroidNotification {
    #[serde(skip_serializing_if = "Option::is_none")]
    title_loc_key: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title_loc_arg: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body_loc_key: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body_loc_arg: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    click_action: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    icon: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sound: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<Text>,
}

impl FcmAndroidPayload {
    /// Creates an empty payload.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Entries for the app, such as `[("order", "A-17")]`. A key can be given once.
    #[must_use]
    pub fn with_data(mut self, data: impl IntoIterator<Item = (impl AsRef<str>, impl AsRef<str>)>) -> Self {
        self.message.data = Pairs::new(data);
        self
    }

    setters! {
        /// The title.
        with_title, message.notification.title: text;
        /// The text.
        with_body, message.notification.body: text;
        /// The key of the title among the app's localised texts.
        with_title_loc_key, message.android.notification.title_loc_key: text;
        /// Sets the value of the placeholder in the localised title.
        with_title_loc_arg, message.android.notification.title_loc_arg: text;
        /// The key of the text among the app's localised texts.
        with_body_loc_key, message.android.notification.body_loc_key: text;
        /// Sets the value of the placeholder in the localised text.
        with_body_loc_arg, message.android.notification.body_loc_arg: text;
        /// The activity that a tap starts.
        with_click_action, message.android.notification.click_action: text;
        /// The colour of the icon, as `#rrggbb`.
        with_color, message.android.notification.color: text;
        /// The icon: a drawable of the app.
        with_icon, message.android.notification.icon: text;
        /// The sound: a resource of the app, or `default`.
        with_sound, message.android.notification.sound: text;
        /// A name: the notification replaces an older one of the same name.
        with_tag, message.android.notification.tag: text;
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

opaque_debug!(CustomPayload);
opaque_debug!(ApnsPayload);
opaque_debug!(FcmIosPayload);
opaque_debug!(FcmAndroidPayload);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ios(payload: &impl Serialize) -> String {
        serde_json::to_string(&CustomPayload::new().with_ios(payload)).unwrap()
    }

    fn android(payload: &impl Serialize) -> String {
        serde_json::to_string(&CustomPayload::new().with_android(payload)).unwrap()
    }

    #[test]
    fn ios_has_one_form_for_each_service() {
        let aps = json!({"alert": "Hi"});
        assert_eq!(
            ios(&ApnsPayload::new().with_image("https://x.org/i").with_link("app://1").with_aps(&aps)),
            r#"{"ios":{"CIO":{"push":{"image":"https://x.org/i","link":"app://1"}},"aps":{"alert":"Hi"}}}"#
        );
        assert_eq!(ios(&ApnsPayload::default()), r#"{"ios":{}}"#);
        let fcm = FcmIosPayload::new()
            .with_title("T")
            .with_body("B")
            .with_image("https://x.org/i")
            .with_link("app://1")
            .with_headers([("apns-priority", "5")])
            .with_aps(&aps);
        assert_eq!(
            ios(&fcm),
            "{\"ios\":{\"message\":{\"apns\":{\"headers\":{\"apns-priority\":\"5\"},\"payload\":{\
             \"CIO\":{\"push\":{\"title\":\"T\",\"body\":\"B\",\"image\":\"https://x.org/i\",\"link\":\"app://1\"}},\
             \"aps\":{\"alert\":\"Hi\"}}}}}}"
        );
        assert_eq!(ios(&FcmIosPayload::default()), r#"{"ios":{"message":{"apns":{"payload":{}}}}}"#);
    }

    #[test]
    fn android_has_its_own_notification() {
        let payload = FcmAndroidPayload::new()
            .with_title("T")
            .with_body("B")
            .with_data([("order", "A-17")])
            .with_title_loc_key("tk")
            .with_title_loc_arg("ta")
            .with_body_loc_key("bk")
            .with_body_loc_arg("ba")
            .with_click_action("OPEN")
            .with_color("#ff0000")
            .with_icon("bell")
            .with_sound("default")
            .with_tag("orders");
        assert_eq!(
            android(&payload),
            "{\"android\":{\"message\":{\"notification\":{\"title\":\"T\",\"body\":\"B\"},\"data\":{\"order\":\"A-17\"},\
             \"android\":{\"notification\":{\"title_loc_key\":\"tk\",\"title_loc_arg\":\"ta\",\"body_loc_key\":\"bk\",\
             \"body_loc_arg\":\"ba\",\"click_action\":\"OPEN\",\"color\":\"#ff0000\",\"icon\":\"bell\",\
             \"sound\":\"default\",\"tag\":\"orders\"}}}}}"
        );
        assert_eq!(android(&FcmAndroidPayload::new()), r#"{"android":{"message":{}}}"#);
    }

    #[test]
    fn what_cannot_be_encoded_is_refused() {
        let twice = FcmAndroidPayload::new().with_data([("order", "1"), ("order", "2")]);
        let payload = CustomPayload::new;
        for (payload, expected) in [
            (payload(), "the custom payload is empty"),
            (payload().with_ios("text"), "the payload for iOS must be an object, not text"),
            (payload().with_android([1]), "the payload for Android must be an object, not a list"),
            (
                payload().with_ios(ApnsPayload::new().with_aps([1])),
                "`aps` cannot be encoded: Apple's part must be an object, not a list",
            ),
            (payload().with_android(twice), "`message.data` cannot be encoded: a key is given twice"),
        ] {
            assert_eq!(payload.check().unwrap_err().to_string(), expected);
        }
        assert_eq!(payload().with_ios(ApnsPayload::new()).check(), Ok(()));
    }
}
