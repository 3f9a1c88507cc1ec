//! `POST /v1/campaigns/{broadcast_id}/triggers`: send an API-triggered broadcast.

use std::time::Duration;

use http::Method;
use serde::Serialize;

use super::Audience;
use crate::{
    App, Body, BroadcastId, BuildError, Limits, Operation, Path, Quota, Timestamp, TriggerId,
    entity::{entity, returned},
    json::{Attributes, Writer},
    limits::check_bytes,
    macros::{opaque_debug, sample},
    page::listed,
};

/// Sends a broadcast to an audience.
///
/// The whole broadcast fails if a person does not exist, or shares an e-mail address with another, unless an option of
/// the audience says otherwise: Customer.io responds at once with 422, which is an [`ApiError`](crate::ApiError). Its
/// details name the trigger; [`TriggerErrors`](super::TriggerErrors) has more. Otherwise the response is a trigger that
/// waits: [`TriggerStatus`](super::TriggerStatus) reads its state.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `Trigger`, or with the short method
/// `trigger_broadcast`.
///
/// Limits: 25 MB; data of 50,000 bytes; 10,000 people; one trigger in 10 seconds for each broadcast, and 5 that wait.
/// <https://docs.customer.io/integrations/api/app/#operation/triggerBroadcast>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{
///     Prepared, app::{DefaultAudience, Filter, IdsAudience, TriggerBroadcast}, limits::Limits,
/// };
/// use serde_json::json;
///
/// let everybody = TriggerBroadcast::new(12, DefaultAudience::new())
///     .with_data(json!({"headline": "Roadrunner spotted"}));
/// let segment = TriggerBroadcast::new(12, Filter::segment(4));
/// let people =
///     TriggerBroadcast::new(12, IdsAudience::new(["42", "43"]).with_id_ignore_missing(true));
///
/// for (trigger, body) in [
///     (everybody, r#"{"data":{"headline":"Roadrunner spotted"}}"#),
///     (segment, r#"{"recipients":{"segment":{"id":4}}}"#),
///     (people, r#"{"ids":["42","43"],"id_ignore_missing":true}"#),
/// ] {
///     let request = Prepared::new(trigger, &Limits::default())?;
///     assert_eq!(
///         (request.path(), &request.body()[..]),
///         ("/v1/campaigns/12/triggers", body.as_bytes())
///     );
/// }
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "trigger_broadcast")]
#[doc(alias = "TriggerBroadcastRequest")]
pub struct TriggerBroadcast {
    broadcast_id: BroadcastId,
    audience: Audience,
    data: Option<Attributes>,
}

entity! {
    /// A trigger of a broadcast that Customer.io has accepted.
    ///
    /// [`TriggerBroadcast`] returns only its number; [`TriggerStatus`](super::TriggerStatus) and
    /// [`ListTriggers`](super::ListTriggers) have the rest.
    pub struct Trigger: Debug {
        /// The number, by which [`TriggerStatus`](super::TriggerStatus) and [`TriggerErrors`](super::TriggerErrors)
        /// find it.
        pub id: TriggerId,
        /// The broadcast.
        pub broadcast_id: Option<BroadcastId>,
        /// When the broadcast was triggered.
        pub created_at: Option<Timestamp>,
        /// When it was processed: see [`is_processed`](Self::is_processed).
        pub processed_at: Option<Timestamp>,
    }
}

returned!(Trigger = r#"{"id":1,"broadcast_id":12,"created_at":1700000000,"processed_at":1700000009}"#);
listed!(Trigger in "triggers" = r#"{"id":1,"broadcast_id":12,"created_at":1700000000,"processed_at":1700000009}"#);

impl Trigger {
    /// Whether Customer.io has processed it. There can still be [errors](super::TriggerErrors), and it says nothing
    /// about the [messages](super::Messages).
    #[must_use]
    pub fn is_processed(&self) -> bool {
        self.processed_at.is_some_and(|at| at.unix_seconds() > 0)
    }
}

impl TriggerBroadcast {
    /// Triggers the broadcast with this number, for `audience`.
    #[must_use]
    pub fn new(broadcast: impl Into<BroadcastId>, audience: impl Into<Audience>) -> Self {
        Self { broadcast_id: broadcast.into(), audience: audience.into(), data: None }
    }

    /// Data for the Liquid of all messages, as in `{{trigger.headline}}`: anything that serialises as an object, up to
    /// 50,000 bytes. It is encoded here; what cannot be encoded is an error when the request is built.
    #[must_use]
    pub fn with_data(mut self, data: impl Serialize) -> Self {
        self.data = Some(Attributes::new("the data", &data));
        self
    }
}

impl Operation for TriggerBroadcast {
    type Api = App;
    type Output = Trigger;
    const NAME: &'static str = "app.trigger_broadcast";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/campaigns/{broadcast_id}/triggers";
    const QUOTA: Quota = Quota::Broadcast;
    /// A trigger that names its people can have 25 MB.
    const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.broadcast_id.check()?;
        path.number(self.broadcast_id.get());
        Ok(())
    }
    fn body(self, limits: &Limits) -> Result<Body, BuildError> {
        self.audience.check(limits)?;
        let mut body = Writer::new();
        self.audience.write(&mut body)?;
        // It is copied after the audience, because that can be 500 times as large.
        if let Some(data) = self.data {
            let data = data.into_json()?;
            check_bytes("the broadcast's data", data.len(), limits.broadcast_data)?;
            body.field_of("data", if data.is_empty() { b"{}" } else { &data });
        }
        let body = body.merge();
        check_bytes("the broadcast trigger", body.len(), limits.broadcast)?;
        Ok(Body::encoded(body))
    }
}

opaque_debug!(TriggerBroadcast);
sample!(TriggerBroadcast:
    Self::new(12, super::IdsAudience::new(["LEAK-1", "LEAK-2"]).with_id_ignore_missing(true));
    Self::new(12, super::Filter::segment(4)).with_data(std::collections::BTreeMap::from([("LEAK-order", 17)]));
    Self::new(12, super::EmailsAudience::new(["LEAK-1"]).with_email_ignore_missing(true).with_email_add_duplicates(true));
    Self::new(12, super::PerUserDataAudience::new([
        super::UserData::for_id("LEAK-1", std::collections::BTreeMap::from([("LEAK-order", 17)])),
        super::UserData::for_email("LEAK-2", ()),
    ]));
    Self::new(12, super::DataFileAudience::new("https://LEAK-host")));

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        FromResponse, Replay,
        app::{DefaultAudience, Filter, IdsAudience, PerUserDataAudience, UserData},
        testing::{body, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let data = json!({"headline": "Hi"});
        let people = [
            UserData::for_id("42", json!({"voucher": "A"})),
            UserData::for_email("ada@example.com", json!({"voucher": "B"})),
        ];
        let audience = PerUserDataAudience::new(people).with_email_ignore_missing(true);
        let trigger = TriggerBroadcast::new(12, audience).with_data(data);
        assert_eq!(
            wire_app(trigger.clone()),
            "POST https://api.customer.io/v1/campaigns/12/triggers\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 158\n\
             \n\
             {\"per_user_data\":[{\"id\":\"42\",\"data\":{\"voucher\":\"A\"}},\
             {\"email\":\"ada@example.com\",\"data\":{\"voucher\":\"B\"}}],\
             \"email_ignore_missing\":true,\"data\":{\"headline\":\"Hi\"}}"
        );
        assert_eq!(trigger.replay(), Replay::OnlyIfNotSent);
        assert_eq!(TriggerBroadcast::QUOTA, Quota::Broadcast);
    }

    #[test]
    fn what_is_not_set_is_left_to_the_broadcast() {
        assert_eq!(body(TriggerBroadcast::new(12, DefaultAudience::new()).with_data(())), r#"{"data":{}}"#);
        assert_eq!(body(TriggerBroadcast::new(12, DefaultAudience::new())), "{}");
        assert_eq!(body(TriggerBroadcast::new(12, Filter::segment(4))), r#"{"recipients":{"segment":{"id":4}}}"#);
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        let large = json!({"text": "x".repeat(49_990)});
        let nan = std::collections::BTreeMap::from([("n", f64::NAN)]);
        let person = UserData::for_id("1", json!({"text": "x".repeat(4_990)}));
        let people = vec![person; 5_000];
        for (error, expected) in [
            (
                refused_app(TriggerBroadcast::new(1, DefaultAudience::new()).with_data(large)),
                "the broadcast's data has 50001 bytes, and the limit is 50000",
            ),
            (
                refused_app(TriggerBroadcast::new(1, PerUserDataAudience::new(people))),
                "the broadcast trigger has 25100019 bytes, and the limit is 25000000",
            ),
            (refused_app(TriggerBroadcast::new(1, IdsAudience::new([""]))), "the person's id is empty"),
            (
                refused_app(TriggerBroadcast::new(1, DefaultAudience::new()).with_data("text")),
                "the data must be an object, not text",
            ),
            (
                refused_app(TriggerBroadcast::new(1, DefaultAudience::new()).with_data(&nan)),
                "`n` is NaN: as JSON it would be null, which erases an attribute",
            ),
            (
                refused_app(TriggerBroadcast::new(0, DefaultAudience::new())),
                "the broadcast's id is not valid: it must be a positive number",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }

    #[test]
    fn data_may_be_as_large_as_the_limit_whatever_the_audience() {
        let data = json!({"text": "x".repeat(49_989)});
        let ids = vec!["1"; 10_000];
        assert!(TriggerBroadcast::new(1, IdsAudience::new(&ids)).with_data(data).body(&Limits::default()).is_ok());
    }

    #[test]
    fn the_response_names_the_trigger() {
        let read = |body: &'static str| Trigger::from_response(&Response::new(body.into()));
        let trigger = read(r#"{"id":3,"new":true}"#).unwrap();
        assert_eq!(trigger.id, 3.into());
        assert_eq!(trigger.extra["new"], true);
        assert_eq!(serde_json::to_string(&trigger).unwrap(), r#"{"id":3,"new":true}"#);
        assert!(read("{}").is_err());
    }
}
