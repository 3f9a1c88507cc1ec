//! Payloads of your own for push messages, in the form of the service that delivers them.
//!
//! <https://docs.customer.io/integrations/api/app/#operation/sendPush>

use serde::Serialize;
use serde_json::value::RawValue;

use super::message::serialize_pairs;
use crate::{
    BuildError, BuildErrorKind, Nothing,
    json::{self, Object},
    macros::{opaque_debug, setters},
};

/// The payload of a push message, one for each platform. It replaces everything else that the message or its
/// transactional message says.
///
/// Each is anything that serialises as an object: [`ApnsPayload`] or [`FcmIosPayload`] for iOS, whichever service the
/// workspace sends through, [`FcmAndroidPayload`] for Android, or JSON of your own where those do not have a field.
///
/// ```
/// use customerio_core::app::{AlertText, ApnsPayload, Aps, CustomPayload};
/// use serde_json::json;
///
/// let aps = Aps::new().with_alert(AlertText::new().with_title("Hi")).with_badge(1).with_mutable_content(true);
/// let payload = CustomPayload::new()
///     .with_ios(&ApnsPayload::new().with_link("app://orders/1").with_aps(&aps))?
///     .with_android(&json!({"message": {"notification": {"title": "Hi"}}}))?;
/// # let _ = payload;
/// # Ok::<(), customerio_core::BuildError>(())
/// ```
#[derive(Clone, Default, Serialize)]
pub struct CustomPayload {
    #[serde(skip_serializing_if = "Option::is_none")]
    ios: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    android: Option<Box<RawValue>>,
}

impl CustomPayload {
    /// No payload yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The payload for iOS devices.
    ///
    /// # Errors
    ///
    /// Where it is no object or cannot be encoded.
    pub fn with_ios(mut self, payload: &(impl Serialize + ?Sized)) -> Result<Self, BuildError> {
        self.ios = Some(json::raw(&Object(payload))?);
        Ok(self)
    }

    /// The payload for Android devices.
    ///
    /// # Errors
    ///
    /// Where it is no object or cannot be encoded.
    pub fn with_android(mut self, payload: &(impl Serialize + ?Sized)) -> Result<Self, BuildError> {
        self.android = Some(json::raw(&Object(payload))?);
        Ok(self)
    }

    /// Refuses an empty payload: in place of everything else it would leave nothing.
    pub(super) fn check(&self) -> Result<(), BuildError> {
        match (&self.ios, &self.android) {
            (None, None) => Err(BuildError::new("the custom payload", BuildErrorKind::Empty)),
            _ => Ok(()),
        }
    }
}

/// What goes to iOS devices through Apple's service (APNs).
#[derive(Serialize)]
#[serde(bound = "A: Serialize")]
pub struct ApnsPayload<'a, A: ?Sized = Nothing> {
    #[serde(rename = "CIO", skip_serializing_if = "is_default")]
    cio: Cio<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aps: Option<Object<'a, A>>,
}

/// What Customer.io's SDK in the app reads.
#[derive(Default, PartialEq, Serialize)]
struct Cio<'a> {
    push: CioPush<'a>,
}

#[derive(Default, PartialEq, Serialize)]
struct CioPush<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<&'a str>,
}

impl ApnsPayload<'_> {
    /// An empty payload.
    #[must_use]
    pub fn new() -> Self {
        Self { cio: Cio::default(), aps: None }
    }
}

impl Default for ApnsPayload<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'a, A: ?Sized> ApnsPayload<'a, A> {
    /// Apple's own part: an [`Aps`](super::Aps), or an object of your own where that does not have a key.
    #[must_use]
    pub fn with_aps<B: Serialize + ?Sized>(self, aps: &'a B) -> ApnsPayload<'a, B> {
        ApnsPayload { cio: self.cio, aps: Some(Object(aps)) }
    }

    setters! {
        /// The HTTPS URL of an image.
        with_image, cio.push.image: &'a str;
        /// What a tap opens: a page of the app or of the web.
        with_link, cio.push.link: &'a str;
    }
}

/// What goes to iOS devices through Google's service (FCM).
#[derive(Serialize)]
#[serde(bound = "A: Serialize")]
pub struct FcmIosPayload<'a, A: ?Sized = Nothing> {
    message: FcmIosMessage<'a, A>,
}

#[derive(Serialize)]
#[serde(bound = "A: Serialize")]
struct FcmIosMessage<'a, A: ?Sized> {
    apns: FcmApns<'a, A>,
}

#[derive(Serialize)]
#[serde(bound = "A: Serialize")]
struct FcmApns<'a, A: ?Sized> {
    #[serde(skip_serializing_if = "<[_]>::is_empty", serialize_with = "serialize_pairs")]
    headers: &'a [(&'a str, &'a str)],
    payload: ApnsPayload<'a, A>,
}

impl FcmIosPayload<'_> {
    /// An empty payload.
    #[must_use]
    pub fn new() -> Self {
        Self { message: FcmIosMessage { apns: FcmApns { headers: &[], payload: ApnsPayload::new() } } }
    }
}

impl Default for FcmIosPayload<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'a, A: ?Sized> FcmIosPayload<'a, A> {
    /// Apple's own part, as in [`ApnsPayload::with_aps`].
    #[must_use]
    pub fn with_aps<B: Serialize + ?Sized>(self, aps: &'a B) -> FcmIosPayload<'a, B> {
        let FcmApns { headers, payload } = self.message.apns;
        FcmIosPayload { message: FcmIosMessage { apns: FcmApns { headers, payload: payload.with_aps(aps) } } }
    }

    /// Headers for Apple's service, such as `&[("apns-priority", "5")]`.
    #[must_use]
    pub fn with_headers(mut self, headers: &'a [(&'a str, &'a str)]) -> Self {
        self.message.apns.headers = headers;
        self
    }

    setters! {
        /// The title.
        with_title, message.apns.payload.cio.push.title: &'a str;
        /// The text.
        with_body, message.apns.payload.cio.push.body: &'a str;
        /// The HTTPS URL of an image.
        with_image, message.apns.payload.cio.push.image: &'a str;
        /// What a tap opens: a page of the app or of the web.
        with_link, message.apns.payload.cio.push.link: &'a str;
    }
}

/// What goes to Android devices, through Google's service (FCM).
#[derive(Default, Serialize)]
pub struct FcmAndroidPayload<'a> {
    message: FcmAndroidMessage<'a>,
}

#[derive(Default, Serialize)]
struct FcmAndroidMessage<'a> {
    #[serde(skip_serializing_if = "is_default")]
    notification: Notification<'a>,
    #[serde(skip_serializing_if = "<[_]>::is_empty", serialize_with = "serialize_pairs")]
    data: &'a [(&'a str, &'a str)],
    #[serde(skip_serializing_if = "is_default")]
    android: Android<'a>,
}

#[derive(Default, PartialEq, Serialize)]
struct Notification<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a str>,
}

#[derive(Default, PartialEq, Serialize)]
struct Android<'a> {
    notification: AndroidNotification<'a>,
}

#[derive(Default, PartialEq, Serialize)]
struct AndroidNotification<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    title_loc_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title_loc_arg: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body_loc_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body_loc_arg: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    click_action: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    icon: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sound: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<&'a str>,
}

impl<'a> FcmAndroidPayload<'a> {
    /// An empty payload.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Entries for the app, such as `&[("order", "A-17")]`. A key can be given once.
    #[must_use]
    pub fn with_data(mut self, data: &'a [(&'a str, &'a str)]) -> Self {
        self.message.data = data;
        self
    }

    setters! {
        /// The title.
        with_title, message.notification.title: &'a str;
        /// The text.
        with_body, message.notification.body: &'a str;
        /// The key of the title among the app's localised texts.
        with_title_loc_key, message.android.notification.title_loc_key: &'a str;
        /// What replaces the placeholder in the localised title.
        with_title_loc_arg, message.android.notification.title_loc_arg: &'a str;
        /// The key of the text among the app's localised texts.
        with_body_loc_key, message.android.notification.body_loc_key: &'a str;
        /// What replaces the placeholder in the localised text.
        with_body_loc_arg, message.android.notification.body_loc_arg: &'a str;
        /// The activity that a tap starts.
        with_click_action, message.android.notification.click_action: &'a str;
        /// The colour of the icon, as `#rrggbb`.
        with_color, message.android.notification.color: &'a str;
        /// The icon: a drawable of the app.
        with_icon, message.android.notification.icon: &'a str;
        /// The sound: a resource of the app, or `default`.
        with_sound, message.android.notification.sound: &'a str;
        /// A name: the notification replaces an older one of the same name.
        with_tag, message.android.notification.tag: &'a str;
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

opaque_debug!(CustomPayload);
opaque_debug!([A: ?Sized] ApnsPayload<'_, A>);
opaque_debug!([A: ?Sized] FcmIosPayload<'_, A>);
opaque_debug!(FcmAndroidPayload<'_>);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ios(payload: &impl Serialize) -> String {
        serde_json::to_string(&CustomPayload::new().with_ios(payload).unwrap()).unwrap()
    }

    fn android(payload: &impl Serialize) -> String {
        serde_json::to_string(&CustomPayload::new().with_android(payload).unwrap()).unwrap()
    }

    #[test]
    fn ios_has_one_form_for_each_service() {
        let aps = json!({"alert": "Hi"});
        assert_eq!(
            ios(&ApnsPayload::new().with_image("https://x.org/i").with_link("app://1").with_aps(&aps)),
            r#"{"ios":{"CIO":{"push":{"image":"https://x.org/i","link":"app://1"}},"aps":{"alert":"Hi"}}}"#
        );
        assert_eq!(ios(&ApnsPayload::default()), r#"{"ios":{}}"#);
        let headers = [("apns-priority", "5")];
        let fcm = FcmIosPayload::new()
            .with_title("T")
            .with_body("B")
            .with_image("https://x.org/i")
            .with_link("app://1")
            .with_headers(&headers)
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
            .with_data(&[("order", "A-17")])
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
        let twice = FcmAndroidPayload::new().with_data(&[("order", "1"), ("order", "2")]);
        for (error, expected) in [
            (
                CustomPayload::new().with_ios("text").unwrap_err(),
                "the body cannot be sent: attributes and data must be an object, not a string",
            ),
            (CustomPayload::new().with_android(&twice).unwrap_err(), "the body cannot be sent: a key is given twice"),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
