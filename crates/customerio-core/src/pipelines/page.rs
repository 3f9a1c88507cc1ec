//! `POST /v1/page`: which web page a person saw.

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

/// Records which web page a person saw.
///
/// Send it with [`Client::call`](crate::Client::call), or with the short method `page`; many of them with
/// [`Client::send_all`](crate::Client::send_all).
///
/// Limits: 32 KB. <https://docs.customer.io/integrations/api/cdp/#operation/page>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, limits::Limits, pipelines::{Page, UserIdentity}};
///
/// let page =
///     Page::new(UserIdentity::anonymous_id("cookie")).with_name("Pricing").with_path("/pricing");
/// let request = Prepared::new(page, &Limits::default())?;
/// assert_eq!(
///     request.body(),
///     r#"{"type":"page","anonymousId":"cookie","name":"Pricing","properties":{"path":"/pricing"}}"#
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "page_view")]
pub struct Page {
    common: CallFields,
    who: UserIdentity,
    name: Option<Text>,
    category: Option<Text>,
    url: Option<Text>,
    title: Option<Text>,
    referrer: Option<Text>,
    path: Option<Text>,
    search: Option<Text>,
    properties: Option<Attributes>,
}

impl Page {
    /// Creates a page view of this person.
    #[must_use]
    pub fn new(who: impl Into<UserIdentity>) -> Self {
        Self {
            common: CallFields::new(),
            who: who.into(),
            name: None,
            category: None,
            url: None,
            title: None,
            referrer: None,
            path: None,
            search: None,
            properties: None,
        }
    }

    /// Data about the page: anything that serialises as an object. It is encoded here; what cannot be encoded is an
    /// error when the request is built.
    ///
    /// It must not include what a setter of this type has set. A number that is not finite is refused.
    #[must_use]
    #[doc(alias = "with_data")]
    #[doc(alias = "with_attributes")]
    pub fn with_properties(mut self, properties: impl Serialize) -> Self {
        self.properties = Some(Attributes::new("the properties", &properties));
        self
    }

    setters! {
        /// The name of the page.
        with_name, name: text;
        /// Which kind of page it is.
        with_category, category: text;
        /// The URL.
        with_url, url: text;
        /// The title.
        with_title, title: text;
        /// The URL of the page before it.
        with_referrer, referrer: text;
        /// The path of its URL.
        with_path, path: text;
        /// The query of its URL, with the question mark.
        with_search, search: text;
    }

    common_setters!();

    fn encode(self, limits: &Limits) -> Result<EncodedItem, BuildError> {
        self.who.check(limits)?;
        let mut has_properties = self.properties.is_some();
        let mut properties = Writer::before(self.properties.unwrap_or(Attributes::empty()))?;
        let before = properties.written();
        properties.optional("category", &self.category)?;
        properties.optional("url", &self.url)?;
        properties.optional("title", &self.title)?;
        properties.optional("referrer", &self.referrer)?;
        properties.optional("path", &self.path)?;
        properties.optional("search", &self.search)?;
        has_properties |= properties.written() > before;
        let mut call = Writer::holding(properties.merge());
        call.field("type", "page")?;
        self.who.write(&mut call)?;
        call.optional("name", &self.name)?;
        self.common.write(&mut call)?;
        if has_properties {
            call.place("properties");
        }
        self.common.into_item(call.merge())
    }
}

call!(Page, "pipelines.page", "/v1/page");

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
        let page = Page::new(UserIdentity::anonymous_id("cookie"))
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
            wire_pipelines(page),
            "POST https://cdp.customer.io/v1/page\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic a2V5Og==\n\
             x-strict-mode: 1\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
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
        assert_eq!(body(Page::new("42")), r#"{"type":"page","userId":"42"}"#);
    }

    #[test]
    fn what_would_lose_data_is_refused() {
        let clash = json!({"url": "/"});
        for (error, expected) in [
            (refused_pipelines(Page::new("")), "the user id is empty"),
            (
                refused_pipelines(Page::new("42").with_url("/a").with_properties(&clash)),
                "`url` is set both by a setter and in the attributes",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
