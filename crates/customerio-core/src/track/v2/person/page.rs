//! `person` / `page`: which web page a person saw.

use serde::Serialize;

use super::event_body::person_event;
use crate::{
    BuildError, EventId, PersonId,
    json::Writer,
    macros::setters,
    text::Text,
    track::event_body::{EventBody, EventType, Reserved},
};

/// Records that a person saw a web page.
///
/// [`Client`](crate::Client) and [`Item::new`](crate::Item::new) give an event without an id one, and the time of the
/// call, so that it can be retried after a lost response: Customer.io drops the second.
///
/// Send it with [`Client::call`](crate::Client::call); many of them with [`Client::send_all`](crate::Client::send_all).
///
/// Limits: 32 KB, the page's name included; a person's id of 150 bytes.
/// <https://docs.customer.io/integrations/api/track/#operation/entity>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, limits::Limits, track::v2::person::Page};
///
/// let view =
///     Page::new("42", "/pricing").with_url("https://example.com/pricing").with_title("Pricing");
/// assert_eq!(Prepared::new(view, &Limits::default())?.path(), "/api/v2/entity");
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "track_page_view")]
pub struct Page {
    person: PersonId,
    body: EventBody<PageAttributes>,
}

/// The attributes of a page that mean something to Customer.io.
#[derive(Clone, Default)]
struct PageAttributes {
    path: Option<Text>,
    referrer: Option<Text>,
    search: Option<Text>,
    title: Option<Text>,
    url: Option<Text>,
    keywords: Option<Vec<Text>>,
}

impl Reserved for PageAttributes {
    const NOTHING: &'static Self =
        &Self { path: None, referrer: None, search: None, title: None, url: None, keywords: None };

    fn check(&self) -> Result<(), BuildError> {
        Ok(())
    }
    fn write(&self, attributes: &mut Writer) -> Result<(), BuildError> {
        attributes.optional("path", &self.path)?;
        attributes.optional("referrer", &self.referrer)?;
        attributes.optional("search", &self.search)?;
        attributes.optional("title", &self.title)?;
        attributes.optional("url", &self.url)?;
        attributes.optional("keywords", &self.keywords)
    }
}

impl Page {
    /// Creates a view by this person of the page with this name, usually its URL or its path.
    #[must_use]
    pub fn new(person: impl Into<PersonId>, name: impl AsRef<str>) -> Self {
        Self { person: person.into(), body: EventBody::new(EventType::Page, name) }
    }

    /// Custom attributes, for use in messages: anything that serialises as an object. They are encoded here; what
    /// cannot be encoded is an error when the request is built.
    ///
    /// They must not include what a setter of this type has set.
    #[must_use]
    #[doc(alias = "with_data")]
    #[doc(alias = "with_properties")]
    pub fn with_attributes(mut self, attributes: impl Serialize) -> Self {
        self.body.set_data("the attributes", &attributes);
        self
    }

    setters! {
        /// The id by which Customer.io recognises a retry of this event.
        with_id, body.id: EventId;
        /// When it took place. The default is when Customer.io receives it.
        with_timestamp, body.timestamp: time;
        /// The path of the page's URL: `location.pathname` in a browser.
        with_path, body.reserved.path: text;
        /// The whole URL of the page before: `document.referrer` in a browser.
        with_referrer, body.reserved.referrer: text;
        /// The query of the page's URL: `location.search` in a browser.
        with_search, body.reserved.search: text;
        /// The page's title: `document.title` in a browser.
        with_title, body.reserved.title: text;
        /// The page's whole URL: the canonical one, or `location.href` in a browser.
        with_url, body.reserved.url: text;
    }

    /// Sets the keywords of the page, as in its `meta` element.
    #[must_use]
    pub fn with_keywords(mut self, keywords: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.body.reserved.keywords = Some(keywords.into_iter().map(Text::new).collect());
        self
    }
}

person_event!(Page, "track.v2.person.page");

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        Operation as _, Replay,
        testing::{body, refused_track, wire_track},
    };

    #[test]
    fn the_whole_request() {
        let attributes = json!({"variant": "b"});
        let view = Page::new("42", "/pricing")
            .with_id("01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap())
            .with_timestamp(1_700_000_000)
            .with_path("/pricing")
            .with_referrer("https://example.com/")
            .with_search("?plan=pro")
            .with_title("Pricing")
            .with_url("https://example.com/pricing?plan=pro")
            .with_keywords(["socks", "shoes"])
            .with_attributes(&attributes);
        assert_eq!(
            wire_track(view.clone()),
            "POST https://track.customer.io/api/v2/entity\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 328\n\
             \n\
             {\"type\":\"person\",\"identifiers\":{\"id\":\"42\"},\"action\":\"page\",\"name\":\"/pricing\",\
             \"id\":\"01ARZ3NDEKTSV4RRFFQ69G5FAV\",\"timestamp\":1700000000,\
             \"attributes\":{\"path\":\"/pricing\",\"referrer\":\"https://example.com/\",\"search\":\"?plan=pro\",\
             \"title\":\"Pricing\",\"url\":\"https://example.com/pricing?plan=pro\",\"keywords\":[\"socks\",\"shoes\"],\
             \"variant\":\"b\"}}"
        );
        assert_eq!(view.replay(), Replay::Safe);
    }

    #[test]
    fn what_is_not_set_is_not_sent() {
        for (body, expected) in [
            (
                body(Page::new("42", "/pricing")),
                r#"{"type":"person","identifiers":{"id":"42"},"action":"page","name":"/pricing"}"#,
            ),
            (
                body(Page::new("42", "/pricing").with_keywords(["socks"])),
                r#"{"type":"person","identifiers":{"id":"42"},"action":"page","name":"/pricing","attributes":{"keywords":["socks"]}}"#,
            ),
        ] {
            assert_eq!(body, expected);
        }
    }

    #[test]
    fn a_page_is_named_by_its_url_as_long_as_the_call_is_within_its_limit() {
        let named = |bytes: usize| format!("https://x.org/?{}", "x".repeat(bytes));
        assert!(body(Page::new("42", named(30_000))).contains(&named(30_000)));
        let error = refused_track(Page::new("42", named(32_000)));
        assert_eq!(error.to_string(), "the call has 32084 bytes, and the limit is 32000");
    }

    #[test]
    fn what_the_api_would_drop_is_refused() {
        let clash = json!({"title": "Prices"});
        for (error, expected) in [
            (refused_track(Page::new("", "/pricing")), "the person's id is empty"),
            (refused_track(Page::new("42", "")), "the event's name is empty"),
            (
                refused_track(Page::new("42", "/pricing").with_title("Pricing").with_attributes(&clash)),
                "`title` is set both by a setter and in the attributes",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
