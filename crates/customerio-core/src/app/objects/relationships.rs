//! `GET /v1/objects/{object_type_id}/{object_id}/relationships`: the people who are related to an object, page by page.

use http::Method;

use super::named::Named;
use crate::{
    App, BuildError, Cursor, Identifiers, ObjectTypeId, Operation, Page, Path, Query,
    entity::entity,
    macros::{opaque_debug, sample, setters},
    page::{listed, paged},
};

/// Lists the people who are related to an object, page by page: [`Client::items`](crate::Client::items) reads them all.
///
/// A person can be on two pages if relationships change in the meantime.
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/getObjectRelationships>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{Prepared, app::objects::Relationships, limits::Limits};
///
/// let request = Prepared::new(Relationships::of(1, "acme").with_limit(50), &Limits::default())?;
/// assert_eq!(request.path(), "/v1/objects/1/acme/relationships?id_type=object_id&limit=50");
/// # Ok::<(), customerio::BuildError>(())
/// ```
#[derive(Clone)]
#[doc(alias = "get_object_relationships")]
pub struct Relationships {
    object: Named,
    start: Option<Cursor>,
    limit: Option<u32>,
}

paged!(Relationships of RelatedPerson);

entity! {
    /// A person who is related to an object.
    pub struct RelatedPerson {
        /// The identifiers.
        pub identifiers: Option<Identifiers>,
        /// The number of the object's type.
        pub object_type_id: Option<ObjectTypeId>,
        /// Whether the object's type is not in use.
        pub object_type_disabled: Option<bool>,
    }
}

listed!(RelatedPerson in "cio_relationships" = r#"{"identifiers":{"id":"42","email":null,"cio_id":"a3000001"},"object_type_id":"1"}"#);

impl Relationships {
    /// Creates the operation for the object of this type with your own id.
    #[must_use]
    pub fn of(object_type_id: impl Into<ObjectTypeId>, object_id: impl AsRef<str>) -> Self {
        Self { object: Named::new(object_type_id, object_id, false), start: None, limit: None }
    }

    /// Creates the operation for the object of this type with Customer.io's own id.
    #[must_use]
    pub fn of_cio(object_type_id: impl Into<ObjectTypeId>, cio_object_id: impl AsRef<str>) -> Self {
        Self { object: Named::new(object_type_id, cio_object_id, true), start: None, limit: None }
    }

    setters! {
        /// Sets the start of the page: the [`Page::next`] of the page before.
        with_start, start: into Cursor;
        /// The most people on a page.
        with_limit, limit: u32;
    }
}

impl Operation for Relationships {
    type Api = App;
    type Output = Page<RelatedPerson>;
    const NAME: &'static str = "app.objects.relationships";
    const METHOD: Method = Method::GET;
    const ROUTE: &'static str = "/v1/objects/{object_type_id}/{object_id}/relationships";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.object.write_path(path)
    }
    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        self.object.write_query(query);
        query.optional("start", self.start.as_ref());
        query.optional("limit", self.limit);
        Ok(())
    }
}

opaque_debug!(Relationships);
sample!(Relationships: Self::of_cio(1, "LEAK-object").with_start("LEAK-start").with_limit(50));

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
        assert_eq!(
            wire_app(Relationships::of(1, "acme").with_start("M+Q").with_limit(9)),
            plain("GET /v1/objects/1/acme/relationships?id_type=object_id&start=M%2BQ&limit=9")
        );
        assert_eq!(
            wire_app(Relationships::of_cio(1, "ob01")),
            plain("GET /v1/objects/1/ob01/relationships?id_type=cio_object_id")
        );
        assert!(refused_app(Relationships::of(-1, "acme")).to_string().starts_with("the object's type"));
        assert!(refused_app(Relationships::of(1, "")).to_string().starts_with("the object's id"));
    }

    #[test]
    fn a_related_person_is_read_field_by_field() {
        let person = json!({
            "identifiers": {"id": "42", "email": "ada@example.com", "cio_id": "a3000001"}, "object_type_id": "1",
            "object_type_disabled": false,
        });
        let json = json!({"cio_relationships": [person, 7], "next": "MQ"}).to_string();
        let page = parse::<Relationships>(Response::new(json.into())).unwrap();
        let read = &page.items[0];
        assert_eq!((read.object_type_id, read.object_type_disabled), (Some(1.into()), Some(false)));
        assert_eq!(read.identifiers.as_ref().unwrap().cio_id.as_deref(), Some("a3000001"));
        assert_eq!((&page.extra["cio_relationships"], page.next), (&json!([7]), Some("MQ".into())));
        survives_changes::<RelatedPerson>(&person, &[]);
    }
}
