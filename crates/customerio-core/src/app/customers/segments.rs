//! `GET /v1/customers/{customer_id}/segments`: the segments that a person is in.

use http::Method;

use super::named::{write_path, write_query};
use crate::{
    App, BuildError, Operation, Page, Path, PersonId, Query,
    app::segments::Segment,
    macros::{opaque_debug, sample},
};

/// Reads which segments a person is in.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `Page<Segment>`.
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/getPersonSegments>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{PersonId, Prepared, app::customers::Segments, limits::Limits};
///
/// let request =
///     Prepared::new(Segments::of(PersonId::email("ada@example.com")), &Limits::default())?;
/// assert_eq!(request.path(), "/v1/customers/ada%40example.com/segments?id_type=email");
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "get_person_segments")]
pub struct Segments {
    person: PersonId,
}

impl Segments {
    /// Creates the operation for this person.
    #[must_use]
    pub fn of(person: impl Into<PersonId>) -> Self {
        Self { person: person.into() }
    }
}

impl Operation for Segments {
    type Api = App;
    type Output = Page<Segment>;
    const NAME: &'static str = "app.customers.segments";
    const METHOD: Method = Method::GET;
    const ROUTE: &'static str = "/v1/customers/{customer_id}/segments";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        write_path(&self.person, path)
    }
    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        write_query(&self.person, query);
        Ok(())
    }
}

opaque_debug!(Segments);

sample!(Segments: Self::of(PersonId::id("LEAK-person")));

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
            wire_app(Segments::of(PersonId::cio_id("cio_0300"))),
            "GET https://api.customer.io/v1/customers/0300/segments?id_type=cio_id\n\
             accept: application/json\n\
             accept-encoding: identity\n\
             authorization: Bearer key\n\
             user-agent: customerio-rust/VERSION\n\
             \n"
        );
        assert_eq!(refused_app(Segments::of("")).to_string(), "the person's id is empty");
    }

    #[test]
    fn the_response_lists_segments() {
        let json = r#"{"segments":[{"id":"7","name":"VIPs","description":"x"}]}"#;
        let segments = parse::<Segments>(Response::new(json.into())).unwrap().items;
        assert_eq!((segments[0].id, segments[0].name.as_deref()), (7.into(), Some("VIPs")));
        let none = parse::<Segments>(Response::new(r#"{"segments":null}"#.into())).unwrap();
        assert!(none.items.is_empty());
        assert!(parse::<Segments>(Response::new("{}".into())).is_err());
    }
}
