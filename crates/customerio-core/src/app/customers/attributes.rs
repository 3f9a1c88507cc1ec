//! `GET /v1/customers/{customer_id}/attributes`: what the workspace knows about a person.

use http::Method;

use super::{
    Person,
    named::{write_path, write_query},
};
use crate::{
    App, BuildError, Operation, Path, PersonId, Query,
    macros::{opaque_debug, sample},
};

/// Reads a person: the attributes, when each was changed, and the devices.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `Person`.
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/getPersonAttributes>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{app::customers::Attributes, http::Response, operation::parse};
///
/// let json = r#"{"customer":{"id":"42","attributes":{"plan":"pro","age":"36"}}}"#;
/// let person = parse::<Attributes>(Response::new(json.into()))?;
/// assert_eq!(person.attributes["age"], "36");
/// # Ok::<(), customerio::Error>(())
/// ```
#[derive(Clone)]
#[doc(alias = "get_person_attributes")]
pub struct Attributes {
    person: PersonId,
}

impl Attributes {
    /// Creates the operation for this person.
    #[must_use]
    pub fn of(person: impl Into<PersonId>) -> Self {
        Self { person: person.into() }
    }
}

impl Operation for Attributes {
    type Api = App;
    type Output = Person;
    const NAME: &'static str = "app.customers.attributes";
    const METHOD: Method = Method::GET;
    const ROUTE: &'static str = "/v1/customers/{customer_id}/attributes";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        write_path(&self.person, path)
    }
    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        write_query(&self.person, query);
        Ok(())
    }
}

opaque_debug!(Attributes);
sample!(Attributes: Self::of(PersonId::id("LEAK-person")));

#[cfg(test)]
mod tests {
    use http::Response;
    use serde_json::json;

    use super::*;
    use crate::{
        parse,
        testing::{plain, refused_app, survives_changes, wire_app},
    };

    #[test]
    fn the_whole_request() {
        for (person, path) in [
            (PersonId::id("a/b"), "a%2Fb/attributes?id_type=id"),
            (PersonId::email("a+b@c.example"), "a%2Bb%40c.example/attributes?id_type=email"),
            (PersonId::cio_id("cio_0300"), "0300/attributes?id_type=cio_id"),
            (PersonId::phone("+15551234567"), "%2B15551234567/attributes?id_type=phone"),
        ] {
            assert_eq!(wire_app(Attributes::of(person)), plain(&format!("GET /v1/customers/{path}")));
        }
        assert_eq!(refused_app(Attributes::of("")).to_string(), "the person's id is empty");
    }

    #[test]
    fn a_person_is_read_field_by_field() {
        let person = json!({
            "id": "42", "identifiers": {"email": "ada@example.com", "id": "42", "cio_id": "a3000001"},
            "attributes": {"plan": "pro", "cio_subscription_preferences": r#"{"topics":{}}"#},
            "timestamps": {"plan": 1_552_341_937, "email": 1_552_341_936}, "unsubscribed": false,
            "devices": [{"id": "token", "platform": "ios", "last_used": 1_552_341_937, "attributes": {"device_os": "17"}}],
        });
        let json = json!({"customer": person}).to_string();
        let read = parse::<Attributes>(Response::new(json.into())).unwrap();
        assert_eq!((read.attributes["plan"].as_str(), read.timestamps.len()), (Some("pro"), 2));
        assert_eq!((read.devices[0].id.as_str(), &read.devices[0].attributes["device_os"]), ("token", &json!("17")));
        assert!(read.extra.is_empty() && !format!("{read:?}").contains("ada"));
        assert_eq!(serde_json::to_value(&read).unwrap(), person);
        survives_changes::<Person>(&person, &[]);
    }
}
