//! `POST /v1/track` with an event that Customer.io acts on: what other APIs have routes for.
//!
//! <https://docs.customer.io/integrations/api/cdp/customerio/>

use super::{ContentReport, DeliveryReport, Object, Track, UserIdentity, context::Device, semantic::Semantic};

/// Events that Customer.io acts on.
impl Track {
    /// `Device Created or Updated`: gives a person a device, which must have a token. It is in the context.
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{Platform, Prepared, limits::Limits, pipelines::{Track, context::Device}};
    ///
    /// let track = Track::device_created_or_updated("42", Device::push("device-token", Platform::Ios));
    /// let request = Prepared::new(track, &Limits::default())?;
    /// assert!(
    ///     request.body().ends_with(br#""context":{"device":{"type":"ios","token":"device-token"}}}"#)
    /// );
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    #[must_use]
    #[doc(alias = "add_device")]
    pub fn device_created_or_updated(user: impl Into<UserIdentity>, device: Device) -> Self {
        Self::new(user, "Device Created or Updated").with_device(device)
    }

    /// `Device Deleted`: takes a device, which must have a token, from a person.
    #[must_use]
    #[doc(alias = "delete_device")]
    pub fn device_deleted(user: impl Into<UserIdentity>, device: Device) -> Self {
        Self::new(user, "Device Deleted").with_device(device)
    }

    /// `User Deleted`: removes a person.
    #[must_use]
    #[doc(alias = "delete")]
    pub fn user_deleted(user: impl Into<UserIdentity>) -> Self {
        Self::new(user, "User Deleted")
    }

    /// `User Suppressed`: removes a person and keeps them out.
    #[must_use]
    #[doc(alias = "suppress")]
    pub fn user_suppressed(user: impl Into<UserIdentity>) -> Self {
        Self::new(user, "User Suppressed")
    }

    /// `User Unsuppressed`: lets a suppressed person be added again.
    #[must_use]
    #[doc(alias = "unsuppress")]
    pub fn user_unsuppressed(user: impl Into<UserIdentity>) -> Self {
        Self::new(user, "User Unsuppressed")
    }

    /// `Relationship Deleted`: ends the relationship of a person to an object.
    #[must_use]
    #[doc(alias = "delete_relationship")]
    pub fn relationship_deleted(user: impl Into<UserIdentity>, object: impl Into<Object>) -> Self {
        Self::new(user, "Relationship Deleted").with_semantic(Semantic::Object(object.into()))
    }

    /// `Object Deleted`: removes an object. The API wants an anonymous id with it, and no user id.
    #[must_use]
    #[doc(alias = "delete_object")]
    pub fn object_deleted(anonymous_id: impl AsRef<str>, object: impl Into<Object>) -> Self {
        Self::new(UserIdentity::anonymous_id(anonymous_id), "Object Deleted")
            .with_semantic(Semantic::Object(object.into()))
    }

    /// `Report Delivery Event`: reports that a message arrived, was opened, or the like. The person need not be named.
    #[must_use]
    pub fn report_delivery_event(report: DeliveryReport) -> Self {
        Self::of_nobody("Report Delivery Event").with_semantic(Semantic::Delivery(Box::new(report)))
    }

    /// `Report Content Event`: reports that an anonymous message was seen or clicked. The person need not be named.
    #[must_use]
    pub fn report_content_event(report: ContentReport) -> Self {
        Self::of_nobody("Report Content Event").with_semantic(Semantic::Content(report))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        BatchItem as _, Limits, Operation as _, Platform, Replay,
        pipelines::{ContentAction, Context, DeliveryMetric, testing::refused_pipelines},
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
                Track::device_created_or_updated("42", device.clone().with_model("Pixel 9")),
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
                Track::report_delivery_event(DeliveryReport::new("RPIL", DeliveryMetric::Opened))
                    .with_user_identity("42"),
                r#""userId":"42","event":"Report Delivery Event","properties":{"deliveryId":"RPIL","metric":"opened"}"#,
            ),
            (
                Track::report_content_event(content),
                r#""event":"Report Content Event","properties":{"activityType":"clicked_content","actionType":"clicked_content","contentId":7,"templateId":8}"#,
            ),
        ] {
            assert_eq!(track.clone().with_message_id("m").replay(), Replay::Safe);
            assert_eq!(body(track), format!(r#"{{"type":"track",{expected}}}"#));
        }
    }

    #[test]
    fn the_device_of_an_event_stays_beside_the_context_of_the_caller() {
        let track = Track::device_deleted("42", Device::new().with_token("t"));
        let encoded = track.with_context(Context::new().with_ip("203.0.113.7")).into_item(&Limits::default()).unwrap();
        assert_eq!(encoded.json, br#"{"type":"track","userId":"42","event":"Device Deleted"}"#);
        assert_eq!(encoded.shared, br#","context":{"ip":"203.0.113.7","device":{"token":"t"}}"#);
    }

    #[test]
    fn what_would_be_ignored_is_refused() {
        let device = Device::new().with_token("t");
        let context = Context::new().with_device(device.clone());
        let clash = json!({"objectId": "other"});
        let report = || ContentReport::new(ContentAction::ViewedContent);
        for (error, expected) in [
            (refused_pipelines(Track::device_deleted("42", Device::new())), "the device's token is empty"),
            (
                refused_pipelines(Track::device_deleted("42", device).with_context(context)),
                "the device is not valid: it is given twice: by the event and in its context",
            ),
            (refused_pipelines(Track::user_deleted("")), "the user id is empty"),
            (refused_pipelines(Track::object_deleted("", "acme")), "the anonymous id is empty"),
            (refused_pipelines(Track::relationship_deleted("42", "")), "the object's id is empty"),
            (
                refused_pipelines(Track::report_delivery_event(DeliveryReport::new("", DeliveryMetric::Opened))),
                "the delivery's id is empty",
            ),
            (
                refused_pipelines(Track::object_deleted("any", Object::new("acme").with_type_id(0))),
                "the object's type is not valid: it must be a positive number",
            ),
            (
                refused_pipelines(Track::report_content_event(report().with_content_id(-1))),
                "the content's id is not valid: it must be a positive number",
            ),
            (
                refused_pipelines(Track::report_content_event(report().with_template_id(0))),
                "the template's id is not valid: it must be a positive number",
            ),
            (
                refused_pipelines(Track::relationship_deleted("42", "acme").with_properties(&clash)),
                "`objectId` is set both by a setter and in the attributes",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
