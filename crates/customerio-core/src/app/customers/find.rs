//! `GET /v1/customers`: the people with an e-mail address.

use http::Method;

use crate::{
    App, BuildError, Identifiers, Operation, Page, Query,
    macros::{opaque_debug, sample},
    path::check_identifier,
    text::Text,
};

/// Finds the people who have an e-mail address; several can have one unless the workspace identifies people by it.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `Page<Identifiers>`.
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/getPeopleEmail>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::customers::Find, limits::Limits};
///
/// let request = Prepared::new(Find::by_email("ada+1@example.com"), &Limits::default())?;
/// assert_eq!(request.path(), "/v1/customers?email=ada%2B1%40example.com");
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "get_people_email")]
#[doc(alias = "get_customers_by_email")]
pub struct Find {
    email: Text,
}

impl Find {
    /// Finds people with this address.
    #[must_use]
    pub fn by_email(address: impl AsRef<str>) -> Self {
        Self { email: Text::new(address) }
    }
}

impl Operation for Find {
    type Api = App;
    type Output = Page<Identifiers>;
    const NAME: &'static str = "app.customers.find";
    const METHOD: Method = Method::GET;
    const ROUTE: &'static str = "/v1/customers";

    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        check_identifier("the e-mail address", &self.email, usize::MAX)?;
        query.pair("email", &self.email);
        Ok(())
    }
}

opaque_debug!(Find);
sample!(Find: Self::by_email("LEAK-email"));

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
        assert_eq!(wire_app(Find::by_email("a+b@c.example")), plain("GET /v1/customers?email=a%2Bb%40c.example"));
        assert_eq!(refused_app(Find::by_email("")).to_string(), "the e-mail address is empty");
    }

    #[test]
    fn nobody_is_an_empty_list() {
        assert!(parse::<Find>(Response::new(r#"{"results":[]}"#.into())).unwrap().items.is_empty());
        let json = r#"{"results":[{"email":"a@b.example","id":2,"cio_id":"a3000001"}]}"#;
        assert_eq!(parse::<Find>(Response::new(json.into())).unwrap().items[0].id.as_deref(), Some("2"));
    }
}
