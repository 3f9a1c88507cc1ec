//! `POST /v1/customers/attributes`: what the workspace knows about up to 100 people.

use http::Method;
use serde::Serialize;

use super::Person;
use crate::{
    App, Body, BuildError, IdType, Limits, Operation, Page, Query, Replay,
    limits::{READ_RESPONSE, check_count},
    macros::{opaque_debug, sample},
    path::check_identifier,
    text::Text,
};

/// Reads several people at once, as [`Attributes`](super::Attributes) reads one.
///
/// Those that do not exist are left out.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `Page<Person>`.
///
/// Limits: 100 people; 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/getPeopleById>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{IdType, Prepared, app::customers::AttributesOfMany, limits::Limits};
///
/// let request =
///     Prepared::new(AttributesOfMany::new(IdType::Id, ["41", "42"]), &Limits::default())?;
/// assert_eq!(
///     (request.path(), &request.body()[..]),
///     ("/v1/customers/attributes?id_type=id", &br#"{"ids":["41","42"]}"#[..])
/// );
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone, Serialize)]
#[doc(alias = "get_people_by_id")]
pub struct AttributesOfMany {
    ids: Vec<Text>,
    #[serde(skip)]
    id_type: IdType,
}

/// The most people of one call.
const PEOPLE: usize = 100;

impl AttributesOfMany {
    /// Creates the operation for the people with these identifiers, which must all be of one kind.
    #[must_use]
    pub fn new(id_type: IdType, ids: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        Self { ids: ids.into_iter().map(Text::new).collect(), id_type }
    }
}

impl Operation for AttributesOfMany {
    type Api = App;
    type Output = Page<Person>;
    const NAME: &'static str = "app.customers.attributes_of_many";
    const METHOD: Method = Method::POST;
    const ROUTE: &'static str = "/v1/customers/attributes";
    /// It reads.
    const REPLAY: Replay = Replay::Safe;
    const RESPONSE_LIMIT: usize = READ_RESPONSE;

    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        query.pair("id_type", self.id_type.as_str());
        Ok(())
    }
    fn body(self, _: &Limits) -> Result<Body, BuildError> {
        check_count("the list of people", self.ids.len(), 1, PEOPLE)?;
        self.ids.iter().try_for_each(|id| check_identifier(self.id_type.what(), id, usize::MAX))?;
        Body::json(&self)
    }
}

opaque_debug!(AttributesOfMany);
sample!(AttributesOfMany: Self::new(IdType::Id, ["LEAK-person"]));

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
            wire_app(AttributesOfMany::new(IdType::Email, ["a@b.example"])),
            "POST https://api.customer.io/v1/customers/attributes?id_type=email\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             content-type: application/json\n\
             user-agent: customerio-rust/VERSION\n\
             content-length: 23\n\
             \n\
             {\"ids\":[\"a@b.example\"]}"
        );
        assert!(wire_app(AttributesOfMany::new(IdType::Id, vec!["1"; 100])).contains("\"ids\""));
        let none: [&str; 0] = [];
        assert!(refused_app(AttributesOfMany::new(IdType::Id, none)).to_string().starts_with("the list of people"));
        assert!(refused_app(AttributesOfMany::new(IdType::Id, vec!["1"; 101])).to_string().contains("101"));
        assert_eq!(refused_app(AttributesOfMany::new(IdType::Id, ["1", ""])).to_string(), "the person's id is empty");
    }

    #[test]
    fn each_person_stands_in_a_field_of_its_own() {
        let json = r#"{"customers":[{"customer":{"id":"42","attributes":{"plan":"pro"}}},{"odd":1}]}"#;
        let page = parse::<AttributesOfMany>(Response::new(json.into())).unwrap();
        assert_eq!((page.items.len(), page.items[0].id.as_deref()), (1, Some("42")));
        assert_eq!(page.extra["customers"], serde_json::json!([{"odd": 1}]));
    }
}
