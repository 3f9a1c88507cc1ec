//! Short methods of [`Client<Pipelines>`]: each is one line over an operation.

use serde::Serialize;

use super::{Alias, Group, Identify, Page, Screen, Track, UserIdentity};
use crate::{Client, Error, Pipelines};

/// Short methods for the most common operations of the Pipelines API. For everything else, build the operation and pass
/// it to [`call`](Client::call).
///
/// Each gets a message id, so it can be retried after a lost response. Traits and properties are encoded when the
/// method is called, so the future is `Send` whatever their types.
impl Client<Pipelines> {
    /// Adds or updates a person: [`Identify`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub fn identify(
        &self,
        who: impl Into<UserIdentity>,
        traits: impl Serialize,
    ) -> impl Future<Output = Result<(), Error>> {
        self.call(Identify::new(who).with_traits(traits))
    }

    /// Records what a person did: [`Track`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub fn track(
        &self,
        who: impl Into<UserIdentity>,
        event: impl AsRef<str>,
        properties: impl Serialize,
    ) -> impl Future<Output = Result<(), Error>> {
        self.call(Track::new(who, event).with_properties(properties))
    }

    /// Records which web page a person saw: [`Page`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub fn page(
        &self,
        who: impl Into<UserIdentity>,
        name: impl AsRef<str>,
        properties: impl Serialize,
    ) -> impl Future<Output = Result<(), Error>> {
        self.call(Page::new(who).with_name(name).with_properties(properties))
    }

    /// Records which screen of an app a person saw: [`Screen`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub fn screen(
        &self,
        who: impl Into<UserIdentity>,
        name: impl AsRef<str>,
        properties: impl Serialize,
    ) -> impl Future<Output = Result<(), Error>> {
        self.call(Screen::new(who).with_name(name).with_properties(properties))
    }

    /// Puts a person in a group, and adds or updates the group: [`Group`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub fn group(
        &self,
        who: impl Into<UserIdentity>,
        group_id: impl AsRef<str>,
        traits: impl Serialize,
    ) -> impl Future<Output = Result<(), Error>> {
        self.call(Group::new(who, group_id).with_traits(traits))
    }

    /// Says that a person who had one id has another now: [`Alias`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub fn alias(
        &self,
        previous_id: impl AsRef<str>,
        user_id: impl AsRef<str>,
    ) -> impl Future<Output = Result<(), Error>> {
        self.call(Alias::new(previous_id, user_id))
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, collections::BTreeMap, sync::Arc};

    use serde_json::json;

    use super::*;
    use crate::{Endpoint, Region, testing::Recorder};

    fn client(recorder: &Arc<Recorder>) -> Client<Pipelines> {
        Client::new(Endpoint::pipelines(Region::Us, "key").unwrap(), recorder.clone())
    }

    #[tokio::test]
    async fn each_short_method_makes_its_call() -> Result<(), Error> {
        let recorder = Arc::new(Recorder::responding("{}"));
        let client = client(&recorder);
        let data = json!({"a": "b"});

        client.identify("42", &data).await?;
        client.track(UserIdentity::anonymous_id("cookie"), "bought", &data).await?;
        client.page("42", "Pricing", &data).await?;
        client.screen("42", "home", &data).await?;
        client.group("42", "acme", &data).await?;
        client.alias("cookie", "42").await?;

        // The moment of the call and the library give every call these.
        let stamp = r#""messageId":"01HF7YATZ70000000000000001","timestamp":"2023-11-14T22:13:20.999Z""#;
        let library = format!(r#""library":{{"name":"customerio-rust","version":"{}"}}"#, env!("CARGO_PKG_VERSION"));
        let expected = |kind: &str, call: &str, body: &str| {
            format!(r#"POST /v1/{kind} {{"type":"{kind}",{call},{stamp}{body},"context":{{{library}}}}}"#)
        };
        let (traits, properties) = (r#","traits":{"a":"b"}"#, r#","properties":{"a":"b"}"#);
        assert_eq!(
            recorder.lines(),
            [
                expected("identify", r#""userId":"42""#, traits),
                expected("track", r#""anonymousId":"cookie","event":"bought""#, properties),
                expected("page", r#""userId":"42","name":"Pricing""#, properties),
                expected("screen", r#""userId":"42","name":"home""#, properties),
                expected("group", r#""userId":"42","groupId":"acme""#, traits),
                expected("alias", r#""previousId":"cookie","userId":"42""#, ""),
            ]
        );
        Ok(())
    }

    #[tokio::test]
    async fn a_call_can_go_to_another_task_whatever_its_arguments_are() {
        fn assert_send<T: Send>(future: T) -> T {
            future
        }

        let recorder = Arc::new(Recorder::responding("{}"));
        let client = client(&recorder);
        // Neither it nor a reference to it is both `Send` and `Sync`.
        let data = BTreeMap::from([("a", Cell::new(1))]);
        assert_send(client.identify("42", &data)).await.unwrap();
        assert_send(client.track("42", "bought", &data)).await.unwrap();
        assert_send(client.page("42", "Pricing", &data)).await.unwrap();
        assert_send(client.screen("42", "home", &data)).await.unwrap();
        assert_send(client.group("42", "acme", &data)).await.unwrap();
        let id = String::from("42");
        let task = async move { client.track(id, "bought", &json!({"a": 1})).await };
        tokio::spawn(task).await.unwrap().unwrap();
        assert_eq!(recorder.lines().len(), 6);
    }
}
