//! `GET /v1/customers/{customer_id}/relationships`: the objects that a person is related to, page by page.

use std::collections::BTreeMap;

use http::Method;
use serde_json::{Map, Value};

use super::named::{write_path, write_query};
use crate::{
    App, BuildError, Cursor, ObjectTypeId, Operation, Page, Path, PersonId, Query, Timestamp,
    entity::entity,
    macros::{opaque_debug, sample, setters},
    page::{listed, paged},
};

/// Lists the objects that a person is related to, page by page: [`Client::items`](crate::Client::items) reads them all.
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/getPersonRelationships>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{PersonId, Prepared, app::customers::Relationships, limits::Limits};
///
/// let request =
///     Prepared::new(Relationships::of(PersonId::cio_id("a3000001")), &Limits::default())?;
/// assert_eq!(request.path(), "/v1/customers/a3000001/relationships?id_type=cio_id");
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "get_person_relationships")]
pub struct Relationships {
    person: PersonId,
    start: Option<Cursor>,
    limit: Option<u32>,
}

paged!(Relationships of RelatedObject);

entity! {
    /// An object that a person is related to.
    pub struct RelatedObject {
        /// The number of its type.
        pub object_type_id: Option<ObjectTypeId>,
        /// The identifiers.
        pub identifiers: Option<ObjectIdentifiers>,
        /// The attributes of the relationship.
        pub attributes: Map<String, Value>,
        /// When each attribute was last changed.
        pub timestamps: BTreeMap<String, Timestamp>,
    }
}

listed!(RelatedObject in "cio_relationships" = r#"{"object_type_id":1,"identifiers":{"object_id":"acme"}}"#);

entity! {
    /// The identifiers of an object.
    pub struct ObjectIdentifiers: Default {
        /// Your own id.
        pub object_id: Option<String> = "object_id" | "id",
        /// Customer.io's own id, which never changes.
        pub cio_object_id: Option<String>,
    }
}

impl Relationships {
    /// Creates the operation for this person.
    #[must_use]
    pub fn of(person: impl Into<PersonId>) -> Self {
        Self { person: person.into(), start: None, limit: None }
    }

    setters! {
        /// Sets the start of the page: the [`Page::next`] of the page before.
        with_start, start: into Cursor;
        /// The most objects on a page.
        with_limit, limit: u32;
    }
}

impl Operation for Relationships {
    type Api = App;
    type Output = Page<RelatedObject>;
    const NAME: &'static str = "app.customers.relationships";
    const METHOD: Method = Method::GET;
    const ROUTE: &'static str = "/v1/customers/{customer_id}/relationships";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        write_path(&self.person, path)
    }
    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        write_query(&self.person, query);
        query.optional("start", self.start.as_ref());
        query.optional("limit", self.limit);
        Ok(())
    }
}

opaque_debug!(Relationships);
sample!(Relationships: Self::of("LEAK-person").with_start("1").with_limit(50));

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
        assert_eq!(
            wire_app(Relationships::of("42").with_start("MQ").with_limit(9)),
            plain("GET /v1/customers/42/relationships?id_type=id&start=MQ&limit=9")
        );
    }

    #[test]
    fn a_related_object_is_read_field_by_field() {
        let object = json!({
            "object_type_id": 1, "identifiers": {"object_id": "acme", "cio_object_id": "ob01"},
            "attributes": {"role": "admin"}, "timestamps": {"role": 1_552_341_937},
        });
        let json = json!({"cio_relationships": [object], "next": ""}).to_string();
        let page = parse::<Relationships>(Response::new(json.into())).unwrap();
        let read = &page.items[0];
        assert_eq!((read.object_type_id, &read.attributes["role"]), (Some(1.into()), &json!("admin")));
        assert_eq!(read.identifiers.as_ref().unwrap().object_id.as_deref(), Some("acme"));
        survives_changes::<RelatedObject>(&object, &[]);
    }
}
