//! `POST /v1/objects`: the objects that a filter chooses, page by page.

use http::Method;

use super::filter::{ObjectFilter, OfType};
use crate::{
    App, Body, BuildError, Cursor, Limits, ObjectTypeId, Operation, Page, Query, Replay,
    app::customers::ObjectIdentifiers,
    json::Writer,
    limits::READ_RESPONSE,
    macros::{opaque_debug, sample, setters},
    page::{listed, paged},
};

/// Lists the objects of a type that match a filter, page by page: [`Client::items`](crate::Client::items) reads them
/// all.
///
/// An object can be on two pages if objects change in the meantime. [`Attributes`](super::Attributes) reads all that is
/// known about one.
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/getObjectsFilter>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::objects::{ObjectFilter, Search}, limits::Limits};
///
/// let search = Search::new(1, ObjectFilter::attribute_equals("plan", "pro")).with_limit(50);
/// let request = Prepared::new(search, &Limits::default())?;
/// assert_eq!(request.path(), "/v1/objects?limit=50");
/// assert_eq!(
///     request.body(),
///     r#"{"object_type_id":"1","filter":{"object_attribute":{"field":"plan","operator":"eq","value":"pro","type_id":"1"}}}"#
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "get_objects_filter")]
#[doc(alias = "find_objects")]
pub struct Search {
    object_type_id: ObjectTypeId,
    filter: ObjectFilter,
    start: Option<Cursor>,
    limit: Option<u32>,
}

paged!(Search of ObjectIdentifiers);

listed!(ObjectIdentifiers in "identifiers" = r#"{"object_id":"acme","cio_object_id":"ob01"}"#);

impl Search {
    /// Searches for the objects of this type that match `filter`.
    #[must_use]
    pub fn new(object_type_id: impl Into<ObjectTypeId>, filter: ObjectFilter) -> Self {
        Self { object_type_id: object_type_id.into(), filter, start: None, limit: None }
    }

    setters! {
        /// Sets the start of the page: the [`Page::next`] of the page before.
        with_start, start: into Cursor;
        /// The most objects on a page.
        with_limit, limit: u32;
    }
}

impl Operation for Search {
    type Api = App;
    type Output = Page<ObjectIdentifiers>;
    const NAME: &'static str = "app.objects.search";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/objects";
    /// It reads.
    const REPLAY: Replay = Replay::Safe;
    const RESPONSE_LIMIT: usize = READ_RESPONSE;

    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        query.optional("start", self.start.as_ref());
        query.optional("limit", self.limit);
        Ok(())
    }
    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        self.object_type_id.check()?;
        self.filter.check()?;
        let mut body = Writer::new();
        // Text here, and a number in paths.
        body.field("object_type_id", &self.object_type_id.to_string())?;
        body.field("filter", &OfType(&self.filter, self.object_type_id))?;
        Ok(Body::encoded(body.merge()))
    }
}

opaque_debug!(Search);
sample!(Search: Self::new(1, ObjectFilter::attribute_equals("plan", "LEAK-plan")).with_start("LEAK-start").with_limit(50));

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        parse,
        testing::{refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let search = || Search::new(2, ObjectFilter::not(ObjectFilter::attribute_exists("old")));
        assert_eq!(
            wire_app(search().with_start("a+b").with_limit(9)),
            "POST https://api.customer.io/v1/objects?start=a%2Bb&limit=9\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 110\n\
             \n\
             {\"object_type_id\":\"2\",\"filter\":{\"not\":{\"object_attribute\":{\"field\":\"old\",\
             \"operator\":\"exists\",\"type_id\":\"2\"}}}}"
        );
        assert!(wire_app(search()).starts_with("POST https://api.customer.io/v1/objects\n"));
        assert_eq!((search().replay(), Search::RESPONSE_LIMIT), (Replay::Safe, READ_RESPONSE));
        for (search, expected) in [
            (
                Search::new(0, ObjectFilter::attribute_exists("a")),
                "the object's type is not valid: it must be a positive number",
            ),
            (Search::new(1, ObjectFilter::all([])), "a list of conditions in the filter is empty"),
        ] {
            assert_eq!(refused_app(search).to_string(), expected);
        }
    }

    #[test]
    fn the_response_has_a_page_and_the_next() {
        let json = r#"{"identifiers":[{"object_id":"acme","cio_object_id":"ob01"},{"object_id":7}],"ids":["acme"],"next":"MQ"}"#;
        let page = parse::<Search>(Response::new(json.into())).unwrap();
        assert_eq!((page.items.len(), page.next), (2, Some("MQ".into())));
        assert_eq!(
            (page.items[0].cio_object_id.as_deref(), page.items[1].object_id.as_deref()),
            (Some("ob01"), Some("7"))
        );
        assert_eq!(page.extra["ids"], json!(["acme"]));
    }
}
