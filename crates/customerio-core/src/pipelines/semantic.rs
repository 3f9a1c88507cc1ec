//! The properties of events that Customer.io acts on.

use serde::Serialize;

use super::user_identity::check_id;
use crate::{
    BuildError, ContentId, DeliveryId, ObjectTypeId, TemplateId,
    json::Writer,
    macros::{opaque_debug, setters},
    path::Part,
    text::Text,
};

/// An object: something that is not a person, such as a company or a course.
///
/// Plain text is the id of an object of the workspace's first type.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, limits::Limits, pipelines::{Object, Track}};
///
/// let track = Track::relationship_deleted("42", Object::new("acme").with_type_id(2));
/// let request = Prepared::new(track, &Limits::default())?;
/// assert!(request.body().ends_with(br#""properties":{"objectId":"acme","objectTypeId":2}}"#));
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Object {
    id: Text,
    type_id: Option<ObjectTypeId>,
}

impl Object {
    /// The object with this id.
    #[must_use]
    pub fn new(id: impl AsRef<str>) -> Self {
        Self { id: Text::new(id), type_id: None }
    }

    setters! {
        /// The number of its type. The default is 1.
        with_type_id, type_id: into ObjectTypeId;
    }
}

macro_rules! object_from {
    ($($text:ty)*) => {$(
        impl From<$text> for Object {
            fn from(id: $text) -> Self {
                Self::new(id)
            }
        }
    )*};
}

object_from!(&str &String String);

/// A metric of a message.
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, limits::Limits, pipelines::{DeliveryMetric, DeliveryReport, Track}};
///
/// let report =
///     DeliveryReport::new("RPIL", DeliveryMetric::Clicked).with_href("https://example.com/socks");
/// let request = Prepared::new(Track::report_delivery_event(report), &Limits::default())?;
/// let expected = br#""properties":{"deliveryId":"RPIL","metric":"clicked","href":"https://example.com/socks"}}"#;
/// assert!(request.body().ends_with(expected));
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct DeliveryReport {
    delivery_id: DeliveryId,
    metric: DeliveryMetric,
    recipient: Option<Text>,
    reason: Option<Text>,
    action_value: Option<Text>,
    href: Option<Text>,
}

impl DeliveryReport {
    /// Creates a report of what happened to the message with this delivery id.
    #[must_use]
    pub fn new(delivery_id: impl Into<DeliveryId>, metric: DeliveryMetric) -> Self {
        let delivery_id = delivery_id.into();
        Self { delivery_id, metric, recipient: None, reason: None, action_value: None, href: None }
    }

    setters! {
        /// The address or the token that it went to.
        with_recipient, recipient: text;
        /// Why it happened.
        with_reason, reason: text;
        /// The value of the action that the person chose.
        with_action_value, action_value: text;
        /// The link that the person clicked.
        with_href, href: text;
    }
}

/// The metric of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum DeliveryMetric {
    /// Delivered.
    Delivered,
    /// The person opened it.
    Opened,
    /// The person clicked a link or an action in it.
    Clicked,
    /// The person did what it was for.
    Converted,
}

/// An action on an anonymous message.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ContentReport {
    action: ContentAction,
    content_id: Option<ContentId>,
    template_id: Option<TemplateId>,
}

impl ContentReport {
    /// Creates a report of what happened to it.
    #[must_use]
    pub const fn new(action: ContentAction) -> Self {
        Self { action, content_id: None, template_id: None }
    }

    setters! {
        /// The number of the message.
        with_content_id, content_id: into ContentId;
        /// The number of its template.
        with_template_id, template_id: into TemplateId;
    }
}

/// The kind of action on an anonymous message.
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
#[derive(Clone)]
pub(super) enum Semantic {
    None,
    Object(Object),
    /// Apart, so that every event is as small as the others make it.
    Delivery(Box<DeliveryReport>),
    Content(ContentReport),
}

impl Semantic {
    pub(super) fn check(&self) -> Result<(), BuildError> {
        match self {
            Self::None => Ok(()),
            Self::Object(Object { id, type_id }) => {
                check_id("the object's id", id)?;
                type_id.map_or(Ok(()), ObjectTypeId::check)
            }
            Self::Delivery(report) => Part::check(&report.delivery_id),
            Self::Content(ContentReport { content_id, template_id, .. }) => {
                content_id.map_or(Ok(()), ContentId::check)?;
                template_id.map_or(Ok(()), TemplateId::check)
            }
        }
    }

    pub(super) fn write(&self, properties: &mut Writer) -> Result<(), BuildError> {
        match self {
            Self::None => Ok(()),
            Self::Object(Object { id, type_id }) => {
                properties.field("objectId", id)?;
                properties.optional("objectTypeId", type_id)
            }
            Self::Delivery(report) => {
                let DeliveryReport { delivery_id, metric, recipient, reason, action_value, href } = &**report;
                properties.field("deliveryId", delivery_id)?;
                properties.field("metric", metric)?;
                properties.optional("recipient", recipient)?;
                properties.optional("reason", reason)?;
                properties.optional("actionValue", action_value)?;
                properties.optional("href", href)
            }
            Self::Content(ContentReport { action, content_id, template_id }) => {
                // The vendor's contract requires the one and describes the other, which the vendor's libraries send.
                properties.field("activityType", action)?;
                properties.field("actionType", action)?;
                properties.optional("contentId", content_id)?;
                properties.optional("templateId", template_id)
            }
        }
    }
}

opaque_debug!(Object);
opaque_debug!(DeliveryReport);
opaque_debug!(ContentReport);
