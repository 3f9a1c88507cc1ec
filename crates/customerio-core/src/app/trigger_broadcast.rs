//! `POST /v1/campaigns/{broadcast_id}/triggers`: send an API-triggered broadcast.
//!
//! Limits: 25 MB; data of 50,000 bytes; 10,000 people; one trigger in 10 seconds for each broadcast, and 5 that wait.
//! <https://docs.customer.io/integrations/api/app/#operation/triggerBroadcast>

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Response};
use serde::{Deserialize, Serialize};

use super::Audience;
use crate::{
    App, Body, BuildError, DecodeFailure, Limits, Nothing, Operation, Path, Quota, Replay, decode_json,
    json::{self, Object},
    limits::check_bytes,
    macros::opaque_debug,
};

/// Sends a broadcast to an audience.
///
/// The answer says that the trigger was taken. What is wrong with the audience, such as a person who does not exist,
/// shows later, in `GET /v1/campaigns/{broadcast_id}/triggers/{trigger_id}/errors`.
///
/// ```
/// use customerio_core::app::{DefaultAudience, Filter, IdsAudience, TriggerBroadcast};
/// use serde_json::json;
///
/// let data = json!({"headline": "Roadrunner spotted"});
/// let everybody = TriggerBroadcast::new(12, DefaultAudience::new()).with_data(&data);
/// let segment = TriggerBroadcast::new(12, Filter::segment(4));
/// let people = TriggerBroadcast::new(12, IdsAudience::new(&["42", "43"]).with_id_ignore_missing(true));
/// # let _ = (everybody, segment, people);
/// ```
#[derive(Serialize)]
#[serde(bound = "D: Serialize")]
pub struct TriggerBroadcast<'a, D: ?Sized = Nothing> {
    #[serde(skip)]
    broadcast_id: u64,
    #[serde(flatten)]
    audience: Audience<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Object<'a, D>>,
}

/// A trigger that Customer.io has taken.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Trigger {
    /// The number of the trigger, by which its state and its errors can be read.
    pub id: u64,
    /// What else the answer has.
    #[serde(flatten)]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

impl<'a> TriggerBroadcast<'a> {
    /// The broadcast with this number, to `audience`.
    #[must_use]
    pub fn new(broadcast_id: u64, audience: impl Into<Audience<'a>>) -> Self {
        Self { broadcast_id, audience: audience.into(), data: None }
    }
}

impl<'a, D: ?Sized> TriggerBroadcast<'a, D> {
    /// Data for the Liquid of all messages, as in `{{trigger.headline}}`: anything that serialises as an object, up to
    /// 50,000 bytes.
    #[must_use]
    pub fn with_data<E: Serialize + ?Sized>(self, data: &'a E) -> TriggerBroadcast<'a, E> {
        TriggerBroadcast { broadcast_id: self.broadcast_id, audience: self.audience, data: Some(Object(data)) }
    }
}

impl<D: Serialize + ?Sized> Operation for TriggerBroadcast<'_, D> {
    type Api = App;
    type Output = Trigger;
    const NAME: &'static str = "app.trigger_broadcast";
    const QUOTA: Quota = Quota::Broadcast;

    fn method(&self) -> Method {
        Method::POST
    }
    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        path.literal("/v1/campaigns");
        path.number(self.broadcast_id);
        path.literal("/triggers");
        Ok(())
    }
    fn body(&self, limits: &Limits) -> Result<Body, BuildError> {
        self.audience.check(limits)?;
        let body = Body::json(self)?;
        let bytes = body.bytes().len();
        check_bytes("the broadcast trigger", bytes, limits.broadcast)?;
        // Only where the whole body is over the limit can the data be, so it is encoded again in that case alone.
        if let Some(data) = self.data.as_ref().filter(|_| bytes > limits.broadcast_data) {
            check_bytes("the broadcast's data", json::encode(data)?.len(), limits.broadcast_data)?;
        }
        Ok(body)
    }
    fn replay(&self) -> Replay {
        Replay::OnlyIfNotSent
    }
    fn attempt_timeout(&self) -> Duration {
        // A trigger that names its people can have 25 MB.
        Duration::from_secs(30)
    }
    fn decode(&self, response: &Response<Bytes>) -> Result<Trigger, DecodeFailure> {
        decode_json(response)
    }
}

opaque_debug!([D: ?Sized] TriggerBroadcast<'_, D>);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        BuildErrorKind,
        app::{DefaultAudience, Filter, IdsAudience, PerUserDataAudience, UserData},
        testing::{body, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let data = json!({"headline": "Hi"});
        let people = [
            UserData::for_id("42", &json!({"voucher": "A"})).unwrap(),
            UserData::for_email("ada@example.com", &json!({"voucher": "B"})).unwrap(),
        ];
        let audience = PerUserDataAudience::new(&people).with_email_ignore_missing(true);
        let trigger = TriggerBroadcast::new(12, audience).with_data(&data);
        assert_eq!(
            wire_app(&trigger),
            "POST https://api.customer.io/v1/campaigns/12/triggers\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
             content-length: 158\n\
             \n\
             {\"per_user_data\":[{\"id\":\"42\",\"data\":{\"voucher\":\"A\"}},\
             {\"email\":\"ada@example.com\",\"data\":{\"voucher\":\"B\"}}],\
             \"email_ignore_missing\":true,\"data\":{\"headline\":\"Hi\"}}"
        );
        assert_eq!(trigger.replay(), Replay::OnlyIfNotSent);
        assert_eq!(quota(&trigger), Quota::Broadcast);
    }

    fn quota<O: Operation>(_: &O) -> Quota {
        O::QUOTA
    }

    #[test]
    fn what_is_not_set_is_left_to_the_broadcast() {
        assert_eq!(body(&TriggerBroadcast::new(12, DefaultAudience::new())), "{}");
        assert_eq!(body(&TriggerBroadcast::new(12, Filter::segment(4))), r#"{"recipients":{"segment":{"id":4}}}"#);
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        let large = json!({"text": "x".repeat(49_990)});
        let nan = std::collections::BTreeMap::from([("n", f64::NAN)]);
        let person = UserData::for_id("1", &json!({"text": "x".repeat(4_990)})).unwrap();
        let people = vec![person; 5_000];
        for (error, expected) in [
            (
                refused_app(&TriggerBroadcast::new(1, DefaultAudience::new()).with_data(&large)),
                "the broadcast's data has 50001 bytes, and the limit is 50000",
            ),
            (
                refused_app(&TriggerBroadcast::new(1, PerUserDataAudience::new(&people))),
                "the broadcast trigger has 25100019 bytes, and the limit is 25000000",
            ),
            (refused_app(&TriggerBroadcast::new(1, IdsAudience::new(&[""]))), "the person's id is empty"),
            (
                refused_app(&TriggerBroadcast::new(1, DefaultAudience::new()).with_data("text")),
                "the body cannot be sent: attributes and data must be an object, not a string",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
        let error = refused_app(&TriggerBroadcast::new(1, DefaultAudience::new()).with_data(&nan));
        assert!(matches!(error.kind(), BuildErrorKind::Encoding(_)));
    }

    #[test]
    fn data_may_be_as_large_as_the_limit_whatever_the_audience() {
        let data = json!({"text": "x".repeat(49_989)});
        let ids = vec!["1"; 10_000];
        assert!(TriggerBroadcast::new(1, IdsAudience::new(&ids)).with_data(&data).body(&Limits::default()).is_ok());
    }

    #[test]
    fn the_answer_names_the_trigger() {
        let trigger = TriggerBroadcast::new(1, DefaultAudience::new());
        let answer = trigger.decode(&Response::new(r#"{"id":3,"new":true}"#.into())).unwrap();
        assert_eq!(answer.id, 3);
        assert_eq!(answer.extra["new"], true);
        assert!(trigger.decode(&Response::new("{}".into())).is_err());
    }
}
