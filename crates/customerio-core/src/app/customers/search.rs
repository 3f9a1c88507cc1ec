//! `POST /v1/customers`: the people whom a filter chooses, page by page.

use http::Method;
use serde::Serialize;

use crate::{
    App, Body, BuildError, Cursor, Identifiers, Limits, Operation, Page, Query, Replay,
    app::broadcasts::Filter,
    limits::READ_RESPONSE,
    macros::{opaque_debug, sample, setters},
    page::paged,
};

/// Lists the people who match a filter, page by page: [`Client::items`](crate::Client::items) reads them all.
///
/// Limits: 1,000 people a page; 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/getPeopleFilter>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::{Filter, customers::Search}, limits::Limits};
///
/// let search = Search::new(Filter::attribute_equals("plan", "pro")).with_limit(1000);
/// let request = Prepared::new(search, &Limits::default())?;
/// assert_eq!(request.path(), "/v1/customers?limit=1000");
/// assert_eq!(
///     request.body(),
///     r#"{"filter":{"attribute":{"field":"plan","operator":"eq","value":"pro"}}}"#
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Serialize)]
#[doc(alias = "get_people_filter")]
#[doc(alias = "search_customers")]
pub struct Search {
    filter: Filter,
    #[serde(skip)]
    start: Option<Cursor>,
    #[serde(skip)]
    limit: Option<u32>,
}

paged!(Search of Identifiers);

impl Search {
    /// Searches for the people who match `filter`.
    #[must_use]
    pub fn new(filter: Filter) -> Self {
        Self { filter, start: None, limit: None }
    }

    setters! {
        /// Sets the start of the page: the [`Page::next`] of the page before.
        with_start, start: into Cursor;
        /// The most people on a page, up to 1,000. Default: 50.
        with_limit, limit: u32;
    }
}

impl Operation for Search {
    type Api = App;
    type Output = Page<Identifiers>;
    const NAME: &'static str = "app.customers.search";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/customers";
    /// It reads.
    const REPLAY: Replay = Replay::Safe;
    const RESPONSE_LIMIT: usize = READ_RESPONSE;

    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        query.optional("start", self.start.as_ref());
        query.optional("limit", self.limit);
        Ok(())
    }
    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        self.filter.check()?;
        Body::json(&self)
    }
}

opaque_debug!(Search);
sample!(Search: Self::new(Filter::attribute_equals("plan", "LEAK-plan")).with_start("LEAK-start").with_limit(500));

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        parse,
        testing::{refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_app(Search::new(Filter::segment(4)).with_start("a+b").with_limit(9)),
            "POST https://api.customer.io/v1/customers?start=a%2Bb&limit=9\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 31\n\
             \n\
             {\"filter\":{\"segment\":{\"id\":4}}}"
        );
        assert_eq!(Search::new(Filter::segment(4)).replay(), Replay::Safe);
        assert!(refused_app(Search::new(Filter::any([]))).to_string().contains("conditions in the filter"));
    }

    #[test]
    fn the_response_has_a_page_and_the_next() {
        let json = r#"{"identifiers":[{"id":null,"email":"a@b.example","cio_id":"a1"}],"ids":[],"next":"MQ"}"#;
        let page = parse::<Search>(Response::new(json.into())).unwrap();
        assert_eq!((page.items.len(), page.next), (1, Some("MQ".into())));
    }
}
