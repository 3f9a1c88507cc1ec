//! `POST /v1/live_notifications/end`: end a live notification.

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

/// Ends a live notification.
///
/// It is retried after a lost response, unless it has an alert, which would come twice.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `LiveInstance`.
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/endLiveNotification>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::live_notifications::{End, MultiStep}, limits::Limits};
///
/// let end = End::new("01JZ8Z5V6T3W9KQ4N7R2C8M0XD")
///     .with_content_state(MultiStep::new("Delivered", 4, 4));
/// let request = Prepared::new(end, &Limits::default())?;
/// assert_eq!(request.path(), "/v1/live_notifications/end");
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "end_live_notification")]
pub struct End {
    instance_id: LiveNotificationId,
    content_state: Option<Attributes>,
    extras: Extras,
}

impl End {
    /// Creates the operation for the live notification with this id. It shows what it showed last.
    #[must_use]
    pub fn new(instance_id: impl Into<LiveNotificationId>) -> Self {
        Self { instance_id: instance_id.into(), content_state: None, extras: Extras::default() }
    }

    /// Sets the content to show at the end, as in [`Update::new`](super::Update::new).
    #[must_use]
    pub fn with_content_state(mut self, content_state: impl Serialize) -> Self {
        self.content_state = Some(Attributes::new(STATE, &content_state));
        self
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
        /// The alert that comes with the end. Default: none.
        with_alert, extras.alert: LiveAlert;
    }
}

impl Operation for End {
    type Api = App;
    type Output = LiveInstance;
    const NAME: &'static str = "app.live_notifications.end";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/live_notifications/end";

    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        self.instance_id.check()?;
        let mut body = Writer::new();
        body.field("instance_id", &self.instance_id)?;
        if let Some(state) = &self.content_state {
            write_object(&mut body, "content_state", STATE, state)?;
        }
        self.extras.write(&mut body)?;
        Ok(Body::encoded(body.merge()))
    }
    fn replay(&self) -> Replay {
        self.extras.replay()
    }
}

opaque_debug!(End);
sample!(End: Self::new("LEAK0000000000000000000000")
    .with_content_state(std::collections::BTreeMap::from([("score", "LEAK-score")]))
    .with_attributes(std::collections::BTreeMap::from([("home", "LEAK-home")]))
    .with_deep_link("LEAK-link")
    .with_alert(LiveAlert::new("LEAK-title", "LEAK-body").with_sound("LEAK-sound")));

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        parse,
        testing::{body, refused_app, wire_app},
    };

    const ID: &str = "01JZ8Z5V6T3W9KQ4N7R2C8M0XD";

    #[test]
    fn the_whole_request() {
        let end = End::new(ID)
            .with_content_state(json!({"score": 3}))
            .with_attributes(json!({"home": "A"}))
            .with_deep_link("game://1")
            .with_alert(LiveAlert::new("Over", "3 to 1"));
        assert_eq!(end.replay(), Replay::OnlyIfNotSent);
        assert_eq!(
            wire_app(end),
            "POST https://api.customer.io/v1/live_notifications/end\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 179\n\
             \n\
             {\"instance_id\":\"01JZ8Z5V6T3W9KQ4N7R2C8M0XD\",\"content_state\":{\"score\":3},\"attributes\":{\"home\":\"A\"},\
             \"deep_link\":\"game://1\",\"push_payload\":{\"alert\":{\"title\":\"Over\",\"body\":\"3 to 1\"}}}"
        );
        assert_eq!(End::new(ID).replay(), Replay::Safe);
        assert_eq!(body(End::new(ID)), r#"{"instance_id":"01JZ8Z5V6T3W9KQ4N7R2C8M0XD"}"#);
        for (end, expected) in [
            (End::new(" "), "the live notification's id has only whitespace or invisible characters"),
            (
                End::new("123"),
                "the live notification's id is not valid: it must be a ULID, which has 26 letters and digits",
            ),
            (End::new(ID).with_content_state(json!({})), "the content state is empty"),
            (End::new(ID).with_attributes(7), "the set of attributes must be an object, not a number"),
            (End::new(ID).with_deep_link(""), "the deep link is empty"),
            (End::new(ID).with_alert(LiveAlert::new("", "a")), "the alert's title is empty"),
        ] {
            assert_eq!(refused_app(end).to_string(), expected);
        }
    }

    #[test]
    fn the_response_has_the_id() {
        let json = r#"{"instance_id":"01JZ8Z5V6T3W9KQ4N7R2C8M0XD"}"#;
        assert_eq!(parse::<End>(Response::new(json.into())).unwrap().instance_id.as_str(), ID);
    }
}
