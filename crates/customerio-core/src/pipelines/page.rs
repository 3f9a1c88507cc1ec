//! `POST /v1/page`: which web page a person saw.
//!
//! Limits: 32 KB. <https://docs.customer.io/integrations/api/cdp/#operation/page>

use serde::{Serialize, Serializer};

use super::{
    UserIdentity,
    call::{Common, call, common_setters},
};
use crate::{
    BuildError, Limits, Nothing,
    json::Fields,
    macros::{opaque_debug, setters},
};

/// Records which web page a person saw.
///
/// ```
/// use customerio_core::pipelines::{Page, UserIdentity};
///
/// let page = Page::new(UserIdentity::AnonymousId("cookie")).with_name("Pricing").with_url("https://example.com/pricing");
/// # let _ = page;
/// ```
pub struct Page<'a, P: ?Sized = Nothing, C: ?Sized = Nothing> {
    common: Common<'a, C>,
    who: UserIdentity<'a>,
    name: Option<&'a str>,
    reserved: Reserved<'a>,
    properties: Option<&'a P>,
}

/// The properties that mean something to Customer.io.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Reserved<'a> {
    category: Option<&'a str>,
    url: Option<&'a str>,
    title: Option<&'a str>,
    referrer: Option<&'a str>,
    path: Option<&'a str>,
    search: Option<&'a str>,
}

impl<'a> Page<'a> {
    /// A page that this person saw.
    #[must_use]
    pub fn new(who: impl Into<UserIdentity<'a>>) -> Self {
        Self { common: Common::new(), who: who.into(), name: None, reserved: Reserved::default(), properties: None }
    }
}

impl<'a, P: ?Sized, C: ?Sized> Page<'a, P, C> {
    /// Data about the page: anything that serialises as an object.
    ///
    /// What a setter of this type has set must not be among it. A number that is not finite is refused.
    #[must_use]
    pub fn with_properties<Q: Serialize + ?Sized>(self, properties: &'a Q) -> Page<'a, Q, C> {
        let Self { common, who, name, reserved, .. } = self;
        Page { common, who, name, reserved, properties: Some(properties) }
    }

    setters! {
        /// The name of the page.
        with_name, name: &'a str;
        /// Which kind of page it is.
        with_category, reserved.category: &'a str;
        /// Its URL.
        with_url, reserved.url: &'a str;
        /// Its title.
        with_title, reserved.title: &'a str;
        /// The URL of the page before it.
        with_referrer, reserved.referrer: &'a str;
        /// The path of its URL.
        with_path, reserved.path: &'a str;
        /// The query of its URL, with the question mark.
        with_search, reserved.search: &'a str;
    }

    common_setters!(Page [P] who, name, reserved, properties);

    fn check(&self, limits: &Limits) -> Result<(), BuildError> {
        self.who.check(limits)
    }
}

impl<P: Serialize + ?Sized, C: ?Sized> Serialize for Page<'_, P, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let has_properties = self.properties.is_some() || self.reserved != Reserved::default();
        let mut fields = Fields::new(serializer)?;
        fields.field("type", "page")?;
        self.who.write(&mut fields)?;
        fields.optional("name", self.name.as_ref())?;
        self.common.write(&mut fields)?;
        fields.optional("properties", has_properties.then_some(Properties(self)).as_ref())?;
        fields.end()
    }
}

struct Properties<'a, 'b, P: ?Sized, C: ?Sized>(&'b Page<'a, P, C>);

impl<P: Serialize + ?Sized, C: ?Sized> Serialize for Properties<'_, '_, P, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Reserved { category, url, title, referrer, path, search } = &self.0.reserved;
        let mut fields = Fields::new(serializer)?;
        fields.optional("category", category.as_ref())?;
        fields.optional("url", url.as_ref())?;
        fields.optional("title", title.as_ref())?;
        fields.optional("referrer", referrer.as_ref())?;
        fields.optional("path", path.as_ref())?;
        fields.optional("search", search.as_ref())?;
        if let Some(properties) = self.0.properties {
            fields.rest(properties)?;
        }
        fields.end()
    }
}

call!([P: Serialize + ?Sized, C: Serialize + ?Sized] Page<'_, P, C>, "pipelines.page", "/v1/page");
opaque_debug!([P: ?Sized, C: ?Sized] Page<'_, P, C>);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        pipelines::testing::{refused_pipelines, wire_pipelines},
        testing::body,
    };

    #[test]
    fn the_whole_request() {
        let properties = json!({"variant": "b"});
        let page = Page::new(UserIdentity::AnonymousId("cookie"))
            .with_name("Pricing")
            .with_category("Docs")
            .with_url("https://example.com/pricing?q=1")
            .with_title("Pricing | Example")
            .with_referrer("https://example.org/")
            .with_path("/pricing")
            .with_search("?q=1")
            .with_properties(&properties)
            .with_message_id("m-1");
        assert_eq!(
            wire_pipelines(&page),
            "POST https://cdp.customer.io/v1/page\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic a2V5Og==\n\
             x-strict-mode: 1\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
             content-length: 256\n\
             \n\
             {\"type\":\"page\",\"anonymousId\":\"cookie\",\"name\":\"Pricing\",\"messageId\":\"m-1\",\
             \"properties\":{\"category\":\"Docs\",\"url\":\"https://example.com/pricing?q=1\",\
             \"title\":\"Pricing | Example\",\"referrer\":\"https://example.org/\",\"path\":\"/pricing\",\
             \"search\":\"?q=1\",\"variant\":\"b\"}}"
        );
    }

    #[test]
    fn what_is_not_set_is_not_sent() {
        assert_eq!(body(&Page::new("42")), r#"{"type":"page","userId":"42"}"#);
    }

    #[test]
    fn what_would_lose_data_is_refused() {
        let clash = json!({"url": "/"});
        for (error, expected) in [
            (refused_pipelines(&Page::new("")), "the user id is empty"),
            (
                refused_pipelines(&Page::new("42").with_url("/a").with_properties(&clash)),
                "the body cannot be sent: `url` is given twice: by its setter and among the attributes or data",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
