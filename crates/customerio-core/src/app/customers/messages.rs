//! `GET /v1/customers/{customer_id}/messages`: the messages to a person, page by page.

use http::Method;

use super::named::{write_path, write_query};
use crate::{
    App, BuildError, Operation, Page, Path, PersonId, Query,
    app::{
        MessageDelivery,
        model::{Deliveries, deliveries_setters},
    },
    macros::{opaque_debug, sample},
    page::paged,
};

/// Lists the messages to a person, page by page: [`Client::items`](crate::Client::items) reads them all.
///
/// A list covers at most six months: without times the last six, and of a longer range, silently, the last six.
///
/// Limits: 1,000 messages a page; 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/getPersonMessages>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::customers::Messages, limits::Limits};
///
/// let request = Prepared::new(Messages::of("42").with_limit(10), &Limits::default())?;
/// assert_eq!(request.path(), "/v1/customers/42/messages?id_type=id&limit=10");
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "get_person_messages")]
pub struct Messages {
    person: PersonId,
    deliveries: Deliveries,
}

paged!(Messages of MessageDelivery from deliveries.start);

impl Messages {
    /// Lists the messages to this person in the last six months.
    #[must_use]
    pub fn of(person: impl Into<PersonId>) -> Self {
        Self { person: person.into(), deliveries: Deliveries::default() }
    }

    deliveries_setters!();
}

impl Operation for Messages {
    type Api = App;
    type Output = Page<MessageDelivery>;
    const NAME: &'static str = "app.customers.messages";
    const METHOD: Method = Method::GET;
    const ROUTE: &'static str = "/v1/customers/{customer_id}/messages";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        write_path(&self.person, path)
    }
    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        write_query(&self.person, query);
        self.deliveries.write(query);
        Ok(())
    }
}

opaque_debug!(Messages);
sample!(Messages: Self::of("LEAK-person")
    .with_start("1")
    .with_limit(500)
    .with_from(1_700_000_000)
    .with_until(1_700_086_400));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{plain, refused_app, wire_app};

    #[test]
    fn the_whole_request() {
        let all = Messages::of(PersonId::email("a@b.example"))
            .with_start("MQ")
            .with_limit(9)
            .with_from(1_700_000_000)
            .with_until(1_700_000_001);
        assert_eq!(
            wire_app(all),
            plain(
                "GET /v1/customers/a%40b.example/messages?id_type=email&start=MQ&limit=9&start_ts=1700000000\
                 &end_ts=1700000001"
            )
        );
        assert_eq!(refused_app(Messages::of("")).to_string(), "the person's id is empty");
    }
}
