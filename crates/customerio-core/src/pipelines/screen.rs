//! `POST /v1/screen`: which screen of an app a person saw.

use serde::Serialize;

use super::{
    UserIdentity,
    call::{CallFields, call, common_setters},
};
use crate::{
    BuildError, EncodedItem, Limits,
    json::{Attributes, Writer},
    macros::setters,
    text::Text,
};

/// Records which screen of an app a person saw.
///
/// Send it with [`Client::call`](crate::Client::call), or with the short method `screen`; many of them with
/// [`Client::send_all`](crate::Client::send_all).
///
/// Limits: 32 KB. <https://docs.customer.io/integrations/api/cdp/#operation/screen>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, limits::Limits, pipelines::Screen};
///
/// let screen = Screen::new("42").with_name("basket");
/// let request = Prepared::new(screen, &Limits::default())?;
/// assert_eq!(request.body(), r#"{"type":"screen","userId":"42","name":"basket"}"#);
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "screen_view")]
pub struct Screen {
    common: CallFields,
    who: UserIdentity,
    name: Option<Text>,
    properties: Option<Attributes>,
}

impl Screen {
    /// Creates a screen view of this person.
    #[must_use]
    pub fn new(who: impl Into<UserIdentity>) -> Self {
        Self { common: CallFields::new(), who: who.into(), name: None, properties: None }
    }

    /// Data about the screen: anything that serialises as an object. It is encoded here; what cannot be encoded is an
    /// error when the request is built. A number that is not finite is refused.
    #[must_use]
    #[doc(alias = "with_data")]
    #[doc(alias = "with_attributes")]
    pub fn with_properties(mut self, properties: impl Serialize) -> Self {
        self.properties = Some(Attributes::new("the properties", &properties));
        self
    }

    setters! {
        /// The name of the screen.
        with_name, name: text;
    }

    common_setters!();

    fn encode(self, limits: &Limits) -> Result<EncodedItem, BuildError> {
        self.who.check(limits)?;
        let has_properties = self.properties.is_some();
        let mut call = match self.properties {
            Some(properties) => Writer::holding(properties.into_json()?),
            None => Writer::new(),
        };
        call.field("type", "screen")?;
        self.who.write(&mut call)?;
        call.optional("name", &self.name)?;
        self.common.write(&mut call)?;
        if has_properties {
            call.place("properties");
        }
        self.common.into_item(call.merge())
    }
}

call!(Screen, "pipelines.screen", "/v1/screen");

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        pipelines::{
            Context, context,
            testing::{refused_pipelines, wire_pipelines},
        },
        testing::body,
    };

    #[test]
    fn the_whole_request() {
        let properties = json!({"items": 3});
        let context = Context::new().with_app(context::App::new().with_name("shop"));
        let screen = Screen::new("42")
            .with_name("basket")
            .with_properties(&properties)
            .with_message_id("m-1")
            .with_context(context);
        assert_eq!(
            wire_pipelines(screen),
            "POST https://cdp.customer.io/v1/screen\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic a2V5Og==\n\
             x-strict-mode: 1\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 124\n\
             \n\
             {\"type\":\"screen\",\"userId\":\"42\",\"name\":\"basket\",\"messageId\":\"m-1\",\
             \"properties\":{\"items\":3},\"context\":{\"app\":{\"name\":\"shop\"}}}"
        );
    }

    #[test]
    fn what_is_not_set_is_not_sent() {
        assert_eq!(body(Screen::new("42")), r#"{"type":"screen","userId":"42"}"#);
    }

    #[test]
    fn what_would_lose_data_is_refused() {
        for (error, expected) in [
            (refused_pipelines(Screen::new("")), "the user id is empty"),
            (
                refused_pipelines(Screen::new("42").with_properties("text")),
                "the properties must be an object, not text",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
