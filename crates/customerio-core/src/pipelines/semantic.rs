//! `POST /v1/track` with an event that Customer.io acts on: what other APIs have routes for.
//!
//! <https://docs.customer.io/integrations/api/cdp/customerio/>

use serde::{Serialize, ser::SerializeMap};

use super::{Track, UserIdentity, context::Device, user_identity::check_id};
use crate::{
    BuildError,
    json::Fields,
    macros::{opaque_debug, setters},
};

/// Events that Customer.io acts on.
impl<'a> Track<'a> {
    /// `Device Created or Updated`: gives a person a device, which must have a token. It stands in the context.
    ///
    /// ```
    /// use customerio_core::{Platform, pipelines::{Track, context::Device}};
    ///
    /// let track = Track::device_created_or_updated("42", Device::push("device-token", Platform::Ios));
    /// # let _ = track;
    /// ```
    #[must_use]
    pub fn device_created_or_updated(user_id: &'a str, device: Device<'a>) -> Self {
        Self::new(user_id, "Device Created or Updated").with_device(device)
    }

    /// `Device Deleted`: takes a device, which must have a token, from a person.
    #[must_use]
    pub fn device_deleted(user_id: &'a str, device: Device<'a>) -> Self {
        Self::new(user_id, "Device Deleted").with_device(device)
    }

    /// `User Deleted`: removes a person.
    #[must_use]
    pub fn user_deleted(user_id: &'a str) -> Self {
        Self::new(user_id, "User Deleted")
    }

    /// `User Suppressed`: removes a person and keeps them out.
    #[must_use]
    pub fn user_suppressed(user_id: &'a str) -> Self {
        Self::new(user_id, "User Suppressed")
    }

    /// `User Unsuppressed`: lets a suppressed person be added again.
    #[must_use]
    pub fn user_unsuppressed(user_id: &'a str) -> Self {
        Self::new(user_id, "User Unsuppressed")
    }

    /// `Relationship Deleted`: ends the relationship of a person to an object.
    #[must_use]
    pub fn relationship_deleted(user_id: &'a str, object: impl Into<Object<'a>>) -> Self {
        Self::new(user_id, "Relationship Deleted").with_semantic(Semantic::Object(object.into()))
    }

    /// `Object Deleted`: removes an object. The API wants an anonymous id with it, and no user id.
    #[must_use]
    pub fn object_deleted(anonymous_id: &'a str, object: impl Into<Object<'a>>) -> Self {
        Self::new(UserIdentity::AnonymousId(anonymous_id), "Object Deleted")
            .with_semantic(Semantic::Object(object.into()))
    }

    /// `Report Delivery Event`: tells what became of a message. The person need not be named.
    #[must_use]
    pub fn report_delivery_event(report: DeliveryReport<'a>) -> Self {
        Self::of_nobody("Report Delivery Event").with_semantic(Semantic::Delivery(report))
    }

    /// `Report Content Event`: tells that an anonymous message was seen or clicked. The person need not be named.
    #[must_use]
    pub fn report_content_event(report: ContentReport) -> Self {
        Self::of_nobody("Report Content Event").with_semantic(Semantic::Content(report))
    }
}

/// An object: something that is no person, such as a company or a course. A plain string is the id of an object of the
/// workspace's first type.
///
/// ```
/// use customerio_core::pipelines::{Object, Track};
///
/// let track = Track::relationship_deleted("42", Object::new("acme").with_type_id(2));
/// # let _ = track;
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Object<'a> {
    id: &'a str,
    type_id: Option<u32>,
}

impl<'a> Object<'a> {
    /// The object with this id.
    #[must_use]
    pub const fn new(id: &'a str) -> Self {
        Self { id, type_id: None }
    }

    setters! {
        /// The number of its type; without it, 1.
        with_type_id, type_id: u32;
    }
}

impl<'a> From<&'a str> for Object<'a> {
    fn from(id: &'a str) -> Self {
        Self::new(id)
    }
}

/// What became of a message.
///
/// ```
/// use customerio_core::pipelines::{DeliveryMetric, DeliveryReport, Track};
///
/// let report = DeliveryReport::new("RPILAgUBcRhIBqSfeiIwdIYJKxTY", DeliveryMetric::Clicked)
///     .with_href("https://example.com/socks");
/// let track = Track::report_delivery_event(report);
/// # let _ = track;
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DeliveryReport<'a> {
    delivery_id: &'a str,
    metric: DeliveryMetric,
    recipient: Option<&'a str>,
    reason: Option<&'a str>,
    action_value: Option<&'a str>,
    href: Option<&'a str>,
}

impl<'a> DeliveryReport<'a> {
    /// What became of the message with this delivery id.
    #[must_use]
    pub fn new(delivery_id: &'a str, metric: DeliveryMetric) -> Self {
        Self { delivery_id, metric, recipient: None, reason: None, action_value: None, href: None }
    }

    setters! {
        /// The address or the token that it went to.
        with_recipient, recipient: &'a str;
        /// Why it came so.
        with_reason, reason: &'a str;
        /// The value of the action that the person chose.
        with_action_value, action_value: &'a str;
        /// The link that the person clicked.
        with_href, href: &'a str;
    }
}

/// What became of a message, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum DeliveryMetric {
    /// It arrived.
    Delivered,
    /// The person opened it.
    Opened,
    /// The person clicked a link or an action in it.
    Clicked,
    /// The person did what it was for.
    Converted,
}

/// What became of an anonymous message.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ContentReport {
    action: ContentAction,
    content_id: Option<u64>,
    template_id: Option<u64>,
}

impl ContentReport {
    /// What became of it.
    #[must_use]
    pub const fn new(action: ContentAction) -> Self {
        Self { action, content_id: None, template_id: None }
    }

    setters! {
        /// The number of the message.
        with_content_id, content_id: u64;
        /// The number of its template.
        with_template_id, template_id: u64;
    }
}

/// What became of an anonymous message, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ContentAction {
    /// Someone saw it.
    ViewedContent,
    /// Someone clicked in it.
    ClickedContent,
}

/// The properties that an event with a meaning has of itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Semantic<'a> {
    None,
    Object(Object<'a>),
    Delivery(DeliveryReport<'a>),
    Content(ContentReport),
}

impl Semantic<'_> {
    pub(super) fn check(&self) -> Result<(), BuildError> {
        match self {
            Self::Object(object) => check_id("the object's id", object.id),
            Self::Delivery(report) => check_id("the delivery's id", report.delivery_id),
            Self::None | Self::Content(_) => Ok(()),
        }
    }

    pub(super) fn write<M: SerializeMap>(&self, fields: &mut Fields<M>) -> Result<(), M::Error> {
        match self {
            Self::None => Ok(()),
            Self::Object(Object { id, type_id }) => {
                fields.field("objectId", id)?;
                fields.optional("objectTypeId", type_id.as_ref())
            }
            Self::Delivery(DeliveryReport { delivery_id, metric, recipient, reason, action_value, href }) => {
                fields.field("deliveryId", delivery_id)?;
                fields.field("metric", metric)?;
                fields.optional("recipient", recipient.as_ref())?;
                fields.optional("reason", reason.as_ref())?;
                fields.optional("actionValue", action_value.as_ref())?;
                fields.optional("href", href.as_ref())
            }
            Self::Content(ContentReport { action, content_id, template_id }) => {
                // The vendor's contract requires the one and describes the other, which the vendor's libraries send.
                fields.field("activityType", action)?;
                fields.field("actionType", action)?;
                fields.optional("contentId", content_id.as_ref())?;
                fields.optional("templateId", template_id.as_ref())
            }
        }
    }
}

opaque_debug!(Object<'_>);
opaque_debug!(DeliveryReport<'_>);
opaque_debug!(ContentReport);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        BatchItem as _, Limits, Operation as _, Platform, Replay,
        pipelines::{Context, testing::refused_pipelines},
        testing::body,
    };

    #[test]
    fn each_event_has_its_name_and_its_fields() {
        let device = Device::push("t", Platform::Android);
        let delivery = DeliveryReport::new("RPIL", DeliveryMetric::Clicked)
            .with_recipient("ada@example.com")
            .with_reason("why")
            .with_action_value("buy")
            .with_href("https://example.com");
        let content = ContentReport::new(ContentAction::ClickedContent).with_content_id(7).with_template_id(8);
        for (track, expected) in [
            (
                Track::device_created_or_updated("42", device.with_model("Pixel 9")),
                r#""userId":"42","event":"Device Created or Updated","context":{"device":{"model":"Pixel 9","type":"android","token":"t"}}"#,
            ),
            (
                Track::device_deleted("42", device),
                r#""userId":"42","event":"Device Deleted","context":{"device":{"type":"android","token":"t"}}"#,
            ),
            (Track::user_deleted("42"), r#""userId":"42","event":"User Deleted""#),
            (Track::user_suppressed("42"), r#""userId":"42","event":"User Suppressed""#),
            (Track::user_unsuppressed("42"), r#""userId":"42","event":"User Unsuppressed""#),
            (
                Track::relationship_deleted("42", Object::new("acme").with_type_id(2)),
                r#""userId":"42","event":"Relationship Deleted","properties":{"objectId":"acme","objectTypeId":2}"#,
            ),
            (
                Track::object_deleted("any", "acme"),
                r#""anonymousId":"any","event":"Object Deleted","properties":{"objectId":"acme"}"#,
            ),
            (
                Track::report_delivery_event(delivery),
                r#""event":"Report Delivery Event","properties":{"deliveryId":"RPIL","metric":"clicked","recipient":"ada@example.com","reason":"why","actionValue":"buy","href":"https://example.com"}"#,
            ),
            (
                Track::report_delivery_event(DeliveryReport::new("RPIL", DeliveryMetric::Opened)).with_who("42"),
                r#""userId":"42","event":"Report Delivery Event","properties":{"deliveryId":"RPIL","metric":"opened"}"#,
            ),
            (
                Track::report_content_event(content),
                r#""event":"Report Content Event","properties":{"activityType":"clicked_content","actionType":"clicked_content","contentId":7,"templateId":8}"#,
            ),
        ] {
            assert_eq!(body(&track), format!(r#"{{"type":"track",{expected}}}"#));
            assert_eq!(track.with_message_id("m").replay(), Replay::Safe);
        }
    }

    #[test]
    fn the_device_of_an_event_stays_beside_the_context_of_the_caller() {
        let track = Track::device_deleted("42", Device::new().with_token("t"));
        let encoded = track.with_context(Context::new().with_ip("203.0.113.7")).encode(&Limits::default()).unwrap();
        assert_eq!(encoded.json, br#"{"type":"track","userId":"42","event":"Device Deleted"}"#);
        assert_eq!(encoded.shared, br#","context":{"ip":"203.0.113.7","device":{"token":"t"}}"#);
    }

    #[test]
    fn what_would_be_ignored_is_refused() {
        let device = Device::new().with_token("t");
        let context = Context::new().with_device(device);
        let clash = json!({"objectId": "other"});
        for (error, expected) in [
            (refused_pipelines(&Track::device_deleted("42", Device::new())), "the device's token is empty"),
            (
                refused_pipelines(&Track::device_deleted("42", device).with_context(context)),
                "the device is not valid: it is given twice: by the event and in its context",
            ),
            (refused_pipelines(&Track::user_deleted("")), "the user id is empty"),
            (refused_pipelines(&Track::object_deleted("", "acme")), "the anonymous id is empty"),
            (refused_pipelines(&Track::relationship_deleted("42", "")), "the object's id is empty"),
            (
                refused_pipelines(&Track::report_delivery_event(DeliveryReport::new("", DeliveryMetric::Opened))),
                "the delivery's id is empty",
            ),
            (
                refused_pipelines(&Track::relationship_deleted("42", "acme").with_properties(&clash)),
                "the body cannot be sent: `objectId` is given twice: by its setter and among the attributes or data",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
