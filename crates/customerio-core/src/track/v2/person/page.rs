//! `person` / `page`: which web page a person saw.
//!
//! Limits: 32 KB; a name of 100 bytes. <https://docs.customer.io/integrations/api/track/#operation/entity>

use serde::{Serialize, ser::SerializeMap};

use super::event_body::person_event;
use crate::{
    BuildError, EventId, Nothing, PersonId, Timestamp,
    json::Fields,
    macros::setters,
    track::event_body::{EventBody, EventType, Reserved},
};

/// Records that a person saw a web page.
///
/// [`Client`](crate::Client) and [`Item::new`](crate::Item::new) give one that has none an id and the time of the call,
/// so that it can be repeated when an answer is lost: Customer.io drops the second.
///
/// ```
/// use customerio_core::track::v2::person::Page;
///
/// let view = Page::new("42", "/pricing").with_url("https://example.com/pricing").with_title("Pricing");
/// # let _ = view;
/// ```
pub struct Page<'a, A: ?Sized = Nothing> {
    person: PersonId<'a>,
    body: EventBody<'a, A, PageAttributes<'a>>,
}

/// The attributes of a page that mean something to Customer.io.
#[derive(Clone, Copy, Default)]
struct PageAttributes<'a> {
    path: Option<&'a str>,
    referrer: Option<&'a str>,
    search: Option<&'a str>,
    title: Option<&'a str>,
    url: Option<&'a str>,
    keywords: Option<&'a [&'a str]>,
}

impl Reserved for PageAttributes<'_> {
    fn check(&self) -> Result<(), BuildError> {
        Ok(())
    }
    fn is_empty(&self) -> bool {
        let Self { path, referrer, search, title, url, keywords } = self;
        [path, referrer, search, title, url].into_iter().all(Option::is_none) && keywords.is_none()
    }
    fn write<M: SerializeMap>(&self, fields: &mut Fields<M>) -> Result<(), M::Error> {
        fields.optional("path", self.path.as_ref())?;
        fields.optional("referrer", self.referrer.as_ref())?;
        fields.optional("search", self.search.as_ref())?;
        fields.optional("title", self.title.as_ref())?;
        fields.optional("url", self.url.as_ref())?;
        fields.optional("keywords", self.keywords.as_ref())
    }
}

impl<'a> Page<'a> {
    /// The page with this name or path, seen by this person.
    #[must_use]
    pub fn new(person: impl Into<PersonId<'a>>, name: &'a str) -> Self {
        Self { person: person.into(), body: EventBody::new(EventType::Page, name) }
    }
}

impl<'a, A: ?Sized> Page<'a, A> {
    /// Attributes of your own, for use in messages: anything that serialises as an object.
    ///
    /// One that a setter of this type has set must not be among them.
    #[must_use]
    pub fn with_attributes<B: Serialize + ?Sized>(self, attributes: &'a B) -> Page<'a, B> {
        Page { person: self.person, body: self.body.with_data(attributes) }
    }

    setters! {
        /// The id by which Customer.io recognises a repeat of this event.
        with_id, body.id: EventId;
        /// When it took place; without it, when Customer.io gets it.
        with_timestamp, body.timestamp: Timestamp;
        /// The path of the page's URL: `location.pathname` in a browser.
        with_path, body.reserved.path: &'a str;
        /// The whole URL of the page before: `document.referrer` in a browser.
        with_referrer, body.reserved.referrer: &'a str;
        /// The query of the page's URL: `location.search` in a browser.
        with_search, body.reserved.search: &'a str;
        /// The page's title: `document.title` in a browser.
        with_title, body.reserved.title: &'a str;
        /// The page's whole URL: the canonical one, or `location.href` in a browser.
        with_url, body.reserved.url: &'a str;
        /// What the page is about, as in a page's `meta` keywords.
        with_keywords, body.reserved.keywords: &'a [&'a str];
    }
}

person_event!(Page, "track.v2.person.page");

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        Replay,
        testing::{body, refused_track, wire_track},
    };

    #[test]
    fn the_whole_request() {
        let attributes = json!({"variant": "b"});
        let view = Page::new("42", "/pricing")
            .with_id("01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap())
            .with_timestamp(1_700_000_000.into())
            .with_path("/pricing")
            .with_referrer("https://example.com/")
            .with_search("?plan=pro")
            .with_title("Pricing")
            .with_url("https://example.com/pricing?plan=pro")
            .with_keywords(&["socks", "shoes"])
            .with_attributes(&attributes);
        assert_eq!(
            wire_track(&view),
            "POST https://track.customer.io/api/v2/entity\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Basic c2l0ZTprZXk=\n\
             content-type: application/json\n\
             user-agent: customerio-rust/0.1.0\n\
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
                body(&Page::new("42", "/pricing")),
                r#"{"type":"person","identifiers":{"id":"42"},"action":"page","name":"/pricing"}"#,
            ),
            (
                body(&Page::new("42", "/pricing").with_keywords(&["socks"])),
                r#"{"type":"person","identifiers":{"id":"42"},"action":"page","name":"/pricing","attributes":{"keywords":["socks"]}}"#,
            ),
        ] {
            assert_eq!(body, expected);
        }
    }

    #[test]
    fn what_the_api_would_drop_is_refused() {
        let clash = json!({"title": "Prices"});
        for (error, expected) in [
            (refused_track(&Page::new("", "/pricing")), "the person's id is empty"),
            (refused_track(&Page::new("42", "")), "the event's name is empty"),
            (
                refused_track(&Page::new("42", "/pricing").with_title("Pricing").with_attributes(&clash)),
                "the body cannot be sent: `title` is given twice: by its setter and among the attributes or data",
            ),
        ] {
            assert_eq!(error.to_string(), expected);
        }
    }
}
