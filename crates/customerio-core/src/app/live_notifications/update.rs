//! `POST /v1/live_notifications/update`: change what a live notification shows.

use http::Method;
use serde::Serialize;

use super::{
    LiveAlert, LiveInstance,
    parts::{ATTRIBUTES, Extras, STATE, write_object},
};
use crate::{
    App, Body, BuildError, Limits, LiveNotificationId, Operation, Replay,
    json::{Attributes, Writer},
    macros::{opaque_debug, sample, setters},
    path::Part as _,
};

/// Changes what a live notification shows: it sends the whole state, and what is not in it is removed.
///
/// It is retried after a lost response, unless it has an alert, which would come twice. Wait for the response before
/// you send the next update: the one that arrives last is shown.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `LiveInstance`.
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/updateLiveNotification>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::live_notifications::{MultiStep, Update}, limits::Limits};
///
/// let update = Update::new("01JZ8Z5V6T3W9KQ4N7R2C8M0XD", MultiStep::new("On its way", 2, 4));
/// let request = Prepared::new(update, &Limits::default())?;
/// assert_eq!(request.path(), "/v1/live_notifications/update");
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "update_live_notification")]
pub struct Update {
    instance_id: LiveNotificationId,
    content_state: Attributes,
    extras: Extras,
}

impl Update {
    /// Creates the operation for the live notification with this id, and its new state: a
    /// [`MultiStep`](super::MultiStep), a [`Countdown`](super::Countdown), or for a custom type anything that
    /// serialises as an object, as in [`Start::new`](super::Start::new).
    #[must_use]
    pub fn new(instance_id: impl Into<LiveNotificationId>, content_state: impl Serialize) -> Self {
        Self {
            instance_id: instance_id.into(),
            content_state: Attributes::new(STATE, &content_state),
            extras: Extras::default(),
        }
    }

    /// The attributes that it started with, for apps that need them to show it.
    #[must_use]
    pub fn with_attributes(mut self, attributes: impl Serialize) -> Self {
        self.extras.attributes = Some(Attributes::new(ATTRIBUTES, &attributes));
        self
    }

    setters! {
        /// Sets the link that a tap opens.
        with_deep_link, extras.deep_link: text;
        /// The alert that comes with the change. Default: none.
        with_alert, extras.alert: LiveAlert;
    }
}

impl Operation for Update {
    type Api = App;
    type Output = LiveInstance;
    const NAME: &'static str = "app.live_notifications.update";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/live_notifications/update";

    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        self.instance_id.check()?;
        let mut body = Writer::new();
        body.field("instance_id", &self.instance_id)?;
        write_object(&mut body, "content_state", STATE, &self.content_state)?;
        self.extras.write(&mut body)?;
        Ok(Body::encoded(body.merge()))
    }
    fn replay(&self) -> Replay {
        self.extras.replay()
    }
}

opaque_debug!(Update);
sample!(Update: Self::new("LEAK0000000000000000000000", std::collections::BTreeMap::from([("score", "LEAK-score")]))
    .with_attributes(std::collections::BTreeMap::from([("home", "LEAK-home")]))
    .with_deep_link("LEAK-link")
    .with_alert(LiveAlert::new("LEAK-title", "LEAK-body").with_sound("LEAK-sound")));

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        app::live_notifications::MultiStep,
        parse,
        testing::{body, refused_app, wire_app},
    };

    const ID: &str = "01JZ8Z5V6T3W9KQ4N7R2C8M0XD";

    #[test]
    fn the_whole_request() {
        let update = Update::new(ID, json!({"score": 2}))
            .with_attributes(json!({"home": "A"}))
            .with_deep_link("game://1")
            .with_alert(LiveAlert::new("Goal", "2 to 1"));
        assert_eq!(update.replay(), Replay::OnlyIfNotSent);
        assert_eq!(
            wire_app(update),
            "POST https://api.customer.io/v1/live_notifications/update\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 179\n\
             \n\
             {\"instance_id\":\"01JZ8Z5V6T3W9KQ4N7R2C8M0XD\",\"content_state\":{\"score\":2},\"attributes\":{\"home\":\"A\"},\
             \"deep_link\":\"game://1\",\"push_payload\":{\"alert\":{\"title\":\"Goal\",\"body\":\"2 to 1\"}}}"
        );
        let silent = Update::new(ID, MultiStep::new("Packed", 1, 4)).with_deep_link("shop://1");
        assert_eq!(silent.replay(), Replay::Safe);
        assert_eq!(
            body(Update::new(ID, MultiStep::new("Packed", 1, 4))),
            "{\"instance_id\":\"01JZ8Z5V6T3W9KQ4N7R2C8M0XD\",\
             \"content_state\":{\"status\":\"Packed\",\"segmentsTotal\":4,\"segmentsComplete\":1}}"
        );
    }

    #[test]
    fn what_cannot_be_shown_is_refused() {
        let state = json!({"score": 2});
        let not_ulid = "the live notification's id is not valid: it must be a ULID, which has 26 letters and digits";
        for (update, expected) in [
            (Update::new("", &state), "the live notification's id is empty"),
            (Update::new("01JZ8Z5V6T3W9KQ4N7R2C8M0X", &state), not_ulid),
            (Update::new("01JZ8Z5V6T3W9KQ4N7R2C8M0X-", &state), not_ulid),
            (Update::new(ID, json!({})), "the content state is empty"),
            (Update::new(ID, "text"), "the content state must be an object, not text"),
            (Update::new(ID, &state).with_attributes(()), "the set of attributes is empty"),
            (Update::new(ID, &state).with_attributes([1]), "the set of attributes must be an object, not a list"),
            (Update::new(ID, &state).with_deep_link(" "), "the deep link has only whitespace or invisible characters"),
            (Update::new(ID, &state).with_alert(LiveAlert::new("a", "")), "the alert's text is empty"),
        ] {
            assert_eq!(refused_app(update).to_string(), expected);
        }
    }

    #[test]
    fn the_response_has_the_id() {
        let json = r#"{"instance_id":"01JZ8Z5V6T3W9KQ4N7R2C8M0XD","new":1}"#;
        let updated = parse::<Update>(Response::new(json.into())).unwrap();
        assert_eq!((updated.instance_id.as_str(), &updated.extra["new"]), (ID, &json!(1)));
    }
}
