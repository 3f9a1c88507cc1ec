//! Short methods of [`Client<Pipelines>`]: each is one line over an operation.

use serde::Serialize;

use super::{
    Alias, ContentReport, DeliveryReport, Group, Identify, Object, Page, Screen, Track, UserIdentity, context::Device,
};
use crate::{Client, Error, Pipelines, Platform};

/// The daily calls of the Pipelines API, for what an operation can say in one line. For the rest, build the operation and
/// give it to [`call`](Client::call).
///
/// Each gets a message id, so it can be repeated when an answer is lost.
impl Client<Pipelines> {
    /// Adds or updates a person: [`Identify`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn identify<'a>(
        &self,
        who: impl Into<UserIdentity<'a>>,
        traits: &'a (impl Serialize + ?Sized),
    ) -> Result<(), Error> {
        self.call(&Identify::new(who).with_traits(traits)).await
    }

    /// Records what a person did: [`Track`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn track<'a>(
        &self,
        who: impl Into<UserIdentity<'a>>,
        event: &'a str,
        properties: &'a (impl Serialize + ?Sized),
    ) -> Result<(), Error> {
        self.call(&Track::new(who, event).with_properties(properties)).await
    }

    /// Records which web page a person saw: [`Page`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn page<'a>(
        &self,
        who: impl Into<UserIdentity<'a>>,
        name: &'a str,
        properties: &'a (impl Serialize + ?Sized),
    ) -> Result<(), Error> {
        self.call(&Page::new(who).with_name(name).with_properties(properties)).await
    }

    /// Records which screen of an app a person saw: [`Screen`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn screen<'a>(
        &self,
        who: impl Into<UserIdentity<'a>>,
        name: &'a str,
        properties: &'a (impl Serialize + ?Sized),
    ) -> Result<(), Error> {
        self.call(&Screen::new(who).with_name(name).with_properties(properties)).await
    }

    /// Puts a person in a group, and adds or updates the group: [`Group`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn group<'a>(
        &self,
        who: impl Into<UserIdentity<'a>>,
        group_id: &'a str,
        traits: &'a (impl Serialize + ?Sized),
    ) -> Result<(), Error> {
        self.call(&Group::new(who, group_id).with_traits(traits)).await
    }

    /// Says that a person who had one id has another now: [`Alias`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn alias(&self, previous_id: &str, user_id: &str) -> Result<(), Error> {
        self.call(&Alias::new(previous_id, user_id)).await
    }

    /// Adds or updates a device of a person: [`Track::device_created_or_updated`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn add_device(&self, user_id: &str, token: &str, platform: Platform) -> Result<(), Error> {
        self.call(&Track::device_created_or_updated(user_id, Device::push(token, platform))).await
    }

    /// Removes a device of a person: [`Track::device_deleted`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn delete_device(&self, user_id: &str, token: &str) -> Result<(), Error> {
        self.call(&Track::device_deleted(user_id, Device::new().with_token(token))).await
    }

    /// Removes a person: [`Track::user_deleted`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn delete_person(&self, user_id: &str) -> Result<(), Error> {
        self.call(&Track::user_deleted(user_id)).await
    }

    /// Removes a person and keeps them out: [`Track::user_suppressed`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn suppress_person(&self, user_id: &str) -> Result<(), Error> {
        self.call(&Track::user_suppressed(user_id)).await
    }

    /// Lets a suppressed person be added again: [`Track::user_unsuppressed`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn unsuppress_person(&self, user_id: &str) -> Result<(), Error> {
        self.call(&Track::user_unsuppressed(user_id)).await
    }

    /// Ends the relationship of a person to an object: [`Track::relationship_deleted`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn delete_relationship<'a>(&self, user_id: &'a str, object: impl Into<Object<'a>>) -> Result<(), Error> {
        self.call(&Track::relationship_deleted(user_id, object)).await
    }

    /// Removes an object: [`Track::object_deleted`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn delete_object<'a>(&self, anonymous_id: &'a str, object: impl Into<Object<'a>>) -> Result<(), Error> {
        self.call(&Track::object_deleted(anonymous_id, object)).await
    }

    /// Tells what became of a message: [`Track::report_delivery_event`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn report_delivery(&self, report: DeliveryReport<'_>) -> Result<(), Error> {
        self.call(&Track::report_delivery_event(report)).await
    }

    /// Tells that an anonymous message was seen or clicked: [`Track::report_content_event`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn report_content(&self, report: ContentReport) -> Result<(), Error> {
        self.call(&Track::report_content_event(report)).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::{
        Endpoint, Region,
        pipelines::{ContentAction, DeliveryMetric},
        testing::Recorder,
    };

    #[tokio::test]
    async fn each_short_method_makes_its_call() -> Result<(), Error> {
        let recorder = Arc::new(Recorder::answering("{}"));
        let client = Client::new(Endpoint::pipelines(Region::Us, "key")?, recorder.clone());
        let data = json!({"a": "b"});

        client.identify("42", &data).await?;
        client.track(UserIdentity::AnonymousId("cookie"), "bought", &data).await?;
        client.page("42", "Pricing", &data).await?;
        client.screen("42", "home", &data).await?;
        client.group("42", "acme", &data).await?;
        client.alias("cookie", "42").await?;
        client.add_device("42", "token", Platform::Ios).await?;
        client.delete_device("42", "token").await?;
        client.delete_person("42").await?;
        client.suppress_person("42").await?;
        client.unsuppress_person("42").await?;
        client.delete_relationship("42", "acme").await?;
        client.delete_object("any", Object::new("acme").with_type_id(2)).await?;
        client.report_delivery(DeliveryReport::new("RPIL", DeliveryMetric::Delivered)).await?;
        client.report_content(ContentReport::new(ContentAction::ViewedContent)).await?;

        // The moment of the call and the library give every call these.
        let captured = r#""messageId":"01HF7YATZ70000000000000001","timestamp":"2023-11-14T22:13:20.999Z""#;
        let library = format!(r#""library":{{"name":"customerio-rust","version":"{}"}}"#, env!("CARGO_PKG_VERSION"));
        let expected = |kind: &str, call: &str, body: &str, context: &str| {
            format!(r#"POST /v1/{kind} {{"type":"{kind}",{call},{captured}{body},"context":{{{context}{library}}}}}"#)
        };
        let (traits, properties) = (r#","traits":{"a":"b"}"#, r#","properties":{"a":"b"}"#);
        assert_eq!(
            recorder.lines(),
            [
                expected("identify", r#""userId":"42""#, traits, ""),
                expected("track", r#""anonymousId":"cookie","event":"bought""#, properties, ""),
                expected("page", r#""userId":"42","name":"Pricing""#, properties, ""),
                expected("screen", r#""userId":"42","name":"home""#, properties, ""),
                expected("group", r#""userId":"42","groupId":"acme""#, traits, ""),
                expected("alias", r#""previousId":"cookie","userId":"42""#, "", ""),
                expected(
                    "track",
                    r#""userId":"42","event":"Device Created or Updated""#,
                    "",
                    r#""device":{"type":"ios","token":"token"},"#
                ),
                expected("track", r#""userId":"42","event":"Device Deleted""#, "", r#""device":{"token":"token"},"#),
                expected("track", r#""userId":"42","event":"User Deleted""#, "", ""),
                expected("track", r#""userId":"42","event":"User Suppressed""#, "", ""),
                expected("track", r#""userId":"42","event":"User Unsuppressed""#, "", ""),
                expected(
                    "track",
                    r#""userId":"42","event":"Relationship Deleted""#,
                    r#","properties":{"objectId":"acme"}"#,
                    ""
                ),
                expected(
                    "track",
                    r#""anonymousId":"any","event":"Object Deleted""#,
                    r#","properties":{"objectId":"acme","objectTypeId":2}"#,
                    ""
                ),
                expected(
                    "track",
                    r#""event":"Report Delivery Event""#,
                    r#","properties":{"deliveryId":"RPIL","metric":"delivered"}"#,
                    ""
                ),
                expected(
                    "track",
                    r#""event":"Report Content Event""#,
                    r#","properties":{"activityType":"viewed_content","actionType":"viewed_content"}"#,
                    ""
                ),
            ]
        );
        Ok(())
    }
}
