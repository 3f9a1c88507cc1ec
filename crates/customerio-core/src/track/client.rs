//! The short methods of `Client<Track>`: each is one line over an operation.

use serde::Serialize;

use super::{
    AddDevice, AddToSegment, AnonymousEvent, Delete, DeleteDevice, Event, Identify, Merge, RemoveFromSegment, Suppress,
    Unsuppress,
};
use crate::{Client, Device, Error, PersonId, SegmentId, Track};

/// Short methods for the most common operations of the Track API. For everything else, build the operation and pass it
/// to [`call`](Client::call).
///
/// Arguments are encoded when the method is called, so the future is `Send` whatever their types.
impl Client<Track> {
    /// Adds or updates a person: [`Identify`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub fn identify(
        &self,
        person: impl Into<PersonId>,
        attributes: impl Serialize,
    ) -> impl Future<Output = Result<(), Error>> {
        self.call(Identify::new(person).with_attributes(attributes))
    }

    /// Removes a person: [`Delete`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    #[doc(alias = "destroy")]
    pub fn delete(&self, person: impl Into<PersonId>) -> impl Future<Output = Result<(), Error>> {
        self.call(Delete::new(person))
    }

    /// Records what a person did: [`Event`]. It gets an id, so it can be retried after a lost response.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub fn track(
        &self,
        person: impl Into<PersonId>,
        name: impl AsRef<str>,
        data: impl Serialize,
    ) -> impl Future<Output = Result<(), Error>> {
        self.call(Event::new(person, name).with_data(data))
    }

    /// Records that a person saw a web page: [`Event::page`]. Otherwise it is like [`track`](Self::track).
    ///
    /// # Errors
    ///
    /// See [`Error`].
    #[doc(alias = "pageview")]
    #[doc(alias = "track_page_view")]
    pub fn page(
        &self,
        person: impl Into<PersonId>,
        url: impl AsRef<str>,
        data: impl Serialize,
    ) -> impl Future<Output = Result<(), Error>> {
        self.call(Event::page(person, url).with_data(data))
    }

    /// Records that a person saw a screen of an app: [`Event::screen`]. Otherwise it is like [`track`](Self::track).
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub fn screen(
        &self,
        person: impl Into<PersonId>,
        name: impl AsRef<str>,
        data: impl Serialize,
    ) -> impl Future<Output = Result<(), Error>> {
        self.call(Event::screen(person, name).with_data(data))
    }

    /// Records what an unknown visitor did: [`AnonymousEvent`]. It gets an id, so it can be retried after a lost
    /// response.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub fn track_anonymous(
        &self,
        anonymous_id: impl AsRef<str>,
        name: impl AsRef<str>,
        data: impl Serialize,
    ) -> impl Future<Output = Result<(), Error>> {
        self.call(AnonymousEvent::new(anonymous_id, name).with_data(data))
    }

    /// Merges two people into one: [`Merge`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    #[doc(alias = "merge_customers")]
    pub fn merge(
        &self,
        primary: impl Into<PersonId>,
        secondary: impl Into<PersonId>,
    ) -> impl Future<Output = Result<(), Error>> {
        self.call(Merge::new(primary, secondary))
    }

    /// Adds or updates a device of a person: [`AddDevice`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub fn add_device(&self, person: impl Into<PersonId>, device: Device) -> impl Future<Output = Result<(), Error>> {
        self.call(AddDevice::new(person, device))
    }

    /// Removes a device of a person: [`DeleteDevice`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub fn delete_device(
        &self,
        person: impl Into<PersonId>,
        token: impl AsRef<str>,
    ) -> impl Future<Output = Result<(), Error>> {
        self.call(DeleteDevice::new(person, token))
    }

    /// Removes a person and keeps them out: [`Suppress`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub fn suppress(&self, person: impl Into<PersonId>) -> impl Future<Output = Result<(), Error>> {
        self.call(Suppress::new(person))
    }

    /// Lets a suppressed person be added again: [`Unsuppress`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub fn unsuppress(&self, person: impl Into<PersonId>) -> impl Future<Output = Result<(), Error>> {
        self.call(Unsuppress::new(person))
    }

    /// Adds people to a manual segment, by your own ids: [`AddToSegment`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub fn add_to_segment(
        &self,
        segment: impl Into<SegmentId>,
        people: impl IntoIterator<Item = impl Into<PersonId>>,
    ) -> impl Future<Output = Result<(), Error>> {
        self.call(AddToSegment::new(segment, people))
    }

    /// Removes people from a manual segment, by your own ids: [`RemoveFromSegment`].
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub fn remove_from_segment(
        &self,
        segment: impl Into<SegmentId>,
        people: impl IntoIterator<Item = impl Into<PersonId>>,
    ) -> impl Future<Output = Result<(), Error>> {
        self.call(RemoveFromSegment::new(segment, people))
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, rc::Rc, sync::Arc};

    use serde_json::json;

    use super::*;
    use crate::{Endpoint, Platform, Region, testing::Recorder};

    fn client() -> (Client<Track>, Arc<Recorder>) {
        let recorder = Arc::new(Recorder::responding("{}"));
        (Client::new(Endpoint::track(Region::Us, "site", "key").unwrap(), recorder.clone()), recorder)
    }

    #[tokio::test]
    async fn each_short_method_makes_its_call() -> Result<(), Error> {
        let (client, recorder) = client();
        let data = json!({"a": "b"});

        client.identify("42", &data).await?;
        client.delete("42").await?;
        client.track("42", "bought", &data).await?;
        client.page("42", "/pricing", &data).await?;
        client.screen("42", "home", &data).await?;
        client.track_anonymous("cookie", "watched", &data).await?;
        client.merge("42", "43").await?;
        client.add_device("42", Device::new("token", Platform::Ios)).await?;
        client.delete_device("42", "token").await?;
        client.suppress("42").await?;
        client.unsuppress("42").await?;
        client.add_to_segment(7, ["42"]).await?;
        client.remove_from_segment(7, ["42"]).await?;

        // The moment of the call gives every event these.
        let stamped = r#""id":"01HF7YATZ70000000000000001","timestamp":1700000000"#;
        assert_eq!(
            recorder.lines(),
            [
                r#"PUT /api/v1/customers/42 {"a":"b"}"#,
                "DELETE /api/v1/customers/42",
                &format!(
                    r#"POST /api/v1/customers/42/events {{"name":"bought","type":"event",{stamped},"data":{{"a":"b"}}}}"#
                ),
                &format!(
                    r#"POST /api/v1/customers/42/events {{"name":"/pricing","type":"page",{stamped},"data":{{"a":"b"}}}}"#
                ),
                &format!(
                    r#"POST /api/v1/customers/42/events {{"name":"home","type":"screen",{stamped},"data":{{"a":"b"}}}}"#
                ),
                &format!(
                    r#"POST /api/v1/events {{"name":"watched","type":"event","anonymous_id":"cookie",{stamped},"data":{{"a":"b"}}}}"#
                ),
                r#"POST /api/v1/merge_customers {"primary":{"id":"42"},"secondary":{"id":"43"}}"#,
                r#"PUT /api/v1/customers/42/devices {"device":{"id":"token","platform":"ios"}}"#,
                "DELETE /api/v1/customers/42/devices/token",
                "POST /api/v1/customers/42/suppress",
                "POST /api/v1/customers/42/unsuppress",
                r#"POST /api/v1/segments/7/add_customers {"ids":["42"]}"#,
                r#"POST /api/v1/segments/7/remove_customers {"ids":["42"]}"#,
            ]
        );
        Ok(())
    }

    #[test]
    fn a_future_is_send_whatever_its_arguments_are() {
        fn assert_send<T: Send>(_: T) {}

        #[derive(Serialize)]
        struct NotSync {
            seats: Cell<u8>,
        }

        let (client, _) = client();
        let data = NotSync { seats: Cell::new(3) };
        let name: Rc<str> = "bought".into();
        assert_send(client.identify("42", &data));
        assert_send(client.track("42", &name, &data));
        assert_send(client.page("42", &name, &data));
        assert_send(client.screen("42", &name, &data));
        assert_send(client.track_anonymous(&name, &name, &data));
        assert_send(client.delete_device("42", &name));
        assert_send(client.add_to_segment(7, [&*name]));
        assert_send(async move { client.identify("42", &json!({"plan": "pro"})).await });
    }
}
