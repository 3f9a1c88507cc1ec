//! `GET /v1/esp/suppression/{suppression_type}`: the suppressed addresses of the workspace, page by page.

use http::Method;

use super::{Suppression, SuppressionType};
use crate::{
    App, BuildError, Cursor, Operation, Page, Paged, Path, Query,
    macros::{opaque_debug, sample, setters},
    path::Part,
    text::Text,
};

/// Lists the addresses that the mail provider suppresses for one reason, page by page:
/// [`Client::items`](crate::Client::items) reads them all.
///
/// Pages are counted by offset: an address that is added or removed meanwhile shifts the others, so one can appear
/// twice or not at all. [`ListOfDomain`](super::ListOfDomain) has a cursor instead.
///
/// Limits: 1,000 addresses a page; 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/getSuppressionByType>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::suppressions::{List, SuppressionType}, limits::Limits};
///
/// let request =
///     Prepared::new(List::new(SuppressionType::Bounces).with_limit(1000), &Limits::default())?;
/// assert_eq!(request.path(), "/v1/esp/suppression/bounces?limit=1000");
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "get_suppression_by_type")]
pub struct List {
    suppression_type: SuppressionType,
    limit: Option<u32>,
    offset: Option<u32>,
    domain: Option<Text>,
}

/// How many addresses are on a page by default.
const DEFAULT_LIMIT: u32 = 100;

impl List {
    /// Lists the addresses that are suppressed for this reason.
    #[must_use]
    pub fn new(suppression_type: impl Into<SuppressionType>) -> Self {
        Self { suppression_type: suppression_type.into(), limit: None, offset: None, domain: None }
    }

    setters! {
        /// The most addresses on a page, up to 1,000. Default: 100.
        with_limit, limit: u32;
        /// How many addresses are skipped. Default: 0.
        with_offset, offset: u32;
        /// Only those of one sending domain.
        with_domain, domain: text;
    }
}

impl Paged for List {
    type Item = Suppression;

    fn starting_at(mut self, cursor: &Cursor) -> Self {
        self.offset = cursor.as_str().parse().ok();
        self
    }
    /// A page that is not full is the last.
    fn next(&self, page: &Page<Suppression>) -> Option<Cursor> {
        let odd = page.extra.get("suppressions").and_then(serde_json::Value::as_array).map_or(0, Vec::len);
        let count = u32::try_from(page.items.len() + odd).ok()?;
        let is_full = count >= self.limit.unwrap_or(DEFAULT_LIMIT).max(1);
        is_full.then(|| Cursor::from(self.offset.unwrap_or(0).saturating_add(count).to_string()))
    }
    fn items(page: Page<Suppression>) -> Vec<Suppression> {
        page.items
    }
}

impl Operation for List {
    type Api = App;
    type Output = Page<Suppression>;
    const NAME: &'static str = "app.suppressions.list";
    const METHOD: Method = Method::GET;
    const ROUTE: &'static str = "/v1/esp/suppression/{suppression_type}";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.suppression_type.write(path)
    }
    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        query.optional("limit", self.limit);
        query.optional("offset", self.offset);
        query.optional("domain", self.domain.as_ref());
        Ok(())
    }
}

opaque_debug!(List);
sample!(List: Self::new("bounces").with_limit(500).with_offset(3).with_domain("LEAK-domain"));

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        Pages, parse,
        testing::{plain, survives_changes, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let all = List::new(SuppressionType::SpamReports).with_limit(10).with_offset(20).with_domain("a.example");
        assert_eq!(wire_app(all), plain("GET /v1/esp/suppression/spam_reports?limit=10&offset=20&domain=a.example"));
        assert_eq!(wire_app(List::new("blocks")), plain("GET /v1/esp/suppression/blocks"));
    }

    #[test]
    fn pages_go_on_by_offset_until_one_is_not_full() {
        let page = |count| {
            let rows: Vec<_> =
                (0..count).map(|row| if row == 1 { json!("odd") } else { json!({"email": "a@b"}) }).collect();
            parse::<List>(Response::new(json!({"category": "bounces", "suppressions": rows}).to_string().into()))
                .unwrap()
        };
        let mut pages = Pages::new(List::new("bounces").with_limit(3).with_offset(2));
        let mut offsets = Vec::new();
        for count in [3, 3, 2] {
            offsets.push(pages.next_call().unwrap().offset);
            pages.receive(&page(count)).unwrap();
        }
        assert_eq!(offsets, [Some(2), Some(5), Some(8)]);
        assert!(pages.next_call().is_none());
    }

    #[test]
    fn a_suppression_is_read_field_by_field() {
        let json = json!({"created": 1_552_341_937, "email": "a@b.example", "reason": "no such user", "status": "550"});
        let read: Suppression = serde_json::from_value(json.clone()).unwrap();
        assert_eq!((read.email.as_deref(), read.status.as_deref()), (Some("a@b.example"), Some("550")));
        survives_changes::<Suppression>(&json, &[]);
    }
}
