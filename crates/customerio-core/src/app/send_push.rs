//! `POST /v1/send/push`: send a transactional push notification.
//!
//! Limits: 1 MB; `send_at` up to 90 days ahead; 3000 messages in 3 seconds, not strictly enforced.
//! <https://docs.customer.io/integrations/api/app/#operation/sendPush>

use bytes::Bytes;
use http::{Method, Response};
use serde::{Serialize, Serializer};

use super::{
    CustomPayload,
    message::{self, Common, SentMessage, TransactionalMessageId, common_setters},
};
use crate::{
    App, Body, BuildError, DecodeFailure, Device, Limits, Nothing, Operation, Path, PersonId, Quota, Replay, Timestamp,
    macros::{opaque_debug, setters},
    path::route,
};

/// Sends a push notification to the devices of one person.
///
/// A field that is not set is not sent: the transactional message's own setting holds.
///
/// ```
/// use customerio_core::app::{PushTarget, SendPush};
/// use serde_json::json;
///
/// let data = json!({"order": "A-17"});
/// let message = SendPush::new("order_shipped", "42").with_to(PushTarget::LastUsed).with_message_data(&data);
/// # let _ = message;
/// ```
#[derive(Serialize)]
#[serde(bound = "D: Serialize, A: Serialize")]
pub struct SendPush<'a, D: ?Sized = Nothing, A: ?Sized = Nothing> {
    #[serde(flatten)]
    fields: Fields<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_device: Option<CustomDevice<'a, A>>,
    #[serde(flatten)]
    common: Common<'a, D>,
}

/// The fields that no other channel has.
#[derive(Default, Serialize)]
struct Fields<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<PushTarget<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sound: Option<PushSound>,
    #[serde(skip_serializing_if = "<[_]>::is_empty", serialize_with = "message::serialize_pairs")]
    custom_data: &'a [(&'a str, &'a str)],
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_payload: Option<&'a CustomPayload>,
}

/// Which of the person's devices get a push notification.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum PushTarget<'a> {
    /// Every device.
    All,
    /// The device that the person used last.
    LastUsed,
    /// The device with this token; it must be the person's.
    Token(&'a str),
}

impl Serialize for PushTarget<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::All => "all",
            Self::LastUsed => "last_used",
            Self::Token(token) => token,
        })
    }
}

/// The sound of a push notification on iOS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PushSound {
    /// The device's own.
    Default,
    /// No sound.
    None,
}

/// The device as this call writes it.
struct CustomDevice<'a, A: ?Sized>(Device<'a, A>);

impl<A: Serialize + ?Sized> Serialize for CustomDevice<'_, A> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write("token", serializer)
    }
}

impl<'a> SendPush<'a> {
    /// The transactional message `template` to the devices of `person`.
    #[must_use]
    pub fn new(template: impl Into<TransactionalMessageId<'a>>, person: impl Into<PersonId<'a>>) -> Self {
        Self { fields: Fields::default(), custom_device: None, common: Common::new(template, person) }
    }
}

impl<'a, D: ?Sized, A: ?Sized> SendPush<'a, D, A> {
    /// Data for the message's Liquid, as in `{{trigger.order}}`: anything that serialises as an object.
    #[must_use]
    pub fn with_message_data<E: Serialize + ?Sized>(self, data: &'a E) -> SendPush<'a, E, A> {
        let Self { fields, custom_device, common } = self;
        SendPush { fields, custom_device, common: common.with_message_data(data) }
    }

    /// A device that the person gets when the message is sent, or that is updated then.
    #[must_use]
    pub fn with_custom_device<B: ?Sized>(self, device: Device<'a, B>) -> SendPush<'a, D, B> {
        SendPush { fields: self.fields, custom_device: Some(CustomDevice(device)), common: self.common }
    }

    /// Entries for the app, such as `&[("order", "A-17")]`, besides what people see. A key can be given once; values are
    /// text, because Google's service (FCM) takes nothing else.
    #[must_use]
    pub fn with_custom_data(mut self, data: &'a [(&'a str, &'a str)]) -> Self {
        self.fields.custom_data = data;
        self
    }

    setters! {
        /// Which devices get it. Default: as the transactional message says, which is all if it says nothing.
        with_to, fields.to: PushTarget<'a>;
        /// The title.
        with_title, fields.title: &'a str;
        /// The text.
        with_message, fields.message: &'a str;
        /// The URL of an image.
        with_image_url, fields.image_url: &'a str;
        /// What a tap opens: a page of the app or of the web.
        with_link, fields.link: &'a str;
        /// The sound, on iOS alone.
        with_sound, fields.sound: PushSound;
        /// The payload for each platform, in place of everything else that is set.
        with_custom_payload, fields.custom_payload: &'a CustomPayload;
    }
    common_setters! { disable_message_retention send_to_unsubscribed queue_draft send_at language auto_create }
}

impl<D: Serialize + ?Sized, A: Serialize + ?Sized> Operation for SendPush<'_, D, A> {
    type Api = App;
    type Output = SentMessage;
    const NAME: &'static str = "app.send_push";
    const QUOTA: Quota = Quota::Send;

    fn method(&self) -> Method {
        Method::POST
    }
    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        route!(path, "/v1/send/push");
        Ok(())
    }
    fn body(&self, limits: &Limits) -> Result<Body, BuildError> {
        self.common.check(limits)?;
        if let Some(PushTarget::Token(token)) = self.fields.to {
            message::check_text("the device's token", token)?;
        }
        if let Some(CustomDevice(device)) = &self.custom_device {
            device.check()?;
        }
        self.fields.custom_payload.map_or(Ok(()), CustomPayload::check)?;
        message::encode(self, 0, limits)
    }
    fn replay(&self) -> Replay {
        Replay::OnlyIfNotSent
    }
    fn decode(&self, response: &Response<Bytes>) -> Result<SentMessage, DecodeFailure> {
        message::decode(response)
    }
}

opaque_debug!([D: ?Sized, A: ?Sized] SendPush<'_, D, A>);
opaque_debug!(PushTarget<'_>);

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
        let payload = CustomPayload::new().with_android(&json!({"message": {}})).unwrap();
        let attributes = DeviceAttributes::new().with_push_enabled(true).with_custom(&custom);
        let device =
            Device::new("t2", Platform::Android).with_last_used(1_600_000_000.into()).with_attributes(attributes);
        let message = SendPush::new(44, PersonId::Email("ada@example.com"))
            .with_to(PushTarget::Token("t1"))
            .with_title("T")
            .with_message("M")
            .with_image_url("https://x.org/i")
            .with_link("app://orders/1")
            .with_sound(PushSound::None)
            .with_custom_data(&[("order", "A-17")])
            .with_custom_payload(&payload)
            .with_custom_device(device)
            .with_disable_message_retention(true)
            .with_send_to_unsubscribed(false)
            .with_queue_draft(true)
            .with_send_at(1_700_000_000.into())
            .with_language("pt-BR")
            .with_auto_create(true)
            .with_message_data(&data);
        assert_eq!(
            wire_app(&message),
            "POST https://api.customer.io/v1/send/push\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
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
        assert_eq!(body(&message()), r#"{"transactional_message_id":"shipped","identifiers":{"id":"42"}}"#);
        for (to, expected) in [(PushTarget::All, r#"{"to":"all","#), (PushTarget::LastUsed, r#"{"to":"last_used","#)] {
            assert!(body(&message().with_to(to)).starts_with(expected));
        }
        assert!(body(&message().with_sound(PushSound::Default)).starts_with(r#"{"sound":"default","#));
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        let large = json!({"text": "x".repeat(1_000_000)});
        let message = || SendPush::new(1, "42");
        for (error, expected) in [
            (refused_app(&SendPush::new("", "42")), "the trigger name is empty"),
            (refused_app(&SendPush::new(1, "")), "the person's id is empty"),
            (refused_app(&message().with_to(PushTarget::Token(""))), "the device's token is empty"),
            (refused_app(&message().with_custom_device(Device::new("", Platform::Ios))), "the device's token is empty"),
            (refused_app(&message().with_custom_payload(&CustomPayload::new())), "the custom payload is empty"),
            (
                refused_app(&message().with_custom_data(&[("a", "1"), ("a", "2")])),
                "the body cannot be sent: a key is given twice",
            ),
            (
                refused_app(&message().with_message_data(&large)),
                "the message has 1000083 bytes, and the limit is 1000000",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
