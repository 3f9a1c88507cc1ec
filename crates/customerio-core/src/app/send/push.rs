//! `POST /v1/send/push`: send a transactional push notification.

use http::Method;
use serde::{Serialize, Serializer};

use super::{
    CustomPayload,
    message::{MessageFields, Pairs, SentMessage, common_setters, write_set},
};
use crate::{
    App, Body, BuildError, Device, Limits, Operation, PersonId, Quota, TransactionalMessageId,
    macros::{opaque_debug, sample, setters},
    text::Text,
    unseen::check_visible,
};

/// Sends a push notification to the devices of one person.
///
/// A field that is not set is not sent: the transactional message's own setting applies.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `SentMessage`, or with the short method
/// `send_push`.
///
/// Limits: 1 MB; `send_at` up to 90 days ahead; 3000 messages in 3 seconds, not strictly enforced.
/// <https://docs.customer.io/integrations/api/app/#operation/sendPush>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::{PushTarget, SendPush}, limits::Limits};
/// use serde_json::json;
///
/// let message = SendPush::new("order_shipped", "42")
///     .with_to(PushTarget::last_used())
///     .with_message_data(json!({"order": "A-17"}));
/// let request = Prepared::new(message, &Limits::default())?;
/// assert_eq!(
///     request.body(),
///     r#"{"to":"last_used","transactional_message_id":"order_shipped","identifiers":{"id":"42"},"message_data":{"order":"A-17"}}"#
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "send_push")]
#[doc(alias = "SendPushRequest")]
pub struct SendPush {
    to: Option<PushTarget>,
    title: Option<Text>,
    message: Option<Text>,
    image_url: Option<Text>,
    link: Option<Text>,
    sound: Option<PushSound>,
    custom_data: Pairs,
    custom_payload: Option<Box<CustomPayload>>,
    custom_device: Option<Device>,
    common: MessageFields,
}

/// Which of the person's devices get a push notification.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PushTarget(Target);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Target {
    All,
    LastUsed,
    Token(Text),
}

impl PushTarget {
    /// Selects every device.
    #[must_use]
    pub const fn all() -> Self {
        Self(Target::All)
    }

    /// Selects the device that the person used last.
    #[must_use]
    pub const fn last_used() -> Self {
        Self(Target::LastUsed)
    }

    /// Selects the device with this token; it must be the person's.
    #[must_use]
    pub fn token(token: impl AsRef<str>) -> Self {
        Self(Target::Token(Text::new(token)))
    }

    fn check(&self) -> Result<(), BuildError> {
        match &self.0 {
            Target::Token(token) => check_visible("the device's token", token),
            Target::All | Target::LastUsed => Ok(()),
        }
    }
}

impl Serialize for PushTarget {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match &self.0 {
            Target::All => "all",
            Target::LastUsed => "last_used",
            Target::Token(token) => token,
        })
    }
}

/// The sound of a push notification on iOS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum PushSound {
    /// The device's own.
    Default,
    /// No sound.
    None,
}

impl SendPush {
    /// Creates the transactional message `message` to the devices of `person`.
    #[must_use]
    pub fn new(message: impl Into<TransactionalMessageId>, person: impl Into<PersonId>) -> Self {
        Self {
            to: None,
            title: None,
            message: None,
            image_url: None,
            link: None,
            sound: None,
            custom_data: Pairs::default(),
            custom_payload: None,
            custom_device: None,
            common: MessageFields::new(message, person),
        }
    }

    /// Data for the message's Liquid, as in `{{trigger.order}}`: anything that serialises as an object. It is encoded
    /// here; what cannot be encoded is an error when the request is built.
    #[must_use]
    pub fn with_message_data(mut self, data: impl Serialize) -> Self {
        self.common.set_message_data(&data);
        self
    }

    /// Entries for the app, such as `[("order", "A-17")]`, besides what people see. A key can be given once; values are
    /// text, because Google's service (FCM) takes nothing else.
    #[must_use]
    pub fn with_custom_data(mut self, data: impl IntoIterator<Item = (impl AsRef<str>, impl AsRef<str>)>) -> Self {
        self.custom_data = Pairs::new(data);
        self
    }

    /// The payload for each platform, in place of everything else that is set.
    #[must_use]
    pub fn with_custom_payload(mut self, payload: CustomPayload) -> Self {
        self.custom_payload = Some(Box::new(payload));
        self
    }

    setters! {
        /// Which devices get it. Default: as the transactional message says, which is all if it says nothing.
        with_to, to: PushTarget;
        /// The title.
        with_title, title: text;
        /// The text.
        with_message, message: text;
        /// The URL of an image.
        with_image_url, image_url: text;
        /// Sets the link that a tap opens: a page of the app or of the web.
        with_link, link: text;
        /// The sound, only on iOS.
        with_sound, sound: PushSound;
        /// A device to add to the person, or to update, when the message is sent.
        with_custom_device, custom_device: Device;
    }
    common_setters! { disable_message_retention send_to_unsubscribed queue_draft send_at language auto_create }
}

impl Operation for SendPush {
    type Api = App;
    type Output = SentMessage;
    const NAME: &'static str = "app.send_push";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/send/push";
    const QUOTA: Quota = Quota::Send;

    fn body(self, limits: &Limits) -> Result<Body, BuildError> {
        self.to.as_ref().map_or(Ok(()), PushTarget::check)?;
        self.custom_device.as_ref().map_or(Ok(()), Device::check)?;
        self.custom_payload.as_ref().map_or(Ok(()), |payload| payload.check())?;
        self.common.encode(0, limits, |body| {
            write_set!(body, self: to title message image_url link sound);
            if !self.custom_data.is_empty() {
                body.field("custom_data", &self.custom_data)?;
            }
            write_set!(body, self: custom_payload);
            if let Some(device) = &self.custom_device {
                body.field("custom_device", &device.named("token"))?;
            }
            Ok(())
        })
    }
}

opaque_debug!(SendPush);
sample!(SendPush:
    Self::new(44, "LEAK-42")
        .with_to(PushTarget::last_used())
        .with_custom_device(Device::new("LEAK-token", crate::Platform::Android));
    Self::new(44, "LEAK-42")
        .with_title("LEAK-title")
        .with_message("LEAK-message")
        .with_image_url("https://LEAK-image")
        .with_link("LEAK-link")
        .with_sound(PushSound::Default)
        .with_custom_data([("LEAK-name", "LEAK-value")])
        .with_message_data(std::collections::BTreeMap::from([("LEAK-order", 17)]))
        .with_custom_device(
            Device::new("LEAK-token", crate::Platform::Ios).with_last_used(1_700_000_000).with_attributes(
                crate::DeviceAttributes::new()
                    .with_device_os("LEAK-os")
                    .with_device_model("LEAK-model")
                    .with_app_identifier("LEAK-app")
                    .with_app_version("LEAK-version")
                    .with_cio_sdk_version("LEAK-sdk")
                    .with_device_locale("LEAK-locale")
                    .with_push_enabled(true),
            ),
        )
        .with_disable_message_retention(true)
        .with_send_to_unsubscribed(true)
        .with_queue_draft(true)
        .with_send_at(1_800_000_000)
        .with_language("fr")
        .with_auto_create(true));
opaque_debug!(PushTarget);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        DeviceAttributes, Platform,
        testing::{body, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let data = json!({"order": "A-17"});
        let custom = json!({"store": "play"});
        let payload = CustomPayload::new().with_android(json!({"message": {}}));
        let attributes = DeviceAttributes::new().with_push_enabled(true).with_custom(custom);
        let device = Device::new("t2", Platform::Android).with_last_used(1_600_000_000).with_attributes(attributes);
        let message = SendPush::new(44, PersonId::email("ada@example.com"))
            .with_to(PushTarget::token("t1"))
            .with_title("T")
            .with_message("M")
            .with_image_url("https://x.org/i")
            .with_link("app://orders/1")
            .with_sound(PushSound::None)
            .with_custom_data([("order", "A-17")])
            .with_custom_payload(payload)
            .with_custom_device(device)
            .with_disable_message_retention(true)
            .with_send_to_unsubscribed(false)
            .with_queue_draft(true)
            .with_send_at(1_700_000_000)
            .with_language("pt-BR")
            .with_auto_create(true)
            .with_message_data(data);
        assert_eq!(
            wire_app(message),
            "POST https://api.customer.io/v1/send/push\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 552\n\
             \n\
             {\"to\":\"t1\",\"title\":\"T\",\"message\":\"M\",\"image_url\":\"https://x.org/i\",\
             \"link\":\"app://orders/1\",\"sound\":\"none\",\"custom_data\":{\"order\":\"A-17\"},\
             \"custom_payload\":{\"android\":{\"message\":{}}},\
             \"custom_device\":{\"token\":\"t2\",\"platform\":\"android\",\"last_used\":1600000000,\
             \"attributes\":{\"push_enabled\":\"true\",\"store\":\"play\"}},\
             \"transactional_message_id\":44,\"identifiers\":{\"email\":\"ada@example.com\"},\
             \"disable_message_retention\":true,\"send_to_unsubscribed\":false,\"queue_draft\":true,\
             \"send_at\":1700000000,\"language\":\"pt-BR\",\"auto_create\":true,\"message_data\":{\"order\":\"A-17\"}}"
        );
    }

    #[test]
    fn what_is_not_set_is_left_to_the_template() {
        let message = || SendPush::new("shipped", "42");
        assert_eq!(body(message()), r#"{"transactional_message_id":"shipped","identifiers":{"id":"42"}}"#);
        for (to, expected) in
            [(PushTarget::all(), r#"{"to":"all","#), (PushTarget::last_used(), r#"{"to":"last_used","#)]
        {
            assert!(body(message().with_to(to)).starts_with(expected));
        }
        assert!(body(message().with_sound(PushSound::Default)).starts_with(r#"{"sound":"default","#));
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        let large = json!({"text": "x".repeat(1_000_000)});
        let message = || SendPush::new(1, "42");
        for (error, expected) in [
            (refused_app(SendPush::new("", "42")), "the trigger name is empty"),
            (refused_app(SendPush::new(1, "")), "the person's id is empty"),
            (refused_app(message().with_to(PushTarget::token(""))), "the device's token is empty"),
            (refused_app(message().with_custom_device(Device::new("", Platform::Ios))), "the device's token is empty"),
            (refused_app(message().with_custom_payload(CustomPayload::new())), "the custom payload is empty"),
            (
                refused_app(message().with_custom_payload(CustomPayload::new().with_ios([1]))),
                "the payload for iOS must be an object, not a list",
            ),
            (
                refused_app(message().with_custom_data([("a", "1"), ("a", "2")])),
                "`custom_data` cannot be encoded: a key is given twice",
            ),
            (
                refused_app(message().with_message_data(large)),
                "the message has 1000083 bytes, and the limit is 1000000",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
