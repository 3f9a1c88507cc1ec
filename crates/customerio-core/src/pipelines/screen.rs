//! `POST /v1/screen`: which screen of an app a person saw.
//!
//! Limits: 32 KB. <https://docs.customer.io/integrations/api/cdp/#operation/screen>

use serde::{Serialize, Serializer};

use super::{
    UserIdentity,
    call::{Common, call, common_setters},
};
use crate::{
    BuildError, Limits, Nothing,
    json::{Fields, Object},
    macros::{opaque_debug, setters},
};

/// Records which screen of an app a person saw.
///
/// ```
/// use customerio_core::pipelines::Screen;
///
/// let screen = Screen::new("42").with_name("basket");
/// # let _ = screen;
/// ```
pub struct Screen<'a, P: ?Sized = Nothing, C: ?Sized = Nothing> {
    common: Common<'a, C>,
    who: UserIdentity<'a>,
    name: Option<&'a str>,
    properties: Option<&'a P>,
}

impl<'a> Screen<'a> {
    /// A screen that this person saw.
    #[must_use]
    pub fn new(who: impl Into<UserIdentity<'a>>) -> Self {
        Self { common: Common::new(), who: who.into(), name: None, properties: None }
    }
}

impl<'a, P: ?Sized, C: ?Sized> Screen<'a, P, C> {
    /// Data about the screen: anything that serialises as an object. A number that is not finite is refused.
    #[must_use]
    pub fn with_properties<Q: Serialize + ?Sized>(self, properties: &'a Q) -> Screen<'a, Q, C> {
        Screen { common: self.common, who: self.who, name: self.name, properties: Some(properties) }
    }

    setters! {
        /// The name of the screen.
        with_name, name: &'a str;
    }

    common_setters!(Screen [P] who, name, properties);

    fn check(&self, limits: &Limits) -> Result<(), BuildError> {
        self.who.check(limits)
    }
}

impl<P: Serialize + ?Sized, C: ?Sized> Serialize for Screen<'_, P, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields::new(serializer)?;
        fields.field("type", "screen")?;
        self.who.write(&mut fields)?;
        fields.optional("name", self.name.as_ref())?;
        self.common.write(&mut fields)?;
        fields.optional("properties", self.properties.map(Object).as_ref())?;
        fields.end()
    }
}

call!([P: Serialize + ?Sized, C: Serialize + ?Sized] Screen<'_, P, C>, "pipelines.screen", "/v1/screen");
opaque_debug!([P: ?Sized, C: ?Sized] Screen<'_, P, C>);

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
            wire_pipelines(&screen),
            "POST https://cdp.customer.io/v1/screen\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic a2V5Og==\n\
             x-strict-mode: 1\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
             content-length: 124\n\
             \n\
             {\"type\":\"screen\",\"userId\":\"42\",\"name\":\"basket\",\"messageId\":\"m-1\",\
             \"properties\":{\"items\":3},\"context\":{\"app\":{\"name\":\"shop\"}}}"
        );
    }

    #[test]
    fn what_is_not_set_is_not_sent() {
        assert_eq!(body(&Screen::new("42")), r#"{"type":"screen","userId":"42"}"#);
    }

    #[test]
    fn what_would_lose_data_is_refused() {
        for (error, expected) in [
            (refused_pipelines(&Screen::new("")), "the user id is empty"),
            (
                refused_pipelines(&Screen::new("42").with_properties("text")),
                "the body cannot be sent: attributes and data must be an object, not a string",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
