//! `GET /v1/customers/{customer_id}/optouts`: which senders a person does not want to hear from.

use http::Method;

use super::named::{write_path, write_query};
use crate::{
    App, BuildError, Operation, Page, Path, PersonId, Query,
    app::optouts::OptOut,
    macros::{opaque_debug, sample},
};

/// Lists the senders of text messages and WhatsApp messages that a person has opted out of, all at once.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `Page<OptOut>`.
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/getPersonOptouts>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{app::customers::OptOuts, http::Response, operation::parse};
///
/// let json = r#"{"optouts":[{"channel":"sms","from":"+15551234567"}]}"#;
/// assert_eq!(parse::<OptOuts>(Response::new(json.into()))?.items[0].from, "+15551234567");
/// # Ok::<(), customerio::Error>(())
/// ```
#[derive(Clone)]
#[doc(alias = "get_person_optouts")]
pub struct OptOuts {
    person: PersonId,
}

impl OptOuts {
    /// Creates the operation for this person.
    #[must_use]
    pub fn of(person: impl Into<PersonId>) -> Self {
        Self { person: person.into() }
    }
}

impl Operation for OptOuts {
    type Api = App;
    type Output = Page<OptOut>;
    const NAME: &'static str = "app.customers.optouts";
    const METHOD: Method = Method::GET;
    const ROUTE: &'static str = "/v1/customers/{customer_id}/optouts";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        write_path(&self.person, path)
    }
    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        write_query(&self.person, query);
        Ok(())
    }
}

opaque_debug!(OptOuts);
sample!(OptOuts: Self::of("LEAK-person"));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{plain, wire_app};

    #[test]
    fn the_whole_request() {
        assert_eq!(
            wire_app(OptOuts::of(PersonId::phone("+15551234567"))),
            plain("GET /v1/customers/%2B15551234567/optouts?id_type=phone")
        );
    }
}
