//! `GET /v1/campaigns/{broadcast_id}/triggers/{trigger_id}`: how far a trigger of a broadcast is.

use super::Trigger;
use crate::{BroadcastId, TriggerId, macros::plain};

plain! {
    /// Reads the state of a trigger of a broadcast: [`Trigger::is_processed`] says whether it is done.
    ///
    /// [`TriggerBroadcast`](super::TriggerBroadcast) and [`ListTriggers`](super::ListTriggers) give the trigger's
    /// number; [`TriggerErrors`](super::TriggerErrors) lists its errors.
    ///
    /// Send it with [`Client::call`](crate::Client::call), which returns `Trigger`.
    ///
    /// Limits: 10 requests a second for the workspace.
    /// <https://docs.customer.io/integrations/api/app/#operation/broadcastStatus>
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{app::broadcasts::TriggerStatus, http::Response, operation::parse};
    ///
    /// let json = r#"{"id":3,"broadcast_id":12,"created_at":1700000000,"processed_at":null}"#;
    /// let trigger = parse::<TriggerStatus>(Response::new(json.into()))?;
    /// assert!(!trigger.is_processed());
    /// # Ok::<(), customerio::Error>(())
    /// ```
    #[doc(alias = "broadcast_status")]
    pub struct TriggerStatus { broadcast_id: BroadcastId = 12, trigger_id: TriggerId = 3 }
    "app.broadcasts.trigger_status" = GET "/v1/campaigns/{broadcast_id}/triggers/{trigger_id}" -> Trigger;
}

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        parse,
        testing::{plain, refused_app, wire_app},
    };

    /// A broadcast is a campaign here, and a broadcast everywhere else.
    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(TriggerStatus::new(12, 3)), plain("GET /v1/campaigns/12/triggers/3"));
        for (status, what) in
            [(TriggerStatus::new(0, 3), "the broadcast's id"), (TriggerStatus::new(12, 0), "the trigger's id")]
        {
            assert_eq!(refused_app(status).to_string(), format!("{what} is not valid: it must be a positive number"));
        }
    }

    #[test]
    fn a_trigger_is_processed_when_it_says_when() {
        for (json, is_processed) in [
            (r#"{"id":3,"processed_at":1700000009}"#, true),
            (r#"{"id":"3","processed_at":"1700000009"}"#, true),
            (r#"{"id":3,"processed_at":0}"#, false),
            (r#"{"id":3,"processed_at":-62135596800}"#, false),
            (r#"{"id":3,"processed_at":null}"#, false),
            (r#"{"id":3,"processed_at":"soon"}"#, false),
            (r#"{"id":3}"#, false),
        ] {
            let trigger = parse::<TriggerStatus>(Response::new(json.into())).unwrap();
            assert_eq!((trigger.id, trigger.is_processed()), (3.into(), is_processed), "{json}");
        }
        for json in ["{}", r#"{"trigger":{"id":3}}"#, "[]"] {
            assert!(parse::<TriggerStatus>(Response::new(json.into())).is_err(), "{json}");
        }
    }
}
