//! `GET /v1/transactional/{transactional_id}/metrics/links`: how often a transactional message's links were clicked.

use http::Method;

use crate::{
    App, BuildError, TransactionalId, Operation, Page, Path, Query,
    app::{LinkMetrics, Periods},
    macros::{opaque_debug, sample, setters},
    path::Part,
};

/// Counts how often the links in a transactional message were clicked, period by period.
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/transactionalLinks>
///
/// ```
/// use customerio_core::{app::transactional::Links, http::Response, parse};
///
/// let json = r#"{"links":[{"link":{"id":1,"href":"https://example.com"},"metric":{"series":{"clicked":[3]}}}]}"#;
/// let links = parse::<Links>(Response::new(json.into()))?.items;
/// assert_eq!(links[0].metric.as_ref().unwrap().series["clicked"], [3]);
/// # Ok::<(), customerio_core::Error>(())
/// ```
#[derive(Clone)]
#[doc(alias = "transactional_links")]
pub struct Links {
    transactional_id: TransactionalId,
    periods: Option<Periods>,
    unique: Option<bool>,
}

impl Links {
    /// Those of this message.
    #[must_use]
    pub fn new(transactional_id: impl Into<TransactionalId>) -> Self {
        Self { transactional_id: transactional_id.into(), periods: None, unique: None }
    }

    setters! {
        /// The last periods, up to now. Default: the last 45 days.
        with_periods, periods: Periods;
        /// Whether each person counts once. Default: false.
        with_unique, unique: bool;
    }
}

impl Operation for Links {
    type Api = App;
    type Output = Page<LinkMetrics>;
    const NAME: &'static str = "app.transactional.links";
    const METHOD: Method = Method::GET;
    const ROUTE: &'static str = "/v1/transactional/{transactional_id}/metrics/links";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.transactional_id.write(path)
    }
    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        self.periods.map_or(Ok(()), |periods| periods.write(query))?;
        query.optional("unique", self.unique);
        Ok(())
    }
}

opaque_debug!(Links);
sample!(Links names nobody: Self::new(44).with_periods(Periods::days(7)).with_unique(true));

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        parse,
        testing::{plain, survives_changes, wire_app},
    };

    #[test]
    fn the_whole_request() {
        assert_eq!(wire_app(Links::new(44)), plain("GET /v1/transactional/44/metrics/links"));
        assert_eq!(
            wire_app(Links::new(44).with_periods(Periods::weeks(2)).with_unique(true)),
            plain("GET /v1/transactional/44/metrics/links?period=weeks&steps=2&unique=true")
        );
    }

    #[test]
    fn a_link_is_read_field_by_field() {
        let link = json!({"link": {"id": 1, "href": "https://example.com"}, "metric": {"series": {"clicked": [3, 0]}}});
        let json = json!({"links": [link, "odd"]}).to_string();
        let page = parse::<Links>(Response::new(json.into())).unwrap();
        let read = page.items[0].link.as_ref().unwrap();
        assert_eq!((read.id, read.href.as_deref()), (Some(1), Some("https://example.com")));
        assert_eq!((page.items.len(), &page.extra["links"]), (1, &json!(["odd"])));
        survives_changes::<LinkMetrics>(&link, &[]);
    }
}
