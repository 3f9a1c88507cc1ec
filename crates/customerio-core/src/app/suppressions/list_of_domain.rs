//! `GET /v1/esp/domains/{domain_name}/suppression/{suppression_type}`: the suppressed addresses of a domain, page by page.

use http::Method;

use super::{Suppression, SuppressionType};
use crate::{
    App, BuildError, Cursor, Operation, Page, Path, Query,
    macros::{opaque_debug, sample, setters},
    page::paged,
    path::Part,
    text::Text,
};

/// Lists the addresses that the mail provider suppresses for one sending domain and one reason, page by page:
/// [`Client::items`](crate::Client::items) reads them all.
///
/// Limits: 1,000 addresses a page; 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/getDomainSuppressionsByType>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::suppressions::{ListOfDomain, SuppressionType}, limits::Limits};
///
/// let list = ListOfDomain::new("mail.example.com", SuppressionType::Bounces);
/// let request = Prepared::new(list, &Limits::default())?;
/// assert_eq!(request.path(), "/v1/esp/domains/mail.example.com/suppression/bounces");
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "get_domain_suppressions_by_type")]
pub struct ListOfDomain {
    domain: Text,
    suppression_type: SuppressionType,
    start: Option<Cursor>,
    limit: Option<u32>,
    email: Option<Text>,
}

paged!(ListOfDomain of Suppression);

impl ListOfDomain {
    /// Lists the addresses of this sending domain that are suppressed for this reason.
    #[must_use]
    pub fn new(domain: impl AsRef<str>, suppression_type: impl Into<SuppressionType>) -> Self {
        Self {
            domain: Text::new(domain),
            suppression_type: suppression_type.into(),
            start: None,
            limit: None,
            email: None,
        }
    }

    setters! {
        /// Sets the start of the page: the [`Page::next`] of the page before.
        with_start, start: into Cursor;
        /// The most addresses on a page, up to 1,000. Default: 100.
        with_limit, limit: u32;
        /// One address: then there is one or none.
        with_email, email: text;
    }
}

impl Operation for ListOfDomain {
    type Api = App;
    type Output = Page<Suppression>;
    const NAME: &'static str = "app.suppressions.list_of_domain";
    const METHOD: Method = Method::GET;
    const ROUTE: &'static str = "/v1/esp/domains/{domain_name}/suppression/{suppression_type}";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        path.segment("the domain", &self.domain, usize::MAX)?;
        self.suppression_type.write(path)
    }
    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        query.optional("limit", self.limit);
        query.optional("start", self.start.as_ref());
        query.optional("email", self.email.as_ref());
        Ok(())
    }
}

opaque_debug!(ListOfDomain);
sample!(ListOfDomain: Self::new("LEAK-domain", "bounces")
    .with_email("LEAK-email")
    .with_start("LEAK-start")
    .with_limit(500));

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;
    use crate::{
        parse,
        testing::{plain, refused_app, wire_app},
    };

    #[test]
    fn the_whole_request() {
        let all = ListOfDomain::new("a.example", "blocks").with_limit(10).with_start("MQ").with_email("a+b@c.example");
        assert_eq!(
            wire_app(all),
            plain("GET /v1/esp/domains/a.example/suppression/blocks?limit=10&start=MQ&email=a%2Bb%40c.example")
        );
        assert!(refused_app(ListOfDomain::new("", "blocks")).to_string().starts_with("the domain"));
    }

    #[test]
    fn the_response_has_a_page_and_the_next() {
        let json = r#"{"category":"spam","suppressions":[{"email":"a@b.example"}],"next":"MQ"}"#;
        let page = parse::<ListOfDomain>(Response::new(json.into())).unwrap();
        assert_eq!((page.items.len(), page.next), (1, Some("MQ".into())));
        assert_eq!(page.extra["category"], "spam");
    }
}
