//! `GET /v1/objects/{object_type_id}/{object_id}/attributes`: what the workspace knows about an object.

use http::Method;

use super::{Object, named::Named};
use crate::{
    App, BuildError, ObjectTypeId, Operation, Path, Query,
    macros::{opaque_debug, sample},
};

/// Reads an object: its attributes, and when each was changed.
///
/// Send it with [`Client::call`](crate::Client::call), which returns `Object`.
///
/// Limits: 10 requests a second for the workspace.
/// <https://docs.customer.io/integrations/api/app/#operation/getObjectAttributes>
///
/// ```
/// # use customerio_core::facade as customerio;
/// use customerio::{
///     Prepared, app::objects::Attributes, http::Response, limits::Limits, operation::parse,
/// };
///
/// let request = Prepared::new(Attributes::of(1, "acme"), &Limits::default())?;
/// assert_eq!(request.path(), "/v1/objects/1/acme/attributes?id_type=object_id");
///
/// let json = r#"{"object":{"object_type_id":"1","attributes":{"name":"Acme"}}}"#;
/// assert_eq!(parse::<Attributes>(Response::new(json.into()))?.attributes["name"], "Acme");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[doc(alias = "get_object_attributes")]
pub struct Attributes {
    object: Named,
}

impl Attributes {
    /// Creates the operation for the object of this type with your own id.
    #[must_use]
    pub fn of(object_type_id: impl Into<ObjectTypeId>, object_id: impl AsRef<str>) -> Self {
        Self { object: Named::new(object_type_id, object_id, false) }
    }

    /// Creates the operation for the object of this type with Customer.io's own id.
    #[must_use]
    pub fn of_cio(object_type_id: impl Into<ObjectTypeId>, cio_object_id: impl AsRef<str>) -> Self {
        Self { object: Named::new(object_type_id, cio_object_id, true) }
    }
}

impl Operation for Attributes {
    type Api = App;
    type Output = Object;
    const NAME: &'static str = "app.objects.attributes";
    const METHOD: Method = Method::GET;
    const ROUTE: &'static str = "/v1/objects/{object_type_id}/{object_id}/attributes";

    fn path(&self, path: &mut Path) -> Result<(), BuildError> {
        self.object.write_path(path)
    }
    fn query(&self, query: &mut Query<'_>) -> Result<(), BuildError> {
        self.object.write_query(query);
        Ok(())
    }
}

opaque_debug!(Attributes);
sample!(Attributes: Self::of(1, "LEAK-object"));

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
        assert_eq!(wire_app(Attributes::of(1, "a/b")), plain("GET /v1/objects/1/a%2Fb/attributes?id_type=object_id"));
        assert_eq!(
            wire_app(Attributes::of_cio(2, "ob01")),
            plain("GET /v1/objects/2/ob01/attributes?id_type=cio_object_id")
        );
        for (attributes, expected) in [
            (Attributes::of(0, "acme"), "the object's type is not valid: it must be a positive number"),
            (Attributes::of(1, ""), "the object's id is empty"),
            (Attributes::of(1, ".."), "the object's id is `.` or `..`, which cannot be part of a URL path"),
            (Attributes::of(1, "x".repeat(151)), "the object's id has 151 bytes, and the limit is 150"),
            (Attributes::of_cio(1, " "), "the object's cio_object_id has only whitespace or invisible characters"),
        ] {
            assert_eq!(refused_app(attributes).to_string(), expected);
        }
    }

    #[test]
    fn an_object_is_read_field_by_field() {
        let object = json!({
            "object_type_id": "1", "identifiers": {"object_id": "acme", "cio_object_id": "ob01"},
            "attributes": {"name": "Acme", "seats": 50}, "timestamps": {"name": 1_700_000_000, "seats": 1_700_000_060},
        });
        let json = json!({"object": object}).to_string();
        let read = parse::<Attributes>(Response::new(json.into())).unwrap();
        assert_eq!((read.object_type_id, &read.attributes["seats"]), (Some(1.into()), &json!(50)));
        assert_eq!(read.timestamps["seats"], 1_700_000_060.into());
        let identifiers = read.identifiers.as_ref().unwrap();
        assert_eq!(
            (identifiers.object_id.as_deref(), identifiers.cio_object_id.as_deref()),
            (Some("acme"), Some("ob01"))
        );
        survives_changes::<Object>(&object, &[]);
        assert!(parse::<Attributes>(Response::new(r#"{"attributes":{}}"#.into())).is_err());
    }

    /// The contract has the identifiers of a person here.
    #[test]
    fn the_id_can_have_the_name_that_it_has_of_people() {
        let json = r#"{"object":{"identifiers":{"id":"acme","cio_object_id":"ob01","email":null}}}"#;
        let identifiers = parse::<Attributes>(Response::new(json.into())).unwrap().identifiers.unwrap();
        assert_eq!(identifiers.object_id.as_deref(), Some("acme"));
        assert_eq!(identifiers.extra["email"], json!(null));
    }
}
