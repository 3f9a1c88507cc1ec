//! `GET /v1/esp/search_suppression/{email_address}`: whether an address is suppressed.

use http::Method;

use super::Suppression;
use crate::{
    App, BuildError, Operation, Page, Path,
    macros::{opaque_debug, sample},
    text::Text,
};

/// Checks whether the mail provider suppresses an address, and why; the list is empty if it does not.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `Page<Suppression>`.
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/getSuppression>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::suppressions::Search, limits::Limits};
///
/// let request = Prepared::new(Search::new("ada@example.com"), &Limits::default())?;
/// assert_eq!(request.path(), "/v1/esp/search_suppression/ada%40example.com");
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "get_suppression")]
pub struct Search {
    email: Text,
}

impl Search {
    /// Creates the operation for this address.
    #[must_use]
    pub fn new(email: impl AsRef<str>) -> Self {
        Self { email: Text::new(email) }
    }
}

impl Operation for Search {
    type Api = App;
    type Output = Page<Suppression>;
    const NAME: &'static str = "app.suppressions.search";
    const METHOD: Method = Method::GET;
    const ROUTE: &'static str = "/v1/esp/search_suppression/{email_address}";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        path.segment("the e-mail address", &self.email, usize::MAX)
    }
}

opaque_debug!(Search);
sample!(Search: Self::new("LEAK-email"));

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
        assert_eq!(wire_app(Search::new("a+b@c.example")), plain("GET /v1/esp/search_suppression/a%2Bb%40c.example"));
        assert!(refused_app(Search::new("")).to_string().starts_with("the e-mail address"));
    }

    #[test]
    fn an_address_that_is_not_suppressed_is_not_listed() {
        let json = r#"{"category":"","suppressions":null}"#;
        assert!(parse::<Search>(Response::new(json.into())).unwrap().items.is_empty());
    }
}
