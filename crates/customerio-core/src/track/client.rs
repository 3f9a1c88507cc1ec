//! The short methods of `Client<Track>`: each is one line over an operation.

use serde::Serialize;

use super::{
    AccountRegion, AddDevice, AddToSegment, AnonymousEvent, Delete, DeleteDevice, Event, GetRegion, Identify, Merge,
    RemoveFromSegment, SubmitForm, Suppress, Unsubscribe, Unsuppress,
};
use crate::{Client, Device, Error, PersonId, Platform, Track};

/// The daily calls of the Track API, for what an operation can say in one line. For the rest, build the operation and
/// give it to [`call`](Client::call).
impl Client<Track> {
    /// Adds or updates a person: [`Identify`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn identify<'a>(
        &self,
        person: impl Into<PersonId<'a>>,
        attributes: &(impl Serialize + ?Sized),
    ) -> Result<(), Error> {
        self.call(&Identify::new(person).with_attributes(attributes)).await
    }

    /// Removes a person: [`Delete`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn delete<'a>(&self, person: impl Into<PersonId<'a>>) -> Result<(), Error> {
        self.call(&Delete::new(person)).await
    }

    /// Records what a person did: [`Event`]. It gets an id, so it can be repeated when an answer is lost.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn track<'a>(
        &self,
        person: impl Into<PersonId<'a>>,
        name: &'a str,
        data: &'a (impl Serialize + ?Sized),
    ) -> Result<(), Error> {
        self.call(&Event::new(person, name).with_data(data)).await
    }

    /// Records that a person saw a web page: [`Event::page`]. Like [`track`](Self::track) in all else.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn page<'a>(
        &self,
        person: impl Into<PersonId<'a>>,
        url: &'a str,
        data: &'a (impl Serialize + ?Sized),
    ) -> Result<(), Error> {
        self.call(&Event::page(person, url).with_data(data)).await
    }

    /// Records that a person saw a screen of an app: [`Event::screen`]. Like [`track`](Self::track) in all else.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn screen<'a>(
        &self,
        person: impl Into<PersonId<'a>>,
        name: &'a str,
        data: &'a (impl Serialize + ?Sized),
    ) -> Result<(), Error> {
        self.call(&Event::screen(person, name).with_data(data)).await
    }

    /// Records what a visitor did who is not known yet: [`AnonymousEvent`]. It gets an id, so it can be repeated when an
    /// answer is lost.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn track_anonymous(
        &self,
        anonymous_id: &str,
        name: &str,
        data: &(impl Serialize + ?Sized),
    ) -> Result<(), Error> {
        self.call(&AnonymousEvent::new(anonymous_id, name).with_data(data)).await
    }

    /// Has messages sent to someone who is no person of the workspace: [`AnonymousEvent::invite`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn invite(&self, recipient: &str, name: &str, data: &(impl Serialize + ?Sized)) -> Result<(), Error> {
        self.call(&AnonymousEvent::invite(recipient, name).with_data(data)).await
    }

    /// Makes one person of two: [`Merge`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn merge<'a>(
        &self,
        primary: impl Into<PersonId<'a>>,
        secondary: impl Into<PersonId<'a>>,
    ) -> Result<(), Error> {
        self.call(&Merge::new(primary, secondary)).await
    }

    /// Adds or updates a device of a person: [`AddDevice`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn add_device<'a>(
        &self,
        person: impl Into<PersonId<'a>>,
        token: &'a str,
        platform: Platform,
    ) -> Result<(), Error> {
        self.call(&AddDevice::new(person, Device::new(token, platform))).await
    }

    /// Removes a device of a person: [`DeleteDevice`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn delete_device<'a>(&self, person: impl Into<PersonId<'a>>, token: &'a str) -> Result<(), Error> {
        self.call(&DeleteDevice::new(person, token)).await
    }

    /// Removes a person and keeps them out: [`Suppress`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn suppress<'a>(&self, person: impl Into<PersonId<'a>>) -> Result<(), Error> {
        self.call(&Suppress::new(person)).await
    }

    /// Lets a suppressed person be added again: [`Unsuppress`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn unsuppress<'a>(&self, person: impl Into<PersonId<'a>>) -> Result<(), Error> {
        self.call(&Unsuppress::new(person)).await
    }

    /// Adds people to a manual segment, by ids that you gave: [`AddToSegment`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn add_to_segment(&self, segment: u32, ids: &[&str]) -> Result<(), Error> {
        self.call(&AddToSegment::new(segment, ids)).await
    }

    /// Removes people from a manual segment, by ids that you gave: [`RemoveFromSegment`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn remove_from_segment(&self, segment: u32, ids: &[&str]) -> Result<(), Error> {
        self.call(&RemoveFromSegment::new(segment, ids)).await
    }

    /// Submits a form for a person: [`SubmitForm`]. Its fields are strings.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn submit_form<'a>(
        &self,
        form: &'a str,
        person: impl Into<PersonId<'a>>,
        fields: &'a (impl Serialize + ?Sized),
    ) -> Result<(), Error> {
        self.call(&SubmitForm::new(form, person).with_fields(fields)).await
    }

    /// Unsubscribes the person who got a message: [`Unsubscribe`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn unsubscribe(&self, delivery_id: &str) -> Result<(), Error> {
        self.call(&Unsubscribe::new(delivery_id)).await
    }

    /// Asks in which region the workspace of the credentials is: [`GetRegion`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn region(&self) -> Result<AccountRegion, Error> {
        self.call(&GetRegion).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::{Endpoint, Region, testing::Recorder};

    /// What the region call is answered with; every other call takes it for success too.
    const REGION: &str = r#"{"url":"https://track.customer.io","region":"us","environment_id":3}"#;

    #[tokio::test]
    async fn each_short_method_makes_its_call() -> Result<(), Error> {
        let recorder = Arc::new(Recorder::answering(REGION));
        let client = Client::new(Endpoint::track(Region::Us, "site", "key")?, recorder.clone());
        let data = json!({"a": "b"});

        client.identify("42", &data).await?;
        client.delete("42").await?;
        client.track("42", "bought", &data).await?;
        client.page("42", "/pricing", &data).await?;
        client.screen("42", "home", &data).await?;
        client.track_anonymous("cookie", "watched", &data).await?;
        client.invite("to@example.com", "invited", &data).await?;
        client.merge("42", "43").await?;
        client.add_device("42", "token", Platform::Ios).await?;
        client.delete_device("42", "token").await?;
        client.suppress("42").await?;
        client.unsuppress("42").await?;
        client.add_to_segment(7, &["42"]).await?;
        client.remove_from_segment(7, &["42"]).await?;
        client.submit_form("signup", "42", &data).await?;
        client.unsubscribe("RPIL").await?;
        assert_eq!(client.region().await?.region.known(), Some(Region::Us));

        // The moment of the call gives every event these.
        let captured = r#""id":"01HF7YATZ70000000000000001","timestamp":1700000000"#;
        assert_eq!(
            recorder.lines(),
            [
                r#"PUT /api/v1/customers/42 {"a":"b"}"#,
                "DELETE /api/v1/customers/42",
                &format!(
                    r#"POST /api/v1/customers/42/events {{"name":"bought","type":"event",{captured},"data":{{"a":"b"}}}}"#
                ),
                &format!(
                    r#"POST /api/v1/customers/42/events {{"name":"/pricing","type":"page",{captured},"data":{{"a":"b"}}}}"#
                ),
                &format!(
                    r#"POST /api/v1/customers/42/events {{"name":"home","type":"screen",{captured},"data":{{"a":"b"}}}}"#
                ),
                &format!(
                    r#"POST /api/v1/events {{"name":"watched","type":"event","anonymous_id":"cookie",{captured},"data":{{"a":"b"}}}}"#
                ),
                &format!(
                    r#"POST /api/v1/events {{"name":"invited","type":"event",{captured},"data":{{"recipient":"to@example.com","a":"b"}}}}"#
                ),
                r#"POST /api/v1/merge_customers {"primary":{"id":"42"},"secondary":{"id":"43"}}"#,
                r#"PUT /api/v1/customers/42/devices {"device":{"id":"token","platform":"ios"}}"#,
                "DELETE /api/v1/customers/42/devices/token",
                "POST /api/v1/customers/42/suppress",
                "POST /api/v1/customers/42/unsuppress",
                r#"POST /api/v1/segments/7/add_customers {"ids":["42"]}"#,
                r#"POST /api/v1/segments/7/remove_customers {"ids":["42"]}"#,
                r#"POST /api/v1/forms/signup/submit {"data":{"id":"42","a":"b"}}"#,
                r#"POST /unsubscribe/RPIL {"unsubscribe":true}"#,
                "GET /api/v1/accounts/region",
            ]
        );
        Ok(())
    }
}
